"""Many rows written at once are what ``register.write`` makes of them one by one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client

from districtserver import conflicts, feed, register, tallies
from districtserver.ledgers.rewriting import SLICE, Rewrite, rewrite
from districtserver.models import Departure, Entity, EntityVersion, Tally
from districtserver.writing import writing
from tests.server.laptop import Laptop
from tests.server.test_feed import pull
from tests.server.test_merge import HOUSE, Three, tell, three

__all__ = ["three"]
LIST = "buildings"
Writing = Callable[[list[Rewrite]], None]


def one_by_one(wanted: list[Rewrite]) -> None:
    for one in wanted:
        register.write(one.row, one.label, one.data, who="office", deleted=one.deleted)


def at_once(wanted: list[Rewrite]) -> None:
    heard: list[int] = []
    rewrite(LIST, wanted, "office", heard.append)
    assert heard[-1] == len(wanted)
    assert heard == sorted(heard)


def house(number: int, street: str = "jiangnan") -> Rewrite:
    new = Entity(list=LIST, id=f"h{number}", version=0)
    return Rewrite(new, f"{number}号", {"address_detail": f"{number}号", "street": street})


def changed(number: int) -> Rewrite:
    """A third of the houses gets a fact, a third goes, a third moves to another street."""
    row = Entity.objects.get(list=LIST, id=f"h{number}")
    if number % 3 == 0:
        return Rewrite(row, row.label, {**row.data, "floors_up": "3"})
    if number % 3 == 1:
        return Rewrite(row, row.label, row.data, deleted=True)
    return Rewrite(row, "moved", {**row.data, "street": "fuqiao"})


#: What may differ: numbers in the feed (rows that move come last at once), times, keys of tables.
LEFT = {Entity: ("change_no",), EntityVersion: ("id", "at"), Tally: ("id",), Departure: ("id", "change_no")}


def outcome(write: Writing) -> list[list[str]]:
    """All that the register and its history know afterwards, how far the feed has come."""
    first = feed.head()
    with writing():
        write([house(number) for number in range(9)])
        write([changed(number) for number in range(9)])
    assert tallies.recount() == ()
    numbers = sorted(Entity.objects.filter(change_no__gt=first).values_list("change_no", flat=True))
    assert numbers == list(range(feed.head() - 8, feed.head() + 1))
    return [
        sorted(
            str({name: value for name, value in row.items() if name not in left})
            for row in model._default_manager.values()
        )
        for model, left in LEFT.items()
    ]


def test_many_at_once_are_the_same_as_one_by_one(three: Three) -> None:
    found = []
    for write in (one_by_one, at_once):
        spot = transaction.savepoint()
        found.append(outcome(write))
        transaction.savepoint_rollback(spot)
    assert found[0] == found[1]


def test_what_waited_for_a_row_follows(three: Three) -> None:
    submission = tell(three[0], {"floors_up": "5"}, "1", row="late")
    assert submission.effects.get().state == "unknown"
    with writing():
        new = Entity(list=LIST, id="late", version=0)
        at_once([Rewrite(new, "后到", {"address_detail": "后到"}), house(1)])
    assert submission.effects.get().state == "applied"
    row = Entity.objects.get(list=LIST, id="late")
    assert (row.version, row.data["floors_up"], new.version) == (2, "5", 1)


def test_a_moved_row_takes_its_open_conflicts_along(three: Three) -> None:
    tell(three[0], {"floors_up": "5"}, "1")
    tell(three[1], {"floors_up": "6"}, "1")
    row = Entity.objects.get(list=LIST, id=HOUSE)
    with writing():
        at_once([Rewrite(row, row.label, {**row.data, "street": "fuqiao"}), house(1)])
    (kept,) = conflicts.open_of(Entity.objects.get(list=LIST, id=HOUSE))
    assert kept.street == "fuqiao"


@pytest.mark.usefixtures("folder")
def test_numbers_of_more_than_a_slice_are_in_order(client: Client, inside: Laptop) -> None:
    before = pull(client, inside)
    with writing():
        at_once([house(number) for number in range(SLICE + 7)])
    came = pull(client, inside, before.upto, before.subset)
    assert [row.id for row in came.rows] == [f"h{number}" for number in range(SLICE + 7)]
    assert {row.version for row in came.rows} == {1}
