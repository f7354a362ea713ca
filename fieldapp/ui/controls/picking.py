"""A list to pick from by typing: long lists of choices, and phrases. Pinyin initials work too."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QWidget

from fieldapp.i18n import _
from fieldapp.store.search import initials
from fieldapp.ui.components import LineEdit, down
from fieldapp.ui.icons import icon
from fieldapp.ui.themes import colours, sizes

_NAME = Qt.ItemDataRole.UserRole
_ROWS = 9
_STEPS = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class PickPanel(QFrame):
    """Opens below a control; Enter or a click picks, Esc closes. ``picked(name)`` tells.

    With ``several`` it stays open and what is chosen has a check mark.
    """

    picked = Signal(str)

    def __init__(
        self, parent: QWidget, name: str, options: Sequence[tuple[str, str]], *, several: bool = False
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("menu")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
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
        """Show it, as wide as ``control`` and within the screen."""
        self._chosen = set(chosen)
        self._narrow("")
        high = min(_ROWS, max(3, len(self._options))) * sizes().control + sizes().control + 40
        self.resize(max(control.width(), 280), high)
        below = control.mapToGlobal(QPoint(0, control.height() + 4))
        room = control.screen().availableGeometry()
        if below.y() + high > room.bottom():
            below.setY(max(room.top(), control.mapToGlobal(QPoint(0, 0)).y() - high - 4))
        below.setX(min(below.x(), room.right() - self.width()))
        self.move(below)
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

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
            self.close()
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
