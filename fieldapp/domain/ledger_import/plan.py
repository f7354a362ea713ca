"""What would become of each row beside what the register holds already: new, known, or waiting for a
person."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from fieldapp.domain.ledger_import.reading import LedgerRow, Reading, Remark, with_remark
from fieldapp.domain.register import normal_address
from fieldapp.errors import Phrase

#: Houses nearer than this may be the same one, metres (product 4, 并档).
NEAR_M = 15
#: Metres of a degree of latitude (mean of WGS 84).
_DEGREE_M = 111_320
#: Derived from others, never compared.
_DERIVED = frozenset({"address_norm", "address_order", "sample"})


@dataclass(frozen=True, slots=True)
class House:
    """A house of the register: id, version, values."""

    id: str
    version: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A house of the register that a row may mean, and why: ``plate``, ``address``, ``owner``,
    ``distance``."""

    id: str
    code: str
    why: str


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """``state``: ``new``; ``known`` (``values`` fills empty facts, if any); ``pending`` (待核).

    ``house`` is the id it becomes or is; ``candidates`` are shown for a person to decide.
    """

    row: LedgerRow
    state: str
    house: str
    values: Mapping[str, str]
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows in the order of the file."""

    rows: tuple[PlannedRow, ...]

    def count(self, state: str) -> int:
        """Rows of a state; of ``known`` ones those that say something new are ``filled``."""
        if state == "filled":
            return sum(one.state == "known" and bool(one.values) for one in self.rows)
        return sum(one.state == state for one in self.rows)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Everything that is to be said of cells, in the order of the file."""
        return tuple(remark for one in self.rows for remark in one.row.remarks)


class Houses:
    """The register's houses, found by what a ledger may know of them."""

    def __init__(self, houses: Iterable[House]) -> None:
        self._by_id: dict[str, House] = {}
        self._by_code: dict[str, House] = {}
        self._by_plate: dict[str, list[House]] = defaultdict(list)
        self._by_address: dict[tuple[str, str], list[House]] = defaultdict(list)
        self._by_owner: dict[tuple[str, str], list[House]] = defaultdict(list)
        self._by_square: dict[tuple[int, int], list[tuple[float, float, House]]] = defaultdict(list)
        for house in houses:
            self.add(house)

    def add(self, house: House) -> None:
        """Take in a house, also one that the ledger itself has just made."""
        values = house.values
        self._by_id[house.id] = house
        if code := values.get("building_code"):
            self._by_code[code] = house
        if plate := values.get("plate_code"):
            self._by_plate[plate].append(house)
        community = values.get("community", "")
        if address := values.get("address_norm") or normal_address(values.get("address_detail", "")):
            self._by_address[community, address].append(house)
        if owner := values.get("owner_name"):
            self._by_owner[community, owner].append(house)
        at = _position(values)
        if at is not None:
            self._by_square[_square(*at)].append((*at, house))

    def joined(self, former: Mapping[str, str], into: str) -> None:
        """The file of ``former`` was joined to ``into`` (并档): its code, plate and address lead there."""
        house = self._by_id.get(into)
        if house is None:
            return
        if code := former.get("building_code"):
            self._by_code.setdefault(code, house)
        if plate := former.get("plate_code"):
            self._by_plate[plate].append(house)
        address = former.get("address_norm") or normal_address(former.get("address_detail", ""))
        there = self._by_address[former.get("community", ""), address]
        if address and house not in there:
            there.append(house)

    def same(self, row: LedgerRow) -> tuple[House | None, bool]:
        """The house that a row certainly means (its code, or alone with the exact address in its
        community), and
        whether its own code says otherwise."""
        code = row.values.get("building_code", "")
        if code in self._by_code:
            return self._by_code[code], False
        there = self._by_address.get(
            (row.values.get("community", ""), row.values.get("address_norm", "")), []
        )
        if len(there) != 1 or not row.values.get("community"):
            return None, False
        return there[0], bool(code and there[0].values.get("building_code", code) != code)

    def candidates(self, row: LedgerRow) -> tuple[Candidate, ...]:
        """Houses that a row may mean (product 4: plate, normalised address, owner, at most 15 m)."""
        found: dict[str, Candidate] = {}
        for house, why in self._alike(row.values):
            if why != "owner" or not _both_coded(row.values, house.values):
                found.setdefault(house.id, Candidate(house.id, house.values.get("building_code", ""), why))
        return tuple(found.values())

    def alike(self, house: House) -> dict[str, tuple[str, ...]]:
        """The other houses that may be the same one as ``house``, and all that speaks for each, as of
        ``candidates``; the same owner speaks for them even if both have a code."""
        found: dict[str, tuple[str, ...]] = {}
        for one, why in self._alike(house.values):
            if one.id != house.id:
                found[one.id] = (*found.get(one.id, ()), why)
        return found

    def _alike(self, values: Mapping[str, str]) -> Iterator[tuple[House, str]]:
        community = values.get("community", "")
        address = values.get("address_norm") or normal_address(values.get("address_detail", ""))
        for house in self._by_plate.get(values.get("plate_code", ""), ()):
            yield house, "plate"
        for house in self._by_address.get((community, address), ()):
            yield house, "address"
        road = _road(values)
        for house in self._by_owner.get((community, values.get("owner_name", "")), ()):
            if road and _road(house.values) == road:
                yield house, "owner"
        for house in self._near(values):
            yield house, "distance"

    def _near(self, values: Mapping[str, str]) -> list[House]:
        at = _position(values)
        if at is None:
            return []
        column, line = _square(*at)
        return [
            house
            for x in (column - 1, column, column + 1)
            for y in (line - 1, line, line + 1)
            for longitude, latitude, house in self._by_square.get((x, y), ())
            if _metres(at, (longitude, latitude)) <= NEAR_M
        ]


