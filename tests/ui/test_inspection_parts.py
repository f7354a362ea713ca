"""Controls of questions, and how a form is laid out: what they make of labels, dates and choices."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from fieldapp.forms import NodeView
from fieldapp.services.publishing import built_form, find_form
from fieldapp.ui.controls.moments import shown_moment
from fieldapp.ui.controls.registry import REGISTRY, maker_for
from fieldapp.ui.controls.selects import toggled
from fieldapp.ui.controls.wording import name_and_unit, read_date, read_moment
from fieldapp.ui.pages.inspection.sections import sections_of
from tests.services.office import CHINA, FORM, begin, new_laptop


@pytest.mark.parametrize("form_id", [FORM, "periodic_check"])
def test_every_question_has_a_control_and_a_place(tmp_path: Path, form_id: str) -> None:
    with new_laptop(tmp_path / "laptop") as laptop:
        laptop.store.forms.install(form_id, find_form(form_id).version, built_form(form_id))
        definition = laptop.filling.definition(form_id)
    sections = sections_of(definition)
    placed = {part.path for section in sections for part in section.parts}
    for node in definition.questions:
        assert node.control is not None
        assert maker_for(node.control.tag, node.bind.type, node.control.appearance)
        above = node.path.rpartition("/")[0]
        named = node.name.startswith("new_") or node.name == "fix_facts"
        assert node.path in placed or above in placed or named, node.path


def test_the_registry_prefers_the_exact_entry() -> None:
    assert maker_for("select1", "string", "autocomplete") is REGISTRY["select1", "", "autocomplete"]
    assert maker_for("input", "int", "") is REGISTRY["input", "int", ""]
    assert maker_for("input", "string", "phrases(x)") is REGISTRY["input", "", ""]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("3.20", date(2022, 3, 20)), ("320", date(2022, 3, 20)), ("1225", date(2022, 12, 25)),
        ("2023-01-05", date(2023, 1, 5)), ("20230105", date(2023, 1, 5)), ("+15", date(2022, 12, 23)),
        ("３．２０", date(2022, 3, 20)), ("13.40", None), ("morgen", None), ("", None),
    ],
)  # fmt: skip
def test_days_as_people_write_them(typed: str, read: date | None) -> None:
    assert read_date(typed, date(2022, 12, 8)) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [("9:40", "2022-12-08T09:40:00"), ("0940", "2022-12-08T09:40:00"),
     ("3.20 18:05", "2022-03-20T18:05:00"), ("25:00", None), ("x", None)],
)  # fmt: skip
def test_times_as_people_write_them(typed: str, read: str | None) -> None:
    found = read_moment(typed, datetime(2022, 12, 8, 9, 5, tzinfo=CHINA))
    assert (None if found is None else f"{found:%Y-%m-%dT%H:%M:%S}") == read
    assert found is None or found.tzinfo is CHINA


def test_moments_are_shown_in_the_districts_time() -> None:
    assert shown_moment("2022-12-08T01:40:00.000+00:00") == "2022-12-08 09:40"
    assert shown_moment("2022-12-08T09:40:00.000+08:00") == "2022-12-08 09:40"
    assert shown_moment("9:40 Uhr") == "9:40 Uhr"


@pytest.mark.parametrize(
    ("label", "parts"),
    [("最大缝宽（mm）", ("最大缝宽", "mm")), ("Length (m)", ("Length", "m")),
     ("截面损失（%）", ("截面损失", "%")), ("拍摄方向（0–359°）", ("拍摄方向（0–359°）", "")),
     ("梁（次）", ("梁（次）", ""))],
)  # fmt: skip
def test_units_stand_apart(label: str, parts: tuple[str, str]) -> None:
    assert name_and_unit(label) == parts


def test_none_stands_alone() -> None:
    order = ["none", "cordon", "evacuate"]
    assert toggled(["cordon"], "evacuate", order) == ("cordon", "evacuate")
    assert toggled(["cordon", "evacuate"], "none", order) == ("none",)
    assert toggled(["none"], "cordon", order) == ("cordon",)
    assert toggled(["cordon"], "cordon", order) == ()


def test_a_node_tells_what_is_kept_while_it_does_not_count(tmp_path: Path) -> None:
    with new_laptop(tmp_path / "laptop") as laptop:
        opened = begin(laptop)
        opened.answer("/data/g_result/phoned_to", "值班室")
        node: NodeView = opened.session.node("/data/g_result/phoned_to")
        assert (node.value, node.kept, node.calculated) == ("", "值班室", False)
        assert opened.session.node("/data/g_building/floors_up").calculated
