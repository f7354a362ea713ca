"""Nobody has touched key or mouse for a while: the window locks itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QWindow

#: A key that is a shortcut comes as nothing but the question whether somebody overrides it.
_KEYS = (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
_AWAKE = (*_KEYS, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel)


class Idle(QTimer):
    """Runs while there is something to lock. ``touched(by_key)`` hears every key and press, not moves."""

    def __init__(self, parent: QObject, touched: Callable[[bool], object]) -> None:
        super().__init__(parent, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._touched = touched

    def listen(self, handle: QWindow) -> None:
        """Hear keys and mouse where the system hands them to the window, once each."""
        handle.removeEventFilter(self)
        handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Every key and every move of the mouse puts the lock off."""
        kind = event.type()
        if kind in _AWAKE:
            if self.isActive():
                self.start()
            if kind != QEvent.Type.MouseMove:
                self._touched(kind in _KEYS)
        return False
