"""Choices: cascades in lists inside the form and outside it, labels, membership."""

from __future__ import annotations

import pytest

from fieldapp.errors import UserError
from fieldapp.forms import load_form
from tests.forms.scenario import Lists, Scenario, written, xform

CASCADE = """
| survey |
| | type | name | label::中文 (zh) | label::English (en) | choice_filter | calculation | relevant |
| | select_one street | street | 街道 | Street | | | |
| | select_one community | community | 社区 | Community | street=${street} | | |
| | select_multiple damage | damage | 损坏 | Damage | | | |
| | calculate | shown | | | | jr:choice-name(${street}, '${street}') | |
| | note | note | 街道 ${shown} | Street ${shown} | | | |
| | text | tilt | 倾斜 | Tilt | | | selected(${damage}, 'tilt') |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) | street |
| | street | lc | 鲤城 | Licheng | |
| | street | fz | 丰泽 | Fengze | |
| | community | a | 甲 | A | lc |
| | community | b | 乙 | B | lc |
| | community | c | 丙 | C | fz |
| | damage | crack | 裂缝 | Crack | |
| | damage | tilt | 倾斜 | Tilt | |
"""


def test_a_cascade_filters_by_the_answer_above() -> None:
    s = Scenario.of(CASCADE)
    assert s.choices("street") == ["lc", "fz"]
    assert s.choices("community") == []
    s.answer("street", "lc")
    assert (s.choices("community"), s.labels("community")) == (["a", "b"], ["甲", "乙"])
    s.answer("community", "b")
    assert s.violations() == []
    s.answer("street", "fz")
    assert s["community"] == "b"  # not taken away unseen: shown as a violation
    assert s.violations() == [("/data/community", "choice")]


def test_labels_and_choice_names_follow_the_language() -> None:
    s = Scenario.of(CASCADE)
    s.answer("street", "lc")
    s.answer("damage", " crack  tilt ")
    damage = s.session.node("/data/damage")
    assert (damage.value, damage.text) == ("crack tilt", "裂缝、倾斜")
    assert (s["shown"], s.relevant("tilt")) == ("鲤城", True)
    s.session.use_language("en")
    assert (damage.text, s["shown"], s.session.node("/data/note").label) == (
        "Crack、Tilt",
        "Licheng",
        "Street Licheng",
    )


def test_membership_is_checked_for_lists_inside_the_form() -> None:
    s = Scenario.of(CASCADE)
    s.answer("damage", "crack fire")
    assert s.violations() == [("/data/damage", "choice")]


BUILDINGS = [
    {"name": "u1", "label": "涂门街 1 号", "street": "lc", "floors": "3", "__version": "4"},
    {"name": "u2", "label": "涂门街 2 号", "street": "lc", "floors": "6", "__version": "1"},
    {"name": "u3", "label": "田安路 3 号", "street": "fz", "floors": "1", "__version": "2"},
]
OUTSIDE = """
| survey |
| | type | name | label | choice_filter | calculation |
| | text | street | Street | | |
| | select_one_from_file buildings.csv | building | Building | street=${street} | |
| | calculate | floors | | | instance('buildings')/root/item[name=${building}]/floors |
| | calculate | pulled | | | pulldata('buildings', 'floors', 'name', ${building}) |
"""


def test_a_list_outside_the_form_is_asked_by_index() -> None:
    lists = Lists(buildings=BUILDINGS)
    s = Scenario.of(OUTSIDE, lists)
    s.answer("street", "lc")
    assert s.labels("building") == ["涂门街 1 号", "涂门街 2 号"]
    s.answer("building", "u2")
    assert (s["floors"], s["pulled"], s.session.node("/data/building").text) == ("6", "6", "涂门街 2 号")
    asked = lists.asked
    s.answer("building", "u1")
    assert (s["floors"], lists.asked - asked) == ("3", 2)
    s.answer("building", "gone")  # the list may lag behind: no violation
    assert (s["floors"], s.violations()) == ("", [])


def test_a_list_that_is_not_here_is_a_warning_not_a_crash() -> None:
    s = Scenario.of(OUTSIDE)
    s.answer("street", "lc")
    assert s.choices("building") == []
    s.answer("building", "u2")
    assert s["floors"] == ""
    assert s.session.node("/data/building").text == "u2"
    assert {"/data/building", "/data/floors", "/data/pulled"} == {w.path for w in s.session.warnings}


