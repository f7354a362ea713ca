"""From answers to facts: what the rules read, and the functions that forms call.

A form hands its groups and repeats to ``hazard-suggestion(…)`` and ``hazard-rules(…)``; both sides, laptop
and server, register these functions with the form engine. This module knows the engine only by the shape of
the nodes it is given, so the layers stay apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

#: Answers by question name; a repeat is a list of such mappings under its own name.
Facts = dict[str, "str | list[Facts]"]


class FactNode(Protocol):
    """What is read of a live node. ``kind`` is ``group`` or ``repeat`` (one instance), which have children,
    or anything else, which has a value.
    """

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def relevant(self) -> bool: ...
    @property
    def children(self) -> Sequence[FactNode]: ...


def facts_of(nodes: Iterable[FactNode]) -> Facts:
    """The facts beneath ``nodes``: groups are flattened, repeat instances collected in order.

    Irrelevant nodes and empty answers say nothing and are left out.
    """
    facts: Facts = {}
    _collect(nodes, facts)
    return facts


def _collect(nodes: Iterable[FactNode], facts: Facts) -> None:
    for node in nodes:
        if not node.relevant:
            continue
        kind = node.kind
        if kind == "repeat":
            rows = facts.setdefault(node.name, [])
            assert isinstance(rows, list)
            rows.append(facts_of(node.children))
        elif kind == "group":
            _collect(node.children, facts)
        elif value := node.value:
            facts[node.name] = value


def facts_of_arguments(arguments: Iterable[object]) -> Facts:
    """The facts in a function's arguments, as the engine passes them: tuples of nodes, else ignored."""
    facts: Facts = {}
    for argument in arguments:
        if isinstance(argument, tuple):
            _collect(argument, facts)
    return facts


def text(facts: Mapping[str, object], name: str) -> str:
    """The answer ``name`` as text, empty when there is none."""
    value = facts.get(name, "")
    return value if isinstance(value, str) else ""
