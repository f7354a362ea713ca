"""A real district server process for tests of any area: start, kill -9, start again, enrol."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.server.databases import rows


def _running(pid: str) -> bool:
    """Whether the process works; one that ended and that nobody has looked after yet does not."""
    process = Path(f"/proc/{pid}")
    try:
        said = (process / "stat").read_text(encoding="ascii", errors="replace")
        threads = len(list((process / "task").iterdir()))
    except (FileNotFoundError, ProcessLookupError):
        return False
    # Its connections are closed with the last of its threads.
    return threads > 1 or said.rpartition(")")[2].split()[0] != "Z"


class DistrictServer:
    """``districtserver demo`` on loopback over TLS, in a folder of its own. The port stays over restarts.

    ``database_url``: a PostgreSQL instead of the SQLite file in the folder.
    """

    def __init__(
        self,
        folder: Path,
        forms: tuple[Path, ...] = (),
        buildings: Path | None = None,
        database_url: str = "",
    ) -> None:
        self.folder = folder
        self._database_url = database_url
        self.port = 0
        self._options = [part for form in forms for part in ("--form", str(form))]
        if buildings is not None:
            self._options += ["--buildings", str(buildings)]
        self._process: subprocess.Popen[str] | None = None
        self._log = folder.parent / f"{folder.name}.log"

    def start(self) -> DistrictServer:
        """Start and wait for the line that says it is ready."""
        command = ["demo", "--port", str(self.port), *self._options]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(*command), stdout=subprocess.PIPE, stderr=log, text=True, env=self._environment
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self._log.read_text(encoding="utf-8")
        self.port = int(json.loads(line)["port"])
        return self

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "DISTRICTSERVER_DATABASE_URL": self._database_url}

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What a query with ``%s`` finds in its database, read from outside."""
        return rows(self._database_url, self.folder, query, *parameters)

    def _command(self, *arguments: str) -> list[str]:
        name, *rest = arguments
        return [sys.executable, "-m", "districtserver", name, "--folder", str(self.folder), *rest]

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def ca(self) -> Path:
        """The CA certificate to trust."""
        return self.folder / "tls" / "ca.pem"

    @property
    def log(self) -> str:
        """What it wrote on stderr so far."""
        return self._log.read_text(encoding="utf-8")

    def kill(self) -> None:
        """``kill -9``; returns when nobody listens any more."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        process, self._process = self._process, None
        worker = self._workers(process.pid)
        os.kill(process.pid, how)
        code = process.wait(timeout=20)
        if process.stdout is not None:
            process.stdout.close()
        until = time.monotonic() + 10
        while any(map(_running, worker)) and time.monotonic() < until:
            time.sleep(0.01)
        return code

    @staticmethod
    def _workers(pid: int) -> list[str]:
        children = Path(f"/proc/{pid}/task/{pid}/children")
        return children.read_text(encoding="ascii").split() if children.exists() else []

    def run(self, *arguments: str, typed: str = "") -> dict[str, Any]:
        """Another command on the same folder, with ``typed`` on its standard input; its JSON."""
        done = subprocess.run(
            self._command(*arguments),
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=self._environment,
        )
        assert done.stdout, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def code(self, name: str = "laptop") -> str:
        """A one-time enrolment code."""
        return str(self.run("enrol", "--name", name)["code"])
