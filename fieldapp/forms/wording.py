"""Compiles what a form says: expressions with their place, texts with outputs, labels and messages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from fieldapp.errors import UserError
from fieldapp.forms.definition import Label, SetValue, Text
from fieldapp.forms.reading import local
from fieldapp.forms.xpath import Expression, Function, compile_expression

_ITEXT = re.compile(r"\s*jr:itext\(\s*(?:'([^']*)'|\"([^\"]*)\")\s*\)\s*")


class Wording:
    """Compiles one form's expressions. ``instances`` collects the ids they name, with a place."""

    def __init__(self, namespaces: Mapping[str, str], functions: Mapping[str, Function]) -> None:
        self.namespaces = dict(namespaces)
        self.functions = dict(functions)
        self.instances: dict[str, str] = {}
        self._compiled: dict[str, Expression] = {}

    def compile(self, text: str, place: str) -> Expression:
        """The expression, or UserError FORM_011 with its place and what the compiler says."""
        known = self._compiled.get(text)
        if known is None:
            try:
                known = compile_expression(text, self.namespaces, self.functions)
            except UserError as error:
                problem = error.detail.message.format(**error.slots)
                raise UserError("FORM_011", place=place, problem=problem) from error
            self._compiled[text] = known
        for name in known.instances:
            self.instances.setdefault(name, place)
        return known

    def path(self, text: str, base: str = "") -> str:
        """A node's path with local names; relative ones stand under ``base``."""
        text = text.strip()
        steps: list[str] = [] if text.startswith("/") else base.split("/")[1:]
        for step in text.split("/"):
            name = step.split("[", 1)[0].strip()
            if name == "..":
                del steps[-1:]
            elif name not in ("", "."):
                at = "@" if name.startswith("@") else ""
                steps.append(at + name.removeprefix("@").rsplit(":", 1)[-1])
        return "/" + "/".join(steps)

    def text(self, element: etree._Element, place: str) -> Text:
        """The text of an element with its ``<output>`` children."""
        parts: list[str | Expression] = [element.text or ""]
        for child in element:
            if isinstance(child.tag, str):
                shown = child.get("value") or child.get("ref")
                if local(child) == "output" and shown:
                    parts.append(self.compile(shown, f"{place} output"))
                else:
                    parts.append("".join(str(part) for part in child.itertext()))
            parts.append(child.tail or "")
        if all(isinstance(part, str) for part in parts):
            return Text(("".join(str(part) for part in parts).strip(),))
        return Text(tuple(part for part in parts if part != ""))

    def label(self, element: etree._Element, place: str) -> Label:
        """A ``<label>`` or ``<hint>``: by itext id, by expression or as written."""
        reference = element.get("ref")
        if reference:
            return self.message(reference, place, expression=True)
        return Label(text=self.text(element, place))

    def message(self, text: str, place: str, *, expression: bool = False) -> Label:
        """A message attribute: ``jr:itext('…')`` or plain text (an expression where ``expression``)."""
        match = _ITEXT.fullmatch(text)
        if match:
            return Label(itext=match[1] or match[2] or "")
        if expression or text.lstrip().startswith("jr:itext("):
            return Label(expression=self.compile(text, place))
        return Label(text=Text((text,)))

    def setvalue(self, element: etree._Element, base: str) -> SetValue:
        """A setvalue action below the node ``base``. UserError FORM_013 for an event we do not know."""
        target = self.path(element.get("ref") or element.get("bind") or "", base)
        namespaced = "{http://www.w3.org/2001/xml-events}event"
        events = frozenset((element.get("event") or element.get(namespaced) or "").split())
        unknown = events - EVENTS
        if unknown or not events:
            problem = f"the event {' '.join(sorted(unknown)) or '(none)'} is not known"
            raise UserError("FORM_013", place=f"setvalue {target}", problem=problem)
        written = element.get("value")
        if written:
            value: Expression | None = self.compile(written, f"setvalue {target}")
        else:
            literal = (element.text or "").strip().replace("'", "\u2019")
            value = self.compile(f"'{literal}'", f"setvalue {target}") if literal else None
        return SetValue(target, value, events)


EVENTS = frozenset(
    {
        "odk-instance-first-load",
        "odk-instance-load",
        "odk-new-repeat",
        "xforms-value-changed",
        "xforms-ready",
        "xforms-revalidate",
        "jr-insert",
    }
)
