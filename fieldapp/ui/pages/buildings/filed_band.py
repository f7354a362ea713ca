"""The band in a file that says which files were joined to it or parted from it: when, by whom, why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtWidgets import QFrame, QSizePolicy

from fieldapp.domain.filings import Filed
from fieldapp.i18n import _
from fieldapp.settings import ZONE
from fieldapp.ui.components import across, label
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.pages.buildings.words import Words


class FiledBand(QFrame):
    """Hidden for a file that was always one."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self.text = label("", tone="text2", wrap=True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setLayout(across(IconLabel("papers", "text2"), self.text, gap=12, margin=(24, 6, 24, 6)))
        self.hide()

    def show_filings(self, building: str, filings: Sequence[Filed]) -> None:
        """What was done with the file of ``building``, newest first."""
        told = "\n".join(self._said(building, one) for one in filings)
        self.text.setText(told)
        self.setAccessibleName(told)
        self.setVisible(bool(filings))

    def _said(self, building: str, one: Filed) -> str:
        other = " ".join(part for part in (one.other_label, one.other_code) if part)
        slots = {"other": other, "day": self._day(one.at), "who": one.who, "reason": one.reason}
        if building != one.other and one.kind == "join":
            said = _("{other} was joined to this file, {day}, {who}: {reason}")
        elif building != one.other:
            said = _("{other} was parted from this file, {day}, {who}: {reason}")
        elif one.kind == "join":
            said = _("This file was joined to another one, {day}, {who}: {reason}")
        else:
            said = _("This file was parted from another one, {day}, {who}: {reason}")
        whole = said.format(**slots)
        if not one.undone_at:
            return whole
        undone = _("put back {day}, {who}: {reason}").format(
            day=self._day(one.undone_at), who=one.undone_by, reason=one.undone_reason
        )
        return f"{whole} · {undone}"

    def _day(self, at: str) -> str:
        return self._words.day(datetime.fromisoformat(at).astimezone(ZONE).date())
