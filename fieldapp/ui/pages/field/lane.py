"""The houses of a lane in order, at the left of field mode."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from fieldapp.domain.codelists import codelists
from fieldapp.i18n import _
from fieldapp.services.today import LaneHouse
from fieldapp.ui.components import Row, RowDelegate, RowList
from fieldapp.ui.components.lists import ROW, Index
from fieldapp.ui.icons import paint_icon
from fieldapp.ui.themes import colours, colours_named, font, sizes

_RESULT_ICONS = {"locked": "locked_door", "refused": "refused_entry", "partial": "half"}
_LEVELS = {"general": ("yellow", "code_yellow"), "major": ("red", "code_red")}


def house_row(house: LaneHouse, *, current: bool, language: str) -> Row:
    """How a house is shown: icon and word say where it is in this round, the level where it is not begun."""
    key = str(house.building_id)
    if current:
        word = (
            _("Being filled") if house.state in ("open", "draft", "again") else _state_word(house, language)
        )
        return Row(key, house.address, icon="play", icon_tone="accent", word=word, opens=False)
    icon, tone = "open", "text2"
    word = _state_word(house, language)
    if house.state == "done":
        icon, tone = "finalized", "code_green"
    elif house.state == "draft":
        icon, tone = "draft", "code_yellow"
    elif house.state in ("again", "gone"):
        icon, tone = _RESULT_ICONS.get(house.result, "void"), "text2"
    elif house.level in _LEVELS:
        (icon, tone), word = _LEVELS[house.level], codelists().label("hazard_level", house.level, language)
    return Row(key, house.number, icon=icon, icon_tone=tone, word=word, opens=False)


def result_word(result: str, language: str) -> str:
    """A result in one short word (锁门, not 无人/锁门), empty for none."""
    return codelists().label("visit_result", result, language).rpartition("/")[2] if result else ""


def _state_word(house: LaneHouse, language: str) -> str:
    said = result_word(house.result, language)
    words = {
        "done": _("Final"),
        "draft": _("Draft"),
        "again": _("{result} · come again").format(result=said),
        "gone": said,
        "open": "",
    }
    return words[house.state]


def passed_words(houses: Sequence[LaneHouse]) -> str:
    """How many houses are final in this round, how many were visited in vain."""
    done = sum(house.state == "done" for house in houses)
    vain = sum(house.state in ("again", "gone") for house in houses)
    return _("{done} final, {vain} in vain").format(done=done, vain=vain)


class LaneDelegate(RowDelegate):
    """Rows on the rail; the house one is at stands out in accent."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The current house is a little higher."""
        row: Row | None = index.data(ROW)
        dense = sizes()
        return QSize(200, dense.row if row is not None and row.icon == "play" else dense.row_single)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One house."""
        row: Row | None = index.data(ROW)
        if row is None:
            return
        box = QRectF(option.rect)  # type: ignore[attr-defined]
        here, bare = row.icon == "play", colours().name == "sunlight"
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if here:
            painter.fillRect(box, colours_named("accent_fill" if bare else "surface"))
            painter.fillRect(QRectF(box.left(), box.top(), 6, box.height()), colours_named("accent"))
        line = QRectF(box.left(), box.bottom() - 1, box.width(), 1)
        painter.fillRect(line, colours_named("line"))
        front = "on_accent" if here and bare else "accent" if here else "text"
        side = sizes().icon
        mark = QRectF(box.left() + 16, box.center().y() - side / 2, side, side)
        paint_icon(painter, mark, row.icon, colours_named(front if here else row.icon_tone))
        face, word_face = font("M", bold=here), font("S")
        number = QFontMetricsF(face).horizontalAdvance(row.text) + 1  # what a house is found by is whole
        room = max(0.0, box.width() - 48 - number - 12 - 16)
        metrics = QFontMetricsF(word_face)
        word = metrics.elidedText(row.word, Qt.TextElideMode.ElideRight, room)
        wide = metrics.horizontalAdvance(word) + 1
        right = box.right() - 16 - wide
        painter.setFont(word_face)
        painter.setPen(colours_named(front if here else "text2"))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRectF(right, box.top(), wide, box.height()), flags, word)
        painter.setFont(face)
        painter.setPen(colours_named(front))
        place = QRectF(box.left() + 48, box.top(), right - box.left() - 56, box.height())
        told = QFontMetricsF(face).elidedText(row.text, Qt.TextElideMode.ElideMiddle, place.width())
        painter.drawText(place, flags, told)
        painter.restore()


class LaneList(RowList):
    """``picked(key)`` speaks when another house is clicked or reached by the arrows."""

    def __init__(self) -> None:
        self._showing = False
        super().__init__(_("Houses of the lane"))
        self.setObjectName("rail")
        self.setItemDelegate(LaneDelegate(self))
        self.setUniformItemSizes(False)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def show_houses(self, houses: Sequence[LaneHouse], current: int, language: str) -> None:
        """All houses; ``current`` is the number (from 0) of the one being filled, -1 for none."""
        rows = [
            house_row(house, current=number == current, language=language)
            for number, house in enumerate(houses)
        ]
        self._showing = True
        self.show_rows(rows)
        if 0 <= current < len(rows):
            self.setCurrentIndex(self.rows.index(current))
            ahead = min(len(rows) - 1, current + 2)
            self.scrollTo(self.rows.index(ahead), LaneList.ScrollHint.EnsureVisible)
            self.scrollTo(self.rows.index(current), LaneList.ScrollHint.EnsureVisible)
        self._showing = False

    def _pick(self, index: Index) -> None:
        if not self._showing:
            super()._pick(index)
