"""Files fetched from the server: small copies and originals of photographs that other laptops took.

They lie in the vault like own files, and are hashed and backed up like them, but stand in no table of what
this laptop recorded: they are never sent and are no evidence of its visits. They can be fetched again, so
their rows go when the house leaves; the bytes follow with the next sweep of the vault.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from datetime import datetime
from typing import Literal

from sqlite_utils import Database as Rows

from fieldapp.store.database import Database
from fieldapp.store.vault import Vault

Kind = Literal["thumbnail", "original"]


class Fetched:
    """By the SHA-256 of the original."""

    def __init__(self, database: Database, vault: Vault, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    def keep(self, original: str, kind: Kind, content: bytes) -> str:
        """Keep a file, durable on return; its SHA-256."""
        sha256 = self._vault.put(content)
        self._put(original, kind, sha256, len(content), "")
        return sha256

    def refuse(self, original: str, code: str) -> None:
        """Note why there is no small copy, so that it is not asked for again and again."""
        self._put(original, "thumbnail", None, 0, code)

    def _put(self, original: str, kind: Kind, sha256: str | None, size: int, code: str) -> None:
        row = (original, kind, sha256, size, code, self._clock().isoformat())
        self._database.write(
            lambda rows: rows.execute(
                "INSERT OR REPLACE INTO fetched (original, kind, sha256, size, code, fetched_at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
        )

    def thumbnails(self) -> dict[str, str | None]:
        """The small copies in the vault, None where there can be none, by their originals."""
        found = self._database.read("SELECT original, sha256 FROM fetched WHERE kind = 'thumbnail'")
        return dict(found)

    def thumbnail(self, original: str) -> str:
        """The small copy of one, empty if it is not here."""
        row = self._database.one(
            "SELECT sha256 FROM fetched WHERE original = ? AND kind = 'thumbnail'", (original,)
        )
        return row[0] or "" if row is not None else ""

    def size(self, kind: Kind) -> int:
        """Bytes of all files of a kind."""
        row = self._database.one("SELECT coalesce(sum(size), 0) FROM fetched WHERE kind = ?", (kind,))
        return 0 if row is None else int(row[0])

    def has(self, original: str, kind: Kind) -> bool:
        """Whether it is here; says nothing about its content."""
        row = self._database.one(
            "SELECT sha256 FROM fetched WHERE original = ? AND kind = ?", (original, kind)
        )
        return row is not None and row[0] is not None and self._vault.has(row[0])

    def forget(self, original: str, kind: Kind) -> None:
        """It is damaged or gone: it may be fetched again."""
        self._database.write(
            lambda rows: rows.execute("DELETE FROM fetched WHERE original = ? AND kind = ?", (original, kind))
        )

    def leave(self, wanted: Set[str]) -> int:
        """Only files of these originals are needed any more; how many rows went."""
        found = {original for (original,) in self._database.read("SELECT original FROM fetched")}
        gone = [(original,) for original in sorted(found - wanted)]

        def leave(rows: Rows) -> None:
            rows.conn.executemany("DELETE FROM fetched WHERE original = ?", gone)

        if gone:
            self._database.write(leave)
        return len(gone)
