"""The head of one house: address, facts, last round, its photographs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from fieldapp.domain.codelists import codelists
from fieldapp.i18n import _
from fieldapp.services.today import LaneHouse
from fieldapp.ui.components import across, down, label
from fieldapp.ui.components.buttons import cap_width, paint_cap
from fieldapp.ui.components.elided import ElidedLabel
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.icons import paint_icon
from fieldapp.ui.themes import colours_named, font, sizes

_TILE = QSize(132, 99)
_MOST = 3
_LEVELS = {
    "basic_safe": ("green", "code_green"),
    "general": ("yellow", "code_yellow"),
    "major": ("red", "code_red"),
    "pending": ("no_code", "code_grey"),
}


class PhotoTile(QWidget):
    """A photograph of the house, 4:3, whole."""

    def __init__(self, picture: bytes, name: str) -> None:
        super().__init__()
        self.setFixedSize(_TILE)
        self.setAccessibleName(name)
        self._picture = QPixmap()
        self._picture.loadFromData(picture)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, cut to the tile."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()), sizes().radius_cap, sizes().radius_cap)
        painter.setClipPath(path)
        size = self._picture.size()
        wide = min(size.width(), round(size.height() * 4 / 3))
        high = min(size.height(), round(size.width() * 3 / 4))
        part = QRect((size.width() - wide) // 2, (size.height() - high) // 2, wide, high)
        painter.drawPixmap(self.rect(), self._picture, part)


class AddTile(QAbstractButton):
    """Where the next photograph comes in."""

    def __init__(self, on_click: Callable[[], object]) -> None:
        super().__init__()
        self.setText(_("Add photograph"))
        self.setAccessibleName(self.text())
        self.setToolTip(_("Choose files, paste, or drop them here"))
        self.setFixedSize(_TILE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clicked.connect(lambda: on_click())
        self.busy = False

    def show_busy(self, *, on: bool) -> None:
        """Whether one is being taken in."""
        self.busy = on
        self.setText(_("Taking in …") if on else _("Add photograph"))
        self.update()

    def sizeHint(self) -> QSize:
        """Fixed."""
        return _TILE

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dashed edge, an icon, the word, the key."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours_named("edge"), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(colours_named("sunken" if self.underMouse() else "surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), sizes().radius, sizes().radius)
        middle = self.width() / 2
        paint_icon(painter, QRectF(middle - 13, 10, 26, 26), "camera", colours_named("text"))
        painter.setFont(font("S"))
        painter.setPen(colours_named("text"))
        painter.drawText(QRectF(0, 38, self.width(), 26), Qt.AlignmentFlag.AlignCenter, self.text())
        at = QPointF(middle - cap_width("F2") / 2, 80)
        paint_cap(painter, at, "F2", colours_named("text"))


class HouseHead(QWidget):
    """Texts at the left, photographs at the right; of fixed height, so that nothing jumps."""

    def __init__(self, on_add: Callable[[], object]) -> None:
        super().__init__()
        self.address = ElidedLabel(role="L")
        self._facts = ElidedLabel()
        self._level_icon = IconLabel("green", "code_green")
        self._level = label("")
        self._last = ElidedLabel("text2", "S")
        self.add = AddTile(on_add)
        self._tiles = QHBoxLayout()
        self._tiles.setSpacing(8)
        facts = across(self._facts, gap=8)
        level = across(self._level_icon, self._level, self._last, gap=8)
        level.setStretch(2, 1)
        texts = down(self.address, facts, level, None, gap=4)
        row = across(texts, self._tiles, self.add, gap=8, margin=(24, 14, 24, 0))
        row.setStretch(0, 1)
        self.setLayout(row)
        self.setFixedHeight(_TILE.height() + 20)

    def show_house(self, house: LaneHouse, last: Mapping[str, str], language: str) -> None:
        """What the register knows of it; ``last`` are the answers of the last round."""
        self.address.setText(house.address)
        facts = facts_line(house.values, language)
        self._facts.setText(facts)
        self._facts.setToolTip(facts)
        icon, tone = _LEVELS.get(house.level, ("no_code", "code_grey"))
        self._level_icon.show_icon(icon, tone)
        known = (
            codelists().label("hazard_level", house.level, language) if house.level else _("Not judged yet")
        )
        self._level.setText(known)
        self._last.setText(last_line(house.values, last, language))

    def show_photos(self, pictures: Mapping[str, bytes]) -> None:
        """The last few of them."""
        while self._tiles.count():
            old = self._tiles.takeAt(0).widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for number, picture in list(enumerate(pictures.values(), start=1))[-_MOST:]:
            self._tiles.addWidget(PhotoTile(picture, _("Photograph {number}").format(number=number)))

    def changeEvent(self, event: QEvent) -> None:
        """Another theme: tiles are painted anew."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.update()


def facts_line(values: Mapping[str, str], language: str) -> str:
    """``砖混 2层·1996年·自住·产权人 陈某某``: what is known, in one line."""
    lists = codelists()
    structure = lists.label("structure_type", values.get("structure_type", ""), language)
    floors = values.get("floors_up", "")
    parts = [
        " ".join(
            part
            for part in (structure, _("{floors} storeys").format(floors=floors) if floors else "")
            if part
        ),
        _("built {year}").format(year=values["built_year"]) if values.get("built_year") else "",
        lists.text("building_use", values.get("building_use", ""), language),
        _("owner {name}").format(name=values["owner_name"]) if values.get("owner_name") else "",
    ]
    return "·".join(part for part in parts if part)


def last_line(values: Mapping[str, str], last: Mapping[str, str], language: str) -> str:
    """When the last round was and what it found."""
    day = values.get("last_patrol", "")
    if not day:
        return _("No round recorded yet")
    found = [item for item, state in last.items() if state == "have"]
    what = "、".join(codelists().label("patrol_item", item, language) for item in found)
    said = _("found: {what}").format(what=what) if what else _("nothing found on the seven items")
    return _("Last {day}: {what}").format(day=day, what=said)
