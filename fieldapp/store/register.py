"""The register on the laptop: what the server confirmed, and what is shown.

``shown`` is ``confirmed`` plus the effects of own submissions not yet confirmed, replayed in order
whenever either
changes. So a pull never wipes local work, and local work never blocks a pull (design, section 4).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, islice
from uuid import UUID

from sqlite_utils import Database as Rows

from fieldapp.domain.filings import BUILDINGS
from fieldapp.domain.marks import row_mark
from fieldapp.domain.register import schema
from fieldapp.store.database import SLICE, Database, Row
from fieldapp.store.model import RegisterRow, ShownRow, to_json
from fieldapp.store.redirects import as_it_was
from fieldapp.store.search import grams, initials, query

_SHOWN = "list, id, version, label, data, unconfirmed"
_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True)
class Term:
    """A condition on a row: one of ``columns`` (each declared ``filter``) is one of ``values``, an empty one
    standing for none; or, without values, ``low`` <= it < ``high`` as texts."""

    columns: tuple[str, ...]
    values: tuple[str, ...] = ()
    low: str = ""
    high: str = ""


#: Where a row stands in its list: the text it is sorted by, and its number, by which ``at`` reads it.
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Change:
    """What an own submission changed in a row, and whether the server's register holds it by now. ``told``
    is the row it speaks of, whose file may have been joined to this one's since."""

    instance_id: UUID
    values: Mapping[str, str]
    confirmed: bool
    told: str


