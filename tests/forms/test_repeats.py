"""Repeats: instances come and go, nest, are counted, and are seen from inside and outside."""

from __future__ import annotations

import pytest

from fieldapp.errors import UserError
from tests.forms.scenario import Scenario, written

ROOMS = """
| survey |
| | type | name | label | calculation | default | relevant | repeat_count |
| | text | building | Building | | | | |
| | begin repeat | room | Room | | | | |
| | decimal | area | Area | | 1 | | |
| | calculate | no | | position(..) | | | |
| | calculate | title | | concat(${building}, '-', ${no}) | | | |
| | begin repeat | defect | Defect | | | | |
| | integer | width | Width | | | | |
| | calculate | wide | | if(${width} > 5, 'wide', 'fine') | | | |
| | end repeat | | | | | | |
| | calculate | worst | | max(${width}) | | | |
| | end repeat | | | | | | |
| | calculate | total | | sum(${area}) | | | |
| | calculate | rooms | | count(${room}) | | | |
| | calculate | second | | indexed-repeat(${area}, ${room}, 2) | | | |
"""


def test_instances_instantiate_the_template_and_positions_shift() -> None:
    s = Scenario.of(ROOMS)
    s.answer("building", "A")
    assert (s["rooms"], s["total"], s["room[1]/title"]) == ("1", "1", "A-1")
    assert s.session.add_repeat("/data/room") == "/data/room[2]"
    s.session.add_repeat("/data/room")
    s.answer("room[2]/area", "20")
    s.answer("room[3]/area", "300")
    assert (s["rooms"], s["total"], s["second"], s["room[3]/title"]) == ("3", "321", "20", "A-3")
    s.session.remove_repeat("/data/room[2]")
    assert (s["rooms"], s["total"], s["second"], s["room[2]/title"]) == ("2", "301", "300", "A-2")


def test_nested_repeats_keep_to_their_own_instances() -> None:
    s = Scenario.of(ROOMS)
    s.session.add_repeat("/data/room")
    s.session.add_repeat("/data/room[2]/defect")
    s.answer("room[2]/defect[2]/width", "9")
    s.answer("room[2]/defect[1]/width", "3")
    assert s["room[2]/defect[2]/wide"] == "wide"
    assert s["room[2]/defect[1]/wide"] == "fine"
    assert (s["room[1]/worst"], s["room[2]/worst"]) == ("", "9")
    assert [c.path for c in s.session.node("/data/room[2]").children if c.kind == "repeat"] == [
        "/data/room[2]/defect[1]",
        "/data/room[2]/defect[2]",
    ]


def test_an_edit_in_one_instance_evaluates_nothing_in_the_others() -> None:
    s = Scenario.of(ROOMS)
    for _ in range(20):
        s.session.add_repeat("/data/room")
    before = s.session._recalculation.evaluations
    s.answer("room[7]/defect[1]/width", "8")
    assert s.session._recalculation.evaluations - before == 2  # its own wide and worst


def test_all_instances_can_go() -> None:
    s = Scenario.of(ROOMS)
    s.session.remove_repeat("/data/room[1]")
    assert (s["rooms"], s["total"]) == ("0", "0")
    assert "<room>" not in s.xml()
    again = s.reopened()
    assert again["rooms"] == "0"
    assert again.session.add_repeat("/data/room") == "/data/room[1]"


COUNTED = """
| survey |
| | type | name | label | repeat_count | calculation |
| | integer | n | N | | |
| | begin repeat | floor | Floor | ${n} | |
| | text | use | Use | | |
| | end repeat | | | | |
| | calculate | floors | | | count(${floor}) |
| | calculate | uses | | | join(',', ${use}) |
"""


def test_a_counted_repeat_follows_its_number_and_loses_nothing() -> None:
    s = Scenario.of(COUNTED)
    assert s["floors"] == "0"
    s.answer("n", "3")
    assert s["floors"] == "3"
    s.answer("floor[3]/use", "shop")
    s.answer("n", "1")  # a slip of the finger
    assert s["floors"] == "1"
    assert "shop" not in s.xml()
    s = s.reopened()
    s.answer("n", "3")
    assert s["uses"] == ",,shop"
    with pytest.raises(UserError, match="FORM_018"):
        s.session.add_repeat("/data/floor")
    with pytest.raises(UserError, match="FORM_018"):
        s.session.remove_repeat("/data/floor[1]")


def test_a_number_beyond_all_use_is_bounded() -> None:
    s = Scenario.of(
        written(
            '<instance><data id="x"><n/><r><a/></r></data></instance>',
            '<repeat nodeset="/data/r" jr:count="/data/n"><input ref="a"><label>a</label></input></repeat>',
        )
    )
    for text, wanted in (("NaN", 0), ("-3", 0), ("2.9", 2), ("1e300", 10_000)):
        s.answer("n", text)
        assert sum(child.relevant for child in s.session.root.children if child.name == "r") == wanted


def test_defaults_of_new_instances_are_evaluated() -> None:
    s = Scenario.of(
        """
        | survey |
        | | type | name | label | default |
        | | text | base | Base | a |
        | | begin repeat | r | R | |
        | | text | x | X | concat(${base}, '!') |
        | | end repeat | | | |
        """
    )
    assert s["r[1]/x"] == "a!"
    s.answer("base", "b")
    s.session.add_repeat("/data/r")
    assert (s["r[1]/x"], s["r[2]/x"]) == ("a!", "b!")


def test_absolute_paths_inside_a_repeat_mean_the_same_instance() -> None:
    s = Scenario.of(
        written(
            '<instance><data id="x"><r><a/><b/></r></data></instance>'
            '<bind nodeset="/data/r/b" calculate="/data/r/a * 2"/>',
            '<repeat nodeset="/data/r"><input ref="/data/r/a"><label>a</label></input></repeat>',
        )
    )
    s.session.add_repeat("/data/r")
    s.answer("r[1]/a", "1")
    s.answer("r[2]/a", "2")
    assert (s["r[1]/b"], s["r[2]/b"]) == ("2", "4")
