"""Seeded histories of joining, parting, undoing and visits: undone as a whole, every house has what was told
of it, and no value that was ever told is lost.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection, transaction

from districtserver import deciding, published, redirects, register, tallies
from districtserver.filing import joining, parting, undoing
from districtserver.models import Device, Effect, Entity, EntityVersion, Filing, Visit
from fieldapp.domain.conflicts import CONFLICTS, Standing
from fieldapp.domain.filings import FILINGS
from fieldapp.errors import UserError
from tests.server.laptop import small_form
from tests.server.test_filing import STREET, row, told
from tests.server.test_merge import device

HOUSES = tuple(str(UUID(int=200 + number)) for number in range(4))
FACTS = ("floors_up", "user_phone", "residents", "built_year", "wall_material")


@dataclass
class History:
    """What happened: the last word told of each house (by the id told) and fact, and all words."""

    chance: random.Random
    laptops: tuple[Device, ...]
    #: What each laptop has seen: version of each id when it last pulled.
    seen: list[dict[str, int]] = field(default_factory=list)
    words: list[tuple[str, str, str]] = field(default_factory=list)
    parted: dict[str, str] = field(default_factory=dict)

    def pull(self, by: int) -> None:
        rows = Entity.objects.filter(list="buildings", deleted=False)
        self.seen[by] = dict(rows.values_list("id", "version"))

    def visit(self) -> None:
        """A laptop tells what only it can know; it may never have heard of what was joined."""
        by = self.chance.randrange(len(self.laptops))
        if self.chance.random() < 0.4:
            self.pull(by)
        house = self.chance.choice(sorted(self.seen[by]))
        fact = self.chance.choice(FACTS)
        value = str(1000 + len(self.words))
        told(self.laptops[by], house, {fact: value}, str(self.seen[by][house]))
        self.words.append((house, fact, value))

    def standing(self) -> list[str]:
        return sorted(Entity.objects.filter(list="buildings", deleted=False).values_list("id", flat=True))

    def join(self) -> None:
        if len(houses := self.standing()) < 2:
            return
        one, two = self.chance.sample(houses, 2)
        chosen = {
            each.group: self.chance.choice(("keep", "other"))
            for each in joining.compare(one, two).differences
        }
        with suppress_open():
            joining.join(one, two, chosen, "office", "history")

    def part(self) -> None:
        house = self.chance.choice(self.standing())
        new = {"address_detail": f"{len(self.words)}号"}
        units = Entity.objects.filter(list="units", deleted=False, data__building=house).order_by("id")
        going = {("units", one.id): "go" for one in units if self.chance.random() < 0.5}
        facts = parting.divided(row(house).data, {}, {}, new)
        with suppress_open():
            self.parted[parting.part(house, facts, going, [], "office", "history").other] = house

    def undo(self) -> bool:
        """The newest that stands; False if none does. What keeps a parted file open is decided first."""
        filing = Filing.objects.filter(undone_at=None).order_by("-mark").first()
        if filing is None:
            return False
        if filing.kind == "part":
            decide_all()
        found = undoing.look(filing.pk)
        chosen = {one.group: self.chance.choice(("keep", "other")) for one in found.differences}
        undoing.undo(filing.pk, undoing.Choices(differences=chosen), "office", "history")
        return True


@contextmanager
def suppress_open() -> Iterator[None]:
    """Nothing is done with a file of which something is still to be decided."""
    try:
        yield
    except UserError as error:
        if error.code != "FILING_002":
            raise


def decide_all() -> None:
    """Every open conflict is closed with the value that counts."""
    for kept in Entity.objects.filter(list=CONFLICTS, deleted=False):
        deciding.close(row(kept.data["of_row"]), kept, "office", "history")


def registered() -> dict[tuple[str, str], tuple[dict[str, str], bool]]:
    rows = Entity.objects.exclude(list__in=[FILINGS, CONFLICTS])
    return {(one.list, one.id): (one.data, one.deleted) for one in rows}


def lost(history: History) -> list[tuple[str, str, str]]:
    """Words that stand in no version of a house and on no side of a conflict."""
    places = [one.data for one in EntityVersion.objects.filter(list="buildings")]
    texts = [Standing.from_text(one.data["standing"]) for one in EntityVersion.objects.filter(list=CONFLICTS)]
    places += [side.values for one in texts for side in one.sides]
    return [word for word in history.words if not any(place.get(word[1]) == word[2] for place in places)]


def run(seed: int, laptops: tuple[Device, ...], steps: int, *, visits: bool) -> None:
    chance = random.Random(seed)
    history = History(chance, laptops, [{} for _ in laptops])
    for by in range(len(laptops)):
        history.pull(by)
    before = registered()
    doing = [history.join, history.join, history.part, history.undo]
    for _ in range(steps):
        chance.choice(doing + [history.visit] * (6 if visits else 0))()
    while history.undo():
        pass
    assert tallies.recount() == (), seed
    assert lost(history) == [], seed
    after = registered()
    if not history.words:
        assert {key: after[key] for key in before} == before, seed
    for house in HOUSES:
        check(history, house, before, after, seed)
    for visit in Visit.objects.all():
        home = str(visit.building_id)
        assert str(visit.filed_under) == redirects.now("buildings", home), seed
    assert not Effect.objects.filter(state="unknown").exists(), seed


def check(
    history: History,
    house: str,
    before: dict[tuple[str, str], tuple[dict[str, str], bool]],
    after: dict[tuple[str, str], tuple[dict[str, str], bool]],
    seed: int,
) -> None:
    """A house has the facts it had, or what was told of it or of what was parted from it; nobody else's."""
    data, deleted = after["buildings", house]
    assert not deleted, seed
    for fact in FACTS:
        words = [
            value for told_of, name, value in history.words if (home(history, told_of), name) == (house, fact)
        ]
        allowed = words or [before["buildings", house][0].get(fact, "")]
        assert data.get(fact, "") in {*allowed, *original(before, house, fact)}, (seed, house, fact, words)


