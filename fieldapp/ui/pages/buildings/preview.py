"""The house that is chosen in the list: its picture, what counts, and the next step."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy

from fieldapp.domain.codelists import codelists
from fieldapp.i18n import _
from fieldapp.services.pictures import Pictures
from fieldapp.settings import ZONE
from fieldapp.store.model import Draft, Photo, ShownRow
from fieldapp.ui.components import Button, Pill, across, down, label
from fieldapp.ui.components.fields import marked
from fieldapp.ui.jobs import Job
from fieldapp.ui.page import Frame
from fieldapp.ui.pages.buildings.pictures import Picture
from fieldapp.ui.pages.buildings.words import Tone, Words

_ROWS = 6
#: A picture is read once the list has stood still for so long.
_STILL_MS = 80


class Preview(QFrame):
    """``show_row`` shows a house; the picture follows from a job."""

    def __init__(
        self, frame: Frame, words: Words, on_start: Callable[[], object], on_open: Callable[[], object]
    ) -> None:
        super().__init__()
        self.setObjectName("surface")
        self._frame, self._words = frame, words
        self._pictures = Pictures(frame.laptop.store)
        self._row: ShownRow | None = None
        self._job: Job | None = None
        self._still = QTimer(self, singleShot=True, interval=_STILL_MS)
        self._still.timeout.connect(self._read)
        self.picture = Picture()
        self._title = label("", "L", wrap=True)
        self._code = label("", "S", "text2", wrap=True)
        self._level = Pill("neutral", "")
        self._state = Pill("neutral", "")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self._facts = []
        for place in range(_ROWS):
            name, value = label("", "M", "text2"), label("", "M", wrap=True)
            self._grid.addWidget(name, place, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, place, 1)
            self._facts.append((name, value))
        start = _("Start inspection")
        self.start = Button(start, "primary", icon="note", key="Ctrl Enter", size="main", on_click=on_start)
        self.open = Button(_("Open file"), key="Enter", size="main", on_click=on_open)
        for button in (self.start, self.open):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        pills = across(self._level, self._state, None, gap=8)
        head = (self.picture, 6, self._title, self._code, 4, pills, 6)
        self.setLayout(down(*head, self._grid, None, self.start, self.open, gap=6, margin=(20, 16, 20, 16)))

    def show_row(self, row: ShownRow | None, draft: Draft | None) -> None:
        """Show a house and the form that is open there, None for nobody chosen."""
        self._row = row
        for button in (self.start, self.open):
            button.refuse("" if row is not None else _("No house is chosen"))
        if row is None:
            self._title.setText("")
            self._code.setText(_("No house is chosen"))
            for part in (self._level, self._state, self.picture):
                part.hide()
            self._tell([])
            return
        values, words = row.values, self._words
        self._title.setText(row.label)
        plate = _("door plate linked") if values.get("plate_code") else _("no door plate linked")
        code = values.get("building_code", "")
        self._code.setText("·".join(part for part in (code, plate) if part))
        level = words.level(values.get("hazard_level", ""))
        self._level.setVisible(level is not None)
        if level is not None:
            full = words.said("hazard_level", values["hazard_level"]).partition("（")[0]
            self._level.show_state(level.kind, full, level.icon)
        self._state.setVisible(row.unconfirmed > 0)
        self._state.show_state("neutral", _("unconfirmed"), "unsent")
        self.start.setText(_("Continue inspection") if draft else _("Start inspection"))
        self.start.setAccessibleName(self.start.text())
        self.start.updateGeometry()
        self._tell(self._said(row, draft))
        self._show_place()
        self._still.start()

    def _said(self, row: ShownRow, draft: Draft | None) -> list[tuple[str, str, Tone]]:
        """At most six facts: what it is, who lives there, what is open."""
        words, values = self._words, row.values
        structure, built = words.structure(values)
        until, tone = words.deadline(values.get("hazard_deadline", ""))
        community = codelists().text("community", values.get("community", ""), words.language)
        tasks = words.said("open_tasks", values.get("open_tasks", ""))
        saved = (
            _("saved {day}").format(day=words.day(draft.saved_at.astimezone(ZONE).date())) if draft else ""
        )
        phone = words.said("owner_phone", values.get("owner_phone", ""))
        found: list[tuple[str, str, Tone]] = [
            (_("Community"), community, ""),
            (_("Structure"), "·".join(part for part in (structure, built) if part), ""),
            (_("Use"), words.said("building_use", values.get("building_use", "")), ""),
            (_("Owner"), " ".join(part for part in (values.get("owner_name", ""), phone) if part), ""),
            (_("Deadline"), until, tone),
            (_("Draft"), saved, "accent"),
            (_("Tasks"), tasks, ""),
        ]
        return [one for one in found if one[1]][:_ROWS]

    def _tell(self, said: list[tuple[str, str, Tone]]) -> None:
        for place, (name, value) in enumerate(self._facts):
            there = place < len(said)
            name.setVisible(there)
            value.setVisible(there)
            if there:
                name.setText(said[place][0])
                value.setText(said[place][1])
                marked(value, "tone", said[place][2])

    # -- the picture ----------------------------------------------------------------------------------

    def _show_place(self) -> None:
        self.picture.show()
        self.picture.show_image(QImage(), "")
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _read(self) -> None:
        if self._row is None:
            return
        files, building = self._frame.laptop.files, UUID(self._row.id)
        pictures = self._pictures

        def read(_job: Job) -> tuple[Photo | None, QImage]:
            photo = files.front(building)
            return photo, QImage() if photo is None else QImage.fromData(pictures.view(photo.sha256))

        self._job = self._frame.jobs.start(
            read, done=lambda found: self._show_image(building, *found), what="preview"
        )

    def leave(self) -> None:
        """Nothing is read any more: the store may be locked now."""
        self._still.stop()

    def _show_image(self, building: UUID, photo: Photo | None, image: QImage) -> None:
        if self._row is None or self._row.id != str(building):
            return
        if photo is None:
            self.picture.show_image(image, _("No photograph yet"))
        else:
            kind = codelists().text("photo_kind", photo.kind, self._words.language)
            self.picture.show_image(image, kind, "" if photo.has_exif else _("Not original"))
