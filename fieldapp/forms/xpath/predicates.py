"""Predicates: narrowing a list of candidate nodes, with short cuts for positions and equality."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from typing import Final, TypeAlias, cast

from fieldapp.forms.xpath.code import ANY, NUMBER, Code, as_boolean, as_number
from fieldapp.forms.xpath.compare import compare
from fieldapp.forms.xpath.nodes import Context, Node, Value
from fieldapp.forms.xpath.syntax import Call, Chain, Path, Step, Test, Tree
from fieldapp.forms.xpath.values import is_nodes, to_boolean

Nodes: TypeAlias = Sequence[Node]
Translate: TypeAlias = Callable[[Tree], Code]
Narrow: TypeAlias = Callable[[Nodes, Context], Nodes]

_BOOLEAN_SIGNS: Final = frozenset({"=", "!=", "<", "<=", ">", ">=", "and", "or"})
_BOOLEAN_CALLS: Final = frozenset(
    {"not", "boolean", "true", "false", "selected", "contains", "starts-with", "ends-with", "regex"}
)
_COUNTING: Final = frozenset({"position", "last"})


def reads_position(tree: Tree) -> bool:
    """True if a predicate may depend on positions: it may be a number or calls position() or last()."""
    if isinstance(tree, Chain):
        shown_boolean = tree.operators[0] in _BOOLEAN_SIGNS or tree.operators[0] == "|"
    elif isinstance(tree, Call):
        shown_boolean = tree.name in _BOOLEAN_CALLS
    else:
        shown_boolean = isinstance(tree, Path)
    return not shown_boolean or _calls(tree, _COUNTING)


def _calls(tree: object, names: frozenset[str]) -> bool:
    """True if a call of one of the functions stands anywhere in the tree."""
    if isinstance(tree, Call) and tree.name in names:
        return True
    if isinstance(tree, tuple):
        return any(_calls(part, names) for part in tree)
    if is_dataclass(tree):
        return any(_calls(getattr(tree, field.name), names) for field in fields(tree))
    return False


def size_of(tree: object) -> int:
    """How many parts a tree has."""
    if isinstance(tree, tuple):
        return sum(size_of(part) for part in tree)
    if is_dataclass(tree):
        return 1 + sum(size_of(getattr(tree, field.name)) for field in fields(tree))
    return 0


def narrowing(tree: Tree, translate: Translate) -> Narrow:
    """The closure for one predicate."""
    if isinstance(tree, Chain) and not reads_position(tree):
        if tree.operators[0] == "and":
            return _all(tuple(narrowing(as_condition(part), translate) for part in tree.operands))
        short = _equality(tree, translate)
        if short is not None:
            return short
    code = translate(tree)
    if code.constant and code.kind == NUMBER:
        return _at(cast("float", code.value))
    if not code.local and code.kind not in (NUMBER, ANY):
        holds = as_boolean(code)
        return lambda nodes, context: nodes if holds(context) else ()
    weight = 2 + size_of(tree) // 4
    if code.kind == NUMBER:
        return _counted(as_number(code), weight)
    if code.kind == ANY:
        return _undecided(code, weight)
    return _filtered(as_boolean(code), weight)


def as_condition(tree: Tree) -> Tree:
    """A part of ``and`` is a condition even where it is a number."""
    if isinstance(tree, Chain) and tree.operators[0] in _BOOLEAN_SIGNS:
        return tree
    return Call("boolean", (tree,), 0)


def _all(narrows: tuple[Narrow, ...]) -> Narrow:
    def run(nodes: Nodes, context: Context) -> Nodes:
        for narrow in narrows:
            if not nodes:
                return ()
            nodes = narrow(nodes, context)
        return nodes

    return run


def _at(position: float) -> Narrow:
    """``[3]``."""
    if position != int(position) or position < 1:
        return lambda _nodes, _context: ()
    place = int(position)
    return lambda nodes, _context: nodes[place - 1 : place]


def _inner(context: Context) -> Context:
    return Context(context.node, context.environment, current=context.current, top=context.top)


def _filtered(holds: Callable[[Context], bool], weight: int) -> Narrow:
    """``weight``: what the predicate costs for one node, in steps."""

    def run(nodes: Nodes, context: Context) -> Nodes:
        spend = context.environment.spend
        inner = _inner(context)
        inner.size = len(nodes)
        kept = []
        for position, node in enumerate(nodes, 1):
            spend(weight)
            inner.node = node
            inner.position = position
            if holds(inner):
                kept.append(node)
        return kept

    return run


def _counted(number_of: Callable[[Context], float], weight: int) -> Narrow:
    return _filtered(lambda inner: number_of(inner) == inner.position, weight)


def _undecided(code: Code, weight: int) -> Narrow:
    """Whether it is a number is only known when it runs."""
    run = code.run

    def holds(inner: Context) -> bool:
        value = run(inner)
        if isinstance(value, float):
            return value == inner.position
        return to_boolean(value)

    return _filtered(holds, weight)


def equality_parts(tree: Tree, translate: Translate) -> tuple[Step, Code] | None:
    """``column = value`` or ``value = column`` with a value that is the same for all candidates.

    The column is one step without predicates: a child, an attribute or ``.`` itself.
    """
    if not isinstance(tree, Chain) or tree.operators != ("=",):
        return None
    for column, value in (tree.operands, tree.operands[::-1]):
        if not isinstance(column, Path) or column.start != "context" or len(column.steps) != 1:
            continue
        step = column.steps[0]
        if step.predicates or step.axis not in ("child", "attribute", "self"):
            continue
        code = translate(value)
        if not code.local:
            return step, code
    return None


def _equality(tree: Chain, translate: Translate) -> Narrow | None:
    """The value is worked out once, then only the texts of the column are looked at."""
    parts = equality_parts(tree, translate)
    if parts is None:
        return None
    step, code = parts
    texts_of = _column(step)
    value_of = code.run
    if texts_of is None:
        return None

    def run(nodes: Nodes, context: Context) -> Nodes:
        context.environment.spend(len(nodes))
        value = value_of(context)
        if isinstance(value, str):
            return [node for node in nodes if value in texts_of(node)]
        if isinstance(value, bool) or not is_nodes(value):
            return [node for node in nodes if _some(texts_of(node), value, context)]
        wanted = {other.string_value for other in cast("Nodes", value)}
        return [node for node in nodes if not wanted.isdisjoint(texts_of(node))]

    return run


def _some(texts: Sequence[str], value: Value, context: Context) -> bool:
    if isinstance(value, bool):
        return (len(texts) > 0) == value
    return any(compare("=", text, value, context) for text in texts)


def _column(step: Step) -> Callable[[Node], Sequence[str]] | None:
    """The texts of a column of one candidate."""
    name, namespace = step.test.name, step.test.namespace
    if step == Step("self", Test("node")):
        return lambda node: (node.string_value,)
    if step.axis == "self" or step.test.kind != "name" or name is None or namespace is None:
        return None
    if step.axis == "child":
        return lambda node: [cell.string_value for cell in node.named(name, namespace) if cell.relevant]
    return lambda node: [
        cell.string_value for cell in node.attributes if cell.name == name and cell.namespace == namespace
    ]
