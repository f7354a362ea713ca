"""The rail at the left: one button a place, icon over word, its count at the upper right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame

from fieldapp.i18n import _
from fieldapp.ui.components.layout import down
from fieldapp.ui.icons import paint_icon
from fieldapp.ui.themes import colours_named, font, sizes

WIDTH = 76


class RailButton(QAbstractButton):
    """A place. Where one is: surface, accent, filled icon, a mark at the window's edge."""

    def __init__(self, name: str, word: str, icon: str) -> None:
        super().__init__()
        self.name, self._icon = name, icon
        self._count, self._grave = 0, False
        self.setText(word)
        self.setCheckable(True)
        self.setFixedSize(WIDTH - 1, 62)
        self.setAccessibleName(word)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_count(self, count: int, *, grave: bool = False) -> None:
        """The count at the upper right; 0 shows none."""
        self._count, self._grave = count, grave
        self.setAccessibleDescription(str(count) if count else "")
        self.update()

    def sizeHint(self) -> QSize:
        """Fixed."""
        return QSize(WIDTH - 1, 62)

    def paintEvent(self, event: QPaintEvent) -> None:
        """All of it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here = self.isChecked()
        box = QRectF(6.5, 2.5, WIDTH - 13, 57)
        shade = colours_named("accent" if here else "text2")
        if here or self.underMouse():
            painter.setPen(QPen(colours_named("line"), 1) if here else Qt.PenStyle.NoPen)
            painter.setBrush(colours_named("surface" if here else "neutral_tint"))
            painter.drawRoundedRect(box, sizes().radius_card, sizes().radius_card)
        if here:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours_named("accent"))
            painter.drawRoundedRect(QRectF(-4, 13, 8, 36), 3, 3)
        side = sizes().icon_place
        place = QRectF((WIDTH - side) / 2 - 0.5, 8, side, side)
        paint_icon(painter, place, self._icon, shade, filled=here)
        face = font("S", bold=here)
        face.setPixelSize(13)
        if QFontMetricsF(face).horizontalAdvance(self.text()) > box.width() - 4:  # English words are longer
            face.setBold(False)
        painter.setFont(face)
        painter.setPen(shade if here else colours_named("text2"))
        painter.drawText(QRectF(0, 34, WIDTH - 1, 22), Qt.AlignmentFlag.AlignCenter, self.text())
        if self._count:
            self._paint_count(painter)

    def _paint_count(self, painter: QPainter) -> None:
        text = str(self._count) if self._count < 1000 else "999+"
        face = font("cap", bold=True)
        wide = max(18.0, QFontMetricsF(face).horizontalAdvance(text) + 11)
        box = QRectF(WIDTH - 3 - wide, 2, wide, 18)
        painter.setPen(QPen(colours_named("rail"), 0))
        painter.setBrush(colours_named("danger_fill" if self._grave else "badge"))
        painter.drawRoundedRect(box, 9, 9)
        painter.setFont(face)
        painter.setPen(colours_named("on_danger" if self._grave else "on_badge"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class Rail(QFrame):
    """Places from the top, the last one (settings) at the bottom."""

    def __init__(self, places: Sequence[tuple[str, str, str]], go: Callable[[str], object]) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(_("Places"))
        self.buttons: dict[str, RailButton] = {}
        group = QButtonGroup(self)
        group.setExclusive(True)
        for name, word, icon in places:
            button = RailButton(name, word, icon)
            button.clicked.connect(lambda _on=False, chosen=name: go(chosen))
            group.addButton(button)
            self.buttons[name] = button
        column = list(self.buttons.values())
        self.setLayout(down(*column[:-1], None, column[-1], gap=0, margin=(0, 6, 0, 16)))

    def show_place(self, name: str) -> None:
        """Mark where one is."""
        self.buttons[name].setChecked(True)
