"""What is refused when a form is loaded, and what is known of an expression without evaluating it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from fieldapp.errors import UserError
from fieldapp.forms.xpath import Context, EvaluationError, Function, Reference, Value, compile_expression
from fieldapp.forms.xpath.values import to_nodes
from tests.forms.xpath.conftest import Form


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("", "FORM_151", 1),
        ("1 +", "FORM_151", 4),
        ("1 2", "FORM_151", 3),
        ("/data/a[", "FORM_151", 9),
        ("/data/a]", "FORM_151", 8),
        ("'open", "FORM_151", 1),
        ("a ! b", "FORM_151", 3),
        ("concat('a',)", "FORM_151", 12),
        ("/data//", "FORM_151", 8),
        ("sideways::a", "FORM_151", 1),
        ("a; b", "FORM_151", 2),
        ("1 + nonsense(2)", "FORM_152", 5),
        ("if(1, nonsense(), 2)", "FORM_152", 7),
        ("/data/a[nonsense()]", "FORM_152", 9),
        ("jr:nonsense()", "FORM_152", 1),
        ("if(1, 2)", "FORM_153", 1),
        ("not()", "FORM_153", 1),
        ("'a' = substr('a')", "FORM_153", 7),
        ("true(1)", "FORM_153", 1),
        ("weighted-checklist(1, 2, 3)", "FORM_153", 1),
        ("/data/zz:a", "FORM_155", 7),
        ("$a + 1", "FORM_156", 1),
        ("(" * 500 + "1" + ")" * 500, "FORM_154", 121),
        ("not(" * 300 + "1" + ")" * 300, "FORM_154", 481),
        ("1" + " + 1" * 40_000, "FORM_154", 65_536),
    ],
)
def test_refused_with_place(text: str, code: str, column: int) -> None:
    with pytest.raises(UserError) as raised:
        compile_expression(text, {"jr": "http://openrosa.org/javarosa"})
    assert (raised.value.code, raised.value.slots["column"]) == (code, column)
    assert len(str(raised.value)) < 600


def test_messages_name_function_and_expression() -> None:
    with pytest.raises(
        UserError, match=r"no function nonsense\(\) \(column 5 of the expression: 1 \+ nonsense"
    ):
        compile_expression("1 + nonsense(2)")
    with pytest.raises(UserError, match=r"substr\(\) takes 2-3 arguments, not 1"):
        compile_expression("substr('a')")


def context(steps: str, base: str = "context", instance: str = "") -> Reference:
    return Reference(base, tuple(step for step in steps.split("/") if step), instance)


def root(steps: str) -> Reference:
    return context(steps, "root")


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("1 + 2", set()),
        ("/data/a + ../b", {root("data/a"), context("../b")}),
        (".", {context("")}),
        (". > 3", {context("")}),
        ("./c/../d", {context("d")}),
        ("/data/rep[k = ../x]/v", {root("data/rep/v"), root("data/rep/k"), root("data/x")}),
        ("/data/a[. = 1]", {root("data/a")}),
        ("/data/a[current()/../b = .]", {root("data/a"), context("../b")}),
        (
            "instance('l')/root/item[name = /data/a]/label",
            {
                context("root/item/label", "instance", "l"),
                context("root/item/name", "instance", "l"),
                root("data/a"),
            },
        ),
        ("count(/data/rep)", {root("data/rep")}),
        ("//v", {root("**/v")}),
        ("/data/*/@id", {root("data/*/@id")}),
        ("sum(../rep/v) | /data/a", {context("../rep/v"), root("data/a")}),
        ("if(a, b, c)/d", {context(name) for name in ("a", "b", "c", "b/d", "c/d")}),
        ("(a | b)[c]", {context("a"), context("b"), context("a/c"), context("b/c")}),
        ("following-sibling::x", {context("../x")}),
        ("ancestor::x", {root("**")}),
        ("/data/jr:m", {root("data/{urn:j}m")}),
        ("position(..)", {context("..")}),
        ("string-length()", {context("")}),
        ("/data/a/text()", {root("data/a")}),
        ("once(random())", set()),
    ],
)
def test_references(text: str, references: set[Reference]) -> None:
    expression = compile_expression(text, {"jr": "urn:j"})
    assert expression.references == references


def test_references_resolve_to_absolute_paths() -> None:
    place = ("data", "rep", "v")
    assert context("../k").resolve(place) == ("data", "rep", "k")
    assert context("../../../../../a").resolve(place) == ("a",)
    assert root("data/a").resolve(place) == ("data", "a")
    assert context("").resolve(place) == place
    assert context("root/item", "instance", "l").resolve(place) is None


def test_uses_and_instances() -> None:
    expression = compile_expression(
        "if(today() > a, instance('x')/root, pulldata('y', 'a', 'b', position(..)))"
    )
    assert expression.uses == {"today", "position"}
    assert expression.instances == {"x", "y"}
    assert not expression.constant
    assert compile_expression("1 + 2").constant
    assert compile_expression("1 + 2").text == "1 + 2"
    assert compile_expression("random() + uuid() + now()").uses == {"random", "uuid", "now"}


def test_functions_from_outside(form: Form) -> None:
    def count_nodes(_context: Context, arguments: Sequence[Value]) -> Value:
        nodes, word = arguments
        return f"{len(to_nodes(nodes))}{word}"

    def fail(_context: Context, _arguments: Sequence[Value]) -> Value:
        raise EvaluationError("not today")

    functions = {
        "how-many": Function("how-many", count_nodes, 2, 2),
        "fail": Function("fail", fail, pure=False),
    }
    expression = compile_expression("concat(how-many(/data/rep, 'x'), '!')", None, functions)
    assert expression.string(form.context()) == "3x!"
    assert expression.uses == frozenset()
    assert compile_expression("fail()", None, functions).uses == {"fail"}
    with pytest.raises(EvaluationError, match="not today"):
        compile_expression("fail(1, 2, 3)", None, functions).evaluate(form.context())
    with pytest.raises(UserError, match="FORM_153"):
        compile_expression("how-many(1)", None, functions)


REPEATS = {("data", "rep"), ("data", "rep", "in")}


@pytest.mark.parametrize(
    ("at", "place", "text", "expected"),
    [
        ("/data/rep[2]/v", "data/rep/v", "/data/rep/k", "q"),
        ("/data/rep[2]/v", "data/rep/v", "count(/data/rep)", "3"),
        ("/data/rep[2]/v", "data/rep/v", "sum(/data/rep/v)", "6"),
        ("/data/rep[2]/v", "data/rep/v", "/data/rep[1]/v", "5"),
        ("/data/rep[2]/v", "data/rep/v", "/data/a", "1"),
        ("/data/rep[2]/v", "data/rep/v", "indexed-repeat(/data/rep/v, /data/rep, 3)", "7"),
        ("/data/rep[1]/in[2]/w", "data/rep/in/w", "/data/rep/in/w", "2"),
        ("/data/rep[1]/in[2]/w", "data/rep/in/w", "/data/rep/v", "5"),
        ("/data/rep[1]/in[2]/w", "data/rep/in/w", "count(/data/rep/in)", "2"),
        ("/data/rep[1]/in[2]/w", "data/rep/in/w", "-(/data/rep/v)", "-5"),
        ("/data/rep[1]/in[2]/w", "data/rep/in/w", "count(/data/rep[k = /data/rep/k])", "2"),
        ("/data/rep[2]/v", "data/rep/v", "instance('fruit')/root/item[name = /data/rep/k]/label", "Quince"),
        ("/data/a", "data/a", "count(/data/rep/v)", "3"),
    ],
)
def test_absolute_paths_within_repeats(form: Form, at: str, place: str, text: str, expected: str) -> None:
    expression = compile_expression(text, place=tuple(place.split("/")), repeats=REPEATS)
    assert expression.string(form.context(at)) == expected


def test_absolute_paths_within_repeats_are_relative_references() -> None:
    expression = compile_expression("/data/rep/k", place=("data", "rep", "v"), repeats=REPEATS)
    assert expression.references == {context("../k")}
