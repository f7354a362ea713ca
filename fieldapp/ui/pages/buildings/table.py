"""The table of houses: one delegate paints every cell, whole rows are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from fieldapp.i18n import _
from fieldapp.ui.components.lists import Index
from fieldapp.ui.components.pills import paint_pill
from fieldapp.ui.pages.buildings.model import CELL, Cell, HousesModel, Line
from fieldapp.ui.themes import colours, colours_named, font, sizes

#: The house takes what is left. What the rows say in a column of their own manner needs so much; any other
#: column as much as its words, within bounds.
_LEAST_ADDRESS = 160
_OWN = {
    "community": 76,
    "structure_type": 124,
    "building_use": 108,
    "hazard_level": 140,
    "last_inspected": 104,
    "open_tasks": 96,
}
#: What they need more where words are longer.
_MORE = {"structure_type": 32, "building_use": 22}
_BY_TYPE = {"integer": 84, "decimal": 92, "date": 108, "datetime": 140}
_LEAST, _MOST, _OTHER = 76, 172, 128
_SIDE = 10
_TONES = (
    "text",
    "text2",
    "text3",
    "warn",
    "danger",
    "ok",
    "accent",
    "on_tint",
    "accent_tint",
    "sunken",
    "line",
)


@dataclass(frozen=True)
class _Look:
    """Fonts and colours of a theme and density, made once: making them costs more than drawing with them."""

    made_of: tuple[object, object]
    bold: QFont
    plain: QFont
    small: QFont
    tones: dict[str, QColor]
    black: bool

    @classmethod
    def now(cls) -> _Look:
        tones = {name: colours_named(name) for name in _TONES}
        return cls(
            (colours(), sizes()), font(bold=True), font(), font("S"), tones,
            tones["accent_tint"].lightness() < 10,
        )  # fmt: skip


class HouseDelegate(QStyledItemDelegate):
    """Paints a ``Cell``; hits of the search are underlined."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = _Look.now()
        #: The row the mouse is over, -1 for none.
        self.hovered = -1

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as a row of two lines."""
        return QSize(_LEAST_ADDRESS, sizes().row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell."""
        cell: Cell = index.data(CELL)
        box: QRect = option.rect  # type: ignore[attr-defined]
        selected = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        if self._look.made_of != (colours(), sizes()):
            self._look = _Look.now()
        look = self._look
        self._ground(painter, box, index, selected=selected)
        dark = selected and look.black
        small = None if cell.second is None else QFontMetricsF(look.small)
        below = 0.0 if small is None else small.lineSpacing()
        face = look.bold if cell.first.bold else look.plain
        above = float(sizes().pill) if cell.pill else QFontMetricsF(face).lineSpacing()
        left, wide = box.left() + _SIDE, box.width() - 2 * _SIDE + 4
        top = box.top() + (box.height() - above - below) / 2
        if cell.pill is not None:
            kind, word, icon = cell.pill
            paint_pill(painter, QPointF(left, top + above / 2), kind, word, icon)
        else:
            self._line(painter, QRectF(left, top, wide, above), cell.first, face, dark=dark)
        if cell.second is not None:
            self._line(painter, QRectF(left, top + above, wide, below), cell.second, look.small, dark=dark)

    def _ground(self, painter: QPainter, box: QRect, index: Index, *, selected: bool) -> None:
        tones = self._look.tones
        if selected:
            painter.fillRect(box, tones["accent_tint"])
            if index.column() == 0:
                painter.fillRect(QRect(box.left(), box.top(), 4, box.height()), tones["accent"])
        elif index.row() == self.hovered:
            painter.fillRect(box, tones["sunken"])
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), tones["line"])

    def _line(self, painter: QPainter, box: QRectF, line: Line, face: QFont, *, dark: bool) -> None:
        if not line.text:
            return
        metrics = QFontMetricsF(face)
        painter.setFont(face)
        painter.setPen(self._look.tones["on_tint" if dark else line.tone or "text"])
        told = metrics.elidedText(line.text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, told)
        for begin, length in line.hits:
            if begin + length <= len(told):
                start = box.left() + metrics.horizontalAdvance(told[:begin])
                wide = metrics.horizontalAdvance(told[begin : begin + length])
                mark = self._look.tones["on_tint" if dark else "accent"]
                painter.fillRect(QRectF(start, box.bottom() - 2, wide, 2), mark)


