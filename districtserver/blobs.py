"""Files by content: partial ones in ``staging/``, whole ones in ``blobs/`` under their hash.

The length of the partial file is the offset: nothing else is kept, so it is true after ``kill -9``. A lock is
held only while bytes go to the disk, never while they come from the network: a dead connection blocks nobody.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from districtserver import clock, keys
from districtserver.files import sync_folder
from districtserver.locks import locked
from districtserver.models import Blob
from districtserver.problems import Refusal
from fieldapp.sync.protocol import MAX_BLOB_BYTES, FileAnswer

#: Partial files untouched for so long are thrown away when the server starts, seconds.
STALE = 60 * 86400
#: Folders of whole files whose names this process has made durable.
_durable: set[Path] = set()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file has come: ``offset`` bytes are here; ``stored`` when it is whole and its hash right."""

    offset: int
    stored: bool


def stored_path(sha256: str) -> Path:
    """Where the whole file is or will be."""
    return keys.folder() / "blobs" / sha256[:2] / sha256


def _partial_path(sha256: str) -> Path:
    return keys.folder() / "staging" / f"{sha256}.part"


def _lock(sha256: str) -> AbstractContextManager[None]:
    """The file's lock: one of 4096 lock files; they are never removed, so removing cannot race."""
    folder = keys.folder() / "staging" / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    return locked(folder / sha256[:3])


