"""Files of buildings that were joined to others (并档): where their ids lead for now, as the register says.

What was recorded for an old id is never changed: visits, records, photographs keep the building that they
told. Which file they stand in follows from the tables kept here, made anew whenever the list ``filings`` has
changed; effects not yet confirmed lie on the row that stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlite_utils import Database as Rows

from fieldapp.domain.filings import BUILDINGS, FILINGS, INTO, LIFE, Filed, referring
from fieldapp.store.database import Database
from fieldapp.store.model import to_json

#: The building in whose file a record ``s`` stands, in SQL.
FILE_OF_RECORD = (
    "coalesce((SELECT under FROM filed_visits WHERE visit_id = s.visit_id), "
    "(SELECT under FROM redirects WHERE building = s.building_id), s.building_id)"
)
#: Whether a row with ``visit_id`` and ``building_id`` stands in the file of a building, named three times.
IN_FILE = (
    "(visit_id IN (SELECT visit_id FROM filed_visits WHERE under = ?) OR "
    "((building_id = ? OR building_id IN (SELECT building FROM redirects WHERE under = ?)) "
    "AND visit_id NOT IN (SELECT visit_id FROM filed_visits)))"
)


class Redirects:
    """What the register tells of joined and parted files."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self, building: str) -> str:
        """The building that stands for an id."""
        return led_to(self._database, building)

    def file_of(self, visit_id: UUID, building_id: UUID | None) -> UUID | None:
        """The building in whose file a visit stands that told ``building_id``."""
        row = self._database.one("SELECT under FROM filed_visits WHERE visit_id = ?", (str(visit_id),))
        if row is not None:
            return UUID(row[0])
        return None if building_id is None else UUID(self.now(str(building_id)))

    def former(self, building: str) -> tuple[str, ...]:
        """The ids that lead to a building, near or far."""
        found = self._database.read(
            "SELECT building FROM redirects WHERE under = ? ORDER BY building", (building,)
        )
        return tuple(one for (one,) in found)

    def joined(self) -> frozenset[str]:
        """All ids that lead to another."""
        found = self._database.read("SELECT building FROM redirects")
        return frozenset(one for (one,) in found)

    def filings(self, building: str) -> tuple[Filed, ...]:
        """What was joined to the file of a building, or parted from it, and what was undone; newest first."""
        both = (building, *self.former(building))
        marks = ", ".join("?" * len(both))
        found = self._database.read(
            "SELECT id, data FROM entities WHERE list = ? AND deleted = 0 "  # noqa: S608 - places only
            f"AND (json_extract(data, '$.building') IN ({marks}) "
            f"OR json_extract(data, '$.other') IN ({marks}))",
            (FILINGS, *both, *both),
        )
        told = (Filed.of(identity, json.loads(data)) for identity, data in found)
        return tuple(sorted(told, key=lambda one: (max(one.at, one.undone_at), one.id), reverse=True))


def led_to(database: Database, building: str) -> str:
    """The building that stands for an id."""
    row = database.one("SELECT under FROM redirects WHERE building = ?", (building,))
    return building if row is None else str(row[0])


def in_file(building: UUID) -> tuple[str, list[object]]:
    """The condition ``IN_FILE`` and what it is asked with."""
    return IN_FILE, [str(building)] * 3


def follow(rows: Rows) -> list[tuple[str, str]]:
    """Make the tables anew from the confirmed register; the rows that own effects left or came to. Inside the
    transaction that changed the register."""
    leads, visits = _told(rows)
    files = {building: _end(leads, building) for building in leads}
    placed = {visit: files.get(file, file) for visit, file in visits.items()}
    before = dict(rows.execute("SELECT building, under FROM redirects").fetchall())
    if (files, placed) == (before, dict(rows.execute("SELECT visit_id, under FROM filed_visits").fetchall())):
        return []
    rows.execute("DELETE FROM redirects")
    rows.execute("DELETE FROM filed_visits")
    rows.conn.executemany("INSERT INTO redirects (building, under) VALUES (?, ?)", files.items())
    rows.conn.executemany("INSERT INTO filed_visits (visit_id, under) VALUES (?, ?)", placed.items())
    if files == before:
        return []
    return [*_point(rows, files), *_of_ledgers(rows, before, files)]


