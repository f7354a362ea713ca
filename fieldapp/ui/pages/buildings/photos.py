"""The photographs of a house: small ones in a column, one to look at closely over the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

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
from fieldapp.errors import FieldappError
from fieldapp.i18n import _, explain
from fieldapp.media.annotation import Mark
from fieldapp.services.pictures import ForeignPhoto, Pictures
from fieldapp.store.model import Photo
from fieldapp.ui.components import Button, across, down, label, paint_pill
from fieldapp.ui.components.lists import Index
from fieldapp.ui.controls import Thumbnails
from fieldapp.ui.controls.images import paint_cover
from fieldapp.ui.jobs import Job, Jobs
from fieldapp.ui.pages.buildings.words import Words
from fieldapp.ui.pages.inspection.board import Board
from fieldapp.ui.pages.sync.words import size
from fieldapp.ui.themes import colours_named, font, sizes

if TYPE_CHECKING:  # brings HTTP along, which the window does without until somebody asks
    from fieldapp.services.photographs import Photographs

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


def _said(photo: Photo, words: Words) -> tuple[str, ...]:
    """The caption, and who took it if that was another laptop."""
    said = caption(photo, words)
    return (*said, photo.who) if isinstance(photo, ForeignPhoto) and photo.who else said


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
            return "，".join(_said(photo, self._words))
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

    def __init__(
        self,
        parent: QWidget,
        jobs: Jobs,
        pictures: Pictures,
        words: Words,
        photographs: Callable[[], Photographs],
    ) -> None:
        super().__init__(parent)
        self.setObjectName("surface")
        self._jobs, self._pictures, self._words = jobs, pictures, words
        self._photographs = photographs
        self._photos: tuple[Photo, ...] = ()
        self.fetching: Job | None = None
        self._told = label("", "S", "text2", wrap=True)
        self.again = Button(_("Fetch the original"), icon="sync", on_click=lambda: self._fetch())
        self.stop = Button(_("Cancel"), on_click=lambda: self._leave())
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
        below = QWidget()
        below.setLayout(across(self._told, self.stop, self.again, gap=12))
        below.layout().setStretchFactor(self._told, 1)  # type: ignore[union-attr]
        self._below = below
        self.setLayout(down(bar, self.board, below, gap=8, margin=(24, 12, 24, 16)))
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
        self._leave()
        self.place = place
        photo = self._photos[place]
        self._says.setText("·".join(_said(photo, self._words)))
        count = len(self._photos)
        origin = "" if photo.has_exif else f"·{_('Not original')}"
        self._where.setText(_("{number} of {count}").format(number=place + 1, count=count) + origin)
        self.before.setEnabled(place > 0)
        self.next.setEnabled(place < count - 1)
        self.board.show_picture(None, (), _("Being read…"))
        self._below.hide()
        self._read(photo)

    def _read(self, photo: Photo) -> None:
        """The picture; of a foreign one whose original is not here the small copy, and the original is
        fetched."""
        pictures, photographs = self._pictures, self._photographs

        def read(_job: object) -> tuple[QImage, tuple[Mark, ...], bool]:
            if isinstance(photo, ForeignPhoto) and not photographs().is_here(photo):
                small = pictures.thumbnail(photo) if photo.thumbnail else b""
                return QImage.fromData(small), (), False
            marks = pictures.marks(photo.visit_id).get(photo.sha256, ())
            return QImage.fromData(pictures.view(photo.sha256)), marks, True

        self._jobs.start(read, done=lambda found: self._arrived(photo, *found), what="photo")

    def _arrived(self, photo: Photo, image: QImage, marks: tuple[Mark, ...], whole: bool) -> None:
        if not self._photos or self._photos[self.place] != photo or not self.isVisible():
            return
        empty = _("The small copy follows with the next sync.") if image.isNull() else ""
        self.board.show_picture(None if image.isNull() else image, marks, empty)
        self._below.setVisible(not whole)
        if not whole:
            self._fetch()

    # -- the original of another laptop's photograph -------------------------------------------------

    def _fetch(self) -> None:
        """Fetch the original of what is shown."""
        photo, photographs = self._photos[self.place], self._photographs
        self._tell(_("Fetching the original…"), fetching=True)

        def fetch(job: Job) -> None:
            def progress(done: int, total: int) -> None:
                job.check()
                job.report("bytes", done, total)

            photographs().fetch(photo, progress, job.on_cancel)

        self.fetching = self._jobs.start(
            fetch,
            done=lambda _nothing: self._fetched(photo),
            failed=self._failed,
            stepped=self._stepped,
            what="original",
        )

    def _leave(self) -> None:
        """Nobody waits for the original any more."""
        if self.fetching is not None:
            self.fetching.cancel()
            self.fetching = None
            self._tell(_("This is the small copy."), fetching=False)

    def _stepped(self, _step: object, done: int, total: int) -> None:
        if self.fetching is not None:
            self._tell(f"{_('Fetching the original…')} {size(done)} / {size(total)}", fetching=True)

    def _fetched(self, photo: Photo) -> None:
        self.fetching = None
        if self._photos[self.place] == photo:
            self._read(photo)

    def _failed(self, error: BaseException) -> None:
        """Calmly: the small copy stays, the cause stands below it."""
        self.fetching = None
        if not isinstance(error, FieldappError):
            raise error
        said = explain(error)
        self._tell(f"{_('This is the small copy.')} {said[1]} {said[2]}", fetching=False)

    def _tell(self, words: str, *, fetching: bool) -> None:
        self._told.setText(words)
        self.stop.setVisible(fetching)
        self.again.setVisible(not fetching)

    def put_away(self) -> None:
        """Back to the file."""
        self._leave()
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
