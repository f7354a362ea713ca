"""F18 through the engine: what a round asks, what it derives, what it saves, what it does not let pass."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest

from fieldapp.domain import patrol
from fieldapp.domain.codelists import codelists
from fieldapp.domain.patrol import ITEMS, later, load_patrol_rules, patrol_rules
from fieldapp.domain.sample import sample_district
from fieldapp.errors import UserError
from fieldapp.forms import FormDefinition, FormSession, load_form
from fieldapp.services.form_functions import form_functions
from fieldapp.services.publishing import built_form
from fieldapp.services.trial import RowLists
from tests.resources.filling import leaves, to_answer

DAY = "2022-12-08"
OUT, ITEM, D, G = "/data/g_outcome/", "/data/g_items/", "/data/g_defect/rep_defect/", "/data/g_result/"
PHOTO = "/data/g_photo/rep_photo[1]/photo"
PLAQUE = "/data/g_period/plaque_state"
NOTHING_FOUND = {
    OUT + "visit_result": "done",
    PHOTO.replace("[1]", ""): "photo:front",
    **{ITEM + item: "ok" for item in ITEMS},
    PLAQUE: "updated",
}
DEFECT = {D + "d_part": "二层东侧", D + "d_note": "抹灰脱落一处", D + "d_photo_near": "photo:near"}


@cache
def house() -> dict[str, str]:
    """A shop of 1996 in business use."""
    return next(
        row for row in sample_district(400) if row["is_business"] == "yes" and not row.get("hazard_level")
    ) | {"built_year": "1996"}


def opened(kind: str = "patrol", **known: str) -> FormSession:
    """F18 for that house, with what the register ``known`` besides."""
    row = house() | known
    lists = RowLists({"buildings": [row]})
    form: FormDefinition = load_form(
        built_form("periodic_check"),
        lists,
        form_functions(),
        clock=lambda: datetime(2022, 12, 8, 2, 0, tzinfo=UTC),
    )
    head = {
        "/data/visit_id": str(UUID(int=7)),
        "/data/ruleset_version": "2022.2",
        "/data/visit_date": DAY,
        "/data/g_visit/visit_kind": kind,
        "/data/g_visit/building_ref": row["name"],
    }
    return form.new_session(UUID(int=1), "zh", head)


def answer_all(session: FormSession, answers: dict[str, str]) -> int:
    """Answer what is asked, in order, until nothing is left; the number of answers."""
    given = 0
    while left := to_answer(session):
        session.answer(left[0], answers[left[0].replace("[1]", "")])
        given += 1
    return given


def test_nothing_found_asks_for_result_photo_seven_items_and_plaque() -> None:
    session = opened()
    # The one key stands for the result and the seven items: three keys on the screen.
    assert answer_all(session, NOTHING_FOUND) == 10
    assert session.validate() == ()
    assert session.attachments() == ("photo:front",)


def test_without_business_use_there_is_no_plaque() -> None:
    session = opened(building_use="res_self")
    assert answer_all(session, NOTHING_FOUND) == 9


@pytest.mark.parametrize("result", ["locked", "refused", "demolished", "notfound"])
def test_nobody_in_takes_four_answers(result: str) -> None:
    session = opened()
    session.answer(PHOTO, "photo:front")
    session.answer(OUT + "visit_result", result)
    session.answer(OUT + "visit_reason", "无人在家，邻居不知去向")
    session.answer(OUT + "next_visit_date", "2022-12-15")
    assert session.validate() == ()
    asked = [
        n.name
        for n in leaves(session.node("/data"))
        if n.kind == "question" and n.relevant and not n.readonly and "/g_visit/" not in n.path
    ]
    assert asked == ["visit_result", "visit_reason", "next_visit_date", "photo_kind", "photo", "photo_note"]
    (effect,) = session.effects()
    assert effect.values == {
        "last_visit": DAY, "last_result": result, "attempts": "1", "next_visit": "2022-12-15",
    }  # fmt: skip


def test_a_completed_round_moves_the_dates_of_the_register() -> None:
    session = opened(next_visit="2022-12-08", patrol_found="pc_roof", last_patrol="2022-11-08")
    answer_all(session, NOTHING_FOUND)
    saved = session.effects()[0].values
    assert (saved["last_patrol"], saved["patrol_due"], saved["next_visit"]) == (DAY, "2023-01-08", "")
    assert (saved["patrol_found"], saved["patrol_unseen"], saved["plaque_state"]) == ("", "", "updated")
    assert {"hazard_level", "hazard_basis", "last_annual", "annual_due"}.isdisjoint(saved)
    assert session.value("/data/g_period/reg_patrol_found") == "pc_roof"


def test_a_partial_round_leaves_the_house_due() -> None:
    session = opened()
    partial = {
        OUT + "visit_result": "partial", OUT + "visit_reason": "房间上锁", OUT + "unseen_parts": "三层",
        OUT + "next_visit_date": "2022-12-10",
    }  # fmt: skip
    answer_all(session, NOTHING_FOUND | partial)
    saved = session.effects()[0].values
    assert "patrol_due" not in saved
    assert saved["next_visit"] == "2022-12-10"


def test_what_is_found_needs_a_defect_and_a_judgement() -> None:
    session = opened()
    found = {ITEM + "pc_finish": "have", G + "hazard_level": "general", **DEFECT}
    without = answer_all(opened(), NOTHING_FOUND)
    assert answer_all(session, NOTHING_FOUND | found) == without + 4
    assert session.validate() == ()
    assert session.value(D.replace("defect/", "defect[1]/") + "d_item") == "pc_finish"
    saved = session.effects()[0].values
    assert (saved["hazard_level"], saved["hazard_basis"]) == ("general", "抹灰脱落一处")
    assert saved["hazard_deadline"] > DAY
    assert saved["hazard_rules"] == ""
    assert session.value(G + "safety_state") == "general"
    assert "限期修缮" in session.value(G + "advice")


def test_two_items_found_are_two_defects() -> None:
    session = opened()
    found = {ITEM + "pc_finish": "have", ITEM + "pc_roof": "have", G + "hazard_level": "general", **DEFECT}
    answer_all(session, NOTHING_FOUND | found)
    assert [(one.path, one.kind) for one in session.validate()] == [(G + "hazard_level", "constraint")]
    added = session.add_repeat("/data/g_defect/rep_defect")
    assert session.value(added + "/d_item") == "pc_roof"


def test_lower_than_suggested_needs_a_reason() -> None:
    session = opened()
    found = {
        ITEM + "pc_struct": "have", G + "hazard_level": "basic_safe", **DEFECT,
        G + "downgrade_reason": "裂缝为抹灰层开裂，主体未见异常",
    }  # fmt: skip
    answer_all(session, NOTHING_FOUND | found)
    assert session.value(G + "downgrade_reason") != ""
    assert session.effects()[0].values["hazard_basis"] == ""


def test_a_major_hazard_asks_who_was_phoned() -> None:
    session = opened()
    for path, value in (NOTHING_FOUND | {ITEM + "pc_struct": "have", G + "hazard_level": "major"}).items():
        session.answer(path.replace("rep_photo/", "rep_photo[1]/"), value)
    asked = {path.rpartition("/")[2] for path in to_answer(session)}
    assert {"control_taken", "phoned_to", "phoned_at"} <= asked


@pytest.mark.parametrize(
    ("known", "answers", "state"),
    [
        ({}, {}, "basic_safe"),
        ({}, {"pc_roof": "unseen"}, "pending"),
        ({"hazard_level": "basic_safe"}, {}, "basic_safe"),
        ({"hazard_level": "major"}, {}, "major"),
        ({"hazard_level": "general"}, {"pc_roof": "unseen"}, "general"),
    ],
)
def test_the_state_is_never_better_than_what_was_judged(
    known: dict[str, str], answers: dict[str, str], state: str
) -> None:
    session = opened(**known)
    answer_all(
        session,
        NOTHING_FOUND
        | {ITEM + name: value for name, value in answers.items()}
        | {ITEM + "pc_roof_why": "上锁"},
    )
    assert session.value(G + "safety_state") == state
    assert "hazard_level" not in session.effects()[0].values


@pytest.mark.parametrize(
    ("known", "years"),
    [
        ({"built_year": "1992"}, "1"),
        ({"built_year": "1993"}, "3"),
        ({"built_year": "2002"}, "3"),
        ({"built_year": "2003"}, "5"),
        ({"built_year": "2003", "hazard_level": "general"}, "1"),
        ({"built_year": ""}, "1"),
    ],
)
def test_the_period_follows_age_and_hazard(known: dict[str, str], years: str) -> None:
    session = opened(**known)
    answer_all(session, NOTHING_FOUND)
    assert session.value("/data/g_period/required_interval_y") == years


def test_the_yearly_inspection_counts_from_itself_else_from_the_last() -> None:
    session = opened("annual")
    answer_all(session, NOTHING_FOUND)
    saved = session.effects()[0].values
    assert (saved["last_annual"], saved["annual_due"]) == (DAY, "2025-12-08")
    session = opened(last_annual="2019-12-07")
    answer_all(session, NOTHING_FOUND)
    assert session.value("/data/g_period/annual_overdue") == "yes"
    assert session.effects()[0].values["annual_due"] == "2022-12-07"
    session = opened()
    answer_all(session, NOTHING_FOUND)
    assert session.value("/data/g_period/annual_overdue") == "unknown"


def test_the_one_key_goes_with_the_items() -> None:
    session = opened()
    answer_all(session, NOTHING_FOUND)
    session.answer(ITEM + "one_key_at", "2022-12-08T10:26:00+08:00")
    assert b"one_key_at>2022-12-08T10:26" in session.to_xml()
    session.answer(OUT + "visit_result", "locked")
    assert b"one_key_at" not in session.to_xml()


def test_items_of_code_list_form_and_rules_are_the_same() -> None:
    assert tuple(codelists()["patrol_item"].items) == ITEMS
    assert set(patrol_rules().levels) == {*ITEMS, "unseen"}
    asked = [node.path for node in leaves(opened().node("/data/g_items")) if node.name in ITEMS]
    assert asked == [ITEM + item for item in ITEMS]


def test_a_month_later_never_skips_a_month() -> None:
    assert later(date(2023, 1, 31), months=1) == date(2023, 2, 28)
    assert later(date(2022, 12, 8), months=1) == date(2023, 1, 8)
    assert later(date(2024, 2, 29), months=12) == date(2025, 2, 28)


def test_a_missing_answer_gives_no_level() -> None:
    assert patrol_rules().level(dict.fromkeys(ITEMS[1:], "ok")) == ""
    assert patrol.FORM_FUNCTIONS["patrol-next"]({"visit_date": "soon"}) == ""


def test_a_broken_rule_set_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "patrol-1.toml"
    broken.write_text('version = "1"\n', "utf-8")
    with pytest.raises(UserError) as caught:
        load_patrol_rules(broken)
    assert caught.value.code == "DOMAIN_002"
