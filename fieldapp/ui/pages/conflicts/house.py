"""The open conflicts of one house: both sides of every group, who decides, and the way on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from fieldapp.i18n import _, ngettext
from fieldapp.services.conflicts import OpenHouse
from fieldapp.services.pictures import Pictures
from fieldapp.store.model import Photo
from fieldapp.ui.components import Button, Pill, ScrollColumn, across, down, label
from fieldapp.ui.jobs import Job
from fieldapp.ui.page import Frame
from fieldapp.ui.pages.buildings.words import Words
from fieldapp.ui.pages.conflicts.sides import Sides, photo_words


class HouseView(QWidget):
    """``visited`` the primary button, ``filed`` for the house's file, ``corrected(fact)``,
    ``opened(record)``, ``turned(step)`` to the house before (-1) or after (1)."""

    visited = Signal()
    filed = Signal()
    corrected = Signal(str)
    opened = Signal(object)
    turned = Signal(int)

    def __init__(self, frame: Frame, words: Words) -> None:
        super().__init__()
        self._frame, self._words = frame, words
        self._pictures = Pictures(frame.laptop.store)
        self._job: Job | None = None
        self.house: OpenHouse | None = None
        self.sides: Sides | None = None
        self._groups = Pill("warn", "", "conflict")
        self._house = label("", bold=True)
        self._where = label("", "M", "text2")
        self._decides = label(
            _("Both are kept. A reviewer decides at the district's server; here you can only look."),
            "S", "text2", wrap=True,
        )  # fmt: skip
        self._place = label("", "S", "text2")
        self._title = label(_("Told differently in two places, to be decided"), "L")
        self.before = Button.of_icon("up", _("House before"), lambda: self.turned.emit(-1))
        self.after = Button.of_icon("down", _("Next house"), lambda: self.turned.emit(1))
        self._body = QVBoxLayout()
        self._body.setContentsMargins(0, 0, 0, 0)
        scroll = ScrollColumn(self._body, None, gap=0, margin=(24, 14, 24, 16))
        self.file = Button(_("Open file"), icon="buildings", size="main", on_click=self.filed.emit)
        self.visit = Button(
            _("Visit again"), "primary", icon="again", key="Ctrl Enter", size="main",
            on_click=self.visited.emit,
        )  # fmt: skip
        column = down(self._head(), scroll, self._foot(), gap=0)
        column.setStretchFactor(scroll, 1)
        self.setLayout(column)

    def _head(self) -> QFrame:
        head = QFrame()
        head.setObjectName("topbar")
        first = across(self._title, 4, self._groups, None, self._place, self.before, self.after, gap=8)
        second = across(self._house, self._where, None, gap=8)
        head.setLayout(down(first, second, self._decides, gap=4, margin=(24, 14, 24, 12)))
        return head

    def _foot(self) -> QFrame:
        foot = QFrame()
        foot.setObjectName("actionbar")
        told = label(
            _("What a new visit tells goes to the reviewer as well. Everything told is kept."),
            "S", "text2", wrap=True,
        )  # fmt: skip
        row = across(self.file, told, self.visit, gap=16, margin=(24, 10, 24, 10))
        row.setStretch(1, 1)
        foot.setLayout(row)
        return foot

    def show_house(self, house: OpenHouse, place: int, count: int, today: date) -> None:
        """``place`` of ``count`` houses, from 1."""
        if house != self.house:
            self._show_sides(house, today)
        self.house = house
        self._groups.show_state(
            "warn",
            ngettext("{count} group", "{count} groups", len(house.conflicts)).format(
                count=len(house.conflicts)
            ),
            "conflict",
        )
        kind, built = self._words.structure(house.values)
        use = self._words.said("building_use", house.values.get("building_use", ""))
        self._house.setText(house.label)
        self._where.setText("，".join(part for part in (kind, built, use) if part))
        self._place.setText(_("house {number} of {count}").format(number=place, count=count))
        nothing = _("There is no other house")
        self.before.refuse("" if place > 1 else nothing)
        self.after.refuse("" if place < count else nothing)
        none = "" if house.building is not None else _("It belongs to no house")
        self.file.refuse(none)
        self.visit.refuse(none)

    def _show_sides(self, house: OpenHouse, today: date) -> None:
        old, self.sides = self.sides, Sides(house.conflicts, today, self.corrected.emit, self.opened.emit)
        if old is not None:
            self._body.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._body.addWidget(self.sides)
        wanted = [
            photo
            for one in house.conflicts
            for side in one.told
            for photo in side.photos
            if photo.sha256 in self.sides.pictures
        ]
        self._read_pictures(self.sides, list({one.sha256: one for one in wanted}.values()))

    def _read_pictures(self, sides: Sides, photos: Sequence[Photo]) -> None:
        if self._job is not None:
            self._job.cancel()
        if not photos:
            return
        pictures = self._pictures

        def read(job: Job) -> list[tuple[Photo, QImage]]:
            found = []
            for photo in photos:
                job.check()
                found.append((photo, QImage.fromData(pictures.thumbnail(photo))))
            return found

        def show(found: list[tuple[Photo, QImage]]) -> None:
            self._job = None
            if sides is self.sides:
                for photo, image in found:
                    sides.show_picture(photo.sha256, image, photo_words(photo, self._words.language))

        self._job = self._frame.jobs.start(read, done=show, what="conflict pictures")
