"""After a partial visit the next one opens filled and asks only what was not seen (product 1).

What was looked at stands: the check items and the defects. What was not seen is asked again, and so is all
that belongs to one visit alone: head, outcome, photographs, and above all the judgement: no one copies that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fieldapp.forms import FormSession, NodeView
from fieldapp.services import carried
from fieldapp.services.filling import Filling
from fieldapp.settings import ZONE
from fieldapp.store import Store
from fieldapp.store.model import Submission

#: Groups of a form whose answers stand until the house has been seen as a whole.
CARRIED = ("g_check", "g_defect")
#: The state of an item that nobody could look at, and what the name of its reason ends with.
UNSEEN, REASON = "unseen", "_why"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The record of the last visit inside a house, if that was a partial one: when, and what was not seen."""

    submission: Submission
    visited_at: datetime
    unseen_parts: str

    def head(self) -> dict[str, str]:
        """What the new record says of it (block ``visit_head``), so that window and sheet can tell."""
        return {
            "continues": str(self.submission.chain.instance_id),
            "continued_day": self.visited_at.astimezone(ZONE).date().isoformat(),
            "unseen_before": self.unseen_parts,
        }


def unfinished(store: Store, filling: Filling, building_id: UUID, form_id: str) -> Unfinished | None:
    """What the next visit of the building goes on with. None if the last one inside was completed, if there
    was none, or if the form is another version now, whose questions may differ.
    """
    for visit in store.visits.list("finalized", building_id):
        for record in store.submissions.list(visit.visit_id):
            if record.form_id != form_id or record.record != "finalized":
                continue
            said = {node.name: node.value for node in _leaves(filling.read(record).root)}
            if said.get("visit_result") not in {"done", "partial"}:
                continue  # nobody came in: the visit before still counts
            if (
                "continues" not in said
                or said["visit_result"] == "done"
                or record.form_version != filling.definition(form_id).version
            ):
                return None
            return Unfinished(record, visit.started_at, said.get("unseen_parts", ""))
    return None


def carry(old: FormSession, new: FormSession) -> None:
    """Answer in ``new`` what the partial record ``old`` says of the house. Photographs stay with their visit:
    a defect asks for a new one. Each answer waits until somebody has looked again.
    """
    taken: list[str] = []
    for group in old.root.children:
        if group.name not in CARRIED:
            continue
        leaves = _leaves(group)
        unseen = {node.name for node in leaves if node.value == UNSEEN}
        for node in leaves:
            if node.value and node.name not in unseen and node.name.removesuffix(REASON) not in unseen:
                taken += _answer(new, node)
    carried.mark(new, taken)


def _answer(new: FormSession, node: NodeView) -> list[str]:
    """The answer's path if it was one to be carried."""
    if node.kind != "question" or node.readonly or node.type == "binary":
        return []
    above = node.path.rpartition("/")[0]
    if above.endswith("]"):
        repeat, _bracket, number = above.rstrip("]").rpartition("[")
        outside = new.node(repeat.rpartition("/")[0])
        there = sum(child.path.rpartition("[")[0] == repeat for child in outside.children)
        for _missing in range(there, int(number)):
            new.add_repeat(repeat)
    new.answer(node.path, node.value)
    return [node.path]


def _leaves(node: NodeView) -> list[NodeView]:
    if node.kind in {"question", "value"}:
        return [node]
    return [leaf for child in node.children for leaf in _leaves(child)]
