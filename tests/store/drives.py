"""A small drive of its own for a test, to be filled to the last byte."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(drive: Path, size: str = "1m") -> Iterator[Path]:
    """A drive of ``size`` (as ``mount`` writes it) at the new folder ``drive``; skips where it cannot be."""
    drive.mkdir()
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small drive")
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(drive)], check=False, capture_output=True
    )
    if made.returncode != 0:
        pytest.skip("this machine does not let a small drive be mounted")
    try:
        yield drive
    finally:
        subprocess.run(["umount", str(drive)], check=True)


def fill(drive: Path, *, free: int = 0) -> Path:
    """A file that leaves ``free`` bytes of the drive."""
    pad = drive / "pad"
    state = os.statvfs(drive)
    pad.write_bytes(bytes(max(0, state.f_bavail * state.f_frsize - free)))
    return pad
