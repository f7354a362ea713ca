"""Forms made to hold up or fill up the program end soon, small, and with a code or a warning."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from fieldapp.errors import UserError
from fieldapp.forms import FormDefinition, FormSession, load_form
from fieldapp.forms.instance import MAX_NODES
from tests.forms.scenario import INSTANCE, clock, written

SECONDS = 10.0  # of a loaded machine; without their limits these take minutes


def leaves(number: int, expression: Callable[[int], str] | None = None, more: str = "") -> bytes:
    """A form with that many questions, ``expression(n)`` the calculation of the n-th."""
    questions = "".join(f"<a{n}/>" for n in range(number))
    binds = (
        "".join(f'<bind nodeset="/data/a{n}" calculate="{expression(n)}"/>' for n in range(number))
        if expression
        else ""
    )
    return written(f'<instance><data id="x">{questions}</data></instance>{more}{binds}')


def rows(number: int) -> str:
    """A list inside the form."""
    items = "".join(f"<item><name>c{n}</name><label>c</label></item>" for n in range(number))
    return f'<instance id="l"><root>{items}</root></instance>'


def opened(xml: bytes) -> FormSession:
    return load_form(xml, clock=clock).new_session(INSTANCE)


def within(seconds: float, work: Callable[[], FormSession]) -> FormSession:
    started = time.process_time()
    session = work()
    assert time.process_time() - started < seconds
    return session


REFUSED = {
    "a million attributes": b"<a " + b" ".join(b'b%d="x"' % n for n in range(1_000_000)) + b"/>",
    "a million choices": leaves(1, more=rows(200_000)),
    "200,000 levels": b"<a>" * 200_000,
    "all read all": leaves(1000, lambda n: f"count(/data/*[name() != 'a{n}']) + sum(/data/*[. = {n}])"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_too_large_is_refused_by_name(name: str) -> None:
    started = time.process_time()
    with pytest.raises(UserError, match=r"FORM_003: The file exceeds \d+ \w+"):
        load_form(REFUSED[name])
    assert time.process_time() - started < SECONDS


def test_repeats_within_repeats_do_not_multiply_without_end() -> None:
    repeats = (
        '<repeat nodeset="/data/r" jr:count="99999"><repeat nodeset="/data/r/s" jr:count="99999">'
        '<input ref="q"/></repeat></repeat>'
    )
    xml = written('<instance><data id="x"><r><s><q/></s></r></data></instance>', repeats)
    session = within(SECONDS, lambda: opened(xml))
    assert [warning.what for warning in session.warnings] == ["s jr:count"]
    assert sum(1 for _ in session.root.children) == 10_000
    assert session.to_xml().count(b"<q/>") < MAX_NODES


def test_an_instance_with_too_many_questions_is_refused() -> None:
    many = "<r>" + "".join(f"<q{n}/>" for n in range(1000)) + "</r>"
    form: FormDefinition = load_form(
        written(f'<instance><data id="x">{many}</data></instance>', '<repeat nodeset="/data/r"/>')
    )
    assert form.open_session(b'<data id="x">' + b"<r/>" * 50 + b"</data>").to_xml().count(b"<r>") == 50
    with pytest.raises(UserError, match=f"FORM_015.*{MAX_NODES}"):
        form.open_session(b'<data id="x">' + b"<r/>" * 5000 + b"</data>")


def test_calculated_texts_stay_small_together() -> None:
    def doubled(number: int) -> str:
        if number == 0:
            return "'abcdefghij'"
        last = min(number - 1, 15)
        return f"concat(/data/a{last}, {f'/data/a{last}' if number < 16 else number})"

    session = within(SECONDS, lambda: opened(leaves(1000, doubled)))
    assert len(session.draft_xml()) < 5_000_000
    assert "too long together" in session.warnings[0].problem
    assert session.value("/data/a3") == "abcdefghij" * 8


def test_many_slow_expressions_share_one_budget() -> None:
    slow = "count(instance('l')/root/item[contains(translate(name, 'c', 'd'), 'x')])"
    session = within(SECONDS, lambda: opened(leaves(200, lambda _: slow, rows(9000))))
    assert {warning.problem for warning in session.warnings} == {"the expression visits too many nodes"}
    assert 50 < len(session.warnings) < 150


def test_many_slow_patterns_share_one_budget() -> None:
    slow = f"regex('{'a' * 40}b', '(a|aa)+$')"
    session = within(SECONDS, lambda: opened(leaves(200, lambda _: slow)))
    assert len(session.warnings) == 200


def test_texts_with_outputs_have_no_budget_of_their_own() -> None:
    """Else a list could be walked once for each of its rows."""
    output = "<output value=\"count(instance('l')/root/item[contains(name, 'x')])\"/>"
    text = f'<itext><translation lang="zh"><text id="t"><value>{output}</value></text></translation></itext>'
    each = "count(instance('l')/root/item[jr:itext(substr(concat('t', name), 0, 1)) = ''])"
    xml = leaves(1, lambda _: each, rows(9000) + text)
    session = within(SECONDS, lambda: opened(xml))
    assert [warning.what for warning in session.warnings] == ["calculate"]


def test_a_budget_is_new_with_every_answer() -> None:
    third = "count(instance('l')/root/item[contains(name, string(/data/a0))])"
    more = f'{rows(9000)}<bind nodeset="/data/a1" calculate="{third}"/>'
    session = opened(leaves(2, more=more))
    for turn in range(100):
        session.answer("/data/a0", f"c{turn}")
    assert session.warnings == []
    assert session.value("/data/a1") == "11"  # c99 and c990 to c999
