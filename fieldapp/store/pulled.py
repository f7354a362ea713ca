"""What a pull brings into the register: page by page, each with its cursor in one transaction.

A first pull (and one that begins anew) fills a generation of its own beside the register (``generation``),
which takes the place of the old one at the end, in one moment: a line that is cut leaves the old register
whole. Later pulls write into the register at once. What became of own records is kept until the last page,
for their rows may come on any page: only then do their effects leave the overlay, so that nothing local is
gone for a moment (failure T04).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic_core import to_json
from sqlite_utils import Database as Rows

from fieldapp.domain.marks import row_mark
from fieldapp.store import generation
from fieldapp.store.audit import Audit
from fieldapp.store.database import Database
from fieldapp.store.generation import Ready
from fieldapp.store.redirects import follow
from fieldapp.store.register import Register
from fieldapp.store.search import entry
from fieldapp.store.shown import NEW, exists, searched, show

FEED = "register"


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


@dataclass(frozen=True, slots=True)
class Page:
    """A page made ready to be kept; for a new generation if ``anew``."""

    rows: tuple[Ready, ...]
    gone: tuple[tuple[str, str], ...]
    states: Mapping[UUID, str]
    upto: int
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
        generation.sweep(self._database)

        def begin(rows: Rows) -> None:
            generation.begin(rows)
            _keep(rows, 0, "", anew=True)

        self._database.write(begin)
        generation.sweep(self._database)

    def ready(
        self,
        changed: Iterable[PulledRow],
        gone: Iterable[tuple[str, str]],
        states: Mapping[UUID, str],
        upto: int,
        subset: str,
    ) -> Page:
        """All of ``keep`` that needs no writing; for any thread, while the page before is kept."""
        anew = self.cursor().anew
        rows = tuple(_ready(row, found_by=anew and not row.deleted) for row in changed)
        return Page(rows, tuple(gone), dict(states), upto, subset, anew)

    def keep(self, page: Page) -> None:
        """One page and its cursor, in one transaction."""
        at = self._clock().isoformat()

        def keep(rows: Rows) -> None:
            told = [(str(instance_id), state) for instance_id, state in page.states.items()]
            rows.conn.executemany(
                "INSERT INTO submission_states (instance_id, state) VALUES (?, ?) ON CONFLICT (instance_id) "
                "DO UPDATE SET state = excluded.state, settled = 0",
                told,
            )
            if page.anew:
                if not exists(rows, NEW.shown):
                    generation.begin(rows)
                generation.fill(rows, page.rows)
            else:
                _enter(rows, page.rows, at)
                _leave(rows, page.gone, at)
                show(rows, [*((one.list, one.id) for one in page.rows), *page.gone])
            _keep(rows, page.upto, page.subset, anew=page.anew)

        self._database.write(keep)

    def finish(self) -> int:
        """The last page is here: the new generation takes its place, settled records leave the overlay.

        What takes long is done before, in slices between which drafts can pass; cut off, the next pull does
        it again. The number of rows that the register shows otherwise now.
        """
        anew = self.cursor().anew
        touched = generation.close(self._database, self._clock().isoformat()) if anew else 0

        def finish(rows: Rows) -> int:
            if anew:
                generation.flip(rows)
                after, subset = rows.execute(
                    "SELECT after, subset FROM pull WHERE feed = ?", (FEED,)
                ).fetchone()
                _keep(rows, after, subset, anew=False)
                self._audit.add(rows, "register.pulled", {"rows": touched, "upto": after})
            settled = list(dict.fromkeys([*_settle(rows), *follow(rows)]))
            show(rows, settled)
            return len(settled)

        settled = self._database.write(finish)
        generation.sweep(self._database)
        return touched + settled

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


def _ready(row: PulledRow, *, found_by: bool) -> Ready:
    values = dict(row.data)
    data = plain_text(values)
    grams, initials = entry(searched(row.list, row.label, values)) if found_by else ("", "")
    mark = row_mark(row.list, row.id, row.version, row.label, data)
    return Ready(
        row.list, row.id, row.version, row.label, data, row.deleted, row.change_no, mark, grams, initials
    )


def plain_text(values: Mapping[str, str]) -> str:
    """``plain_json``, by a quicker encoder."""
    return to_json(dict(sorted(values.items()))).decode()


def _keep(rows: Rows, after: int, subset: str, *, anew: bool) -> None:
    rows.execute(
        "INSERT INTO pull (feed, after, subset, anew) VALUES (?, ?, ?, ?) ON CONFLICT (feed) DO UPDATE SET "
        "after = excluded.after, subset = excluded.subset, anew = excluded.anew",
        (FEED, after, subset, int(anew)),
    )


_REPLACED = (
    "INSERT INTO entity_versions (list, id, version, data, submission, who, at) "
    "SELECT old.list, old.id, old.version, old.data, NULL, '', ?1 FROM json_each(?2) AS given "
    "JOIN entities AS old ON old.list = given.value ->> 0 AND old.id = given.value ->> 1 "
    "WHERE old.change_no > 0 AND old.version IS NOT given.value ->> 2 ON CONFLICT DO NOTHING"
)


def _enter(rows: Rows, given: Sequence[Ready], at: str) -> None:
    """Rows as the server has them now; a version that is replaced is kept."""
    rows.execute(_REPLACED, (at, json.dumps([(one.list, one.id, one.version) for one in given])))
    rows.conn.executemany(
        "INSERT INTO entities (list, id, version, label, data, deleted, change_no, mark) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (list, id) DO UPDATE SET version = excluded.version, "
        "label = excluded.label, data = excluded.data, deleted = excluded.deleted, "
        "change_no = excluded.change_no, mark = excluded.mark",
        [one[:8] for one in given],
    )


def _leave(rows: Rows, gone: Sequence[tuple[str, str]], at: str) -> None:
    """Rows that left the laptop's share; what they were is kept."""
    rows.execute(_REPLACED, (at, json.dumps([(*one, None) for one in gone])))
    rows.conn.executemany("DELETE FROM entities WHERE list = ? AND id = ? AND change_no > 0", gone)


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
