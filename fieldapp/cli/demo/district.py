"""The district server of the demonstration: the real program in a process of its own, embedded defaults."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fieldapp.errors import UserError

STEP = "server"


class District:
    """``districtserver demo`` over SQLite and a folder, on loopback."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self.port = 0
        self.ca = folder / "tls" / "ca.pem"

    def start(self, forms: Sequence[Path], buildings: Path, rows: Path) -> None:
        """Start it and wait until it answers. UserError CLI_004 with what it said, if it does not."""
        options = [part for form in forms for part in ("--form", str(form))]
        log = self._folder.with_name(f"{self._folder.name}.log")
        with log.open("wb") as stream:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                self._command(
                    "demo", "--port", "0", "--buildings", str(buildings), "--rows", str(rows), *options
                ),
                stdout=subprocess.PIPE,
                stderr=stream,
                text=True,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise UserError("CLI_004", step=STEP, problem=log.read_text("utf-8")[-400:])
        self.port = int(json.loads(line)["port"])

    def run(self, *arguments: str) -> dict[str, Any]:
        """Another command on the same folder; its JSON. UserError CLI_004 if it fails."""
        done = subprocess.run(  # noqa: S603 - our own program
            self._command(*arguments), capture_output=True, text=True, timeout=120, check=False
        )
        if not done.stdout:
            raise UserError("CLI_004", step=f"districtserver {arguments[0]}", problem=done.stderr[-400:])
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def stop(self) -> None:
        """Ask it to end, then make it."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None

    def _command(self, name: str, *rest: str) -> list[str]:
        return [sys.executable, "-m", "districtserver", name, "--folder", str(self._folder), *rest]


def write_csv(rows: Sequence[dict[str, str]], file: Path) -> None:
    """Rows as CSV with a head line of every column that occurs."""
    heads = list(dict.fromkeys(key for row in rows for key in row))
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, heads, restval="")
    writer.writeheader()
    writer.writerows(rows)
    file.write_text(stream.getvalue(), encoding="utf-8")
