"""Keeps calculated values and relevance true: after an edit exactly what depends on it is evaluated, in
order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heappop, heappush

from fieldapp.forms.definition import NodeDefinition
from fieldapp.forms.graph import Graph, Unit
from fieldapp.forms.instance import LiveNode, instance_of
from fieldapp.forms.types import written
from fieldapp.forms.xpath import Environment, EvaluationError, Expression

#: Characters that all calculated values of one instance may have together.
MAX_CALCULATED = 4_000_000

Warn = Callable[[LiveNode, str, str], None]
Count = Callable[[NodeDefinition, LiveNode], None]


class Recalculation:
    """The worklist over one live tree. ``live`` holds the live nodes of every definition, by its index;
    ``size`` is their number.

    ``warn(node, what, problem)`` hears of expressions that fail; ``count(repeat, parent)`` brings the
    instances of a counted repeat to their number. With ``keep_values`` calculated values stay as they are.
    """

    def __init__(self, graph: Graph, environment: Environment, warn: Warn, count: Count) -> None:
        self._graph = graph
        self._environment = environment
        self._warn = warn
        self._count = count
        self.live: dict[int, list[LiveNode]] = {}
        self.changed_values: dict[LiveNode, None] = {}
        self.changed_relevance: dict[LiveNode, None] = {}
        self._heap: list[tuple[int, int, LiveNode, Unit]] = []
        self._waiting: set[tuple[int, LiveNode]] = set()
        self._counter = 0
        self._calculated = 0
        self.evaluations = 0
        self.keep_values = False
        self.size = 0

    def enter(self, top: LiveNode) -> None:
        """Take a new subtree into the books."""
        for node in top.walk():
            self.live.setdefault(node.definition.index, []).append(node)
            self.size += 1

    def leave(self, top: LiveNode) -> None:
        """Strike a removed subtree from the books."""
        for node in top.walk():
            self.live[node.definition.index].remove(node)
            self.size -= 1
            self.changed_values.pop(node, None)
            self.changed_relevance.pop(node, None)

    def everything(self) -> None:
        """Evaluate all units, as when a form is opened."""
        for unit in self._graph.units:
            for node in self.live.get(unit.stands.index, ()):
                self._push(unit, node)
        self.settle()

    def subtree(self, top: LiveNode) -> None:
        """Evaluate all units within a new repeat instance."""
        for node in top.walk():
            for unit in self._graph.own.get(node.definition.index, ()):
                self._push(unit, node)

    def again(self, node: LiveNode) -> None:
        """A calculated node was set by an action: its calculation has the last word."""
        for unit in self._graph.own.get(node.definition.index, ()):
            if unit.what == "calculate":
                self._push(unit, node)

    def worded(self) -> None:
        """The language changed: what reads texts is due."""
        for unit in self._graph.units:
            if unit.expression.uses & {"jr:itext", "jr:choice-name"}:
                for node in self.live.get(unit.stands.index, ()):
                    self._push(unit, node)

    def touched(self, node: LiveNode) -> None:
        """What is seen at ``node`` changed: everything that reads it is due."""
        for dependent in self._graph.readers.get(node.definition.index, ()):
            unit = dependent.unit
            if dependent.within is None:
                targets: Iterable[LiveNode] = self.live.get(unit.stands.index, ())
            else:
                targets = _within(node, dependent.within, unit.stands)
            for target in targets:
                if target is not node or unit.what != "calculate":
                    self._push(unit, target)

    def moved(self, parent: LiveNode, repeat: NodeDefinition) -> None:
        """Instances of ``repeat`` came, went or shifted: who reads several of them, or where they stand,
        is due.
        """
        pending = [repeat]
        while pending:
            definition = pending.pop()
            pending.extend(definition.children)
            for dependent in self._graph.readers.get(definition.index, ()):
                within, unit = dependent.within, dependent.unit
                if within is None:
                    for target in self.live.get(unit.stands.index, ()):
                        self._push(unit, target)
                elif repeat not in within.repeats():
                    for target in _within(parent, within, unit.stands):
                        self._push(unit, target)

    def settle(self) -> None:
        """Evaluate what is due until nothing is, each unit after those it reads from."""
        with self._environment.shared():
            self._settle()

    def _settle(self) -> None:
        while self._heap:
            _, _, node, unit = heappop(self._heap)
            self._waiting.discard((unit.rank, node))
            if node.gone:
                continue
            self.evaluations += 1
            if unit.what == "relevant":
                self._relevant(unit, node)
            elif unit.what == "count":
                if not self.keep_values:
                    self._count(unit.node, node)
            elif node.relevant and not self.keep_values:
                self._calculate(unit, node)

    def _push(self, unit: Unit, node: LiveNode) -> None:
        key = (unit.rank, node)
        if key not in self._waiting:
            self._waiting.add(key)
            self._counter += 1
            heappush(self._heap, (unit.rank, self._counter, node, unit))

    def _calculate(self, unit: Unit, node: LiveNode) -> None:
        value = self.value(unit.expression, node, "calculate")
        if value != node.raw:
            if self._calculated + len(value) - len(node.raw) > MAX_CALCULATED:
                self._warn(node, "calculate", "the calculated texts become too long together")
                value = ""
            self._calculated += len(value) - len(node.raw)
            node.set_raw(value)
            self.changed_values[node] = None
            self.touched(node)

    def _relevant(self, unit: Unit, node: LiveNode) -> None:
        # A question whose condition cannot be evaluated is shown: hiding it would lose its answer unseen.
        holds = self.boolean(unit.expression, node, "relevant", otherwise=True)
        if holds != node.own_relevant:
            node.own_relevant = holds
            self.spread(node)

    def spread(self, node: LiveNode) -> None:
        """Give relevance down from ``node``; what changed is seen by its readers and calculates."""
        above = node.parent.relevant if node.parent is not None else True
        pending = [(node, above)]
        while pending:
            node, above = pending.pop()
            effective = above and node.own_relevant and not node.surplus
            if effective == node.relevant:
                continue
            node.relevant = effective
            self.changed_relevance[node] = None
            self.touched(node)
            if effective:
                for unit in self._graph.own.get(node.definition.index, ()):
                    if unit.what == "calculate":
                        self._push(unit, node)
            pending.extend((below, effective) for below in node.attributes)
            pending.extend((below, effective) for below in node.elements)

    def value(self, expression: Expression, node: LiveNode, what: str) -> str:
        """The value as the node's type writes it; what cannot be evaluated is empty and one warning."""
        try:
            return written(node.definition.bind.type, expression.evaluate(node.context))
        except EvaluationError as error:
            self._warn(node, what, str(error))
            return ""

    def boolean(self, expression: Expression, node: LiveNode, what: str, otherwise: bool = False) -> bool:
        """The value as a truth; what cannot be evaluated is ``otherwise`` and one warning."""
        try:
            return expression.boolean(node.context)
        except EvaluationError as error:
            self._warn(node, what, str(error))
            return otherwise


def _within(changed: LiveNode, repeat: NodeDefinition, target: NodeDefinition) -> list[LiveNode]:
    """Live nodes of ``target`` inside the same instance of ``repeat`` as ``changed``."""
    instance = instance_of(changed, repeat)
    if instance is None:
        return []
    level = [instance]
    for name in target.path[len(repeat.path) + 1 :].split("/"):
        if name.startswith("@"):
            level = [a for found in level for a in found.attributes if a.name == name[1:]]
        elif name:
            level = [child for found in level for child in found.names.get(name, ())]
    return level
