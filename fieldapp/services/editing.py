"""Editing an open form with undo and redo.

A step of the history is the whole draft as it was, a few kilobytes: whatever an answer set off (triggers,
proposals, repeats that came or went) comes back exactly. Each undo is saved like any other edit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from fieldapp.forms import FormSession, NodeView
from fieldapp.services import carried
from fieldapp.services.filling import OpenForm

Result = TypeVar("Result")
#: So many steps can be taken back.
STEPS = 300
#: The draft on the other side of a step, and the question that the step was about.
_Step = tuple[bytes, str]


class Editing:
    """An open form whose edits can be taken back. Belongs to the thread of its form."""

    def __init__(self, form: OpenForm) -> None:
        self.form = form
        self._undo: list[_Step] = []
        self._redo: list[_Step] = []

    @property
    def session(self) -> FormSession:
        """The form's session; another object after undo and redo."""
        return self.form.session

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether a step that was taken back can be done again."""
        return bool(self._redo)

    def answer(self, path: str, value: str, *, go_on: bool = False) -> bool:
        """Answer a question; False if it says so already. Raises what ``OpenForm.answer`` raises.

        ``go_on``: more of what the last step began, as while somebody types; it stays one step.
        """
        if go_on and self._undo and self._undo[-1][1] == path and not self._redo:
            before = self.session.draft_xml()
            self.form.answer(path, value)
            return self.session.draft_xml() != before
        return self.at_once(lambda: self.form.answer(path, value))

    def at_once(self, work: Callable[[], object]) -> bool:
        """Several edits of the form as one step; False if nothing has changed by them."""
        before = self.session.draft_xml()
        work()
        if self.session.draft_xml() == before:
            return False
        self._undo = [*self._undo[-STEPS + 1 :], (before, self.form.position)]
        self._redo = []
        return True

    def undo(self) -> bool:
        """Take the last step back and stand where it was made; False if there is none."""
        return self._swap(self._undo, self._redo)

    def redo(self) -> bool:
        """Do again what was taken back; False if there is nothing."""
        return self._swap(self._redo, self._undo)

    def _swap(self, source: list[_Step], target: list[_Step]) -> bool:
        if not source:
            return False
        xml, place = source.pop()
        target.append((self.session.draft_xml(), place))
        self.form.restore(xml, place)
        return True

    def confirm(self, paths: Sequence[str]) -> bool:
        """Carried answers still hold (``OpenForm.confirm``), as one step; False if none of them waited."""
        return self.at_once(lambda: self.form.confirm(paths))

    # -- repeats --------------------------------------------------------------------------------------

    def instances(self, repeat: str) -> tuple[NodeView, ...]:
        """The instances of a repeat (``/data/g_defect/rep_defect``) that count now, in order."""
        above, _slash, name = repeat.rpartition("/")
        return tuple(
            child for child in self.session.node(above).children if child.name == name and child.relevant
        )

    def add_repeat(self, repeat: str, first: dict[str, str] | None = None) -> str:
        """Add an instance, its questions (by name) answered with ``first``; its path."""
        added: list[str] = []

        def work() -> None:
            path = self.form.add_repeat(repeat)
            added.append(path)
            for name, value in (first or {}).items():
                self.form.answer(f"{path}/{name}", value)

        self.at_once(work)
        return added[0]

    def copy_repeat(self, instance: str) -> str:
        """Add an instance with the answers of another, photographs left out; its path. What waits to be
        looked at again waits in the copy too.
        """
        answers = {
            node.name: node.value
            for node in self.session.node(instance).children
            if node.kind == "question" and not node.readonly and node.type != "binary" and node.value
        }
        waits = next(
            (one for one in self.session.node(instance).children if one.name == carried.IN_REPEAT), None
        )
        if waits is not None and waits.value:
            answers[waits.name] = waits.value
        return self.add_repeat(instance.rpartition("[")[0], answers)

    def remove_repeat(self, instance: str) -> None:
        """Remove an instance; ``undo`` brings it back."""
        self.at_once(lambda: self.form.remove_repeat(instance))

    def exchange(self, one: str, other: str) -> None:
        """Let two instances of a repeat change places, as far as they are answered by hand."""

        def said(instance: str) -> dict[str, str]:
            return {
                node.name: node.kept
                for node in self.session.node(instance).children
                if node.kind == "question" and not node.readonly
            }

        def work() -> None:
            first, second = said(one), said(other)
            for instance, answers in ((one, second), (other, first)):
                for name, value in answers.items():
                    self.form.answer(f"{instance}/{name}", value)

        self.at_once(work)
