"""Forms that cannot be used are refused when they are loaded, with a code and the place."""

# ruff: noqa: E501 - one case is one line where it can be

from __future__ import annotations

import pytest

from fieldapp.errors import UserError
from fieldapp.forms import load_form
from tests.forms.scenario import written, xform

DATA = '<instance><data id="x"><a/><b/><g><c/></g></data></instance>'


def bound(attributes: str, node: str = "/data/a") -> bytes:
    """A form with one bind."""
    return written(f'{DATA}<bind nodeset="{node}" {attributes}/>')


def body(inside: str, model: str = DATA) -> bytes:
    """A form with that body."""
    return written(model, inside)


BROKEN = [
    (bound('calculate="1 +"'), "FORM_011", "/data/a calculate"),
    (bound('relevant="nope(1)"'), "FORM_011", "/data/a relevant.*nope"),
    (bound('constraint="contains(.)"'), "FORM_011", "/data/a constraint"),
    (bound('required="/data/missing = 1"'), "FORM_012", "/data/a required.*missing"),
    (bound("readonly=\"instance('none')/root/item\""), "FORM_012", "/data/a readonly.*none"),
    (bound('calculate="$x"'), "FORM_011", "variable"),
    (bound("", "/data/q"), "FORM_013", "bind /data/q"),
    (bound('calculate="/data/a + 1"'), "FORM_010", "/data/a \\(calculate\\)"),
    (bound('relevant="/data/g/c = 1"', "/data/g"), "FORM_010", "/data/g \\(relevant\\)"),
    (
        written(
            f'{DATA}<bind nodeset="/data/a" calculate="/data/b"/><bind nodeset="/data/b" relevant="/data/a = 1"/>'
        ),
        "FORM_010",
        "/data/a.*/data/b|/data/b.*/data/a",
    ),
    (body('<input ref="/data/nowhere"><label>n</label></input>'), "FORM_013", "input /data/nowhere"),
    (body('<input ref="/data/g"><label>n</label></input>'), "FORM_013", "input /data/g"),
    (body('<input ref="/data/a"><label><output value="1 +"/></label></input>'), "FORM_011", "/data/a label"),
    (
        body(
            '<input ref="/data/a"><label ref="jr:itext(\'gone\')"/></input>',
            f'{DATA}<itext><translation lang="zh"><text id="t"><value>x</value></text></translation></itext>',
        ),
        "FORM_012",
        "/data/a label.*gone",
    ),
    (
        body(
            '<select1 ref="/data/a"><label>a</label><itemset nodeset="instance(\'l\')/root/item[x"/></select1>'
        ),
        "FORM_0",
        "/data/a itemset",
    ),
    (
        body('<repeat nodeset="/data/g" jr:count="1 +"><input ref="c"/></repeat>'),
        "FORM_011",
        "/data/g jr:count",
    ),
    (
        written(f'{DATA}<setvalue ref="/data/a" event="odd-event" value="1"/>'),
        "FORM_013",
        "setvalue.*odd-event",
    ),
    (
        written(f'{DATA}<setvalue ref="/data/q" event="odk-instance-first-load" value="1"/>'),
        "FORM_012",
        "/data/q",
    ),
    (
        written(f'{DATA}<instance id="l"><root/></instance><instance id="l"><root/></instance>'),
        "FORM_013",
        "twice",
    ),
    (bound('calculate="../gone + 1"', "/data/g/c"), "FORM_012", "/data/g/c calculate.*/data/g/gone"),
    (
        body(
            '<repeat nodeset="/data/g"><input ref="/data/g/c"><label><output value="/data/g/gone"/></label></input></repeat>'
        ),
        "FORM_012",
        "/data/g/c label output.*gone",
    ),
    (
        written(f'{DATA}<setvalue ref="/data/a" event="odk-instance-first-load" value="/data/q"/>'),
        "FORM_012",
        "/data/q",
    ),
    (written(""), "FORM_004", "instance"),
    (b"<data/>", "FORM_004", "model"),
    (b"<a><b></a>", "FORM_001", "line 1"),
    (b"", "FORM_001", "line"),
    (b"\x00\x01", "FORM_001", "UTF-8"),
]


@pytest.mark.parametrize(("xml", "code", "place"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_form_is_refused_with_code_and_place(xml: bytes, code: str, place: str) -> None:
    with pytest.raises(UserError, match=place) as caught:
        load_form(xml)
    assert caught.value.code.startswith(code)
    assert caught.value.detail.remedy


def test_a_circle_through_a_group_read_as_a_whole_is_found() -> None:
    table = """
    | survey |
    | | type | name | label | calculation |
    | | begin group | g | G | |
    | | text | x | X | |
    | | calculate | size | | string-length(${g}) |
    | | calculate | after | | ${size} + 1 |
    | | end group | | | |
    """
    with pytest.raises(UserError, match=r"FORM_010.*/data/g/size.*/data/g/after|FORM_010.*after.*size"):
        load_form(xform(table))


BOMB = b'<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><a>&c;</a>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


@pytest.mark.parametrize("xml", [BOMB, OUTSIDE, b"<!DOCTYPE html><a/>", BOMB.decode().encode("utf-16")])
def test_dtds_and_entities_are_refused(xml: bytes) -> None:
    with pytest.raises(UserError, match=r"FORM_00[12]"):
        load_form(xml)
    form = load_form(bound(""))
    with pytest.raises(UserError, match=r"FORM_00[12]"):
        form.open_session(xml)


def test_depth_and_size_are_limited() -> None:
    with pytest.raises(UserError, match=r"FORM_003.*levels"):
        load_form(b"<a>" * 10_000 + b"</a>" * 10_000)
    with pytest.raises(UserError, match=r"FORM_003.*bytes"):
        load_form(b" " * (64 * 1024 * 1024 + 1))


def test_a_deeply_nested_expression_is_refused() -> None:
    with pytest.raises(UserError, match=r"/data/a calculate"):
        load_form(bound(f'calculate="{"(" * 5000}1{")" * 5000}"'))
