"""Writing files so that a power cut leaves the old bytes or the new, never half of either."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from fieldapp.errors import EnvironmentProblem

#: SQLite's WAL index begins with 32 KiB; twice that.
_ROOM = 64 * 1024


def write_durably(path: Path, content: bytes) -> None:
    """Write, fsync, rename, fsync the folder. EnvironmentProblem STORE_020 (disk full) or STORE_021 (disk
    error).
    """
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(
            OSError
        ):  # the half file goes if the disk lets it; the sweeper finds it otherwise
            part.unlink(missing_ok=True)
        raise disk_problem(error) from error


def sync_folder(folder: Path) -> None:
    """Make renames and deletions in ``folder`` durable; Windows does it by itself and has no call for it."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def no_room(folder: Path) -> EnvironmentProblem | None:
    """STORE_020 if the disk under ``folder`` does not take another 64 KiB: neither free space nor quota say
    so reliably, so it is tried.
    """
    trial = folder / ".room.part"
    try:
        with trial.open("wb") as stream:
            stream.write(bytes(_ROOM))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        problem = disk_problem(error)
        return problem if problem.code == "STORE_020" else None
    finally:
        with contextlib.suppress(OSError):  # an empty trial takes no room; the next one replaces it
            trial.unlink(missing_ok=True)
    return None


def disk_problem(error: OSError) -> EnvironmentProblem:
    """The catalogue's error for what the disk said."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return EnvironmentProblem("STORE_020")
    if error.errno == errno.EFBIG:
        return EnvironmentProblem("STORE_053")
    return EnvironmentProblem("STORE_021", problem=os.strerror(error.errno or 0))
