"""The band in a house's file that says what was told differently in two places."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from fieldapp.i18n import _
from fieldapp.services.conflicts import Conflict
from fieldapp.ui.components import Button, across, down, label
from fieldapp.ui.components.feedback import IconLabel


class ConflictBand(QWidget):
    """Hidden while there is nothing to decide."""

    def __init__(self, on_look: Callable[[], object]) -> None:
        super().__init__()
        band = QFrame()
        band.setProperty("banner", "warn")
        band.setMinimumHeight(48)
        self._words = label("", wrap=True)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.look = Button(_("Compare"), on_click=on_look)
        row = across(IconLabel("conflict", "warn"), self._words, self.look, gap=12, margin=(16, 6, 8, 6))
        band.setLayout(row)
        self.setLayout(down(band, gap=0, margin=(24, 12, 24, 12)))
        self.hide()

    def show_conflicts(self, conflicts: Sequence[Conflict]) -> None:
        """These are open."""
        names = [line.label for one in conflicts for line in one.lines if line.differ]
        sentence = _("Told differently in two places, to be decided: {names}").format(names="、".join(names))
        self._words.setText(sentence)
        self.setAccessibleName(sentence)
        self.setVisible(bool(conflicts))
