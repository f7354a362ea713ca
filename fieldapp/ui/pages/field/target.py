"""Photographs on their way into field mode: chosen, pasted, dropped; they come in while one goes on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QWidget

from fieldapp.i18n import _
from fieldapp.services.patrolling import Round
from fieldapp.services.today import LaneHouse
from fieldapp.ui.page import Frame
from fieldapp.ui.pages.field.house import HouseHead
from fieldapp.ui.pages.field.incoming import Incoming, Source, sources_of
from fieldapp.ui.pages.field.steps import StepsPanel


class PhotoTarget(QWidget):
    """What takes photographs for the house one is at. ``FieldMode`` fills the attributes."""

    frame: Frame
    incoming: Incoming
    house: HouseHead
    steps: StepsPanel
    _houses: tuple[LaneHouse, ...]
    _at: int
    _round: Round | None
    _mode: str
    _busy: bool

    @property
    def current(self) -> LaneHouse | None:
        """The house one is at."""
        return self._houses[self._at] if 0 <= self._at < len(self._houses) else None

    def choose_photo(self, path: str = "") -> None:
        """Choose files; they come in while one goes on."""
        if self._round is not None and not self._busy:
            self.incoming.choose(self, lambda files: self.take_in(files, path))

    def paste(self) -> None:
        """Files or a picture from the clipboard."""
        held = QGuiApplication.clipboard().mimeData()
        sources = [] if held is None else sources_of(held)
        if sources:
            self.take_in(sources)
        else:
            self.frame.toast(_("The clipboard holds no photograph"))

    def take_in(self, sources: Sequence[Source], path: str = "") -> None:
        """Take photographs in for the question at hand: a defect's step, else the house."""
        found, house = self._round, self.current
        if found is None or house is None or self._busy:
            return
        if not path and self._mode == "defects":
            step = self.steps.open(found)
            path = step.step.path if step is not None and step.step.kind == "photo" else ""
        self.incoming.take_in(house.building_id, found, sources, path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Photographs may be dropped anywhere."""
        if sources_of(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """They are for the house one is at."""
        event.acceptProposedAction()
        self.take_in(sources_of(event.mimeData()))
