"""Whether the rounds that were edited are on the disk: said once if not, tried again until they are."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from fieldapp.errors import FieldappError
from fieldapp.services.patrolling import Round
from fieldapp.ui.page import Frame

#: How often it is looked whether an edit has reached the disk; how soon one that has not is tried again.
_LOOK_MS, _AGAIN_MS = 40, 2000


class Keeping(QObject):
    """Follows the rounds that were edited until they are written. Belongs to the thread of its rounds."""

    def __init__(self, frame: Frame, parent: QObject) -> None:
        super().__init__(parent)
        self._frame = frame
        self._unsaved: list[Round] = []
        self._failing = False
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._look_after)
        self._again = QTimer(self, interval=_AGAIN_MS, singleShot=True)
        self._again.timeout.connect(self._try_again)

    def watch(self, found: Round) -> None:
        """It was edited."""
        if found not in self._unsaved:
            self._unsaved.append(found)
        if not self._look.isActive() and not self._failing:
            self._look.start()

    def holds(self, found: Round) -> bool:
        """Whether it may not be on the disk yet."""
        return found in self._unsaved

    def kept(self) -> bool:
        """Wait until all is on the disk; if it cannot be, why is told, and False."""
        self._stop()
        try:
            for found in self._unsaved:
                found.settle()
        except FieldappError as error:
            self._failing = True
            self._again.start()
            self._frame.tell(error)
            return False
        self._written()
        return True

    def _look_after(self) -> None:
        if self._frame.jobs.stopped:  # the store is closed
            self._stop()
            return
        try:
            done = all([found.saved() for found in self._unsaved])  # noqa: C419 - each is looked at
        except BaseException as error:  # noqa: BLE001 - whatever saving raised is told, never swallowed
            self._stop()
            self._again.start()
            if not self._failing:
                self._failing = True
                self._frame.tell(error)
            return
        if done:
            self._written()

    def _try_again(self) -> None:
        if not self._frame.jobs.stopped:
            for found in self._unsaved:
                found.try_again()
            self._look.start()

    def _written(self) -> None:
        self._stop()
        self._unsaved.clear()
        self._failing = False

    def _stop(self) -> None:
        self._look.stop()
        self._again.stop()
