"""Seeded histories over the wire: three laptops with real stores inspect one house, correct facts of it, sync
when they can. In the end each has what the server has, sees the same conflicts, and no value is lost.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fieldapp.domain.conflicts import CONFLICTS, Standing
from fieldapp.services.buildings import LIST
from fieldapp.services.laptop import Laptop
from tests.server.databases import Databases
from tests.server.district import DistrictServer
from tests.services.office import HOUSES, serving
from tests.services.test_conflicts import told
from tests.services.test_syncing import registered

#: Steps of a history, and how often one of them is a record rather than a sync.
STEPS, RECORDS = 8, 0.6


@dataclass(frozen=True)
class Told:
    """What one record corrected."""

    owner_phone: str
    floors_up: str


@pytest.fixture
def district(tmp_path: Path, databases: Databases) -> Iterator[DistrictServer]:
    """A server with the three houses and F02, new for every history."""
    with serving(tmp_path, url=databases.create("histories")) as server:
        yield server


def lived(chance: random.Random, laptops: list[Laptop]) -> list[Told]:
    """A history: records and syncs in any order; at its end everyone has sent all and heard of all."""
    values: list[Told] = []
    for _step in range(STEPS):
        laptop = chance.choice(laptops)
        if chance.random() >= RECORDS and values:
            laptop.syncing.run()
            continue
        phone, floors = f"1380000{chance.randrange(10_000):04d}", str(chance.randint(3, 6))
        told(laptop, phone, floors, chance.choice(("", "general")))
        values.append(Told(phone, floors))
    for laptop in (*laptops, *laptops):
        pulled = laptop.syncing.run().pulled
        assert pulled is not None
        assert pulled.equal
    return values


def data_of(row: tuple[Any, ...]) -> dict[str, str]:
    """The column ``data`` of a row, whichever database it is from."""
    found: dict[str, str] = row[0] if isinstance(row[0], dict) else json.loads(row[0])
    return found


def kept(district: DistrictServer, house: str) -> list[dict[str, str]]:
    """Everything that any version of the house, or any side of any version of a conflict, says."""
    table = "SELECT data FROM districtserver_entityversion WHERE list = %s"
    houses = [data_of(row) for row in district.rows(f"{table} AND entity_id = %s", LIST, house)]
    texts = [Standing.from_text(data_of(row)["standing"]) for row in district.rows(table, CONFLICTS)]
    return houses + [dict(side.values) for standing in texts for side in standing.sides]


def agreed(district: DistrictServer, laptops: list[Laptop], house: str) -> None:
    """Every laptop has the server's row and its open conflicts, nothing unconfirmed."""
    now = "SELECT data FROM districtserver_entity WHERE NOT deleted AND list = %s"
    (row,) = district.rows(f"{now} AND id = %s", LIST, house)
    server = {name: text for name, text in data_of(row).items() if text}
    open_ones = sorted(data_of(one)["standing"] for one in district.rows(now, CONFLICTS))
    for laptop in laptops:
        shown = laptop.store.register.get(LIST, house)
        assert shown is not None
        assert shown.unconfirmed == 0
        assert {name: text for name, text in shown.values.items() if text} == server
        here = sorted(one.values["standing"] for one in laptop.store.register.all(CONFLICTS))
        assert here == open_ones
        assert [step.finding for step in laptop.store.verify() if step.finding] == []


def run(district: DistrictServer, folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    with ExitStack() as opened:
        laptops = [
            opened.enter_context(registered(folder / f"laptop{number}", district, district.port))
            for number in range(3)
        ]
        for laptop in laptops:
            laptop.syncing.run()
        values = lived(chance, laptops)
        house = laptops[0].buildings.get(HOUSES[0]).id
        agreed(district, laptops, house)
    said = kept(district, house)
    for one in values:
        for name, text in (("owner_phone", one.owner_phone), ("floors_up", one.floors_up)):
            assert any(place.get(name) == text for place in said), (seed, one)
    held = "SELECT COUNT(*) FROM districtserver_effect WHERE state IN ('held', 'unknown')"
    assert district.rows(held) == [(0,)]
    assert district.run("check")["broken"] == []


@pytest.mark.parametrize("seed", range(1))
def test_laptops_and_server_agree_and_nothing_is_lost(
    district: DistrictServer, tmp_path: Path, seed: int
) -> None:
    run(district, tmp_path, seed)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(1, 43))
def test_many_histories_over_the_wire(district: DistrictServer, tmp_path: Path, seed: int) -> None:
    run(district, tmp_path, seed)
