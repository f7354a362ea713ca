"""Open conflicts of the register (两处填写不一致，待核定) as an inspector sees them, and how earlier ones
were decided.

The server writes them and a person decides them there; a laptop reads what the last pull brought. What each
side tells comes in the words of the register and of the code lists, personal facts masked as the register
declares them. Lists of conflicts are read row by row: for jobs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from fieldapp.domain.conflicts import CONFLICTS, Side, Standing, conflict_id, counting
from fieldapp.domain.photographs import MOST_NAMES
from fieldapp.domain.register import ListSchema, Property, list_names, schema
from fieldapp.errors import UserError
from fieldapp.services.buildings import LIST
from fieldapp.services.pictures import of_others
from fieldapp.services.wording import labels_of, said
from fieldapp.store import Store
from fieldapp.store.model import Photo, ShownRow

#: Whose word a side is: a record of this laptop, a record of somebody else's, or the office's (an import, a
#: decision).
Origin = Literal["own", "other", "office"]


@dataclass(frozen=True, slots=True)
class Told:
    """A side: ``who`` told it and when (None: not known), by which ``record`` (None: the office).

    ``counts``: it is what stands until a person decides. ``photos`` are those of the record's visit; of
    other laptops' visits only small copies may be here, or none.
    """

    who: str
    at: datetime | None
    record: UUID | None
    origin: Origin
    counts: bool
    photos: tuple[Photo, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A property of the group: its ``label``, what each side says of it, what stood there ``before``.

    Texts are empty where nothing is recorded. ``differ``: the sides tell it differently; ``hidden``: only in
    what is masked.
    """

    name: str
    label: str
    texts: tuple[str, ...]
    before: str
    differ: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """A group of a row that was told differently: ``lines`` have one text for each of ``told``.

    ``building`` is the house that the row is or belongs to, None for a row of none; ``label`` names the row,
    ``title`` its list in words. ``ordered``: the register orders this group by danger, so the most dangerous
    side counts (else the one that came first); ``danger`` is then how far up the order that is (0..1].
    """

    id: str
    list: str
    row: str
    building: UUID | None
    label: str
    title: str
    group: str
    opened_at: datetime | None
    told: tuple[Told, ...]
    lines: tuple[Line, ...]
    ordered: bool
    danger: float


@dataclass(frozen=True, slots=True)
class OpenHouse:
    """A house (or another row, where ``building`` is None) with its open conflicts, the gravest first.
    ``values`` are the house's facts as shown."""

    key: str
    building: UUID | None
    label: str
    values: Mapping[str, str]
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """How a conflict was decided: ``labels`` of the group's properties that sides told differently, what
    counts now as ``texts`` beside them, what did not prevail, ``who`` decided when and why."""

    id: str
    labels: tuple[str, ...]
    texts: tuple[str, ...]
    others: tuple[tuple[str, ...], ...]
    who: str
    at: datetime
    reason: str


