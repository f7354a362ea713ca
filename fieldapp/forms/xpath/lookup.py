"""``instance('x')/root/item[column = value]`` answered from an index instead of a walk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from fieldapp.forms.xpath.axes import in_document_order
from fieldapp.forms.xpath.code import NODES, Code, as_text
from fieldapp.forms.xpath.dates import Moment
from fieldapp.forms.xpath.nodes import Context, EvaluationError, Instance, Node
from fieldapp.forms.xpath.predicates import (
    Narrow,
    Translate,
    as_condition,
    equality_parts,
    narrowing,
    reads_position,
)
from fieldapp.forms.xpath.syntax import Call, Chain, Path, Step, Tree
from fieldapp.forms.xpath.values import is_nodes

Nodes: TypeAlias = Sequence[Node]


def find_instance(name: str, context: Context) -> Instance:
    """The instance of that id; EvaluationError if the form has none."""
    found = context.environment.instance(name)
    if found is None:
        raise EvaluationError(f"there is no instance '{name}'")
    return found


def _is_name(step: Step) -> bool:
    return (
        step.axis == "child"
        and step.test.kind == "name"
        and bool(step.test.name)
        and step.test.namespace == ""
    )


def _split(predicate: Tree, translate: Translate) -> tuple[str, Code, list[Tree]] | None:
    """The equality an index can answer, and what remains to be checked of an ``and`` chain."""
    parts = (
        predicate.operands
        if isinstance(predicate, Chain) and predicate.operators[0] == "and"
        else (predicate,)
    )
    if any(reads_position(part) for part in parts):
        return None
    for place, part in enumerate(parts):
        found = equality_parts(part, translate)
        if found is not None and _is_name(found[0]):
            rest = [as_condition(other) for i, other in enumerate(parts) if i != place]
            return str(found[0].test.name), found[1], rest
    return None


def indexed_path(
    path: Path, translate: Translate, walk_on: Callable[[tuple[Step, ...]], Callable[[Nodes, Context], Nodes]]
) -> Code | None:
    """The closure for such a path; None if it has another shape.

    ``walk_on`` compiles the steps behind the item; without an index the whole path is walked.
    """
    start = path.start
    if not isinstance(start, Call) or start.name != "instance" or len(start.arguments) != 1:
        return None
    place = next((i for i, step in enumerate(path.steps) if step.predicates), None)
    if place is None or not all(_is_name(step) for step in path.steps[: place + 1]):
        return None
    step = path.steps[place]
    split = _split(step.predicates[0], translate)
    name = translate(start.arguments[0])
    if split is None:
        return None
    column, key, rest = split
    names = tuple(str(one.test.name) for one in path.steps[: place + 1])
    whole = walk_on((*path.steps[:place], replace(step, predicates=step.predicates[:1])))
    narrows = [narrowing(tree, translate) for tree in (*rest, *step.predicates[1:])]
    beyond = walk_on(path.steps[place + 1 :])
    return Code(_runner(as_text(name), names, column, key, (whole, narrows, beyond)), NODES, name.local)


def _runner(
    name_of: Callable[[Context], str],
    names: tuple[str, ...],
    column: str,
    key: Code,
    walks: tuple[Callable[[Nodes, Context], Nodes], list[Narrow], Callable[[Nodes, Context], Nodes]],
) -> Callable[[Context], Nodes]:
    whole, narrows, beyond = walks

    def run(context: Context) -> Nodes:
        instance = find_instance(name_of(context), context)
        found = _look(instance, names, column, key, context)
        if found is None:
            found = whole((instance.node,), context)
        for narrow in narrows:
            if not found:
                return ()
            found = narrow(found, context)
        return beyond(found, context)

    return run


def _look(
    instance: Instance, names: tuple[str, ...], column: str, key: Code, context: Context
) -> Nodes | None:
    value = key.run(context)
    if isinstance(value, bool):
        return None
    if isinstance(value, Moment):
        value = value.days
    if isinstance(value, str | float):
        return instance.lookup(names, column, value)
    if not is_nodes(value) or not value:
        return ()
    texts = list(dict.fromkeys(node.string_value for node in value))
    answers = [instance.lookup(names, column, text) for text in texts]
    if len(answers) == 1 or None in answers:
        return answers[0] if len(answers) == 1 else None
    return in_document_order([node for answer in answers for node in answer or ()])
