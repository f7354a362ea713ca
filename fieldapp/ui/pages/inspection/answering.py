"""The open form as the page uses it: edits, what is open, whether it is saved, told by signals."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from fieldapp.domain.visit import Visit
from fieldapp.errors import FieldappError
from fieldapp.forms import FormSession, NodeView, Violation
from fieldapp.i18n import _
from fieldapp.services import carried
from fieldapp.services.editing import Editing
from fieldapp.services.recollection import FOUND, LastAnswer, LastRecord
from fieldapp.ui.pages.inspection.sections import ITEM, Section, item_of, sections_of

#: How often it is looked whether an edit has reached the disk.
_LOOK_MS = 40
#: How soon it is tried again when an edit could not be written.
_AGAIN_MS = 2000
#: Calculated questions that name the check items whose findings are recorded in cards.
RECORDED = ("items_recorded", "patrol_found")


class Answering(QObject):
    """One form being filled.

    ``changed`` after every edit, also by undo; ``saved(moment)`` once everything is on the disk;
    ``unsaved(error)`` once if it could not be written; it is tried again until it can.
    """

    changed = Signal()
    saved = Signal(object)
    unsaved = Signal(object)

    def __init__(
        self, editing: Editing, visit: Visit, last: LastRecord | None, now: Callable[[], datetime]
    ) -> None:
        super().__init__()
        self.editing, self.visit, self.last, self.now = editing, visit, last, now
        self.sections: tuple[Section, ...] = sections_of(editing.session.definition)
        self.open: tuple[Violation, ...] = carried.open_of(editing.session)
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._look_after)
        self._again = QTimer(self, interval=_AGAIN_MS, singleShot=True)
        self._again.timeout.connect(self._try_again)
        self._failing = self._waits = False

    @property
    def session(self) -> FormSession:
        """The session as it is now; another object after undo."""
        return self.editing.session

    @property
    def language(self) -> str:
        """``zh`` or ``en``: the language of the form."""
        return "en" if self.session.language.endswith("(en)") else "zh"

    @property
    def wrong(self) -> frozenset[str]:
        """Paths of what is open."""
        return frozenset(violation.path for violation in self.open)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Paths of what was carried over from a partial visit and nobody has looked at again."""
        return tuple(violation.path for violation in self.open if violation.kind == carried.KIND)

    @property
    def carried_day(self) -> str:
        """The day of the partial visit that this one goes on with, empty for none."""
        path = f"{self.session.definition.root.path}/{carried.DAY}"
        return self.session.value(path) if path in self.session.definition.nodes else ""

    def node(self, path: str) -> NodeView:
        """A question. UserError FORM_016 for none."""
        return self.session.node(path)

    def has(self, path: str) -> bool:
        """Whether there is such a node now (an instance may have gone)."""
        above, _bracket, rest = path.rpartition("[")
        if not above:
            return path in self.session.definition.nodes
        number = rest.partition("]")[0]
        return self.has(above) and int(number) <= len(self.editing.instances(above))

    def answer(self, path: str, value: str, *, go_on: bool = False) -> None:
        """Answer a question; ``go_on`` while it is one step of typing."""
        if value == FOUND and "[" not in path:
            if self.editing.at_once(lambda: self._find(path)):
                self._after()
        elif self.editing.answer(path, value, go_on=go_on):
            self._after()

    def _find(self, path: str) -> None:
        """有: the item gets a card of its own, if the form wants its finding recorded and has none yet."""
        form, item = self.editing.form, path.rpartition("/")[2]
        form.answer(path, FOUND)
        cards = next((part for one in self.sections for part in one.parts if part.item == item), None)
        nodes = self.session.definition.nodes
        lists = [node for node in nodes if node.rpartition("/")[2] in RECORDED]
        wanted = any(item in self.session.value(node).split() for node in lists)
        if cards is None or not wanted:
            return
        there = [item_of(self.session, one.path) for one in self.editing.instances(cards.path)]
        if item not in there:
            added = form.add_repeat(cards.path)
            form.answer(f"{added}/{ITEM}", item)
            form.go_to(path)

    def confirm(self, paths: Sequence[str]) -> None:
        """These carried answers still hold."""
        if self.editing.confirm(paths):
            self._after()

    def edit(self, work: Callable[[Editing], object]) -> None:
        """Any other edit."""
        work(self.editing)
        self._after()

    def undo(self) -> bool:
        """Take the last step back."""
        done = self.editing.undo()
        if done:
            self._after()
        return done

    def redo(self) -> bool:
        """Do again what was taken back."""
        done = self.editing.redo()
        if done:
            self._after()
        return done

    def stand_at(self, path: str) -> None:
        """The inspector is at this question: opening the draft again leads here."""
        if self.editing.form.position != path:
            self.editing.form.go_to(path)
            self._watch()

    def use_language(self, language: str) -> None:
        """Show the form in another of its languages."""
        self.session.use_language(language)
        self.open = carried.open_of(self.session)
        self.changed.emit()

    def _after(self) -> None:
        self.open = carried.open_of(self.session)
        self._watch()
        self.changed.emit()

    def _watch(self) -> None:
        self._waits = True
        if not self._look.isActive():  # never put off, or who types without a pause hears nothing
            self._look.start()

    def rest(self) -> None:
        """Out of sight, perhaps for good: the store may be closed at any moment."""
        self._look.stop()
        self._again.stop()

    def wake(self) -> None:
        """In sight again: what could not be written is tried again."""
        if self._failing:
            self._again.start()
        elif self._waits:
            self._watch()

    def _look_after(self) -> None:
        try:
            done = self.editing.form.saved()
        except BaseException as error:  # noqa: BLE001 - whatever saving raised is told, never swallowed
            self._look.stop()
            self._again.start()
            if not self._failing:
                self._failing = True
                self.unsaved.emit(error)
            return
        if done:
            self._written()

    def _written(self) -> None:
        self._look.stop()
        self._again.stop()
        self._failing = self._waits = False
        self.saved.emit(self.now())

    def _try_again(self) -> None:
        self.editing.form.try_again()
        self._look.start()

    def settle(self) -> None:
        """Wait until everything is on the disk: before the form is left. Raises what saving raised."""
        self._look.stop()
        try:
            self.editing.form.settle()
        except FieldappError:
            self._again.start()
            raise
        if self._failing:
            self._written()

    # -- what is said of a question -------------------------------------------------------------------

    def last_of(self, node: NodeView) -> LastAnswer | None:
        """What was said here last time."""
        return None if self.last is None else self.last.at(node, self.session)

    def complaint(self, path: str) -> str:
        """What is wrong with a question, in words; empty for nothing."""
        found = next((one for one in self.open if one.path == path), None)
        return "" if found is None or found.kind == carried.KIND else sentence(found)


def sentence(violation: Violation) -> str:
    """A violation in words: the form's own, else ours."""
    if violation.message:
        return re.sub(r"\s+", " ", violation.message)
    return {
        "required": _("Required"),
        "constraint": _("This cannot be right"),
        "type": _("This is not a number, or not of this kind"),
        "choice": _("This is no choice any more: choose again"),
        carried.KIND: _("Carried over, to be looked at again"),
    }[violation.kind]