WHOLE = """
| survey |
| | type | name | label | calculation | choice_filter |
| | text | q | Q | | |
| | select_one_from_file b.csv | h | House | | {filter} |
| | calculate | c | | {calculation} | |
"""
HOUSES = [
    {"name": "a", "label": "A", "street": "s1", "n": "1"},
    {"name": "b", "label": "B", "street": "s1", "n": "5"},
    {"name": "c", "label": "C", "street": "s2", "n": "7"},
]


@pytest.mark.parametrize(
    ("calculation", "place"),
    [
        ("count(instance('b')/root/item)", "/data/c calculate"),
        ("count(instance('b')/root/item[n > 3])", "/data/c calculate"),
        ("instance('b')/root/item[1]/name", "/data/c calculate"),
        ("instance('b')//name", "/data/c calculate"),
        ("''", "/data/h itemset"),
    ],
)
def test_a_list_outside_the_form_is_never_walked(calculation: str, place: str) -> None:
    """It may have a hundred thousand rows; walking it found nothing, in silence."""
    table = WHOLE.format(calculation=calculation, filter="" if "instance" in calculation else "n > 3")
    with pytest.raises(UserError, match=f"FORM_013: {place}: the list b can only be asked"):
        load_form(xform(table))


def test_what_an_index_finds_may_be_narrowed_further() -> None:
    total = "sum(instance('b')/root/item[street = ${q}]/n)"
    s = Scenario.of(WHOLE.format(calculation=total, filter="n > 3 and street=${q}"), Lists(b=HOUSES))
    s.answer("q", "s1")
    assert (s.choices("h"), s["c"]) == (["b"], "6")


def test_a_whole_list_outside_the_form_is_searched_not_shown() -> None:
    s = Scenario.of(WHOLE.format(calculation="''", filter=""), Lists(b=HOUSES))
    s.answer("h", "b")
    assert (s.choices("h"), s.session.node("/data/h").text, s.session.warnings) == ([], "B", [])
    assert s.violations() == []


def test_a_list_named_only_while_filling_is_not_walked_either() -> None:
    calculation = "count(instance(substr('xb', 1))/root/item)"
    s = Scenario.of(WHOLE.format(calculation=calculation, filter=""), Lists(b=HOUSES))
    assert s["c"] == ""
    problem = "the list 'b' can only be asked for the value of one column"
    assert [warning.problem for warning in s.session.warnings] == [problem]


def test_choices_written_in_the_control() -> None:
    s = Scenario.of(
        written(
            '<instance><data id="x"><q/></data></instance>',
            '<select1 ref="/data/q"><label>q</label><item><label>Yes</label><value>y</value></item>'
            "<item><label>No</label><value>n</value></item></select1>",
        )
    )
    assert (s.choices("q"), s.labels("q")) == (["y", "n"], ["Yes", "No"])
    s.answer("q", "n")
    assert s.session.node("/data/q").text == "No"
    s.answer("q", "x")
    assert s.violations() == [("/data/q", "choice")]


def test_choices_from_a_repeat_of_the_form_itself() -> None:
    s = Scenario.of(
        """
        | survey |
        | | type | name | label |
        | | begin repeat | person | Person |
        | | text | name | Name |
        | | end repeat | | |
        | | select_one ${name} | head | Head |
        """
    )
    s.session.add_repeat("/data/person")
    s.answer("person[1]/name", "ann")
    s.answer("person[2]/name", "ben")
    assert s.choices("head") == ["ann", "ben"]
    s.session.remove_repeat("/data/person[1]")
    assert s.choices("head") == ["ben"]


def test_each_repeat_instance_has_its_own_choices() -> None:
    s = Scenario.of(
        """
        | survey |
        | | type | name | label | choice_filter | calculation |
        | | begin repeat | r | R | | |
        | | select_one kind | kind | Kind | | |
        | | select_one part | part | Part | kind=${kind} | |
        | | calculate | named | | | jr:choice-name(${kind}, '${kind}') |
        | | end repeat | | | | |
        | choices |
        | | list_name | name | label | kind |
        | | kind | k1 | K one | |
        | | kind | k2 | K two | |
        | | part | p1 | P1 | k1 |
        | | part | p2 | P2 | k2 |
        """
    )
    s.session.add_repeat("/data/r")
    s.answer("r[1]/kind", "k1")
    s.answer("r[2]/kind", "k2")
    assert (s.choices("r[1]/part"), s.choices("r[2]/part")) == (["p1"], ["p2"])
    assert (s["r[1]/named"], s["r[2]/named"]) == ("K one", "K two")
