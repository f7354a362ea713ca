"""Comparison in XPath 1.0 with the dates of ODK: a date text or a moment compares as a number of days."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Final, cast

from fieldapp.forms.xpath.code import (
    ANY,
    BOOLEAN,
    NODES,
    NUMBER,
    STRING,
    Code,
    as_boolean,
    as_number,
    as_text,
)
from fieldapp.forms.xpath.dates import Moment
from fieldapp.forms.xpath.nodes import Context, Node, Value
from fieldapp.forms.xpath.values import is_nodes, text_number, to_boolean, to_number, to_text

Order = Callable[[float, float], bool]

ORDERS: Final[dict[str, Order]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_MIRRORED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


def compare(sign: str, left: Value, right: Value, context: Context) -> bool:
    """``left sign right`` for values of any type."""
    if is_nodes(left):
        return _nodes_with(sign, cast("Sequence[Node]", left), right, context)
    if is_nodes(right):
        return _nodes_with(_MIRRORED[sign], cast("Sequence[Node]", right), left, context)
    return _single(sign, left, right, context)


def _single(sign: str, left: Value, right: Value, context: Context) -> bool:
    if sign in ORDERS:
        return ORDERS[sign](to_number(left, context), to_number(right, context))
    if isinstance(left, bool) or isinstance(right, bool):
        same = to_boolean(left) == to_boolean(right)
    elif isinstance(left, float | Moment) or isinstance(right, float | Moment):
        same = to_number(left, context) == to_number(right, context)
    else:
        same = to_text(left) == to_text(right)
    return same == (sign == "=")


def _nodes_with(sign: str, nodes: Sequence[Node], other: Value, context: Context) -> bool:
    """True if it holds for one of the nodes."""
    if isinstance(other, bool) and sign not in ORDERS:
        # For < and > XPath 1.0 says the same, but all ODK programs compare the numbers of the nodes.
        return _single(sign, len(nodes) > 0, other, context)
    context.environment.spend(len(nodes))
    if not is_nodes(other):
        return any(_single(sign, node.string_value, other, context) for node in nodes)
    others = cast("Sequence[Node]", other)
    context.environment.spend(len(others))
    texts = {node.string_value for node in others}
    if sign == "=":
        return any(node.string_value in texts for node in nodes)
    if sign == "!=":
        return any(text != node.string_value for node in nodes for text in list(texts)[:2])
    # Only the extremes of the other side can decide; NaN compares with nothing.
    numbers = [n for n in (text_number(text, context) for text in texts) if n == n]
    if not numbers:
        return False
    bound = max(numbers) if sign in ("<", "<=") else min(numbers)
    return any(ORDERS[sign](text_number(node.string_value, context), bound) for node in nodes)


def comparison(sign: str, left: Code, right: Code) -> Code:
    """The closure for ``left sign right``, made for the types that are known beforehand."""
    local = left.local or right.local
    run = _by_type(sign, left, right)
    if run is None and sign in ("=", "!="):
        run = _by_type(sign, right, left)
    if run is None:
        first, second = left.run, right.run

        def general(context: Context) -> bool:
            return compare(sign, first(context), second(context), context)

        run = general
    return Code(run, BOOLEAN, local)


def _by_type(sign: str, left: Code, right: Code) -> Callable[[Context], bool] | None:
    """Closures for the usual pairs of types; None if there is no shorter way."""
    if NODES in (left.kind, right.kind):
        if left.kind == NODES and right.constant and isinstance(right.value, str) and sign in ("=", "!="):
            return _nodes_with_literal(sign, left, right.value)
        return None
    if ANY in (left.kind, right.kind):
        return None
    if sign in ORDERS:
        order, low, high = ORDERS[sign], as_number(left), as_number(right)
        return lambda context: order(low(context), high(context))
    equal = sign == "="
    if BOOLEAN in (left.kind, right.kind):
        yes, no = as_boolean(left), as_boolean(right)
        return lambda context: (yes(context) == no(context)) == equal
    if NUMBER in (left.kind, right.kind):
        one, other = as_number(left), as_number(right)
        return lambda context: (one(context) == other(context)) == equal
    if left.kind == right.kind == STRING:
        first, second = as_text(left), as_text(right)
        return lambda context: (first(context) == second(context)) == equal
    return None


def _nodes_with_literal(sign: str, left: Code, text: str) -> Callable[[Context], bool]:
    nodes_of = cast("Callable[[Context], Sequence[Node]]", left.run)
    if sign == "=":

        def equals(context: Context) -> bool:
            nodes = nodes_of(context)
            if len(nodes) == 1:
                return nodes[0].string_value == text
            return any(node.string_value == text for node in nodes)

        return equals

    def differs(context: Context) -> bool:
        return any(node.string_value != text for node in nodes_of(context))

    return differs
