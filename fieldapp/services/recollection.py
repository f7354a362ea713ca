"""What was answered last time at the same building: shown beside the question, never copied silently."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from fieldapp.forms import FormSession, NodeView
from fieldapp.services.filling import Filling
from fieldapp.settings import ZONE
from fieldapp.store import Store

#: States of a check item (``item_state``, ``patrol_state``) that are no finding; others must be seen anew.
CALM = frozenset({"ok", "absent"})
#: The state that makes a list of choices one of check items.
FOUND = "have"
_INSTANCE = re.compile(r"^(.*\[\d+\])/[^/]+$")


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """One answer of last time: as stored, as shown, and whether it may be given again by one key."""

    value: str
    text: str
    calm: bool


@dataclass(frozen=True, slots=True)
class LastRecord:
    """The last finalized record of the same form at the building: its day and answers by path."""

    on: date
    answers: Mapping[str, LastAnswer]

    def at(self, node: NodeView, session: FormSession) -> LastAnswer | None:
        """What was said at ``node`` last time, None for nothing.

        Inside a repeat only if the instance spoke of the same thing: its first question was answered alike.
        """
        said = self.answers.get(node.path)
        inside = _INSTANCE.match(node.path)
        if said is None or inside is None:
            return said
        first = next((one for one in session.node(inside[1]).children if one.kind == "question"), None)
        known = None if first is None else self.answers.get(first.path)
        return said if first is not None and known is not None and known.value == first.value else None


class Recollection:
    """Reads the last record. For jobs: opening a record takes tens of milliseconds."""

    def __init__(self, store: Store, filling: Filling) -> None:
        self._store = store
        self._filling = filling

    def last(self, building_id: UUID | None, form_id: str) -> LastRecord | None:
        """The newest record of a form at a building, None for none on this laptop."""
        if building_id is None:
            return None
        records = (
            one
            for one in self._store.submissions.list(building_id=building_id)
            if one.form_id == form_id and one.record == "finalized"
        )
        newest = next(records, None)
        if newest is None:
            return None
        session = self._filling.read(newest)
        day = self._store.visits.get(newest.visit_id).started_at.astimezone(ZONE).date()
        return LastRecord(day, dict(_answers(session)))


def _answers(session: FormSession) -> list[tuple[str, LastAnswer]]:
    found: list[tuple[str, LastAnswer]] = []
    pending = [session.root]
    while pending:
        node = pending.pop()
        pending.extend(node.children)
        if node.kind == "question" and node.type != "binary" and node.value:
            state = any(choice.name == FOUND for choice in node.choices)
            found.append((node.path, LastAnswer(node.value, node.text, state and node.value in CALM)))
    return found
