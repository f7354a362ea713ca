"""Functions of nodesets: counting, names, repeats, random order."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

from fieldapp.forms.xpath.axes import FORWARD, identity, in_document_order
from fieldapp.forms.xpath.code import BOOLEAN, NODES, NUMBER, STRING, Code, as_nodes, as_number
from fieldapp.forms.xpath.library.registry import builtin, special
from fieldapp.forms.xpath.nodes import Context, Node, Value
from fieldapp.forms.xpath.values import to_number, to_text, to_texts


@builtin("count", "N", NUMBER)
def _count(nodes: Sequence[Node]) -> float:
    return float(len(nodes))


@builtin("count-non-empty", "N", NUMBER)
def _count_non_empty(nodes: Sequence[Node]) -> float:
    return float(sum(1 for node in nodes if node.string_value))


@builtin("local-name", "N", STRING, here=True)
def _local_name(nodes: Sequence[Node]) -> str:
    return nodes[0].name if nodes else ""


@builtin("name", "N", STRING, here=True)
def _name(nodes: Sequence[Node]) -> str:
    if not nodes:
        return ""
    node = nodes[0]
    return f"{node.prefix}:{node.name}" if node.prefix else node.name


@builtin("namespace-uri", "N", STRING, here=True)
def _namespace_uri(nodes: Sequence[Node]) -> str:
    return nodes[0].namespace if nodes else ""


@builtin("id", "v", NODES, context=True, local=True)
def _id(context: Context, value: Value) -> Sequence[Node]:
    """Elements whose ``id`` attribute is one of the words."""
    wanted = {word for text in to_texts(value) for word in text.split()}
    top: Node = context.node
    while top.parent is not None:
        top = top.parent
    found: list[Node] = []
    seen: set[str] = set()
    for node in FORWARD["descendant-or-self"](top):
        context.environment.spend(1)
        for attribute in node.attributes:
            text = attribute.string_value
            if attribute.name == "id" and not attribute.namespace and text in wanted and text not in seen:
                seen.add(text)
                found.append(node)
    return found


@builtin("lang", "s", BOOLEAN, context=True, local=True)
def _lang(context: Context, wanted: str) -> bool:
    """True if the nearest ``xml:lang`` is that language or one of its kinds."""
    for element in (context.node, *_above(context.node)):
        for attribute in element.attributes:
            if attribute.name == "lang" and attribute.prefix == "xml":
                found = attribute.string_value.lower()
                return found == wanted.lower() or found.startswith(wanted.lower() + "-")
    return False


def _above(node: Node) -> list[Node]:
    above = []
    while node.parent is not None:
        node = node.parent
        above.append(node)
    return above


def _is_within(node: Node, holder: Node) -> bool:
    wanted = identity(holder)
    here: Node | None = node
    while here is not None:
        if identity(here) == wanted:
            return True
        here = here.parent
    return False


def _nearest(repeats: Sequence[Node], context: Context) -> Sequence[Node]:
    """Of a nested repeat named absolutely: the instances beside the current place, if there are any."""
    around = {identity(context.current), *(identity(node) for node in _above(context.current))}
    beside = [node for node in repeats if node.parent is not None and identity(node.parent) in around]
    return beside or repeats


@special("indexed-repeat", 3, None)
def _indexed_repeat(arguments: Sequence[Code]) -> Code:
    """``indexed-repeat(node, repeat, index, …)``: the node within the given instances of its repeats."""
    nodes_of = as_nodes(arguments[0])
    levels = [
        (as_nodes(repeat), as_number(index))
        for repeat, index in zip(arguments[1::2], arguments[2::2], strict=False)
    ]

    def run(context: Context) -> Sequence[Node]:
        holder: Node | None = None
        for repeats_of, index_of in levels:
            repeats = repeats_of(context)
            if holder is None:
                repeats = _nearest(repeats, context)
            else:
                outer = holder
                repeats = [node for node in repeats if _is_within(node, outer)]
            index = index_of(context)
            if not 1 <= index <= len(repeats):
                return ()
            holder = repeats[int(index) - 1]
        nodes = nodes_of(context)
        context.environment.spend(len(nodes))
        return [node for node in nodes if holder is not None and _is_within(node, holder)]

    return Code(run, NODES, any(code.local for code in arguments))


@builtin("randomize", "N|v", NODES, context=True, volatile=True)
def _randomize(context: Context, nodes: Sequence[Node], seed: Value | None = None) -> Sequence[Node]:
    """The nodes in random order; with a seed always in the same one."""
    if seed is None:
        shuffled = list(nodes)
        context.environment.chance.shuffle(shuffled)
        return shuffled
    chance = _ParkMiller(_seed_of(seed, context))
    made: list[Node] = []
    for place, node in enumerate(nodes):
        # The "inside-out" shuffle of Fisher and Yates.
        other = int(chance.next() * (place + 1))
        made.append(node)
        made[place], made[other] = made[other], node
    return made


class _ParkMiller:
    """The generator that the ODK XForms specification names for randomize()."""

    def __init__(self, seed: int) -> None:
        # The remainder keeps the sign of the seed, as in the programs that this must agree with.
        self.state = abs(seed) % 2_147_483_647 * (-1 if seed < 0 else 1)
        if self.state <= 0:
            self.state += 2_147_483_646

    def next(self) -> float:
        """A number from 0 up to 1."""
        self.state = self.state * 16_807 % 2_147_483_647
        return (self.state - 1) / 2_147_483_646


def _seed_of(seed: Value, context: Context) -> int:
    number = to_number(seed, context)
    if math.isfinite(number):
        return int(number)
    if math.isinf(number):
        return (1 << 63) - 1 if number > 0 else -(1 << 63)  # as Java makes a long of it
    text = to_text(seed)
    if not text:
        return 0
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


def union(parts: Sequence[Code]) -> Code:
    """``a | b | c``."""
    sources = [as_nodes(code) for code in parts]

    def run(context: Context) -> Sequence[Node]:
        together = [node for nodes_of in sources for node in nodes_of(context)]
        context.environment.spend(len(together))
        return in_document_order(together)

    return Code(run, NODES, any(code.local for code in parts))
