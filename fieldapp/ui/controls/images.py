"""A photograph as an answer: a tile to look at, to fill, to drop files on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.forms import NodeView
from fieldapp.i18n import _
from fieldapp.ui.components import across
from fieldapp.ui.controls.control import Control, Surroundings
from fieldapp.ui.icons import paint_icon
from fieldapp.ui.themes import colours_named, font, sizes

TILE = QSize(104, 78)


class PhotoTile(QWidget):
    """One tile, 4:3. Empty it has a dashed edge and says what is wanted."""

    def __init__(self, name: str, around: Surroundings, path: str) -> None:
        super().__init__()
        self._around, self.path = around, path
        self.sha256 = ""
        self.setFixedSize(TILE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        around.thumbnails.arrived.connect(self._arrived)

    def show_photo(self, sha256: str) -> None:
        """Show a photograph, or an empty tile."""
        self.sha256 = sha256
        self.setAccessibleDescription(_("Photograph") if sha256 else _("No photograph yet"))
        self.update()

    def _arrived(self, sha256: str) -> None:
        if sha256 == self.sha256:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, or the wish for one."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        drawn = self._around.thumbnails.get(self.sha256) if self.sha256 else None
        if drawn is not None:
            paint_cover(painter, box, drawn)
            return
        if self.sha256:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours_named("neutral_tint"))
            painter.drawRoundedRect(box, sizes().radius_cap, sizes().radius_cap)
            return
        painter.setPen(QPen(colours_named("edge"), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(box, sizes().radius_cap, sizes().radius_cap)
        middle = box.center()
        mark = QRectF(middle.x() - 12, middle.y() - 24, 24, 24)
        paint_icon(painter, mark, "phone", colours_named("text2"))
        painter.setFont(font("S"))
        painter.setPen(colours_named("text2"))
        below = QRectF(box.left(), middle.y() + 4, box.width(), 22)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, _("Add"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Wanted, or to be looked at."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._around.wants_photo(self.path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space as a button has it."""
        if event.key() == Qt.Key.Key_Space:
            self._around.wants_photo(self.path)
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files are welcome."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Files are taken in for this question."""
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self._around.dropped(self.path, files)


def paint_cover(painter: QPainter, box: QRectF, picture: QPixmap) -> None:
    """Draw a picture so that it covers ``box``, its middle in the middle, with round corners."""
    painter.save()
    path = QPainterPath()
    path.addRoundedRect(box, sizes().radius_cap, sizes().radius_cap)
    painter.setClipPath(path)
    scale = max(box.width() / picture.width(), box.height() / picture.height())
    wide, high = box.width() / scale, box.height() / scale
    part = QRectF((picture.width() - wide) / 2, (picture.height() - high) / 2, wide, high)
    painter.drawPixmap(box, picture, part)
    painter.restore()


class ImageControl(Control):
    """The tile of a question."""

    def __init__(self, node: NodeView, around: Surroundings, *, compact: bool) -> None:
        super().__init__(node, around, compact=compact)
        self.tile = PhotoTile(node.label, around, node.path)
        self.setLayout(across(self.tile, None, gap=0))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.tile)

    def show_answer(self, node: NodeView) -> None:
        """The picture."""
        self.tile.show_photo(node.value.partition(".")[0])
