"""XPath as ODK XForms uses it: expressions compiled to Python closures.

``compile_expression`` checks an expression completely (syntax, function names, number of arguments) and
yields an ``Expression`` with the paths it reads, from which the session builds its dependency graph.
"""

from __future__ import annotations

from fieldapp.forms.xpath.dates import Moment
from fieldapp.forms.xpath.expression import Expression, compile_expression
from fieldapp.forms.xpath.nodes import (
    ATTRIBUTE,
    DOCUMENT,
    ELEMENT,
    TEXT,
    Context,
    Environment,
    EvaluationError,
    Function,
    Instance,
    Node,
    Reference,
    TextNode,
    Value,
)
from fieldapp.forms.xpath.tree import FixedInstance, FixedNode, ListInstance

__all__ = [
    "ATTRIBUTE",
    "DOCUMENT",
    "ELEMENT",
    "TEXT",
    "Context",
    "Environment",
    "EvaluationError",
    "Expression",
    "FixedInstance",
    "FixedNode",
    "Function",
    "Instance",
    "ListInstance",
    "Moment",
    "Node",
    "Reference",
    "TextNode",
    "Value",
    "compile_expression",
]
