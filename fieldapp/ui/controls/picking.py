"""A list to pick from by typing: long lists of choices, and phrases. Pinyin initials work too."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QListWidget, QListWidgetItem, QWidget

from fieldapp.i18n import _
from fieldapp.store.search import initials
from fieldapp.ui import themes
from fieldapp.ui.components import LineEdit, down
from fieldapp.ui.icons import icon
from fieldapp.ui.themes import colours, sizes

_NAME = Qt.ItemDataRole.UserRole
_ROWS = 9
_STEPS = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class Floating(QFrame):
    """A panel over the window, beside the control that opened it; it goes with the focus, by Esc, or by a
    click beside it.
    """

    def __init__(self, control: QWidget) -> None:
        super().__init__(control.window())
        self.setObjectName("menu")
        themes.dress(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._control = control
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._moved)
        control.window().installEventFilter(self)

    def open_at(self, control: QWidget, size: QSize, first: QWidget) -> None:
        """Show it below ``control``, or above where there is no room; ``first`` gets the keyboard."""
        room = self.window().rect()
        below = control.mapTo(self.window(), QPoint(0, control.height() + 4))
        if below.y() + size.height() > room.bottom():
            below.setY(max(0, control.mapTo(self.window(), QPoint(0, 0)).y() - size.height() - 4))
        below.setX(max(0, min(below.x(), room.right() - size.width())))
        self.setGeometry(QRect(below, size))
        self.show()
        self.raise_()
        first.setFocus(Qt.FocusReason.PopupFocusReason)

    def finish(self) -> None:
        """Close, with the keyboard back at the control."""
        self.close()
        self._control.setFocus(Qt.FocusReason.PopupFocusReason)

    def _moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self.isVisible() and (new is None or not self.isAncestorOf(new)):
            self.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click that nothing beside the panel wanted has come to the window."""
        pressed = event.type() == QEvent.Type.MouseButtonPress and watched is self.parentWidget()
        if pressed and isinstance(event, QMouseEvent):
            beside = not self.geometry().contains(event.position().toPoint())
            if beside:
                self.finish()
        return False

    def event(self, event: QEvent) -> bool:
        """Esc is ours while the keyboard is here."""
        asked = event.type() == QEvent.Type.ShortcutOverride
        if asked and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes; no other key goes to what lies below."""
        if event.key() == Qt.Key.Key_Escape:
            self.finish()


class PickPanel(Floating):
    """Enter or a click picks. ``picked(name)`` tells.

    With ``several`` it stays open and what is chosen has a check mark.
    """

    picked = Signal(str)

    def __init__(
        self, control: QWidget, name: str, options: Sequence[tuple[str, str]], *, several: bool = False
    ) -> None:
        super().__init__(control)
        self._options, self._several = tuple(options), several
        self._chosen: set[str] = set()
        self.search = LineEdit(name=_("Search in {list}").format(list=name), icon_name="search")
        self.list = QListWidget()
        self.list.setAccessibleName(name)
        self.list.setIconSize(QSize(18, 18))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.search.textChanged.connect(self._narrow)
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(self._take)
        self.setLayout(down(self.search, self.list, gap=6, margin=8))
        self._narrow("")

    def open_below(self, control: QWidget, chosen: Sequence[str] = ()) -> None:
        """Show it, as wide as ``control``."""
        self._chosen = set(chosen)
        self._narrow("")
        high = min(_ROWS, max(3, len(self._options))) * sizes().control + sizes().control + 40
        self.open_at(control, QSize(max(control.width(), 280), high), self.search)

    def _narrow(self, typed: str) -> None:
        wanted = typed.strip().lower()
        self.list.clear()
        for name, text in self._options:
            if wanted and wanted not in text.lower() and wanted not in initials(text).replace(" ", ""):
                continue
            item = QListWidgetItem(text)
            item.setData(_NAME, name)
            item.setToolTip(text)
            item.setSizeHint(QSize(0, sizes().control))
            if self._several:
                mark = "check" if name in self._chosen else "open"
                item.setIcon(icon(mark, colours().accent if name in self._chosen else colours().text3))
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _take(self, item: QListWidgetItem) -> None:
        name, row = str(item.data(_NAME)), self.list.currentRow()
        if not self._several:
            self.finish()
            self.picked.emit(name)
            return
        self._chosen ^= {name}
        self.picked.emit(name)
        self._narrow(self.search.text())
        self.list.setCurrentRow(row)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list while one types, Enter picks."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self.list.currentItem() is not None:
                    self._take(self.list.currentItem())
                return True
            if key in _STEPS:
                step = {_STEPS[0]: 1, _STEPS[1]: -1, _STEPS[2]: _ROWS, _STEPS[3]: -_ROWS}[Qt.Key(key)]
                row = min(max(0, self.list.currentRow() + step), self.list.count() - 1)
                self.list.setCurrentRow(row)
                return True
        return super().eventFilter(watched, event)
