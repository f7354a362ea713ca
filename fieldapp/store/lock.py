"""One process per store: a lock of the operating system, gone by itself when the process dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from fieldapp.errors import EnvironmentProblem
from fieldapp.store.files import disk_problem

FILE = "store.lock"

if sys.platform == "win32":
    import msvcrt

    def _seize(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _seize(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class StoreLock:
    """Held from construction to ``release``. EnvironmentProblem STORE_026 if another process has the
    store.
    """

    def __init__(self, folder: Path) -> None:
        try:
            self._descriptor = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise disk_problem(error) from error
        try:
            _seize(self._descriptor)
        except OSError as error:
            os.close(self._descriptor)
            raise EnvironmentProblem("STORE_026") from error

    def release(self) -> None:
        """Let go; again does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
