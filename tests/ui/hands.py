"""What an inspector's hands do that pytest-qt cannot: type Chinese, click where the eye sees a thing, scroll.

Clicks and keys go to the window of the system, as the system's would: Qt itself finds what lies there or has
the focus. A click on what is hidden, covered or out of sight fails.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fieldapp.ui.components import FocusRing

#: Waits are for conditions; this is only when to give up, on a machine that others use too.
PATIENCE = 30_000
#: Fields that show the focus as their own border.
OWN_BORDER = (QLineEdit, QPlainTextEdit, QComboBox)


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
        self._qtbot.waitUntil(lambda: self._uncovered(target, at), timeout=PATIENCE)
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

    def _uncovered(self, target: QWidget, at: QPoint | None) -> None:
        """AssertionError that names what lies over ``target``."""
        middle = target.mapToGlobal(at or target.visibleRegion().boundingRect().center())
        over = QApplication.widgetAt(middle)
        assert self._spot(target, at) is not None, f"{over} of {over and over.window()} lies over {target}"

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


class Keyboard:
    """Keys only. After each one the focus must be somewhere, and one must see where.

    ``keys`` counts strokes (a key with its modifiers is one), ``signs`` the characters typed into fields.
    """

    def __init__(self, qtbot: QtBot, window: QWidget, quiet: Callable[[], bool]) -> None:
        self._qtbot, self._window, self._quiet = qtbot, window, quiet
        self.keys = self.signs = 0

    def wait(self, met: Callable[[], object]) -> None:
        """Until a condition is met."""
        self._qtbot.waitUntil(lambda: bool(met()), timeout=PATIENCE)

    def press(self, *keys: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Keys one after the other; what each begins comes to rest."""
        for key in keys:
            QTest.keyClick(self._front(), key, modifier)
            self.keys += 1
            self.rest()

    def write(self, text: str) -> None:
        """Into the field that has the focus; what stood in it is selected or replaced first."""
        spell(self._front(), text)
        self.signs += len(text)
        self.rest()

    def clear(self) -> None:
        """All of a field, to be written over."""
        self.press(Qt.Key.Key_A, modifier=Qt.KeyboardModifier.ControlModifier)

    def tab_to(self, target: QWidget, most: int = 40) -> None:
        """Tab until the focus is at ``target``."""
        for _key in range(most):
            if QApplication.focusWidget() is target:
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"no way by Tab to {target.accessibleName() or target}")

    def rest(self) -> None:
        """Nothing is being done any more, and the focus is seen."""
        self.wait(self._quiet)
        self._qtbot.waitUntil(self._sees, timeout=PATIENCE)

    def _sees(self) -> None:
        """AssertionError that says why one cannot see where the focus is."""
        why = self.blind()
        assert not why, why

    def _front(self) -> QWindow:
        activate(self._window)
        front = QGuiApplication.focusWindow()
        assert front is not None
        return front

    def blind(self) -> str:
        """Why one cannot see where the focus is, empty if one can."""
        widget = QApplication.focusWidget()
        if QApplication.activeModalWidget() is None:
            activate(self._window)
        if widget is None:
            return "nothing has the focus"
        if not widget.isVisible() or widget.visibleRegion().isEmpty():
            return f"{widget.accessibleName() or widget} has the focus and is out of sight"
        if widget.window() is not self._window:
            return ""  # a dialog of Qt's, with its own marks
        ring = self._window.findChild(FocusRing)
        assert isinstance(ring, FocusRing)
        marked = isinstance(widget, OWN_BORDER) or ring.ring() is not None
        return "" if marked else f"{widget.accessibleName() or widget} has the focus without a mark"


class NoMouse(QObject):
    """Sees every event of the program; ``seen`` are those of a mouse."""

    KINDS = frozenset(
        {
            QEvent.Type.MouseButtonPress,
            QEvent.Type.MouseButtonRelease,
            QEvent.Type.MouseButtonDblClick,
            QEvent.Type.MouseMove,
            QEvent.Type.Wheel,
        }
    )

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self.seen: list[str] = []
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Note it, stop nothing."""
        if event.type() in self.KINDS:
            self.seen.append(f"{event.type().name} to {watched!r}")
        return False