class Register:
    """The lists of the register; the form engine's ``ListSource``."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._indexed: set[str] = set()

    def import_rows(
        self, list_name: str, rows: Iterable[RegisterRow], progress: Callable[[int], None] | None = None
    ) -> int:
        """Take in confirmed rows, ≤ 2,000 in a transaction, drafts between; how many. ``progress``: rows
        so far.

        A version that is known already replaces nothing else of its history. Own unconfirmed effects stay
        on top.
        """
        self.prepare(list_name)
        source, done, at = iter(rows), 0, self._clock().isoformat()
        while batch := list(islice(source, SLICE)):
            self._database.write(partial(_take_in, list_name, batch, at))
            done += len(batch)
            if progress is not None:
                progress(done)
        return done

    def prepare(self, list_name: str) -> None:
        """The indexes of a list that is about to be filled."""
        for column in _declared(list_name)[1]:
            self._index(column)
        if _ordered(list_name):
            self._index_order(list_name)

    def get(self, list_name: str, item: str) -> ShownRow | None:
        """A row as shown, None if there is none. Of a building whose file was joined to another's, that
        one."""
        sql = f"SELECT {_SHOWN} FROM shown WHERE list = ? AND id = ?"  # noqa: S608 - names
        row = self._database.one(sql, (list_name, item))
        if row is None and list_name == BUILDINGS:
            led = self._database.one("SELECT under FROM redirects WHERE building = ?", (item,))
            row = None if led is None else self._database.one(sql, (list_name, led[0]))
        return None if row is None else _shown_of(row)

    def find(self, text: str, limit: int = 50, list_name: str | None = None) -> tuple[ShownRow, ...]:
        """Rows whose searchable texts hold ``text``: two characters, pinyin initials (``tdl12``), or both."""
        wanted = query(text)
        if not wanted:
            return ()
        where, values = ("", ()) if list_name is None else ("AND shown.list = ?", (list_name,))
        found = self._database.read(
            "SELECT shown.list, id, version, label, data, unconfirmed FROM search "  # noqa: S608 - names
            f"JOIN shown ON shown.number = search.rowid WHERE search MATCH ? {where} LIMIT ?",
            (wanted, *values, limit),
        )
        return tuple(_shown_of(row) for row in found)

    def lookup(self, list_name: str, column: str, value: str) -> Sequence[Mapping[str, str]]:
        """The rows whose ``column`` is ``value``, by an index. KeyError for a list without rows or schema.

        A building whose file was joined to another's is found by its ``name`` as it was: a form that was
        begun on it goes on with what it saw.
        """
        found = self._database.read(self.lookup_sql(column), (list_name, value))
        if not found and not self.knows(list_name):
            raise KeyError(list_name)
        if not found and (list_name, column) == (BUILDINGS, "name"):
            was = as_it_was(self._database, value)
            return () if was is None else (ShownRow(BUILDINGS, value, *was, 0).columns(),)
        return tuple(_shown_of(row).columns() for row in found)

    def naming(self, list_name: str, column: str, item: str) -> tuple[ShownRow, ...]:
        """The rows that name ``item`` among the ids of their ``column``, in no order. Of a column that names
        one by its index, of one that names several by reading the list through: for jobs.
        """
        if schema(list_name).properties[column].type == "reference":
            sql, values = self.lookup_sql(column), (list_name, item)
        else:
            sql = f"SELECT {_SHOWN} FROM shown WHERE list = ? AND instr(data, ?) > 0"  # noqa: S608 - names
            values = (list_name, item)
        rows = (_shown_of(row) for row in self._database.read(sql, values))
        return tuple(row for row in rows if item in row.values.get(column, "").split())

    def lookup_sql(self, column: str) -> str:
        """The query of ``lookup``; makes the column's index if it is the first to ask for it."""
        return f"SELECT {_SHOWN} FROM shown WHERE list = ? AND {self._term(column)} = ? ORDER BY number"  # noqa: S608 - checked name

    def _term(self, column: str) -> str:
        if column in {"name", "label"}:
            return {"name": "id", "label": "label"}[column]
        if not _COLUMN.fullmatch(column):
            raise KeyError(column)
        self._index(column)
        return _path(column)

    def between(
        self, list_name: str, column: str, low: str, high: str, limit: int = 1_000
    ) -> tuple[ShownRow, ...]:
        """Rows with ``low`` <= ``column`` < ``high`` as texts, in that order, by an index."""
        self._index(column)
        found = self._database.read(
            f"SELECT {_SHOWN} FROM shown WHERE list = ? AND {_path(column)} >= ? AND {_path(column)} < ? "  # noqa: S608 - names
            f"ORDER BY {_path(column)}, number LIMIT ?",
            (list_name, low, high, limit),
        )
        return tuple(_shown_of(row) for row in found)

    def places(
        self, list_name: str, terms: Sequence[Term] = (), after: Place | None = None, limit: int = SLICE
    ) -> tuple[Place, ...]:
        """Where the next ``limit`` rows stand that meet all ``terms``, in the list's order, behind ``after``.

        One index holds order and filters, so no row is read. The database's reader is held for one such
        slice. KeyError for a list or column that is not declared for it.
        """
        order, filters = _listed(list_name)
        index = self._index_order(list_name)
        clauses, values = [], [list_name]
        for term in terms:
            if not set(term.columns) <= set(filters):
                raise KeyError(term.columns)
            found, said = _clause(term)
            clauses.append(found)
            values += said
        if after is not None:  # SQLite seeks by the first term only, not by a pair that holds an expression
            clauses.append(f"{order} >= ? AND ({order}, number) > (?, ?)")
            values.append(after[0])
        rows = self._database.read(
            f'SELECT {order}, number FROM shown INDEXED BY "{index}" '  # noqa: S608 - names
            f"WHERE {' AND '.join(['list = ?', *clauses])} "
            f"ORDER BY {order}, number LIMIT ?",
            (*values, *(after or ()), limit),
        )
        return tuple((text, number) for text, number in rows)

    def matching(self, text: str) -> frozenset[int]:
        """The numbers of all rows that ``find`` would find, of every list, in no order."""
        wanted = query(text)
        if not wanted:
            return frozenset()
        found = self._database.read("SELECT rowid FROM search WHERE search MATCH ?", (wanted,))
        return frozenset(chain.from_iterable(found))  # a hundred thousand of them after one letter

    def numbers(self, list_name: str, column: str, value: str) -> frozenset[int]:
        """The numbers of the rows whose ``column`` is ``value``, by an index."""
        sql = f"SELECT number FROM shown WHERE list = ? AND {self._term(column)} = ?"  # noqa: S608 - checked name
        return frozenset(number for (number,) in self._database.read(sql, (list_name, value)))

    def counted(self, list_name: str, column: str, value: str) -> int:
        """How many rows have ``value`` in ``column``, by an index."""
        sql = f"SELECT count(*) FROM shown WHERE list = ? AND {self._term(column)} = ?"  # noqa: S608 - checked name
        row = self._database.one(sql, (list_name, value))
        return 0 if row is None else int(row[0])

    def at(self, numbers: Iterable[int]) -> dict[int, ShownRow]:
        """The rows with these numbers; a row that is gone by now is left out."""
        wanted = tuple(numbers)
        found = self._database.read(
            f"SELECT {_SHOWN}, number FROM shown WHERE number IN ({', '.join('?' * len(wanted))})",  # noqa: S608 - names
            wanted,
        )
        return {row[6]: _shown_of(row) for row in found}

    def all(self, list_name: str) -> Iterator[ShownRow]:
        """Every row of a list as shown, read slice by slice."""
        last = 0
        while rows := self._database.read(
            f"SELECT {_SHOWN}, number FROM shown WHERE list = ? AND number > ? ORDER BY number LIMIT ?",  # noqa: S608 - names
            (list_name, last, SLICE),
        ):
            yield from (_shown_of(row) for row in rows)
            last = rows[-1][6]

    def changes(self, list_name: str, item: str) -> tuple[Change, ...]:
        """What own submissions changed in a row, oldest first."""
        found = self._database.read(
            "SELECT instance_id, data, confirmed, coalesce(json_extract(told, '$.id'), id) FROM effects "
            "WHERE list = ? AND id = ? ORDER BY number",
            (list_name, item),
        )
        return tuple(Change(UUID(row[0]), json.loads(row[1]), bool(row[2]), row[3]) for row in found)

    def knows(self, list_name: str) -> bool:
        """Whether the list has rows here or is declared."""
        if self._database.one("SELECT 1 FROM entities WHERE list = ? LIMIT 1", (list_name,)) is not None:
            return True
        return bool(_declared(list_name)[0])

    def holds(self, list_name: str, column: str, value: str) -> bool:
        """Whether any row's ``column`` is ``value``, by an index."""
        return self._database.one(f"{self.lookup_sql(column)} LIMIT 1", (list_name, value)) is not None

    def count(self, list_name: str) -> int:
        """How many rows are shown."""
        row = self._database.one("SELECT count(*) FROM shown WHERE list = ?", (list_name,))
        return 0 if row is None else int(row[0])

    def history(self, list_name: str, item: str) -> tuple[RegisterRow, ...]:
        """The confirmed versions of a row, oldest first."""
        found = self._database.read(
            "SELECT version, data, submission, who FROM entity_versions "
            "WHERE list = ? AND id = ? ORDER BY version",
            (list_name, item),
        )
        return tuple(
            RegisterRow(item, "", json.loads(data), version, submission=submission, who=who)
            for version, data, submission, who in found
        )

    def _index(self, column: str) -> None:
        if column in self._indexed:
            return
        name = f"shown_by_{column}"
        if (
            self._database.one("SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = ?", (name,))
            is None
        ):
            sql = f'CREATE INDEX IF NOT EXISTS "{name}" ON shown (list, {_path(column)})'
            self._database.write(lambda rows: rows.execute(sql))
        self._indexed.add(column)

    def _index_order(self, list_name: str) -> str:
        """The name of the index that ``places`` walks; one whose declaration has changed is made anew."""
        order, filters = _listed(list_name)
        columns = ", ".join(["list", order, "number", *(_path(name) for name in filters)])
        stem = f"shown_in_order_{list_name}_"
        name = stem + hashlib.sha256(columns.encode()).hexdigest()[:8]
        if name in self._indexed:
            return name
        found = self._database.read(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND substr(name, 1, ?) = ?",
            (len(stem), stem),
        )
        stale = [kept for (kept,) in found if kept != name]
        if stale or not found:

            def make(rows: Rows) -> None:
                for kept in stale:
                    rows.execute(f'DROP INDEX "{kept}"')
                rows.execute(f'CREATE INDEX IF NOT EXISTS "{name}" ON shown ({columns})')

            self._database.write(make)
        self._indexed.add(name)
        return name


