"""Lists of rows with two lines: a model, a delegate that paints them, and the view of both.

For tables of another shape take ``RowDelegate``'s painting functions into a delegate of your own; there is
never a widget per row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fieldapp.ui.components.pills import PillKind, paint_pill, pill_width
from fieldapp.ui.icons import paint_icon
from fieldapp.ui.themes import colours_named, font, sizes

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Row:
    """What a row shows: two lines at the left, a pill or a word at the right, an icon before it all.

    ``key`` is what opening it opens. ``hit`` is what was searched for: it is underlined.
    """

    key: str
    text: str
    note: str = ""
    icon: str = ""
    icon_tone: str = "text2"
    pill: tuple[PillKind, str] | None = None
    pill_icon: str = ""
    word: str = ""
    word_tone: str = "text3"
    #: How many, in the size of a title: a to-do row.
    count: str = ""
    hit: str = ""
    opens: bool = True

    def spoken(self) -> str:
        """The row in words, for who cannot see it."""
        pill = self.pill[1] if self.pill else ""
        return "，".join(part for part in (self.text, self.note, pill, self.word, self.count) if part)


class RowModel(QAbstractListModel):
    """Rows in order."""

    def __init__(self, rows: Sequence[Row] = ()) -> None:
        super().__init__()
        self.rows: list[Row] = list(rows)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Other rows."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def change(self, number: int, row: Row) -> None:
        """Another row in the place of one; selection and scrolling stay."""
        if row != self.rows[number]:
            self.rows[number] = row
            self.dataChanged.emit(self.index(number), self.index(number))

    def rowCount(self, parent: Index | None = None) -> int:
        """How many."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The row, its text, its words for a screen reader."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.spoken()
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.note or None
        return None


class RowDelegate(QStyledItemDelegate):
    """Paints a ``Row``: selected is a tint with four pixels of accent at its left."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines or one."""
        row: Row | None = index.data(ROW)
        dense = sizes()
        return QSize(200, dense.row if row is not None and row.note else dense.row_single)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        row: Row | None = index.data(ROW)
        if row is None:
            return
        box: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hover = bool(state & QStyle.StateFlag.State_MouseOver)
        paint_ground(painter, box, selected=selected, hover=hover, line=self.lined(index))
        left = float(box.left() + 16)
        if row.icon:
            side = sizes().icon
            token = "on_tint" if _black(selected) else row.icon_tone
            mark = QRectF(left, box.center().y() - side / 2 + 0.5, side, side)
            paint_icon(painter, mark, row.icon, colours_named(token))
            left += side + 12
        right = self._paint_right(painter, box, row, selected=selected)
        paint_lines(painter, QRectF(left, box.top(), right - left - 12, box.height()), row, selected=selected)
        painter.restore()

    def lined(self, index: Index) -> bool:
        """Whether a hairline parts a row from what follows."""
        view = self.parent()
        last = index.row() == index.model().rowCount() - 1
        return not (last and isinstance(view, RowList) and view.whole)

    def _paint_right(self, painter: QPainter, box: QRect, row: Row, *, selected: bool) -> float:
        right, middle = float(box.right() - 12), box.center().y() + 0.5
        token = "on_tint" if _black(selected) else row.word_tone
        if row.opens:
            shade = colours_named("on_tint" if _black(selected) else "text2")
            paint_icon(painter, QRectF(right - 16, middle - 8, 16, 16), "forward", shade)
            right -= 16 + 12
        main = "on_tint" if _black(selected) else "text"
        for told, face, colour in ((row.count, font("L", bold=True), main), (row.word, font("S"), token)):
            if not told:
                continue
            painter.setFont(face)
            painter.setPen(colours_named(colour))
            wide = QFontMetricsF(face).horizontalAdvance(told) + 1
            place = QRectF(right - wide, box.top(), wide, box.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, told)
            right -= wide + 12
        if row.pill is not None:
            right -= pill_width(row.pill[1])
            paint_pill(painter, QPointF(right, middle), *row.pill, row.pill_icon)
        return right


def paint_ground(painter: QPainter, box: QRect, *, selected: bool, hover: bool, line: bool = True) -> None:
    """What lies behind a row, its mark at the left and its hairline."""
    if selected:
        painter.fillRect(box, colours_named("accent_tint"))
        painter.fillRect(QRect(box.left(), box.top(), 4, box.height()), colours_named("accent"))
    elif hover:
        painter.fillRect(box, colours_named("sunken"))
    if line:
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), colours_named("line"))


def paint_lines(painter: QPainter, box: QRectF, row: Row, *, selected: bool) -> None:
    """The two lines; the second is elided, the first only if it must be. Hits are underlined."""
    lines = [(row.text, font("M", bold=bool(row.note)), "on_tint" if _black(selected) else "text")]
    if row.note:
        lines.append((row.note, font("S"), "on_tint" if _black(selected) else "text3"))
    heights = [QFontMetricsF(face).lineSpacing() for _text, face, _token in lines]
    top = box.center().y() - sum(heights) / 2
    for (text, face, token), height in zip(lines, heights, strict=True):
        metrics = QFontMetricsF(face)
        painter.setFont(face)
        painter.setPen(colours_named(token))
        told = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        place = QRectF(box.left(), top, box.width(), height)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, told)
        at = told.find(row.hit) if row.hit else -1
        if at >= 0:
            begin = box.left() + metrics.horizontalAdvance(told[:at])
            wide = metrics.horizontalAdvance(row.hit)
            painter.fillRect(QRectF(begin, top + height - 2, wide, 2), colours_named("accent"))
        top += height


def _black(selected: bool) -> bool:
    """Whether the selected row is black, as in sunlight, and needs white text."""
    return selected and colours_named("accent_tint").lightness() < 10


class RowList(QListView):
    """A list of rows. ``opened(key)`` speaks for Enter or a click, ``picked(key)`` when it moves.

    ``whole`` says that it is as high as its rows: the edge around it is the last one's line.
    """

    opened = Signal(str)
    picked = Signal(str)

    def __init__(self, name: str, rows: Sequence[Row] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.whole = False
        self.rows = RowModel(rows)
        self.setModel(self.rows)
        self.setItemDelegate(RowDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(name)
        self.clicked.connect(self._open)
        self.selectionModel().currentChanged.connect(lambda new, _old: self._pick(new))

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Other rows; the selection goes."""
        self.rows.show_rows(rows)

    def _open(self, index: Index) -> None:
        row: Row | None = index.data(ROW)
        if row is not None and row.opens:
            self.opened.emit(row.key)

    def _pick(self, index: Index) -> None:
        row: Row | None = index.data(ROW)
        if row is not None:
            self.picked.emit(row.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Another density: rows of another height."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "rows"):
            self.scheduleDelayedItemsLayout()
