"""Backup and restore: a whole store as one encrypted file that brings its slots along.

The file: ``MAGIC``; the length of the head (4 bytes, big-endian); the head, JSON in clear with the content of
``keys.json``, so that every inspector's passphrase and the district's recovery key open it on another
laptop; then one sealed stream (``sealing``) under a key of its own, HKDF-SHA256 of the master key with the
head's salt. All before the stream is bound to every piece of it. In the stream: the database as it stood at
one moment, the files of the vault and those kept aside as they are (each encrypted already), each after its
length (4 bytes) and {name, size}; last the manifest with the SHA-256 of every one.

A restored store is the same device: same device id, same signing key, same ids of records, the same waiting
in the outbox. What the first laptop has sent meanwhile is sent again by the restored one and answered with
the same receipt, because the server takes repeats as such. Two laptops should not go on with the same store:
a draft finalized on both is one id with two contents, of which the server takes the first and refuses the
second, and the server flags an audit chain that does not extend the head it knows.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Generator, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fieldapp.errors import UserError
from fieldapp.store.files import disk_problem, sync_folder
from fieldapp.store.keys import Inspector, KeyFile, KeyStrength, OpenKeys
from fieldapp.store.model import Finding, Progress, to_json
from fieldapp.store.sealing import PIECE, SealedReader, SealedWriter
from fieldapp.store.store import DATABASE, SNAPSHOT, Store, utc_now

MAGIC = b"fieldapp backup\n"
FORMAT = 1
_MANIFEST = "manifest.json"
_NAME = re.compile(rf"{re.escape(DATABASE)}|(vault|aside)/([0-9a-f]{{2}})/\2[0-9a-f]{{62}}")
#: Far above any head or manifest (150 bytes a file); what announces more is not ours.
_MOST = 256 * 1024 * 1024

#: How a backup is opened: from its key file to the keys (``by_passphrase``, ``by_recovery_key``).
Opening = Callable[[KeyFile], OpenKeys]


def by_passphrase(inspector_id: str, passphrase: str) -> Opening:
    """With a passphrase of the time of the backup. Opening raises STORE_002, STORE_003."""
    return lambda key_file: key_file.unlock(inspector_id, passphrase)


def by_recovery_key(
    private_key: bytes, inspector: Inspector, passphrase: str, strength: KeyStrength | None = None
) -> Opening:
    """With the district's recovery key (raw X25519); ``inspector`` gets a new slot in the restored store.

    Opening raises STORE_005 for a short passphrase, STORE_007 if the key does not fit.
    """
    return lambda key_file: key_file.first_slot(
        key_file.recover(private_key), inspector, passphrase, strength or KeyStrength()
    )


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands in clear, and its bytes, which every piece of the stream is bound to."""

    content: dict[str, Any]
    bound: bytes

    @property
    def backup_id(self) -> str:
        return str(self.content["backup"])

    def key(self, keys: OpenKeys) -> bytes:
        """The key of this one stream."""
        salt = base64.b64decode(self.content["salt"])
        return HKDF(SHA256(), 32, salt, b"fieldapp backup 1").derive(keys.master)

    @classmethod
    def written(cls, store: Store, backup_id: str, stream: BinaryIO) -> _Head:
        content = {
            "format": FORMAT,
            "backup": backup_id,
            "made_at": store.clock().isoformat(),
            "kdf": "hkdf-sha256",
            "salt": base64.b64encode(os.urandom(32)).decode("ascii"),
            "cipher": "aes-256-gcm",
            "keys": store.key_file.content,
        }
        text = to_json(content).encode()
        whole = MAGIC + len(text).to_bytes(4, "big") + text
        stream.write(whole)
        return cls(content, hashlib.sha256(whole).digest())

    @classmethod
    def read(cls, stream: BinaryIO) -> _Head:
        """UserError STORE_050 for another file or format, STORE_051 if it cannot be read."""
        opening = stream.read(len(MAGIC) + 4)
        if not opening.startswith(MAGIC):
            raise UserError("STORE_050")
        text = stream.read(min(int.from_bytes(opening[len(MAGIC) :], "big"), _MOST))
        try:
            content = json.loads(text)
            if content["format"] == FORMAT:
                base64.b64decode(content["salt"], validate=True)
                KeyFile.checked(Path(), content["keys"])
        except (ValueError, KeyError, TypeError, UserError) as error:
            raise UserError("STORE_051", at=0) from error
        if content["format"] != FORMAT:
            raise UserError("STORE_050")
        return cls(content, hashlib.sha256(opening + text).digest())


