"""Which expression depends on which: the order of recalculation, and cycles found when a form is loaded.

A *unit* is one relevant, calculate or jr:count of one node. It writes the leaves it decides (a relevant or a
count: all leaves beneath) and reads what its paths reach. Units are ranked so that every unit comes after
those it reads from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fieldapp.errors import Phrase, UserError
from fieldapp.forms.definition import NodeDefinition
from fieldapp.forms.reads import Read, beneath, reads_of
from fieldapp.forms.xpath import Expression, Reference

#: How many questions all expressions of a form may read together: each of n reading all n grows without end.
MAX_READS = 300_000


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """One expression that decides something; smaller ``rank`` first.

    ``what`` is ``relevant``, ``calculate`` or ``count``. It is evaluated once per live node of ``stands``:
    the node itself, for a count the parent of the repeat (which is there even without instances).
    """

    rank: int
    node: NodeDefinition
    what: str
    expression: Expression
    stands: NodeDefinition


@dataclass(frozen=True, slots=True)
class Dependent:
    """A unit that reads a node. ``within``: the innermost repeat that a change does not reach beyond, if
    any.
    """

    unit: Unit
    within: NodeDefinition | None


@dataclass(frozen=True, slots=True)
class Graph:
    """Units in order, and by node index: who reads it, and the units that stand there."""

    units: tuple[Unit, ...] = ()
    readers: Mapping[int, tuple[Dependent, ...]] = field(default_factory=dict)
    own: Mapping[int, tuple[Unit, ...]] = field(default_factory=dict)


Raw = tuple[NodeDefinition, str, Expression]


def build(nodes: Mapping[str, NodeDefinition], standing: Mapping[Expression, frozenset[Reference]]) -> Graph:
    """The graph of a form. UserError FORM_010 names the questions of a cycle, FORM_003 of too many reads."""
    raw: list[Raw] = []
    for node in nodes.values():
        for what, expression in (
            ("relevant", node.bind.relevant),
            ("count", node.count),
            ("calculate", node.bind.calculate),
        ):
            if expression is not None:
                raw.append((node, what, expression))
    reads: list[dict[int, Read]] = []
    left = MAX_READS
    for node, _, expression in raw:
        reads.append(reads_of(node, expression, standing.get(expression, frozenset()), nodes))
        left -= len(reads[-1])
        if left < 0:
            raise UserError("FORM_003", limit=Phrase("{count} reads of questions", count=MAX_READS))
    order = _ordered(raw, _before(raw, reads))
    readers: dict[int, list[Dependent]] = {}
    own: dict[int, list[Unit]] = {}
    units: list[Unit] = []
    for rank, number in enumerate(order):
        node, what, expression = raw[number]
        stands = node.parent if what == "count" and node.parent is not None else node
        unit = Unit(rank, node, what, expression, stands)
        units.append(unit)
        own.setdefault(stands.index, []).append(unit)
        for index, read in reads[number].items():
            readers.setdefault(index, []).append(Dependent(unit, read.within))
    return Graph(
        tuple(units),
        {index: tuple(found) for index, found in readers.items()},
        {index: tuple(found) for index, found in own.items()},
    )


def _before(raw: list[Raw], reads: list[dict[int, Read]]) -> list[set[int]]:
    """For every unit the units it comes after."""
    writers: dict[int, list[int]] = {}
    for number, (node, what, _) in enumerate(raw):
        for written in (node,) if what == "calculate" else beneath(node):
            writers.setdefault(written.index, []).append(number)
    before: list[set[int]] = []
    for number, (node, what, _) in enumerate(raw):
        sources: set[int] = set()
        for index, read in reads[number].items():
            found = writers.get(index, ())
            sources.update(found if read.contents else (w for w in found if w != number))
        if what == "calculate":  # evaluated only where it is relevant
            sources.update(w for w in writers.get(node.index, ()) if w != number)
        before.append(sources)
    return before


def _ordered(raw: list[Raw], before: list[set[int]]) -> list[int]:
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


def _cycle(raw: list[Raw], before: list[set[int]], done: set[int]) -> list[str]:
    number = next(n for n in range(len(raw)) if n not in done)
    seen: list[int] = []
    while number not in seen:
        seen.append(number)
        number = next(source for source in sorted(before[number]) if source not in done)
    ring = [*seen[seen.index(number) :], number]
    return [f"{raw[n][0].path} ({raw[n][1]})" for n in reversed(ring)]
