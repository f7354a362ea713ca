"""The register on the laptop: what the server confirmed, and what is shown.

``shown`` is ``confirmed`` plus the effects of own submissions not yet confirmed, replayed in order
whenever either
changes. So a pull never wipes local work, and local work never blocks a pull (design, section 4).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from uuid import UUID

from sqlite_utils import Database as Rows

from fieldapp.domain.filings import BUILDINGS
from fieldapp.domain.marks import row_mark
from fieldapp.domain.register import schema
from fieldapp.store.database import SLICE, Database, Read, Row
from fieldapp.store.indexes import (
    SHOWN,
    Made,
    by_column,
    declared,
    in_order,
    listed,
    literal,
    make,
    name_of,
    order_stem,
    path,
)
from fieldapp.store.model import RegisterRow, ShownRow, to_json
from fieldapp.store.redirects import as_it_was
from fieldapp.store.search import query
from fieldapp.store.shown import LIVE, NEW, Tables, exists, refresh

_SHOWN = "list, id, version, label, data, unconfirmed"


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
        if any(stem not in self._indexed for stem, _body in declared(list_name)):
            self._database.write(lambda rows: make(rows, SHOWN, declared(list_name)))
            self._indexed |= {stem for stem, _body in declared(list_name)}

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
        found = self._database.read(self.lookup_sql(list_name, column), (value,))
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
            sql, values = self.lookup_sql(list_name, column), [item]
        else:
            sql = f"SELECT {_SHOWN} FROM shown WHERE list = ? AND instr(data, ?) > 0"  # noqa: S608 - names
            values = [list_name, item]
        rows = (_shown_of(row) for row in self._database.read(sql, values))
        return tuple(row for row in rows if item in row.values.get(column, "").split())

    def lookup_sql(self, list_name: str, column: str) -> str:
        """The query of ``lookup``; makes the column's index if it is the first to ask for it."""
        return f"SELECT {_SHOWN} FROM shown WHERE {self._term(list_name, column)} = ? ORDER BY number"  # noqa: S608 - checked name

    def _term(self, list_name: str, column: str) -> str:
        """The list, and the term of its column that has an index."""
        if column != "name":
            self._index(list_name, column)
        term = {"name": "id", "label": "label"}.get(column) or path(column)
        return f"list = {literal(list_name)} AND {term}"

    def between(
        self, list_name: str, column: str, low: str, high: str, limit: int = 1_000
    ) -> tuple[ShownRow, ...]:
        """Rows with ``low`` <= ``column`` < ``high`` as texts, in that order, by an index."""
        term = self._term(list_name, column)
        found = self._database.read(
            f"SELECT {_SHOWN} FROM shown WHERE {term} >= ? AND {path(column)} < ? "  # noqa: S608 - names
            f"ORDER BY {path(column)}, number LIMIT ?",
            (low, high, limit),
        )
        return tuple(_shown_of(row) for row in found)

    def places(
        self, list_name: str, terms: Sequence[Term] = (), after: Place | None = None, limit: int = SLICE
    ) -> tuple[Place, ...]:
        """Where the next ``limit`` rows stand that meet all ``terms``, in the list's order, behind ``after``.

        One index holds order and filters, so no row is read. The database's reader is held for one such
        slice. KeyError for a list or column that is not declared for it.
        """
        order, filters = listed(list_name)
        self._index_order(list_name)
        clauses, values = [f"list = {literal(list_name)}"], []
        for term in terms:
            if not set(term.columns) <= set(filters):
                raise KeyError(term.columns)
            found, said = _clause(term)
            clauses.append(found)
            values += said
        if after is not None:  # SQLite seeks by the first term only, not by a pair that holds an expression
            clauses.append(f"{order} >= ? AND ({order}, number) > (?, ?)")
            values.append(after[0])
        stem, where = in_order(list_name)[0], " AND ".join(clauses)

        def slice_of(read: Read) -> list[Row]:
            index = name_of(read, SHOWN, stem)  # another one once a pull has put a new generation in place
            return read(
                f'SELECT {order}, number FROM shown INDEXED BY "{index}" '  # noqa: S608 - names
                f"WHERE {where} ORDER BY {order}, number LIMIT ?",
                (*values, *(after or ()), limit),
            )

        return tuple((text, number) for text, number in self._database.at_one_moment(slice_of))

    def matching(self, text: str) -> frozenset[int]:
        """The numbers of all rows that ``find`` would find, of every list, in no order."""
        wanted = query(text)
        if not wanted:
            return frozenset()
        # A hundred thousand of them after one letter: in one piece, for every row by itself would have to
        # wait for the interpreter, and the window for it.
        found = self._database.one(
            "SELECT json_group_array(rowid) FROM search WHERE search MATCH ?", (wanted,)
        )
        return frozenset(json.loads(found[0]) if found else ())

    def generation(self) -> int:
        """Another number once a pull has put another register in place of the one that is shown."""
        row = self._database.one("SELECT rootpage FROM sqlite_master WHERE name = ?", (SHOWN,))
        return 0 if row is None else int(row[0])

    def numbers(self, list_name: str, column: str, value: str) -> frozenset[int]:
        """The numbers of the rows whose ``column`` is ``value``, by an index."""
        sql = f"SELECT number FROM shown WHERE {self._term(list_name, column)} = ?"  # noqa: S608 - checked name
        return frozenset(number for (number,) in self._database.read(sql, (value,)))

    def counted(self, list_name: str, column: str, value: str) -> int:
        """How many rows have ``value`` in ``column``, by an index."""
        sql = f"SELECT count(*) FROM shown WHERE {self._term(list_name, column)} = ?"  # noqa: S608 - checked name
        row = self._database.one(sql, (value,))
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
        return bool(declared(list_name))

    def holds(self, list_name: str, column: str, value: str) -> bool:
        """Whether any row's ``column`` is ``value``, by an index."""
        return self._database.one(f"{self.lookup_sql(list_name, column)} LIMIT 1", (value,)) is not None

    def count(self, list_name: str) -> int:
        """How many rows are shown."""
        row = self._database.one("SELECT count(*) FROM shown WHERE list = ?", (list_name,))
        return 0 if row is None else int(row[0])

    def history(self, list_name: str, item: str) -> tuple[RegisterRow, ...]:
        """The confirmed versions of a row, oldest first; the last is the one that stands."""
        found = self._database.read(
            "SELECT version, data, submission, who FROM entity_versions WHERE list = ?1 AND id = ?2 "
            "UNION ALL SELECT version, data, NULL, '' FROM entities AS stands WHERE list = ?1 AND id = ?2 "
            "AND NOT EXISTS (SELECT 1 FROM entity_versions AS kept WHERE kept.list = ?1 AND kept.id = ?2 "
            "AND kept.version = stands.version) ORDER BY version",
            (list_name, item),
        )
        return tuple(
            RegisterRow(item, "", json.loads(data), version, submission=submission, who=who)
            for version, data, submission, who in found
        )

    def _index(self, list_name: str, column: str) -> None:
        stem, body = by_column(list_name, column)
        if stem not in self._indexed:
            if not name_of(self._database.read, SHOWN, stem):
                self._database.write(partial(_make_in_both, (stem, body)))
            self._indexed.add(stem)

    def _index_order(self, list_name: str) -> None:
        """The index that ``places`` walks; one whose declaration has changed is made anew."""
        made, begins = in_order(list_name), order_stem(list_name)
        if made[0] in self._indexed:
            return
        found = self._database.read(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND substr(name, 1, ?) = ?",
            (SHOWN, len(begins), begins),
        )
        stale = [name for (name,) in found if name.rpartition("@")[0] != made[0]]
        if stale or not found:

            def renew(rows: Rows) -> None:
                for name in stale:
                    rows.execute(f'DROP INDEX "{name}"')
                make(rows, SHOWN, [made])

            self._database.write(renew)
        self._indexed.add(made[0])


