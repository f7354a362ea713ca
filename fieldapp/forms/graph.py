"""Which expression depends on which: the order of recalculation, and cycles found when a form is loaded.

A *unit* is one calculate or relevant of one node. It writes the leaves it decides (a relevant: all leaves beneath)
and reads the leaves its paths reach. Units are ranked so that every unit comes after those it reads from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fieldapp.errors import UserError
from fieldapp.forms.definition import NodeDefinition
from fieldapp.forms.xpath import Expression, Reference


@dataclass(frozen=True, slots=True)
class Unit:
    """One expression that decides something. ``what`` is ``calculate`` or ``relevant``; smaller ``rank`` first."""

    rank: int
    node: NodeDefinition
    what: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Dependent:
    """A unit that reads a node. ``within``: the innermost repeat that a change does not reach beyond, if any."""

    unit: Unit
    within: NodeDefinition | None


@dataclass(frozen=True, slots=True)
class Graph:
    """Units in order, and by node index: who reads it, and its own units."""

    units: tuple[Unit, ...] = ()
    readers: Mapping[int, tuple[Dependent, ...]] = field(default_factory=dict)
    own: Mapping[int, tuple[Unit, ...]] = field(default_factory=dict)
    counts: tuple[NodeDefinition, ...] = ()


def leaves_of(node: NodeDefinition) -> Iterable[NodeDefinition]:
    """The node itself and everything beneath, attributes included."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(current.children)
        pending.extend(current.attributes)


def _steps(reference: Reference, place: NodeDefinition) -> tuple[str, ...] | None:
    resolved = reference.resolve(place.steps)
    if resolved is None:
        return None
    return tuple(step.rsplit("}", 1)[-1] for step in resolved)


def targets(reference: Reference, place: NodeDefinition, nodes: Mapping[str, NodeDefinition]) -> list[NodeDefinition]:
    """The nodes a path can reach, wildcards spread out. Empty for other instances and unknown paths."""
    steps = _steps(reference, place)
    if steps is None:
        return []
    root = next(iter(nodes.values()))
    if not steps:
        return [root]
    level = [root] if steps[0] in (root.name, "*") else list(leaves_of(root)) if steps[0] == "**" else []
    for step in steps[1:]:
        if step == "**":
            level = [below for node in level for below in leaves_of(node)]
        elif step == "*":
            level = [child for node in level for child in node.children]
        elif step == "@*":
            level = [child for node in level for child in node.attributes]
        else:
            level = [
                child
                for node in level
                for child in (node.attributes if step.startswith("@") else node.children)
                if child.name == step.removeprefix("@")
            ]
    return level


def _climb(reference: Reference, place: NodeDefinition) -> NodeDefinition | None:
    """The innermost repeat around ``place`` that a relative path stays within."""
    if reference.base != "context":
        return None
    node: NodeDefinition | None = place
    for step in reference.steps:
        if step != ".." or node is None:
            break
        node = node.parent
    repeats = node.repeats() if node is not None else ()
    return repeats[-1] if repeats else None


def build(nodes: Mapping[str, NodeDefinition]) -> Graph:
    """The graph of a form. UserError FORM_010 names the questions of a cycle."""
    raw: list[tuple[NodeDefinition, str, Expression]] = []
    for node in nodes.values():
        if node.bind.relevant is not None:
            raw.append((node, "relevant", node.bind.relevant))
        if node.bind.calculate is not None:
            raw.append((node, "calculate", node.bind.calculate))
    reads = [_reads(node, expression, nodes) for node, _, expression in raw]
    writers: dict[int, list[int]] = {}
    for number, (node, what, _) in enumerate(raw):
        for written in leaves_of(node) if what == "relevant" else (node,):
            writers.setdefault(written.index, []).append(number)
    before: list[set[int]] = []
    for number, (node, what, _) in enumerate(raw):
        sources = {writer for index in reads[number] for writer in writers.get(index, ())}
        if what == "calculate":  # evaluated only where relevant
            sources |= {w for w in writers.get(node.index, ()) if raw[w][1] == "relevant"}
            sources.discard(number)
        before.append(sources)
    order = _ordered(raw, before)
    rank = {number: place for place, number in enumerate(order)}
    units = {number: Unit(rank[number], *raw[number]) for number in order}
    readers: dict[int, list[Dependent]] = {}
    own: dict[int, list[Unit]] = {}
    for number in order:
        unit = units[number]
        own.setdefault(unit.node.index, []).append(unit)
        for index, within in reads[number].items():
            readers.setdefault(index, []).append(Dependent(unit, within))
    return Graph(
        tuple(units[number] for number in order),
        {index: tuple(found) for index, found in readers.items()},
        {index: tuple(found) for index, found in own.items()},
        tuple(node for node in nodes.values() if node.count is not None),
    )


def _reads(
    place: NodeDefinition, expression: Expression, nodes: Mapping[str, NodeDefinition]
) -> dict[int, NodeDefinition | None]:
    found: dict[int, NodeDefinition | None] = {}
    for reference in expression.references:
        within = _climb(reference, place)
        for target in targets(reference, place, nodes):
            # position(..) names the repeat around it and reads its place, not its content
            only_place = "position" in expression.uses and place.path.startswith(target.path + "/")
            for leaf in (target,) if only_place else leaves_of(target):
                shared = within if within is not None and within in leaf.repeats() else None
                if leaf.index in found and found[leaf.index] is not shared:
                    shared = None
                found[leaf.index] = shared
    return found


def _ordered(raw: list[tuple[NodeDefinition, str, Expression]], before: list[set[int]]) -> list[int]:
    waiting = [len(sources) for sources in before]
    after: list[list[int]] = [[] for _ in raw]
    for number, sources in enumerate(before):
        for source in sources:
            after[source].append(number)
    ready = [number for number, left in enumerate(waiting) if left == 0]
    order: list[int] = []
    while ready:
        number = ready.pop()
        order.append(number)
        for follower in after[number]:
            waiting[follower] -= 1
            if waiting[follower] == 0:
                ready.append(follower)
    if len(order) < len(raw):
        raise UserError("FORM_010", questions=" → ".join(_cycle(raw, before, set(order))))
    return order


def _cycle(
    raw: list[tuple[NodeDefinition, str, Expression]], before: list[set[int]], done: set[int]
) -> list[str]:
    number = next(n for n in range(len(raw)) if n not in done)
    seen: list[int] = []
    while number not in seen:
        seen.append(number)
        number = next(source for source in sorted(before[number]) if source not in done)
    ring = [*seen[seen.index(number) :], number]
    return [f"{raw[n][0].path} ({raw[n][1]})" for n in reversed(ring)]
