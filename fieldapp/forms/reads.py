"""Which nodes of the form an expression reads, as far as its text tells, and how far a change of them
reaches.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from fieldapp.forms.definition import NodeDefinition
from fieldapp.forms.xpath import Expression, Reference
from fieldapp.forms.xpath.parser import parse
from fieldapp.forms.xpath.references import Finder
from fieldapp.forms.xpath.repeats import beside
from fieldapp.forms.xpath.syntax import Call

# These ask how many nodes there are and where they stand, never what is in them. Without the difference
# position(..) would read every answer of its repeat and form a circle with all that use it.
_STANDING = frozenset({"position", "count", "name", "local-name", "namespace-uri"})


class _Contents(Finder):
    """Finds only paths whose contents are read."""

    def _call(self, call: Call, here: Reference) -> list[Reference]:
        if call.name in _STANDING:
            self._without_last(call.arguments, here)
            return []
        if call.name == "indexed-repeat":
            self._without_last(call.arguments[1::2], here)
            call = Call(call.name, (call.arguments[0], *call.arguments[2::2]), call.column)
        return super()._call(call, here)

    def _without_last(self, arguments: Iterable[object], here: Reference) -> None:
        for argument in arguments:
            known = set(self.references)
            places = self.visit(argument, here)  # type: ignore[arg-type]  # arguments of a Call are trees
            self.references -= set(places) - known


def standing(
    expression: Expression,
    namespaces: Mapping[str, str],
    place: tuple[str, ...],
    repeats: Collection[tuple[str, ...]],
) -> frozenset[Reference]:
    """The references of which only number and position matter."""
    if not any(f"{name}(" in expression.text for name in ("indexed-repeat", *_STANDING)):
        return frozenset()
    tree = parse(expression.text, namespaces)
    finder = _Contents()
    finder.visit(beside(tree, place, repeats) if repeats else tree)
    return expression.references - finder.references


def beneath(node: NodeDefinition) -> Iterable[NodeDefinition]:
    """The node itself and everything beneath, attributes included."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(current.children)
        pending.extend(current.attributes)


def targets(
    reference: Reference, place: NodeDefinition, nodes: Mapping[str, NodeDefinition]
) -> list[NodeDefinition]:
    """The nodes a path can reach, wildcards spread out. Empty for other instances and unknown paths."""
    resolved = reference.resolve(place.steps)
    if resolved is None:
        return []
    root = next(iter(nodes.values()))
    steps = [step.rsplit("}", 1)[-1] if "}" in step else step for step in resolved]
    if not steps:
        return [root]
    if all(step[0] not in "*@" for step in steps):
        found = nodes.get("/" + "/".join(steps))
        return [found] if found is not None else []
    level = [root] if steps[0] in (root.name, "*") else list(beneath(root)) if steps[0] == "**" else []
    for step in steps[1:]:
        level = _step(step, level)
    return level


def _step(step: str, level: list[NodeDefinition]) -> list[NodeDefinition]:
    if step == "**":
        return [below for node in level for below in beneath(node)]
    if step == "*":
        return [child for node in level for child in node.children]
    if step == "@*":
        return [child for node in level for child in node.attributes]
    name = step.removeprefix("@").rsplit("}", 1)[-1]
    return [
        child
        for node in level
        for child in (node.attributes if step.startswith("@") else node.children)
        if child.name == name
    ]


def _climb(reference: Reference, place: NodeDefinition) -> NodeDefinition | None:
    """The innermost repeat around ``place`` that a relative path stays within."""
    if reference.base != "context":
        return None
    node: NodeDefinition | None = place
    for step in reference.steps:
        if step != ".." or node is None:
            break
        node = node.parent
    return _innermost(node)


def _innermost(node: NodeDefinition | None) -> NodeDefinition | None:
    while node is not None and node.kind != "repeat":
        node = node.parent
    return node


@dataclass(frozen=True, slots=True)
class Read:
    """One node that is read. ``within``: the innermost repeat that a change of it does not reach beyond.

    ``contents`` False: only number and position of the nodes matter. ``named`` False: the node was not named
    itself but stands beneath a group that was.
    """

    within: NodeDefinition | None
    contents: bool
    named: bool


def reads_of(
    place: NodeDefinition,
    expression: Expression,
    standing_only: frozenset[Reference],
    nodes: Mapping[str, NodeDefinition],
) -> dict[int, Read]:
    """What an expression at ``place`` reads, by node index.

    A group that is read as a whole means all leaves beneath, except the node that the expression is for.
    """
    found: dict[int, Read] = {}
    for reference in expression.references:
        contents = reference not in standing_only
        climbed = _climb(reference, place)
        for target in targets(reference, place, nodes):
            for node in beneath(target) if contents and target.kind != "leaf" else (target,):
                named = node is target
                if node is place and not named:
                    continue
                # Standing or relevance of a repeat instance concerns its equals too, so one level further
                # out.
                reach = climbed if node is not climbed else _innermost(node.parent)
                if reach is not None and reach not in node.repeats():
                    reach = None
                old = found.get(node.index)
                if old is not None:
                    reach = reach if old.within is reach else None
                    contents, named = contents or old.contents, named or old.named
                found[node.index] = Read(reach, contents, named)
    return found
