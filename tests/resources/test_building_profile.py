"""F01 一楼一档: what it asks of a house that is known and of one that is not, and what it files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

import pytest

from fieldapp.domain.codelists import codelists
from fieldapp.domain.register import schema
from fieldapp.forms import EntityEffect, FormDefinition, FormSession, load_form
from fieldapp.services.form_functions import form_functions
from fieldapp.services.publishing import built_form, list_forms
from fieldapp.services.trial import RowLists
from tests.resources.filling import DAY, leaves, opened, to_answer
from tests.resources.test_hazard_inspection import NOTHING_FOUND, answer_all

HOUSE, NEW = str(UUID(int=5)), str(UUID(int=6))
OUT, ADDRESS, OWNER, CLASS, SIZE = (
    f"/data/g_{name}/" for name in ("outcome", "address", "owner", "class", "structure")
)
USE, ORIGIN, FIX = "/data/g_use/", "/data/g_origin/", "/data/g_fix/"
UNIT, PLATE, ALIAS = "/data/g_units/rep_unit", "/data/g_plates/rep_plate", "/data/g_aliases/rep_alias"
#: A house as a ledger of the office knows it: where it is and whose.
OF_THE_LEDGER = {
    "name": HOUSE,
    "label": "亭店路12号",
    "__version": "3",
    "street": "350502006",
    "community": "350502006019",
    "address_detail": "亭店路12号",
    "owner_name": "张某某（示例）",
    "owner_phone": "13800000000",
    "last_visit": "2021-05-01",
}
PROFILE = {
    OUT + "visit_result": "done",
    CLASS + "new_self_built": "self_rural",
    SIZE + "new_structure_type": "masonry",
    SIZE + "new_floor_type": "precast",
    SIZE + "new_floors_up": "4",
    SIZE + "new_area_m2": "380.5",
    SIZE + "new_build_era": "e2000",
    USE + "new_building_use": "res_rent",
    ORIGIN + "new_design_state": "none",
    ORIGIN + "new_build_state": "craftsman",
    ORIGIN + "new_altered": "no",
}
PLACE = {
    ADDRESS + "new_street": "350502006",
    ADDRESS + "new_community": "350502006019",
    ADDRESS + "new_address_detail": "亭店路12号之1",
    OWNER + "new_owner_name": "李某某（示例）",
}


@cache
def xform() -> bytes:
    return built_form("building_profile")


def form(*houses: Mapping[str, str], **lists: Sequence[Mapping[str, str]]) -> FormDefinition:
    register = {"buildings": houses, "units": (), "plates": (), "aliases": (), "areas": (), **lists}
    now = datetime(2022, 12, 8, 2, 0, tzinfo=UTC)
    return load_form(xform(), RowLists(register), form_functions(), clock=lambda: now)


def begun(definition: FormDefinition, house: str, other: str = "", result: str = "done") -> FormSession:
    head = {
        "/data/visit_id": str(UUID(int=7)),
        "/data/ruleset_version": "2022.2",
        "/data/visit_date": DAY,
        "/data/other_forms": other,
        "/data/g_visit/visit_kind": "first",
        "/data/g_visit/building_ref": house,
    }
    session = definition.new_session(UUID(int=1), "zh", head)
    session.answer(OUT + "visit_result", result)
    return session


def filed(session: FormSession) -> dict[str, EntityEffect]:
    assert session.warnings == []
    return {effect.list: effect for effect in session.effects()}


def test_all_forms_build_with_what_they_save_declared() -> None:
    for source in list_forms():
        assert built_form(source.form_id)


# -- how much is asked ------------------------------------------------------------------------------


def test_a_first_survey_of_a_rented_house_takes_at_most_35_answers() -> None:
    """F01 and F02 on one visit, the result told once, the photographs taken once (product 1)."""
    profile = begun(form(OF_THE_LEDGER), HOUSE, other="hazard_inspection")
    asked = answer_all(profile, PROFILE)
    assert profile.validate() == ()
    inspection = opened("350502001007-0001", "first")
    assert asked + answer_all(inspection, NOTHING_FOUND) <= 35


def test_a_house_that_no_register_has_takes_four_more() -> None:
    profile = begun(form(), NEW, other="hazard_inspection")
    assert answer_all(profile, PROFILE | PLACE) <= 14
    assert profile.validate() == ()


def test_a_house_that_is_known_is_only_asked_what_is_missing() -> None:
    whole = OF_THE_LEDGER | {
        "self_built": "self_rural", "structure_type": "masonry", "floor_type": "precast", "floors_up": "4",
        "area_m2": "380.5", "built_year": "1996", "building_use": "res_self", "design_state": "none",
        "build_state": "craftsman", "altered": "no",
    }  # fmt: skip
    session = begun(form(whole), HOUSE, other="hazard_inspection")
    assert to_answer(session) == []
    assert session.value(SIZE + "build_era") == "e2000"


@pytest.mark.parametrize(
    ("uses", "asked"), [("res_rent", False), ("res_self", False), ("shop", True), ("res_rent hotel", True)]
)
def test_how_many_persons_is_asked_where_the_public_comes(uses: str, asked: bool) -> None:
    session = begun(form(), NEW)
    session.answer(USE + "new_building_use", uses)
    assert (USE + "new_crowd_band" in to_answer(session)) == asked


def test_photographs_are_asked_where_no_other_form_of_the_visit_does() -> None:
    alone, together = begun(form(), NEW), begun(form(), NEW, other="hazard_inspection")
    photo = "/data/g_pictures/g_photo/rep_photo[1]/photo"
    assert photo in to_answer(alone)
    assert photo not in to_answer(together)


def test_an_alteration_is_described() -> None:
    session = begun(form(), NEW)
    session.answer(ORIGIN + "new_altered", "yes")
    wanted = {ORIGIN + f"new_{name}" for name in ("alteration", "altered_design", "altered_permit")}
    assert wanted <= set(to_answer(session))


def test_streets_and_communities_are_a_cascade() -> None:
    session = begun(form(), NEW)
    for street, count in (("350502001", 8), ("350502004", 13)):
        session.answer(ADDRESS + "new_street", street)
        names = [choice.name for choice in session.choices(ADDRESS + "new_community")]
        assert len(names) == count
        assert all(name.startswith(street) for name in names)
    session = begun(form(OF_THE_LEDGER), HOUSE)
    session.answer(FIX + "fix_facts", "street")
    assert ADDRESS + "new_community" in to_answer(session)


# -- what it writes ---------------------------------------------------------------------------------


def test_a_new_house_is_filed_with_everything_that_follows() -> None:
    session = begun(form(), NEW, other="hazard_inspection")
    answer_all(session, PROFILE | PLACE)
    session.answer(SIZE + "new_built_year", "1996")
    session.answer(ADDRESS + "house_position", "24.905312 118.561234 0 0")
    effect = filed(session)["buildings"]
    assert (effect.action, effect.id, effect.base_version) == ("create", NEW, "")
    assert effect.label == "亭店路12号之1"
    said = effect.values
    assert (said["address_norm"], said["address_order"]) == ("亭店路12-1号", "亭店路000012-000001!")
    assert (said["longitude"], said["latitude"]) == ("118.561234", "24.905312")
    assert (said["built_year"], said["build_era"]) == ("1996", "e2000")
    assert (said["is_business"], said["crowded_place"], said["industry"]) == ("yes", "no", "housing")
    proposed = ("owner_kind", "building_class", "house_form", "heritage", "life_state")
    assert [said[name] for name in proposed] == ["person", "rural_res", "single", "none", "in_use"]
    assert "last_inspected" not in said
    assert "" not in {value for name, value in said.items() if name not in {"next_visit"}}
    assert schema("buildings").unknown(set(said)) == ()
    assert session.validate() == ()


def test_a_known_house_changes_only_in_what_was_answered() -> None:
    session = begun(form(OF_THE_LEDGER), HOUSE, other="hazard_inspection")
    answer_all(session, PROFILE)
    session.answer(FIX + "fix_facts", "owner_name address_detail")
    session.answer(OWNER + "new_owner_name", "王某某（示例）")
    session.answer(ADDRESS + "new_address_detail", "亭店路14号")
    assert to_answer(session) == [FIX + "fix_reason"]
    session.answer(FIX + "fix_reason", "产权人变更")
    effect = filed(session)["buildings"]
    assert (effect.action, effect.id, effect.base_version, effect.label) == (
        "update",
        HOUSE,
        "3",
        "亭店路14号",
    )
    said = effect.values
    assert (said["owner_name"], said["address_norm"]) == ("王某某（示例）", "亭店路14号")
    assert {"owner_phone", "street", "community", "user_name", "height_m"}.isdisjoint(said)
    old = session.value("/data/g_known/reg_owner_name"), session.value(OWNER + "owner_name")
    assert old == ("张某某（示例）", "王某某（示例）")


def test_what_was_answered_stays_whatever_a_pull_brings_meanwhile() -> None:
    session = begun(form(OF_THE_LEDGER), HOUSE, other="hazard_inspection")
    answer_all(session, PROFILE)
    pulled = OF_THE_LEDGER | {"floors_up": "5", "owner_phone": "13900000000", "__version": "4"}
    again = form(pulled).open_session(session.draft_xml())
    assert again.value(SIZE + "new_floors_up") == again.value(SIZE + "floors_up") == "4"
    said = filed(again)["buildings"].values
    assert said["floors_up"] == "4"
    assert "owner_phone" not in said
    assert again.value(OWNER + "owner_phone") == "13900000000"


def test_a_correction_of_the_record_changes_the_house_that_it_has_filed() -> None:
    session = begun(form(), NEW, other="hazard_inspection")
    answer_all(session, PROFILE | PLACE)
    session.answer(PLATE + "[1]/plate_no", "QZ-0001")
    session.answer(ALIAS + "[1]/alias", "老当铺")
    first = filed(session)
    assert {effect.action for effect in first.values()} == {"create"}
    rows = {
        name: [{"name": effect.id, "label": effect.label, "__version": "1", **effect.values}]
        for name, effect in first.items()
    }
    later = form(*rows.pop("buildings"), **rows).open_session(session.to_xml())
    later.supersede(UUID(int=2))
    later.answer(SIZE + "new_floors_up", "5")
    later.answer(PLATE + "[1]/plate_no", "QZ-0002")
    second = filed(later)
    assert {name: (effect.action, effect.id) for name, effect in second.items()} == {
        name: ("update", effect.id) for name, effect in first.items()
    }
    assert second["buildings"].values["floors_up"] == "5"
    assert second["plates"].values["plate_code"] == "QZ-0002"


@pytest.mark.parametrize("result", ["locked", "refused", "notfound"])
def test_a_locked_door_files_no_new_house_and_changes_no_fact(result: str) -> None:
    session = begun(form(), NEW, result=result)
    asked = {path.rpartition("/")[2] for path in to_answer(session)}
    assert asked <= {"visit_reason", "next_visit_date", "photo"}
    assert session.effects() == ()
    session = begun(form(OF_THE_LEDGER), HOUSE, result=result)
    (effect,) = session.effects()
    assert set(effect.values) == {"last_visit", "last_result", "attempts", "next_visit"}


def test_si_wu_follows_once_all_four_are_known() -> None:
    session = begun(form(OF_THE_LEDGER), HOUSE, other="hazard_inspection")
    answer_all(session, PROFILE)
    assert "si_wu" not in filed(session)["buildings"].values
    session.answer(ORIGIN + "new_approval_state", "no")
    session.answer(ORIGIN + "new_accept_state", "yes")
    assert filed(session)["buildings"].values["si_wu"] == "no_approval no_design no_builder"


@pytest.mark.parametrize(
    ("number", "good"), [("11010519491231002X", True), ("110105194912310021", False), ("3.50502E+17", False)]
)
def test_a_number_is_asked_only_when_needed_and_checked(number: str, good: bool) -> None:
    session = begun(form(OF_THE_LEDGER), HOUSE)
    assert not session.node(OWNER + "new_owner_idno").relevant
    session.answer(OWNER + "need_idno", "yes")
    session.answer(OWNER + "new_owner_idno", number)
    wrong = [one.path for one in session.validate() if one.kind == "constraint"]
    assert wrong == ([] if good else [OWNER + "new_owner_idno"])


# -- units, plates, other names ---------------------------------------------------------------------


def test_units_are_new_or_picked() -> None:
    known = {"name": str(UUID(int=9)), "label": "201", "__version": "2", "building": HOUSE, "unit_no": "201"}
    other = {"name": str(UUID(int=10)), "label": "301", "building": NEW, "unit_no": "301"}
    session = begun(form(OF_THE_LEDGER, units=[known, other]), HOUSE, other="hazard_inspection")
    assert session.value("/data/g_units/known_units") == "201"
    assert [one.name for one in session.choices(UNIT + "[1]/unit_picked")] == [known["name"]]
    assert filed(session).keys() == {"buildings"}
    session.answer(UNIT + "[1]/unit_picked", known["name"])
    session.answer(UNIT + "[1]/unit_occupant", "赵某某（示例）")
    session.add_repeat(UNIT)
    session.answer(UNIT + "[2]/unit_kind", "shop")
    assert UNIT + "[2]/unit_no" in to_answer(session)
    for name, value in {
        "unit_no": "店2",
        "unit_floor": "1",
        "unit_shop": "示例小吃",
        "unit_use": "catering",
    }.items():
        session.answer(f"{UNIT}[2]/{name}", value)
    picked, new = (effect for effect in session.effects() if effect.list == "units")
    assert (picked.action, picked.id, picked.base_version) == ("update", known["name"], "2")
    assert picked.values == {"building": HOUSE, "street": "350502006", "occupant": "赵某某（示例）"}
    assert (new.action, new.label) == ("create", "店2")
    assert UUID(new.id) != UUID(known["name"])
    assert new.values == {
        "building": HOUSE, "street": "350502006", "kind": "shop", "floor": "1", "unit_no": "店2",
        "unit_order": "101-店000002!", "unit_use": "catering", "shop_name": "示例小吃",
    }  # fmt: skip


def test_one_plate_stands_for_several_buildings() -> None:
    plate = {
        "name": str(UUID(int=11)), "label": "QZ-7", "__version": "5", "plate_code": "QZ-7", "buildings": NEW,
    }  # fmt: skip
    session = begun(form(OF_THE_LEDGER, plates=[plate]), HOUSE, other="hazard_inspection")
    session.answer(PLATE + "[1]/plate_no", "QZ-7")
    session.add_repeat(PLATE)
    session.answer(PLATE + "[2]/plate_no", "QZ-8")
    shared, new = (effect for effect in session.effects() if effect.list == "plates")
    assert (shared.action, shared.id, shared.base_version) == ("update", plate["name"], "5")
    assert shared.values["buildings"] == f"{NEW} {HOUSE}"
    assert (new.action, new.values["buildings"]) == ("create", HOUSE)
    assert filed(session)["buildings"].values["plate_code"] == "QZ-7"


def test_a_house_is_put_into_the_areas_of_its_street() -> None:
    areas = [
        {"name": str(UUID(int=20 + number)), "label": f"片区{number}", "__version": "1", "street": street}
        for number, street in enumerate(("350502006", "350502006", "350502001"))
    ]
    session = begun(form(OF_THE_LEDGER, areas=areas), HOUSE, other="hazard_inspection")
    question = "/data/g_areas/in_areas"
    assert [choice.name for choice in session.choices(question)] == [row["name"] for row in areas[:2]]
    assert "areas" not in filed(session)["buildings"].values
    session.answer(question, f"{areas[0]['name']} {areas[1]['name']}")
    assert filed(session)["buildings"].values["areas"] == f"{areas[0]['name']} {areas[1]['name']}"
    assert not begun(form(OF_THE_LEDGER), HOUSE).node(question).relevant  # a street without areas


def test_other_names_go_to_their_list_and_to_the_search_of_the_house() -> None:
    house = OF_THE_LEDGER | {"aliases": "旧门牌：亭店村3组7号"}
    session = begun(form(house), HOUSE, other="hazard_inspection")
    session.answer(ALIAS + "[1]/alias", "老当铺")
    session.answer(ALIAS + "[1]/alias_kind", "popular")
    session.add_repeat(ALIAS)
    session.answer(ALIAS + "[2]/alias", "亭店村3组7号")
    effects = [effect for effect in session.effects() if effect.list == "aliases"]
    assert [effect.values["alias"] for effect in effects] == ["老当铺", "亭店村3组7号"]
    assert all(effect.values["building"] == HOUSE for effect in effects)
    assert filed(session)["buildings"].values["aliases"] == "旧门牌：亭店村3组7号；老当铺"


# -- the facts themselves ---------------------------------------------------------------------------


def test_every_fact_can_be_corrected_and_is_declared() -> None:
    definition = form()
    names = {path.rpartition("/")[2] for path in definition.nodes}
    facts = list(codelists()["profile_fact"].items)
    assert facts == [
        name.removeprefix("new_")
        for path in definition.nodes
        if (name := path.rpartition("/")[2]).startswith("new_")
    ]
    assert {f"reg_{name}" for name in facts} | set(facts) <= names
    assert schema("buildings").unknown(set(facts)) == ()
    assert set(codelists()["building_fact"].items) - {"plate_code"} <= set(facts)


def test_a_fact_is_called_the_same_where_it_is_asked_and_where_it_is_corrected() -> None:
    session = begun(form(OF_THE_LEDGER), HOUSE)
    for node in leaves(session.root):
        fact = node.name.removeprefix("new_")
        if node.name.startswith("new_"):
            assert session.node(node.path).label == codelists()["profile_fact"].items[fact].zh
