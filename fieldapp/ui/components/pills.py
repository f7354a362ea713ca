"""A state in a pill: an icon of its own shape, a word and a colour."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.ui.icons import paint_icon
from fieldapp.ui.themes import colours, colours_named, font, on_tint, sizes

PillKind = Literal["ok", "warn", "danger", "neutral", "accent", "major"]
_ICONS = {
    "ok": "done",
    "warn": "general",
    "danger": "major",
    "major": "major",
    "neutral": "info",
    "accent": "info",
}


def pill_width(text: str) -> int:
    """How wide the pill of ``text`` is, icon included."""
    return round(QFontMetricsF(font("S")).horizontalAdvance(text) + sizes().icon_pill + 8 + 6 + 11)


def paint_pill(painter: QPainter, at: QPointF, kind: PillKind, text: str, icon: str = "") -> float:
    """Draw a pill whose left middle is ``at``; where its right edge is."""
    dense = sizes()
    front, back = on_tint(kind)
    box = QRectF(at.x(), at.y() - dense.pill / 2, pill_width(text), dense.pill)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # Sunlight has no tints that could be seen outdoors: the pill is told by its edge.
    bare = colours().name == "sunlight" and kind not in ("warn", "major", "accent")
    painter.setPen(QPen(colours_named("edge"), 1) if bare else Qt.PenStyle.NoPen)
    painter.setBrush(back)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), dense.pill / 2, dense.pill / 2)
    side = dense.icon_pill
    mark = QRectF(box.left() + 8, box.center().y() - side / 2, side, side)
    paint_icon(painter, mark, icon or _ICONS[kind], front)
    painter.setPen(front)
    painter.setFont(font("S", bold=kind == "major"))
    rest = QRectF(mark.right() + 6, box.top(), box.right() - mark.right() - 6, box.height())
    painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    painter.restore()
    return box.right()


class Pill(QWidget):
    """A pill as a widget; its word is its accessible name."""

    def __init__(self, kind: PillKind, text: str, icon: str = "") -> None:
        super().__init__()
        self._kind: PillKind = kind
        self._text, self._icon = text, icon
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def show_state(self, kind: PillKind, text: str, icon: str = "") -> None:
        """Another state."""
        self._kind, self._text, self._icon = kind, text, icon
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its word."""
        return QSize(pill_width(self._text), sizes().pill)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The pill."""
        painter = QPainter(self)
        paint_pill(painter, QPointF(0, self.height() / 2), self._kind, self._text, self._icon)

    def changeEvent(self, event: QEvent) -> None:
        """Another theme or density."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