def original(
    before: dict[tuple[str, str], tuple[dict[str, str], bool]], house: str, fact: str
) -> tuple[str, ...]:
    return (before["buildings", house][0].get(fact, ""),)


def home(history: History, house: str) -> str:
    """The house of the beginning that an id was parted from."""
    while house in history.parted:
        house = history.parted[house]
    return house


@pytest.fixture
def district(folder: Path) -> tuple[Device, ...]:
    published.publish(small_form())
    register.import_rows(
        "buildings",
        [
            {"name": house, "label": f"{place}号", "address_detail": f"{place}号", "street": STREET,
             "floors_up": str(place + 1), "user_phone": str(place)}
            for place, house in enumerate(HOUSES)
        ],
    )  # fmt: skip
    register.import_rows(
        "units",
        [{"name": f"u{place}", "label": f"u{place}", "building": house, "street": STREET}
         for place, house in enumerate(HOUSES)],
    )  # fmt: skip
    return device("甲"), device("乙")


@pytest.mark.parametrize("visits", [False, True])
def test_undone_as_a_whole_everything_is_where_it_belongs(district: tuple[Device, ...], visits: bool) -> None:
    """Eight of each; every fourth on PostgreSQL too."""
    for seed in range(0, 8, 4 if connection.vendor == "postgresql" else 1):
        spot = transaction.savepoint()
        run(seed, district, 24, visits=visits)
        transaction.savepoint_rollback(spot)


@pytest.mark.campaign
@pytest.mark.timeout(0)
@pytest.mark.parametrize("block", range(20))
def test_campaign_of_histories(district: tuple[Device, ...], block: int) -> None:
    """A thousand with visits, fifty a block."""
    for seed in range(1_000 + block * 50, 1_050 + block * 50):
        spot = transaction.savepoint()
        run(seed, district, 24, visits=True)
        transaction.savepoint_rollback(spot)
