"""Whatever stands in an expression: it is refused with a UserError, gives a value, or an EvaluationError."""

from __future__ import annotations

import contextlib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldapp.errors import UserError
from fieldapp.forms.xpath import EvaluationError, compile_expression
from fieldapp.forms.xpath.library import LIBRARY, SPECIALS
from tests.forms.xpath.conftest import Form

signs = [*"()[]/|=+-*<>.,@'\"$:!&", "..", "//", "::", "and", "or", "div", "mod"]
names = ["a", "data", "rep", "1", "2.5", "'x'", "if(", "not(", "count(", "instance('fruit')"]
names += ["position()", "current()", "child::", "text()", "node()"]
words = st.sampled_from(signs + names)
texts = st.lists(words | st.text(max_size=3), max_size=14).map(" ".join)

given_values = ["''", "'x'", "1", "-1", "0.5", "(1 div 0)", "(0 div 0)", "true()", "/data/rep/v", "/data/g"]
given_values += [
    "'2026-02-30'",
    "'9999-12-31'",
    "today()",
    "'0 0;1 1;0 1'",
    "1e300",
    "-1e300",
    "'%Y%', 2",
    ".",
]
arguments = st.sampled_from(given_values)
calls = st.builds(
    lambda name, given: f"{name}({', '.join(given)})",
    st.sampled_from(sorted({*LIBRARY, *SPECIALS})),
    st.lists(arguments, max_size=5),
)
FIXTURE = [HealthCheck.function_scoped_fixture]


def _evaluate(form: Form, text: str) -> None:
    with contextlib.suppress(UserError, EvaluationError):
        expression = compile_expression(text)
        context = form.context("/data/a")
        expression.evaluate(context)
        assert isinstance(expression.string(context), str)
        assert isinstance(expression.number(context), float)
        assert isinstance(expression.boolean(context), bool)


@settings(max_examples=600, deadline=None, suppress_health_check=FIXTURE)
@given(texts)
def test_any_text(form: Form, text: str) -> None:
    _evaluate(form, text)


@settings(max_examples=1500, deadline=None, suppress_health_check=FIXTURE)
@given(calls)
def test_every_function_with_any_arguments(form: Form, text: str) -> None:
    _evaluate(form, text)
