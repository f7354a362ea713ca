"""The left of the door: what program, whose district, and that the data are sealed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from fieldapp.i18n import _
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.components.layout import across, down, label
from fieldapp.ui.icons import paint_icon
from fieldapp.ui.themes import colours_named

WIDTH = 400


class Emblem(QWidget):
    """The program's sign: a house on the accent."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(64, 64)

    def paintEvent(self, event: QPaintEvent) -> None:
        """House and ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours_named("accent_fill"))
        painter.drawRoundedRect(QRectF(self.rect()), 10, 10)
        paint_icon(painter, QRectF(11, 11, 42, 42), "buildings", colours_named("on_accent"), filled=True)


class DoorSide(QFrame):
    """``facts`` are icons by meaning and sentences at the bottom; ``foot`` is a last small line."""

    def __init__(self, district: str, facts: list[tuple[str, str]], foot: str = "") -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(WIDTH)
        rows = []
        for name, text in facts:
            row = across(IconLabel(name, "text", 26), label(text, wrap=True), gap=8)
            row.setStretch(1, 1)
            rows.append(row)
        last: QLabel = label(foot, "S", "text3")
        last.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setLayout(
            down(
                Emblem(),
                20,
                label(_("Building safety inspection"), "L"),
                4,
                label(district, tone="text2"),
                None,
                down(*rows, gap=20),
                28,
                last,
                gap=0,
                margin=(40, 56, 40, 32),
            )
        )
