"""The body of a form: which nodes are asked, how, and with which choices."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import replace

from lxml import etree

from fieldapp.errors import UserError
from fieldapp.forms.definition import Control, Item, Itemset, Label, NodeDefinition, SetValue
from fieldapp.forms.reading import elements_of, local
from fieldapp.forms.wording import Wording

CONTROLS = frozenset(
    {"input", "select1", "select", "upload", "trigger", "range", "rank", "secret", "textarea"}
)
_LIST = re.compile(r"\s*instance\(\s*['\"]([^'\"]+)['\"]\s*\)/root/item\s*(\[.*)?", re.DOTALL)
_LABEL = re.compile(r"\s*(?:jr:itext\(\s*([\w-]+)\s*\)|([\w-]+))\s*")
JR = "http://openrosa.org/javarosa"


def read_body(
    body: etree._Element, nodes: Mapping[str, NodeDefinition], wording: Wording, itext_ids: Set[str] | None
) -> None:
    """Attach controls, labels, repeats and actions to their nodes. UserError FORM_013 names what is wrong."""
    reader = _Reader(nodes, wording, itext_ids)
    for element in elements_of(body):
        reader.read(element, next(iter(nodes)))


class _Reader:
    def __init__(
        self, nodes: Mapping[str, NodeDefinition], wording: Wording, itext_ids: Set[str] | None
    ) -> None:
        self.nodes = nodes
        self.wording = wording
        self.itext_ids = itext_ids

    def read(self, element: etree._Element, base: str) -> None:
        tag = local(element)
        if tag == "group":
            self._group(element, base)
        elif tag == "repeat":
            self._repeat(element, base)
        elif tag in CONTROLS:
            self._control(element, tag, base)

    def _found(self, element: etree._Element, base: str) -> NodeDefinition:
        written = element.get("nodeset") or element.get("ref") or ""
        if not written and element.get("bind"):
            written = self.wording.bind_ids.get(element.get("bind") or "", "")
        path = self.wording.path(written, base)
        node = self.nodes.get(path)
        if node is None:
            raise UserError("FORM_013", place=f"{local(element)} {path}", problem="there is no such question")
        return node

    def _group(self, element: etree._Element, base: str) -> None:
        if element.get("ref") or element.get("nodeset") or element.get("bind"):
            node = self._found(element, base)
            base = node.path
            node.control = self._texts(element, "group", base)
        for child in elements_of(element):
            self.read(child, base)

    def _repeat(self, element: etree._Element, base: str) -> None:
        node = self._found(element, base)
        node.kind = "repeat"
        count = element.get(f"{{{JR}}}count")
        if count:
            node.count = self.wording.compile(count, f"{node.path} jr:count", node.path)
        node.fixed_count = bool(count) or element.get(f"{{{JR}}}noAddRemove") is not None
        around = node.control  # the <group> that pyxform writes around each repeat carries its label
        own = self._texts(element, "repeat", node.path)
        if around is not None:
            own = replace(
                own,
                label=own.label or around.label,
                hint=own.hint or around.hint,
                appearance=own.appearance or around.appearance,
                actions=(*around.actions, *own.actions),
            )
        node.control = own
        for child in elements_of(element):
            self.read(child, node.path)

    def _control(self, element: etree._Element, tag: str, base: str) -> None:
        node = self._found(element, base)
        if node.kind != "leaf":
            problem = "a question cannot stand on a group"
            raise UserError("FORM_013", place=f"{tag} {node.path}", problem=problem)
        node.control = self._texts(element, tag, node.path)

    def _texts(self, element: etree._Element, tag: str, path: str) -> Control:
        label = hint = None
        items: list[Item] = []
        itemset = None
        actions: list[SetValue] = []
        for child in elements_of(element):
            name = local(child)
            if name == "label":
                label = self._label(child, f"{path} label", path)
            elif name == "hint":
                hint = self._label(child, f"{path} hint", path)
            elif name == "item":
                items.append(self._item(child, path))
            elif name == "itemset":
                itemset = self._itemset(child, path)
            elif name == "setvalue":
                actions.append(self.wording.setvalue(child, path))
        return Control(
            tag=tag,
            label=label,
            hint=hint,
            appearance=element.get("appearance") or "",
            mediatype=element.get("mediatype") or "",
            attributes={str(key): str(text) for key, text in element.attrib.items()},
            items=tuple(items),
            itemset=itemset,
            actions=tuple(actions),
        )

    def _label(self, element: etree._Element, place: str, path: str) -> Label:
        label = self.wording.label(element, place, path)
        if label.itext and self.itext_ids is not None and label.itext not in self.itext_ids:
            raise UserError("FORM_012", place=place, missing=f"itext {label.itext}")
        return label

    def _item(self, element: etree._Element, path: str) -> Item:
        value, label = "", Label()
        for child in elements_of(element):
            if local(child) == "value":
                value = (child.text or "").strip()
            elif local(child) == "label":
                label = self._label(child, f"{path} item", path)
        return Item(value, label)

    def _itemset(self, element: etree._Element, path: str) -> Itemset:
        written = element.get("nodeset") or ""
        value_column = label_column = ""
        label, by_itext = Label(), False
        for child in elements_of(element):
            if local(child) == "value":
                value_column = (child.get("ref") or "").strip()
            elif local(child) == "label":
                reference = child.get("ref") or "."
                label = Label(expression=self.wording.compile(reference, f"{path} itemset label", ""))
                match = _LABEL.fullmatch(reference)
                if match:
                    label_column, by_itext = match[1] or match[2], bool(match[1])
        if not value_column:
            raise UserError("FORM_013", place=f"{path} itemset", problem="the choices have no value")
        match = _LIST.fullmatch(written)
        return Itemset(
            nodes=self.wording.compile(written, f"{path} itemset", path),
            value=self.wording.compile(value_column, f"{path} itemset value", ""),
            label=label,
            value_column=value_column,
            label_column=label_column,
            by_itext=by_itext,
            instance=match[1] if match else "",
            filtered=bool(match is None or match[2]),
        )
