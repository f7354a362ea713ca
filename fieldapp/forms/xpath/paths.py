"""Location paths as closures: the short cuts that most paths of forms take, and the general case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from fieldapp.forms.xpath.axes import FORWARD, REVERSE, in_document_order, node_test
from fieldapp.forms.xpath.code import NODES, Code, as_nodes
from fieldapp.forms.xpath.lookup import indexed_path
from fieldapp.forms.xpath.nodes import Context, Node
from fieldapp.forms.xpath.predicates import Narrow, Translate, narrowing, reads_position
from fieldapp.forms.xpath.syntax import Call, Path, Step, Test, Tree

Nodes: TypeAlias = Sequence[Node]
Walk: TypeAlias = Callable[[Nodes, Context], Nodes]

_ANY_NODE: Final = Test("node")
# These functions give one node.
_SINGLE: Final = frozenset({"instance", "current"})
# From one node these give a nodeset in document order that holds no node together with its ancestor.
_FLAT: Final = frozenset({"child", "attribute", "self", "parent", "following-sibling", "preceding-sibling"})


def only_relevant(nodes: Nodes) -> Nodes:
    """Paths never yield nodes that are not relevant, as in JavaRosa."""
    if len(nodes) == 1:
        return nodes if nodes[0].relevant else ()
    return [node for node in nodes if node.relevant]


def is_child_name(step: Step) -> bool:
    """True for ``name`` without predicates."""
    return (
        step.axis == "child"
        and not step.predicates
        and step.test.kind == "name"
        and step.test.name is not None
        and step.test.namespace is not None
    )


def compile_path(path: Path, translate: Translate) -> Code:
    """The closure for a location path. ``translate`` compiles the expressions within it."""
    steps = _without_detours(path.steps)
    indexed = indexed_path(
        Path(path.start, steps), translate, lambda rest: _walk(rest, translate, many=False)
    )
    if indexed is not None:
        return indexed
    at_current = isinstance(path.start, Call) and path.start.name == "current"
    ups = 0
    if path.start == "context" or at_current:
        while ups < len(steps) and steps[ups] == Step("parent", _ANY_NODE):
            ups += 1
    names = [step for step in steps[ups:] if is_child_name(step)]
    base = None if isinstance(path.start, str) or at_current else translate(path.start)
    local = path.start == "context" or (base is not None and base.local)
    if len(names) == len(steps) - ups:
        named = tuple((str(step.test.name), str(step.test.namespace)) for step in names)
        return Code(_short("current" if at_current else path.start, base, ups, named), NODES, local)
    single = isinstance(path.start, str) or (isinstance(path.start, Call) and path.start.name in _SINGLE)
    walk = _walk(steps, translate, many=not single)
    return Code(_started("current" if at_current else path.start, base, walk), NODES, local)


def _started(start: str | Tree, base: Code | None, walk: Walk) -> Callable[[Context], Nodes]:
    if base is not None:
        nodes_of = as_nodes(base)
        return lambda context: walk(nodes_of(context), context)
    if start == "root":
        return lambda context: walk((context.root(),), context)
    if start == "current":
        return lambda context: walk((context.current,), context)
    return lambda context: walk((context.node,), context)


def _without_detours(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """``.`` left out, and ``//name`` as one step where no predicate counts positions."""
    kept: list[Step] = []
    for step in steps:
        if step == Step("self", _ANY_NODE):
            continue
        if (
            kept
            and kept[-1] == Step("descendant-or-self", _ANY_NODE)
            and step.axis == "child"
            and not any(reads_position(predicate) for predicate in step.predicates)
        ):
            kept[-1] = Step("descendant", step.test, step.predicates)
        else:
            kept.append(step)
    return tuple(kept)


