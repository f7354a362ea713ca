"""What the forms of one visit share (product 1): its outcome is told once, and the house that one of them
files or corrects is known to the others before the register has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from fieldapp.forms import EntityEffect, FormDefinition, FormSession, ListSource

LIST = "buildings"
#: The group and questions that every form has for the outcome; the result decides what the others mean.
OUTCOME = ("visit_result", "visit_reason", "unseen_parts", "next_visit_date")
_GROUP = "g_outcome"


def files_houses(definition: FormDefinition) -> bool:
    """Whether the form can create rows of the list ``buildings``."""
    for node in definition.nodes.values():
        said = {one.name: one for one in node.attributes} if node.is_meta("entity") else {}
        if "create" in said and said["dataset"].default == LIST:
            return True
    return False


def head_values(
    definition: FormDefinition, others: Iterable[str], place: Mapping[str, str]
) -> dict[str, str]:
    """First values that a form gets because of the visit: which ``others`` are filled on it, and for a house
    that is new the ``place`` (``street``, ``community``) where it probably stands. By path below the root.
    """
    values = {"other_forms": " ".join(others), **{f"g_address/new_{name}": place[name] for name in place}}
    return {
        path: value
        for path, value in values.items()
        if value and f"{definition.root.path}/{path}" in definition.nodes
    }


def share_outcome(told: FormSession, session: FormSession, *, newer: bool) -> None:
    """Give the outcome of ``told`` to ``session``, if there is one and it is ``newer`` or the only one."""
    there = {name: _outcome(told, name) for name in OUTCOME}
    if not there["visit_result"] or (_outcome(session, "visit_result") and not newer):
        return
    for name, value in there.items():
        path = f"{session.definition.root.path}/{_GROUP}/{name}"
        if path in session.definition.nodes and session.value(path) != value:
            session.answer(path, value)


def _outcome(session: FormSession, name: str) -> str:
    path = f"{session.definition.root.path}/{_GROUP}/{name}"
    return session.value(path) if path in session.definition.nodes else ""


class VisitLists:
    """The register as a form of the visit sees it: with what the other forms are about to change."""

    def __init__(self, lists: ListSource, effects: Iterable[EntityEffect]) -> None:
        self._lists = lists
        self._changed: dict[tuple[str, str], dict[str, str]] = {}
        for effect in effects:
            row = self._changed.get((effect.list, effect.id)) or self._row(effect.list, effect.id)
            version = str(int(row.get("__version") or 0) + 1)
            label = effect.label or row.get("label", "")
            said = {"name": effect.id, "label": label, "__version": version}
            self._changed[effect.list, effect.id] = {**row, **effect.values, **said}

    def _row(self, list_name: str, item: str) -> dict[str, str]:
        return dict(next(iter(self._lists.lookup(list_name, "name", item)), {}))

    def lookup(self, list_name: str, column: str, value: str) -> Sequence[Mapping[str, str]]:
        """As the register's, with the changes made. KeyError for a list that is not known."""
        kept = [
            row
            for row in self._lists.lookup(list_name, column, value)
            if (list_name, row["name"]) not in self._changed
        ]
        changed = [row for (name, _id), row in self._changed.items() if name == list_name]
        return [*kept, *(row for row in changed if row.get(column, "") == value)]
