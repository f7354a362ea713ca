"""A small corpus of expressions with their values: what every release must keep."""

from __future__ import annotations

import math

import pytest

from fieldapp.forms.xpath import EvaluationError
from tests.forms.xpath.conftest import Form

TEXTS = [
    # paths
    ("/data/a", "1"),
    ("/data/g/c + /data/a", "4"),
    ("/data/rep[2]/v", "6"),
    ("/data/rep[last()]/v", "7"),
    ("/data/rep[position() = 2]/v", "6"),
    ("/data/rep[k = 'p'][2]/v", "7"),
    ("/data/rep[k = 'p' and v > 5]/v", "7"),
    ("/data/rep[v = 6]/k", "q"),
    ("/data/rep['6' = v]/k", "q"),
    ("(/data/rep/in/w)[3]", "3"),
    ("//in[2]/w", "2"),
    ("//w[. = 3]", "3"),
    ("count(//w)", "3"),
    ("count(/data/rep/in/..)", "2"),
    ("count(/data/a | /data/b | /data/a)", "2"),
    ("/data/@id", "t"),
    ("/data/*[1]", "1"),
    ("/data/a/text()", "1"),
    ("name(/data/*[last()])", "orx:meta"),
    ("/data/b/preceding-sibling::*[1]", "1"),
    ("/data/a/following-sibling::*[2]", ""),
    ("count(/data/g/ancestor-or-self::*)", "2"),
    ("count(/data/g/c/ancestor::node())", "3"),
    ("count(/data/rep[1]/following::w)", "1"),
    ("count(/data/rep[3]/preceding::w)", "3"),
    ("string(/data/missing)", ""),
    ("/data/rep[/data/a = 1]/v", "5"),
    ("count(/data/rep[/data/a = 2])", "0"),
    # operators
    ("1 + 2 * 3 - 4 div 2", "5"),
    ("-7 mod 3", "-1"),
    ("1 div 0", "Infinity"),
    ("- 1 div 0", "-Infinity"),
    ("0 div 0", "NaN"),
    ("--1", "1"),
    ("1 < 2 and not(2 <= 1) or false()", "true"),
    ("'a' != 'b'", "true"),
    ("1 = true()", "true"),
    ("/data/rep/v = 6", "true"),
    ("/data/rep/v != 6", "true"),
    ("not(/data/rep/v = 9)", "true"),
    ("/data/rep/v > /data/b", "true"),
    ("/data/empty = ''", "true"),
    ("0.1 + 0.2", "0.30000000000000004"),
    ("1000000 * 1000000", "1000000000000"),
    ("0.0000001", "0.0000001"),
    # choices
    ("selected(/data/many, 'y')", "true"),
    ("selected(/data/many, 'w')", "false"),
    ("selected-at(/data/many, 2)", "z"),
    ("selected-at(/data/many, 3)", ""),
    ("count-selected(/data/many)", "3"),
    ("jr:choice-name(/data/a, ' /data/a ')", "/data/a:1"),
    ("jr:itext('/data/a:label')", "甲"),
    ("jr:itext('none')", ""),
    # texts
    ("concat('a', 1, true(), /data/rep/v)", "a1true567"),
    ("join('-', /data/rep/k, 'z')", "p-q-p-z"),
    ("substr('hello', 1, 3)", "el"),
    ("substr('hello', -3)", "llo"),
    ("substring('12345', 2, 3)", "234"),
    ("substring('12345', 1.5, 2.6)", "234"),
    ("substring-before('a=b', '=')", "a"),
    ("substring-after('a=b', '=')", "b"),
    ("translate('bar', 'abc', 'AB')", "BAr"),
    ("normalize-space('  a   b ')", "a b"),
    ("string-length('𠮷野')", "2"),
    ("ends-with('abc', 'bc')", "true"),
    ("regex('12-34', '[0-9]{2}-[0-9]{2}')", "true"),
    ("regex('a12-34', '[0-9]{2}-[0-9]{2}')", "false"),
    ("thousands-sep(1234567.5)", "1,234,567.5"),
    ("thousands-sep('-1234')", "-1,234"),
    ("thousands-sep('abc')", "abc"),
    ("digest('abc', 'SHA-1', 'hex')", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    ("base64-decode('5b6Q')", "徐"),
    ("base64-decode('%')", ""),
    # numbers
    ("round(2.5)", "3"),
    ("round(-2.5)", "-3"),
    ("round(1.005, 2)", "1.01"),
    ("round(1250, -2)", "1300"),
    ("int(-3.9)", "-3"),
    ("abs(-2)", "2"),
    ("pow(2, 10)", "1024"),
    ("pow(10, 400)", "Infinity"),
    ("sqrt(-1)", "NaN"),
    ("min(/data/rep/v)", "5"),
    ("max(1, /data/rep/v, 3)", "7"),
    ("sum(/data/rep/v)", "18"),
    ("count(/data/rep)", "3"),
    ("count-non-empty(/data/*)", "11"),
    ("number('1e3')", "1000"),
    ("number('1_0')", "NaN"),
    ("exp10(2)", "100"),
    ("log(0)", "-Infinity"),
    # decisions
    ("if(/data/a = 1, 'one', 'other')", "one"),
    ("coalesce(/data/empty, /data/missing, 'x')", "x"),
    ("coalesce('', '')", ""),
    ("boolean-from-string('true')", "true"),
    ("checklist(1, 2, /data/a, /data/empty)", "true"),
    ("weighted-checklist(3, 3, 1 = 1, 1, 2 = 2, 2)", "true"),
    ("depend(/data/a, /data/b)", "1"),
    # dates, at +08:00
    ("today()", "2026-03-01"),
    ("now()", "2026-03-01T08:30:15.250+08:00"),
    ("today() - /data/day", "1"),
    ("/data/day < today()", "true"),
    ("/data/day + 1 = today()", "true"),
    ("today() = '2026-03-01'", "true"),
    ("date('2026-02-30')", ""),
    ("date(/data/day + 1)", "2026-03-01"),
    ("/data/at - /data/day", "0.5"),
    ("format-date(/data/day, '%Y/%n/%e %a %b %y%m%d')", "2026/2/28 Sat Feb 260228"),
    ("format-date-time(now(), '%H:%M:%S.%3 %h')", "08:30:15.250 8"),
    ("format-date('', '%Y')", ""),
    ("decimal-time('12:00:00.000+08:00')", "0.5"),
    ("decimal-date-time('1970-01-01T00:00:00Z')", "0"),
    # lists
    ("instance('fruit')/root/item[name = 'q']/label", "Quince"),
    ("instance('fruit')/root/item[n = 2][2]/label", "Raisin"),
    ("count(instance('fruit')/root/item[n = 2])", "2"),
    ("count(instance('fruit')/root/item[of = 'x' and name != 'p'])", "1"),
    ("instance('fruit')/root/item[position() = 3]/name", "r"),
    ("count(instance('fruit')/root/item[selected('p q', name)])", "2"),
    ("count(instance('fruit')/root/item[name = /data/rep/k])", "2"),
    ("instance('houses')/root/item[name = 'h4']/label", "House 4"),
    ("count(instance('houses')/root/item[street = 's1'])", "3"),
    ("count(instance('houses')/root/item[street = 's1'][label = 'House 4'])", "1"),
    ("pulldata('houses', 'label', 'name', 'h2')", "House 2"),
    ("pulldata('fruit', 'label', 'name', 'none')", ""),
    # session
    ("property('username')", "li"),
    ("version()", "7"),
    ("uuid()", "00000000-0000-4000-8000-000000000005"),
    ("string-length(uuid(12))", "12"),
    # places
    ("distance('0 0;0 1')", "111318.85"),
    ("area('0 0;0 1')", "0"),
    ("geofence('0.5 0.5', '0 0;0 1;1 1;1 0;0 0')", "true"),
    ("geofence('1.5 0.5', '0 0;0 1;1 1;1 0;0 0')", "false"),
    ("intersects('0 0;1 1;0 1;1 0')", "true"),
    ("intersects('0 0;0 1;1 1;1 0;0 0')", "false"),
]


@pytest.mark.parametrize(("expression", "expected"), TEXTS)
def test_value(form: Form, expression: str, expected: str) -> None:
    assert form.text(expression) == expected


HERE = [
    ("/data/rep[2]/v", "../k", "q"),
    ("/data/rep[2]/v", ". + 1", "7"),
    ("/data/rep[2]/v", "position(..)", "2"),
    ("/data/rep[2]/v", "count(../../rep)", "3"),
    ("/data/rep[2]/v", "current()/../k", "q"),
    ("/data/rep[2]/v", "instance('fruit')/root/item[name = current()/../k]/label", "Quince"),
    ("/data/rep[2]/v", "instance('houses')/root/item[name = concat('h', current())]/label", "House 6"),
    ("/data/rep[2]/v", "../../rep[k = current()/../k]/v", "6"),
    ("/data/rep[2]/v", "indexed-repeat(/data/rep/v, /data/rep, 3)", "7"),
    ("/data/rep[1]/v", "indexed-repeat(/data/rep/in/w, /data/rep, 1, /data/rep/in, 2)", "2"),
    ("/data/rep[1]/in[2]/w", "indexed-repeat(/data/rep/in/w, /data/rep/in, 1)", "1"),
    ("/data/rep[1]/in[2]/w", "../../in[1]/w", "1"),
    ("/data/empty", "once('new')", "new"),
    ("/data/a", "once('new')", "1"),
    ("/data/a", "string-length()", "1"),
    ("/data/a", "./../b", "2"),
    ("/data/g", "c[. = 3]", "3"),
    ("/data/g", "string-length(normalize-space())", "2"),
    ("/data/g/c", "../../g/d", "x"),
]


@pytest.mark.parametrize(("at", "expression", "expected"), HERE)
def test_value_at_a_node(form: Form, at: str, expression: str, expected: str) -> None:
    assert form.text(expression, at) == expected


def test_external_lists_are_asked_by_index_only(form: Form) -> None:
    assert form.texts("instance('houses')/root/item[street = 's2']/name") == ["h2", "h5", "h8"]
    assert form.text("instance('houses')/root/item['h3' = name]/street") == "s0"
    assert form.rows.asked == [("houses", "street", "s2"), ("houses", "name", "h3")]


def test_missing_places_and_functions_of_many_types(form: Form) -> None:
    assert math.isnan(float(str(form.value("number(/data/missing)"))))
    assert form.value("/data/missing + 1 > 0") is False
    assert form.texts("/data/rep[k = 'none']/v") == []


def test_randomize_is_reproducible_and_as_other_programs_do_it(form: Form) -> None:
    for letter in "ABCDEFGH":
        form.top.add("n", letter)
    assert "".join(form.texts("randomize(/n, 42)")) == "AFCBHEGD"
    assert "".join(form.texts("randomize(/n, '42')")) == "AFCBHEGD"
    assert "".join(form.texts("randomize(/n, -42)")) == "EDAFBCHG"
    assert "".join(form.texts("randomize(/n, 1)")) == "GFEACHBD"
    assert sorted(form.texts("randomize(/n)")) == list("ABCDEFGH")
    assert form.texts("randomize(/n, 'word')") == form.texts("randomize(/n, 'word')")


@pytest.mark.parametrize("path", ["/root/item", "//item", "/root/item[label != '']", "", "/root/*"])
def test_an_outside_list_is_not_walked(form: Form, path: str) -> None:
    with pytest.raises(EvaluationError, match="houses"):
        form.text(f"concat('', instance('houses'){path}/name)")
