"""Functions that ask the form and the session: instances, texts, choices, properties, identifiers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from fieldapp.forms.xpath.code import ANY, NODES, STRING
from fieldapp.forms.xpath.library.registry import builtin
from fieldapp.forms.xpath.lookup import find_instance
from fieldapp.forms.xpath.nodes import Context, EvaluationError, Node, Value

_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@builtin("instance", "s", NODES, context=True)
def _instance(context: Context, name: str) -> Sequence[Node]:
    return (find_instance(name, context).node,)


@builtin("pulldata", "ssss", STRING, context=True)
def _pulldata(context: Context, name: str, column: str, key_column: str, key: str) -> str:
    """The cell of the first row whose key column has that key; empty without such a row."""
    pulled = context.environment.pull(name, column, key_column, key)
    if pulled is not None:
        return pulled
    found = context.environment.instance(name)
    if found is None:
        raise EvaluationError(f"there is no list '{name}'")
    rows = found.lookup(("root", "item"), key_column, key)
    for row in rows or ():
        cells = row.named(column, "")
        return cells[0].string_value if cells else ""
    return ""


@builtin("jr:itext", "s", STRING, context=True, volatile=True)
def _itext(context: Context, name: str) -> str:
    return context.environment.itext(name) or ""


@builtin("jr:choice-name", "ss", STRING, context=True, volatile=True)
def _choice_name(context: Context, value: str, question: str) -> str:
    """The label of a choice; the question's path comes as text (``jr:choice-name(/d/q, '/d/q')``)."""
    return context.environment.choice_name(value, question.strip(), context) or ""


@builtin("property", "s", STRING, context=True, volatile=True)
def _property(context: Context, name: str) -> str:
    return context.environment.session_property(name) or ""


@builtin("version", "", STRING, context=True)
def _version(context: Context) -> str:
    """The version of the form, asked for as the session property ``version``."""
    return context.environment.session_property("version") or ""


@builtin("uuid", "|n", STRING, context=True, local=True, volatile=True)
def _uuid(context: Context, length: float | None = None) -> str:
    """A new UUID, or that many random letters and digits."""
    if length is None:
        return str(context.environment.new_id())
    if math.isnan(length) or not 0 <= length <= 1000:
        raise EvaluationError("uuid() makes up to 1000 characters")
    return "".join(context.environment.chance.choices(_LETTERS, k=int(length)))


@builtin("depend", "v*", ANY)
def _depend(*values: Value) -> Value:
    """The first argument; the others are only named so that the expression runs again when they change."""
    return values[0]
