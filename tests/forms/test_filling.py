"""Relevance, constraints, required, calculations, dates and texts of one form being filled."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import pytest

from fieldapp.errors import UserError
from fieldapp.forms import Changes, FormFunction, NodeView
from tests.forms.scenario import Scenario, written

CHECKS = """
| survey |
| | type | name | label::中文 (zh) | label::English (en) | relevant | required | constraint | constraint_message::中文 (zh) | constraint_message::English (en) | calculation | required_message::中文 (zh) |
| | integer | age | 楼龄 | Age | | yes | . >= 0 and . < 300 | 0 到 299 | 0 to 299 | | 请填楼龄 |
| | text | why | 原因 | Why | ${age} > 50 | | | | | |
| | begin group | g | 组 | Group | ${age} > 10 | | | | | |
| | text | phone | 电话 | Phone | | | regex(., '^1[3-9][0-9]{9}$') | 号码不对 | wrong number | |
| | calculate | twice | | | | | | | | ${age} * 2 |
| | end group | | | | | | | | | |
| | calculate | sum | | | | | | | | coalesce(${twice}, 0) + 1 |
| | note | n | 共 ${sum} | Total ${sum} | | | | | | |
| | date | seen | 日期 | Date | | | . <= today() | | | |
| | calculate | days | | | | | | | | int(today() - ${seen}) |
"""


def test_relevance_makes_values_empty_and_keeps_them_for_later() -> None:
    s = Scenario.of(CHECKS)
    assert not s.relevant("why")
    s.answer("age", "60")
    s.answer("why", "旧")
    assert (s["why"], s["twice"], s["sum"]) == ("旧", "120", "121")
    s.answer("age", "5")
    assert (s["why"], s["twice"], s["sum"]) == ("", "", "1")
    assert "why" not in s.xml()
    assert "旧" in s.session.draft_xml().decode()
    s.answer("age", "60")
    assert s["why"] == "旧"


def test_violations_name_path_kind_and_message_in_the_language() -> None:
    s = Scenario.of(CHECKS)
    (missing,) = s.session.validate()
    assert (missing.path, missing.kind, missing.message) == ("/data/age", "required", "请填楼龄")
    s.answer("age", "300")
    s.answer("phone", "12")
    assert [v.message for v in s.session.validate()] == ["0 到 299", "号码不对"]
    s.session.use_language("en")
    assert [v.message for v in s.session.validate()] == ["0 to 299", "wrong number"]
    s.answer("age", "abc")
    assert ("/data/age", "type") in s.violations()
    s.answer("age", "20")
    s.answer("phone", "13812345678")
    assert s.violations() == []


def test_dates_count_days_and_today_is_the_clock() -> None:
    s = Scenario.of(CHECKS)
    s.answer("age", "1")
    s.answer("seen", "2026-02-27")
    assert s["days"] == "2"
    s.answer("seen", "2026-03-02")
    assert s.violations() == [("/data/seen", "constraint")]
    s.answer("seen", "2026-02-30")
    assert s.violations() == [("/data/seen", "type")]


def test_labels_with_outputs_follow_values_and_language() -> None:
    s = Scenario.of(CHECKS)
    s.answer("age", "60")
    node = s.session.node("/data/n")
    assert node.label == "共 121"
    s.session.use_language("en")
    assert node.label == "Total 121"


def test_an_edit_tells_what_it_changed() -> None:
    s = Scenario.of(CHECKS)
    heard: list[Changes] = []
    stop = s.session.subscribe(heard.append)
    changes = s.session.answer("/data/age", "60")
    assert heard == [changes]
    assert set(changes.values) == {"/data/age", "/data/g/twice", "/data/sum"}
    assert {"/data/why", "/data/g", "/data/g/phone"} <= set(changes.relevance)
    stop()
    s.answer("age", "61")
    assert len(heard) == 1


def test_a_view_is_enough_for_a_window() -> None:
    s = Scenario.of(CHECKS)
    s.answer("age", "20")
    age = s.session.root.children[0]
    assert (age.name, age.kind, age.control, age.type, age.label) == (
        "age",
        "question",
        "input",
        "int",
        "楼龄",
    )
    assert (age.required, age.readonly, age.relevant, age.value, age.text) == (True, False, True, "20", "20")
    assert (age.required_message, age.constraint_message) == ("请填楼龄", "0 到 299")
    group = s.session.node("/data/g")
    assert (group.kind, [child.name for child in group.children]) == ("group", ["phone", "twice"])


def test_readonly_of_a_group_holds_for_what_is_in_it() -> None:
    s = Scenario.of(
        written(
            '<instance><data id="x"><g><a/></g><b/></data></instance><bind nodeset="/data/g" readonly="true()"/>',
            '<input ref="/data/g/a"><label>a</label></input><input ref="/data/b"><label>b</label></input>',
        )
    )
    assert s.session.node("/data/g/a").readonly
    assert not s.session.node("/data/b").readonly
    with pytest.raises(UserError, match="FORM_020: /data/g/a "):
        s.answer("/data/g/a", "1")
    assert s["/data/g/a"] == ""


def test_a_failing_expression_is_an_empty_value_and_one_warning() -> None:
    def broken(*_arguments: object) -> str:
        raise ValueError("holds an answer: 13812345678")

    s = Scenario.of(
        written(
            '<instance><data id="x"><a/><b/><c/></data></instance>'
            '<bind nodeset="/data/b" calculate="broken(/data/a)"/>'
            '<bind nodeset="/data/c" relevant="broken(/data/a)"/>',
        ),
        functions={"broken": FormFunction("broken", broken)},
    )
    for value in ("1", "2", "3"):
        s.answer("a", value)
    assert s["b"] == ""
    assert s.relevant("c")
    assert {(w.path, w.what) for w in s.session.warnings} == {
        ("/data/b", "calculate"),
        ("/data/c", "relevant"),
    }
    assert len(s.session.warnings) == 2
    assert not any("138" in w.problem for w in s.session.warnings)


def test_an_expression_without_end_hits_its_budget() -> None:
    rows = "".join("<r><v>1</v></r>" for _ in range(700))
    s = Scenario.of(
        written(
            f'<instance><data id="x"><a/><n/>{rows}</data></instance>'
            '<bind nodeset="/data/n" calculate="/data/a + count(/data/r[count(../r[v != \'q\']) &gt; 0])"/>',
            '<repeat nodeset="/data/r"><input ref="v"><label>v</label></input></repeat>',
        )
    )
    s.answer("a", "1")
    assert s["n"] == ""
    assert [w.path for w in s.session.warnings] == ["/data/n"]


def test_functions_from_outside_see_groups_and_what_they_depend_on() -> None:
    def seen(nodes: tuple[NodeView, ...]) -> str:
        return ";".join(f"{leaf.name}={leaf.value}" for node in nodes for leaf in node.children)

    s = Scenario.of(
        """
        | survey |
        | | type | name | label | calculation |
        | | begin repeat | r | R | |
        | | text | x | X | |
        | | text | y | Y | |
        | | end repeat | | | |
        | | calculate | all | | seen(${r}) |
        """,
        functions={"seen": FormFunction("seen", seen, 1, 1)},
    )
    s.answer("r[1]/x", "1")
    assert s["all"] == "x=1;y="
    s.session.add_repeat("/data/r")
    s.answer("r[2]/y", "2")
    assert s["all"] == "x=1;y=;x=;y=2"
    s.session.remove_repeat("/data/r[1]")
    assert s["all"] == "x=;y=2"


def test_a_question_that_is_not_there_is_refused_by_name() -> None:
    s = Scenario.of(CHECKS)
    with pytest.raises(UserError, match=r"FORM_016.*nowhere"):
        s.session.answer("/data/nowhere", "1")


def test_values_of_calculations_are_written_by_type() -> None:
    s = Scenario.of(
        written(
            '<instance><data id="x"><a/><i/><d/><n/><b/><t/></data></instance>'
            '<bind nodeset="/data/i" type="int" calculate="/data/a div 2"/>'
            '<bind nodeset="/data/d" type="decimal" calculate="/data/a div 2"/>'
            '<bind nodeset="/data/n" calculate="number(\'x\')"/>'
            '<bind nodeset="/data/b" type="boolean" calculate="/data/a &gt; 1"/>'
            '<bind nodeset="/data/t" type="date" calculate="now()"/>'
        )
    )
    s.answer("a", "7")
    assert [s[name] for name in "idnbt"] == ["3", "3.5", "", "true", "2026-03-01"]


def test_questions_may_be_named_like_parts_of_a_form() -> None:
    names = ["model", "body", "title", "instance", "bind", "setvalue", "repeat", "group"]
    s = Scenario.of(
        "| survey |\n| | type | name | label |\n" + "\n".join(f"| | text | {n} | {n} |" for n in names)
    )
    for name in names:
        s.answer(name, name)
        assert s.session.node(f"/data/{name}").label == name
    assert [question.name for question in s.form.questions] == names
