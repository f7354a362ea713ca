"""Files that may be of one house: by plate, normalised address, owner on the same road, at most 15 m."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from districtserver.models import Entity
from fieldapp.domain.filings import BUILDINGS
from fieldapp.domain.ledger_import.plan import House, Houses

#: What speaks for one house, the strongest first.
WHYS = ("plate", "address", "distance", "owner")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files, and what speaks for their being of one house: names of ``WHYS``."""

    one: House
    other: House
    whys: tuple[str, ...]


def pairs(street: str = "") -> tuple[Pair, ...]:
    """All pairs of a street (empty: of the district), those first that most speaks for. Reads every building
    of it, some 40,000 in a second."""
    houses = {house.id: house for house in _houses(street)}
    known = Houses(houses.values())
    found = [
        Pair(house, houses[other], _ordered(whys))
        for house in houses.values()
        for other, whys in known.alike(house).items()
        if house.id < other
    ]
    return tuple(sorted(found, key=lambda pair: (_weight(pair.whys), pair.one.id, pair.other.id)))


def alike(building: Entity) -> tuple[Pair, ...]:
    """The files in the building's street that may be of the same house."""
    mine = House(building.id, building.version, building.data)
    houses = {house.id: house for house in _houses(building.street)}
    found = Houses(houses.values()).alike(mine)
    told = [Pair(mine, houses[other], _ordered(whys)) for other, whys in found.items()]
    return tuple(sorted(told, key=lambda pair: (_weight(pair.whys), pair.other.id)))


def _houses(street: str) -> Iterator[House]:
    rows = Entity.objects.filter(list=BUILDINGS, deleted=False)
    if street:
        rows = rows.filter(street=street)
    for identity, version, data in rows.values_list("id", "version", "data").iterator(chunk_size=2_000):
        yield House(identity, version, data)


def _ordered(whys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(whys), key=WHYS.index))


def _weight(whys: tuple[str, ...]) -> tuple[int, list[int]]:
    return -len(whys), [WHYS.index(why) for why in whys]
