"""The suggestion of the rules on a form that is being filled: live, with its numbers and limits."""

from __future__ import annotations

from fieldapp.domain.facts import facts_of
from fieldapp.domain.ruleset import hazard_ruleset
from fieldapp.domain.suggestion import Suggestion, suggest
from fieldapp.forms import FormSession

#: The group that holds the judgement itself, which no rule may read.
RESULT = "g_result"


def asks_hazard_rules(session: FormSession) -> bool:
    """Whether the form is one that the hazard rules judge (F02; a round, F18, has rules of its own)."""
    return any(path.endswith("/hazard_rules") for path in session.definition.nodes)


def judged(session: FormSession) -> Suggestion | None:
    """What the rules say now, under the rule set of the record; None for a form they do not judge."""
    if not asks_hazard_rules(session):
        return None
    version = session.value(f"{session.definition.root.path}/ruleset_version")
    facts = facts_of(child for child in session.root.children if child.name != RESULT)
    return suggest(facts, hazard_ruleset(version or hazard_ruleset().version))
