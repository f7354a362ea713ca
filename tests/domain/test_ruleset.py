"""Rule sets: exact limits, marks of source and confidence, and clear words for broken files."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.domain.codelists import codelists
from fieldapp.domain.ruleset import _parts, hazard_ruleset, load_ruleset, number, shown
from fieldapp.errors import UserError
from fieldapp.settings import resources

RULES = resources() / "rules" / "hazard-2022.2.toml"


def test_carried_rule_set() -> None:
    rules = hazard_ruleset()
    assert (rules.id, rules.version) == ("hazard", "2022.2")
    assert rules.limit("M7", "part") == Fraction(1, 150)
    assert rules.limit("C2b", "width_mm") == Fraction(1, 2)


def test_rule_sets_are_found_by_version() -> None:
    assert hazard_ruleset("2022.2") is hazard_ruleset()
    with pytest.raises(KeyError):
        hazard_ruleset("1999.1")
    assert sorted(["2022.10", "2022.2"], key=_parts) == ["2022.2", "2022.10"]


def test_numbers_of_low_confidence_are_not_confirmed() -> None:
    rules = hazard_ruleset().rules
    assert not rules["X2"].confirmed
    assert not rules["X3"].confirmed
    assert rules["M6"].confirmed
    assert not rules["C6"].confirmed


def test_lists_name_choices_that_exist() -> None:
    rules, lists = hazard_ruleset(), codelists()
    for key, of in {
        "crowded_uses": "building_use",
        "business_uses": "building_use",
        "addon": "alteration",
        "member_cut": "alteration",
        "geological": "site_risk",
        "steel_structures": "structure_type",
        "stone_structures": "structure_type",
        "frame_structures": "structure_type",
        "masonry_like": "material",
        "no_formal_design": "design_state",
        "unqualified_builder": "build_state",
        "grade_d": "appraisal_grade",
        "grade_c": "appraisal_grade",
        "may_stay_unseen": "check_item",
        "not_judged": "defect_kind",
    }.items():
        assert rules.lists[key] <= set(lists[of].items), key
    assert set(rules.materials) - {"floor_type"} == set(lists["structure_type"].items)
    assert set(rules.materials["floor_type"]) <= set(lists["floor_type"].items)
    named = {material for table in rules.materials.values() for material in table.values()}
    assert named <= set(lists["material"].items)


def test_every_text_can_be_filled() -> None:
    rules = hazard_ruleset()
    slots = [
        "rate",
        "width",
        "tilt",
        "slide",
        "ratio",
        "loss",
        "count",
        "defl",
        "span",
        "bound",
        "offset",
        "height",
    ]
    slots += ["limit_mm", "found_kinds", "found_places", "what", "floors"]
    for rule in rules.rules.values():
        finding = rule.finding(True, {name: Fraction(3) for name in slots})
        assert "{" not in finding.line() + finding.line("en")


def test_a_limit_as_a_number_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "hazard-9.toml"
    broken.write_text(
        RULES.read_text("utf-8").replace('loss_percent = "15"', "loss_percent = 15.0", 1), "utf-8"
    )
    with pytest.raises(UserError) as caught:
        load_ruleset(broken)
    assert caught.value.code == "DOMAIN_002"
    assert "hazard-9.toml" in str(caught.value)
    assert "loss_percent" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('source = "recalled"', 'source = "heard"'),
        ('several = "2"', 'several = "some"'),
        ('version = "2022.2"', ""),
        ("[lists]", "[lists"),
    ],
)
def test_broken_rule_sets_are_named(tmp_path: Path, old: str, new: str) -> None:
    broken = tmp_path / "hazard-9.toml"
    broken.write_text(RULES.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(UserError) as caught:
        load_ruleset(broken)
    assert caught.value.code == "DOMAIN_002"


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.8", Fraction(4, 5)), ("1/150", Fraction(1, 150)), ("", None), ("许多", None), ("1/0", None)],
)
def test_number(text: str, value: Fraction | None) -> None:
    assert number(text) == value


@given(st.decimals(min_value=-9999, max_value=9999, places=2, allow_nan=False))
def test_two_decimals_are_shown_as_they_are(value: object) -> None:
    exact = Fraction(str(value))
    assert Fraction(shown(exact)) == exact


@pytest.mark.parametrize(
    ("value", "text"), [("0.005", "0.01"), ("10", "10"), ("7.10", "7.1"), ("-0.001", "0")]
)
def test_shown(value: str, text: str) -> None:
    assert shown(Fraction(value)) == text
