"""Which columns the list shows, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from fieldapp.i18n import _
from fieldapp.ui import themes
from fieldapp.ui.components import Button, across, down, label
from fieldapp.ui.components.lists import Row
from fieldapp.ui.pages.buildings.chips import OptionList
from fieldapp.ui.themes import sizes

_WIDE = 360


class ColumnsPanel(QFrame):
    """All that a list can show, what it shows first: Space takes one in or out, Alt+Up and Alt+Down move it.

    ``changed(names)`` speaks with those that are shown, in their order; nothing for the standard ones.
    """

    changed = Signal(tuple)

    def __init__(self, beside: QWidget, titles: dict[str, str]) -> None:
        super().__init__(beside.window())
        self.setObjectName("menu")
        self._beside, self._titles = beside, titles
        self._order: list[str] = []
        self._shown = 0
        self.list = OptionList(_("Columns"))
        self.list.turned.connect(self._turn)
        self.list.installEventFilter(self)
        self.up = Button(_("Up"), size="small", icon="up", on_click=lambda: self._move(-1))
        self.down = Button(_("Down"), size="small", icon="down", on_click=lambda: self._move(1))
        self.standard = Button(_("Standard"), "quiet", size="small", on_click=lambda: self.changed.emit(()))
        steps = (self.up, self.down, self.standard)
        for step in steps:
            step.installEventFilter(self)
        hint = label(
            _("Alt+↑ ↓ moves a column; what has no room is left out at the right."), "S", "text2", wrap=True
        )
        foot = down(across(*steps, None, gap=8), hint, gap=6, margin=(10, 4, 10, 8))
        self.setLayout(down(self.list, foot, gap=0, margin=(2, 4, 2, 0)))
        self.hide()

    def open(self, names: Sequence[str]) -> None:
        """Offer the columns below the button, these shown, with the keyboard on them."""
        themes.dress(self)
        self.show_names(names)
        window = self._beside.window()
        corner = self._beside.mapTo(window, self._beside.rect().bottomRight())
        high = min(14 * sizes().row_single, window.height() - corner.y() - 24)
        self.setGeometry(max(8, corner.x() - _WIDE), corner.y() + 5, _WIDE, high)
        self.show()
        self.raise_()
        self.list.setCurrentIndex(self.list.rows.index(0))
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def show_names(self, names: Sequence[str]) -> None:
        """These are shown, in this order; the others follow."""
        place = self.list.currentIndex().row()
        self._order = [*names, *(name for name in self._titles if name not in names)]
        self._shown = len(names)
        self.list.show_rows([self._row(name, at < self._shown) for at, name in enumerate(self._order)])
        self.list.setCurrentIndex(self.list.rows.index(max(place, 0)))

    def _row(self, name: str, shown: bool) -> Row:
        word, icon, tone = (_("chosen"), "done", "accent") if shown else ("", "open", "text2")
        return Row(name, self._titles[name], icon=icon, icon_tone=tone, word=word, opens=False)

    def _turn(self, place: int) -> None:
        """In at the end, or out; the first names the house and stays."""
        if place == 0:
            return
        names = self._order[: self._shown]
        name = self._order[place]
        if place < self._shown:
            names.remove(name)
        else:
            names.append(name)
        self._tell(names, name)

    def _move(self, step: int) -> None:
        place = self.list.currentIndex().row()
        if place < 1 or place >= self._shown or not 1 <= place + step < self._shown:
            return
        names = self._order[: self._shown]
        names.insert(place + step, names.pop(place))
        self._tell(names, names[place + step])

    def _tell(self, names: list[str], current: str) -> None:
        self.show_names(names)
        self.list.setCurrentIndex(self.list.rows.index(self._order.index(current)))
        self.changed.emit(tuple(names))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc closes it, Alt+arrows move; it goes as well when the keyboard goes elsewhere."""
        if event.type() == QEvent.Type.FocusOut:
            new = QApplication.focusWidget()
            if new is None or not self.isAncestorOf(new):
                self.hide()
        if not isinstance(event, QKeyEvent):
            return False
        moves = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() in moves and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            if event.type() == QEvent.Type.KeyPress:
                self._move(moves[Qt.Key(event.key())])
            event.accept()
            return True
        if event.key() != Qt.Key.Key_Escape:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self.hide()
            self._beside.setFocus(Qt.FocusReason.PopupFocusReason)
        return True