class HousesTable(QTableView):
    """``picked(place)`` speaks when another row is chosen, ``opened(place)`` for Enter or a double click."""

    picked = Signal(int)
    opened = Signal(int)

    def __init__(self, model: HousesModel) -> None:
        super().__init__()
        self.houses = model
        self.setModel(model)
        self._delegate = HouseDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(_("Buildings"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(1)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setMinimumSectionSize(1)
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._fit()
        self.selectionModel().currentRowChanged.connect(lambda new, _old: self._pick(new))
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))

    @property
    def place(self) -> int:
        """The row that is chosen, -1 for none."""
        return self.currentIndex().row()

    def choose(self, place: int) -> None:
        """Choose a row and bring it into sight."""
        if 0 <= place < self.houses.rowCount():
            index = self.houses.index(place, 0)
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def _pick(self, index: Index) -> None:
        if index.isValid():
            self.picked.emit(index.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; letters do not jump about, they are for the search field."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.place >= 0 and event.modifiers() == Qt.KeyboardModifier.NoModifier:
                self.opened.emit(self.place)
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """A list of thousands is not walked on the GUI thread; Ctrl+K searches by an index."""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The whole row lights up."""
        self._hover(self.rowAt(event.position().toPoint().y()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """No row does."""
        self._hover(-1)
        super().leaveEvent(event)

    def _hover(self, place: int) -> None:
        if place != self._delegate.hovered:
            self._delegate.hovered = place
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns that have no room go, the house takes what is left."""
        super().resizeEvent(event)
        self._share()

    def show_columns(self, names: Sequence[str]) -> None:
        """Other columns; what is chosen stays chosen."""
        place = self.place
        self.houses.show_columns(names)
        self._widths = self._wanted()
        self._share()
        self.choose(place)

    @property
    def no_room(self) -> int:
        """How many columns have no room."""
        return sum(self.isColumnHidden(column) for column in range(self.houses.columnCount()))

    def _wanted(self) -> list[int]:
        """How wide each column shall be at the normal size."""
        plain, small = QFontMetricsF(font()), QFontMetricsF(font("S"))
        widths = [_LEAST_ADDRESS]
        for place, name in enumerate(self.houses.columns[1:], start=1):
            kind = self.houses.kind(name)
            head: str = self.houses.headerData(place, Qt.Orientation.Horizontal)
            said = [plain.horizontalAdvance(word) for word in self.houses.vocabulary(name)]
            own = _OWN.get(name, 0) + (_MORE.get(name, 0) if self.houses.long_words else 0)
            told = own or _BY_TYPE.get(kind) or (max(said) + 2 * _SIDE if said else _OTHER)
            widths.append(round(max(_LEAST, min(told, _MOST), small.horizontalAdvance(head) + 2 * _SIDE)))
        return widths

    def _share(self) -> None:
        room, grown = self.viewport().width(), sizes().medium / 15
        widths = [round(wide * grown) for wide in self._widths]
        shown = len(widths)
        while shown > 1 and sum(widths[:shown]) > room:
            shown -= 1
        for column in range(1, len(widths)):
            self.setColumnHidden(column, column >= shown)
            self.setColumnWidth(column, widths[column])
        self.setColumnWidth(0, max(widths[0], room - sum(widths[1:shown])))

    def _fit(self) -> None:
        self._widths = self._wanted()
        self.verticalHeader().setDefaultSectionSize(sizes().row)
        self.horizontalHeader().setFixedHeight(round(QFontMetricsF(font("S")).lineSpacing()) + 14)
        self._share()

    def changeEvent(self, event: QEvent) -> None:
        """Another density: rows of another height."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_delegate"):
            self._fit()

    def word_at(self, point: QPoint) -> str:
        """What is written at a point in full, for a tooltip where it was cut."""
        index = self.indexAt(point)
        cell: Cell | None = index.data(CELL) if index.isValid() else None
        if cell is None:
            return ""
        lines = [(cell.first, font(bold=cell.first.bold))]
        if cell.second is not None:
            lines.append((cell.second, font("S")))
        room = self.columnWidth(index.column()) - 2 * _SIDE + 4
        cut = [line.text for line, face in lines if QFontMetricsF(face).horizontalAdvance(line.text) > room]
        return "\n".join(cut)

    def viewportEvent(self, event: QEvent) -> bool:
        """What is cut stands whole in the tooltip."""
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip(self.word_at(event.pos()))  # type: ignore[attr-defined]
        return super().viewportEvent(event)
