"""What a round needs next, in one place: the button at the lower right and its reason follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fieldapp.i18n import _
from fieldapp.services.patrolling import LEVEL, NEXT_VISIT, PLAQUE, REASON, RESULT, Round
from fieldapp.services.today import LaneHouse
from fieldapp.ui.pages.field.steps import DEADLINE, DOWNGRADE, UNSEEN_PARTS

_OUTCOME = (REASON, NEXT_VISIT, UNSEEN_PARTS)


@dataclass(frozen=True, slots=True)
class Next:
    """``what`` happens: ``final``, ``defects``, ``why`` (``item``), ``outcome``, ``form``, or nothing while
    ``why`` says what is missing; ``text`` and ``key`` stand on the button."""

    what: str
    text: str
    key: str
    why: str = ""
    item: str = ""


def left_at(houses: Sequence[LaneHouse], at: int, found: Round | None) -> tuple[LaneHouse, ...]:
    """The houses after number ``at`` was left: a round that was begun there is a draft from now on."""
    begun = found is not None and found.begun
    return tuple(
        replace(house, state="draft") if begun and number == at and house.state == "open" else house
        for number, house in enumerate(houses)
    )


def next_of(found: Round | None, *, taking_in: bool, busy: bool) -> Next:
    """The next step of a round, None while it is being opened."""
    final = _("Finalize, next house")
    key = "Ctrl Enter"
    if busy:
        return Next("", final, key, _("Being finalized …"))
    if found is None:
        return Next("", final, key)
    if taking_in:
        return Next("", final, key, _("A photograph is being taken in"))
    if not found.photos:
        return Next("", final, key, _("The photograph comes first"))
    if not found.result:
        return Next("", final, key, _("Answer the seven items first"))
    left = found.open_questions()
    steps = _steps(found, left)
    if steps is not None:
        return steps
    other = [path for path in left if not _known(path)]
    if other:
        return Next(
            "form", _("Fill in {count} more").format(count=len(other)), "Enter", _("The rest is in the form")
        )
    return Next("final", final, key)


def closed_words(final: bool) -> str:
    """Why nothing can be filled in: the house is ``final``, or there is none."""
    if not final:
        return _("Choose a lane on the page Today.")
    return _("Final in this round. What has to be changed is corrected in its record.")


def _steps(found: Round, left: tuple[str, ...]) -> Next | None:
    final, key = _("Finalize, next house"), "Ctrl Enter"
    missing = [path for path in left if path in _OUTCOME]
    if not found.entered:
        if REASON in missing:
            return Next("", final, key, _("Say why: 1–7 or in your own words"))
        return Next("", final, key, _("Say when to come again: 1–5 or a date")) if missing else None
    if missing:
        return Next(
            "outcome", _("Say what was not seen"), "Enter", _("Partly done: reason, parts, next visit")
        )
    items = found.items
    if not all(items.values()):
        return Next("", final, key, _("Answer the seven items first"))
    for item, state in items.items():
        if state == "unseen" and f"/data/g_items/{item}_why" in left:
            return Next("why", _("Say why not seen"), "Enter", _("Not seen needs a reason"), item)
    defects = sum(state == "have" for state in items.values())
    if any(path.startswith("/data/g_defect/") or path in (LEVEL, DOWNGRADE, DEADLINE) for path in left):
        words = _("Record {count} defects").format(count=defects)
        return Next("defects", words, "Enter", _("Final after the defects are recorded"))
    if PLAQUE in left:
        return Next("", final, key, _("Safety plaque: 8 updated, 9 none"))
    return None


def _known(path: str) -> bool:
    return path in (RESULT, *_OUTCOME, LEVEL, DOWNGRADE, DEADLINE, PLAQUE) or path.startswith(
        ("/data/g_defect/", "/data/g_items/", "/data/g_photo/")
    )
