"""The instance as XML and back: submissions pruned of what is irrelevant, drafts complete, both
deterministic.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from fieldapp.errors import UserError
from fieldapp.forms.definition import NodeDefinition
from fieldapp.forms.instance import MAX_NODES, MAX_REPEATS, LiveNode, grow
from fieldapp.forms.reading import elements_of, local
from fieldapp.forms.xpath import Environment

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\t": "&#9;", "\n": "&#10;"}
_IN_ATTRIBUTES = str.maketrans(_ESCAPES)
_IN_TEXTS = str.maketrans({key: _ESCAPES[key] for key in ("&", "<", ">", "\r")})
_UNFIT = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_xml(root: LiveNode, *, pruned: bool) -> bytes:
    """The bytes of the instance, UTF-8. ``pruned`` leaves irrelevant nodes out, as a submission does."""
    spaces = sorted({(n.prefix, n.namespace) for n in root.walk() if n.prefix})
    declared = "".join(f' xmlns:{prefix}="{_escaped(uri, _IN_ATTRIBUTES)}"' for prefix, uri in spaces)
    parts = ["<?xml version='1.0' encoding='UTF-8'?>\n"]
    _write(root, parts, declared, pruned)
    parts.append("\n")
    return "".join(parts).encode("utf-8")


def _write(node: LiveNode, parts: list[str], declared: str, pruned: bool) -> None:
    name = _name(node)
    opening = f"<{name}{declared}"
    for attribute in node.attributes:
        opening += f' {_name(attribute)}="{_escaped(attribute.raw, _IN_ATTRIBUTES)}"'
    if node.definition.kind == "leaf":
        text = _escaped(node.raw, _IN_TEXTS)
        parts.append(f"{opening}>{text}</{name}>" if text else f"{opening}/>")
        return
    below = [
        child
        for child in node.elements
        if (child.relevant or not pruned) and (child.raw or not child.definition.optional)
    ]
    if not below:
        parts.append(f"{opening}/>")
        return
    parts.append(f"{opening}>")
    for child in below:
        _write(child, parts, "", pruned)
    parts.append(f"</{name}>")


def _name(node: LiveNode) -> str:
    return f"{node.definition.prefix}:{node.name}" if node.definition.prefix else node.name


def _escaped(text: str, escapes: dict[int, str]) -> str:
    """Characters that XML cannot hold become the replacement character: visible, never an unreadable
    record.
    """
    return _UNFIT.sub("\ufffd", text).translate(escapes) if text else ""


def unwritable(text: str) -> Iterator[str]:
    """The characters of ``text`` that no instance can hold: NUL, other controls, halves of pairs."""
    return (found[0] for found in _UNFIT.finditer(text))


def fill(root: LiveNode, element: etree._Element, environment: Environment, form_id: str) -> tuple[str, ...]:
    """Fill a grown tree from an instance; repeats get as many instances as the XML has.

    Returns the paths of elements that the form no longer has. UserError FORM_014 for another form's answers.
    """
    written_id = element.get("id") or form_id
    if local(element) != root.name or written_id != form_id:
        raise UserError("FORM_014", wanted=form_id, found=element.get("id") or local(element))
    filling = _Filling(environment)
    filling.fill(root, element, f"/{root.name}")
    return tuple(filling.strangers)


class _Filling:
    """``strangers`` collects paths that the form does not have."""

    def __init__(self, environment: Environment) -> None:
        self.strangers: list[str] = []
        self._environment = environment
        self._grown = 0

    def fill(self, node: LiveNode, element: etree._Element, path: str) -> None:
        """Fill one node and all beneath."""
        written = {etree.QName(str(key)).localname: str(text) for key, text in element.attrib.items()}
        for attribute in node.attributes:
            if node.definition.parent is not None or attribute.name not in ("id", "version"):
                attribute.set_raw(written.get(attribute.name, attribute.raw))
        if node.definition.kind == "leaf":
            self.strangers.extend(f"{path}/{local(child)}" for child in elements_of(element))
            # its own texts only: comments and what stands in unknown elements are no answer
            node.set_raw("".join([element.text or "", *(child.tail or "" for child in element)]))
            return
        found: dict[str, list[etree._Element]] = {}
        for child in elements_of(element):
            found.setdefault(local(child), []).append(child)
        for definition in node.definition.children:
            self._children(node, definition, found.pop(definition.name, []), f"{path}/{definition.name}")
        self.strangers.extend(f"{path}/{name}" for name in found)

    def _children(
        self, node: LiveNode, definition: NodeDefinition, sources: list[etree._Element], path: str
    ) -> None:
        if definition.kind == "repeat":
            self._resize(node, definition, len(sources))
        live = node.names.get(definition.name, [])
        for child, source in zip(live, sources, strict=False):
            self.fill(child, source, path)
        if not sources and definition.kind == "leaf":
            for child in live:
                child.set_raw("")
        self.strangers.extend(path for _ in sources[len(live) :])

    def _resize(self, parent: LiveNode, definition: NodeDefinition, wanted: int) -> None:
        if wanted > MAX_REPEATS:
            raise UserError("FORM_015", limit=MAX_REPEATS)
        while len(parent.names.get(definition.name, ())) > wanted:
            parent.remove(parent.names[definition.name][-1])
        while len(parent.names.get(definition.name, ())) < wanted:
            added = grow(definition, parent, self._environment)
            parent.insert(added)
            self._grown += sum(1 for _ in added.walk())
            if self._grown > MAX_NODES:
                raise UserError("FORM_015", limit=MAX_NODES)