def show(rows: Rows, items: Sequence[tuple[str, str]]) -> None:
    """``refresh`` for many rows: those that nothing lies on or under are written in bulk."""
    wanted: dict[str, dict[str, None]] = {}
    for list_name, item in items:
        wanted.setdefault(list_name, {})[item] = None
    for list_name, of_list in wanted.items():
        layered = _layered(rows, list_name, of_list)
        for item in layered:
            refresh(rows, list_name, item)
        _show_alone(rows, list_name, of_list.keys() - layered)


def _layered(rows: Rows, list_name: str, items: Iterable[str]) -> set[str]:
    """Those of the rows that something lies on or under, or that the server does not have."""
    found = rows.execute(
        "SELECT value FROM json_each(?2) WHERE EXISTS "
        "(SELECT 1 FROM effects WHERE list = ?1 AND id = value AND confirmed = 0) OR EXISTS "
        "(SELECT 1 FROM ledger_rows WHERE house = value AND state IN ('new', 'known')) OR NOT EXISTS "
        "(SELECT 1 FROM entities WHERE list = ?1 AND id = value AND deleted = 0)",
        (list_name, json.dumps(list(items))),
    )
    return {item for (item,) in found}


def _show_alone(rows: Rows, list_name: str, alone: Set[str]) -> None:
    """Rows as the server has them; a search entry is made anew only if its text is another."""
    last = rows.execute("SELECT coalesce(max(number), 0) FROM shown").fetchone()[0]
    names = _declared(list_name)[0]
    asked = list_name, json.dumps(sorted(alone))
    among = "WHERE list = ? AND id IN (SELECT value FROM json_each(?))"
    before = {
        row[0]: row[1:]
        for row in rows.execute(f"SELECT id, number, label, data FROM shown {among}", asked)  # noqa: S608 - fixed
    }
    found = rows.execute(f"SELECT id, version, label, data FROM entities {among}", asked).fetchall()  # noqa: S608 - fixed
    added: list[tuple[int, str, str, int, str, str]] = []
    changed: list[tuple[int, str, str, int]] = []
    stale: list[tuple[int]] = []
    searched: list[tuple[int, str, str]] = []
    for item, version, label, data in found:
        text = _searched(names, label, json.loads(data))
        if item in before:
            number, old_label, old_data = before[item]
            changed.append((version, label, data, number))
            if text == _searched(names, old_label, json.loads(old_data)):
                continue
            stale.append((number,))
        else:
            number = last = last + 1
            added.append((number, list_name, item, version, label, data))
        searched.append((number, grams(text), grams(initials(text))))
    rows.conn.executemany(
        "INSERT INTO shown (number, list, id, version, label, data) VALUES (?, ?, ?, ?, ?, ?)", added
    )
    rows.conn.executemany(
        "UPDATE shown SET version = ?, label = ?, data = ?, unconfirmed = 0 WHERE number = ?", changed
    )
    rows.conn.executemany("DELETE FROM search WHERE rowid = ?", stale)
    rows.conn.executemany("INSERT INTO search (rowid, grams, initials) VALUES (?, ?, ?)", searched)