def plan(reading: Reading, houses: Houses, away: Collection[str] = ()) -> Plan:
    """Decide every row. A candidate is never taken silently: what is not certain waits (``pending``).

    ``away``: ids of houses that were taken out of the register; none of them comes back by itself.
    """
    seen: dict[str, LedgerRow] = {}
    return Plan(tuple(_planned(row, houses, away, seen) for row in reading.rows))


def _planned(row: LedgerRow, houses: Houses, away: Collection[str], seen: dict[str, LedgerRow]) -> PlannedRow:
    house, other_code = houses.same(row)
    identity = house.id if house else row.house_id
    if not row.doubtful or house:
        twin = seen.setdefault(identity, row)
        if twin is not row:
            said = Phrase(
                "the same house stands in sheet {sheet}, row {row} already", sheet=twin.sheet, row=twin.number
            )
            row = with_remark(row, "doubt", said)
    if other_code:
        row = with_remark(row, "doubt", Phrase("at this address the register has a house with another code"))
    if house is not None:
        fills, row = _differences(row, house)
        return PlannedRow(row, "pending" if row.doubtful else "known", house.id, fills)
    if identity in away:
        row = with_remark(row, "doubt", Phrase("the register had this house and it was taken out"))
    candidates = houses.candidates(row)
    if candidates:
        said = Phrase("the register may have this house already ({count} candidates)", count=len(candidates))
        row = with_remark(row, "doubt", said)
    return PlannedRow(row, "pending" if row.doubtful else "new", identity, row.values, candidates)


def _differences(row: LedgerRow, house: House) -> tuple[dict[str, str], LedgerRow]:
    """What the row would fill in; a fact that the register has otherwise is a doubt, both values named by
    place."""
    fills: dict[str, str] = {}
    for name, value in row.values.items():
        held = house.values.get(name, "")
        if name in _DERIVED or _alike(held, value):
            continue
        if not held:
            fills[name] = value
        elif name != "address_detail" or normal_address(held) != normal_address(value):
            said = Phrase("{fact} differs from what the register has", fact=name)
            row = with_remark(row, "doubt", said)
    return fills, row


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return sorted(one.split()) == sorted(other.split())


def _road(values: Mapping[str, str]) -> str:
    """The address up to its first number."""
    text = values.get("address_norm", "") or normal_address(values.get("address_detail", ""))
    digits = next((place for place, one in enumerate(text) if one.isdigit()), len(text))
    return text[:digits]


def _both_coded(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether both have a code: then they are two houses of one owner."""
    return bool(one.get("building_code") and other.get("building_code"))


def _position(values: Mapping[str, str]) -> tuple[float, float] | None:
    try:
        return float(values["longitude"]), float(values["latitude"])
    except (KeyError, ValueError):
        return None


def _square(longitude: float, latitude: float) -> tuple[int, int]:
    """A square about 22 m wide: what is nearer than 15 m lies in it or beside it."""
    return math.floor(longitude * 5000), math.floor(latitude * 5000)


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    east = (one[0] - other[0]) * _DEGREE_M * math.cos(math.radians(one[1]))
    return math.hypot(east, (one[1] - other[1]) * _DEGREE_M)
