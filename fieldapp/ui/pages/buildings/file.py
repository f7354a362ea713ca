"""The file of a house: facts, then hazards and what was done, then photographs."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QSplitter, QWidget

from fieldapp.domain.codelists import codelists
from fieldapp.i18n import _
from fieldapp.services.building_file import BuildingFile
from fieldapp.services.pictures import Pictures
from fieldapp.ui.components import Button, Pill, across, down, label
from fieldapp.ui.jobs import Job
from fieldapp.ui.page import Frame
from fieldapp.ui.pages.buildings.conflict_band import ConflictBand
from fieldapp.ui.pages.buildings.facts import FactsColumn
from fieldapp.ui.pages.buildings.filed_band import FiledBand
from fieldapp.ui.pages.buildings.photos import PhotoColumn, Viewer
from fieldapp.ui.pages.buildings.story import StoryColumn
from fieldapp.ui.pages.buildings.words import Words

#: Widths of the columns, narrow and from a page of ``_LARGE`` on; photographs have no room below ``_SMALL``.
_NARROW, _WIDE, _LARGE, _SMALL = (332, 612, 260), (400, 900, 480), 1700, 1060
_LAYOUT = "building"


class FileView(QWidget):
    """``started`` the primary button, ``profiled`` for the building's own form; ``corrected(fact)``;
    ``opened(key)`` a row of what was done; ``compared`` for the sides of what was told differently."""

    started = Signal()
    profiled = Signal()
    corrected = Signal(str)
    opened = Signal(str)
    compared = Signal()

    def __init__(self, frame: Frame, words: Words, back: Callable[[], object]) -> None:
        super().__init__()
        self._frame, self._words = frame, words
        self.building: UUID | None = None
        self.file: BuildingFile | None = None
        self._job: Job | None = None
        self._title = label("", "L")
        self._where = label("", "S", "text2", wrap=True)
        self._level, self._own, self._plate = Pill("neutral", ""), Pill("neutral", ""), Pill("neutral", "")
        self.back = Button(_("Back"), icon="back", key="Esc", on_click=back)
        self.look = Button(_("Photographs"), icon="image", on_click=lambda: self._look(0))
        self.profile = Button(_("File, correct"), icon="note", on_click=self.profiled.emit)
        self.start = Button(
            _("Start inspection"), "primary", icon="note", key="Ctrl Enter", size="main",
            on_click=self.started.emit,
        )  # fmt: skip
        pictures = Pictures(frame.laptop.store)
        self.facts = FactsColumn(words)
        self.facts.corrected.connect(self.corrected)
        self.facts.asked.connect(self._reveal)
        self.story = StoryColumn(words)
        self.story.opened.connect(self._open)
        self.photos = PhotoColumn(frame.jobs, pictures, words)
        self.viewer = Viewer(self, frame.jobs, pictures, words, lambda: frame.laptop.photographs)
        self.photos.opened.connect(self._look)
        self.viewer.closed.connect(lambda: self.photos.view.setFocus(Qt.FocusReason.OtherFocusReason))
        self._columns = QSplitter(Qt.Orientation.Horizontal)
        self._columns.setChildrenCollapsible(False)
        self._columns.setHandleWidth(1)
        for column in (self.facts, self.story, self.photos):
            self._columns.addWidget(column)
        self._columns.setStretchFactor(1, 1)
        self._moved = self._columns.restoreState(frame.preferences.layout(_LAYOUT))
        self._columns.splitterMoved.connect(lambda _place, _index: self._keep_columns())
        self.band = ConflictBand(self.compared.emit)
        self.filed = FiledBand(words)
        body = down(self._head(), self.band, self.filed, self._columns, gap=0)
        body.setStretchFactor(self._columns, 1)
        self.setLayout(body)

    def _head(self) -> QFrame:
        head = QFrame()
        head.setObjectName("topbar")
        pills = across(self._title, 6, self._level, self._own, self._plate, None, gap=8)
        row = across(
            down(pills, self._where, gap=2),
            self.back,
            self.look,
            self.profile,
            self.start,
            gap=12,
            margin=(24, 12, 24, 12),
        )
        row.setStretch(0, 1)
        head.setLayout(row)
        return head

    def show_building(self, building: UUID) -> None:
        """Show the file of a house; what is known at once stands there at once, the rest follows."""
        if building != self.building:
            self.building, self.file = building, None
            self.viewer.hide()
            row = self._frame.laptop.buildings.of(building)
            if row is not None:
                self._tell(BuildingFile(row, {}, (), ()))
        self.refresh()

    def refresh(self) -> None:
        """Read it anew."""
        if self.building is None:
            return
        if self._job is not None:
            self._job.cancel()
        files, building = self._frame.laptop.files, self.building
        self._job = self._frame.jobs.start(
            lambda _job: files.read(building), done=self._read, failed=self._gone, what="file"
        )

    def _read(self, file: BuildingFile) -> None:
        self._job = None
        self.building, self.file = UUID(file.row.id), file  # of a joined file, the one that stands
        self._tell(file)
        self.story.show_file(file)
        self.photos.show_photos(file.photos)
        self._fit()

    def _reveal(self, list_name: str, item: str) -> None:
        """Numbers of persons are told once the log says that they were asked for."""
        files = self._frame.laptop.files
        self._frame.jobs.start(
            lambda _job: files.reveal(list_name, item),
            done=lambda told: self.facts.tell(list_name, item, told),
            what="numbers",
        )

    def _open(self, key: str) -> None:
        """A row of what was done; photographs of others are looked at here."""
        kind, _colon, visit = key.partition(":")
        if kind != "photos":
            self.opened.emit(key)
            return
        shown = self.photos.photos
        self._look(next(number for number, one in enumerate(shown) if str(one.visit_id) == visit))

    def _look(self, place: int) -> None:
        self.viewer.look_at(self.photos.photos, place)

    def _gone(self, error: BaseException) -> None:
        self._job = None
        self._frame.tell(error)

    def _tell(self, file: BuildingFile) -> None:
        row, values, words = file.row, file.row.values, self._words
        self._title.setText(row.label)
        level = words.level(values.get("hazard_level", ""))
        self._level.setVisible(level is not None)
        if level is not None:
            full = words.said("hazard_level", values["hazard_level"]).partition("（")[0]
            self._level.show_state(level.kind, full, level.icon)
        self._own.setVisible(row.unconfirmed > 0)
        self._own.show_state("neutral", _("unconfirmed"), "unsent")
        self._plate.setVisible(bool(values.get("plate_code")))
        self._plate.show_state("neutral", _("door plate linked"), "qr")
        lists = codelists()
        street = lists.text("street", values.get("street", ""), words.language)
        community = lists.text("community", values.get("community", ""), words.language)
        gap = " " if words.language == "en" else ""
        parts = (values.get("building_code", ""), f"{street}{gap}{community}", values.get("aliases", ""))
        self._where.setText("·".join(part for part in parts if part))
        self.start.setText(_("Continue inspection") if file.draft else _("Start inspection"))
        self.start.setAccessibleName(self.start.text())
        self.start.updateGeometry()
        self.facts.show_file(file)
        self.band.show_conflicts(file.conflicts)
        self.filed.show_filings(row.id, file.filings)

    def _fit(self) -> None:
        """Where the column of photographs has no room, a button leads to them."""
        room = self.width() >= _SMALL
        self.photos.setVisible(room)
        self.look.setVisible(not room and bool(self.photos.photos))

    def _keep_columns(self) -> None:
        self._moved = True
        self._frame.preferences.keep_layout(_LAYOUT, self._columns.saveState())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns as the width allows, until they were moved by hand."""
        super().resizeEvent(event)
        self._fit()
        if not self._moved:
            self._columns.setSizes(list(_WIDE if self.width() >= _LARGE else _NARROW))
        if self.viewer.isVisible():
            self.viewer.setGeometry(self.rect())