class Conflicts:
    """Reads conflicts; ``language`` says in which language (``zh`` or ``en``) properties are named."""

    def __init__(self, store: Store, language: Callable[[], str]) -> None:
        self._store = store
        self._language = language

    def count(self) -> int:
        """How many groups are open; an indexed read."""
        return self._store.register.count(CONFLICTS)

    def open(self) -> tuple[OpenHouse, ...]:
        """Every house of the inspector's streets with an open conflict: the gravest first, of equals the one
        that has waited longest."""
        found: dict[str, list[Conflict]] = {}
        for row in self._store.register.all(CONFLICTS):
            one = self._of(row)
            found.setdefault(str(one.building or one.row), []).append(one)
        houses = [self._house(key, conflicts) for key, conflicts in found.items()]
        return tuple(sorted(houses, key=lambda house: (_urgency(house.conflicts[0]), house.label)))

    def of_building(self, building: UUID) -> tuple[Conflict, ...]:
        """The open conflicts of a house and of the rows that belong to it, the gravest first."""
        found = [
            self._of(row)
            for list_name, item in self._rows_of(building)
            for row in self._open_rows(list_name, item)
        ]
        return tuple(sorted(found, key=_urgency))

    def decided(self, building: UUID) -> tuple[Decision, ...]:
        """The conflicts of a house and of its rows that persons have decided, the newest first, as far as
        pulls have brought them here."""
        found = [
            decision
            for list_name, item in self._rows_of(building)
            for group in schema(list_name).merge_groups()
            for decision in self._decisions(list_name, conflict_id(list_name, item, group))
        ]
        return tuple(sorted(found, key=lambda one: one.at, reverse=True))

    # -- rows -----------------------------------------------------------------------------------------

    def _rows_of(self, building: UUID) -> Iterator[tuple[str, str]]:
        """The house, and the rows of other lists that refer to it."""
        yield LIST, str(building)
        register = self._store.register
        for name in list_names():
            reference = _to_building(schema(name))
            if name in (LIST, CONFLICTS) or reference is None or not register.count(name):
                continue
            yield from ((name, row["name"]) for row in register.lookup(name, reference, str(building)))

    def _open_rows(self, list_name: str, item: str) -> Iterator[ShownRow]:
        register = self._store.register
        for found in register.lookup(CONFLICTS, "of_row", item):
            row = register.get(CONFLICTS, found["name"])
            if row is not None and row.values["of_list"] == list_name:
                yield row

    def _house(self, key: str, conflicts: list[Conflict]) -> OpenHouse:
        conflicts.sort(key=_urgency)
        first = conflicts[0]
        row = None if first.building is None else self._store.register.get(LIST, key)
        values: Mapping[str, str] = {} if row is None else row.values
        label = first.label if row is None else row.label
        return OpenHouse(key, first.building, label, values, tuple(conflicts))

    def _building_of(self, list_name: str, item: str) -> UUID | None:
        if list_name == LIST:
            return UUID(item)
        declared = _schema(list_name)
        reference = None if declared is None else _to_building(declared)
        row = None if reference is None else self._store.register.get(list_name, item)
        told = "" if row is None or reference is None else row.values.get(reference, "")
        return UUID(told) if told else None

    # -- words ----------------------------------------------------------------------------------------

    def _of(self, row: ShownRow) -> Conflict:
        values = row.values
        list_name, standing = values["of_list"], Standing.from_text(values["standing"])
        counts = counting(list_name, standing.sides)
        declared = _schema(list_name)
        properties = {} if declared is None else declared.properties
        ordered = [
            properties[name] for name in standing.base if name in properties and properties[name].danger
        ]
        building = self._building_of(list_name, values["of_row"])
        return Conflict(
            row.id,
            list_name,
            values["of_row"],
            building,
            row.label,
            list_name if declared is None else declared.title(self._language()),
            values["merge_group"],
            _moment(values.get("opened_at", "")),
            tuple(self._told(side, building, counts=side is counts) for side in standing.sides),
            tuple(self._lines(list_name, standing)),
            bool(ordered),
            _danger(ordered[0], counts.values) if ordered else 0.0,
        )

    def _told(self, side: Side, building: UUID | None, *, counts: bool) -> Told:
        at = _moment(side.at)
        if not side.submission:
            return Told(side.who, at, None, "office", counts)
        record = UUID(side.submission)
        visit = self._visit_of(record)
        if visit is not None:
            return Told(side.who, at, record, "own", counts, self._store.photos.for_visit(visit))
        return Told(side.who, at, record, "other", counts, self._of_others(side, building))

    def _of_others(self, side: Side, building: UUID | None) -> tuple[Photo, ...]:
        """What that team took at the house on its last visit before it told this: a pull says whose a
        photograph is and when the visit was, not of which record."""
        at = _moment(side.at)
        if building is None or at is None:
            return ()
        found = [
            one
            for one in of_others(self._store, building)
            if one.who == side.who[:MOST_NAMES] and one.added_at <= at
        ]
        newest = max((one.added_at for one in found), default=None)
        return tuple(one for one in found if one.added_at == newest)

    def _visit_of(self, record: UUID) -> UUID | None:
        """The visit of an own record, None for one of somebody else."""
        try:
            return self._store.submissions.get(record).visit_id
        except UserError as error:
            if error.code != "STORE_034":
                raise
            return None

    def _lines(self, list_name: str, standing: Standing) -> Iterator[Line]:
        for name in _in_order(list_name, standing.base):
            told = [side.values.get(name, "") for side in standing.sides]
            if not (any(told) or standing.base[name]):
                continue
            texts = tuple(self._said(list_name, name, value) for value in told)
            differ = len(set(told)) > 1
            yield Line(
                name,
                self._named(list_name, name),
                texts,
                self._said(list_name, name, standing.base[name]),
                differ,
                hidden=differ and len(set(texts)) == 1,
            )

    def _decisions(self, list_name: str, conflict: str) -> Iterator[Decision]:
        before: tuple[Mapping[str, str], ...] = ()
        for version in self._store.register.history(CONFLICTS, conflict):
            standing = Standing.from_text(version.values["standing"])
            if not version.values.get("decision"):
                before = tuple(side.values for side in standing.sides)
                continue
            how = json.loads(version.values["decision"])
            (side,) = standing.sides
            others = [one for one in before or standing.settled if one != side.values]
            names = [
                name
                for name in _in_order(list_name, side.values)
                if any(one.get(name, "") != side.values[name] for one in others)
            ]
            yield Decision(
                conflict,
                tuple(self._named(list_name, name) for name in names),
                tuple(self._said(list_name, name, side.values[name]) for name in names),
                tuple(
                    tuple(self._said(list_name, name, one.get(name, "")) for name in names) for one in others
                ),
                how["who"],
                datetime.fromisoformat(how["at"]),
                how["reason"],
            )

    def _named(self, list_name: str, name: str) -> str:
        known = _declared(list_name, name)
        return name if known is None else known.title(self._language())

    def _said(self, list_name: str, name: str, value: str) -> str:
        known = _declared(list_name, name)
        if known is None:
            return value
        return said(known, value, self._language(), labels_of(self._store, (known,), ({name: value},)))


def _schema(list_name: str) -> ListSchema | None:
    """The declaration of a list, None for one that this program does not know."""
    try:
        return schema(list_name)
    except KeyError:
        return None


def _declared(list_name: str, name: str) -> Property | None:
    declared = _schema(list_name)
    return None if declared is None else declared.properties.get(name)


def _in_order(list_name: str, values: Mapping[str, str]) -> list[str]:
    """The names that people are shown, in the order of the declaration; what is not declared comes last."""
    declared = _schema(list_name)
    if declared is None:
        return sorted(values)
    known = [one.name for one in declared.shown() if one.name in values]
    return known + sorted(name for name in values if name not in declared.properties)


def _to_building(declared: ListSchema) -> str | None:
    """The property by which a row of the list belongs to a house."""
    return next(
        (one.name for one in declared.properties.values() if one.type == "reference" and one.to == LIST), None
    )


def _danger(known: Property, values: Mapping[str, str]) -> float:
    value = values.get(known.name, "")
    return (known.danger.index(value) + 1) / len(known.danger) if value in known.danger else 0.0


def _urgency(one: Conflict) -> tuple[float, str, str]:
    """Sorts the gravest first, of equals the oldest."""
    return -one.danger, one.opened_at.isoformat() if one.opened_at else "", one.group


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