def _short(
    start: str | Tree, base: Code | None, ups: int, names: tuple[tuple[str, str], ...]
) -> Callable[[Context], Nodes]:
    """Paths of parents and names only: ``../../a/b``, ``/data/a``, ``current()/../a``."""
    if base is not None:
        nodes_of = as_nodes(base)
        if not names:
            return nodes_of
        return lambda context: only_relevant(_descend(nodes_of(context), names, context))
    if start == "root":
        if not names:
            return lambda context: (context.root(),)
        (first, first_space), *others = names
        rest = tuple(others)
        return lambda context: only_relevant(
            _descend(context.root().named(first, first_space), rest, context)
        )
    if start == "current" and not names:
        return lambda context: _above(context.current, ups)
    if start == "current":
        return lambda context: only_relevant(_descend(_above(context.current, ups), names, context))
    if not names:
        return lambda context: _above(context.node, ups)
    if ups == 0:
        return lambda context: only_relevant(_descend((context.node,), names, context))
    return lambda context: only_relevant(_descend(_above(context.node, ups), names, context))


def _above(node: Node, ups: int) -> Nodes:
    for _ in range(ups):
        parent = node.parent
        if parent is None:
            return ()
        node = parent
    return (node,)


def _descend(nodes: Nodes, names: tuple[tuple[str, str], ...], context: Context) -> Nodes:
    for name, namespace in names:
        if len(nodes) == 1:
            nodes = nodes[0].named(name, namespace)
        elif not nodes:
            return ()
        else:
            context.environment.spend(len(nodes))
            nodes = [child for node in nodes for child in node.named(name, namespace)]
    return nodes


def _walk(steps: tuple[Step, ...], translate: Translate, *, many: bool) -> Walk:
    """The general case: step after step, sorted where an axis could disturb the order."""
    walks: list[Walk] = []
    flat = not many
    for step in steps:
        walks.append(_step(step, translate, flat=flat))
        flat = flat and step.axis in _FLAT and not (step.axis == "parent" and len(walks) > 1)
    filtered = any(step.axis not in ("self", "parent") for step in steps)

    def walk(nodes: Nodes, context: Context) -> Nodes:
        for one in walks:
            if not nodes:
                return ()
            nodes = one(nodes, context)
        return only_relevant(nodes) if filtered else nodes

    return walk


def _step(step: Step, translate: Translate, *, flat: bool) -> Walk:
    """One step from several nodes. ``flat``: the nodes it starts from are ordered and none holds another."""
    candidates = _candidates(step)
    narrows: list[Narrow] = [narrowing(predicate, translate) for predicate in step.predicates]
    reverse = step.axis in REVERSE
    ordered = flat and step.axis in ("child", "attribute", "self", "descendant", "descendant-or-self")

    def one(node: Node, context: Context) -> Nodes:
        found = candidates(node, context)
        for narrow in narrows:
            if not found:
                return found
            found = narrow(found, context)
        return found

    def run(nodes: Nodes, context: Context) -> Nodes:
        if len(nodes) == 1:
            found = one(nodes[0], context)
            return found[::-1] if reverse else found
        context.environment.spend(len(nodes))
        together = [node for start in nodes for node in one(start, context)]
        return together if ordered else in_document_order(together)

    return run


def _candidates(step: Step) -> Callable[[Node, Context], Nodes]:
    """The nodes of one axis that pass the node test, in the order of the axis."""
    test = step.test
    if step.axis == "child" and test.kind == "name" and test.name is not None and test.namespace is not None:
        name, namespace = test.name, test.namespace
        return lambda node, _context: node.named(name, namespace)
    axis = FORWARD.get(step.axis) or REVERSE[step.axis]
    passes = node_test(test, step.axis)

    def candidates(node: Node, context: Context) -> Nodes:
        found = []
        spend = context.environment.spend
        for other in axis(node):
            spend(1)
            if passes(other):
                found.append(other)
        return found

    return candidates


def compile_filter(base: Code, predicates: tuple[Tree, ...], translate: Translate) -> Code:
    """``(expression)[predicate]``: positions count in document order over the whole nodeset."""
    nodes_of = as_nodes(base)
    narrows = [narrowing(predicate, translate) for predicate in predicates]

    def run(context: Context) -> Nodes:
        found = nodes_of(context)
        for narrow in narrows:
            if not found:
                return ()
            found = narrow(found, context)
        return found

    return Code(run, NODES, base.local)
