"""Keeps calculated values and relevance true: after an edit exactly what depends on it is evaluated, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heappop, heappush

from fieldapp.forms.definition import NodeDefinition
from fieldapp.forms.graph import Graph, Unit
from fieldapp.forms.instance import LiveNode
from fieldapp.forms.xpath import Context, EvaluationError, Expression
from fieldapp.forms.types import NUMBERS

Warn = Callable[[str, str, str], None]


class Recalculation:
    """The worklist over one live tree. ``live`` holds the live nodes of every definition, by its index."""

    def __init__(self, graph: Graph, warn: Warn) -> None:
        self._graph = graph
        self._warn = warn
        self.live: dict[int, list[LiveNode]] = {}
        self.changed_values: dict[LiveNode, None] = {}
        self.changed_relevance: dict[LiveNode, None] = {}
        self._heap: list[tuple[int, int, LiveNode, Unit]] = []
        self._waiting: set[tuple[int, LiveNode]] = set()
        self._counter = 0
        self.keep_values = False

    def enter(self, top: LiveNode) -> None:
        """Take a new subtree into the books."""
        for node in top.walk():
            self.live.setdefault(node.definition.index, []).append(node)

    def leave(self, top: LiveNode) -> None:
        """Strike a removed subtree from the books."""
        for node in top.walk():
            self.live[node.definition.index].remove(node)

    def everything(self) -> None:
        """Evaluate all units, as when a form is opened."""
        for unit in self._graph.units:
            for node in self.live.get(unit.node.index, ()):
                self._push(unit, node)
        self.settle()

    def subtree(self, top: LiveNode) -> None:
        """Evaluate all units within a new repeat instance."""
        for node in top.walk():
            for unit in self._graph.own.get(node.definition.index, ()):
                self._push(unit, node)

    def touched(self, node: LiveNode) -> None:
        """The value seen at ``node`` changed: everything that reads it is due."""
        for dependent in self._graph.readers.get(node.definition.index, ()):
            if dependent.within is None:
                targets: Iterable[LiveNode] = self.live.get(dependent.unit.node.index, ())
            else:
                targets = _within(node, dependent.within, dependent.unit.node)
            for target in targets:
                self._push(dependent.unit, target)

    def moved(self, parent: LiveNode, repeat: NodeDefinition) -> None:
        """Instances of ``repeat`` came, went or shifted: who reads them or stands in them is due."""
        for dependent in self._graph.readers.get(repeat.index, ()):
            for target in self.live.get(dependent.unit.node.index, ()):
                self._push(dependent.unit, target)
        pending = list(repeat.children)
        while pending:
            definition = pending.pop()
            pending.extend(definition.children)
            for dependent in self._graph.readers.get(definition.index, ()):
                for target in self.live.get(dependent.unit.node.index, ()):
                    self._push(dependent.unit, target)
        for instance in parent.names.get(repeat.name, ()):
            self.subtree(instance)

    def settle(self) -> None:
        """Evaluate what is due until nothing is, each unit after those it reads from."""
        while self._heap:
            _, _, node, unit = heappop(self._heap)
            self._waiting.discard((unit.rank, node))
            if unit.what == "relevant":
                self._relevant(unit, node)
            elif node.relevant and not self.keep_values:
                self._calculate(unit, node)

    def _push(self, unit: Unit, node: LiveNode) -> None:
        key = (unit.rank, node)
        if key not in self._waiting:
            self._waiting.add(key)
            self._counter += 1
            heappush(self._heap, (unit.rank, self._counter, node, unit))

    def _calculate(self, unit: Unit, node: LiveNode) -> None:
        value = self.string(unit.expression, node, "calculate")
        if node.definition.bind.type in NUMBERS and value == "NaN":
            value = ""
        if value != node.raw:
            node.set_raw(value)
            self.changed_values[node] = None
            self.touched(node)

    def _relevant(self, unit: Unit, node: LiveNode) -> None:
        holds = self.boolean(unit.expression, node, "relevant")
        if holds != node.own_relevant:
            node.own_relevant = holds
            above = node.parent.relevant if node.parent is not None else True
            self.spread(node, above)

    def spread(self, node: LiveNode, above: bool) -> None:
        """Give relevance down from ``node``; what changed is seen by its readers and calculates."""
        effective = above and node.own_relevant
        if effective == node.relevant:
            return
        node.relevant = effective
        self.changed_relevance[node] = None
        if node.raw or node.definition.kind != "leaf":
            self.touched(node)
        if effective:
            for unit in self._graph.own.get(node.definition.index, ()):
                if unit.what == "calculate":
                    self._push(unit, node)
        for below in (*node.attributes, *node.elements):
            self.spread(below, effective)

    def string(self, expression: Expression, node: LiveNode, what: str) -> str:
        """The value as text; what cannot be evaluated is empty and one warning."""
        try:
            return expression.string(_fresh(node.context))
        except EvaluationError as error:
            self._warn(node.path, what, str(error))
            return ""

    def boolean(self, expression: Expression, node: LiveNode, what: str, otherwise: bool = False) -> bool:
        """The value as a truth; what cannot be evaluated is ``otherwise`` and one warning."""
        try:
            return expression.boolean(_fresh(node.context))
        except EvaluationError as error:
            self._warn(node.path, what, str(error))
            return otherwise


def _fresh(context: Context) -> Context:
    environment = context.environment
    environment.steps_left = environment.steps
    environment.regex_left = environment.regex_seconds
    return context


def _within(changed: LiveNode, repeat: NodeDefinition, target: NodeDefinition) -> list[LiveNode]:
    """Live nodes of ``target`` inside the same instance of ``repeat`` as ``changed``."""
    node: object = changed
    while isinstance(node, LiveNode) and node.definition is not repeat:
        node = node.parent
    if not isinstance(node, LiveNode):
        return []
    level = [node]
    for name in target.path[len(repeat.path) + 1 :].split("/"):
        if name.startswith("@"):
            level = [a for found in level for a in found.attributes if a.name == name[1:]]
        elif name:
            level = [child for found in level for child in found.names.get(name, ())]
    return level
