"""Encrypted files named by content, beside the database.

File: one format byte, 12 bytes random nonce, one AES-256-GCM message with the SHA-256 of the plain bytes
as associated
data. Original bytes are never altered. The row that names a file is written after the file is durable.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Set
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fieldapp.errors import UserError
from fieldapp.store.files import disk_problem, sync_folder, write_durably

FORMAT = b"\x01"
MAX_BYTES = 256 * 1024 * 1024
#: Format byte, nonce and GCM tag.
_AROUND = 1 + 12 + 16


class Vault:
    """The files of one store. Safe to use from several threads: files are written once and never change."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._cipher = AESGCM(key)
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the encrypted file is, or would be."""
        return self._folder / sha256[:2] / sha256

    def put(self, content: bytes) -> str:
        """Keep ``content``, durable on return; its SHA-256. UserError STORE_030 above 256 MB."""
        if len(content) > MAX_BYTES:
            raise UserError("STORE_030", limit=MAX_BYTES // (1024 * 1024))
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        if self.size(sha256) == len(content):
            return sha256
        try:
            if not path.parent.exists():
                path.parent.mkdir(exist_ok=True)
                sync_folder(self._folder)
        except OSError as error:
            raise disk_problem(error) from error
        nonce = os.urandom(12)
        write_durably(path, FORMAT + nonce + self._cipher.encrypt(nonce, content, bytes.fromhex(sha256)))
        return sha256

    def get(self, sha256: str) -> bytes:
        """The plain bytes. UserError STORE_031 if the file is missing, STORE_032 if it was altered."""
        try:
            sealed = self.path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise UserError("STORE_031", sha256=sha256) from error
        except OSError as error:
            raise disk_problem(error) from error
        try:
            if sealed[:1] != FORMAT:
                raise UserError("STORE_032", sha256=sha256)
            content = self._cipher.decrypt(sealed[1:13], sealed[13:], bytes.fromhex(sha256))
        except (InvalidTag, ValueError) as error:
            raise UserError("STORE_032", sha256=sha256) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise UserError("STORE_032", sha256=sha256)
        return content

    def has(self, sha256: str) -> bool:
        """Whether the file is there; says nothing about its content."""
        return self.path(sha256).exists()

    def size(self, sha256: str) -> int | None:
        """Bytes of the plain content as the file's length tells, None if it is missing."""
        try:
            return self.path(sha256).stat().st_size - _AROUND
        except FileNotFoundError:
            return None

    def names(self) -> Iterator[str]:
        """The SHA-256 of all files."""
        for folder in sorted(self._folder.iterdir()):
            if folder.is_dir():
                yield from (path.name for path in sorted(folder.iterdir()) if len(path.name) == 64)

    def remove(self, sha256: str) -> None:
        """Delete a file; nothing may name it any more."""
        self.path(sha256).unlink(missing_ok=True)

    def sweep(self, named: Set[str], older_than: float) -> list[str]:
        """Delete files no row names and half-written ones, last written before ``older_than`` (Unix time)."""
        swept: list[str] = []
        for path in sorted(self._folder.glob("*/*")):
            if path.name not in named and path.stat().st_mtime < older_than:
                path.unlink()
                swept.append(path.name)
        return swept