def inspectors_of(file: Path) -> tuple[Inspector, ...]:
    """Whose passphrases open the backup. UserError STORE_050 if it is none, STORE_051 if it is damaged."""
    try:
        with file.open("rb") as stream:
            return KeyFile(file.parent, _Head.read(stream).content["keys"]).inspectors()
    except OSError as error:
        raise disk_problem(error) from error


def back_up(store: Store, file: Path) -> Generator[Progress]:
    """Write the backup of an open store to ``file``; others may go on working in the store meanwhile.

    Steps ``snapshot`` (0 and 1 of 1), ``copy`` and ``check`` (bytes); a finding STORE_031 for a file that
    rows name and the vault lacks, the rest is kept all the same. ``file`` has its name only after it was
    written, flushed and read again from end to end; until then it is ``file``.part. Closing the generator
    cancels and leaves nothing.

    UserError STORE_052 if ``file`` exists; STORE_023 for a damaged database; EnvironmentProblem STORE_020,
    STORE_021, STORE_053 as the disk says.
    """
    part = file.with_name(file.name + ".part")
    if file.exists():
        raise UserError("STORE_052", file=file.name)
    try:
        with part.open("wb") as stream:
            yield from _written(store, stream)
            stream.flush()
            os.fsync(stream.fileno())
            _forget(stream)
        with part.open("rb") as stream:
            head = _Head.read(stream)
            yield from _unpacked(
                stream, SealedReader(stream, head.key(store.keys), head.bound), "check", None
            )
        if file.exists():
            raise UserError("STORE_052", file=file.name)
        part.rename(file)
        sync_folder(file.parent)
    except OSError as error:
        raise disk_problem(error) from error
    finally:
        part.unlink(missing_ok=True)