def _make_in_both(made: Made, rows: Rows) -> None:
    make(rows, LIVE.shown, [made])
    if exists(rows, NEW.shown):
        make(rows, NEW.shown, [made])


def _take_in(list_name: str, batch: list[RegisterRow], at: str, rows: Rows) -> None:
    generations = (LIVE, NEW) if exists(rows, NEW.entities) else (LIVE,)
    for row in batch:
        data = to_json(dict(row.values))
        for tables in generations:
            _confirm(rows, tables, list_name, row, data)
        rows.execute(
            "INSERT INTO entity_versions (list, id, version, data, submission, who, at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING",
            (list_name, row.id, row.version, data, row.submission, row.who, at),
        )
        refresh(rows, list_name, row.id)


def _confirm(rows: Rows, tables: Tables, list_name: str, row: RegisterRow, data: str) -> None:
    """Into the register that is shown; into the one that a pull fills only what the server has not."""
    rows.execute(
        f"INSERT INTO {tables.entities} (list, id, version, label, data, deleted, change_no, mark) "  # noqa: S608 - names
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (list, id) DO UPDATE SET version = excluded.version, label = excluded.label, "
        "data = excluded.data, deleted = excluded.deleted, change_no = excluded.change_no, "
        f"mark = excluded.mark WHERE {'change_no = 0' if tables == NEW else 'TRUE'}",
        (
            *(list_name, row.id, row.version, row.label, data, int(row.deleted), row.change_no),
            row_mark(list_name, row.id, row.version, row.label, data),
        ),
    )


def _clause(term: Term) -> tuple[str, list[str]]:
    said: list[str] = []
    either = []
    for column in term.columns:
        if term.values:
            either.append(f"coalesce({path(column)}, '') IN ({', '.join('?' * len(term.values))})")
            said += term.values
        else:
            either.append(f"({path(column)} >= ? AND {path(column)} < ?)")
            said += [term.low, term.high]
    return f"({' OR '.join(either)})", said


def _shown_of(row: Row) -> ShownRow:
    return ShownRow(row[0], row[1], row[2], row[3], json.loads(row[4]), row[5])