def _length(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def progress(sha256: str) -> Progress:
    """How far ``sha256`` has come, read from the disk."""
    whole = _length(stored_path(sha256))
    if whole is not None:
        return Progress(whole, True)
    return Progress(_length(_partial_path(sha256)) or 0, False)


def append(sha256: str, offset: int, length: int, pieces: Iterable[bytes], announced: int) -> Progress:
    """Take ``announced`` bytes at ``offset`` of a file of ``length`` bytes; durable on return.

    Refusals: ``offset_differs`` (with the true offset), ``body_short`` (what came is kept),
    ``content_mismatch`` (the whole file has another hash and was thrown away), ``too_large``.
    """
    if length > MAX_BLOB_BYTES:
        raise Refusal("too_large", limit=MAX_BLOB_BYTES)
    if offset + announced > length:
        raise Refusal("malformed", problem="Upload-Length")
    seen = progress(sha256)
    if not seen.stored and seen.offset > length:
        _throw_away(sha256)  # more than the whole file: the rest of something else
        raise Refusal("content_mismatch")
    if seen.stored or seen.offset != offset:
        return _elsewhere(offset, length, seen)
    reached = offset
    taken = iter(pieces)
    if offset == 0 and announced == length:
        first = next(taken, b"")
        if len(first) == length:
            return _store_whole(sha256, first)
        taken = chain((first,), taken)
    try:
        for piece in taken:
            reached = _write(sha256, reached, piece)
    finally:
        # A file that is whole is moved at once: its name here need not be durable.
        _settle(sha256, named=offset > 0 or reached == length)
    if reached != offset + announced:
        raise Refusal("body_short")
    return _finish(sha256, length) if reached == length else Progress(reached, False)


def append_files(
    files: Sequence[tuple[str, int]], read: Callable[[int], Iterator[bytes]]
) -> tuple[FileAnswer, ...]:
    """Take whole files by hash and size, one after the other; ``read`` gives the next bytes of the body.

    A file of which some is here already is read past: its true offset is the answer. Refusals as ``append``;
    what came before one is kept.
    """
    return tuple(_appended(sha256, size, read(size)) for sha256, size in files)


def _appended(sha256: str, size: int, pieces: Iterator[bytes]) -> FileAnswer:
    code = ""
    try:
        seen = append(sha256, 0, size, pieces, size)
    except Refusal as refusal:
        if refusal.code not in {"offset_differs", "content_mismatch"}:
            raise
        seen = progress(sha256)
        code = "" if seen.stored else refusal.code  # another sender brought it whole
    for _ in pieces:  # what was not taken stands before the next file
        pass
    return FileAnswer(sha256=sha256, offset=seen.offset, stored=seen.stored, code=code)


def _store_whole(sha256: str, content: bytes) -> Progress:
    """A file that came in one piece, as most photographs do: checked in memory, written and synced once."""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Refusal("content_mismatch")
    path, target = _partial_path(sha256), stored_path(sha256)
    with _lock(sha256):
        seen = progress(sha256)
        if seen.stored:
            return seen
        if seen.offset:
            raise Refusal("offset_differs", offset=seen.offset)
        with path.open("wb", buffering=0) as file:
            written = 0
            while written < len(content):
                written += file.write(content[written:])
            os.fsync(file.fileno())
        _make_durably(target.parent)
        path.replace(target)
        sync_folder(target.parent)
    return Progress(len(content), True)


def _elsewhere(offset: int, length: int, seen: Progress) -> Progress:
    if seen.stored and offset == length == seen.offset:
        return seen
    raise Refusal("offset_differs", offset=seen.offset)


def _write(sha256: str, at: int, piece: bytes) -> int:
    """Append ``piece`` if the partial file still ends at ``at``; the new length."""
    path = _partial_path(sha256)
    with _lock(sha256):
        seen = progress(sha256)
        if seen.stored or seen.offset != at:
            raise Refusal("offset_differs", offset=seen.offset)
        with path.open("ab", buffering=0) as file:
            written = 0
            while written < len(piece):
                written += file.write(piece[written:])
    return at + len(piece)


def _throw_away(sha256: str) -> None:
    path = _partial_path(sha256)
    with _lock(sha256):
        path.unlink(missing_ok=True)
        sync_folder(path.parent)


def _settle(sha256: str, *, named: bool) -> None:
    """Make what is in the partial file durable, also when the request fails half way.

    ``named``: its entry in the folder is durable already, or need not be.
    """
    path = _partial_path(sha256)
    with _lock(sha256):
        if not path.exists():
            return
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        if not named:
            sync_folder(path.parent)


def _finish(sha256: str, length: int) -> Progress:
    """Check the whole file's hash and move it to its place."""
    path, target = _partial_path(sha256), stored_path(sha256)
    with _lock(sha256):
        if target.exists():
            return progress(sha256)
        path.touch()  # a file of no bytes has no partial yet
        if path.stat().st_size != length:
            raise Refusal("offset_differs", offset=path.stat().st_size)
        if hash_of(path) != sha256:
            path.unlink()
            sync_folder(path.parent)
            raise Refusal("content_mismatch")
        _make_durably(target.parent)
        path.replace(target)
        sync_folder(target.parent)
    return Progress(length, True)


def _make_durably(folder: Path) -> None:
    """Make ``folder`` if it is missing. Its name is made durable once per process, whoever made it."""
    if folder not in _durable:
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.parent)
        _durable.add(folder)


def enter(sizes: Mapping[str, int]) -> None:
    """Rows for stored files, in the transaction of the submission that names them."""
    now = clock.now()
    Blob.objects.bulk_create(
        [Blob(sha256=sha256, size=size, stored_at=now) for sha256, size in sizes.items()],
        ignore_conflicts=True,
    )


def size_of(sha256: str) -> int | None:
    """Size of a stored file, None if it is not here whole."""
    return _length(stored_path(sha256))


def whole_files() -> Iterator[Path]:
    """All files that are here whole, whether a submission names them yet or not."""
    return iter(sorted((keys.folder() / "blobs").glob("*/*")))


def hash_of(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sweep() -> int:
    """Throw away partial files that nobody went on with; how many.

    Makes durable what a kill left between a file's move and the sync of its folder.
    """
    lately = time.time() - 3600
    for whole in (keys.folder() / "blobs").glob("*"):
        if whole.stat().st_mtime > lately:
            sync_folder(whole)
    folder = keys.folder() / "staging"
    folder.mkdir(parents=True, exist_ok=True)
    old = [path for path in folder.glob("*.part") if path.stat().st_mtime < time.time() - STALE]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
