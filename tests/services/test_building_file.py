"""The file of a building: what was done there, what is this laptop's word only, photographs."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from fieldapp.errors import UserError
from fieldapp.services.laptop import Laptop
from fieldapp.store.model import RegisterRow
from tests.services.office import FORM, LOCKED, MAJOR, begin, filled


def building_of(laptop: Laptop, visit_id: UUID) -> UUID:
    """The house of a visit."""
    found = laptop.store.visits.get(visit_id).building_id
    assert found is not None
    return found


def test_a_house_nobody_was_at(laptop: Laptop) -> None:
    house = laptop.buildings.get("亭店路12号")
    file = laptop.files.read(UUID(house.id))
    assert file.row == house
    assert (file.works, file.photos, dict(file.former), file.draft) == ((), (), {}, None)
    assert laptop.files.front(UUID(house.id)) is None


def test_an_unknown_house_is_refused(laptop: Laptop) -> None:
    with pytest.raises(UserError) as caught:
        laptop.files.read(uuid4())
    assert caught.value.code == "VISIT_006"


def test_a_draft_says_what_is_open(laptop: Laptop) -> None:
    opened = begin(laptop)
    building = building_of(laptop, opened.visit_id)
    (work,) = laptop.files.read(building).works
    assert (work.standing, work.form_id, work.instance_id) == ("draft", FORM, None)
    assert work.left == len(laptop.visits.open_questions(opened.visit_id)) > 0
    assert laptop.files.read(building).draft == work


def test_a_record_moves_through_its_states(laptop: Laptop) -> None:
    opened = filled(laptop, LOCKED)
    building = building_of(laptop, opened.visit_id)
    (record,) = laptop.visits.finalize(opened.visit_id)
    instance = record.chain.instance_id

    def standing() -> tuple[str, str]:
        (work,) = laptop.files.read(building).works
        assert (work.result, work.instance_id) == ("locked", instance)
        return work.standing, work.cause

    assert standing() == ("queued", "")
    laptop.store.outbox.record_refusal(instance, "SYNC_005", "said so", remedy="do so", retryable=True)
    assert standing() == ("refused", "said so")
    laptop.store.submissions.set_state(instance, review="accepted")
    assert standing()[0] == "accepted"
    laptop.store.submissions.set_state(instance, review="returned")
    assert standing()[0] == "returned"


def test_what_is_not_confirmed_stands_beside_what_the_server_has(laptop: Laptop) -> None:
    opened = filled(laptop, MAJOR)
    building = building_of(laptop, opened.visit_id)
    (record,) = laptop.visits.finalize(opened.visit_id)
    file = laptop.files.read(building)
    assert file.row.values["hazard_level"] == "major"
    assert file.former["hazard_level"] == "basic_safe"
    assert file.works[0].level == "major"
    taken = laptop.filling.read(record).value("/data/g_result/control_taken").split()
    assert {"evacuate", "seal"} & set(taken)
    assert file.control == file.works[0].control == "sealed"
    laptop.store.register.import_rows(
        "buildings", [RegisterRow(str(building), file.row.label, file.row.values, version=2)]
    )
    laptop.store.pulled.keep(laptop.store.pulled.ready([], (), {record.chain.instance_id: "applied"}, 1, ""))
    laptop.store.pulled.finish()
    assert dict(laptop.files.read(building).former) == {}


def test_a_correction_names_the_value_before(laptop: Laptop) -> None:
    opened = filled(laptop, MAJOR)
    building = building_of(laptop, opened.visit_id)
    before = laptop.buildings.of(building)
    assert before is not None
    opened.answer("/data/g_fix/fix_facts", "built_year")
    opened.answer("/data/g_fix/new_built_year", "1988")
    opened.answer("/data/g_fix/fix_reason", "门牌上写着")
    opened.settle()
    laptop.visits.finalize(opened.visit_id)
    (work,) = laptop.files.read(building).works
    assert work.fixes == {"built_year": (before.values["built_year"], "1988")}


def test_photographs_of_the_front_come_first(laptop: Laptop) -> None:
    opened = filled(laptop, MAJOR)
    building = building_of(laptop, opened.visit_id)
    file = laptop.files.read(building)
    assert len(file.photos) == len(laptop.store.photos.for_visit(opened.visit_id)) > 1
    assert [photo.kind == "front" for photo in file.photos] == sorted(
        (photo.kind == "front" for photo in file.photos), reverse=True
    )
    assert laptop.files.front(building) == file.photos[0]
