"""Photographs in a grid: painted, never a widget for each; dragged to another place, or moved by keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fieldapp.i18n import _
from fieldapp.ui.components import paint_pill
from fieldapp.ui.components.lists import Index
from fieldapp.ui.controls import Thumbnails
from fieldapp.ui.controls.images import paint_cover
from fieldapp.ui.themes import colours_named, font, sizes

_TILE = Qt.ItemDataRole.UserRole + 1
_MIME = "application/x-fieldapp-photo"
PICTURE = QSize(152, 114)
_SIDE, _GAP = 6, 4


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile: the question's path, the picture, its caption, a second line, a mark on the picture."""

    path: str
    sha256: str
    words: str
    second: str
    annotated: bool = False
    copy: bool = False

    def spoken(self) -> str:
        """In words."""
        marks = [_("annotated")] if self.annotated else []
        return "，".join([self.words, self.second, *marks, *([_("not original")] if self.copy else [])])


class _Tiles(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.tiles: tuple[Tile, ...] = ()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.tiles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.tiles):
            return None
        tile = self.tiles[index.row()]
        if role == _TILE:
            return tile
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return tile.spoken()
        return tile.words if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        drag = Qt.ItemFlag.ItemIsDragEnabled
        return super().flags(index) | (drag if index.isValid() else Qt.ItemFlag.ItemIsDropEnabled)

    def mimeTypes(self) -> list[str]:
        return [_MIME]

    def mimeData(self, indexes: Sequence[Index]) -> QMimeData:
        told = QMimeData()
        told.setData(_MIME, QByteArray(str(indexes[0].row()).encode()))
        return told


class _Delegate(QStyledItemDelegate):
    def __init__(self, grid: PhotoGrid, thumbnails: Thumbnails) -> None:
        super().__init__(grid)
        self._thumbnails = thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        words = sizes().medium + sizes().small + 18
        return QSize(PICTURE.width() + 2 * _SIDE, PICTURE.height() + 2 * _SIDE + words)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tile: Tile | None = index.data(_TILE)
        if tile is None:
            return
        box: QRect = option.rect  # type: ignore[attr-defined]
        selected = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if selected:
            painter.setPen(QPen(colours_named("accent"), 2))
            painter.setBrush(colours_named("accent_tint"))
            painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), sizes().radius, sizes().radius)
        picture = QRectF(box.left() + _SIDE, box.top() + _SIDE, PICTURE.width(), PICTURE.height())
        drawn = self._thumbnails.get(tile.sha256)
        if drawn is None:
            painter.fillRect(picture, colours_named("neutral_tint"))
        else:
            paint_cover(painter, picture, drawn)
        at = QPointF(picture.left() + 4, picture.bottom() - sizes().pill / 2 - 4)
        if tile.annotated:
            at.setX(paint_pill(painter, at, "neutral", _("Annotated"), "correct") + 4)
        if tile.copy:
            paint_pill(painter, at, "warn", _("Not original"))
        front = "on_tint" if selected and colours_named("accent_tint").lightness() < 10 else "text"
        top = picture.bottom() + _GAP
        lines = (
            (tile.words, font("M"), front),
            (tile.second, font("S"), "text2" if front == "text" else front),
        )
        for words, face, token in lines:
            metrics = QFontMetricsF(face)
            painter.setFont(face)
            painter.setPen(colours_named(token))
            place = QRectF(picture.left(), top, picture.width(), metrics.lineSpacing())
            told = metrics.elidedText(words, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, told)
            top += metrics.lineSpacing()
        painter.restore()


class PhotoGrid(QListView):
    """``picked(path)``; ``moved(path, other)`` to stand where another stands; ``dropped(files)`` from
    outside; ``opened(path)`` for Enter or a double click; ``unwanted(path)`` for Delete.
    """

    picked = Signal(str)
    opened = Signal(str)
    moved = Signal(str, str)
    unwanted = Signal(str)
    dropped = Signal(list)

    def __init__(self, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._tiles = _Tiles()
        self.setModel(self._tiles)
        self.setItemDelegate(_Delegate(self, thumbnails))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setSpacing(4)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName("outline")
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(_("Photographs"))
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(False)
        thumbnails.arrived.connect(lambda _sha256: self.viewport().update())
        self.selectionModel().currentChanged.connect(lambda new, _old: self._pick(new))
        self.doubleClicked.connect(lambda index: self.opened.emit(index.data(_TILE).path))

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """What is shown."""
        return self._tiles.tiles

    @property
    def current(self) -> str:
        """The path of the selected tile, empty for none."""
        tile: Tile | None = self.currentIndex().data(_TILE)
        return "" if tile is None else tile.path

    def show_tiles(self, tiles: Sequence[Tile], current: str) -> None:
        """Show these with one selected, if it is there."""
        if tuple(tiles) != self._tiles.tiles:
            self._tiles.beginResetModel()
            self._tiles.tiles = tuple(tiles)
            self._tiles.endResetModel()
        paths = [tile.path for tile in tiles]
        if current in paths and current != self.current:
            self.setCurrentIndex(self._tiles.index(paths.index(current)))

    def _pick(self, index: Index) -> None:
        tile: Tile | None = index.data(_TILE)
        if tile is not None:
            self.picked.emit(tile.path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt with an arrow moves the photograph, Enter opens, Delete takes it out."""
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        row = self.currentIndex().row()
        if alt and event.key() in steps:
            other = row + steps[Qt.Key(event.key())]
            if row >= 0 and 0 <= other < len(self.tiles):
                self.moved.emit(self.tiles[row].path, self.tiles[other].path)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current:
            self.opened.emit(self.current)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.current:
            self.unwanted.emit(self.current)
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files from outside, or one of ours."""
        if event.mimeData().hasUrls() or event.mimeData().hasFormat(_MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Anywhere."""
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Files are taken in; one of ours changes places with what it was dropped on."""
        told = event.mimeData()
        if told.hasUrls():
            files = [Path(url.toLocalFile()) for url in told.urls() if url.isLocalFile()]
            event.acceptProposedAction()
            self.dropped.emit(files)
            return
        target: Tile | None = self.indexAt(event.position().toPoint()).data(_TILE)
        row = int(bytes(told.data(_MIME).data()) or b"-1")
        if target is not None and 0 <= row < len(self.tiles) and self.tiles[row].path != target.path:
            event.acceptProposedAction()
            self.moved.emit(self.tiles[row].path, target.path)
