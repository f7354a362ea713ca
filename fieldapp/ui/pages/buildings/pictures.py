"""Pictures of the vault on the screen: one at the top of a preview, decoded off the GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.i18n import _
from fieldapp.ui.components.pills import paint_pill
from fieldapp.ui.icons import paint_icon
from fieldapp.ui.themes import colours_named, font, sizes

_RATIO = 0.62


def decoded(content: bytes, longest: int = 0) -> QImage:
    """The picture upright, at most ``longest`` pixels long (0: as it is); null if Qt cannot read it. Safe in
    any thread."""
    stream = QBuffer()
    stream.setData(QByteArray(content))
    stream.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(stream)
    reader.setAutoTransform(True)
    size = reader.size()
    if longest and max(size.width(), size.height()) > longest:
        reader.setScaledSize(size.scaled(longest, longest, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


def paint_cover(painter: QPainter, box: QRectF, image: QImage, radius: float) -> None:
    """Fill ``box`` with the middle of a picture; a photograph is not dimmed in any theme."""
    wanted = image.size().scaled(box.size().toSize(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    shown = QRectF(0, 0, wanted.width(), wanted.height())
    shown.moveCenter(box.center())
    path = QPainterPath()
    path.addRoundedRect(box, radius, radius)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipPath(path)
    painter.drawImage(shown, image)
    painter.restore()


class Picture(QWidget):
    """One photograph over the width of its column; says so while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._image, self._words, self._mark = QImage(), "", ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("Photograph"))

    def show_image(self, image: QImage, words: str, mark: str = "") -> None:
        """Show a picture; a null one shows ``words`` alone. ``mark`` is a pill on it, such as 非原图."""
        self._image, self._words, self._mark = image, words, mark
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        """Wide as its column, lower."""
        return QSize(288, round(288 * _RATIO))

    def hasHeightForWidth(self) -> bool:
        """Always of one shape."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Of one shape."""
        return round(width * _RATIO)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, or a place for it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if not self._image.isNull():
            paint_cover(painter, box, self._image, sizes().radius_cap)
            if self._mark:
                paint_pill(
                    painter,
                    box.topLeft() + QRectF(8, 8 + sizes().pill / 2, 0, 0).topLeft(),
                    "warn",
                    self._mark,
                )
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
