"""Compiles what a form says: expressions with their place, texts with outputs, labels and messages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from fieldapp.errors import Phrase, UserError
from fieldapp.forms.definition import Label, SetValue, Text
from fieldapp.forms.reading import local
from fieldapp.forms.reads import standing
from fieldapp.forms.xpath import Expression, Function, Reference, compile_expression

_ITEXT = re.compile(r"\s*jr:itext\(\s*(?:'([^']*)'|\"([^\"]*)\")\s*\)\s*")


class Wording:
    """Compiles one form's expressions. ``instances`` collects the ids they name, with a place.

    ``repeats``: the steps of every repeat, to be set before anything is compiled. ``standing``: per
    expression the paths of which only number and position matter.
    """

    def __init__(self, namespaces: Mapping[str, str], functions: Mapping[str, Function]) -> None:
        self.namespaces = dict(namespaces)
        self.functions = dict(functions)
        self.instances: dict[str, str] = {}
        self.bind_ids: dict[str, str] = {}
        self.repeats: set[tuple[str, ...]] = set()
        self.standing: dict[Expression, frozenset[Reference]] = {}
        self.compiled: list[tuple[Expression, str, str]] = []
        self._compiled: dict[tuple[str, tuple[str, ...]], Expression] = {}

    def compile(self, text: str, place: str, path: str) -> Expression:
        """The expression at the node ``path``; UserError FORM_011 with its place and what the compiler
        says.
        """
        steps = tuple(path.split("/")[1:])
        around = [steps[:length] for length in range(1, len(steps) + 1) if steps[:length] in self.repeats]
        if not around:
            steps = ()
        known = self._compiled.get((text, steps))
        if known is None:
            try:
                known = compile_expression(text, self.namespaces, self.functions, place=steps, repeats=around)
            except UserError as error:
                problem = Phrase(error.detail.message, **error.slots)
                raise UserError("FORM_011", place=place, problem=problem) from error
            self._compiled[text, steps] = known
            self.standing[known] = standing(known, self.namespaces, steps, around)
        self.compiled.append((known, place, path))
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
            elif name not in ("", ".", "current()"):
                at = "@" if name.startswith("@") else ""
                steps.append(at + name.removeprefix("@").rsplit(":", 1)[-1])
        return "/" + "/".join(steps)

    def text(self, element: etree._Element, place: str, path: str) -> Text:
        """The text of an element with its ``<output>`` children."""
        parts: list[str | Expression] = [element.text or ""]
        for child in element:
            if isinstance(child.tag, str):
                shown = child.get("value") or child.get("ref")
                if local(child) == "output" and shown:
                    parts.append(self.compile(shown, f"{place} output", path))
                else:
                    parts.append("".join(str(part) for part in child.itertext()))
            parts.append(child.tail or "")
        if all(isinstance(part, str) for part in parts):
            return Text(("".join(str(part) for part in parts).strip(),))
        return Text(tuple(part for part in parts if part != ""))

    def label(self, element: etree._Element, place: str, path: str) -> Label:
        """A ``<label>`` or ``<hint>``: by itext id, by expression or as written."""
        reference = element.get("ref")
        if reference:
            return self.message(reference, place, path, expression=True)
        return Label(text=self.text(element, place, path))

    def message(self, text: str, place: str, path: str, *, expression: bool = False) -> Label:
        """A message attribute: ``jr:itext('…')`` or plain text (an expression where ``expression``)."""
        match = _ITEXT.fullmatch(text)
        if match:
            return Label(itext=match[1] or match[2] or "")
        if expression or text.lstrip().startswith("jr:itext("):
            return Label(expression=self.compile(text, place, path))
        return Label(text=Text((text,)))

    def setvalue(self, element: etree._Element, base: str) -> SetValue:
        """A setvalue action below the node ``base``. UserError FORM_013 for an event we do not know."""
        written = element.get("ref") or self.bind_ids.get(element.get("bind") or "", "")
        target = self.path(written, base)
        namespaced = "{http://www.w3.org/2001/xml-events}event"
        events = frozenset((element.get("event") or element.get(namespaced) or "").split())
        unknown = events - EVENTS
        if unknown or not events:
            strange = Phrase("the event {event} is not known", event=" ".join(sorted(unknown)) or "-")
            raise UserError("FORM_013", place=f"setvalue {target}", problem=strange)
        given = element.get("value")
        if given:
            value: Expression | None = self.compile(given, f"setvalue {target}", target)
        else:
            literal = (element.text or "").strip()
            quote = "'" if "'" not in literal else '"'
            if quote in literal:
                problem = "the text holds both kinds of quotation marks"
                raise UserError("FORM_013", place=f"setvalue {target}", problem=problem)
            value = (
                self.compile(f"{quote}{literal}{quote}", f"setvalue {target}", target) if literal else None
            )
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
