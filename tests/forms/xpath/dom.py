"""Trees as a browser's DOM holds them (document types, CDATA apart from texts), and cases recorded there."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.dom import Node as Dom
from xml.dom import minidom
from zoneinfo import ZoneInfo

from fieldapp.errors import UserError
from fieldapp.forms.xpath import Context, Environment, EvaluationError, FixedNode, Node, compile_expression
from fieldapp.forms.xpath.nodes import ATTRIBUTE, COMMENT, DOCUMENT, ELEMENT, INSTRUCTION, TEXT

# The cases were recorded at this time and place.
RECORDED = datetime(2026, 11, 23, 23, 38, 24, tzinfo=ZoneInfo("America/Phoenix"))
DOCTYPE = 10

XFORMS = "http://www.w3.org/2002/xforms"
NAMESPACES = {
    "xhtml": "http://www.w3.org/1999/xhtml",
    "jr": "http://openrosa.org/javarosa",
    "OpenClinica": "http://openclinica.com/odm",
    "enk": "http://enketo.org/xforms",
}


def read_dom(xml: str) -> FixedNode:
    """The document of some XML text; an empty document for an empty text."""
    top = FixedNode(DOCUMENT)
    if xml.strip():
        document = minidom.parseString(xml.strip())
        top.children = [_read(child, top) for child in document.childNodes]
    return top


def _read(dom: Any, parent: FixedNode) -> FixedNode:
    if dom.nodeType in (Dom.TEXT_NODE, Dom.CDATA_SECTION_NODE):
        return FixedNode(TEXT, text=dom.data, parent=parent)
    if dom.nodeType == Dom.COMMENT_NODE:
        return FixedNode(COMMENT, text=dom.data, parent=parent)
    if dom.nodeType == Dom.PROCESSING_INSTRUCTION_NODE:
        return FixedNode(INSTRUCTION, dom.target, dom.data, parent)
    if dom.nodeType == Dom.DOCUMENT_TYPE_NODE:
        return FixedNode(DOCTYPE, parent=parent)
    namespace = dom.namespaceURI or ""
    if namespace == XFORMS and not dom.prefix:
        namespace = ""  # as the engine shows the elements of a form
    node = FixedNode(ELEMENT, dom.localName, parent=parent, namespace=namespace, prefix=dom.prefix or "")
    attributes = []
    for attribute in dom.attributes.values():
        if attribute.name != "xmlns" and not attribute.name.startswith("xmlns:"):
            local = attribute.localName or attribute.name
            uri = attribute.namespaceURI or ""
            prefix = attribute.prefix or ""
            made = FixedNode(ATTRIBUTE, local, attribute.value, node, namespace=uri, prefix=prefix)
            attributes.append(made)
    node.attributes = attributes
    node.children = [_read(child, node) for child in dom.childNodes]
    return node


def find(top: FixedNode, path: str) -> FixedNode:
    """The node at ``/n[0]/n[3]/@id``."""
    node = top
    for step in path.strip("/").split("/") if path.strip("/") else []:
        if step.startswith("@"):
            names = {(f"{a.prefix}:{a.name}" if a.prefix else a.name): a for a in node.attributes}
            node = names[step[1:]]
        else:
            node = node.children[int(step[2:-1])]
    return node


def path_of(node: Node) -> str:
    """The inverse of ``find``."""
    steps: list[str] = []
    while node.parent is not None:
        if node.kind == ATTRIBUTE:
            steps.append(f"@{node.prefix}:{node.name}" if node.prefix else f"@{node.name}")
        else:
            place = next(i for i, other in enumerate(node.parent.children) if other is node)
            steps.append(f"n[{place}]")
        node = node.parent
    return "/" + "/".join(reversed(steps))


@dataclass
class _Element:
    """An ``<instance>`` somewhere in the document."""

    node: Node

    def lookup(self, steps: tuple[str, ...], column: str, value: str | float) -> Sequence[Node] | None:
        return None


def _descendants(node: FixedNode) -> Iterator[FixedNode]:
    for child in node.children:
        yield child
        yield from _descendants(child)


def environment_over(top: FixedNode) -> Environment:
    """Instances and texts taken from the document itself, the clock stopped at the recording."""

    def instance(name: str) -> _Element | None:
        for node in _descendants(top):
            if node.name == "instance" and any(a.name == "id" and a.text == name for a in node.attributes):
                return _Element(node)
        return None

    def itext(name: str) -> str | None:
        for node in _descendants(top):
            if node.name == "text" and any(a.name == "id" and a.text == name for a in node.attributes):
                return node.string_value.strip()
        return None

    return Environment(instance=instance, itext=itext, clock=lambda: RECORDED)


def cases_of(peers: Path) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The recorded cases: (short hash that names it, case, XML of its context)."""
    contexts = json.loads((peers / "xpath-contexts.json").read_text("utf-8"))["contexts"]
    seen: dict[str, int] = {}
    for line in (peers / "xpath-cases.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        told = json.dumps(
            [case[key] for key in ("file", "test", "expr", "ctx", "kind")] + [case.get("expected")]
        )
        name = sha256(told.encode()).hexdigest()[:10]
        seen[name] = seen.get(name, 0) + 1
        yield f"{name}-{seen[name]}", case, contexts[case["context"]]


