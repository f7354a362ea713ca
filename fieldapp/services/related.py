"""What stands beside a building in the register: units, plates, other names, areas, permits, whom to call.

Which lists belong to a building follows from their declarations: those whose rows refer to it. For jobs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fieldapp.domain.register import list_names, schema
from fieldapp.services.buildings import LIST
from fieldapp.services.wording import labels_of
from fieldapp.store import Store
from fieldapp.store.model import ShownRow

CONTACTS, AREAS = "contacts", "areas"
#: Read first; the others follow in the order of their names.
_FIRST = ("units", "plates", "aliases", AREAS)
#: What a file tells in a way of its own.
_APART = frozenset({LIST, "filings", "conflicts"})


@dataclass(frozen=True, slots=True)
class Related:
    """Rows of one list in its order; ``labels`` says what the rows are called that they name, by id."""

    list_name: str
    rows: tuple[ShownRow, ...]
    labels: Mapping[str, str]


def related(store: Store, house: ShownRow) -> tuple[Related, ...]:
    """The lists that have rows for a house, the contacts of its street and of the district last."""
    names = [*_FIRST, *(name for name in list_names() if name not in _FIRST)]
    found = [_rows(store, name, house) for name in names if name not in _APART | {CONTACTS}]
    found.append(_contacts(store, house))
    return tuple(one for one in found if one.rows)


def _rows(store: Store, list_name: str, house: ShownRow) -> Related:
    """Rows that refer to the house, and those that it refers to itself."""
    register = store.register
    found: dict[str, ShownRow] = {}
    for one in schema(list_name).properties.values():
        if one.to == LIST:
            found |= {row.id: row for row in register.naming(list_name, one.name, house.id)}
    for one in schema(LIST).properties.values():
        if one.to == list_name:
            named = (register.get(list_name, item) for item in house.values.get(one.name, "").split())
            found |= {row.id: row for row in named if row is not None}
    return _in_order(store, list_name, found.values())


def _contacts(store: Store, house: ShownRow) -> Related:
    streets = {"", schema(LIST).share(house.values)}
    rows = (row for row in store.register.all(CONTACTS) if row.values.get("street", "") in streets)
    return _in_order(store, CONTACTS, rows)


def _in_order(store: Store, list_name: str, rows: Iterable[ShownRow]) -> Related:
    declared = schema(list_name)
    ordered = tuple(sorted(rows, key=lambda row: (row.values.get(declared.order, ""), row.label)))
    return Related(list_name, ordered, labels_of(store, declared.shown(), (row.values for row in ordered)))
