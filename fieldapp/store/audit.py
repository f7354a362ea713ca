"""The append-only audit chain: the hash of an entry covers the entry and the hash before it.

``content = sha256(canonical JSON of the entry)``, ``hash = sha256(previous hash ‖ content)``, both as raw
bytes;
numbers from 1, the hash before the first is 64 zeros. A chain kept by the key's holder proves nothing alone:
every offer carries the head to the server, whose receipt signs it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from datetime import datetime

from sqlite_utils import Database as Rows

from fieldapp.store.database import Database
from fieldapp.store.model import AuditEntry, Finding, Head, to_json

ORIGIN = Head(0, "0" * 64)
#: So many entries are looked at for the latest moment: a clock that once ran ahead is forgotten some day.
_LATELY = 200


def link(previous: str, content: str) -> str:
    """The chain hash after ``content``."""
    return hashlib.sha256(bytes.fromhex(previous) + bytes.fromhex(content)).hexdigest()


class Audit:
    """Entries {seq, at, actor, event, detail, algorithm}; ``detail`` holds ids and counts, no personal
    data.
    """

    def __init__(self, database: Database, actor: str, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._actor = actor
        self._clock = clock

    def append(self, event: str, detail: Mapping[str, object]) -> Head:
        """Add an entry of its own; durable when it returns."""
        return self._database.write(lambda rows: self.add(rows, event, detail))

    def append_soon(self, event: str, detail: Mapping[str, object]) -> Future[Head]:
        """As ``append`` without waiting: durable when the future is done."""
        return self._database.submit(lambda rows: self.add(rows, event, detail))

    def add(self, rows: Rows, event: str, detail: Mapping[str, object]) -> Head:
        """Add an entry inside a transaction that does what the entry says."""
        last = rows.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
        before = ORIGIN if last is None else Head(*last)
        at = self._clock().isoformat()
        said = to_json(dict(detail))
        content = _content(before.seq + 1, at, self._actor, event, said)
        after = Head(before.seq + 1, link(before.head, content))
        rows.execute(
            "INSERT INTO audit (seq, at, actor, event, detail, content, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (after.seq, at, self._actor, event, said, content, after.head),
        )
        return after

    def head(self) -> Head:
        """The last entry's number and hash."""
        last = self._database.one("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        return ORIGIN if last is None else Head(*last)

    def latest(self) -> datetime | None:
        """The latest moment among the entries written lately, without the last: it may be the unlocking of
        whoever asks. None while there is no other.
        """
        rows = self._database.read("SELECT at FROM audit ORDER BY seq DESC LIMIT ? OFFSET 1", (_LATELY,))
        return max((datetime.fromisoformat(row[0]) for row in rows), default=None)

    def at(self, seq: int) -> Head | None:
        """The head as it was after entry ``seq``, None if there is no such entry."""
        if seq == 0:
            return ORIGIN
        row = self._database.one("SELECT seq, hash FROM audit WHERE seq = ?", (seq,))
        return None if row is None else Head(*row)

    def links(self, from_seq: int) -> tuple[str, ...]:
        """The content hashes of the entries after ``from_seq``, in order."""
        rows = self._database.read("SELECT content FROM audit WHERE seq > ? ORDER BY seq", (from_seq,))
        return tuple(row[0] for row in rows)

    def entries(self, after: int = 0, limit: int = 1_000) -> tuple[AuditEntry, ...]:
        """Up to ``limit`` entries after number ``after``."""
        found = self._database.read(
            "SELECT seq, at, actor, event, detail, content, hash FROM audit "
            "WHERE seq > ? ORDER BY seq LIMIT ?",
            (after, limit),
        )
        return tuple(
            AuditEntry(seq, _entry(seq, at, actor, event, detail), content, chain)
            for seq, at, actor, event, detail, content, chain in found
        )

    def verify(self) -> Iterator[Finding]:
        """Finding STORE_041 for every entry that does not follow from the one before."""
        before = ORIGIN
        while entries := self.entries(before.seq):
            for one in entries:
                content = hashlib.sha256(to_json(one.entry).encode()).hexdigest()
                follows = one.seq == before.seq + 1 and one.hash == link(before.head, one.content)
                if not follows or content != one.content:
                    yield Finding("STORE_041", {"seq": before.seq})
                before = Head(one.seq, one.hash)


def _entry(seq: int, at: str, actor: str, event: str, detail: str) -> dict[str, object]:
    return {
        "algorithm": "sha256",
        "seq": seq,
        "at": at,
        "actor": actor,
        "event": event,
        "detail": json.loads(detail),
    }


def _content(seq: int, at: str, actor: str, event: str, detail: str) -> str:
    return hashlib.sha256(to_json(_entry(seq, at, actor, event, detail)).encode()).hexdigest()
