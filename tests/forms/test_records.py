"""Submissions, drafts, corrections, entities: what goes out, what comes back."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from fieldapp.errors import UserError
from fieldapp.forms import load_form
from tests.forms.scenario import INSTANCE, NOW, Lists, Scenario, clock, written, xform

VISIT = """
| settings |
| | form_id | version | instance_name |
| | visit | 3 | concat('V-', ${who}) |
| survey |
| | type | name | label | relevant | calculation | required |
| | start | start | | | | |
| | end | end | | | | |
| | today | today | | | | |
| | username | username | | | | |
| | text | who | Who | | | yes |
| | integer | age | Age | ${who} != '' | | |
| | begin repeat | rep | Rep | | | |
| | image | photo | Photo | | | |
| | text | note | Note | | | |
| | end repeat | | | | | |
| | calculate | stamp | | | now() | |
"""


def test_a_submission_has_one_form_and_survives_a_second_pass() -> None:
    s = Scenario.of(VISIT)
    s.answer("who", 'A<&>" 泉州\r\n\t𠮷')
    s.answer("age", "7")
    s.answer("rep[1]/photo", "ab.jpg")
    s.session.complete()
    first = s.session.to_xml()
    assert first == s.session.to_xml()
    for recalculate in (True, False):
        again = s.form.open_session(first, recalculate=recalculate)
        assert again.to_xml() == first
        assert again.opened is not None
        assert again.strangers == ()
    assert s["who"] == 'A<&>" 泉州\r\n\t𠮷'
    assert f"<instanceID>uuid:{INSTANCE}</instanceID>" in first.decode().replace("orx:", "")
    assert s.session.instance_id == f"uuid:{INSTANCE}"
    assert s.session.instance_name.startswith("V-A<&>")


def test_preloads_and_the_photos_of_a_submission() -> None:
    form = load_form(xform(VISIT), clock=clock)
    s = form.new_session(INSTANCE, preload={"username": "li", "/data/who": "wang"})
    assert s.value("/data/start") == "2026-03-01T08:30:00.000+00:00"
    assert (s.value("/data/today"), s.value("/data/username"), s.value("/data/who")) == (
        "2026-03-01",
        "li",
        "wang",
    )
    assert (s.value("/data/end"), s.node("/data/age").relevant) == ("", True)
    s.answer("/data/rep[1]/photo", "b.jpg")
    s.add_repeat("/data/rep")
    s.answer("/data/rep[2]/photo", "a.jpg")
    assert s.attachments() == ("b.jpg", "a.jpg")


def test_submitted_calculations_stand_when_a_server_looks_at_them() -> None:
    times = iter(NOW + timedelta(seconds=n) for n in range(100))
    s = Scenario.of(VISIT, clock=lambda: next(times))
    s.answer("who", "x")
    xml = s.session.to_xml()
    seen = s.form.open_session(xml, recalculate=False)
    assert seen.value("/data/stamp") == s["stamp"]
    assert seen.validate() == ()
    assert s.form.open_session(xml).value("/data/stamp") != s["stamp"]
    without = xml.replace(b"<who>x</who>", b"<who/>")
    assert [(v.path, v.kind) for v in s.form.open_session(without, recalculate=False).validate()] == [
        ("/data/who", "required")
    ]


def test_a_draft_opens_as_it_was_with_what_is_irrelevant() -> None:
    s = Scenario.of(VISIT)
    s.answer("who", "x")
    s.answer("age", "7")
    s.answer("who", "")
    assert "<age>" not in s.xml()
    again = s.reopened()
    assert again.session.draft_xml() == s.session.draft_xml()
    again.answer("who", "y")
    assert again["age"] == "7"


def test_a_draft_under_a_newer_form_tells_what_no_longer_fits() -> None:
    s = Scenario.of(VISIT)
    s.answer("who", "x")
    s.answer("age", "7")
    s.answer("rep[1]/note", "n")
    newer = VISIT.replace("| visit | 3 |", "| visit | 4 |").replace(
        "| text | note | Note |", "| text | remark | R |"
    )
    form = load_form(xform(newer.replace("| integer | age |", "| date | age |")), clock=clock)
    session = form.open_session(s.session.draft_xml())
    assert session.opened is not None
    assert (session.opened.written_version, session.opened.form_version) == ("3", "4")
    assert session.strangers == ("/data/rep/note",)
    assert [(v.path, v.kind) for v in session.validate()] == [("/data/age", "type")]
    assert b'version="4"' in session.to_xml()


def test_answers_of_another_form_are_refused() -> None:
    form = load_form(xform(VISIT))
    for xml in (b'<data id="other"/>', b'<other id="visit"/>'):
        with pytest.raises(UserError, match="FORM_014"):
            form.open_session(xml)


def test_a_correction_names_what_it_replaces() -> None:
    s = Scenario.of(VISIT)
    s.answer("who", "x")
    assert "deprecatedID" not in s.xml()
    session = s.form.open_session(s.session.to_xml(), recalculate=False)
    session.supersede(UUID(int=7))
    xml = session.to_xml().decode().replace("orx:", "")
    assert f"<instanceID>uuid:{UUID(int=7)}</instanceID><deprecatedID>uuid:{INSTANCE}</deprecatedID>" in xml
    assert s.form.open_session(session.to_xml()).to_xml() == session.to_xml()


def test_characters_that_xml_cannot_hold_do_not_make_a_record_unreadable() -> None:
    s = Scenario.of(VISIT)
    s.answer("who", "a\x00b\x1b\ud800c")
    assert s.form.open_session(s.session.to_xml()).value("/data/who") == "a\ufffdb\ufffd\ufffdc"


UPDATE = """
| settings |
| | form_id | version |
| | upd | 1 |
| survey |
| | type | name | label | save_to | relevant |
| | select_one_from_file buildings.csv | b | Building | | |
| | integer | floors | Floors | floors | |
| | text | name | Name | building_name | ${floors} > 3 |
| entities |
| | list_name | entity_id | label |
| | buildings | ${b} | concat('no ', ${floors}) |
"""


def test_an_update_is_based_on_the_version_that_was_seen() -> None:
    s = Scenario.of(UPDATE, Lists(buildings=[{"name": "u2", "label": "2", "__version": "5"}]))
    assert s.session.effects() == ()
    s.answer("b", "u2")
    s.answer("floors", "2")
    (effect,) = s.session.effects()
    assert (effect.list, effect.id, effect.action, effect.base_version) == ("buildings", "u2", "update", "5")
    assert (effect.label, effect.values) == ("no 2", {"floors": "2"})
    s.answer("floors", "4")
    s.answer("name", "塔")
    assert s.session.effects()[0].values == {"floors": "4", "building_name": "塔"}
    assert s.reopened().session.effects() == s.session.effects()


CREATE = """
| settings |
| | form_id | version |
| | cre | 1 |
| survey |
| | type | name | label | save_to |
| | begin repeat | tree | Tree | |
| | text | kind | Kind | kind |
| | text | other | Other | |
| | end repeat | | | |
| entities |
| | list_name | label | create_if |
| | trees | ${kind} | ${kind} != '' |
"""


def test_entities_of_repeats_are_created_one_by_one() -> None:
    s = Scenario.of(CREATE)
    s.session.add_repeat("/data/tree")
    s.session.add_repeat("/data/tree")
    s.answer("tree[1]/kind", "oak")
    s.answer("tree[3]/kind", "elm")
    effects = s.session.effects()
    assert [(e.action, e.label, e.values) for e in effects] == [
        ("create", "oak", {"kind": "oak"}),
        ("create", "elm", {"kind": "elm"}),
    ]
    assert len({UUID(e.id) for e in effects}) == 2
    assert s.reopened().session.effects() == effects


def test_actions_set_values_when_another_changes() -> None:
    s = Scenario.of(
        """
        | survey |
        | | type | name | label | trigger | calculation |
        | | text | a | A | | |
        | | text | b | B | ${a} | concat(${a}, '!') |
        | | calculate | c | | | ${b} |
        """
    )
    s.answer("a", "x")
    assert (s["b"], s["c"]) == ("x!", "x!")
    s.answer("b", "mine")
    assert s["c"] == "mine"
    s.answer("a", "y")
    assert s["b"] == "y!"


def test_actions_without_end_are_stopped() -> None:
    def action(name: str, other: str) -> str:
        return (
            f'<input ref="/data/{name}"><label>{name}</label><setvalue event="xforms-value-changed"'
            f' ref="/data/{other}" value="/data/{name} + 1"/></input>'
        )

    s = Scenario.of(
        written('<instance><data id="x"><a/><b/></data></instance>', action("a", "b") + action("b", "a"))
    )
    with pytest.raises(UserError, match="FORM_017"):
        s.answer("a", "1")


def test_a_clock_without_zone_still_stamps() -> None:
    naive = load_form(xform(VISIT), clock=lambda: datetime(2026, 3, 1))  # noqa: DTZ001 - the point of the test
    session = naive.new_session(INSTANCE)
    assert session.value("/data/start").startswith("2026-03-01T00:00:00")


def test_attributes_with_a_namespace_are_kept() -> None:
    s = Scenario.of(
        written(
            '<instance><data id="x" orx:version="7" odk:extra="e"><a/></data></instance>'
            '<instance id="last" src="jr://instance/last-saved"/>'
            "<bind nodeset=\"/data/a\" calculate=\"concat('-', instance('last')/data/a)\"/>"
        )
    )
    assert s.form.version == "7"
    assert 'orx:version="7" odk:extra="e"' in s.xml()
    assert s.form.open_session(s.session.to_xml()).to_xml() == s.session.to_xml()
    assert (s["a"], s.session.warnings) == ("-", [])


def test_comments_and_unknown_elements_in_an_answer_are_no_answer() -> None:
    form = load_form(xform(VISIT), clock=clock)
    session = form.open_session(
        b'<data id="visit"><who>a<!-- no --><b>c</b>d</who><x y="1"/><rep/><rep/></data>'
    )
    assert (session.value("/data/who"), session.strangers) == ("ad", ("/data/who/b", "/data/x"))
    assert len([child for child in session.root.children if child.name == "rep"]) == 2


def test_a_submission_with_too_many_instances_is_refused() -> None:
    form = load_form(xform(VISIT), clock=clock)
    with pytest.raises(UserError, match="FORM_015"):
        form.open_session(b'<data id="visit">' + b"<rep/>" * 10_001 + b"</data>")
