"""Ready-made nodes: fixed trees read from XML, and instances over them or over lists outside the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lxml import etree

from fieldapp.forms.xpath.nodes import (
    ATTRIBUTE,
    COMMENT,
    DOCUMENT,
    ELEMENT,
    INSTRUCTION,
    TEXT,
    EvaluationError,
    Node,
)
from fieldapp.forms.xpath.values import number_text, plain_number

XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"


class FixedNode:
    """A node of a tree that does not change, such as a list inside the form. Children keep their order."""

    __slots__ = ("_names", "attributes", "children", "kind", "name", "namespace", "parent", "prefix", "text")

    def __init__(
        self,
        kind: int,
        name: str = "",
        text: str = "",
        parent: Node | None = None,
        *,
        namespace: str = "",
        prefix: str = "",
    ) -> None:
        self.kind = kind
        self.name = name
        self.text = text
        self.parent = parent
        self.namespace = namespace
        self.prefix = prefix
        self.children: Sequence[FixedNode] = ()
        self.attributes: Sequence[FixedNode] = ()
        self._names: dict[tuple[str, str], list[FixedNode]] | None = None

    @property
    def relevant(self) -> bool:
        """Always: relevance belongs to the form's own instance."""
        return True

    @property
    def string_value(self) -> str:
        """The string value of XPath 1.0."""
        if self.kind > ELEMENT or not self.children:
            return self.text
        if len(self.children) == 1 and self.children[0].kind == TEXT:
            return self.children[0].text
        parts: list[str] = []
        pending = list(reversed(self.children))
        while pending:
            node = pending.pop()
            if node.kind == TEXT:
                parts.append(node.text)
            elif node.kind == ELEMENT:
                pending.extend(reversed(node.children))
        return "".join(parts)

    def named(self, name: str, namespace: str) -> Sequence[FixedNode]:
        """Child elements of that name, from a dict made at the first call."""
        if self._names is None:
            self._names = {}
            for child in self.children:
                if child.kind == ELEMENT:
                    self._names.setdefault((child.name, child.namespace), []).append(child)
        return self._names.get((name, namespace), ())

    def add(self, name: str, text: str = "") -> FixedNode:
        """Append a child element (with a text, if given) while the tree is being built."""
        child = FixedNode(ELEMENT, name, parent=self)
        if text:
            child.children = [FixedNode(TEXT, text=text, parent=child)]
        self.children = [*self.children, child]
        self._names = None
        return child

    @classmethod
    def from_element(
        cls, element: etree._Element, *, with_namespaces: bool = False, spaces: bool = False
    ) -> FixedNode:
        """A tree from XML; the node of ``element`` has no parent.

        ``with_namespaces``: elements without a prefix keep the default namespace instead of an empty one.
        ``spaces``: keep texts of white space between elements.
        """
        return _read(element, None, with_namespaces, spaces)

    @classmethod
    def document(cls, element: etree._Element, *, with_namespaces: bool = False) -> FixedNode:
        """A whole document: a ``DOCUMENT`` node over the root element and what stands beside it."""
        top = cls(DOCUMENT)
        before = list(element.itersiblings(preceding=True))[::-1]
        beside = [*before, element, *element.itersiblings()]
        top.children = [_read(node, top, with_namespaces, True) for node in beside]
        return top


def _split(tag: str) -> tuple[str, str]:
    if tag.startswith("{"):
        namespace, name = tag[1:].split("}", 1)
        return namespace, name
    return "", tag


def _prefix_of(element: etree._Element, namespace: str) -> str:
    if namespace == XML_NAMESPACE:
        return "xml"
    return next((p for p, uri in element.nsmap.items() if p and uri == namespace), "")


def _read(
    element: etree._Element, parent: FixedNode | None, with_namespaces: bool, spaces: bool
) -> FixedNode:
    top = _single(element, parent, with_namespaces)
    pending = [(element, top)]
    while pending:  # a loop, not recursion: a hostile form may be 200,000 levels deep
        source, node = pending.pop()
        children: list[FixedNode] = []
        if node.kind == ELEMENT:
            _add_text(children, source.text, node, spaces or len(source) == 0)
            for child in source:
                made = _single(child, node, with_namespaces)
                if made is not None:
                    children.append(made)
                    pending.append((child, made))
                _add_text(children, child.tail, node, spaces)
            node.children = children
    return top


def _add_text(children: list[FixedNode], text: str | None, parent: FixedNode, spaces: bool) -> None:
    if text and (spaces or text.strip()):
        if children and children[-1].kind == TEXT:
            children[-1].text += text
        else:
            children.append(FixedNode(TEXT, text=text, parent=parent))


