"""到期任务: house, task, cause, deadline; one row each, painted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from fieldapp.domain.codelists import codelists
from fieldapp.i18n import _
from fieldapp.services.today import Due
from fieldapp.ui.components import Row, RowDelegate, RowList, paint_pill
from fieldapp.ui.components.lists import ROW, Index, paint_ground
from fieldapp.ui.icons import paint_icon
from fieldapp.ui.pages.field.house import facts_line
from fieldapp.ui.pages.field.lane import result_word
from fieldapp.ui.pages.today.day import due_words
from fieldapp.ui.themes import colours_named, font, sizes

#: Shares of the width at which the columns begin.
_COLUMNS = (0.0, 0.25, 0.47, 0.79)
_SIDE = 10


def task_words(one: Due) -> str:
    """What is to be done."""
    return {
        "rectify": _("Rectification check"),
        "again": _("Visit again"),
        "annual": _("Yearly inspection"),
        "patrol": _("Monthly round"),
        "survey": _("Structural safety survey"),
        "task": _("Task of the plan"),
    }[one.kind]


def cause_words(one: Due, language: str) -> str:
    """Why."""
    lists = codelists()
    if one.kind == "rectify":
        level = lists.label("hazard_level", one.cause, language)
        return "，".join(part for part in (level, one.values.get("hazard_basis", "")) if part)
    if one.kind == "again":
        return _("{result} last time").format(result=result_word(one.cause, language))
    if one.kind == "survey":
        found = lists.text("patrol_item", one.cause, language)
        return _("Pending: {what}").format(what=found) if found else _("Pending, not decided yet")
    if one.kind == "task":
        return lists.text("task_no", one.cause, language)
    return _("last {day}").format(day=one.cause) if one.cause else _("never yet")


def due_row(one: Due, today: date, language: str) -> Row:
    """A row: ``pill`` for what is overdue, ``word`` else; task and cause come by ``hit``, parted by a tab."""
    words, late = due_words(one.on, today)
    facts = facts_line({key: one.values.get(key, "") for key in _SHOWN}, language)
    return Row(
        str(one.building_id),
        one.address,
        facts,
        pill=("danger", words) if late else None,
        word="" if late else words,
        hit=f"{task_words(one)}\t{cause_words(one, language)}",
    )


_SHOWN = ("structure_type", "floors_up", "building_use")


def column(width: int, number: int) -> float:
    """Where a column begins."""
    return _SIDE + _COLUMNS[number] * (width - 2 * _SIDE)


class DueHead(QWidget):
    """The names of the columns."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(32)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names and the hairline."""
        painter = QPainter(self)
        painter.setFont(font("S"))
        painter.setPen(colours_named("text3"))
        for number, name in enumerate((_("House"), _("Task"), _("Cause"), _("Due by"))):
            box = QRectF(column(self.width(), number), 0, 200, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.fillRect(0, self.height() - 1, self.width(), 1, colours_named("line"))


class DueDelegate(RowDelegate):
    """Four columns."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines."""
        return QSize(200, sizes().row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        row: Row | None = index.data(ROW)
        if row is None:
            return
        box: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hover = bool(state & QStyle.StateFlag.State_MouseOver)
        paint_ground(painter, box, selected=selected, hover=hover, line=self.lined(index))
        black = selected and colours_named("accent_tint").lightness() < 10
        middle = box.center().y() + 0.5
        task, _tab, cause = row.hit.partition("\t")
        lines = ((row.text, "M", True, "text", -0.52), (row.note, "S", False, "text3", 0.52))
        for text, role, bold, token, off in lines:
            high = QFontMetricsF(font(role)).lineSpacing()
            place = self._place(box, 0, middle + off * 21 - high / 2, high)
            _write(painter, place, text, role, "on_tint" if black else token, bold=bold)
        _write(painter, self._cell(box, 1), task, "M", "on_tint" if black else "text")
        _write(painter, self._cell(box, 2), cause, "S", "on_tint" if black else "text2")
        if row.pill is not None:
            paint_pill(painter, QPointF(self._cell(box, 3).left(), middle), "danger", row.pill[1], "overdue")
        else:
            _write(painter, self._cell(box, 3), row.word, "M", "on_tint" if black else "text2")
        arrow = QRectF(box.right() - 26, middle - 8, 16, 16)
        paint_icon(painter, arrow, "forward", colours_named("on_tint" if black else "text2"))
        painter.restore()

    def _cell(self, box: QRect, number: int) -> QRectF:
        return self._place(box, number, box.top(), box.height())

    def _place(self, box: QRect, number: int, top: float, high: float) -> QRectF:
        left = box.left() + column(box.width(), number)
        last = number + 1 >= len(_COLUMNS)
        right = box.right() - 28 if last else box.left() + column(box.width(), number + 1)
        return QRectF(left, top, right - left - 8, high)


def _write(painter: QPainter, box: QRectF, text: str, role: str, token: str, *, bold: bool = False) -> None:
    face = font(role, bold=bold)
    painter.setFont(face)
    painter.setPen(colours_named(token))
    told = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, told)


class DueList(RowList):
    """As high as its rows, so that only the page scrolls."""

    def __init__(self, opened: Callable[[str], object]) -> None:
        super().__init__(_("Due tasks"))
        self.setItemDelegate(DueDelegate(self))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.opened.connect(opened)

    def show_due(self, due: Sequence[Due], today: date, language: str) -> None:
        """These, in their order."""
        self.show_rows([due_row(one, today, language) for one in due])
        self.setFixedHeight(max(1, len(due)) * sizes().row)