def _searched(names: Iterable[str], label: str, values: Mapping[str, str]) -> str:
    """The texts of a row that the search field looks into: its label and the properties ``names``."""
    return "\n".join(dict.fromkeys([label, *(values[name] for name in names if values.get(name))]))


def refresh(rows: Rows, list_name: str, item: str) -> None:
    """Rebuild one shown row: the confirmed one, what ledgers add to it, the effects on top; its search entry
    with it."""
    confirmed = rows.execute(
        "SELECT version, label, data, deleted FROM entities WHERE list = ? AND id = ?", (list_name, item)
    ).fetchone()
    effects = rows.execute(
        "SELECT action, label, data FROM effects WHERE list = ? AND id = ? AND confirmed = 0 ORDER BY number",
        (list_name, item),
    ).fetchall()
    gone = confirmed is None or bool(confirmed[3])
    version, label, values = (0, "", {}) if confirmed is None else (*confirmed[:2], json.loads(confirmed[2]))
    added = _of_ledgers(rows, list_name, item)
    if added and confirmed is None:
        gone, label = False, added.get("address_detail", "")
    values = added | values
    for action, new_label, data in effects:
        if action == "create":
            gone = gone and confirmed is not None
        version, label = version + 1, new_label or label
        values = {**values, **json.loads(data)}
    if gone:
        _hide(rows, list_name, item)
        return
    alone = bool(added) and confirmed is None  # nobody but this laptop knows the house
    _show(rows, list_name, item, (version, label, values, len(effects) + alone))