def _single(element: etree._Element, parent: FixedNode | None, with_namespaces: bool) -> FixedNode:
    if isinstance(element, etree._Comment):
        return FixedNode(COMMENT, text=element.text or "", parent=parent)
    if isinstance(element, etree._ProcessingInstruction):
        return FixedNode(INSTRUCTION, str(element.target), element.text or "", parent)
    namespace, name = _split(str(element.tag))
    kept = namespace if element.prefix or with_namespaces else ""
    node = FixedNode(ELEMENT, name, parent=parent, namespace=kept, prefix=element.prefix or "")
    attributes = []
    for key, text in element.attrib.items():
        uri, local = _split(str(key))
        prefix = _prefix_of(element, uri) if uri else ""
        attributes.append(FixedNode(ATTRIBUTE, local, str(text), node, namespace=uri, prefix=prefix))
    node.attributes = attributes
    return node


class FixedInstance:
    """A secondary instance inside the form; equality predicates use indexes made when needed."""

    __slots__ = ("_indexes", "_numbers", "node")

    def __init__(self, root: FixedNode) -> None:
        self.node = FixedNode(ELEMENT, "instance")
        self.node.children = [root]
        root.parent = self.node
        self._indexes: dict[tuple[tuple[str, ...], str], dict[str, list[FixedNode]]] = {}
        self._numbers: dict[tuple[tuple[str, ...], str], dict[float, list[FixedNode]]] = {}

    @classmethod
    def from_element(cls, root: etree._Element) -> FixedInstance:
        """From the single child of an ``<instance>`` element."""
        return cls(FixedNode.from_element(root))

    def lookup(self, steps: tuple[str, ...], column: str, value: str | float) -> Sequence[Node] | None:
        """Items whose column has that text, or that number."""
        key = (steps, column)
        index = self._indexes.get(key)
        if index is None:
            index = self._indexes[key] = self._index(steps, column)
        if isinstance(value, str):
            return index.get(value, ())
        numbers = self._numbers.get(key)
        if numbers is None:
            numbers = self._numbers[key] = {}
            for text, items in index.items():
                number = plain_number(text)
                if number == number:  # not NaN, which equals nothing
                    numbers.setdefault(number, []).extend(items)
        return numbers.get(value, ())

    def _index(self, steps: tuple[str, ...], column: str) -> dict[str, list[FixedNode]]:
        level: list[FixedNode] = [self.node]
        for step in steps:
            level = [child for node in level for child in node.named(step, "")]
        index: dict[str, list[FixedNode]] = {}
        for item in level:
            for text in {cell.string_value for cell in item.named(column, "")}:
                index.setdefault(text, []).append(item)
        return index


class ListTop:
    """The top of an external list, which cannot be walked: every try is an EvaluationError."""

    __slots__ = ("_list", "attributes", "kind", "name", "namespace", "parent", "prefix", "relevant")

    def __init__(self, list_name: str) -> None:
        self._list = list_name
        self.kind, self.name, self.namespace, self.prefix = ELEMENT, "instance", "", ""
        self.parent: Node | None = None
        self.attributes: Sequence[Node] = ()
        self.relevant = True

    @property
    def children(self) -> Sequence[Node]:
        """EvaluationError."""
        raise EvaluationError(f"the list '{self._list}' can only be asked for the value of one column")

    @property
    def string_value(self) -> str:
        """EvaluationError."""
        return "".join(child.string_value for child in self.children)

    def named(self, name: str, namespace: str) -> Sequence[Node]:
        """EvaluationError."""
        return [child for child in self.children if (child.name, child.namespace) == (name, namespace)]


class ListInstance:
    """An external list: rows are fetched by index and never walked over."""

    __slots__ = ("_name", "_root", "_rows", "node")

    def __init__(self, name: str, rows: Callable[[str, str, str], Sequence[Mapping[str, str]]]) -> None:
        """``rows(list, column, value)`` gives the matching rows, such as ``ListSource.lookup``."""
        self._name = name
        self._rows = rows
        self.node = ListTop(name)
        self._root = FixedNode(ELEMENT, "root", parent=self.node)

    def lookup(self, steps: tuple[str, ...], column: str, value: str | float) -> Sequence[Node] | None:
        """One node per row, made anew each time; other paths than ``root/item`` find nothing."""
        if steps != ("root", "item"):
            return ()
        key = value if isinstance(value, str) else number_text(value)
        return [self._item(row) for row in self._rows(self._name, column, key)]

    def _item(self, row: Mapping[str, str]) -> FixedNode:
        item = FixedNode(ELEMENT, "item", parent=self._root)
        children = []
        for column, text in row.items():
            cell = FixedNode(ELEMENT, column, parent=item)
            if text:
                cell.children = [FixedNode(TEXT, text=text, parent=cell)]
            children.append(cell)
        item.children = children
        return item
