"""What is shown of a row: what the server confirmed, what ledgers add to it, own effects on top.

A register that a pull fills anew stands beside the one that is shown (``generation``); what is written
here is written to both.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from sqlite_utils import Database as Rows

from fieldapp.domain.register import schema
from fieldapp.store.model import to_json
from fieldapp.store.search import entry


@dataclass(frozen=True, slots=True)
class Tables:
    """The names of the tables of a generation: confirmed rows, shown rows, search index."""

    entities: str
    shown: str
    search: str


LIVE = Tables("entities", "shown", "search")
NEW = Tables("new_entities", "new_shown", "new_search")


def exists(rows: Rows, table: str) -> bool:
    """Whether there is such a table now."""
    return rows.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone() is not None


def next_number(rows: Rows) -> int:
    """The number of the next row that is shown: one that no row of either generation has."""
    tables = (LIVE.shown, NEW.shown) if exists(rows, NEW.shown) else (LIVE.shown,)
    return 1 + max(
        int(rows.execute(f"SELECT coalesce(max(number), 0) FROM {table}").fetchone()[0])  # noqa: S608 - names
        for table in tables
    )


def searched(list_name: str, label: str, values: Mapping[str, str]) -> str:
    """The texts of a row that the search field looks into: its label and what its list declares."""
    return "\n".join(
        dict.fromkeys([label, *(values[name] for name in _searched(list_name) if values.get(name))])
    )


@lru_cache(maxsize=32)
def _searched(list_name: str) -> tuple[str, ...]:
    try:
        return schema(list_name).searched()
    except KeyError:
        return ()


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
        "(SELECT 1 FROM ledger_rows WHERE house IN (SELECT value UNION ALL "
        "SELECT building FROM redirects WHERE under = value) AND state IN ('new', 'known')) OR NOT EXISTS "
        "(SELECT 1 FROM entities WHERE list = ?1 AND id = value AND deleted = 0)",
        (list_name, json.dumps(list(items))),
    )
    return {item for (item,) in found}


def _show_alone(rows: Rows, list_name: str, alone: Set[str]) -> None:
    """Rows as the server has them; a search entry is made anew only if its text is another."""
    last = next_number(rows) - 1
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
    entries: list[tuple[int, str, str]] = []
    for item, version, label, data in found:
        text = searched(list_name, label, json.loads(data))
        if item in before:
            number, old_label, old_data = before[item]
            changed.append((version, label, data, number))
            if text == searched(list_name, old_label, json.loads(old_data)):
                continue
            stale.append((number,))
        else:
            number = last = last + 1
            added.append((number, list_name, item, version, label, data))
        entries.append((number, *entry(text)))
    rows.conn.executemany(
        "INSERT INTO shown (number, list, id, version, label, data) VALUES (?, ?, ?, ?, ?, ?)", added
    )
    rows.conn.executemany(
        "UPDATE shown SET version = ?, label = ?, data = ?, unconfirmed = 0 WHERE number = ?", changed
    )
    rows.conn.executemany("DELETE FROM search WHERE rowid = ?", stale)
    rows.conn.executemany("INSERT INTO search (rowid, grams, initials) VALUES (?, ?, ?)", entries)


def refresh(rows: Rows, list_name: str, item: str) -> None:
    """Rebuild one shown row: the confirmed one, what ledgers add to it, the effects on top; its search entry
    with it."""
    refresh_in(rows, LIVE, list_name, item)
    if exists(rows, NEW.shown):
        refresh_in(rows, NEW, list_name, item)


def refresh_in(rows: Rows, tables: Tables, list_name: str, item: str) -> None:
    """``refresh`` in one generation alone."""
    confirmed = rows.execute(
        f"SELECT version, label, data, deleted FROM {tables.entities} WHERE list = ? AND id = ?",  # noqa: S608 - names
        (list_name, item),
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
        _hide(rows, tables, list_name, item)
        return
    alone = bool(added) and confirmed is None  # nobody but this laptop knows the house
    _show(rows, tables, list_name, item, (version, label, values, len(effects) + alone))


def _of_ledgers(rows: Rows, list_name: str, item: str) -> dict[str, str]:
    """What ledgers taken in here, which are of buildings, say of a row and of files that were joined to it;
    of two the first counts."""
    if list_name != "buildings":
        return {}
    found = rows.execute(
        "SELECT data FROM ledger_rows WHERE state IN ('new', 'known') AND "
        "house IN (SELECT ?1 UNION ALL SELECT building FROM redirects WHERE under = ?1) ORDER BY number DESC",
        (item,),
    ).fetchall()
    added: dict[str, str] = {}
    for (data,) in found:
        added |= json.loads(data)
    return added


def _hide(rows: Rows, tables: Tables, list_name: str, item: str) -> None:
    old = rows.execute(
        f"DELETE FROM {tables.shown} WHERE list = ? AND id = ? RETURNING number",  # noqa: S608 - names
        (list_name, item),
    ).fetchone()
    if old is not None:
        rows.execute(f"DELETE FROM {tables.search} WHERE rowid = ?", old)  # noqa: S608 - names


def _show(
    rows: Rows, tables: Tables, list_name: str, item: str, row: tuple[int, str, dict[str, str], int]
) -> None:
    version, label, values, unconfirmed = row
    number = rows.execute(
        f"INSERT INTO {tables.shown} (number, list, id, version, label, data, unconfirmed) "  # noqa: S608 - names
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET version = excluded.version, "
        "label = excluded.label, data = excluded.data, unconfirmed = excluded.unconfirmed RETURNING number",
        (_number(rows, list_name, item), list_name, item, version, label, to_json(values), unconfirmed),
    ).fetchone()[0]
    rows.execute(f"DELETE FROM {tables.search} WHERE rowid = ?", (number,))  # noqa: S608 - names
    rows.execute(
        f"INSERT INTO {tables.search} (rowid, grams, initials) VALUES (?, ?, ?)",  # noqa: S608 - names
        (number, *entry(searched(list_name, label, values))),
    )


def _number(rows: Rows, list_name: str, item: str) -> int:
    """The number that the row is shown by, or the next."""
    known = rows.execute(
        f"SELECT number FROM {LIVE.shown} WHERE list = ? AND id = ?",  # noqa: S608 - names
        (list_name, item),
    ).fetchone()
    return next_number(rows) if known is None else int(known[0])
