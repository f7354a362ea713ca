"""The band in a house's file that says what was told differently in two places."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFrame, QSizePolicy

from fieldapp.i18n import _
from fieldapp.services.conflicts import Conflict
from fieldapp.ui.components import Button, across, label
from fieldapp.ui.components.feedback import IconLabel


class ConflictBand(QFrame):
    """Hidden while there is nothing to decide."""

    def __init__(self, on_look: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("banner", "warn")
        self._words = label("", wrap=True)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.look = Button(_("Compare"), on_click=on_look)
        row = across(IconLabel("conflict", "warn"), self._words, self.look, gap=12, margin=(24, 6, 24, 6))
        self.setMinimumHeight(48)
        self.setLayout(row)
        self.hide()

    def show_conflicts(self, conflicts: Sequence[Conflict]) -> None:
        """These are open."""
        names = [line.label for one in conflicts for line in one.lines if line.differ]
        sentence = _("Told differently in two places, to be decided: {names}").format(names="、".join(names))
        self._words.setText(sentence)
        self.setAccessibleName(sentence)
        self.setVisible(bool(conflicts))
