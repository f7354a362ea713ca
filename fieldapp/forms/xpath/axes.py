"""The axes of XPath, the node tests and document order, over the ``Node`` protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

from fieldapp.forms.xpath.nodes import (
    ATTRIBUTE,
    COMMENT,
    ELEMENT,
    INSTRUCTION,
    NAMESPACE,
    TEXT,
    Node,
    TextNode,
)
from fieldapp.forms.xpath.syntax import Test

Axis: TypeAlias = Callable[[Node], Iterator[Node]]


def _child(node: Node) -> Iterator[Node]:
    return iter(node.children)


def _parent(node: Node) -> Iterator[Node]:
    if node.parent is not None:
        yield node.parent


def _self(node: Node) -> Iterator[Node]:
    yield node


def _attribute(node: Node) -> Iterator[Node]:
    return iter(node.attributes)


def _ancestor(node: Node) -> Iterator[Node]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent


def _ancestor_or_self(node: Node) -> Iterator[Node]:
    yield node
    yield from _ancestor(node)


def _descendant(node: Node) -> Iterator[Node]:
    pending = list(reversed(node.children))
    while pending:
        below = pending.pop()
        yield below
        if below.kind == ELEMENT:
            pending.extend(reversed(below.children))


def _descendant_or_self(node: Node) -> Iterator[Node]:
    yield node
    yield from _descendant(node)


def _siblings(node: Node) -> tuple[Sequence[Node], int]:
    """The children of the parent and the place among them; attributes have no siblings."""
    if node.parent is None or node.kind in (ATTRIBUTE, NAMESPACE):
        return (), 0
    siblings = node.parent.children
    wanted = identity(node)
    return siblings, next((i for i, other in enumerate(siblings) if identity(other) == wanted), 0)


def _following_sibling(node: Node) -> Iterator[Node]:
    siblings, place = _siblings(node)
    yield from siblings[place + 1 :]


def _preceding_sibling(node: Node) -> Iterator[Node]:
    siblings, place = _siblings(node)
    yield from reversed(siblings[:place])


def _following(node: Node) -> Iterator[Node]:
    if node.kind in (ATTRIBUTE, NAMESPACE) and node.parent is not None:
        # What follows an attribute begins with the content of its element.
        yield from _descendant(node.parent)
        node = node.parent
    for above in _ancestor_or_self(node):
        for sibling in _following_sibling(above):
            yield from _descendant_or_self(sibling)


def _preceding(node: Node) -> Iterator[Node]:
    if node.kind in (ATTRIBUTE, NAMESPACE) and node.parent is not None:
        node = node.parent
    for above in _ancestor_or_self(node):
        for sibling in _preceding_sibling(above):
            yield from reversed(list(_descendant_or_self(sibling)))


def _namespace(_node: Node) -> Iterator[Node]:
    """Forms have no namespace nodes: what XSLT needs them for is not done here."""
    return iter(())


FORWARD: Final[dict[str, Axis]] = {
    "child": _child,
    "parent": _parent,
    "self": _self,
    "attribute": _attribute,
    "descendant": _descendant,
    "descendant-or-self": _descendant_or_self,
    "following": _following,
    "following-sibling": _following_sibling,
    "namespace": _namespace,
}
REVERSE: Final[dict[str, Axis]] = {
    "ancestor": _ancestor,
    "ancestor-or-self": _ancestor_or_self,
    "preceding": _preceding,
    "preceding-sibling": _preceding_sibling,
}

_KINDS: Final = {"text": TEXT, "comment": COMMENT, "processing-instruction": INSTRUCTION}


def node_test(test: Test, axis: str) -> Callable[[Node], bool]:
    """The predicate of a node test; a name matches attributes on the attribute axis, elements elsewhere."""
    if test.kind == "node":
        return lambda _node: True
    name, namespace = test.name, test.namespace
    if test.kind != "name":
        kind = _KINDS[test.kind]
        return lambda node: node.kind == kind and (name is None or node.name == name)
    kind = ATTRIBUTE if axis == "attribute" else NAMESPACE if axis == "namespace" else ELEMENT
    if name is None and namespace is None:
        return lambda node: node.kind == kind
    if name is None:
        return lambda node: node.kind == kind and node.namespace == namespace
    return lambda node: node.kind == kind and node.name == name and node.namespace == namespace


def identity(node: Node) -> object:
    """What tells nodes apart; the text of a leaf may be a new object each time it is asked for."""
    return (id(node.parent),) if isinstance(node, TextNode) else id(node)


def distinct(nodes: Sequence[Node]) -> list[Node]:
    """Without repetitions, order kept."""
    seen = {identity(node): node for node in nodes}
    return list(seen.values())


def in_document_order(nodes: Sequence[Node]) -> list[Node]:
    """Sorted, without repetitions. An element comes before its attributes, they before its children."""
    different = distinct(nodes)
    if len(different) < 2:
        return different
    places: dict[int, dict[object, int]] = {}
    tops: dict[int, int] = {}

    def place(node: Node, parent: Node) -> int:
        known = places.get(id(parent))
        if known is None:
            known = {identity(child): i for i, child in enumerate(parent.children)}
            attributes = parent.attributes
            known.update((identity(a), i - len(attributes)) for i, a in enumerate(attributes))
            places[id(parent)] = known
        return known.get(identity(node), 0)

    def key(node: Node) -> list[int]:
        path = []
        while (parent := node.parent) is not None:
            path.append(place(node, parent))
            node = parent
        path.append(tops.setdefault(id(node), len(tops)))
        path.reverse()
        return path

    return sorted(different, key=key)
