"""The day: lanes in order, the state of their houses, what is due, what waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from fieldapp.services.laptop import Laptop
from fieldapp.services.ledger import Filters
from fieldapp.services.today import Lane, LaneCount, road_of
from tests.services.lane import COMMUNITY, LANE, house, identity, lane_laptop
from tests.services.office import LOCKED, MAJOR, begin, filled
from tests.services.test_patrolling import photographed


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    with lane_laptop(tmp_path / "laptop", 12) as made:
        yield made


def add(laptop: Laptop, number: str, **known: str) -> None:
    laptop.store.register.import_rows("buildings", [house(number, **known)])


def test_houses_stand_in_lane_order(laptop: Laptop) -> None:
    add(laptop, "12号之1")
    add(laptop, "3号", life_state="demolished")
    numbers = [one.number for one in laptop.today.houses(LANE)]
    assert numbers == [
        "2号", "4号", "6号", "8号", "10号", "12号", "12号之1", "14号", "16号", "18号", "20号", "22号", "24号",
    ]  # fmt: skip


def test_roads_are_counted_with_what_is_done(laptop: Laptop) -> None:
    add(laptop, "30号", last_patrol="2022-12-01")
    add(laptop, "32号", last_patrol="2022-11-30")
    assert LaneCount("示范路", 14, 1) in laptop.today.lanes(COMMUNITY)
    assert COMMUNITY in laptop.today.communities()
    assert "350502006001" not in laptop.today.communities()


def test_every_house_says_where_it_is_in_this_round(laptop: Laptop) -> None:
    add(laptop, "30号", last_patrol="2022-12-01")
    add(laptop, "32号", last_result="refused", last_visit="2022-12-02")
    add(laptop, "34号", last_result="locked", last_visit="2022-11-28")
    add(laptop, "36号", last_result="demolished", last_visit="2022-12-02")
    photographed(laptop, "2号").settle()
    states = {one.number: one.state for one in laptop.today.houses(LANE)}
    assert {states.pop(f"{number}号") for number in range(4, 25, 2)} == {"open"}
    assert states == {"2号": "draft", "30号": "done", "32号": "again", "34号": "open", "36号": "gone"}


def test_the_yearly_round_has_a_year(laptop: Laptop) -> None:
    add(laptop, "30号", last_annual="2022-01-03")
    yearly = {one.number: one.state for one in laptop.today.houses(Lane(COMMUNITY, "示范路", "annual"))}
    assert (yearly["30号"], yearly["2号"]) == ("done", "open")


def test_what_is_due_comes_by_day(laptop: Laptop) -> None:
    add(laptop, "30号", hazard_level="general", hazard_deadline="2022-12-05")
    add(laptop, "32号", next_visit="2022-12-08", last_result="locked")
    add(laptop, "34号", annual_due="2022-12-15")
    add(laptop, "36号", patrol_due="2022-12-16")
    add(laptop, "38号", hazard_level="pending", patrol_found="pc_struct")
    due = [(one.kind, one.address, one.on) for one in laptop.today.due(7)]
    assert due == [
        ("rectify", "示范路30号", date(2022, 12, 5)),
        ("again", "示范路32号", date(2022, 12, 8)),
        ("annual", "示范路34号", date(2022, 12, 15)),
        ("survey", "示范路38号", None),
    ]
    assert [one.kind for one in laptop.today.due(0)] == ["rectify", "again", "survey"]
    assert len(laptop.today.due(30)) == 5


def test_open_tasks_are_listed(laptop: Laptop) -> None:
    assert {one.cause for one in laptop.today.tasks()} == {"t01 t12", "t04"}


def test_what_waits_is_counted(laptop: Laptop) -> None:
    (record,) = laptop.visits.finalize(filled(laptop, LOCKED).visit_id)
    major = filled(laptop, MAJOR)
    begin(laptop, LOCKED)
    waiting = laptop.today.waiting()
    assert (waiting.unsent, waiting.unsent_files) == (1, 1)
    assert waiting.unsent_bytes > 0
    assert [address for address, _at in waiting.unsigned] == ["聚宝街21号"]
    assert waiting.returned == ()
    assert [(one.address, one.level, bool(one.phoned_at), one.left) for one in waiting.drafts] == [
        ("延陵路8号", "major", True, 0),
        ("聚宝街21号", "", False, 1),
    ]
    assert waiting.drafts[0].visit_id == major.visit_id
    laptop.store.submissions.set_state(record.chain.instance_id, paper="signed", review="returned")
    after = laptop.today.waiting()
    assert (len(after.unsigned), len(after.returned)) == (0, 1)


@pytest.mark.parametrize(
    ("address", "road"),
    [
        ("亭店路12号", "亭店路"),
        ("亭店路１２号之1", "亭店路"),
        ("涂门街六十六号", "涂门街"),
        ("无门牌", "无门牌"),
    ],
)
def test_the_road_is_what_stands_before_the_number(address: str, road: str) -> None:
    assert road_of(address) == road


def test_the_lane_is_remembered(laptop: Laptop) -> None:
    assert laptop.today.lane == LANE
    assert identity("2号") == laptop.today.houses(LANE)[0].building_id


def test_what_is_asked_for_has_an_index_already(laptop: Laptop) -> None:
    """Nobody waits for an index when a place is opened: those that are asked for are declared."""
    add(laptop, "30号", hazard_level="pending", open_tasks="t01")

    def indexes() -> set[tuple[str]]:
        return set(laptop.store.database.read("SELECT name FROM sqlite_master WHERE type = 'index'"))

    before = indexes()
    laptop.today.due(7)
    laptop.today.tasks()
    laptop.today.communities()
    laptop.ledger.streets()
    laptop.ledger.hazard_counts()
    laptop.ledger.matching("0001")
    laptop.ledger.numbers(Filters())
    laptop.buildings.has_sample()
    laptop.buildings.find("0001")
    assert indexes() == before
