"""A general ODK XForms engine. It knows nothing of buildings; this module is its front door.

form = load_form(xml, lists, functions, clock)
session = form.new_session(uuid4())
session.answer("/data/g/x", "3")
session.validate(), session.to_xml(), session.effects()
"""

from fieldapp.forms.definition import FormDefinition, NodeDefinition
from fieldapp.forms.entities import EntityEffect
from fieldapp.forms.explanation import Clause, Explanation, clauses, explain
from fieldapp.forms.lists import FormFunction, ListSource, NoLists
from fieldapp.forms.parse import load_form
from fieldapp.forms.serialize import unwritable
from fieldapp.forms.session import FormSession
from fieldapp.forms.session import Warning as FormWarning
from fieldapp.forms.views import Changes, Choice, NodeView, Violation

__all__ = [
    "Changes",
    "Choice",
    "Clause",
    "EntityEffect",
    "Explanation",
    "FormDefinition",
    "FormFunction",
    "FormSession",
    "FormWarning",
    "ListSource",
    "NoLists",
    "NodeDefinition",
    "NodeView",
    "Violation",
    "clauses",
    "explain",
    "load_form",
    "unwritable",
]
