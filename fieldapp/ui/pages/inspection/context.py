"""The column at the right: the red panel, what the rules say, the building, its photographs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from fieldapp.domain.codelists import codelists
from fieldapp.i18n import _, ngettext
from fieldapp.store.model import Photo
from fieldapp.ui.components import Button, ScrollColumn, across, down, hairline, label
from fieldapp.ui.controls import Surroundings
from fieldapp.ui.controls.images import PhotoTile
from fieldapp.ui.pages.inspection.answering import Answering
from fieldapp.ui.pages.inspection.hints import Hints
from fieldapp.ui.pages.inspection.major import MajorPanel

_THREE = QSize(92, 69)
#: What a house is known again by comes first.
_KNOWN_BY = {"front": 0, "whole": 1, "side": 2, "plate": 3}


@dataclass(frozen=True, slots=True)
class Around:
    """What the column shows besides the form: the building's facts, its newest photographs, whom to call."""

    facts: Mapping[str, str]
    photos: Sequence[Photo]
    numbers: Sequence[tuple[str, str]]
    names: Sequence[str]


class Context(ScrollColumn):
    """Refreshed after every edit."""

    def __init__(
        self,
        answering: Answering,
        around: Around,
        surroundings: Surroundings,
        *,
        go: Callable[[str], object],
        open_building: Callable[[], object],
    ) -> None:
        self.major = MajorPanel(answering, around.numbers, around.names)
        self.hints = Hints(answering, go)
        super().__init__(self.major, self.hints, gap=16, margin=(16, 14, 16, 16))
        self._answering = answering
        self.setObjectName("context")
        if around.facts:
            self.body.addWidget(hairline())
            self.body.addWidget(self._building(around, open_building))
            self.body.addLayout(self._photos(around, surroundings))
        self.body.addStretch(1)
        self.major.refresh()

    def refresh(self) -> None:
        """Show what the form says now."""
        self.major.refresh()
        self.hints.refresh()

    def _building(self, around: Around, open_building: Callable[[], object]) -> QWidget:
        facts, language = around.facts, self._answering.language
        head = across(
            label(_("Building"), bold=True), None, Button(_("Open file"), "link", on_click=open_building)
        )
        made = QWidget()
        lines = [label(line, "S", "text2", wrap=True) for line in building_lines(facts, language) if line]
        made.setLayout(down(head, *lines, gap=4))
        return made

    def _photos(self, around: Around, surroundings: Surroundings) -> QHBoxLayout:
        row = across(gap=8)
        for photo in sorted(around.photos, key=lambda one: _KNOWN_BY.get(one.kind, len(_KNOWN_BY)))[:3]:
            tile = PhotoTile(_("Photograph"), surroundings, f"view:{photo.sha256}")
            tile.setFixedSize(_THREE)
            tile.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            tile.show_photo(photo.sha256)
            row.addWidget(tile)
        row.addStretch(1)
        return row


def building_lines(facts: Mapping[str, str], language: str) -> list[str]:
    """A building in two lines: what it is; when it was last inspected and what was found."""
    lists = codelists()

    def words(name: str, code: str) -> str:
        return lists.text(code, facts.get(name, ""), language)

    floors, year, area = facts.get("floors_up", ""), facts.get("built_year", ""), facts.get("area_m2", "")
    structure = words("structure_type", "structure_type")
    first = [
        " ".join(
            one
            for one in (
                structure,
                ngettext("{count} storey", "{count} storeys", 1 if floors == "1" else 0).format(count=floors)
                if floors
                else "",
            )
            if one
        ),
        _("built {year}").format(year=year) if year else "",
        words("building_use", "building_use"),
        f"{area} m²" if area else "",
    ]
    second = [facts.get("last_inspected", ""), words("hazard_level", "hazard_level")]
    return ["·".join(one for one in line if one) for line in (first, second)]
