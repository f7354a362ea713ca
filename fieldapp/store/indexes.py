"""The indexes of shown rows: by the properties that a list declares, and in the order that it is read by.

An index is of one list, so that the rows of the others cost nothing, and holds no row without the property.
Its name is its stem, then ``@`` and what makes it unique: the generation that a pull fills has the same
indexes beside those of the generation that is shown (``generation``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from typing import Any

from sqlite_utils import Database as Rows

from fieldapp.domain.register import list_names, schema

#: The table of rows that are shown.
SHOWN = "shown"
_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
#: By its stem: what stands behind ON and the table's name.
Made = tuple[str, str]


def path(column: str) -> str:
    """The term for a property. KeyError for what cannot be one."""
    if not _COLUMN.fullmatch(column):
        raise KeyError(column)
    return f"json_extract(data, '$.\"{column}\"')"


def literal(text: str) -> str:
    """A text as SQL: an index of one list is only used where the list is named in the query itself."""
    return "'" + text.replace("'", "''") + "'"


def by_column(list_name: str, column: str) -> Made:
    """The index of one property of a list; ``label`` is its name."""
    term = "label" if column == "label" else path(column)
    return (
        f"{SHOWN}_{list_name}_by_{column}",
        f"({term}) WHERE list = {literal(list_name)} AND {term} IS NOT NULL",
    )


def in_order(list_name: str) -> Made:
    """The index that holds a list's order and its filters; another declaration makes another stem. KeyError
    for a list that is not declared."""
    order, filters = listed(list_name)
    columns = ", ".join([order, "number", *map(path, filters)])
    digest = hashlib.sha256(columns.encode()).hexdigest()[:8]
    return f"{order_stem(list_name)}{digest}", f"({columns}) WHERE list = {literal(list_name)}"


def order_stem(list_name: str) -> str:
    """With what the names of the indexes begin that hold a list's order."""
    return f"{SHOWN}_{list_name}_in_order_"


def listed(list_name: str) -> tuple[str, tuple[str, ...]]:
    """The term a list is sorted by, never NULL, and the names of its filters. KeyError if not declared."""
    declared = schema(list_name)
    return f"coalesce({path(declared.order)}, label)", declared.filtered()


def declared(list_name: str) -> tuple[Made, ...]:
    """All indexes of a list; none for one that is not declared."""
    try:
        columns = schema(list_name).indexed()
    except KeyError:
        return ()
    return (*(by_column(list_name, column) for column in columns), in_order(list_name))


def everything() -> tuple[Made, ...]:
    """All indexes of all lists."""
    return tuple(made for name in list_names() for made in declared(name))


def asked_for(rows: Rows, table: str) -> tuple[Made, ...]:
    """The indexes by one property that a table has, those among them that were made when somebody asked."""
    found = rows.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
        (table,),
    )
    made = ((name.rpartition("@")[0], sql) for name, sql in found)
    return tuple((stem, sql[sql.index(" (") + 1 :]) for stem, sql in made if "_by_" in stem)


def name_of(read: Callable[[str, tuple[Any, ...]], Iterable[tuple[Any, ...]]], table: str, stem: str) -> str:
    """The name of a table's index, empty if it has none of this stem."""
    found = read(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND substr(name, 1, ?) = ?",
        (table, len(stem) + 1, f"{stem}@"),
    )
    return next((name for (name,) in found), "")


def make(rows: Rows, table: str, made: Iterable[Made]) -> None:
    """Make those indexes of ``table`` that it does not have."""
    for stem, body in made:
        if not name_of(rows.execute, table, stem):
            (number,) = rows.execute("PRAGMA schema_version").fetchone()  # never the same again
            rows.execute(f'CREATE INDEX "{stem}@{number}" ON {table} {body}')
