"""Functions that decide what is evaluated at all, and those of the context itself."""

from __future__ import annotations

from collections.abc import Sequence

from fieldapp.forms.xpath.axes import identity
from fieldapp.forms.xpath.code import (
    ANY,
    BOOLEAN,
    NODES,
    NUMBER,
    STRING,
    Code,
    as_boolean,
    as_nodes,
    as_text,
    literal,
)
from fieldapp.forms.xpath.library.registry import builtin, special
from fieldapp.forms.xpath.nodes import Context, Node, Value
from fieldapp.forms.xpath.values import is_nodes, to_boolean, to_nodes, to_number, to_text


@special("if", 3, 3)
def _if(arguments: Sequence[Code]) -> Code:
    condition, yes, no = arguments
    holds, first, second = as_boolean(condition), yes.run, no.run
    kind = yes.kind if yes.kind == no.kind else ANY

    def run(context: Context) -> Value:
        return first(context) if holds(context) else second(context)

    return Code(run, kind, any(code.local for code in arguments))


@special("coalesce", 1, None)
def _coalesce(arguments: Sequence[Code]) -> Code:
    """The first value that is not empty; NaN counts as empty."""
    runs = [code.run for code in arguments]

    def run(context: Context) -> Value:
        value: Value = ""
        for one in runs:
            value = one(context)
            if to_text(value) not in ("", "NaN"):
                return value
        return value if not isinstance(value, float) else ""

    return Code(run, ANY, any(code.local for code in arguments))


@special("once", 1, 1)
def _once(arguments: Sequence[Code]) -> Code:
    """The value that the question already has, else the argument."""
    first = as_text(arguments[0])
    return Code(lambda context: context.node.string_value or first(context), STRING, local=True)


@special("boolean", 1, 1)
def _boolean(arguments: Sequence[Code]) -> Code:
    return Code(as_boolean(arguments[0]), BOOLEAN, arguments[0].local)


@special("not", 1, 1)
def _not(arguments: Sequence[Code]) -> Code:
    holds = as_boolean(arguments[0])
    return Code(lambda context: not holds(context), BOOLEAN, arguments[0].local)


@special("true", 0, 0)
def _true(_arguments: Sequence[Code]) -> Code:
    return literal(value=True)


@special("false", 0, 0)
def _false(_arguments: Sequence[Code]) -> Code:
    return literal(value=False)


@special("current", 0, 0)
def _current(_arguments: Sequence[Code]) -> Code:
    return Code(lambda context: (context.current,), NODES, local=False)


@special("last", 0, 0, volatile=True)
def _last(_arguments: Sequence[Code]) -> Code:
    return Code(lambda context: float(context.size), NUMBER, local=True)


@special("position", 0, 1, volatile=True)
def _position(arguments: Sequence[Code]) -> Code:
    """Without argument the context position; with a node its place among siblings of the same name."""
    if not arguments:
        return Code(lambda context: float(context.position), NUMBER, local=True)
    nodes_of = as_nodes(arguments[0])

    def run(context: Context) -> float:
        nodes = nodes_of(context)
        return float(_place(nodes[0])) if nodes else float("nan")

    return Code(run, NUMBER, arguments[0].local)


def _place(node: Node) -> int:
    parent = node.parent
    if parent is None:
        return 1
    wanted = identity(node)
    same = parent.named(node.name, node.namespace)
    return next((i for i, other in enumerate(same, 1) if identity(other) == wanted), 1)


def context_nodes() -> Code:
    """The context node, for functions that take it when they get no argument."""
    return Code(lambda context: (context.node,), NODES, local=True)


@builtin("boolean-from-string", "v", BOOLEAN)
def _boolean_from_string(value: Value) -> bool:
    return to_text(value) in ("1", "true")


def _each(value: Value) -> list[tuple[bool, Value]]:
    """The parts of an argument with their truth; of a nodeset every node that is not empty holds."""
    if is_nodes(value):
        return [(bool(node.string_value), [node]) for node in to_nodes(value)]
    return [(to_boolean(value), value)]


def _within(count: float, least: float, most: float) -> bool:
    return (least < 0 or count >= least) and (most < 0 or count <= most)


@builtin("checklist", "nnv*", BOOLEAN)
def _checklist(least: float, most: float, *values: Value) -> bool:
    count = sum(1 for value in values for holds, _ in _each(value) if holds)
    return _within(count, least, most)


@builtin("weighted-checklist", "nnvv*", BOOLEAN, context=True)
def _weighted_checklist(context: Context, least: float, most: float, *values: Value) -> bool:
    """Arguments alternate: what may hold, and its weight; both may be nodesets."""
    total = 0.0
    for answers, weights in zip(values[::2], values[1::2], strict=False):
        truths, burdens = _each(answers), _each(weights)
        if len(truths) < len(burdens):
            return False
        for (holds, _), (_, weight) in zip(truths, burdens, strict=False):
            if holds:
                total += to_number(weight, context)
    return _within(total, least, most)
