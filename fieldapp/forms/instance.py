"""The live instance: one node object per element that exists now. What XPath walks over while a form is
filled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fieldapp.forms.definition import NodeDefinition
from fieldapp.forms.xpath import ATTRIBUTE, DOCUMENT, ELEMENT, Context, Environment, Node, TextNode

#: Instances that one repeat may have.
MAX_REPEATS = 10_000
#: Nodes that one instance may have: repeats within repeats multiply.
MAX_NODES = 100_000


class LiveNode:
    """An element or attribute that exists now. ``raw`` is kept while irrelevant; ``string_value`` hides it.

    ``own_relevant`` is the answer of the node's own expression, ``relevant`` takes those above into account.
    ``surplus`` marks an instance beyond its repeat's jr:count: kept, but irrelevant. ``gone``: it was
    removed.
    """

    __slots__ = (
        "attributes",
        "children",
        "context",
        "definition",
        "gone",
        "kind",
        "names",
        "own_relevant",
        "parent",
        "raw",
        "relevant",
        "surplus",
    )

    def __init__(self, definition: NodeDefinition, parent: Node, environment: Environment) -> None:
        self.definition = definition
        self.parent: Node | None = parent
        self.kind = ATTRIBUTE if "@" in definition.path else ELEMENT  # only attributes have it, at the end
        self.raw = definition.default
        self.own_relevant = True
        self.relevant = True
        self.surplus = False
        self.gone = False
        self.children: Sequence[Node] = ()
        self.attributes: list[LiveNode] = []
        self.names: dict[str, list[LiveNode]] = {}
        self.context = Context(self, environment)

    @property
    def name(self) -> str:
        """The local name."""
        return self.definition.name

    @property
    def prefix(self) -> str:
        """The prefix as the form writes it."""
        return self.definition.prefix

    @property
    def namespace(self) -> str:
        """The namespace of prefixed names."""
        return self.definition.namespace

    @property
    def elements(self) -> Sequence[LiveNode]:
        """The child elements."""
        return [child for child in self.children if isinstance(child, LiveNode)]

    @property
    def string_value(self) -> str:
        """A leaf's value, a group's values one after the other; empty while irrelevant."""
        if not self.relevant:
            return ""
        if self.definition.kind == "leaf":
            return self.raw
        return "".join(child.string_value for child in self.children)

    def named(self, name: str, namespace: str) -> Sequence[Node]:  # noqa: ARG002 - names are local
        """Child elements of that name in document order."""
        return self.names.get(name, ())

    def set_raw(self, value: str) -> None:
        """Keep ``value``, and the text node that paths with ``text()`` find."""
        self.raw = value
        if self.kind == ELEMENT:
            self.children = (TextNode(self, value),) if value else ()

    def insert(self, child: LiveNode) -> None:
        """Add a child element behind its equals, the first of them at its place among its siblings."""
        equals = self.names.setdefault(child.name, [])
        children = list(self.children)
        if equals:
            place = len(children)
            while children[place - 1] is not equals[-1]:  # few stand behind
                place -= 1
        else:
            place = self._seat(child.definition)
        children.insert(place, child)
        equals.append(child)
        self.children = children

    def _seat(self, definition: NodeDefinition) -> int:
        siblings = self.definition.children
        later = {id(sibling) for sibling in siblings[siblings.index(definition) + 1 :]}
        for place, child in enumerate(self.children):
            if isinstance(child, LiveNode) and id(child.definition) in later:
                return place
        return len(self.children)

    def remove(self, child: LiveNode) -> None:
        """Take a child element out, with all beneath."""
        for node in child.walk():
            node.gone = True
        self.names[child.name].remove(child)
        self.children = [other for other in self.children if other is not child]

    def walk(self) -> Iterator[LiveNode]:
        """The node and all beneath in document order, attributes behind their element."""
        pending = [self]
        while pending:
            node = pending.pop()
            yield node
            yield from node.attributes
            pending.extend(reversed(node.elements))

    def position(self) -> int:
        """The 1-based place among its equals."""
        parent = self.parent
        if not isinstance(parent, LiveNode) or self.kind == ATTRIBUTE:
            return 1
        return parent.names[self.name].index(self) + 1

    @property
    def path(self) -> str:
        """The absolute path with 1-based positions for repeats: ``/data/g/rep[2]/x``."""
        steps: list[str] = []
        node: Node | None = self
        while isinstance(node, LiveNode):
            name = f"@{node.name}" if node.kind == ATTRIBUTE else node.name
            steps.append(f"{name}[{node.position()}]" if node.definition.kind == "repeat" else name)
            node = node.parent
        return "/" + "/".join(reversed(steps))


class LiveDocument:
    """The top of the live tree: a document whose only child is the root element."""

    __slots__ = ("attributes", "children", "kind", "name", "namespace", "parent", "prefix", "relevant")

    def __init__(self) -> None:
        self.kind = DOCUMENT
        self.name = self.prefix = self.namespace = ""
        self.parent: Node | None = None
        self.attributes: Sequence[Node] = ()
        self.children: Sequence[Node] = ()
        self.relevant = True

    @property
    def string_value(self) -> str:
        """All texts one after the other."""
        return "".join(child.string_value for child in self.children)

    def named(self, name: str, namespace: str) -> Sequence[Node]:  # noqa: ARG002
        """The root, if it has that name."""
        return [child for child in self.children if child.name == name]


def grow(definition: NodeDefinition, parent: Node, environment: Environment) -> LiveNode:
    """A live node with all beneath: repeats inside start with as many instances as the form has."""
    node = LiveNode(definition, parent, environment)
    node.attributes = [LiveNode(attribute, node, environment) for attribute in definition.attributes]
    if definition.kind == "leaf":
        node.set_raw(definition.default)
        return node
    children: list[Node] = []
    for child in definition.children:
        for _ in range(first_instances(child)):
            grown = grow(child, node, environment)
            node.names.setdefault(child.name, []).append(grown)
            children.append(grown)
    node.children = children
    return node


def first_instances(definition: NodeDefinition) -> int:
    """How many instances a node starts with: one, or for repeats as many as the form writes down."""
    if definition.kind != "repeat":
        return 1
    return 0 if definition.count is not None else definition.live_repeats


def instance_of(node: LiveNode, repeat: NodeDefinition) -> LiveNode | None:
    """The instance of ``repeat`` that ``node`` stands in, itself included; None if it stands in none."""
    current: object = node
    while isinstance(current, LiveNode) and current.definition is not repeat:
        current = current.parent
    return current if isinstance(current, LiveNode) else None
