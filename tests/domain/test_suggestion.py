"""The suggested level: thresholds of a whole building, and the way from findings to a level."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.domain.codelists import codelists
from fieldapp.domain.ruleset import RANK
from fieldapp.domain.suggestion import FORM_FUNCTIONS, advice, deadline, suggest
from tests.domain.houses import bow, crack, house, with_defect

BUILDINGS: list[tuple[str, dict[str, str], str, str]] = [
    # G4: tilt of the whole building, 3 % up to two storeys, 2 % from three
    ("masonry", {"tilt_seen": "have", "tilt_mm": "270", "tilt_h_m": "9"}, "basic_safe", ""),
    ("masonry", {"tilt_seen": "have", "tilt_mm": "271", "tilt_h_m": "9"}, "major", "G4a"),
    ("masonry", {"tilt_seen": "have", "tilt_mm": "180", "tilt_h_m": "9", "floors_up": "3"}, "basic_safe", ""),
    ("masonry", {"tilt_seen": "have", "tilt_mm": "181", "tilt_h_m": "9", "floors_up": "3"}, "major", "G4b"),
    ("masonry", {"tilt_seen": "have", "tilt_mm": "200", "tilt_h_m": "9", "floors_up": ""}, "pending", ""),
    ("masonry", {"tilt_seen": "have"}, "pending", ""),
    (
        "rc_wall",
        {"tilt_seen": "have", "tilt_mm": "210", "tilt_h_m": "30", "floors_up": "10"},
        "basic_safe",
        "",
    ),
    ("rc_wall", {"tilt_seen": "have", "tilt_mm": "211", "tilt_h_m": "30", "floors_up": "10"}, "major", "G4c"),
    ("rc_wall", {"tilt_seen": "have", "tilt_mm": "351", "tilt_h_m": "70", "floors_up": "24"}, "major", "G4d"),
    # G1: settlement rates
    ("masonry", {"ground_settle": "have", "settle_rate_mm_month": "4"}, "basic_safe", ""),
    ("masonry", {"ground_settle": "have", "settle_rate_mm_month": "4.1"}, "major", "G1a"),
    ("masonry", {"ground_settle": "have"}, "pending", ""),
    (
        "masonry",
        {
            "ground_settle": "have",
            "settle_rate_mm_month": "1",
            "adjacent_works": "yes",
            "settle_rate_mm_day": "2.1",
        },
        "major",
        "G1b",
    ),
    # G5, H6
    (
        "masonry",
        {"site_condition": "have", "site_risk": "slope", "slide_mm": "10", "slide_moving": "yes"},
        "basic_safe",
        "",
    ),
    (
        "masonry",
        {"site_condition": "have", "site_risk": "slope", "slide_mm": "11", "slide_moving": "yes"},
        "major",
        "G5",
    ),
    (
        "masonry",
        {"site_condition": "have", "site_risk": "slope", "slide_mm": "11", "slide_moving": "unknown"},
        "pending",
        "",
    ),
    ("masonry", {"site_condition": "have", "site_risk": "landslide"}, "major", "H6"),
    ("masonry", {"site_condition": "have", "site_risk": "water"}, "basic_safe", ""),
    # H3, H4, H5, H7, H9
    (
        "steel_portal",
        {
            "alteration_found": "have",
            "alteration_now": "mezzanine",
            "alteration_design": "no",
            "alteration_support": "main",
        },
        "major",
        "H3",
    ),
    (
        "steel_portal",
        {
            "alteration_found": "have",
            "alteration_now": "mezzanine",
            "alteration_design": "no",
            "alteration_support": "indep",
        },
        "general",
        "N1",
    ),
    (
        "steel_portal",
        {
            "alteration_found": "have",
            "alteration_now": "mezzanine",
            "alteration_design": "yes",
            "alteration_support": "main",
        },
        "basic_safe",
        "",
    ),
    (
        "steel_frame",
        {"alteration_found": "have", "alteration_now": "add_storey", "alteration_design": "unknown"},
        "major",
        "H3",
    ),
    (
        "masonry",
        {"alteration_found": "have", "alteration_now": "wall_removed", "alteration_design": "no"},
        "major",
        "H4",
    ),
    (
        "masonry",
        {"alteration_found": "have", "alteration_now": "roof_shed", "alteration_design": "no"},
        "general",
        "N1",
    ),
    (
        "masonry",
        {"alteration_found": "have", "alteration_now": "facade", "alteration_design": "no"},
        "basic_safe",
        "",
    ),
    (
        "masonry",
        {"works_ongoing": "have", "works_structural": "yes", "works_in_use": "yes", "works_design": "yes"},
        "major",
        "H4",
    ),
    (
        "masonry",
        {"works_ongoing": "have", "works_structural": "yes", "works_in_use": "no", "works_design": "yes"},
        "basic_safe",
        "",
    ),
    ("masonry", {"works_ongoing": "have", "works_structural": "no", "works_in_use": "yes"}, "basic_safe", ""),
    ("stone", {"stone_broken": "have"}, "major", "H5"),
    ("masonry", {"facade_risk": "have", "facade_people": "yes"}, "major", "H7"),
    ("masonry", {"facade_risk": "have", "facade_people": "no"}, "basic_safe", ""),
    ("masonry", {"appraisal_grade": "D"}, "major", "H9"),
    ("masonry", {"appraisal_grade": "rel_4"}, "major", "H9"),
    ("masonry", {"appraisal_grade": "C"}, "general", "N6"),
    ("masonry", {"appraisal_grade": "B"}, "basic_safe", ""),
    # N2, N3, N4, overload
    ("masonry", {"building_use": "hotel", "design_state": "none"}, "general", "N2"),
    (
        "masonry",
        {"building_use": "hotel", "design_state": "qualified", "build_state": "qualified"},
        "basic_safe",
        "",
    ),
    (
        "masonry",
        {"building_use": "hotel", "design_state": "unknown", "build_state": "unknown"},
        "basic_safe",
        "",
    ),
    ("masonry", {"building_use": "res_self", "design_state": "none"}, "basic_safe", ""),
    ("stone", {"floors_up": "2"}, "basic_safe", ""),
    ("stone", {"floors_up": "3"}, "general", "N3"),
    ("masonry", {"reinforced_by": "craftsman"}, "general", "N4"),
    ("steel_portal", {"overload": "have"}, "general", "L1"),
    ("masonry", {"overload": "have"}, "pending", ""),
    # what was not seen
    ("masonry", {"foundation_damage": "unseen"}, "basic_safe", ""),
    ("masonry", {"beam_damage": "unseen"}, "pending", ""),
    ("masonry", {"beam_damage": "absent"}, "basic_safe", ""),
    ("masonry", {"beam_damage": ""}, "pending", ""),
    ("masonry", {"visit_result": "partial"}, "pending", ""),
    ("masonry", {"beam_damage": "have"}, "pending", ""),  # found, but nothing recorded
]


@pytest.mark.parametrize(("structure", "answers", "level", "rule"), BUILDINGS)
def test_building(structure: str, answers: dict[str, str], level: str, rule: str) -> None:
    found = suggest(house(structure, **answers))
    assert found.level == level
    assert (rule in found.rules) if rule else (found.rules == ())


@pytest.mark.parametrize(
    ("width", "tilt_mm", "rule"),
    [("10.1", "91", "G2"), ("10", "91", ""), ("10.1", "90", ""), ("4.9", "270", "")],
)
def test_settlement_crack_needs_tilt_as_well(width: str, tilt_mm: str, rule: str) -> None:
    facts = with_defect(
        "masonry", "wall", "crack", **crack("vertical", width, crack_cause="settlement", crack_ratio="0.2")
    )
    found = suggest(facts | {"tilt_seen": "have", "tilt_mm": tilt_mm, "tilt_h_m": "9"})
    assert ("G2" in found.rules) == bool(rule)


def test_tilt_and_diagonal_crack_of_a_wall_is_major() -> None:
    facts = with_defect("stone", "wall", "crack", **crack("diagonal", "0.4"))
    found = suggest(facts | {"tilt_seen": "have", "tilt_mm": "10", "tilt_h_m": "9"})
    assert found.level == "major"
    assert {"H8", "X1"} <= set(found.rules)


def test_one_kind_of_wall_crack_at_three_places_is_general() -> None:
    facts = with_defect("masonry", "wall", "crack", **crack("diagonal", "0.4"))
    rows = facts["rep_defect"]
    assert isinstance(rows, list)
    assert suggest(facts | {"rep_defect": rows * 2}).level == "basic_safe"
    found = suggest(facts | {"rep_defect": rows * 3})
    assert (found.level, "Y" in found.rules) == ("general", True)


def test_overloaded_and_deformed_steel_is_major() -> None:
    facts = with_defect("steel_portal", "beam", "deflection", **bow("10", "6"))
    assert "L2" in suggest(facts | {"overload": "have"}).rules


def test_unknown_storeys_keep_a_stone_house_pending() -> None:
    assert suggest(house("stone", floors_up="")).level == "pending"


def test_findings_speak_both_languages_and_mark_what_is_not_confirmed() -> None:
    found = suggest(with_defect("masonry", "wall", "crack", **crack("diagonal", "0.8")))
    (finding,) = found.findings
    assert finding.line() == "Y1 墙体斜裂缝宽0.8 mm，低于X2限值（X2限10 mm）*"
    assert finding.line("en") == "Y1 diagonal crack of a wall 0.8 mm wide, below X2 (X2 limit 10 mm)*"
    assert (finding.exceeded, finding.confirmed, finding.value, finding.limit) == (False, False, "0.8", "10")


def test_confirmed_finding_has_no_mark() -> None:
    (finding,) = suggest(with_defect("rc_frame", "balcony", "rebar", loss_pct="18")).findings
    assert finding.line() == "C4 主筋截面损失18%（限15%）"
    assert (finding.level, finding.clause) == ("general", "JGJ 125-2016 5.4.3")


def test_a_missing_measurement_is_said() -> None:
    found = suggest(with_defect("rc_frame", "beam", "rebar"))
    (finding,) = found.findings
    assert (finding.decided, finding.exceeded) == (False, False)
    assert "未测" in finding.text
    assert "not measured" in finding.text_en
    assert found.undecided == ("defect 1",)


def test_rounding_never_hides_that_a_limit_is_passed() -> None:
    (finding,) = suggest(with_defect("masonry", "wall", "tilt", tilt_mm="21.001", tilt_h="3")).findings
    assert finding.exceeded
    assert finding.value == "7.000333"


def test_key_appraisal_of_general_hazards() -> None:
    facts = house("stone", floors_up="3", building_use="shop", design_state="none", self_built="self_rural")
    assert suggest(facts).key_appraisal == ("no_formal", "self_biz")
    assert suggest(facts | {"stone_broken": "have"}).key_appraisal == ()


def test_low_rural_houses_for_own_use_are_no_key_class() -> None:
    facts = house("stone", floors_up="3", design_state="none", self_built="self_rural")
    assert suggest(facts).key_appraisal == ()


def test_advice_follows_level_and_rules() -> None:
    found = suggest(
        house("masonry", alteration_found="have", alteration_now="roof_shed", alteration_design="no")
    )
    assert advice("general", found).startswith("1. 限期委托有资质的鉴定机构鉴定")
    assert "加建、改造部分停止使用" in advice("general", found)
    assert "加建" not in advice("basic_safe", found)
    assert advice("", found) == ""


@pytest.mark.parametrize(
    ("level", "day", "expected"),
    [
        ("general", "2022-12-08", "2023-01-07"),
        ("major", "2022-12-08", "2022-12-11"),
        ("basic_safe", "2022-12-08", ""),
        ("general", "", ""),
    ],
)
def test_deadline(level: str, day: str, expected: str) -> None:
    assert deadline(level, day) == expected


def test_functions_of_forms_take_facts() -> None:
    facts = house("masonry", appraisal_grade="D") | {"hazard_level": "major", "visit_date": "2022-12-08"}
    assert FORM_FUNCTIONS["hazard-suggestion"](facts) == "major"
    assert FORM_FUNCTIONS["hazard-rules"](facts) == "H9"
    assert FORM_FUNCTIONS["hazard-deadline"](facts) == "2022-12-11"
    assert FORM_FUNCTIONS["hazard-advice"](facts).endswith("。")


def test_a_form_just_opened_is_pending() -> None:
    assert suggest({}).level == "pending"


def names(list_name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(codelists()[list_name].items))


@settings(max_examples=300)
@given(
    structure=names("structure_type"),
    component=names("component_seen"),
    direction=names("crack_dir"),
    spot=names("crack_spot") | st.just(""),
    ratio=st.sampled_from(["", "0.2", "0.4", "0.9"]),
    count=st.sampled_from(["", "1", "3"]),
    widths=st.tuples(st.integers(1, 200), st.integers(1, 200)),
)
def test_a_wider_crack_never_lowers_the_level(
    structure: str, component: str, direction: str, spot: str, ratio: str, count: str, widths: tuple[int, int]
) -> None:
    levels = [
        suggest(
            with_defect(
                structure,
                component,
                "crack",
                **crack(direction, f"{width / 10}", spot=spot, crack_ratio=ratio, crack_n=count),
            )
        ).level
        for width in sorted(widths)
    ]
    assert RANK[levels[0]] <= RANK[levels[1]]


@settings(max_examples=300)
@given(
    structure=names("structure_type"),
    component=names("component_seen"),
    kind=names("defect_kind"),
    material=names("material") | st.just(""),
    values=st.dictionaries(
        st.sampled_from(["crack_w", "crack_ratio", "tilt_mm", "tilt_h", "defl_mm", "span", "loss_pct"]),
        st.sampled_from(["", "0", "0.5", "12", "x"]),
    ),
)
def test_any_defect_can_be_judged(
    structure: str, component: str, kind: str, material: str, values: dict[str, str]
) -> None:
    found = suggest(with_defect(structure, component, kind, material=material, **values))
    assert found.level in codelists()["hazard_level"].items
    assert all(finding.line() and finding.line("en") for finding in found.findings)
