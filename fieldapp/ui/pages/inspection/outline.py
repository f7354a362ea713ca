"""The outline of a form: sections with how complete they are, the questions of the one in front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fieldapp.i18n import _
from fieldapp.ui.components.lists import Index, paint_ground
from fieldapp.ui.icons import paint_icon
from fieldapp.ui.themes import colours_named, font, sizes

_ROW = Qt.ItemDataRole.UserRole + 1
_LEFT, _RIGHT = 18, 18


@dataclass(frozen=True, slots=True)
class Line:
    """A line: ``key`` leads there; ``state`` open, half, done or empty for a question; ``word`` at the right.

    ``finding`` shows the word in warn, ``front`` marks the section that is on the page; ``whole`` is the name
    where ``text`` is a short one.
    """

    key: str
    text: str
    word: str
    state: str = ""
    finding: bool = False
    front: bool = False
    whole: str = ""

    def spoken(self) -> str:
        """In words."""
        states = {"open": _("not begun"), "half": _("begun"), "done": _("complete"), "": ""}
        return "，".join(part for part in (self.whole or self.text, self.word, states[self.state]) if part)


class _Lines(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[Line, ...] = ()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        told = {
            _ROW: line,
            Qt.ItemDataRole.DisplayRole: line.text,
            Qt.ItemDataRole.ToolTipRole: line.whole or line.text,
            Qt.ItemDataRole.AccessibleTextRole: line.spoken(),
        }
        return told.get(role)


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line: Line = index.data(_ROW)
        return QSize(120, sizes().control + 2 if line.state else max(29, sizes().target))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: Line = index.data(_ROW)
        box = option.rect  # type: ignore[attr-defined]
        selected = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        hover = bool(option.state & QStyle.StateFlag.State_MouseOver)  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or hover:
            painter.setClipRect(box.adjusted(0, 0, 0, -1))
            paint_ground(painter, box, selected=selected, hover=hover)
            painter.setClipping(False)
        black = selected and colours_named("accent_tint").lightness() < 10
        left = float(box.left() + _LEFT)
        if line.state:
            mark = QRectF(left, box.center().y() - 9, 19, 19)
            done = line.state == "done"
            token = (
                "on_tint"
                if black
                else "code_green"
                if done
                else "accent"
                if line.state == "half"
                else "text3"
            )
            paint_icon(painter, mark, line.state, colours_named(token), filled=done)
        left += 19 + 8
        face = font("M" if line.state else "S", bold=line.front or selected)
        small = font("S", bold=line.finding)
        wide = QFontMetricsF(small).horizontalAdvance(line.word) + 1
        right = float(box.right() - _RIGHT)
        painter.setFont(small)
        tone = "on_tint" if black else "warn" if line.finding else "text2"
        painter.setPen(colours_named(tone))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(QRectF(right - wide, box.top(), wide, box.height()), flags, line.word)
        painter.setFont(face)
        painter.setPen(colours_named("on_tint" if selected else "text"))
        room = right - wide - 8 - left
        told = QFontMetricsF(face).elidedText(line.text, Qt.TextElideMode.ElideRight, room)
        place = QRectF(left, box.top(), room, box.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, told)
        painter.restore()


class Outline(QListView):
    """One stop for Tab; arrows move, Enter or a click leads to the question. ``led(key)``."""

    led = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._lines = _Lines()
        self.setModel(self._lines)
        self.setItemDelegate(_Delegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setObjectName("outline")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(_("Outline of the form"))
        self.clicked.connect(self._lead)

    def show_lines(self, lines: Sequence[Line], here: str) -> None:
        """Show these; the line of ``here`` is selected, without leading anywhere."""
        before, after = [line.key for line in self._lines.lines], [line.key for line in lines]
        if before != after:
            self._lines.beginResetModel()
            self._lines.lines = tuple(lines)
            self._lines.endResetModel()
        elif self._lines.lines != tuple(lines):
            self._lines.lines = tuple(lines)
            last = self._lines.index(len(lines) - 1)
            self._lines.dataChanged.emit(self._lines.index(0), last)
        if here in after and not self.hasFocus():
            self.setCurrentIndex(self._lines.index(after.index(here)))

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines.lines

    def _lead(self, index: QModelIndex | QPersistentModelIndex) -> None:
        line: Line | None = index.data(_ROW)
        if line is not None:
            self.led.emit(line.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter leads."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._lead(self.currentIndex())
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Another theme or density."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_lines"):
            self.scheduleDelayedItemsLayout()
