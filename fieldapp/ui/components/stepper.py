"""Where something stands on its way: steps in a line, those passed ticked, the one it is at filled."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.i18n import _
from fieldapp.ui.icons import paint_icon
from fieldapp.ui.themes import colours_named, font

_DOT = 20


class Stepper(QWidget):
    """One axis, such as 管控. ``tone`` is the colour token of the step it is at."""

    def __init__(self, axis: str, steps: Sequence[str], tone: str = "accent") -> None:
        super().__init__()
        self._axis, self._steps, self._tone = axis, tuple(steps), tone
        self._at = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_step(0)

    def show_step(self, at: int) -> None:
        """It is at this step, counted from 0."""
        self._at = at
        self.setAccessibleName(
            _("{axis}: {step}, step {number} of {count}").format(
                axis=self._axis, step=self._steps[at], number=at + 1, count=len(self._steps)
            )
        )
        self.update()

    def sizeHint(self) -> QSize:
        """The axis above, dots, words below."""
        line = QFontMetricsF(font("S")).lineSpacing()
        return QSize(72 * len(self._steps), round(2 * line + _DOT + 12))

    def paintEvent(self, event: QPaintEvent) -> None:
        """All of it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small = QFontMetricsF(font("S"))
        painter.setFont(font("S"))
        painter.setPen(colours_named("text2"))
        painter.drawText(QPointF(0, small.ascent()), self._axis)
        wide = self.width() / len(self._steps)
        middle = small.lineSpacing() + 4 + _DOT / 2
        for number in range(len(self._steps) - 1):
            passed = number < self._at
            painter.setPen(QPen(colours_named("text2" if passed else "edge"), 2 if passed else 1))
            left, right = wide * (number + 0.5) + _DOT / 2 + 2, wide * (number + 1.5) - _DOT / 2 - 2
            painter.drawLine(QPointF(left, middle), QPointF(right, middle))
        for number, word in enumerate(self._steps):
            self._dot(painter, QPointF(wide * (number + 0.5), middle), number)
            here = number == self._at
            painter.setFont(font("S", bold=here))
            painter.setPen(colours_named(self._tone if here else "text2"))
            below = QRectF(wide * number, middle + _DOT / 2 + 4, wide, small.lineSpacing())
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, word)

    def _dot(self, painter: QPainter, at: QPointF, number: int) -> None:
        radius = _DOT / 2 - 1
        if number > self._at:
            painter.setPen(QPen(colours_named("edge"), 1.5))
            painter.setBrush(colours_named("surface"))
            painter.drawEllipse(at, radius, radius)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours_named("badge" if number < self._at else self._tone))
        painter.drawEllipse(at, radius, radius)
        if number < self._at:
            paint_icon(painter, QRectF(at.x() - 6, at.y() - 6, 12, 12), "check", colours_named("on_badge"))
