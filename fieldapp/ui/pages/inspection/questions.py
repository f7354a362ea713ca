"""A question on the page: its words, what was said last time, its control, what is wrong with it."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from fieldapp.i18n import _
from fieldapp.ui.components import Button, across, down, label
from fieldapp.ui.components.elided import ElidedLabel
from fieldapp.ui.components.fields import marked
from fieldapp.ui.controls import Control, Surroundings, control_for, name_and_unit
from fieldapp.ui.icons import icon
from fieldapp.ui.pages.inspection.answering import Answering
from fieldapp.ui.themes import colours

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class QuestionRow(QWidget):
    """One question. ``leads(step)`` when Enter or Shift+Enter asks for the next or the one before.

    ``compact`` within the columns of a card; ``beside`` is the width of a name that stands at the left, 0 for
    one above. Complaints are shown once it was left, or was jumped to.
    """

    leads = Signal(int)

    def __init__(
        self,
        answering: Answering,
        path: str,
        around: Surroundings,
        *,
        compact: bool = False,
        beside: int = 0,
    ) -> None:
        super().__init__()
        self.path, self.compact = path, compact
        self._answering = answering
        self._touched = self._stepped = False
        self._unreadable = ""
        node = answering.node(path)
        self.control: Control = control_for(node, around, compact=compact)
        self.control.answered.connect(self._answered)
        self.control.note.connect(self._cannot_read)
        # Within a card three columns stand beside each other: there the whole name is in the tooltip.
        self._name = ElidedLabel() if compact and not beside else label("", bold=not compact, wrap=True)
        self._name.setBuddy(self.control)
        self._hint = label("", "S", "text3", wrap=True)
        self._last = label("", "S", "text3")
        self._same = Button(_("Same as last time"), key="=", size="small", on_click=self.same_as_last)
        self._same.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._same.setAutoDefault(False)
        self._same.hide()
        self._mark, self._wrong = QLabel(), label("", "S", "danger", wrap=True)
        self._wrong.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._below = QWidget()
        self._below.setLayout(across(self._mark, self._wrong, gap=4))
        self._below.hide()
        self._arrange(beside)
        self.refresh()

    def _arrange(self, beside: int) -> None:
        self.setFocusProxy(self.control)
        if beside:
            self._name.setFixedWidth(beside)
            line = across(self._name, self.control, gap=8)
            line.setStretch(1, 1)
            self.setLayout(down(line, self._below, gap=4))
            return
        head = across(self._name, self._last, self._same, gap=8)
        head.setStretch(0, 1)
        self.setLayout(down(head, self._hint, self.control, self._below, gap=4 if self.compact else 6))

    # -- what is shown --------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show what the form says now."""
        node = self._answering.node(self.path)
        words = re.sub(r"\s+", " ", node.label)
        name = name_and_unit(words)[0] if node.type in ("int", "decimal") and not node.readonly else words
        self._name.setText(name)
        self._name.setToolTip(words if self.compact else "")
        self._hint.setText(node.hint)
        self._hint.setVisible(bool(node.hint) and not self.compact)
        self.control.setToolTip(node.hint if self.compact else "")
        self.control.show_answer(node)
        self._show_last()
        self._complain()

    def _show_last(self) -> None:
        node = self._answering.node(self.path)
        if self.waits:
            self._show_carried()
            return
        last = self._answering.last_of(node)
        record = self._answering.last
        words = self.compact and node.control == "input" and node.type == "string"
        if last is None or record is None or node.readonly or words:
            self._last.setText("")
            self._same.hide()
            return
        day = "" if self.compact or last.calm else f"·{record.on.isoformat()}"
        self._last.setText(
            _("Last time {answer}").format(answer=_short(last.text, 5 if self.compact else 12)) + day
        )
        self._last.setToolTip(f"{last.text} {record.on.isoformat()}")
        differs = bool(node.value) and node.value != last.value
        marked(self._last, "tone", "warn" if differs else "text3")
        marked(self._last, "bold", "true" if differs else "false")
        self._same.setText(_("Same as last time"))
        self._same.updateGeometry()
        self._same.setVisible(last.calm and not self.compact and node.value != last.value)
        self.control.setAccessibleDescription(self._last.text())

    @property
    def waits(self) -> bool:
        """Whether its answer was carried over and nobody has looked again."""
        return self.path in self._answering.waiting

    def _show_carried(self) -> None:
        day = self._answering.carried_day
        whole = _("Carried over from {day}, to be looked at again").format(day=day)
        self._last.setText(_("Carried over") if self.compact else _("Carried over {day}").format(day=day))
        self._last.setToolTip(whole)
        marked(self._last, "tone", "warn")
        marked(self._last, "bold", "true")
        self._same.setText(_("Still holds"))
        self._same.key = "" if self.control.words() else "="  # a sign in a field of words
        self._same.updateGeometry()
        self._same.setVisible(not self.compact)
        self.control.setAccessibleDescription(whole)

    def _complain(self) -> None:
        said = self._unreadable or (self._answering.complaint(self.path) if self._touched else "")
        self._wrong.setText(said)
        self._mark.setPixmap(icon("warning", colours().danger).pixmap(16, 16) if said else QPixmap())
        self._below.setVisible(bool(said))
        target = self.control.focusProxy()
        if target is not None:
            marked(target, "wrong", "true" if said else "false")
        if said:
            self.control.setAccessibleDescription(said)

    def head_width(self) -> int:
        """What its name and what was said last time need beside each other, in pixels."""
        return self._name.sizeHint().width() + (self._last.sizeHint().width() + 8 if self._last.text() else 0)

    @property
    def unreadable(self) -> bool:
        """Whether something is typed that is no answer: the form knows nothing of it."""
        return bool(self._unreadable)

    @property
    def complaint(self) -> str:
        """What is shown as wrong, empty for nothing."""
        return self._wrong.text()

    # -- coming and going -----------------------------------------------------------------------------

    def enter(self) -> None:
        """The keyboard has come here."""
        self._stepped = False
        self._answering.stand_at(self.path)

    def leave(self) -> None:
        """The keyboard goes: what is typed is told, what is wrong is said."""
        self.control.commit()
        self._touched = True
        self._stepped = False
        self._complain()

    def insist(self) -> None:
        """Say what is wrong although it was not left yet: somebody was led here."""
        self._touched = True
        self._complain()

    def _answered(self, value: str, typing: bool) -> None:
        go_on, self._stepped = self._stepped, typing or self._stepped
        self._answering.answer(self.path, value, go_on=go_on)

    def _cannot_read(self, sentence: str) -> None:
        self._unreadable = sentence
        self._complain()

    def same_as_last(self) -> None:
        """与上次相同: only what was no finding, and only because somebody pressed for it.

        What was carried over is there already, a finding too: pressing says it was looked at and still holds.
        """
        if self.waits:
            self._answering.confirm([self.path])
            return
        last = self._answering.last_of(self._answering.node(self.path))
        if last is not None and last.calm and not self.compact:
            self._answering.answer(self.path, last.value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the control has left over: digits, Enter, ``=``."""
        digit = event.key() - Qt.Key.Key_0.value
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier)
        back = bool(event.modifiers() & (Qt.KeyboardModifier.ShiftModifier))
        if event.key() in _ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.control.commit()
            if self._unreadable:
                return  # nobody is led away from what could not be taken down
            self.leads.emit(-1 if back else 1)
        elif plain and 1 <= digit <= 9 and self.control.press(digit):
            event.accept()
        elif plain and event.key() == Qt.Key.Key_Equal and not self.control.words():
            self.same_as_last()
        else:
            super().keyPressEvent(event)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
