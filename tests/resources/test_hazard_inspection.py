"""F02 through the engine: what it asks, what it derives, what it does not let pass."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fieldapp.domain.codelists import codelists
from fieldapp.domain.ruleset import hazard_ruleset
from fieldapp.domain.suggestion import CHECK_ITEMS
from fieldapp.errors import UserError
from fieldapp.forms import FormSession
from fieldapp.settings import resources
from tests.resources.filling import DAY, bare, form, leaves, opened, register, to_answer

VISITS = sorted((resources() / "samples" / "visits").glob("*.json"))
OUT = "/data/g_outcome/"
P = "/data/g_photo/rep_photo/"
C = "/data/g_check/"
D = "/data/g_defect/rep_defect/"
G = "/data/g_result/"
NOTHING_FOUND = {
    OUT + "visit_result": "done",
    P + "photo": "photo:front",
    "/data/g_photo/photo_plate_why": "未安装门牌",
    **{C + item: "ok" for item in CHECK_ITEMS},
    C + "persons_now": "3",
    G + "hazard_level": "basic_safe",
}


def plain() -> FormSession:
    """The hotel of the sample district: qualified design and builder, nothing against it."""
    return opened("350502001007-0001")


BEFORE_THE_RESULT = {
    *("started_at", "ended_at", "visit_id", "ruleset_version", "visit_date", "meta"),
    *("continues", "continued_day", "unseen_before", "carried", "held"),
    *("g_visit", "g_building", "g_outcome"),
}


def answer_all(session: FormSession, answers: dict[str, str]) -> int:
    """Answer what is asked, in order, until nothing is left; the number of answers."""
    given = 0
    while left := to_answer(session):
        path = left[0].replace("[1]", "")
        session.answer(left[0], answers[path])
        given += 1
    return given


def test_nothing_found_takes_at_most_25_answers() -> None:
    session = plain()
    assert (
        answer_all(session, NOTHING_FOUND) <= 25 - 2
    )  # even if kind of visit and building were answered too
    assert session.validate() == ()


def test_a_crack_takes_five_more() -> None:
    without = answer_all(plain(), NOTHING_FOUND)
    session = plain()
    crack = {
        C + "wall_damage": "have",
        D + "d_part": "东侧",
        D + "d_crack_dir": "diagonal",
        D + "d_crack_w": "0.3",
        D + "d_growing": "no",
        D + "d_photo_near": "photo:crack",
    }
    assert answer_all(session, NOTHING_FOUND | crack) == without + 5
    assert session.validate() == ()
    assert session.value(D + "d_component") == "wall"
    assert session.value(D + "d_kind") == "crack"


@pytest.mark.parametrize("result", ["locked", "refused", "demolished", "notfound"])
def test_nobody_in_takes_four_answers_and_nothing_else_is_asked(result: str) -> None:
    session = plain()
    session.answer(OUT + "visit_result", result)
    session.answer(OUT + "visit_reason", "无人在家，邻居不知去向")
    session.answer(OUT + "next_visit_date", "2022-12-15")
    session.answer("/data/g_photo/rep_photo[1]/photo", "photo:front")
    assert session.validate() == ()
    asked = [
        n for n in leaves(session.node("/data")) if n.kind == "question" and n.relevant and not n.readonly
    ]
    after = [node.name for node in asked if not node.path.startswith("/data/g_visit/")]
    assert after == ["visit_result", "visit_reason", "next_visit_date", "photo_kind", "photo"]
    assert session.value("/data/g_photo/rep_photo[1]/photo_kind") == "front"
    (effect,) = session.effects()
    expected = {"last_visit": DAY, "last_result": result, "attempts": "1", "next_visit": "2022-12-15"}
    assert effect.values == expected


@pytest.mark.parametrize("result", ["", "locked", "refused", "demolished", "notfound"])
def test_nothing_after_the_result_counts_unless_somebody_came_in(result: str) -> None:
    """Not even what is calculated: rules, levels and the register hear nothing of such a visit."""
    session = plain()
    answer_all(session, NOTHING_FOUND | {G + "hazard_level": "general", G + "hazard_basis": "检查人员判断"})
    session.answer(OUT + "visit_result", result)
    after = [
        node for node in leaves(session.node("/data")) if node.path.split("/")[2] not in BEFORE_THE_RESULT
    ]
    if result:
        photos = {"photo_kind", "photo", "photo_kinds"}
        assert {n.name for n in after if n.relevant} - {"visit_reason", "next_visit_date"} == photos
    else:
        assert [node.name for node in after if node.relevant] == []
    assert b"hazard_level" not in session.to_xml()
    assert b"hazard_level>general" in session.draft_xml()


def test_what_is_derived_is_saved_only_where_its_facts_are_known() -> None:
    session = plain()
    session.answer(OUT + "visit_result", "done")
    saved = session.effects()[0].values
    assert (saved["crowded_place"], saved["is_business"], saved["si_wu"]) == ("yes", "yes", "")
    session = bare()
    session.answer(OUT + "visit_result", "done")
    assert {"crowded_place", "is_business", "si_wu"}.isdisjoint(session.effects()[0].values)
    session.answer("/data/g_fix/fix_facts", "building_use build_state")
    session.answer("/data/g_fix/new_building_use", "res_self")
    session.answer("/data/g_fix/new_build_state", "self")
    saved = session.effects()[0].values
    assert (saved["crowded_place"], saved["is_business"], saved["si_wu"]) == ("no", "no", "no_builder")


def test_a_corrected_address_is_found_and_sorted_by_its_new_form() -> None:
    session = plain()
    session.answer(OUT + "visit_result", "done")
    (before,) = session.effects()
    assert (before.label, {"address_norm", "address_order"} & set(before.values)) == ("", set())
    session.answer("/data/g_fix/fix_facts", "address_detail")
    session.answer("/data/g_fix/new_address_detail", "涂门街６６号之2")
    (effect,) = session.effects()
    assert effect.label == "涂门街６６号之2"
    assert (effect.values["address_norm"], effect.values["address_order"]) == (
        "涂门街66-2号",
        "涂门街000066-000002!",
    )


def test_streets_and_communities_are_a_cascade() -> None:
    streets = {row["street"]: code for code, row in register().by_code.items()}
    found = {}
    for street, code in streets.items():
        session = opened(code)
        assert len(session.choices("/data/g_building/street")) == 8
        found[street] = [choice.name for choice in session.choices("/data/g_building/community")]
        assert all(name.startswith(street) for name in found[street])
    assert sorted(map(len, found.values())) == [7, 8, 9, 10, 11, 11, 12, 13]
    assert sum(map(len, found.values())) == 81


def test_a_partial_visit_lists_what_was_not_seen() -> None:
    session = plain()
    session.answer(OUT + "visit_result", "partial")
    assert {OUT + "unseen_parts", OUT + "visit_reason", OUT + "next_visit_date"} <= set(to_answer(session))
    answer_all(
        session,
        NOTHING_FOUND
        | {
            OUT + "unseen_parts": "四层",
            OUT + "visit_reason": "房间上锁",
            OUT + "next_visit_date": "2022-12-15",
            G + "hazard_level": "pending",
            G + "hazard_basis": "四层未查看",
        },
    )
    assert session.value(G + "hazard_suggested") == "pending"
    assert session.validate() == ()


def test_unseen_needs_its_reason() -> None:
    session = plain()
    session.answer(OUT + "visit_result", "done")
    session.answer(C + "beam_damage", "unseen")
    assert C + "beam_damage_why" in to_answer(session)


def test_a_lower_level_needs_ten_characters() -> None:
    session = plain()
    answer_all(session, NOTHING_FOUND | {C + "stone_broken": "have", **_broken_stone(), **_major()})
    assert session.value(G + "hazard_suggested") == "major"
    assert session.validate() == ()
    session.answer(G + "hazard_level", "general")
    session.answer(G + "downgrade_reason", "不严重")
    assert [one.path for one in session.validate()] == [G + "downgrade_reason"]
    session.answer(G + "downgrade_reason", "断裂构件已退出工作，且有临时支撑")
    assert session.validate() == ()
    session.answer(G + "hazard_level", "major")
    assert not session.node(G + "downgrade_reason").relevant


def _broken_stone() -> dict[str, str]:
    return {D + "d_component_pick": "beam", D + "d_part": "二层走廊", D + "d_photo_near": "photo:stone"}


def _major() -> dict[str, str]:
    return {
        G + "hazard_level": "major",
        G + "hazard_basis": "二层走廊石梁断裂",
        G + "control_taken": "cordon",
        G + "phoned_to": "值班室",
        G + "phoned_at": "2022-12-08T10:00:00.000+08:00",
    }


def test_major_on_the_spot_asks_who_was_phoned_and_what_was_done() -> None:
    session = plain()
    session.answer(OUT + "visit_result", "done")
    session.answer(G + "hazard_level", "major")
    assert {G + "phoned_to", G + "phoned_at", G + "control_taken", G + "hazard_basis"} <= set(
        to_answer(session)
    )
    session.answer(G + "control_taken", "none cordon")
    assert G + "control_taken" in [one.path for one in session.validate() if one.kind == "constraint"]


@pytest.mark.parametrize(
    "path",
    [
        G + "hazard_suggested",
        G + "hazard_rules",
        G + "lower_than_suggested",
        "/data/g_building/structure_type",
    ],
)
def test_nobody_overwrites_what_rules_and_register_say(path: str) -> None:
    session = plain()
    answer_all(session, NOTHING_FOUND)
    said = session.value(path)
    with pytest.raises(UserError, match="FORM_020"):
        session.answer(path, "major")
    assert session.value(path) == said


def test_advice_and_deadline_are_proposed_and_stay_editable() -> None:
    session = plain()
    answer_all(session, NOTHING_FOUND | {G + "hazard_level": "general", G + "hazard_basis": "检查人员判断"})
    assert session.value(G + "advice").startswith("1. 限期委托")
    assert session.value(G + "deadline") == "2023-01-07"
    session.answer(G + "advice", "限期维修")
    session.answer(G + "deadline", "2023-03-01")
    session.answer(C + "persons_now", "4")
    assert (session.value(G + "advice"), session.value(G + "deadline")) == ("限期维修", "2023-03-01")
    session.answer(G + "deadline", "2022-12-07")
    assert [one.path for one in session.validate()] == [G + "deadline"]


def test_an_item_found_without_its_defect_is_named() -> None:
    session = plain()
    session.answer(OUT + "visit_result", "done")
    session.answer(C + "wall_damage", "have")
    session.answer(C + "beam_damage", "have")
    session.answer(G + "hazard_level", "pending")
    assert session.value(G + "items_missing_defect") == "beam_damage"
    assert G + "hazard_level" in [one.path for one in session.validate() if one.kind == "constraint"]
    session.add_repeat("/data/g_defect/rep_defect")
    assert session.value("/data/g_defect/rep_defect[2]/d_item") == "beam_damage"
    assert session.value(G + "items_missing_defect") == ""


def test_facts_come_from_the_register_and_are_corrected_in_place() -> None:
    session = opened("350502006019-0001")
    assert session.value("/data/g_building/structure_type") == "stone"
    assert session.node("/data/g_building/community").text == "亭店社区"
    assert session.value("/data/g_building/si_wu") == "no_approval no_design no_builder no_accept"
    session.answer(OUT + "visit_result", "done")
    session.answer("/data/g_fix/fix_facts", "structure_type floors_up")
    assert "/data/g_fix/fix_reason" in to_answer(session)
    session.answer("/data/g_fix/new_structure_type", "stone_timber")
    session.answer("/data/g_fix/new_floors_up", "2")
    session.answer("/data/g_fix/fix_reason", "现场核实与台账不符")
    assert session.value("/data/g_building/structure_type") == "stone_timber"
    assert session.value("/data/g_building/reg_structure_type") == "stone"
    (effect,) = session.effects()
    assert (effect.values["structure_type"], effect.values["floors_up"]) == ("stone_timber", "2")
    assert "area_m2" not in effect.values
    assert effect.action == "update"


@pytest.mark.parametrize(
    ("question", "bad", "good"),
    [
        ("owner_phone", "12345", "13800000000"),
        ("owner_phone", "0595-123", "0595-22345678"),
        ("floors_up", "0", "3"),
        ("built_year", "2023", "2022"),
        ("address_detail", "不详", "亭店路12号"),
    ],
)
def test_corrections_are_checked(question: str, bad: str, good: str) -> None:
    session = plain()
    session.answer(OUT + "visit_result", "done")
    session.answer("/data/g_fix/fix_facts", question)
    path = f"/data/g_fix/new_{question}"
    session.answer(path, bad)
    assert path in [one.path for one in session.validate() if one.kind == "constraint"]
    session.answer(path, good)
    assert path not in [one.path for one in session.validate()]


def test_uses_that_count_are_those_of_the_rule_set() -> None:
    rules = hazard_ruleset()
    session = plain()
    session.answer(OUT + "visit_result", "done")
    session.answer("/data/g_fix/fix_facts", "building_use")
    for use in codelists()["building_use"].items:
        session.answer("/data/g_fix/new_building_use", use)
        crowded = session.value("/data/g_building/crowded_place") == "yes"
        business = session.value("/data/g_building/is_business") == "yes"
        assert crowded == (use in rules.lists["crowded_uses"]), use
        assert business == (use in rules.lists["business_uses"]), use


def test_an_old_basis_never_stands_beside_a_new_level() -> None:
    session = plain()
    answer_all(session, NOTHING_FOUND | {G + "hazard_level": "general", G + "hazard_basis": "检查人员判断"})
    assert session.effects()[0].values["hazard_deadline"] == "2023-01-07"
    session.answer(G + "hazard_level", "basic_safe")
    saved = session.effects()[0].values
    assert (saved["hazard_level"], saved["hazard_basis"], saved["hazard_deadline"]) == ("basic_safe", "", "")


def test_labels_and_messages_are_in_both_languages() -> None:
    assert len(form().languages) == 2
    for language in ("zh", "en"):
        session = opened("350502006019-0001", language=language)
        for node in leaves(session.node("/data")):
            if node.kind == "question":
                assert node.label, (language, node.path)
                assert node.label != "-", (language, node.path)
                assert node.label.isascii() or language == "zh" or "m²" in node.label or "°" in node.label, (
                    node.label
                )


EXPECTED = {
    "1-major-hazard": "major",
    "2-locked-door": "",
    "3-crowded-place": "basic_safe",
    "4-stone-house": "general",
    "5-steel-factory": "general",
}


@pytest.mark.parametrize("path", VISITS, ids=lambda path: path.stem)
def test_answer_files_leave_no_violation(path: Path) -> None:
    visit = json.loads(path.read_text("utf-8"))
    session = opened(visit["building"]["code"], visit["visit"]["kind"])
    assert session.value("/data/g_building/address_detail") == visit["building"]["find"]
    for step in visit["answers"]:
        if isinstance(step, dict):
            session.add_repeat(step["add"])
        else:
            session.answer(*step)
    assert session.validate() == ()
    assert session.value(G + "hazard_suggested") == EXPECTED[path.stem]
    photos = session.attachments()
    assert all(name.startswith("photo:") for name in photos)
    assert len(photos) == len(set(photos))
    assert len(photos) >= (1 if path.stem == "2-locked-door" else 6)
    assert visit["visit"]["started_at"].startswith(DAY)


def test_there_are_five_visits() -> None:
    assert {path.stem for path in VISITS} == set(EXPECTED)
