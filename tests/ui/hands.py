"""What an inspector's hands do that pytest-qt cannot: type Chinese, click where the eye sees a thing, scroll.

Clicks and keys go to the window of the system, as the system's would: Qt itself finds what lies there or has
the focus. A click on what is hidden, covered or out of sight fails.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

#: Waits are for conditions; this is only when to give up, on a machine that others use too.
PATIENCE = 30_000


def type_chinese(widget: QObject, text: str) -> None:
    """As an input method commits it; QTest's own keys know ASCII only."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(widget, event)


def spell(window: QWindow, text: str) -> None:
    """ASCII by keys, one after the other; anything else as an input method commits it."""
    for sign in text:
        if not sign.isascii():
            type_chinese(QGuiApplication.focusObject(), sign)
            continue
        shift = Qt.KeyboardModifier.ShiftModifier if sign.isupper() else Qt.KeyboardModifier.NoModifier
        QTest.sendKeyEvent(QTest.KeyAction.Click, window, Qt.Key(ord(sign.upper())), sign, shift)


def activate(window: QWidget) -> None:
    """What a window manager does when a dialog has gone and the window behind it is clicked or comes back."""
    if QApplication.activeWindow() is None:
        window.activateWindow()
        QTest.qWaitForWindowActive(window, PATIENCE)


def still(target: QWidget) -> Callable[[], bool]:
    """Whether it lies where it lay when this was asked before: nobody aims at what is moving."""
    last: list[QRect] = []

    def lies() -> bool:
        last.append(QRect(target.mapToGlobal(QPoint(0, 0)), target.size()))
        return len(last) > 2 and last[-1] == last[-2] == last[-3]

    return lies


class Mouse:
    """The left button and the wheel; the keyboard only types into the field that was clicked."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.clicks = 0

    def wait(self, met: Callable[[], object]) -> None:
        """Until a condition is met."""
        self._qtbot.waitUntil(lambda: bool(met()), timeout=PATIENCE)

    def click(self, target: QWidget, at: QPoint | None = None) -> None:
        """A click into the middle of what is seen of ``target``, or at a point of it."""
        self.wait(lambda: target.isVisible() and target.isEnabled())
        self._bring(target, at)
        self.wait(still(target))
        self.wait(lambda: self._spot(target, at) is not None)
        spot = self._spot(target, at)
        assert spot is not None
        window = target.window()
        activate(window)
        place = target.mapTo(window, spot)
        QTest.mouseMove(window.windowHandle(), place)
        QTest.mouseClick(
            window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place
        )
        self.clicks += 1

    def click_row(self, view: QAbstractItemView, row: int) -> None:
        """A click on a row of a list or a table."""
        index = view.model().index(row, 0)
        view.scrollTo(index)
        self.click(view.viewport(), view.visualRect(index).center())

    def write(self, field: QWidget, text: str) -> None:
        """A click into a field; what stands in it is replaced."""
        self.click(field)
        self.wait(lambda: QApplication.focusWidget() is field)
        window = field.window().windowHandle()
        QTest.keyClick(window, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        spell(window, text)

    def _bring(self, target: QWidget, at: QPoint | None) -> None:
        """Scroll by the wheel until ``target`` is in sight."""
        area = target.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is None or target is area.viewport():
            return
        frame, window = area.viewport(), area.window()
        middle = frame.mapTo(window, frame.rect().center())
        for _turn in range(60):
            wanted = target.mapTo(frame, at or target.rect().center()).y()
            if 4 <= wanted <= frame.height() - 4:
                return
            turn = -120 if wanted > frame.height() - 4 else 120
            QTest.wheelEvent(window.windowHandle(), middle, QPoint(0, turn))
            QApplication.processEvents()

    def _spot(self, target: QWidget, at: QPoint | None) -> QPoint | None:
        """A point of ``target`` that nothing covers."""
        seen = target.visibleRegion().boundingRect()
        spots = [at] if at is not None else [seen.center(), *_corners(seen)]
        for spot in spots:
            found = QApplication.widgetAt(target.mapToGlobal(spot))
            if found is not None and (found is target or target.isAncestorOf(found)):
                return spot
        return None


def _corners(box: QRect) -> list[QPoint]:
    inner = box.adjusted(4, 4, -4, -4)
    return [inner.topLeft(), inner.bottomRight()]
