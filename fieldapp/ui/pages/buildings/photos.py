"""The photographs of a house: small ones in a column, one to look at closely over the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetricsF, QImage, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fieldapp.domain.codelists import codelists
from fieldapp.i18n import _
from fieldapp.media.annotation import Mark
from fieldapp.services.pictures import Pictures
from fieldapp.store.model import Photo
from fieldapp.ui.components import Button, across, down, label, paint_pill
from fieldapp.ui.components.lists import Index
from fieldapp.ui.controls import Thumbnails
from fieldapp.ui.controls.images import paint_cover
from fieldapp.ui.jobs import Jobs
from fieldapp.ui.pages.buildings.words import Words
from fieldapp.ui.pages.inspection.board import Board
from fieldapp.ui.themes import colours_named, font, sizes

_PHOTO = Qt.ItemDataRole.UserRole + 1
_GAP = 8
#: Height of a tile over its width.
_FIRST, _OTHER = 0.56, 0.75


def caption(photo: Photo, words: Words) -> tuple[str, str]:
    """What it shows, and when it was taken (by the camera, else when it came)."""
    kind = codelists().text("photo_kind", photo.kind, words.language)
    taken = datetime.fromisoformat(photo.taken_at) if photo.taken_at else photo.added_at
    day = words.day(taken.date())
    return kind, f"{day} {taken:%H:%M}" if taken.date() == words.today else day


class _Photos(QAbstractListModel):
    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self.photos: tuple[Photo, ...] = ()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.photos)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        photo = self.photos[index.row()]
        if role == _PHOTO:
            return photo
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return "，".join(caption(photo, self._words))
        return None


class _Delegate(QStyledItemDelegate):
    """The first tile is as wide as the column, the others half of it."""

    def __init__(self, parent: QListView, thumbnails: Thumbnails, words: Words) -> None:
        super().__init__(parent)
        self._thumbnails, self._words = thumbnails, words
        self.room = 220

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        first = index.row() == 0
        wide = self.room if first else self.room // 2
        line = round(QFontMetricsF(font("S")).lineSpacing())
        return QSize(
            wide, round((wide - _GAP) * (_FIRST if first else _OTHER)) + (1 if first else 2) * line + 10
        )

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        photo: Photo = index.data(_PHOTO)
        box: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        first = index.row() == 0
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        wide = box.width() - _GAP
        picture = QRectF(box.left(), box.top(), wide, round(wide * (_FIRST if first else _OTHER)))
        drawn = self._thumbnails.get(photo.sha256)
        if drawn is None:
            painter.fillRect(picture, colours_named("neutral_tint"))
        else:
            paint_cover(painter, picture, drawn)
        if not photo.has_exif:
            paint_pill(
                painter, picture.topLeft() + QPointF(6, 6 + sizes().pill / 2), "warn", _("Not original")
            )
        if state & QStyle.StateFlag.State_Selected and state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(colours_named("accent"), 2))
            painter.drawRoundedRect(picture.adjusted(1, 1, -1, -1), sizes().radius_cap, sizes().radius_cap)
        kind, taken = caption(photo, self._words)
        metrics = QFontMetricsF(font("S"))
        painter.setFont(font("S"))
        top = picture.bottom() + 2
        for text, token in ((f"{kind}·{taken}", "text"),) if first else ((kind, "text"), (taken, "text2")):
            painter.setPen(colours_named(token))
            told = metrics.elidedText(text, Qt.TextElideMode.ElideRight, picture.width())
            place = QRectF(picture.left(), top, picture.width(), metrics.lineSpacing())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, told)
            top += metrics.lineSpacing()
        painter.restore()


class PhotoColumn(QFrame):
    """``opened(place)`` speaks for Enter or a click on a photograph."""

    opened = Signal(int)

    def __init__(self, jobs: Jobs, pictures: Pictures, words: Words) -> None:
        super().__init__()
        self.setObjectName("surface")
        self._photos = _Photos(words)
        thumbnails = Thumbnails(jobs, pictures, self)
        self._thumbnails = thumbnails
        self.view = QListView()
        self.view.setModel(self._photos)
        self._delegate = _Delegate(self.view, thumbnails, words)
        self.view.setItemDelegate(self._delegate)
        self.view.setViewMode(QListView.ViewMode.IconMode)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setMovement(QListView.Movement.Static)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setSpacing(0)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setAccessibleName(_("Photographs"))
        self.view.clicked.connect(lambda index: self.opened.emit(index.row()))
        self.view.installEventFilter(self)
        thumbnails.arrived.connect(lambda _sha256: self.view.viewport().update())
        self._title = label(_("Photographs"), bold=True)
        self._nothing = label(_("No photograph yet"), "S", "text2")
        self.setLayout(down(self._title, self._nothing, self.view, None, gap=8, margin=(20, 16, 12, 12)))
        self.layout().setStretchFactor(self.view, 100)  # type: ignore[union-attr]

    def show_photos(self, photos: Sequence[Photo]) -> None:
        """Show these, each original once."""
        once = tuple({photo.sha256: photo for photo in photos}.values())
        self._title.setText(_("Photographs {count}").format(count=len(once)))
        self._nothing.setVisible(not once)
        self.view.setVisible(bool(once))
        if once != self._photos.photos:
            self._thumbnails.know({photo.sha256: photo for photo in once})
            self._photos.beginResetModel()
            self._photos.photos = once
            self._photos.endResetModel()

    @property
    def photos(self) -> tuple[Photo, ...]:
        """What is shown."""
        return self._photos.photos

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tiles are as wide as the column lets them."""
        super().resizeEvent(event)
        self._delegate.room = max(120, self.width() - 20 - 12 - 14)
        self.view.scheduleDelayedItemsLayout()

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        """Enter looks closely."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            index = self.view.currentIndex()
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
                self.opened.emit(index.row())
                return True
        return False


class Viewer(QFrame):
    """One photograph over the whole page: + - 0 zoom, page keys turn, Esc puts it away."""

    closed = Signal()

    def __init__(self, parent: QWidget, jobs: Jobs, pictures: Pictures, words: Words) -> None:
        super().__init__(parent)
        self.setObjectName("surface")
        self._jobs, self._pictures, self._words = jobs, pictures, words
        self._photos: tuple[Photo, ...] = ()
        self.place = 0
        self.board = Board()
        self._says = label("", bold=True)
        self._where = label("", "S", "text2")
        self.before = Button.of_icon("back", _("Photograph before"), lambda: self.turn(-1))
        self.next = Button.of_icon("forward", _("Next photograph"), lambda: self.turn(1))
        larger = Button.of_icon("zoom_in", _("Larger"), lambda: self.board.zoom_by(1.5))
        smaller = Button.of_icon("zoom_out", _("Smaller"), lambda: self.board.zoom_by(1 / 1.5))
        close = Button(_("Close"), key="Esc", on_click=self.put_away)
        bar = across(self._says, self._where, None, self.before, self.next, smaller, larger, close, gap=8)
        self.setLayout(down(bar, self.board, gap=8, margin=(24, 12, 24, 16)))
        self.layout().setStretchFactor(self.board, 1)  # type: ignore[union-attr]
        self.hide()

    def look_at(self, photos: Sequence[Photo], place: int) -> None:
        """Show one of these."""
        self._photos = tuple(photos)
        parent = self.parentWidget()
        assert parent is not None
        self.setGeometry(parent.rect())
        self.show()
        self.raise_()
        self.board.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show(place)

    def turn(self, step: int) -> None:
        """The next or the one before, as far as there is one."""
        if 0 <= self.place + step < len(self._photos):
            self._show(self.place + step)

    def _show(self, place: int) -> None:
        self.place = place
        photo = self._photos[place]
        self._says.setText("·".join(caption(photo, self._words)))
        count = len(self._photos)
        origin = "" if photo.has_exif else f"·{_('Not original')}"
        self._where.setText(_("{number} of {count}").format(number=place + 1, count=count) + origin)
        self.before.setEnabled(place > 0)
        self.next.setEnabled(place < count - 1)
        self.board.show_picture(None, (), _("Being read…"))
        pictures = self._pictures

        def read(_job: object) -> tuple[QImage, tuple[Mark, ...]]:
            marks = pictures.marks(photo.visit_id).get(photo.sha256, ())
            return QImage.fromData(pictures.view(photo.sha256)), marks

        self._jobs.start(read, done=lambda found: self._arrived(photo, *found), what="photo")

    def _arrived(self, photo: Photo, image: QImage, marks: tuple[Mark, ...]) -> None:
        if self._photos and self._photos[self.place] == photo:
            self.board.show_picture(image, marks)

    def put_away(self) -> None:
        """Back to the file."""
        self.hide()
        self.closed.emit()

    def event(self, event: QEvent) -> bool:
        """Esc is ours while it is open."""
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc; page keys turn, for arrows move the picture."""
        keys = Qt.Key
        steps = {keys.Key_PageDown: 1, keys.Key_Space: 1, keys.Key_PageUp: -1, keys.Key_Backspace: -1}
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        elif event.key() in steps:
            self.turn(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
