"""The flags of the re-evaluation in words: what was found, what it means, what to look at."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from fieldapp.forms import FormSession

#: By kind: what it is, and what it means for the one who looks.
WORDS = {
    "type": (
        gettext_noop("An answer is not of its kind"),
        gettext_noop("A text stands where a number, date or place belongs. Ask the team what was meant."),
    ),
    "constraint": (
        gettext_noop("An answer is outside its limits"),
        gettext_noop("The form does not allow this value. Compare it with the photographs."),
    ),
    "required": (
        gettext_noop("A required answer is missing"),
        gettext_noop("The laptop should not have let it be finalized. Ask for a correction."),
    ),
    "choice": (
        gettext_noop("An answer is none of the choices"),
        gettext_noop("The choice is not in this version of the form. Ask the team what was meant."),
    ),
    "unknown_nodes": (
        gettext_noop("There are answers that the form does not ask"),
        gettext_noop("They are kept in the original text, and shown nowhere else."),
    ),
    "attachment_unlisted": (
        gettext_noop("A photograph named in the answers is not among the files"),
        gettext_noop("The signed list of files does not have it: it was not sent with this record."),
    ),
    "evaluation_failed": (
        gettext_noop("The form could not be evaluated"),
        gettext_noop("The answers are kept in their original text. Tell the administrator."),
    ),
    "stale_base": (
        gettext_noop("This correction is not based on the current version"),
        gettext_noop("Another correction came first. Compare both before you release this one."),
    ),
    "effect_too_long": (
        gettext_noop("A name or number is too long for the register"),
        gettext_noop("What it would have changed is not kept; the answers are."),
    ),
}
UNKNOWN = gettext_lazy("A flag of a newer version")


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag: its code, title and explanation, and where it points to (both empty for the whole record)."""

    code: str
    title: str
    explanation: str
    path: str = ""
    question: str = ""


def title(kind: str) -> str:
    """The title of a kind of flag in the current language."""
    return _(WORDS[kind][0]) if kind in WORDS else f"{UNKNOWN} ({kind})"


def explained(flags: list[str], session: FormSession | None) -> list[Flag]:
    """The flags of a submission in the current language, questions by their labels."""
    found = []
    for flag in flags:
        kind, _colon, path = flag.partition(":")
        meaning = _(WORDS[kind][1]) if kind in WORDS else ""
        found.append(Flag(flag, title(kind), meaning, path, _question(path, session)))
    return found


def _question(path: str, session: FormSession | None) -> str:
    if not path or session is None:
        return path
    known = {leaf.path: leaf.label for leaf in session.root.leaves}
    return known.get(path) or path
