"""Six boxes for a PIN, and one inspector to choose."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QSizePolicy

from fieldapp.store import Inspector
from fieldapp.ui.icons import paint_icon
from fieldapp.ui.themes import colours, colours_named, font, sizes

DIGITS = 6
_BOX, _GAP, _HIGH = 60, 16, 68


class PinEdit(QLineEdit):
    """Six digits, shown as dots in boxes. ``full(pin)`` speaks when the sixth is typed."""

    full = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setMaxLength(DIGITS)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setAccessibleName(name)
        self.setFixedSize(DIGITS * _BOX + (DIGITS - 1) * _GAP, _HIGH)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.textEdited.connect(self._typed)

    def _typed(self, text: str) -> None:
        plain = "".join(sign for sign in text if sign.isascii() and sign.isdigit())
        if plain != text:
            self.setText(plain)
        self.update()
        if len(plain) == DIGITS:
            self.full.emit(plain)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Boxes instead of a line: nothing of the digits is ever drawn."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        typed = len(self.text())
        for number in range(DIGITS):
            box = QRectF(number * (_BOX + _GAP), 0, _BOX, _HIGH).adjusted(1, 1, -1, -1)
            here = self.hasFocus() and number == min(typed, DIGITS - 1) and self.isEnabled()
            token = "accent" if here else "edge" if self.isEnabled() else "line"
            painter.setPen(QPen(colours_named(token), 2 if here else colours().edge_width))
            painter.setBrush(colours_named("surface" if self.isEnabled() else "sunken"))
            painter.drawRoundedRect(box, sizes().radius, sizes().radius)
            if number < typed:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colours_named("text"))
                painter.drawEllipse(box.center(), 7, 7)
            elif here:
                painter.setPen(QPen(colours_named("accent"), 2))
                middle = box.center()
                painter.drawLine(
                    round(middle.x()), round(middle.y() - 14), round(middle.x()), round(middle.y() + 14)
                )


class Person(QAbstractButton):
    """An inspector as a card of 64 pixels: name, id, and what opens today."""

    def __init__(self, inspector: Inspector, note: str) -> None:
        super().__init__()
        self.inspector, self.note = inspector, note
        self.setText(inspector.name)
        self.setAccessibleName(inspector.name)
        self.setAccessibleDescription(note)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(64)

    def sizeHint(self) -> QSize:
        """As wide as the column."""
        return QSize(440, 64)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Card, sign, two lines, note, tick."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        black = on and colours().name == "sunlight"
        width = 2 if on else colours().edge_width
        painter.setPen(QPen(colours_named("accent" if on else "edge"), width))
        ground = "accent_tint" if on else "neutral_tint" if self.underMouse() else "surface"
        painter.setBrush(colours_named(ground))
        inset = width / 2
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(box, sizes().radius_card, sizes().radius_card)
        front = colours_named("on_tint" if black else "text")
        second = colours_named("on_tint" if black else "text2")
        paint_icon(painter, QRectF(16, 15, 33, 33), "person", front, filled=on)
        painter.setPen(front)
        painter.setFont(font("M", bold=True))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(60, 10, self.width() - 260, 24), left, self.text())
        painter.setFont(font("S"))
        painter.setPen(second)
        painter.drawText(QRectF(60, 33, self.width() - 260, 20), left, self.inspector.inspector_id)
        right = self.width() - (48 if on else 16)
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(right - 200, 0, 200, self.height()), flags, self.note)
        if on:
            paint_icon(painter, QRectF(self.width() - 36, 22, 20, 20), "check", front)