def _forget(stream: BinaryIO) -> None:
    """Let the check read the disk, not the memory of what was written, where the system can."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _written(store: Store, stream: BinaryIO) -> Iterator[Progress]:
    yield Progress("snapshot", 0, 1)
    backup_id = str(uuid4())
    store.audit.append("store.backup_begun", {"backup": backup_id})
    head = _Head.written(store, backup_id, stream)
    sealed = SealedWriter(stream, head.key(store.keys), head.bound)
    snapshot = store.folder / SNAPSHOT.format(backup_id)
    try:
        store.database.snapshot(snapshot)
        yield Progress("snapshot", 1, 1)
        missing, files = store.files()  # after the snapshot: what it names is there by now
        for sha256 in missing:
            yield Progress("copy", 0, 1, Finding("STORE_031", {"sha256": sha256}))
        parts = [(DATABASE, snapshot)] + [(one.relative_to(store.folder).as_posix(), one) for one in files]
        done, total, said = 0, sum(path.stat().st_size for _, path in parts), []
        for name, path in parts:
            said.append(_copied(name, path, sealed))
            done += said[-1]["size"]
            yield Progress("copy", done, total)
    finally:
        snapshot.unlink(missing_ok=True)
    manifest = to_json({"algorithm": "sha256", "parts": said}).encode()
    _announce(sealed, {"name": _MANIFEST, "size": len(manifest)})
    sealed.write(manifest)
    sealed.finish()


def _announce(sealed: SealedWriter, part: dict[str, Any]) -> None:
    text = to_json(part).encode()
    sealed.write(len(text).to_bytes(4, "big") + text)


def _copied(name: str, path: Path, sealed: SealedWriter) -> dict[str, Any]:
    """One file into the stream; what the manifest says of it."""
    with path.open("rb") as source:
        size, digest, copied = os.fstat(source.fileno()).st_size, hashlib.sha256(), 0
        _announce(sealed, {"name": name, "size": size})
        while block := source.read(PIECE):
            digest.update(block)
            sealed.write(block)
            copied += len(block)
    if copied != size:
        raise OSError(errno.EIO, "a file changed its length while it was read")
    return {"name": name, "size": size, "sha256": digest.hexdigest()}


def restore(
    file: Path, folder: Path, opening: Opening, *, clock: Callable[[], datetime] = utc_now
) -> Generator[Progress]:
    """Make the store of a backup again in ``folder``, which is empty or does not exist yet.

    Steps ``unpack`` (bytes), then those of ``Store.verify`` on what was unpacked; a finding says what was
    damaged before the backup was made. The folder has its name only when all is unpacked, compared with the
    manifest, on the disk and opened once; until then it is ``folder``.restoring. Closing the generator
    cancels; then, and after every error, nothing is left.

    UserError STORE_011 for a folder in use, STORE_050 if the file is no backup, STORE_051 if it was altered
    or cut, STORE_025 for one of a newer program; those of ``opening``; EnvironmentProblem STORE_020,
    STORE_021 as the disk says.
    """
    folder = folder.absolute()
    _refuse_used(folder)
    fresh = folder.with_name(folder.name + ".restoring")
    try:
        with file.open("rb") as stream:
            head = _Head.read(stream)
            shutil.rmtree(fresh, ignore_errors=True)  # of a restore that was killed: it never was a store
            fresh.mkdir(parents=True)
            key_file = KeyFile(fresh, deepcopy(head.content["keys"]))
            keys = opening(key_file)
            reader = SealedReader(stream, head.key(keys), head.bound)
            yield from _unpacked(stream, reader, "unpack", fresh)
        key_file.write()
        with Store(fresh, keys, clock) as store:
            recovered = key_file.content["slots"] != head.content["keys"]["slots"]
            store.audit.append("store.restored", {"backup": head.backup_id, "recovered": recovered})
            yield from store.verify()
        for inner in (*fresh.glob("*/"), *fresh.glob("*/*/"), fresh):
            sync_folder(inner)
        _refuse_used(folder)
        if folder.exists():
            folder.rmdir()
        fresh.rename(folder)
        sync_folder(folder.parent)
    except OSError as error:
        raise disk_problem(error) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _refuse_used(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError("STORE_011", folder=folder.name)


def _unpacked(stream: BinaryIO, sealed: SealedReader, step: str, place: Path | None) -> Iterator[Progress]:
    """Every part into ``place`` (None: only read), compared with the manifest, which nothing may follow."""
    total, seen = os.fstat(stream.fileno()).st_size, []
    while (part := _announced(sealed))["name"] != _MANIFEST:
        if _NAME.fullmatch(part["name"]) is None:
            raise sealed.damaged()
        seen.append(part | {"sha256": _unpacked_one(sealed, part, place)})
        yield Progress(step, stream.tell(), total)
    manifest = json.loads(sealed.exactly(part["size"]))
    if manifest["parts"] != seen or sealed.read(1):
        raise sealed.damaged()
    yield Progress(step, total, total)


def _announced(sealed: SealedReader) -> dict[str, Any]:
    part: dict[str, Any] = json.loads(sealed.exactly(int.from_bytes(sealed.exactly(4), "big")))
    return part


def _unpacked_one(sealed: SealedReader, part: dict[str, Any], place: Path | None) -> str:
    """The SHA-256 of what was unpacked, which is on the disk when this returns."""
    path = Path(os.devnull) if place is None else place / part["name"]
    if place is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    digest, left = hashlib.sha256(), int(part["size"])
    with path.open("wb") as target:
        while left:
            block = sealed.read(min(left, PIECE))
            if not block:
                raise sealed.damaged()
            digest.update(block)
            target.write(block)
            left -= len(block)
        if place is not None:
            target.flush()
            os.fsync(target.fileno())
    return digest.hexdigest()
