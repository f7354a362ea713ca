"""The photographs of a visit: what is wanted, what there is, one to look at and draw on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QVBoxLayout, QWidget
from shiboken6 import isValid

from fieldapp.i18n import _
from fieldapp.media.annotation import Mark
from fieldapp.services.pictures import Pictures
from fieldapp.settings import ZONE
from fieldapp.ui.components import (
    Banner,
    Button,
    Chips,
    EmptyState,
    Option,
    Progress,
    ScrollColumn,
    across,
    down,
    hairline,
    label,
)
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.components.layout import FixedBar
from fieldapp.ui.controls import Surroundings
from fieldapp.ui.jobs import Jobs
from fieldapp.ui.pages.inspection.answering import Answering
from fieldapp.ui.pages.inspection.drawings import Drawings
from fieldapp.ui.pages.inspection.grid import PhotoGrid, Tile
from fieldapp.ui.pages.inspection.importing import Importing, png_of
from fieldapp.ui.pages.inspection.picture import PicturePanel
from fieldapp.ui.pages.inspection.questions import QuestionRow
from fieldapp.ui.pages.inspection.shots import (
    PHOTO,
    Shot,
    defect_shots,
    photo_repeat,
    reason_path,
    shots_of,
    wanted_kinds,
)

FILTERS = ("all", "unsorted", "defects")
#: Names of files that are offered by the dialog.
_FILES = "*.jpg *.jpeg *.png *.heic *.heif *.JPG *.JPEG *.PNG *.HEIC *.HEIF"


class PhotosView(QWidget):
    """``back`` to the form. ``target`` is the question that the next photograph answers."""

    back = Signal()

    def __init__(
        self,
        answering: Answering,
        surroundings: Surroundings,
        importing: Importing,
        pictures: Pictures,
        jobs: Jobs,
        *,
        address: str,
        toast: Callable[[str, Callable[[], object] | None], object],
        failed: Callable[[BaseException], object],
    ) -> None:
        super().__init__()
        self._answering, self._around, self._importing = answering, surroundings, importing
        self._pictures, self._jobs, self._toast, self._failed = pictures, jobs, toast, failed
        self._address = address
        self._repeat = photo_repeat(answering)
        self.target = ""
        self._drawings = Drawings(pictures, answering.visit.visit_id, jobs, failed)
        self._shown_sha = ""
        self._filter = "all"
        self._dialog: QFileDialog | None = None
        self.setAcceptDrops(True)
        self.grid = PhotoGrid(surroundings.thumbnails)
        self.picture = PicturePanel(answering, surroundings)
        self._build()
        self._connect()

    # -- built once -----------------------------------------------------------------------------------

    def _build(self) -> None:
        self._title = label("", bold=True)
        self._second = label("", "S", "text2")
        self.paste = Button(_("Paste"), icon="copy", key="Ctrl V", on_click=self.paste_in)
        self.folder = Button(_("Card or folder"), icon="folder", on_click=self.choose_folder)
        self.files = Button(_("Choose photographs"), "primary", icon="add", on_click=self.choose_files)
        self._back = Button(_("Back to the form"), icon="back", on_click=self.back.emit)
        head = across(
            self._back, 8, down(None, self._title, self._second, None, gap=1), None,
            self.paste, self.folder, self.files, gap=12, margin=(24, 0, 24, 0),
        )  # fmt: skip
        self._notes = QVBoxLayout()
        self._notes.setContentsMargins(0, 0, 0, 0)
        self._progress, self._doing = Progress(_("Photographs are taken in")), label("", "S")
        self.stop = Button(_("Stop"), size="small", on_click=self._importing.cancel)
        running = across(self._doing, self._progress, self.stop, gap=12, margin=(24, 8, 24, 8))
        running.setStretch(1, 1)
        self._running = QFrame()
        self._running.setLayout(running)
        self._running.hide()
        self._wanted = QVBoxLayout()
        self._wanted.setSpacing(0)
        left = QFrame()
        left.setObjectName("surface")
        left.setFixedWidth(240)
        self._count = label("", bold=True)
        foot = label(
            _("Originals are never changed. What you draw is kept on a copy."), "S", "text2", wrap=True
        )
        column = ScrollColumn(self._count, self._wanted, foot, None, gap=12, margin=(24, 16, 20, 16))
        left.setLayout(down(column, gap=0))
        self._chips = Chips([Option(name, name) for name in FILTERS], _("Show"), digits=False)
        self._chips.select(("all",))
        self._empty = EmptyState(
            _("No photographs yet. Choose files, drop them here, or paste a picture."), icon_name="image"
        )
        strip = across(self._chips, None, label(_("In the order of the form"), "S", "text2"), gap=12)
        middle = QWidget()
        inner = down(strip, self.grid, self._empty, gap=10, margin=(18, 14, 12, 0))
        inner.setStretch(1, 1)
        inner.setStretch(2, 1)
        middle.setLayout(inner)
        self._left, self._middle = left, middle
        row = across(left, hairline(upright=True), middle, hairline(upright=True), self.picture, gap=0)
        row.setStretch(2, 1)
        column_all = down(FixedBar("topbar", head, 60, 76), self._running, self._notes, row, gap=0)
        column_all.setStretch(3, 1)
        self.setLayout(column_all)

    def _connect(self) -> None:
        self._chips.chosen.connect(lambda names: self._narrow(names))
        self.grid.picked.connect(self._show_picture)
        self.grid.opened.connect(lambda _path: self.picture.enlarge.click())
        self.grid.moved.connect(self._move)
        self.grid.unwanted.connect(self.remove)
        self.grid.dropped.connect(lambda files: self.take(files))
        self.picture.drawn.connect(self._keep_marks)
        self.picture.unwanted.connect(self.remove)
        self.picture.placed.connect(self._place)
        self.picture.large.connect(self._enlarge)
        self._importing.stepped.connect(self._say_step)
        self._importing.ended.connect(self._say_end)
        self._answering.changed.connect(self._changed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A wide window gives the picture more room."""
        super().resizeEvent(event)
        self.picture.fit(self.window().width())

    def _changed(self) -> None:
        if self.isVisible():
            self.refresh()

    # -- what is shown --------------------------------------------------------------------------------

    def _shots(self) -> list[Shot]:
        taken = [*shots_of(self._answering, self._repeat), *defect_shots(self._answering)]
        return [shot for shot in taken if shot.sha256]

    def refresh(self) -> None:
        """Show what the form says now."""
        shots = self._shots()
        self._title.setText(f"{self._address}·" + _("Photographs {count}").format(count=len(shots)))
        started = self._answering.visit.started_at.astimezone(ZONE)
        self._second.setText(_("Visit {when}").format(when=f"{started:%Y-%m-%d %H:%M}"))
        counts = {
            "all": len(shots),
            "unsorted": sum(self._unsorted(shot) for shot in shots),
            "defects": sum(shot.defect > 0 for shot in shots),
        }
        words = {"all": _("All"), "unsorted": _("Not sorted yet"), "defects": _("Defects")}
        for button in self._chips.buttons:
            button.setText(f"{words[button.option.name]} {counts[button.option.name]}")
            button.setAccessibleName(button.text())
            button.updateGeometry()
        shown = [shot for shot in shots if self._fits(shot)]
        current = self.grid.current or (shown[0].path if shown else "")
        self.grid.show_tiles([self._tile(shot) for shot in shown], current)
        self.grid.setVisible(bool(shots))
        self._empty.setVisible(not shots)
        self._say_wanted(shots)
        self.picture.refresh()
        if not self.grid.current:
            self._shown_sha = ""
            self.picture.show_nothing()
        elif self.grid.current:
            self._show_picture(self.grid.current)

    def _unsorted(self, shot: Shot) -> bool:
        return not shot.defect and not shot.kind

    def _fits(self, shot: Shot) -> bool:
        if self._filter == "unsorted":
            return self._unsorted(shot)
        return self._filter != "defects" or shot.defect > 0

    def _narrow(self, names: tuple[str, ...]) -> None:
        self._filter = names[0] if names else "all"
        self._chips.select((self._filter,))
        self.refresh()

    def _tile(self, shot: Shot) -> Tile:
        photo = self._around.thumbnails.photo(shot.sha256)
        taken = "" if photo is None or photo.taken_at is None else photo.taken_at[11:16]
        plain = photo is not None and not photo.has_exif
        return Tile(
            shot.path,
            shot.sha256,
            shot.words or _("Not sorted yet"),
            taken or _("no time of taking"),
            annotated=bool(self._drawings.of(shot.sha256)),
            copy=plain,
        )

    def _say_wanted(self, shots: Sequence[Shot]) -> None:
        lines: list[tuple[str, int, str, str]] = []
        for kind, words in wanted_kinds(self._answering):
            number = sum(shot.kind == kind for shot in shots)
            lines.append((words, number, f"{self._repeat}:{kind}", reason_path(self._answering, kind)))
        for shot in defect_shots(self._answering):
            node = self._answering.node(shot.path)
            if node.required or shot.sha256:
                lines.append((shot.words, int(bool(shot.sha256)), shot.path, ""))
        done = sum(number > 0 for _words, number, _path, _why in lines)
        self._count.setText(_("Wanted {done} / {total}").format(done=done, total=len(lines)))
        told = tuple(lines)
        if told == getattr(self, "_told", None):
            return
        self._told = told
        while self._wanted.count():
            item = self._wanted.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for words, number, path, why in lines:
            self._wanted.addWidget(self._line(words, number, path))
            if not number and why and self._answering.node(why).relevant:
                self._wanted.addWidget(self._why(why))

    def _line(self, words: str, number: int, path: str) -> QWidget:
        made = QWidget()
        told = label(words, bold=not number, wrap=True)
        right: QWidget = label(_("{count} there").format(count=number), "S", "text2")
        if not number:
            right = Button(_("Add"), "link", on_click=partial(self.choose_files, path))
            right.setAccessibleName(f"{words} {_('Add')}")
        icon = IconLabel("done" if number else "open", "code_green" if number else "code_yellow", 20)
        row = across(icon, told, right, gap=8, margin=(0, 10, 0, 10))
        row.setStretch(1, 1)
        made.setLayout(down(row, hairline(), gap=0))
        return made

    def _why(self, path: str) -> QWidget:
        row = QuestionRow(self._answering, path, self._around, compact=True)
        made = QFrame()
        made.setProperty("card", "sunken")
        made.setLayout(down(row, margin=(8, 10, 8, 10)))
        return made

    def _enlarge(self, large: bool) -> None:
        self._left.setVisible(not large)
        self._middle.setVisible(not large)

    # -- one picture ----------------------------------------------------------------------------------

    def _show_picture(self, path: str) -> None:
        sha256 = self._answering.node(path).value.partition(".")[0]
        self.picture.show_shot(path, self._around.thumbnails.photo(sha256), self._drawings.of(sha256))
        if sha256 == self._shown_sha:
            return
        self._shown_sha = sha256
        pictures = self._pictures
        self._jobs.start(
            lambda _job: QImage.fromData(pictures.view(sha256)),
            done=lambda image: self._arrive(sha256, image),
            failed=self._failed,
        )

    def _arrive(self, sha256: str, image: QImage) -> None:
        if isValid(self) and sha256 == self._shown_sha:
            self.picture.show_image(image, self._drawings.of(sha256))

    def _marks_known(self) -> None:
        if isValid(self):
            self.refresh()

    def _keep_marks(self, sha256: str, marks: tuple[Mark, ...]) -> None:
        self._drawings.keep(sha256, marks)
        self.refresh()

    def kept(self) -> bool:
        """Whether every drawing is on the disk, with the words that are half typed; if not, why is told."""
        self.picture.commit()
        return self._drawings.kept()

    def take_back(self) -> None:
        """Undo: the last mark while a tool is in hand, else the form's last step."""
        if self.picture.drawing:
            self.picture.back.click()
        elif not self._answering.undo():
            self._toast(_("Nothing to undo"), None)

    def do_again(self) -> None:
        """Redo in the form."""
        self._answering.redo()

    # -- changes --------------------------------------------------------------------------------------

    def remove(self, path: str) -> None:
        """Take a photograph out of the form; its file stays, and undo brings it back."""
        instance = path.rpartition("/")[0]
        if instance.startswith(f"{self._repeat}["):
            self._answering.edit(lambda editing: editing.remove_repeat(instance))
        else:
            self._answering.answer(path, "")
        self._toast(_("Photograph taken out of the form"), self._answering.undo)

    def _move(self, path: str, other: str) -> None:
        one, two = path.rpartition("/")[0], other.rpartition("/")[0]
        inside = f"{self._repeat}["
        if one.startswith(inside) and two.startswith(inside):
            self._answering.edit(lambda editing: editing.exchange(one, two))
            paths = [tile.path for tile in self.grid.tiles]
            if other in paths:
                self.grid.setCurrentIndex(self.grid.model().index(paths.index(other), 0))

    def _place(self, path: str, target: str) -> None:
        """A photograph belongs elsewhere: to a defect's question, or to the house."""
        name, instance = self._answering.node(path).value, path.rpartition("/")[0]
        form = self._answering.editing.form
        moved: list[str] = []

        def work() -> None:
            where = target
            if target == self._repeat:
                where = f"{form.add_repeat(self._repeat)}/photo"
            form.answer(where, name)
            moved.append(where)
            if instance.startswith(f"{self._repeat}["):
                form.remove_repeat(instance)
            else:
                form.answer(path, "")

        self._answering.edit(lambda editing: editing.at_once(work))

    # -- taking in ------------------------------------------------------------------------------------

    def refused(self) -> str:
        """Why no photograph can be taken in now, empty if it can."""
        above = self._answering.node(self._repeat.rpartition("/")[0]) if self._repeat else None
        if above is None:
            return _("This form takes no photographs.")
        return "" if above.relevant else _("Say the result of the visit first, then add photographs.")

    def take(self, sources: Sequence[Path | bytes], target: str = "") -> None:
        """Take in files, folders, pictures."""
        why = self.refused()
        if why:
            self._say_note(why)
            return
        self._importing.take(sources, target or self.target)
        self.target = ""

    def choose_files(self, target: str = "") -> None:
        """Ask for files; the dialog does not hold the program up."""
        self.target = target or self.target
        self._open_dialog(QFileDialog.FileMode.ExistingFiles)

    def choose_folder(self) -> None:
        """Ask for a folder: a card, a phone."""
        self._open_dialog(QFileDialog.FileMode.Directory)

    def _open_dialog(self, mode: QFileDialog.FileMode) -> None:
        dialog = QFileDialog(self, _("Photographs"))
        dialog.setFileMode(mode)
        if mode == QFileDialog.FileMode.ExistingFiles:
            dialog.setNameFilter(f"{_('Photographs')} ({_FILES})")
        dialog.filesSelected.connect(lambda names: self.take([Path(name) for name in names]))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog = dialog
        dialog.open()

    def paste_in(self) -> None:
        """A picture or files from the clipboard."""
        told = QGuiApplication.clipboard().mimeData()
        files = [Path(url.toLocalFile()) for url in told.urls() if url.isLocalFile()]
        if files:
            self.take(files)
        elif told.hasImage():
            self.take([png_of(QGuiApplication.clipboard().image())])
        else:
            self._say_note(_("There is no picture to paste: copy one first."))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files are welcome anywhere on the page."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """They are taken in."""
        event.acceptProposedAction()
        self.take([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    def _say_step(self, done: int, total: int) -> None:
        self._clear_notes()
        self._running.show()
        words = _("{done} of {total} taken in").format(done=done, total=total)
        self._doing.setText(words)
        self._progress.show_share(done / max(1, total), words)

    def _say_end(self) -> None:
        self._running.hide()
        summary = self._importing.summary()
        if summary:
            self._say_note(summary)

    def _say_note(self, sentence: str) -> None:
        self._clear_notes()
        self._notes.setContentsMargins(24, 12, 24, 12)
        self._notes.addWidget(Banner("warn", sentence, _("Understood"), self._clear_notes))

    def _clear_notes(self) -> None:
        self._notes.setContentsMargins(0, 0, 0, 0)
        while self._notes.count():
            item = self._notes.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def enter(self, path: str = "") -> None:
        """It comes to the front, with the photograph at ``path`` chosen."""
        self._drawings.read(self._marks_known)
        self.refresh()
        paths = [tile.path for tile in self.grid.tiles]
        instance = path.rpartition("/")[0]
        wanted = path if path in paths else f"{instance}/{PHOTO}"
        if wanted in paths:
            self.grid.setCurrentIndex(self.grid.model().index(paths.index(wanted), 0))
            if wanted != path:
                QTimer.singleShot(0, self.picture, lambda: self.picture.lead_to(path))
                return
        QTimer.singleShot(0, self.grid if self._shots() else self.files, self._focus)

    def _focus(self) -> None:
        (self.grid if self._shots() else self.files).setFocus(Qt.FocusReason.OtherFocusReason)
