"""Compiled pieces of an expression: a closure, what type it yields and what it depends on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

from fieldapp.forms.xpath.nodes import Context, Node, Value
from fieldapp.forms.xpath.values import text_number, to_boolean, to_nodes, to_number, to_text

# Static types of a piece. ANY is found out when it runs (if(), coalesce(), functions from outside).
STRING: Final = "s"
NUMBER: Final = "n"
BOOLEAN: Final = "b"
NODES: Final = "N"
ANY: Final = "v"

Run: TypeAlias = Callable[[Context], Value]


@dataclass(frozen=True, slots=True)
class Code:
    """``run(context)`` gives a value of type ``kind``.

    ``local``: it depends on the context node, position or size, so a predicate evaluates it for each node;
    otherwise once is enough. ``constant``: it is a literal, its value is ``run`` of anything.
    """

    run: Run
    kind: str
    local: bool
    constant: bool = False
    value: Value = ""


def literal(value: str | float | bool) -> Code:
    """The piece for a constant."""
    kind = STRING if isinstance(value, str) else BOOLEAN if isinstance(value, bool) else NUMBER
    return Code(lambda _context: value, kind, local=False, constant=True, value=value)


def as_text(code: Code) -> Callable[[Context], str]:
    """A closure for ``string(code)``."""
    run = code.run
    if code.kind == STRING:
        return cast("Callable[[Context], str]", run)
    if code.constant:
        text = to_text(code.value)
        return lambda _context: text
    if code.kind == NODES:
        nodes_of = as_nodes(code)

        def first_text(context: Context) -> str:
            nodes = nodes_of(context)
            return nodes[0].string_value if nodes else ""

        return first_text
    return lambda context: to_text(run(context))


def as_number(code: Code) -> Callable[[Context], float]:
    """A closure for ``number(code)``."""
    run = code.run
    if code.kind == NUMBER:
        return cast("Callable[[Context], float]", run)
    if code.kind == NODES:
        text_of = as_text(code)
        return lambda context: text_number(text_of(context), context)
    return lambda context: to_number(run(context), context)


def as_boolean(code: Code) -> Callable[[Context], bool]:
    """A closure for ``boolean(code)``."""
    run = code.run
    if code.kind == BOOLEAN:
        return cast("Callable[[Context], bool]", run)
    return lambda context: to_boolean(run(context))


def as_nodes(code: Code) -> Callable[[Context], Sequence[Node]]:
    """A closure for the nodes of a nodeset; EvaluationError at run time if it is none."""
    run = code.run
    if code.kind == NODES:
        return cast("Callable[[Context], Sequence[Node]]", run)
    return lambda context: to_nodes(run(context))
