"""What a form says of a question: its expressions, what they read, and whose expressions read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fieldapp.errors import UserError
from fieldapp.forms.definition import FormDefinition, NodeDefinition, SetValue
from fieldapp.forms.reads import reads_of, standing
from fieldapp.forms.xpath import Expression


@dataclass(frozen=True, slots=True)
class Clause:
    """One expression of a form: where it stands, what it decides, its text as in the XForm.

    ``what`` is ``relevant``, ``required``, ``constraint``, ``readonly``, ``calculate``, ``count``,
    ``choices`` or ``set`` (a default or an action that gives the node ``path`` its value).
    """

    path: str
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A question as the form defines it.

    ``clauses`` are its own expressions, ``around`` those of the groups it stands in; ``reads`` the paths that
    its own expressions name (and what sets off its actions), ``readers`` the expressions of others that read
    it, alone or with its group.
    """

    path: str
    kind: str
    type: str
    clauses: tuple[Clause, ...]
    around: tuple[Clause, ...]
    reads: tuple[str, ...]
    readers: tuple[Clause, ...]


def clauses(form: FormDefinition) -> tuple[Clause, ...]:
    """All expressions of the form, in its order."""
    return tuple(clause for node in form.nodes.values() for clause, _ in _expressions(form, node))


def explain(form: FormDefinition, question: str) -> Explanation:
    """What ``question`` (a path, or a name that stands once) depends on. UserError FORM_016 without it."""
    node = _named(form, question)
    own = list(_expressions(form, node))
    reads = {path: None for _, expression in own for path in _read(form, node, expression, named=True)}
    reads |= dict.fromkeys(_triggers(form, node))
    reads.pop(node.path, None)
    readers = (
        clause
        for other in form.nodes.values()
        if other is not node
        for clause, expression in _expressions(form, other)
        if node.path in _read(form, other, expression, named=False)
    )
    return Explanation(
        path=node.path,
        kind=node.kind if node.kind != "leaf" else "question" if node.control is not None else "value",
        type=node.bind.type,
        clauses=tuple(clause for clause, _ in own),
        around=tuple(_around(form, node)),
        reads=tuple(reads),
        readers=tuple(readers),
    )


def _named(form: FormDefinition, question: str) -> NodeDefinition:
    if question in form.nodes:
        return form.nodes[question]
    found = [node for node in form.nodes.values() if node.path.endswith(f"/{question}")]
    if len(found) != 1:
        raise UserError("FORM_016", path=question, form=form.form_id)
    return found[0]


def _expressions(form: FormDefinition, node: NodeDefinition) -> Iterator[tuple[Clause, Expression]]:
    itemset = node.control.itemset if node.control is not None else None
    bind = node.bind
    decided = {
        "relevant": bind.relevant,
        "required": bind.required,
        "constraint": bind.constraint,
        "readonly": bind.readonly,
        "calculate": bind.calculate,
        "count": node.count,
        "choices": itemset.nodes if itemset is not None else None,
    }
    for what, expression in decided.items():
        if expression is not None:
            yield Clause(node.path, what, expression.text), expression
    for action in _actions(form, node):
        if action.value is not None:
            yield Clause(node.path, "set", action.value.text), action.value


def _actions(form: FormDefinition, node: NodeDefinition) -> Iterator[SetValue]:
    return (action for action in form.actions if action.target == node.path)


def _triggers(form: FormDefinition, node: NodeDefinition) -> Iterator[str]:
    """The questions whose answers set off an action on ``node``."""
    for other in form.nodes.values():
        if other.control is not None and any(
            action.target == node.path and "xforms-value-changed" in action.events
            for action in other.control.actions
        ):
            yield other.path


def _around(form: FormDefinition, node: NodeDefinition) -> Iterator[Clause]:
    group = node.parent
    while group is not None:
        for clause, _ in _expressions(form, group):
            if clause.what in {"relevant", "readonly", "count"}:
                yield clause
        group = group.parent


def _read(form: FormDefinition, place: NodeDefinition, expression: Expression, *, named: bool) -> list[str]:
    """Paths that an expression at ``place`` reads; ``named``: only those it names, not what is beneath."""
    around = [repeat.steps for repeat in place.repeats()]
    counted = standing(expression, form.namespaces, place.steps if around else (), around)
    found = reads_of(place, expression, counted, form.nodes)
    paths = list(form.nodes)
    return [paths[index] for index, read in found.items() if read.named or not named]
