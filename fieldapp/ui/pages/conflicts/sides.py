"""The sides of a conflict beside each other, all at one size: who told what, what counts until somebody
decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QWidget

from fieldapp.domain.codelists import codelists
from fieldapp.i18n import _, ngettext
from fieldapp.services.buildings import LIST
from fieldapp.services.conflicts import Conflict, Line, Told
from fieldapp.settings import ZONE
from fieldapp.store.model import Photo
from fieldapp.ui.components import Button, Pill, across, down, hairline, label
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.pages.buildings.pictures import Picture

#: Width of the column that names the groups; sides beside each other at most; photographs shown of a side.
_NAMES, _MOST, _PHOTOS = 166, 3, 3
_PHOTO_WIDTH = 124
_ORIGINS = {"own": "laptop", "other": "team", "office": "server"}


class Sides(QWidget):
    """``corrected(fact)`` when somebody wants to correct a fact, ``opened(record)`` for an own record."""

    def __init__(
        self,
        conflicts: Sequence[Conflict],
        today: date,
        corrected: Callable[[str], object],
        opened: Callable[[UUID], object],
    ) -> None:
        super().__init__()
        self._today, self._corrected, self._opened = today, corrected, opened
        #: Where the pictures of own records go, by photograph.
        self.pictures: dict[str, Picture] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(10)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnMinimumWidth(0, _NAMES)
        columns = max((min(len(one.told), _MOST) for one in conflicts), default=1)
        for column in range(1, columns + 1):
            self._grid.setColumnStretch(column, 1)
            self._grid.setColumnMinimumWidth(column, 120)
        self._row = 0
        before: list[tuple[str, datetime | None, UUID | None]] = []
        for one in conflicts:
            people = [(side.who, side.at, side.record) for side in one.told]
            if people != before:
                if before:
                    self._across(hairline())
                self._heads(one.told[:_MOST])
                before = people
            self._group(one)
        self._photos(conflicts)
        self.setLayout(self._grid)

    def show_picture(self, sha256: str, image: QImage, words: str) -> None:
        """The picture of a photograph is here."""
        self.pictures[sha256].show_image(image, words)

    def _across(self, part: QWidget) -> None:
        self._grid.addWidget(part, self._row, 0, 1, -1)
        self._row += 1

    def _heads(self, told: Sequence[Told]) -> None:
        for column, side in enumerate(told, start=1):
            self._grid.addWidget(self._head(side), self._row, column)
        self._row += 1

    def _head(self, side: Told) -> QWidget:
        names = {
            "own": _("This laptop"),
            "other": _("Somebody else"),
            "office": _("District office"),
        }
        head = QWidget()
        said = [side.who, "" if side.at is None else self._moment(side.at)]
        if side.record is not None and side.origin != "own":
            said.append(_("record {number}").format(number=str(side.record)[:8]))
        words = down(
            label(names[side.origin], bold=True),
            label("，".join(part for part in said if part) or _("not known"), "S", "text2", wrap=True),
            gap=0,
        )
        row = across(IconLabel(_ORIGINS[side.origin], "text2"), words, gap=10)
        row.setStretch(1, 1)
        if side.record is not None and side.origin == "own":
            record = Button(_("Open record"), "link", on_click=partial(self._opened, side.record))
            row.addWidget(record, 0, Qt.AlignmentFlag.AlignBottom)
        head.setLayout(row)
        return head

    def _group(self, one: Conflict) -> None:
        self._grid.addWidget(self._name(one), self._row, 0, Qt.AlignmentFlag.AlignTop)
        for first in range(0, len(one.told), _MOST):
            told = one.told[first : first + _MOST]
            if first:  # more than stand beside each other: the others below, with who they are
                self._heads(told)
            for column, side in enumerate(told, start=1):
                self._grid.addWidget(self._side(one, side, first + column - 1), self._row, column)
            self._row += 1

    def _name(self, one: Conflict) -> QWidget:
        named = QWidget()
        first, *others = one.lines
        house = one.list == LIST
        parts = [] if house else [label(f"{one.title} {one.label}", "S", "text2", wrap=True)]
        parts.append(label(first.label, bold=True, wrap=True))
        if others:
            together = "、".join(line.label for line in others)
            words = _("{names} go with it: decided together, never apart").format(names=together)
            parts.append(label(words, "S", "text2", wrap=True))
        parts.append(
            label(
                _("Until then the more dangerous one counts.")
                if one.ordered
                else _("Neither is graver: until then the one that came first counts."),
                "S", "text2", wrap=True,
            )
        )  # fmt: skip
        column = down(*parts, gap=2)
        for line in one.lines:
            if house and line.differ and line.name in codelists()["building_fact"].items:
                button = Button(_("Correct"), "link", on_click=partial(self._corrected, line.name))
                button.setAccessibleName(_("Correct {fact}").format(fact=line.label))
                column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        named.setLayout(column)
        named.setFixedWidth(_NAMES)
        return named

    def _side(self, one: Conflict, side: Told, place: int) -> QFrame:
        card = QFrame()
        card.setProperty("card", "plain")
        pill = Pill("warn" if one.ordered else "neutral", _("counts for now"))
        if not side.counts:
            pill.hide()  # never shown by itself: without a parent that is a window of its own
        first, *others = one.lines
        title = label(_text(first, place), bold=first.differ, wrap=True)
        title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        head = across(title, pill, gap=8)
        head.setAlignment(pill, Qt.AlignmentFlag.AlignTop)
        lines = [self._line(line, place) for line in others]
        before = "，".join(line.before for line in one.lines if line.differ and line.before)
        told = _("before: {value}").format(value=before or _("not recorded"))
        lines.append(label(told, "S", "text2", wrap=True))
        card.setLayout(down(head, *lines, None, gap=4, margin=(16, 12, 14, 12)))
        said = [_text(first, place), *(f"{line.label} {_text(line, place)}" for line in others)]
        card.setAccessibleName("，".join([side.who, *said, *([_("counts for now")] if side.counts else [])]))
        return card

    def _line(self, line: Line, place: int) -> QWidget:
        words = f"{line.label}：{_text(line, place)}"
        return label(words, "M", "" if line.differ else "text2", bold=line.differ, wrap=True)

    def _photos(self, conflicts: Sequence[Conflict]) -> None:
        """The photographs of every side's visit, under its column; nobody has to choose between them."""
        told = conflicts[0].told[:_MOST]
        if not any(side.photos for side in told):
            return
        words = label(_("no conflict, all are kept"), "S", "text2", wrap=True)
        named = QWidget()
        named.setLayout(down(label(_("Photographs"), bold=True), words, None, gap=2))
        self._grid.addWidget(named, self._row, 0)
        for column, side in enumerate(told, start=1):
            if side.photos:
                self._grid.addWidget(self._shown(side.photos), self._row, column)
            elif side.origin == "other":
                words = label(_("its photographs are at the district's server"), "S", "text2", wrap=True)
                self._grid.addWidget(words, self._row, column)
        self._row += 1

    def _shown(self, photos: Sequence[Photo]) -> QWidget:
        row, shown = QWidget(), across(gap=8)
        for photo in photos[:_PHOTOS]:
            picture = Picture()
            picture.setFixedWidth(_PHOTO_WIDTH)
            if photo.thumbnail:
                self.pictures[photo.sha256] = picture
            else:
                picture.show_image(QImage(), _("not here yet"))
            shown.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        said = ngettext("{count} photograph", "{count} photographs", len(photos))
        shown.addWidget(label(said.format(count=len(photos)), "S", "text2"))
        shown.addStretch(1)
        row.setLayout(shown)
        return row

    def _moment(self, at: datetime) -> str:
        local = at.astimezone(ZONE)
        if local.date() == self._today:
            return f"{_('today')} {local:%H:%M}"
        return f"{local:%Y-%m-%d %H:%M}"


def photo_words(photo: Photo, language: str) -> str:
    """What a photograph shows."""
    return codelists().text("photo_kind", photo.kind, language)


def _text(line: Line, place: int) -> str:
    """What a side tells of a property, in words."""
    said = line.texts[place] or _("not recorded")
    return f"{said} {_('(the hidden part differs)')}" if line.hidden else said
