"""The real district server in a process of its own, with F02 published and one laptop enrolled."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.nginx import free_port, wait_for
from fieldapp.sync.enrolment import Enrolment, enrol
from fieldapp.sync.transport import Transport


@dataclass(frozen=True, slots=True)
class District:
    """What the laptop got at enrolment, and its own key."""

    enrolment: Enrolment
    key: Ed25519PrivateKey


@contextmanager
def running(folder: Path, form_xml: bytes) -> Iterator[District]:
    """Start, publish, enrol; end the process at the end. Its log is ``folder/log``."""
    folder.mkdir(parents=True)
    form = folder / "form.xml"
    form.write_bytes(form_xml)
    base, port = folder / "district", free_port()
    command = [sys.executable, "-m", "districtserver"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "demo", "--folder", str(base), "--port", str(port), "--form", str(form)],
            stdout=log,
            stderr=log,
        )
        try:
            authority = base / "tls" / "ca.pem"
            _until_there(authority, process)
            wait_for(port, process, authority)
            answered = subprocess.run(
                [*command, "enrol", "--folder", str(base), "--name", "bench"],
                check=True,
                capture_output=True,
            )
            url = f"https://127.0.0.1:{port}"
            key = Ed25519PrivateKey.generate()
            yield District(_enrol(url, authority, json.loads(answered.stdout)["code"], key), key)
        finally:
            process.terminate()
            process.wait(20)


def _until_there(path: Path, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while not path.exists():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"the district server did not start (exit code {process.poll()})")
        time.sleep(0.05)


def _enrol(url: str, authority: Path, code: str, key: Ed25519PrivateKey) -> Enrolment:
    with Transport(url, ca_pem=authority.read_text(encoding="ascii")) as transport:
        return enrol(
            transport,
            code=code,
            device_name="bench",
            public_key=key.public_key().public_bytes_raw(),
            client="0.1.0",
        )
