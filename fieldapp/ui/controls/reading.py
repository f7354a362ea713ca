"""What is only read: notes, calculated answers, the register's facts."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy

from fieldapp.forms import NodeView
from fieldapp.i18n import _
from fieldapp.ui.components import across, label
from fieldapp.ui.controls.control import Control, Surroundings


class ReadControl(Control):
    """An answer that nobody gives by hand."""

    def __init__(self, node: NodeView, around: Surroundings, *, compact: bool) -> None:
        super().__init__(node, around, compact=compact)
        self._text = label("", bold=True, wrap=True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._text.setAccessibleName(node.label)
        self.setLayout(across(self._text, gap=0))

    def show_answer(self, node: NodeView) -> None:
        """The words; a dash for nothing."""
        self._text.setText(node.text or _("—"))
        self._text.setAccessibleDescription(node.text)


class NoteControl(Control):
    """A sentence of the form: its label says it all."""

    def __init__(self, node: NodeView, around: Surroundings, *, compact: bool) -> None:
        super().__init__(node, around, compact=compact)
        self.setLayout(across(gap=0))

    def show_answer(self, node: NodeView) -> None:
        """Nothing of its own."""
