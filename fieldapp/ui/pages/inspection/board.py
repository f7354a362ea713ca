"""A photograph to look at closely and to draw on: arrow, circle, words. Drawing is kept on a copy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from fieldapp.i18n import _
from fieldapp.media.annotation import BORDER, INK, LINE, WORD, Mark, arrow_head
from fieldapp.ui.themes import colours_named, font

Tool = Literal["look", "arrow", "circle", "text"]
MOST_ZOOM = 8.0
_STEP, _FINE = 0.02, 0.005
#: A drag shorter than this part of the picture draws nothing.
_LEAST = 0.01
_KEYS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


class Board(QWidget):
    """``drawn(marks)`` after every change of the marks; ``wants_words(x, y)`` where a text shall stand.

    Keys while it has the focus: + - 0 zoom, arrows move the view, or the cross while a tool is chosen;
    Space sets the first and the second end.
    """

    drawn = Signal(tuple)
    wants_words = Signal(float, float)

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 180)
        self.setAccessibleName(_("Photograph"))
        self._image: QImage | None = None
        self._sentence = ""
        self.marks: tuple[Mark, ...] = ()
        self.tool: Tool = "look"
        self.zoom = 1.0
        self._middle = QPointF(0.5, 0.5)
        self._begin: QPointF | None = None
        self._end = QPointF()
        self._cross: QPointF | None = None
        self._grip: QPointF | None = None

    # -- what is shown --------------------------------------------------------------------------------

    def show_picture(self, image: QImage | None, marks: Sequence[Mark], sentence: str = "") -> None:
        """A picture with its marks, whole; or a sentence."""
        self._image, self.marks, self._sentence = image, tuple(marks), sentence
        self.zoom, self._middle = 1.0, QPointF(0.5, 0.5)
        self._begin = self._cross = None
        self.update()

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Other marks on the same picture."""
        self.marks = tuple(marks)
        self.update()

    def use_tool(self, tool: Tool) -> None:
        """What the mouse does from now on."""
        self.tool = tool
        self._begin = None
        self._cross = None if tool == "look" else QPointF(0.5, 0.5)
        self.setCursor(Qt.CursorShape.OpenHandCursor if tool == "look" else Qt.CursorShape.CrossCursor)
        self.update()

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Larger or smaller, ``around`` a point of the picture; never smaller than whole."""
        before = self.zoom
        self.zoom = min(MOST_ZOOM, max(1.0, self.zoom * factor))
        if around is not None and self.zoom != before:
            share = 1 - before / self.zoom
            self._middle += (around - self._middle) * share
        self._keep_inside()
        self.update()

    def _keep_inside(self) -> None:
        half = 0.5 / self.zoom
        self._middle.setX(min(1 - half, max(half, self._middle.x())))
        self._middle.setY(min(1 - half, max(half, self._middle.y())))

    def picture_box(self) -> QRectF:
        """Where the whole picture lies on this widget, beyond its edges when it is zoomed."""
        if self._image is None:
            return QRectF()
        wide, high = float(self._image.width()), float(self._image.height())
        scale = min(self.width() / wide, self.height() / high) * self.zoom
        size = QPointF(wide * scale, high * scale)
        left = self.width() / 2 - self._middle.x() * size.x()
        top = self.height() / 2 - self._middle.y() * size.y()
        return QRectF(left, top, size.x(), size.y())

    def _at(self, point: QPointF) -> QPointF:
        box = self.picture_box()
        x = (point.x() - box.left()) / max(1.0, box.width())
        y = (point.y() - box.top()) / max(1.0, box.height())
        return QPointF(min(1.0, max(0.0, x)), min(1.0, max(0.0, y)))

    # -- drawing --------------------------------------------------------------------------------------

    def add(self, mark: Mark) -> None:
        """One more mark."""
        self.marks = (*self.marks, mark)
        self.drawn.emit(self.marks)
        self.update()

    def take_back(self) -> None:
        """The last mark goes."""
        if self.marks:
            self.marks = self.marks[:-1]
            self.drawn.emit(self.marks)
            self.update()

    def _finish(self, end: QPointF) -> None:
        begin, self._begin = self._begin, None
        if begin is None or (end - begin).manhattanLength() < _LEAST:
            self.update()
            return
        if self.tool in ("arrow", "circle"):
            shape: Literal["arrow", "circle"] = "arrow" if self.tool == "arrow" else "circle"
            self.add(Mark(shape, begin.x(), begin.y(), end.x(), end.y()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begins a mark, or grips the picture."""
        if self._image is None or event.button() != Qt.MouseButton.LeftButton:
            return
        at = self._at(event.position())
        if self.tool == "look":
            self._grip = event.position()
        elif self.tool == "text":
            self.wants_words.emit(at.x(), at.y())
        else:
            self._begin = self._end = at

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draws on, or moves the picture."""
        if self._grip is not None:
            box, moved = self.picture_box(), event.position() - self._grip
            self._middle -= QPointF(moved.x() / box.width(), moved.y() / box.height())
            self._grip = event.position()
            self._keep_inside()
        elif self._begin is not None:
            self._end = self._at(event.position())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The mark stands."""
        self._grip = None
        if self._begin is not None:
            self._finish(self._at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Close up, or whole again."""
        if self.tool == "look" and self._image is not None:
            self.zoom_by(3.0 if self.zoom == 1.0 else 1 / MOST_ZOOM, self._at(event.position()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms at the pointer."""
        if self._image is not None:
            self.zoom_by(1.25 if event.angleDelta().y() > 0 else 0.8, self._at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom, move, draw with the cross."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(1.25)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(0.8)
        elif key == Qt.Key.Key_0:
            self.zoom_by(1 / MOST_ZOOM)
        elif key in _KEYS and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._move_by(*_KEYS[key], fine=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_Space and self._cross is not None:
            self._set_end()
        else:
            super().keyPressEvent(event)
            return
        self.update()

    def _move_by(self, right: int, down: int, *, fine: bool) -> None:
        step = QPointF(right, down) * (_FINE if fine else _STEP)
        if self._cross is None:
            self._middle += step * (4 / self.zoom)
            self._keep_inside()
            return
        cross = self._cross + step
        self._cross = QPointF(min(1.0, max(0.0, cross.x())), min(1.0, max(0.0, cross.y())))
        self._end = self._cross

    def _set_end(self) -> None:
        assert self._cross is not None
        if self.tool == "text":
            self.wants_words.emit(self._cross.x(), self._cross.y())
        elif self._begin is None:
            self._begin = self._end = QPointF(self._cross)
        else:
            self._finish(QPointF(self._cross))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, its marks, the one being drawn, the cross."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), colours_named("neutral_tint"))
        if self._image is None:
            painter.setPen(colours_named("text2"))
            painter.setFont(font("M"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(16, 0, -16, 0), flags, self._sentence)
            return
        box = self.picture_box()
        painter.drawImage(box, self._image)
        shown = list(self.marks)
        if self._begin is not None and self.tool in ("arrow", "circle"):
            shape: Literal["arrow", "circle"] = "arrow" if self.tool == "arrow" else "circle"
            shown.append(Mark(shape, self._begin.x(), self._begin.y(), self._end.x(), self._end.y()))
        for mark in shown:
            paint_mark(painter, box, mark)
        if self._cross is not None and self.hasFocus():
            at = QPointF(
                box.left() + self._cross.x() * box.width(), box.top() + self._cross.y() * box.height()
            )
            painter.setPen(QPen(colours_named("accent"), 1))
            painter.drawLine(at - QPointF(14, 0), at + QPointF(14, 0))
            painter.drawLine(at - QPointF(0, 14), at + QPointF(0, 14))


def paint_mark(painter: QPainter, box: QRectF, mark: Mark) -> None:
    """One mark on the picture in ``box``, as the copy will have it."""
    edge = max(box.width(), box.height())
    line = max(2.0, edge * LINE)
    begin = QPointF(box.left() + mark.x1 * box.width(), box.top() + mark.y1 * box.height())
    end = QPointF(box.left() + mark.x2 * box.width(), box.top() + mark.y2 * box.height())
    ink, border = QColor(*INK), QColor(*BORDER)
    if mark.shape == "text":
        _paint_words(painter, begin, mark, edge, line)
        return
    for colour, wide in ((border, line * 2), (ink, line)):
        painter.setPen(QPen(colour, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if mark.shape == "circle":
            painter.drawEllipse(QRectF(begin, end).normalized())
            continue
        painter.drawLine(begin, end)
        corners = arrow_head((begin.x(), begin.y()), (end.x(), end.y()), line * 6 + wide - line)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


def _paint_words(painter: QPainter, at: QPointF, mark: Mark, edge: float, line: float) -> None:
    face = font("M", bold=True)
    face.setPixelSize(max(10, round(edge * WORD)))
    metrics = QFontMetricsF(face)
    pad = face.pixelSize() / 3
    box = metrics.boundingRect(mark.text).translated(at.x(), at.y() + metrics.ascent())
    painter.setPen(QPen(QColor(*INK), max(2.0, line / 2)))
    painter.setBrush(QColor(*BORDER))
    painter.drawRoundedRect(box.adjusted(-pad, -pad, pad, pad), pad, pad)
    painter.setFont(face)
    painter.setPen(QColor(*INK))
    painter.drawText(QPointF(at.x(), at.y() + metrics.ascent()), mark.text)
