"""The register that a pull from the beginning brings, beside the one that is shown, until it takes its place.

Rows, shown rows and search index of the new generation are tables of their own, ``new_…``, made like those
that are shown, with the same indexes. They take the others' names in one short transaction: who reads sees
the old register whole or the new one whole, never some of each. A row keeps its number. What was replaced
(``old_…``) is taken away in slices, between which drafts are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple

from sqlcipher3 import dbapi2
from sqlite_utils import Database as Rows

from fieldapp.store.database import Database
from fieldapp.store.indexes import asked_for, everything, make
from fieldapp.store.shown import LIVE, NEW, exists, next_number, refresh_in

#: Tables that stand for the register; ``tallies`` goes along.
_TABLES = ("entities", "shown", "search")
#: Parts of the search index are joined less often than FTS5 does by itself: half the time of a write, and no
#: search is slower for it.
_SEARCH = (("automerge", 16), ("crisismerge", 32))
#: Rows of one transaction; and those of them for which all that lies on a row is read.
_SLICE, _LAYERED = 1_000, 200
#: Rows of one INSERT: while SQLite works through them, other threads go on.
_AT_ONCE = 250


class Ready(NamedTuple):
    """A pulled row as it is written. ``data`` is its plain JSON, ``grams`` and ``initials`` what it is found
    by (empty when the page is none of a new generation)."""

    list: str
    id: str
    version: int
    label: str
    data: str
    deleted: bool
    change_no: int
    mark: int
    grams: str
    initials: str


def begin(rows: Rows) -> None:
    """An empty generation; one that was half filled is put away (``sweep`` before and after)."""
    if exists(rows, NEW.shown):
        rows.execute("DROP TABLE new_tallies")
        for name in _TABLES:
            rows.execute(f"ALTER TABLE new_{name} RENAME TO old_{name}")
    for name in (*_TABLES, "tallies"):
        (sql,) = rows.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        made = sql.replace(f'TABLE "{name}"', f"TABLE {name}", 1).replace(
            f"TABLE {name}", f"TABLE new_{name}", 1
        )
        rows.execute(made)
    for option, value in _SEARCH:
        rows.execute(f"INSERT INTO {NEW.search} ({NEW.search}, rank) VALUES (?, ?)", (option, value))  # noqa: S608 - names
    make(rows, NEW.shown, (*everything(), *asked_for(rows, LIVE.shown)))


def fill(rows: Rows, page: Sequence[Ready]) -> None:
    """Put the rows of a page in."""
    try:
        with rows.atomic():
            _put(rows, page)
    except dbapi2.IntegrityError:  # a row that came on an earlier page changed while the pull went on
        _take_out(rows, page)
        _put(rows, page)


def _put(rows: Rows, page: Sequence[Ready]) -> None:
    _many(
        rows,
        f"{NEW.entities} (list, id, version, label, data, deleted, change_no, mark)",
        [one[:8] for one in page],
    )
    there = [one for one in page if not one.deleted]
    numbers = _numbers(rows, there)
    _many(
        rows,
        f"{NEW.shown} (number, list, id, version, label, data)",
        [(number, *one[:5]) for number, one in zip(numbers, there, strict=True)],
    )
    _many(
        rows,
        f"{NEW.search} (rowid, grams, initials)",
        [(number, one.grams, one.initials) for number, one in zip(numbers, there, strict=True)],
    )
    _count(rows, ((one.list, one.mark) for one in there), 1)


def _many(rows: Rows, into: str, wanted: Iterable[tuple[object, ...]]) -> None:
    """Many rows by few statements: ``executemany`` would wait for the interpreter after every row."""
    left = iter(wanted)
    while some := list(islice(left, _AT_ONCE)):
        values = ", ".join([f"({', '.join('?' * len(some[0]))})"] * len(some))
        sql = f"INSERT INTO {into} VALUES {values}"  # noqa: S608 - names and places
        rows.execute(sql, [value for row in some for value in row])


def _numbers(rows: Rows, page: Sequence[Ready]) -> list[int]:
    """The numbers that the rows have where they are shown, and new ones."""
    known: dict[tuple[str, str], int] = {}
    if rows.execute(f"SELECT 1 FROM {LIVE.shown} LIMIT 1").fetchone() is not None:  # noqa: S608 - names
        for one in page:
            row = rows.execute(
                f"SELECT number FROM {LIVE.shown} WHERE list = ? AND id = ?",  # noqa: S608 - names
                (one.list, one.id),
            ).fetchone()
            if row is not None:
                known[one.list, one.id] = row[0]
    fresh = next_number(rows)
    numbers = []
    for one in page:
        number = known.get((one.list, one.id))
        if number is None:
            number, fresh = fresh, fresh + 1
        numbers.append(number)
    return numbers


def _take_out(rows: Rows, page: Sequence[Ready]) -> None:
    for one in page:
        key = (one.list, one.id)
        shown = rows.execute(
            f"DELETE FROM {NEW.shown} WHERE list = ? AND id = ? RETURNING number",  # noqa: S608 - names
            key,
        ).fetchone()
        if shown is not None:
            rows.execute(f"DELETE FROM {NEW.search} WHERE rowid = ?", shown)  # noqa: S608 - names
        kept = rows.execute(
            f"DELETE FROM {NEW.entities} WHERE list = ? AND id = ? RETURNING deleted, change_no, mark",  # noqa: S608 - names
            key,
        ).fetchone()
        if kept is not None and not kept[0] and kept[1] > 0:
            _count(rows, [(one.list, kept[2])], -1)


def _count(rows: Rows, marks: Iterable[tuple[str, int]], sign: int) -> None:
    sums: dict[str, tuple[int, int]] = {}
    for name, mark in marks:
        count, joined = sums.get(name, (0, 0))
        sums[name] = count + sign, joined ^ mark
    for name, (count, joined) in sums.items():
        rows.execute(
            "INSERT INTO new_tallies (list, count, mark) VALUES (?, ?, ?) ON CONFLICT (list) DO UPDATE SET "
            "count = count + excluded.count, mark = (mark | excluded.mark) - (mark & excluded.mark)",
            (name, count, joined),
        )


def close(database: Database, at: str) -> int:
    """Make the generation whole, in slices: older versions are kept, rows that only this laptop has come
    along, own effects and ledgers lie on top. From then on they are written to both. How many rows it shows
    otherwise. Cut off, it can begin again.
    """
    last = 0
    while found := database.read(
        "SELECT rowid FROM entities WHERE rowid > ? ORDER BY rowid LIMIT ?", (last, _SLICE)
    ):
        upto = found[-1][0]
        _keep_old(database, last, upto, at)
        last = upto
    layered = database.read(
        "SELECT list, id FROM effects WHERE confirmed = 0 UNION SELECT 'buildings', "
        "coalesce((SELECT under FROM redirects WHERE building = house), house) FROM ledger_rows "
        "WHERE state IN ('new', 'known') UNION SELECT list, id FROM new_entities WHERE change_no = 0"
    )
    for begun in range(0, len(layered), _LAYERED):
        some = layered[begun : begun + _LAYERED]

        def lay(rows: Rows, some: Sequence[tuple[str, str]] = some) -> None:
            for list_name, item in some:
                refresh_in(rows, NEW, list_name, item)

        database.write(lay)
    return _differing(database)


def _keep_old(database: Database, after: int, upto: int, at: str) -> None:
    def keep(rows: Rows) -> None:
        rows.execute(
            "INSERT INTO entity_versions (list, id, version, data, submission, who, at) "
            "SELECT old.list, old.id, old.version, old.data, NULL, '', ? FROM entities AS old "
            "LEFT JOIN new_entities AS new ON new.list = old.list AND new.id = old.id "
            "WHERE old.rowid > ? AND old.rowid <= ? AND old.change_no > 0 "
            "AND new.version IS NOT old.version ON CONFLICT DO NOTHING",
            (at, after, upto),
        )
        rows.execute(
            "INSERT INTO new_entities (list, id, version, label, data, deleted, change_no, mark) "
            "SELECT list, id, version, label, data, deleted, change_no, mark FROM entities "
            "WHERE rowid > ? AND rowid <= ? AND change_no = 0 ON CONFLICT DO NOTHING",
            (after, upto),
        )

    database.write(keep)


def _differing(database: Database) -> int:
    """How many rows are shown in one of the two generations alone, or otherwise in the other."""
    (here,) = database.one("SELECT count(*) FROM shown") or (0,)
    (there,) = database.one("SELECT count(*) FROM new_shown") or (0,)
    both = same = last = 0
    while here:
        found = database.read(
            "SELECT old.number, new.id IS NOT NULL, new.version = old.version AND new.label = old.label "
            "AND new.data = old.data AND new.unconfirmed = old.unconfirmed "
            "FROM shown AS old LEFT JOIN new_shown AS new ON new.list = old.list AND new.id = old.id "
            "WHERE old.number > ? ORDER BY old.number LIMIT ?",
            (last, _SLICE),
        )
        if not found:
            break
        last = found[-1][0]
        both += sum(row[1] for row in found)
        same += sum(bool(row[2]) for row in found)
    return int(here - both + there - same)


def flip(rows: Rows) -> None:
    """The new generation takes the place of the old one."""
    triggers = rows.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('entities', 'shown')"
    ).fetchall()
    for name, _sql in triggers:
        rows.execute(f'DROP TRIGGER "{name}"')
    for name in _TABLES:
        rows.execute(f"ALTER TABLE {name} RENAME TO old_{name}")
        rows.execute(f"ALTER TABLE new_{name} RENAME TO {name}")
    rows.execute("DELETE FROM tallies")
    rows.execute("INSERT INTO tallies SELECT * FROM new_tallies")
    rows.execute("DROP TABLE new_tallies")
    for _name, sql in triggers:
        rows.execute(sql)


def sweep(database: Database) -> None:
    """Take away what a generation has replaced; a sweep that was cut off is gone on with."""
    for name in _left(database):
        for (index,) in database.read(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
            (name,),
        ):
            database.write(partial(_execute, f'DROP INDEX "{index}"'))
        if name != "old_search":  # its rows are few large ones already
            gone = f"DELETE FROM {name} WHERE rowid IN (SELECT rowid FROM {name} LIMIT {_SLICE})"  # noqa: S608 - names
            while database.write(partial(_execute, gone)):
                pass
        database.write(partial(_execute, f"DROP TABLE {name}"))


def _execute(sql: str, rows: Rows) -> int:
    """How many rows it touched."""
    return int(rows.execute(sql).rowcount)


def _left(database: Database) -> Iterator[str]:
    for name in _TABLES:
        if database.one("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (f"old_{name}",)):
            yield f"old_{name}"
