"""Rounds on a real store: the one key and its log, undo, a locked door, going on where it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp.domain.patrol import ITEMS
from fieldapp.errors import BugError, UserError
from fieldapp.services.laptop import Laptop
from fieldapp.services.patrolling import LEVEL, NEXT_VISIT, PLAQUE, REASON, Round
from tests.services.lane import identity, lane_laptop
from tests.services.office import jpeg, open_laptop


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    with lane_laptop(tmp_path / "laptop") as made:
        yield made


def photographed(laptop: Laptop, number: str = "2号", seed: int = 0) -> Round:
    """A round with its photograph."""
    found = laptop.patrolling.round_of(identity(number))
    found.begin()
    path = found.photo_path()
    kept = laptop.evidence.add(found.visit.visit_id, jpeg(seed, note=number), question=path, kind="front")
    found.attach(kept, path)
    return found


def events(laptop: Laptop) -> list[str]:
    return [str(one.entry["event"]) for one in laptop.store.audit.entries()]


def test_looking_at_a_house_leaves_nothing_behind(laptop: Laptop) -> None:
    found = laptop.patrolling.round_of(identity("2号"))
    assert not found.begun
    with pytest.raises(BugError):
        found.outcome("locked")
    assert laptop.store.visits.list("open") == ()


def test_the_one_key_answers_all_seven_and_is_logged(laptop: Laptop) -> None:
    found = photographed(laptop)
    found.all_clear()
    assert set(found.items.values()) == {"ok"}
    assert found.one_key_at is not None
    found.settle()
    (logged,) = [one.entry for one in laptop.store.audit.entries() if one.entry["event"] == "patrol.one_key"]
    assert logged["detail"] == {
        "visit_id": str(found.visit.visit_id),
        "instance_id": str(found.form.chain.instance_id),
        "items": 7,
    }


def test_the_one_key_comes_after_the_photograph(laptop: Laptop) -> None:
    found = laptop.patrolling.round_of(identity("2号"))
    found.begin()
    with pytest.raises(BugError):
        found.all_clear()


def test_undo_takes_the_one_key_back_as_a_whole_and_says_so(laptop: Laptop) -> None:
    found = photographed(laptop)
    found.answer_item("pc_roof", "have")
    found.all_clear()
    assert sorted(found.items.values()) == ["have", *["ok"] * 6]
    assert found.undo()
    assert found.items["pc_roof"] == "have"
    assert set(found.items.values()) == {"have", ""}
    assert found.one_key_at is None
    assert found.undo()
    assert found.result == ""
    assert not found.undo()
    found.settle()
    assert events(laptop)[-2:] == ["patrol.one_key", "patrol.one_key_undone"]


def test_an_item_that_is_turned_makes_its_defect(laptop: Laptop) -> None:
    found = photographed(laptop)
    found.all_clear()
    found.answer_item("pc_roof", "have")
    found.answer_item("pc_finish", "have")
    assert [one.item for one in found.findings] == ["pc_finish", "pc_roof"]
    found.answer_item("pc_roof", "ok")
    assert [one.item for one in found.findings] == ["pc_finish"]
    found.answer_item("pc_finish", "ok")
    found.answer_item("pc_other", "have")
    assert [one.item for one in found.findings] == ["pc_other"]


def test_a_written_defect_is_never_thrown_away(laptop: Laptop) -> None:
    found = photographed(laptop)
    found.all_clear()
    found.answer_item("pc_roof", "have")
    found.answer(found.findings[0].path + "/d_note", "屋面渗漏")
    found.answer_item("pc_finish", "have")
    found.answer_item("pc_roof", "ok")
    assert {one.item: one.note for one in found.findings} == {"pc_finish": "", "pc_roof": "屋面渗漏"}


def test_an_unchanged_house_is_final_after_key_and_plaque(laptop: Laptop) -> None:
    found = photographed(laptop)
    found.all_clear()
    found.answer(PLAQUE, "updated")
    assert found.open_questions() == ()
    laptop.patrolling.finalize(found)
    row = laptop.buildings.get(str(identity("2号")))
    assert (row.values["last_patrol"], row.values["patrol_due"]) == ("2022-12-08", "2023-01-08")
    (record,) = laptop.store.submissions.list(building_id=identity("2号"))
    assert b"one_key_at" in record.xml
    again = laptop.patrolling.round_of(identity("2号"))
    assert not again.begun
    assert again.last == dict.fromkeys(ITEMS, "ok")


def test_a_round_goes_on_where_it_was(laptop: Laptop, tmp_path: Path) -> None:
    found = photographed(laptop)
    found.all_clear()
    found.settle()
    laptop.close()
    with open_laptop(tmp_path / "laptop") as again:
        same = again.patrolling.round_of(identity("2号"))
        assert same.begun
        assert same.visit == found.visit
        assert same.items == found.items
        assert list(again.patrolling.thumbnails(same)) == list(same.photos)


def test_a_locked_door_is_final_with_phrase_and_date(laptop: Laptop) -> None:
    found = photographed(laptop)
    found.outcome("locked")
    found.answer(REASON, "无人在家，邻居不知去向")
    found.answer(NEXT_VISIT, "2022-12-15")
    laptop.patrolling.finalize(found)
    (house,) = [one for one in laptop.today.houses(laptop.today.lane) if one.number == "2号"]  # type: ignore[arg-type]
    assert (house.state, house.result) == ("again", "locked")
    assert [(one.kind, one.cause) for one in laptop.today.due(7)] == [("again", "locked")]


def test_what_is_open_keeps_a_round_from_being_final(laptop: Laptop) -> None:
    found = photographed(laptop)
    found.all_clear()
    found.answer_item("pc_struct", "have")
    with pytest.raises(UserError) as caught:
        laptop.patrolling.finalize(found)
    assert caught.value.code == "VISIT_001"
    assert LEVEL in found.open_questions()


def test_the_same_photograph_is_not_doubled(laptop: Laptop) -> None:
    found = photographed(laptop)
    again = laptop.evidence.add(found.visit.visit_id, jpeg(0, note="2号"), question=found.photo_path())
    found.attach(again, found.photo_path())
    other = laptop.evidence.add(found.visit.visit_id, jpeg(9), question=found.photo_path())
    found.attach(other, found.photo_path())
    assert len(found.photos) == 2
