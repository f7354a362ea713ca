"""Visits that are not final: where, which form, how much is open, how grave."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from fieldapp.domain.codelists import codelists
from fieldapp.i18n import _, spoken
from fieldapp.services.paper import FORM_CODES
from fieldapp.services.today import OpenDraft
from fieldapp.settings import ZONE
from fieldapp.ui.components import Card, EmptyState, Row, RowList, down, label
from fieldapp.ui.components.pills import PillKind
from fieldapp.ui.themes.tokens import PAGE_SIDE

_PILLS: dict[str, PillKind] = {"major": "major", "general": "warn", "pending": "neutral"}


class OpenVisits(QWidget):
    """``opened(visit_id, form_id)`` for the one that was chosen; ``buildings`` to begin another."""

    opened = Signal(str, str)
    buildings = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.list = RowList(_("Open visits"))
        self.list.opened.connect(self._open)
        self._drafts: tuple[OpenDraft, ...] = ()
        card = Card(self.list, margin=1, gap=0)
        listed = QWidget()
        listed.setMaximumWidth(1180 + 2 * PAGE_SIDE)
        column = down(label(_("Open visits"), "L"), card, gap=16, margin=(PAGE_SIDE, 16, PAGE_SIDE, 24))
        column.setStretch(1, 1)
        listed.setLayout(column)
        listed.setFocusProxy(self.list)
        sentence = _("A visit that was begun and is not final stands here. Choose a building to begin one.")
        empty = EmptyState(
            sentence, _("To the buildings"), lambda: self.buildings.emit(), icon_name="inspection"
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(listed)
        self._stack.addWidget(empty)
        self.setLayout(down(self._stack, gap=0))

    def show_drafts(self, drafts: Sequence[OpenDraft]) -> None:
        """Show these; the sentence for none."""
        self._drafts = tuple(drafts)
        place = max(0, self.list.currentIndex().row())
        self.list.show_rows([_row(number, draft) for number, draft in enumerate(self._drafts)])
        if self._drafts:  # Enter opens one at once
            self.list.setCurrentIndex(self.list.rows.index(min(place, len(self._drafts) - 1)))
        self._stack.setCurrentIndex(0 if self._drafts else 1)

    def _open(self, key: str) -> None:
        draft = self._drafts[int(key)]
        self.opened.emit(str(draft.visit_id), draft.form_id)

    def enter(self) -> None:
        """The keyboard comes to the list, or to the button for none."""
        self._stack.currentWidget().setFocus()


def _row(number: int, draft: OpenDraft) -> Row:
    saved = draft.saved_at.astimezone(ZONE)
    code = FORM_CODES.get(draft.form_id, draft.form_id)
    left = _("{count} open").format(count=draft.left) if draft.left else _("Nothing open")
    language = "en" if spoken() == "en" else "zh"
    level = codelists().label("hazard_level", draft.level, language) if draft.level in _PILLS else ""
    return Row(
        str(number),
        draft.address or _("A house that is not in the register"),
        f"{code}·" + _("saved {time}").format(time=f"{saved:%m-%d %H:%M}"),
        icon="draft",
        pill=(_PILLS[draft.level], level) if level else None,
        word=left,
    )
