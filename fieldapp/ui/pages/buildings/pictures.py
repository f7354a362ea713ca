"""A photograph at the top of a column."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.i18n import _
from fieldapp.ui.components.pills import paint_pill
from fieldapp.ui.controls.images import paint_cover
from fieldapp.ui.icons import paint_icon
from fieldapp.ui.themes import colours_named, font, sizes

_RATIO = 0.62


class Picture(QWidget):
    """One photograph over the width of its column; says so while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._picture, self._words, self._mark = QPixmap(), "", ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("Photograph"))

    def show_image(self, image: QImage, words: str, mark: str = "") -> None:
        """Show a picture; a null one shows ``words`` alone. ``mark`` is a pill on it, such as 非原图."""
        self._picture, self._words, self._mark = QPixmap.fromImage(image), words, mark
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        """Wide as its column, lower."""
        return QSize(288, round(288 * _RATIO))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Always of one shape."""
        super().resizeEvent(event)
        self.setFixedHeight(round(self.width() * _RATIO))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, or a place for it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if not self._picture.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            paint_cover(painter, box, self._picture)
            if self._mark:
                paint_pill(painter, QPointF(8, 8 + sizes().pill / 2), "warn", self._mark)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours_named("neutral_tint"))
        painter.drawRoundedRect(box, sizes().radius_cap, sizes().radius_cap)
        middle = box.center()
        paint_icon(painter, QRectF(middle.x() - 14, middle.y() - 28, 28, 28), "image", colours_named("text3"))
        painter.setFont(font("S"))
        painter.setPen(colours_named("text2"))
        below = QRectF(box.left(), middle.y() + 4, box.width(), 24)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._words)
