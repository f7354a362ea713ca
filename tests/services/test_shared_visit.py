"""F01 and F02 on one visit: a house that nobody knew is filed and inspected, the outcome told once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from fieldapp.domain.record_code import RecordCode
from fieldapp.domain.visit import Visit
from fieldapp.errors import UserError
from fieldapp.services.filling import OpenForm
from fieldapp.services.finishing import Finishing
from fieldapp.services.laptop import Laptop
from fieldapp.services.paper import Kind
from fieldapp.services.publishing import built_form, find_form
from tests.resources.test_building_profile import OUT, PLACE, PROFILE, SIZE
from tests.resources.test_hazard_inspection import NOTHING_FOUND
from tests.services.office import FORM, HOUSES, MORNING, jpeg, new_laptop
from tests.sheets.pdfs import pages, symbols, text

F01 = "building_profile"
PHOTO = "/data/g_photo/rep_photo[1]/photo"


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    """With F01 as well; a second passes whenever the time is asked."""
    seconds = count()
    with new_laptop(tmp_path, lambda: MORNING + timedelta(seconds=next(seconds))) as made:
        made.store.forms.install(F01, find_form(F01).version, built_form(F01))
        yield made


def answered(laptop: Laptop, visit: Visit, form_id: str, answers: dict[str, str]) -> OpenForm:
    """The form with those of ``answers`` that it asks, on the disk."""
    form = laptop.filling.open(visit.visit_id, form_id)
    for path, value in answers.items():
        if form.session.node(path).relevant and not form.session.value(path):
            form.answer(path, value)
    form.settle()
    return form


def surveyed(laptop: Laptop) -> Visit:
    """A first survey of a house that no register has, ready to be finalized."""
    visit = laptop.visits.begin(None, [F01, FORM])
    answered(laptop, visit, F01, PROFILE | PLACE)
    answers = {path: value for path, value in NOTHING_FOUND.items() if not value.startswith("photo:")}
    inspected = answered(laptop, visit, FORM, answers)
    kept = laptop.evidence.add(visit.visit_id, jpeg(3), question=PHOTO)
    inspected.attach(PHOTO, kept.name)
    inspected.answer(
        "/data/g_result/hazard_level", inspected.session.value("/data/g_result/hazard_suggested")
    )
    if inspected.session.node("/data/g_result/hazard_basis").relevant:
        inspected.answer("/data/g_result/hazard_basis", "未经正规设计施工")
    inspected.settle()
    return visit


def test_a_new_house_is_filed_and_inspected_in_one_visit(laptop: Laptop) -> None:
    before = laptop.store.register.count("buildings")
    visit = surveyed(laptop)
    assert visit.building_id is not None
    assert laptop.visits.open_questions(visit.visit_id) == ()
    first, second = laptop.visits.finalize(visit.visit_id)
    assert [one.form_id for one in (first, second)] == [F01, FORM]
    assert {one.building_id for one in (first, second)} == {visit.building_id}
    row = laptop.buildings.get(str(visit.building_id))
    assert laptop.store.register.count("buildings") == before + 1
    assert (row.label, row.version, row.unconfirmed) == ("亭店路12号之1", 2, 2)
    said = row.values
    assert (said["address_norm"], said["structure_type"], said["last_inspected"]) == (
        "亭店路12-1号",
        "masonry",
        "2022-12-08",
    )
    assert said["hazard_level"] in {"general", "basic_safe", "pending"}
    assert [one.id for one in laptop.buildings.find("12号之1")] == [row.id]
    effects = laptop.filling.read(second).effects()
    assert [(one.action, one.base_version) for one in effects] == [("update", "1")]
    assert "structure_type" not in effects[0].values


def test_both_forms_have_their_sheets_before_and_after_finalizing(laptop: Laptop, tmp_path: Path) -> None:
    visit = surveyed(laptop)
    finishing = Finishing(laptop.store, laptop.clock, laptop.filling, laptop.visits, laptop.paper)
    kinds: tuple[Kind, ...] = ("onsite", "archive")
    before = {
        (form, kind): finishing.preview(visit.visit_id, form, kind) for form in (F01, FORM) for kind in kinds
    }
    for (form, _kind), pdf in before.items():
        assert ("一楼一档房屋基本信息表" in text(pdf)) == (form == F01)
        assert "亭店路12号之1" in text(pdf)
    profile, inspected = laptop.visits.finalize(visit.visit_id)
    for kind in kinds:
        sheet = laptop.paper.print_to(profile, kind, tmp_path / f"{kind}.pdf")
        said = text(sheet.pdf)
        for words in (
            "江南街道亭店社区亭店路12号之1",
            "新建档，待编号",
            "自建房农村自建房",
            "380.5m²",
            "李某某",
        ):
            assert words in said, words
        assert "见同次检查表的照片附页" in said
        (symbol,) = symbols(pages(sheet.pdf)[0])
        assert RecordCode.parse(symbol) == RecordCode.of(profile.chain.record_id, 1, profile.sha256)
        assert laptop.paper.sheet(profile, kind).times == 2
    assert "照片（1张）" in text(laptop.paper.sheet(inspected, "archive").pdf)


def test_the_inspection_knows_what_the_profile_says(laptop: Laptop) -> None:
    visit = laptop.visits.begin(None, [F01, FORM])
    answered(laptop, visit, F01, PROFILE | PLACE)
    inspected = laptop.filling.open(visit.visit_id, FORM).session
    facts = {name: inspected.value(f"/data/g_building/{name}") for name in ("structure_type", "floors_up")}
    assert facts == {"structure_type": "masonry", "floors_up": "4"}
    assert inspected.value("/data/g_building/address_detail") == "亭店路12号之1"
    assert not inspected.node("/data/g_fix/new_structure_type").relevant
    alone = laptop.visits.begin(UUID(laptop.buildings.get(HOUSES[1]).id), [FORM])
    assert laptop.filling.open(alone.visit_id, FORM).session.value("/data/g_building/floors_up") == "2"


def test_the_outcome_is_told_once_and_the_last_word_counts(laptop: Laptop) -> None:
    house = UUID(laptop.buildings.get(HOUSES[2]).id)
    visit = laptop.visits.begin(house, [F01, FORM])
    answered(laptop, visit, F01, {OUT + "visit_result": "done"})
    assert laptop.filling.open(visit.visit_id, FORM).session.value(OUT + "visit_result") == "done"
    locked = {
        OUT + "visit_result": "locked",
        OUT + "visit_reason": "无人在家",
        OUT + "next_visit_date": "2022-12-15",
    }
    inspected = laptop.filling.open(visit.visit_id, FORM)
    for path, value in locked.items():
        inspected.answer(path, value)
    kept = laptop.evidence.add(visit.visit_id, jpeg(4), question=PHOTO)
    inspected.attach(PHOTO, kept.name)
    inspected.settle()
    profile = laptop.filling.open(visit.visit_id, F01).session
    assert {path: profile.value(path) for path in locked} == locked
    assert laptop.visits.open_questions(visit.visit_id) == ()
    laptop.visits.finalize(visit.visit_id)
    row = laptop.buildings.get(HOUSES[2])
    assert (row.values["last_result"], row.values["attempts"]) == ("locked", "1")
    assert laptop.store.visits.get(visit.visit_id).result == "locked"


def test_where_the_new_house_stands_is_proposed_from_the_day(laptop: Laptop) -> None:
    def proposed() -> tuple[str, str]:
        visit = laptop.visits.begin(None, [F01])
        session = laptop.filling.open(visit.visit_id, F01).session
        session.answer(OUT + "visit_result", "done")
        return session.value("/data/g_address/street"), session.value("/data/g_address/community")

    assert proposed() == ("", "")
    yesterday = MORNING - timedelta(days=1)
    laptop.visits.begin(UUID(laptop.buildings.get(HOUSES[0]).id), [FORM], started_at=yesterday)
    assert proposed() == ("", "")
    laptop.visits.begin(UUID(laptop.buildings.get(HOUSES[2]).id), [FORM])
    assert proposed() == ("350502006", "350502006019")


def test_a_locked_door_of_an_unknown_house_files_nothing(laptop: Laptop) -> None:
    visit = laptop.visits.begin(None, [F01])
    form = laptop.filling.open(visit.visit_id, F01)
    for path, value in {
        OUT + "visit_result": "locked",
        OUT + "visit_reason": "无人在家",
        OUT + "next_visit_date": "2022-12-15",
    }.items():
        form.answer(path, value)
    path = "/data/g_pictures" + PHOTO.removeprefix("/data")
    form.attach(path, laptop.evidence.add(visit.visit_id, jpeg(5), question=path).name)
    form.settle()
    (record,) = laptop.visits.finalize(visit.visit_id)
    assert laptop.filling.read(record).effects() == ()
    assert laptop.store.register.get("buildings", str(visit.building_id)) is None


def test_a_correction_of_the_profile_changes_the_house(laptop: Laptop) -> None:
    visit = surveyed(laptop)
    profile, _inspection = laptop.visits.finalize(visit.visit_id)
    fixed = laptop.filling.correct(profile.chain.instance_id)
    fixed.answer(SIZE + "new_floors_up", "5")
    fixed.settle()
    (second,) = laptop.visits.finalize(visit.visit_id)
    assert second.chain.version == 2
    (effect,) = laptop.filling.read(second).effects()
    assert (effect.action, effect.base_version) == ("update", "2")
    row = laptop.buildings.get(str(visit.building_id))
    assert (row.values["floors_up"], row.values["hazard_level"] != "") == ("5", True)


def test_only_a_form_that_files_houses_can_do_without_one(laptop: Laptop) -> None:
    assert laptop.visits.begin(None, [FORM]).building_id is None
    with pytest.raises(UserError, match="VISIT_006"):
        laptop.visits.begin(UUID(int=404), [F01])
