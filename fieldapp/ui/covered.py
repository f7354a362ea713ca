"""A desk behind the door: the disk does not take what was typed, so it is here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

if TYPE_CHECKING:
    from fieldapp.services.laptop import Laptop
    from fieldapp.ui.desk import Desk

#: How soon it is tried again to save what the disk did not take.
AGAIN_MS = 2000


class Covered(QObject):
    """Keeps ``desk`` out of sight and reach, and tries again and again to save what is typed in it. Once that
    is on the disk the desk closes its store and ``locked()`` is called. ``busy()`` says whether somebody is
    being let in at this moment: then it waits.
    """

    def __init__(
        self, desk: Desk, locked: Callable[[], object], busy: Callable[[], bool], parent: QObject
    ) -> None:
        super().__init__(parent)
        self.desk = desk
        self._locked, self._busy = locked, busy
        self._again = QTimer(self, interval=AGAIN_MS)
        self._again.timeout.connect(self.lock)
        self._again.start()
        QToolTip.hideText()
        for one in tuple(_windows_of(desk)):  # dialogs and menus stand for themselves
            one.close()

    @property
    def laptop(self) -> Laptop:
        """Whose store is open behind the door."""
        return self.desk.laptop

    def lock(self) -> bool:
        """Lock if everything is on the disk now; whether it is."""
        if self._busy() or not self.desk.kept():
            return False
        desk = self.uncovered()
        desk.close_store()
        desk.deleteLater()
        self._locked()
        return True

    def uncovered(self) -> Desk:
        """The desk, to be shown again as it was."""
        self._again.stop()
        self.deleteLater()
        return self.desk


def _windows_of(desk: QWidget) -> Iterator[QWidget]:
    for one in QApplication.topLevelWidgets():
        above = one.parentWidget()
        while above is not None and above is not desk:
            above = above.parentWidget()
        if above is desk and one.isVisible():
            yield one