def _of_ledgers(rows: Rows, list_name: str, item: str) -> dict[str, str]:
    """What ledgers taken in here, which are of buildings, say of a row; of two the first counts."""
    if list_name != "buildings":
        return {}
    found = rows.execute(
        "SELECT data FROM ledger_rows WHERE house = ? AND state IN ('new', 'known') ORDER BY number DESC",
        (item,),
    ).fetchall()
    added: dict[str, str] = {}
    for (data,) in found:
        added |= json.loads(data)
    return added


def _hide(rows: Rows, list_name: str, item: str) -> None:
    old = rows.execute(
        "DELETE FROM shown WHERE list = ? AND id = ? RETURNING number", (list_name, item)
    ).fetchone()
    if old is not None:
        rows.execute("DELETE FROM search WHERE rowid = ?", old)


def _show(rows: Rows, list_name: str, item: str, row: tuple[int, str, dict[str, str], int]) -> None:
    version, label, values, unconfirmed = row
    number = rows.execute(
        "INSERT INTO shown (list, id, version, label, data, unconfirmed) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (list, id) DO UPDATE SET version = excluded.version, label = excluded.label, "
        "data = excluded.data, unconfirmed = excluded.unconfirmed RETURNING number",
        (list_name, item, version, label, to_json(values), unconfirmed),
    ).fetchone()[0]
    text = _searched(_declared(list_name)[0], label, values)
    rows.execute("DELETE FROM search WHERE rowid = ?", (number,))
    rows.execute(
        "INSERT INTO search (rowid, grams, initials) VALUES (?, ?, ?)",
        (number, grams(text), grams(initials(text))),
    )


def _take_in(list_name: str, batch: list[RegisterRow], at: str, rows: Rows) -> None:
    for row in batch:
        data = to_json(dict(row.values))
        rows.execute(
            "INSERT INTO entities (list, id, version, label, data, deleted, change_no, mark) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (list, id) DO UPDATE SET version = excluded.version, label = excluded.label, "
            "data = excluded.data, deleted = excluded.deleted, change_no = excluded.change_no, "
            "mark = excluded.mark",
            (
                *(list_name, row.id, row.version, row.label, data, int(row.deleted), row.change_no),
                row_mark(list_name, row.id, row.version, row.label, data),
            ),
        )
        rows.execute(
            "INSERT INTO entity_versions (list, id, version, data, submission, who, at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING",
            (list_name, row.id, row.version, data, row.submission, row.who, at),
        )
        refresh(rows, list_name, row.id)


def _declared(list_name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Searched and indexed properties of a list; none for one that is not declared (its label is
    searched).
    """
    try:
        declared = schema(list_name)
    except KeyError:
        return (), ()
    return declared.searched(), declared.indexed()


def _ordered(list_name: str) -> bool:
    try:
        return bool(schema(list_name).order)
    except KeyError:
        return False


def _listed(list_name: str) -> tuple[str, tuple[str, ...]]:
    """The term a list is sorted by, never NULL, and the names of its filters. KeyError if not declared."""
    declared = schema(list_name)
    return f"coalesce({_path(declared.order)}, label)", declared.filtered()


def _clause(term: Term) -> tuple[str, list[str]]:
    said: list[str] = []
    either = []
    for column in term.columns:
        if term.values:
            either.append(f"coalesce({_path(column)}, '') IN ({', '.join('?' * len(term.values))})")
            said += term.values
        else:
            either.append(f"({_path(column)} >= ? AND {_path(column)} < ?)")
            said += [term.low, term.high]
    return f"({' OR '.join(either)})", said


def _path(column: str) -> str:
    return f"json_extract(data, '$.\"{column}\"')"


def _shown_of(row: Row) -> ShownRow:
    return ShownRow(row[0], row[1], row[2], row[3], json.loads(row[4]), row[5])