@cache
def _document(xml: str) -> FixedNode:
    return read_dom(xml)


def _primary(top: FixedNode) -> FixedNode:
    """Where absolute paths start: in a whole form the first instance, else the document."""
    for html in top.children:
        if html.kind == ELEMENT and html.name == "html":
            for node in _descendants(html):
                if node.name == "instance" and not node.namespace:
                    return node
    return top


def _number(value: float | str) -> float:
    return float(value)  # also "NaN" and "Infinity"


def _same(left: float, right: float) -> bool:
    return left == right or (math.isnan(left) and math.isnan(right))


def run_case(case: dict[str, Any], xml: str) -> str:
    """Empty if our evaluator gives what was recorded, else what it gave."""
    top = _document(xml)
    kind, expected = case["kind"], case.get("expected")
    try:
        expression = compile_expression(case["expr"], NAMESPACES)
        node = find(top, "/" if case["ctx"] == "(detached)" else case["ctx"])
        context = Context(node, environment_over(top), top=_primary(top))
        return _outcome(expression, context, kind, expected, case)
    except (UserError, EvaluationError) as error:
        return "" if kind == "throws" else str(error)


def _outcome(expression: Any, context: Context, kind: str, expected: Any, case: dict[str, Any]) -> str:
    if kind in ("number", "rounded"):
        number = expression.number(context)
        if kind == "rounded" and math.isfinite(number):
            number = math.floor(number * case["factor"] + 0.5) / case["factor"]
        return "" if _same(number, _number(expected)) else repr(number)
    if kind == "boolean" or (kind == "expect.toEqual" and case["field"] == "boolean"):
        truth = expression.boolean(context)
        return "" if truth is expected else repr(truth)
    if kind in ("nodeset", "unordered") or (kind == "expect.toEqual" and case["field"] == "node"):
        paths = [path_of(found) for found in expression.nodes(context)]
        wanted = [expected["path"]] if isinstance(expected, dict) else [one["path"] for one in expected]
        if kind == "unordered":
            paths, wanted = sorted(paths), sorted(wanted)
        return "" if paths == wanted else repr(paths)
    text = expression.string(context)
    if kind == "strlen":
        return "" if len(text) == expected else text
    if kind == "strmatch":
        pattern = expected["regex"]
        body, flags = pattern[1:].rsplit("/", 1)
        return "" if re.search(body, text, re.IGNORECASE if "i" in flags else 0) else text
    return "" if text == expected else repr(text)
