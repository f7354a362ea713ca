"""Ready-made contexts: a form's instance, lists inside and outside it, a clock that stands still."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import pytest
from lxml import etree

from fieldapp.forms.xpath import (
    Context,
    Environment,
    FixedInstance,
    FixedNode,
    Instance,
    ListInstance,
    Value,
    compile_expression,
)

NOW = datetime(2026, 3, 1, 8, 30, 15, 250_000, tzinfo=timezone(timedelta(hours=8)))

FORM = """
<data id="t" version="7" xmlns:orx="http://openrosa.org/xforms">
  <a>1</a><b>2</b><empty/><name>王</name><many>x y z</many>
  <day>2026-02-28</day><at>2026-02-28T12:00:00.000+08:00</at>
  <g><c>3</c><d>x</d></g>
  <rep><k>p</k><v>5</v><in><w>1</w></in><in><w>2</w></in></rep>
  <rep><k>q</k><v>6</v><in><w>3</w></in></rep>
  <rep><k>p</k><v>7</v></rep>
  <orx:meta><orx:instanceID>uuid:1</orx:instanceID></orx:meta>
</data>
"""
LIST = """
<root>
  <item><name>p</name><label>Pear</label><n>1</n><of>x</of></item>
  <item><name>q</name><label>Quince</label><n>2</n><of>x</of></item>
  <item><name>r</name><label>Raisin</label><n>02.0</n><of>y</of></item>
</root>
"""


@dataclass
class Rows:
    """An external list that notes what it was asked."""

    rows: list[dict[str, str]]
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def __call__(self, name: str, column: str, value: str) -> Sequence[Mapping[str, str]]:
        self.asked.append((name, column, value))
        return [row for row in self.rows if row.get(column) == value]


@dataclass
class Form:
    """A form's tree, and its expressions evaluated at any node."""

    top: FixedNode
    environment: Environment
    rows: Rows

    def context(self, path: str = "/") -> Context:
        """The context at the first node of a path."""
        nodes = compile_expression(path).nodes(Context(self.top, self.environment))
        return Context(nodes[0], self.environment)

    def value(self, text: str, at: str = "/") -> Value:
        """The value of an expression at a path; nodesets as they are."""
        return compile_expression(text).evaluate(self.context(at))

    def text(self, text: str, at: str = "/") -> str:
        """The value as text."""
        return compile_expression(text).string(self.context(at))

    def texts(self, text: str, at: str = "/") -> list[str]:
        """The texts of all nodes of a nodeset."""
        return [node.string_value for node in compile_expression(text).nodes(self.context(at))]


@pytest.fixture
def form() -> Form:
    """The form above with list ``fruit`` inside and ``houses`` outside."""
    rows = Rows([{"name": f"h{i}", "label": f"House {i}", "street": f"s{i % 3}"} for i in range(9)])
    top = FixedNode.document(etree.fromstring(FORM))
    instances: dict[str, Instance] = {
        "fruit": FixedInstance.from_element(etree.fromstring(LIST)),
        "houses": ListInstance("houses", rows),
    }

    def label(value: str, question: str, context: Context) -> str | None:
        return f"{question}:{value}"

    environment = Environment(
        instance=lambda name: instances.get(name),
        clock=lambda: NOW,
        itext={"/data/a:label": "甲"}.get,
        choice_name=label,
        session_property={"username": "li", "version": "7"}.get,
        new_id=lambda: uuid.UUID(int=5, version=4),
        chance=random.Random(7),
    )
    return Form(top, environment, rows)
