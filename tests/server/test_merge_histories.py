"""Seeded histories of three laptops that work offline on one house and sync when they can.

The invariant. Every laptop sends its own records in its own order; how those of several come in between each
other must not change, as far as the rule allows:

- of a group whose schema orders danger, how dangerous it counts in the end;
- which values stand against each other, for every group;
- and no value that was told is lost, whatever the order: each is in a version of the row, in a conflict or
  in a version of one, whole with its group.

What may differ by order: of sides that are equally dangerous or have no order, the one that came first
counts; and the text of the versions between.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass

import pytest
from django.db import connection, transaction

from districtserver.models import Device, Entity, EntityVersion
from fieldapp.domain.conflicts import CONFLICTS, Standing, groups_of, rank
from tests.server.test_merge import HOUSE, Three, row, tell, three

__all__ = ["three"]

LEVELS = ("basic_safe", "pending", "general", "major")
GROUPS = ("judgement", "user", "floors_up")


@dataclass(frozen=True)
class Told:
    """A record of laptop ``by``: what it tells, counted from ``base`` of the register."""

    by: int
    values: dict[str, str]
    base: int


def some(chance: random.Random, number: int) -> dict[str, str]:
    """A change of one to three groups; every basis and telephone is one of few, so that sides agree too."""
    level = chance.choice(LEVELS)
    told = {
        "judgement": {"hazard_level": level, "hazard_basis": f"{level}{chance.randrange(2)}"},
        "user": {"user_phone": str(chance.randrange(4))},
        "floors_up": {"floors_up": str(chance.choice((3, 4, 5, number)))},
    }
    return {
        name: text
        for group in chance.sample(GROUPS, chance.randint(1, 3))
        for name, text in told[group].items()
    }


def offline(chance: random.Random, longest: int) -> list[list[Told]]:
    """Each laptop's records, all begun on version 1; it counts its own as versions."""
    return [
        [Told(by, some(chance, 6 + by), place + 1) for place in range(chance.randint(1, longest))]
        for by in range(3)
    ]


def shuffled(chance: random.Random, chains: list[list[Told]]) -> list[Told]:
    """An order of arrival that keeps the order of each laptop."""
    turns = [by for by, chain in enumerate(chains) for _ in chain]
    chance.shuffle(turns)
    left = [iter(chain) for chain in chains]
    return [next(left[by]) for by in turns]


def standing() -> dict[str, Standing]:
    found = Entity.objects.filter(list=CONFLICTS, deleted=False)
    return {one.data["merge_group"]: Standing.from_text(one.data["standing"]) for one in found}


def outcome(arrivals: list[Told], laptops: tuple[Device, ...]) -> tuple[object, object]:
    """What must not depend on the order: the danger that counts, and the values against each other."""
    for told in arrivals:
        tell(laptops[told.by], told.values, str(told.base))
    data = row().data
    levels = rank("buildings", {"hazard_level": data["hazard_level"]})
    against = {
        group: sorted(sorted(side.values.items()) for side in one.sides) for group, one in standing().items()
    }
    return levels, against


def kept(values: dict[str, str]) -> bool:
    """Whether what a record told of each group is whole in a version of the house or of a conflict."""
    houses = [one.data for one in EntityVersion.objects.filter(list="buildings", entity_id=HOUSE)]
    texts = [Standing.from_text(one.data["standing"]) for one in EntityVersion.objects.filter(list=CONFLICTS)]
    places = houses + [side.values for one in texts for side in one.sides]
    for names in groups_of("buildings", values).values():
        told = {name: values[name] for name in names if name in values}
        if not any(all(place.get(name, "") == text for name, text in told.items()) for place in places):
            return False
    return True


def run(seed: int, laptops: Three, longest: int) -> None:
    chance = random.Random(seed)
    chains = offline(chance, longest)
    found = []
    for _ in range(2):
        arrivals = shuffled(chance, chains)
        spot = transaction.savepoint()
        found.append(outcome(arrivals, laptops))
        lost = [told for told in arrivals if not kept(told.values)]
        transaction.savepoint_rollback(spot)
        assert not lost, (seed, lost)
    for one, other in itertools.pairwise(found):
        assert one == other, (seed, chains)


def test_order_of_arrival_changes_nothing_and_nothing_is_lost(three: Three) -> None:
    """Fifty; every fourth on PostgreSQL too."""
    for seed in range(0, 50, 4 if connection.vendor == "postgresql" else 1):
        run(seed, three, 2)


@pytest.mark.campaign
@pytest.mark.parametrize("block", range(100))
def test_five_thousand_histories(three: Three, block: int) -> None:
    for seed in range(block * 50, (block + 1) * 50):
        run(seed, three, 3)