def _told(rows: Rows) -> tuple[dict[str, str], dict[str, str]]:
    """By old id the file it leads to, by visit the file it was put into; of two words the later counts."""
    found = rows.execute(
        "SELECT id, data FROM entities WHERE list = ? AND deleted = 0", (FILINGS,)
    ).fetchall()
    filings = [Filed.of(identity, json.loads(data)) for identity, data in found]
    visits: dict[str, str] = {}
    for one in sorted(filings, key=lambda one: (max(one.at, one.undone_at), one.id)):
        visits |= one.visits or {}
    return {one.leads: one.building for one in filings if one.leads}, visits


def _end(leads: Mapping[str, str], building: str) -> str:
    """Where an id leads in the end; what leads in a circle, which no server writes, leads nowhere."""
    passed = [building]
    while (onward := leads.get(passed[-1])) is not None:
        if onward in passed:
            return building
        passed.append(onward)
    return passed[-1]


def _point(rows: Rows, files: Mapping[str, str]) -> list[tuple[str, str]]:
    """Effects not confirmed yet lie on the rows that stand, as long as they stand."""
    touched: dict[tuple[str, str], None] = {}
    found = rows.execute("SELECT number, list, id, data, told FROM effects WHERE confirmed = 0").fetchall()
    for number, list_name, item, data, told in found:
        first = json.loads(told) if told else {"id": item, "data": json.loads(data)}
        wanted = _pointed(list_name, first["id"], first["data"], files)
        if wanted == (item, json.loads(data)):
            continue
        kept = None if wanted == (first["id"], first["data"]) else to_json(first)
        rows.execute(
            "UPDATE effects SET id = ?, data = ?, told = ? WHERE number = ?",
            (wanted[0], to_json(wanted[1]), kept, number),
        )
        touched |= {(list_name, item): None, (list_name, wanted[0]): None}
    return list(touched)


def _of_ledgers(rows: Rows, before: Mapping[str, str], files: Mapping[str, str]) -> list[tuple[str, str]]:
    """The rows under which lies what ledgers taken in here say of a house that leads elsewhere now."""
    found = rows.execute("SELECT DISTINCT house FROM ledger_rows WHERE state IN ('new', 'known')").fetchall()
    changed = [house for (house,) in found if before.get(house) != files.get(house)]
    return [(BUILDINGS, side.get(house, house)) for house in changed for side in (before, files)]


def pointed(
    rows: Rows, list_name: str, item: str, data: Mapping[str, str]
) -> tuple[str, dict[str, str], str | None]:
    """The row that an effect lies on, its data there, and what ``effects.told`` keeps of it."""
    files = dict(rows.execute("SELECT building, under FROM redirects").fetchall())
    wanted = _pointed(list_name, item, data, files)
    told = None if wanted == (item, dict(data)) else to_json({"id": item, "data": dict(data)})
    return *wanted, told


def _pointed(
    list_name: str, item: str, data: Mapping[str, str], files: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    found = dict(data)
    for name in referring(list_name):
        if found.get(name):
            found[name] = " ".join(dict.fromkeys(files.get(one, one) for one in found[name].split()))
    return (files.get(item, item) if list_name == BUILDINGS else item), found


def as_it_was(database: Database, building: str) -> tuple[int, str, dict[str, str]] | None:
    """Version, label and values of a building whose file was joined to another's, as a form that was begun
    on it goes on to see it: the last confirmed version of before with own effects not confirmed on top. None
    if its id leads nowhere."""
    row = database.one(
        "SELECT version, label, data FROM entities WHERE list = ? AND id = ? AND deleted = 1 "
        "AND id IN (SELECT building FROM redirects)",
        (BUILDINGS, building),
    )
    if row is None:
        return None
    before = database.one(
        "SELECT version, data FROM entity_versions WHERE list = ? AND id = ? AND version < ? "
        "ORDER BY version DESC LIMIT 1",
        (BUILDINGS, building, row[0]),
    )
    version, data = before or (row[0], row[2])
    values = {name: text for name, text in json.loads(data).items() if name != INTO}
    if before is None:
        values.pop(LIFE, None)
    label = row[1]
    for number, told in enumerate(_own(database, building), 1):
        values |= told
        version = (before or row)[0] + number
    return version, label, values


def _own(database: Database, building: str) -> Iterable[dict[str, str]]:
    found = database.read(
        "SELECT told FROM effects WHERE list = ? AND confirmed = 0 AND json_extract(told, '$.id') = ? "
        "ORDER BY number",
        (BUILDINGS, building),
    )
    return (json.loads(told)["data"] for (told,) in found)
