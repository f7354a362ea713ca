"""房屋: the ledger, and the file of a house."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget

from fieldapp.i18n import _
from fieldapp.ui.actions import Action
from fieldapp.ui.components import down
from fieldapp.ui.page import Frame, Page
from fieldapp.ui.pages.buildings.ledger import LedgerView
from fieldapp.ui.pages.buildings.words import Words
from fieldapp.ui.pages.inspection import NewVisit, OpenVisit

_START = ("Ctrl+Return", "Ctrl+Enter")


class BuildingsPage(Page):
    """``open(id)`` shows the file of a house, ``open(None)`` the list as it was left."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        language = "en" if frame.preferences.language == "en" else "zh"
        self._words = Words(language, frame.laptop.ledger.today)
        self.ledger = LedgerView(frame, self._words)
        self.ledger.opened.connect(lambda building: self.frame.go("buildings", building))
        self.ledger.started.connect(lambda building: self.start(UUID(building)))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.ledger)
        self.setLayout(down(self._stack, gap=0))

    def title(self) -> str:
        """房屋."""
        return _("Buildings")

    def actions_of_page(self) -> Sequence[Action]:
        """Its next step."""
        return (
            Action(
                "buildings.start", _("Start inspection"), self._start_shown, ("Ctrl+Return", "Ctrl+Enter")
            ),
            Action("buildings.clear", _("Clear all filters"), self.ledger.clear_all),
        )

    def refresh(self) -> None:
        """The store has changed."""
        self.ledger.refresh()

    def open(self, argument: object = None) -> None:
        """Show the list."""
        self._stack.setCurrentWidget(self.ledger)
        self.ledger.table.setFocus()

    def leave(self) -> None:
        """Nothing is read any more until it comes back."""
        self.ledger.preview.leave()

    def look(self, typed: str) -> bool:
        """What is typed into the search field narrows the list."""
        self.ledger.look(typed)
        return bool(typed.strip())

    def look_key(self, event: QKeyEvent) -> bool:
        """Arrows and Enter of the search field move in the list."""
        return self.ledger.key(event)

    def _start_shown(self) -> None:
        self.ledger.start()

    def start(self, building_id: UUID) -> None:
        """Begin an inspection, or go on with the one that is open."""
        drafts = self.frame.laptop.files.drafts(building_id)
        if drafts:
            self.frame.go("inspection", OpenVisit(drafts[0].visit_id, drafts[0].form_id))
        else:
            self.frame.go("inspection", NewVisit(building_id))
