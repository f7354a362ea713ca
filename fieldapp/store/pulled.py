"""What a pull brings into the register: page by page, each with its cursor in one transaction.

A first pull (and one that begins anew) fills a generation of its own beside the register, which is put in
place of the old one at the end, in slices between which drafts are kept: a line that is cut leaves the old
register whole. Later pulls write into the register at once. What became of own records is kept until the
last page, for their rows may come on any page: only then do their effects leave the overlay, so that
nothing local is gone for a moment (failure T04).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlite_utils import Database as Rows

from fieldapp.domain.marks import row_mark
from fieldapp.store.audit import Audit
from fieldapp.store.database import Database, Row
from fieldapp.store.model import to_json
from fieldapp.store.redirects import follow
from fieldapp.store.register import Register, show

FEED = "register"
#: Rows of a new generation put in place in one transaction: about 50 ms, for which a draft may wait.
_SLICE = 500


@dataclass(frozen=True, slots=True)
class PulledRow:
    """A row of the server's register as it is now; ``deleted`` is a tombstone."""

    list: str
    id: str
    version: int
    label: str
    data: Mapping[str, str]
    deleted: bool
    change_no: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page begins. ``anew``: a generation of its own is being filled."""

    after: int
    subset: str
    anew: bool


class Pulled:
    """The pulled side of the register."""

    def __init__(
        self, database: Database, register: Register, audit: Audit, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._register = register
        self._audit = audit
        self._clock = clock

    def cursor(self) -> Cursor:
        """Where a pull goes on; a laptop that never pulled begins anew."""
        row = self._database.one("SELECT after, subset, anew FROM pull WHERE feed = ?", (FEED,))
        return Cursor(0, "", anew=True) if row is None else Cursor(row[0], row[1], bool(row[2]))

    def begin_anew(self) -> None:
        """The next page is the first of a new generation; one that was half filled is thrown away."""

        def begin(rows: Rows) -> None:
            rows.execute("DELETE FROM pulled")
            _keep(rows, 0, "", anew=True)

        self._database.write(begin)

    def take(
        self,
        changed: Sequence[PulledRow],
        gone: Iterable[tuple[str, str]],
        states: Mapping[UUID, str],
        upto: int,
        subset: str,
    ) -> None:
        """One page and its cursor, in one transaction."""
        left, at = list(gone), self._clock().isoformat()
        anew = self.cursor().anew

        def keep(rows: Rows) -> None:
            told = [(str(instance_id), state) for instance_id, state in states.items()]
            rows.conn.executemany(
                "INSERT INTO submission_states (instance_id, state) VALUES (?, ?) ON CONFLICT (instance_id) "
                "DO UPDATE SET state = excluded.state, settled = 0",
                told,
            )
            if anew:
                rows.conn.executemany(
                    "INSERT OR REPLACE INTO pulled (list, id, version, label, data, deleted, change_no) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    map(_texts, changed),
                )
            else:
                _enter(rows, map(_texts, changed), at)
                rows.conn.executemany(
                    "DELETE FROM entities WHERE list = ? AND id = ? AND change_no > 0", left
                )
                show(rows, [(one.list, one.id) for one in changed] + left)
            _keep(rows, upto, subset, anew=anew)

        self._database.write(keep)

    def finish(self) -> int:
        """The last page is here: the new generation takes its place, settled records leave the overlay.

        In slices, so that drafts can pass between two; cut off between two, it begins again with the next
        pull and finds the rest. The number of rows that the register shows otherwise now.
        """
        touched = self._swap() if self.cursor().anew else 0

        def finish(rows: Rows) -> int:
            cursor = rows.execute("SELECT after, subset, anew FROM pull WHERE feed = ?", (FEED,)).fetchone()
            if cursor is not None and cursor[2]:
                rows.execute("DELETE FROM pulled")
                _keep(rows, cursor[0], cursor[1], anew=False)
                self._audit.add(rows, "register.pulled", {"rows": touched, "upto": cursor[0]})
            settled = list(dict.fromkeys([*_settle(rows), *follow(rows)]))
            show(rows, settled)
            return len(settled)

        return touched + self._database.write(finish)

    def _swap(self) -> int:
        """Put the new generation in the place of the old; how many rows differ. What was only imported here
        stays."""
        at, touched, last = self._clock().isoformat(), 0, 0
        for name in self._lists():
            self._register.prepare(name)
        next_slice = "SELECT rowid FROM pulled WHERE rowid > ? ORDER BY rowid LIMIT ?"
        while found := self._database.read(next_slice, (last, _SLICE)):
            upto = found[-1][0]
            touched += self._database.write(partial(_swap_in, last, upto, at))
            last = upto
        while gone := self._database.read(
            "SELECT list, id FROM entities AS old WHERE change_no > 0 AND NOT EXISTS "  # noqa: S608 - a number
            f"(SELECT 1 FROM pulled WHERE pulled.list = old.list AND pulled.id = old.id) LIMIT {_SLICE}"
        ):
            touched += self._database.write(partial(_swap_out, gone))
        return touched

    def _lists(self) -> list[str]:
        found = self._database.read("SELECT DISTINCT list FROM pulled")
        return [name for (name,) in found]

    def tallies(self) -> dict[str, tuple[int, int]]:
        """Of every list: how many rows the server has given and not taken back, and their joined marks."""
        found = self._database.read("SELECT list, count, mark FROM tallies WHERE count > 0")
        return {row[0]: (row[1], row[2]) for row in found}

    def recount(self) -> dict[str, tuple[int, int]]:
        """The tallies counted anew from the rows themselves, which puts right what was kept of them."""
        return self._database.write(_recount)

    def states(self) -> dict[UUID, str]:
        """What became of own records, as far as the server has told."""
        found = self._database.read("SELECT instance_id, state FROM submission_states")
        return {UUID(instance_id): state for instance_id, state in found}


def _texts(row: PulledRow) -> tuple[str, str, int, str, str, int, int]:
    return row.list, row.id, row.version, row.label, to_json(dict(row.data)), int(row.deleted), row.change_no


def _keep(rows: Rows, after: int, subset: str, *, anew: bool) -> None:
    rows.execute(
        "INSERT INTO pull (feed, after, subset, anew) VALUES (?, ?, ?, ?) ON CONFLICT (feed) DO UPDATE SET "
        "after = excluded.after, subset = excluded.subset, anew = excluded.anew",
        (FEED, after, subset, int(anew)),
    )


def _enter(rows: Rows, changed: Iterable[tuple[str, str, int, str, str, int, int]], at: str) -> None:
    """Rows as the server has them now, and their versions."""
    given = list(changed)
    rows.conn.executemany(
        "INSERT INTO entities (list, id, version, label, data, deleted, change_no, mark) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (list, id) DO UPDATE SET version = excluded.version, "
        "label = excluded.label, data = excluded.data, deleted = excluded.deleted, "
        "change_no = excluded.change_no, mark = excluded.mark",
        [(*one, row_mark(*one[:5])) for one in given],
    )
    rows.conn.executemany(
        "INSERT INTO entity_versions (list, id, version, data, submission, who, at) "
        "VALUES (?, ?, ?, ?, NULL, '', ?) ON CONFLICT DO NOTHING",
        [(one[0], one[1], one[2], one[4], at) for one in given],
    )


def _swap_in(after: int, upto: int, at: str, rows: Rows) -> int:
    """The rows of the new generation that stand in ``after`` < rowid <= ``upto``; how many differ."""
    found = rows.execute(
        "SELECT new.list, new.id, new.version, new.label, new.data, new.deleted, new.change_no, "
        "old.version = new.version AND old.data = new.data AND old.label = new.label "
        "AND old.deleted = new.deleted "
        "FROM pulled AS new LEFT JOIN entities AS old ON old.list = new.list AND old.id = new.id "
        "WHERE new.rowid > ? AND new.rowid <= ?",
        (after, upto),
    ).fetchall()
    rows.conn.executemany(
        "UPDATE entities SET change_no = ? WHERE list = ? AND id = ?",
        [(one[6], one[0], one[1]) for one in found if one[7]],
    )
    changed = [one[:7] for one in found if not one[7]]
    _enter(rows, changed, at)
    show(rows, [(one[0], one[1]) for one in changed])
    return len(changed)


def _swap_out(gone: Sequence[Row], rows: Rows) -> int:
    """Rows of the old generation that the new one does not have."""
    rows.conn.executemany("DELETE FROM entities WHERE list = ? AND id = ?", gone)
    show(rows, [(one[0], one[1]) for one in gone])
    return len(gone)


def _recount(rows: Rows) -> dict[str, tuple[int, int]]:
    sums: dict[str, tuple[int, int]] = {}
    wrong: list[tuple[int, str, str]] = []
    for name, identity, version, label, data, kept in rows.execute(
        "SELECT list, id, version, label, data, mark FROM entities WHERE deleted = 0 AND change_no > 0"
    ):
        mark = row_mark(name, identity, version, label, data)
        if mark != kept:
            wrong.append((mark, name, identity))
        count, joined = sums.get(name, (0, 0))
        sums[name] = count + 1, joined ^ mark
    rows.conn.executemany("UPDATE entities SET mark = ? WHERE list = ? AND id = ?", wrong)
    rows.execute("DELETE FROM tallies")
    rows.conn.executemany(
        "INSERT INTO tallies (list, count, mark) VALUES (?, ?, ?)",
        [(name, *of_list) for name, of_list in sums.items()],
    )
    return sums


def _settle(rows: Rows) -> list[tuple[str, str]]:
    """Effects of records that the register holds by now leave the overlay; the rows they were of."""
    found = rows.execute(
        "UPDATE effects SET confirmed = 1 WHERE confirmed = 0 AND instance_id IN "
        "(SELECT instance_id FROM submission_states WHERE settled = 0 AND state IN ('applied', 'conflict')) "
        "RETURNING list, id"
    ).fetchall()
    rows.execute("UPDATE submission_states SET settled = 1 WHERE settled = 0")
    return [(one[0], one[1]) for one in found]
