"""The list of a batch: one line a record, its state at the right."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from fieldapp.i18n import _
from fieldapp.store.outbox import TransferRecord
from fieldapp.ui.components import Row, RowDelegate, Segment
from fieldapp.ui.components.feedback import paint_segments
from fieldapp.ui.components.lists import ROW, Index, paint_ground
from fieldapp.ui.icons import paint_icon
from fieldapp.ui.pages.sync.batch import State
from fieldapp.ui.pages.sync.words import form_of, name_of, size
from fieldapp.ui.themes import colours, colours_named, font, sizes

#: Width of the column of sizes.
_SIZE = 130
#: Width of the bar of one that is being sent, and of a row that has no room for it.
_BAR, _NARROW = 150, 620
STATES: tuple[State, ...] = ("sent", "sending", "waiting", "refused")
ICONS = {"refused": "refused", "sending": "sending", "waiting": "waiting", "sent": "sent"}
TONES = {"refused": "danger", "sending": "accent", "waiting": "text3", "sent": "code_green"}


@dataclass(frozen=True, slots=True)
class TransferRow(Row):
    """A row with the size of its record."""

    size: str = ""
    share: float | None = None

    def spoken(self) -> str:
        """In words."""
        return "，".join(part for part in (self.text, self.note, self.size, self.word) if part)


def state_word(state: State) -> str:
    """The state as the inspector reads it."""
    return {
        "refused": _("Not sent"),
        "sending": _("Sending"),
        "waiting": _("Waiting to be sent"),
        "sent": _("Sent, with receipt"),
    }[state]


def state_width() -> int:
    """Of the column of states in the language and density in force."""
    metrics = QFontMetricsF(font("M", bold=True))
    return round(max(metrics.horizontalAdvance(state_word(state)) for state in STATES)) + 4


def row_of(record: TransferRecord, state: State, part: tuple[int, int] | None = None) -> TransferRow:
    """A record as a row; only refused ones open. ``part``: bytes that have gone while it is being sent."""
    going = part if state == "sending" else None
    return TransferRow(
        str(record.instance_id),
        name_of(record),
        form_of(record),
        icon=ICONS[state],
        icon_tone=TONES[state],
        word=state_word(state),
        word_tone="danger" if state == "refused" else "text",
        size=f"{size(going[0])} / {size(going[1])}" if going else size(record.size),
        share=going[0] / going[1] if going else None,
    )


class TransferDelegate(RowDelegate):
    """Icon, house and form in one line, size and state in columns that do not move."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line, with room for a finger."""
        return QSize(200, sizes().row - 4)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        row: TransferRow | None = index.data(ROW)
        if row is None:
            return
        box: QRect = option.rect  # type: ignore[attr-defined]
        flags: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(flags & QStyle.StateFlag.State_Selected)
        paint_ground(painter, box, selected=selected, hover=bool(flags & QStyle.StateFlag.State_MouseOver))
        black = selected and colours().name == "sunlight"
        side = sizes().icon
        mark = QRectF(box.left() + 16, box.center().y() - side / 2 + 0.5, side, side)
        paint_icon(painter, mark, row.icon, colours_named("on_tint" if black else row.icon_tone))
        right = box.right() - 16
        ends = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.setFont(font("M", bold=row.word_tone == "danger"))
        painter.setPen(colours_named("on_tint" if black else row.word_tone))
        wide = state_width()
        painter.drawText(QRectF(right - wide, box.top(), wide, box.height()), ends, row.word)
        painter.setFont(font("S"))
        painter.setPen(colours_named("on_tint" if black else "text2"))
        right -= wide + 12
        painter.drawText(QRectF(right - _SIZE, box.top(), _SIZE, box.height()), ends, row.size)
        left = mark.right() + 14
        if row.share is not None and box.width() > _NARROW:
            right -= _BAR + 16
            bar = QRectF(right - _SIZE + 0.5, box.center().y() - 3.5, _BAR, 8)
            paint_segments(painter, bar, [Segment("accent_fill", row.share)])
        room = QRectF(left, box.top(), right - _SIZE - 12 - left, box.height())
        self._paint_name(painter, room, row, black=black)
        painter.restore()

    def _paint_name(self, painter: QPainter, room: QRectF, row: Row, *, black: bool) -> None:
        starts = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        name, note = font("M", bold=True), font("S")
        wide = QFontMetricsF(name).horizontalAdvance(row.text) + 1
        painter.setFont(name)
        painter.setPen(colours_named("on_tint" if black else "text"))
        painter.drawText(room, starts, row.text)
        rest = room.adjusted(wide + 10, 1, 0, 1)
        if rest.width() > 24:
            painter.setFont(note)
            painter.setPen(colours_named("on_tint" if black else "text3"))
            told = QFontMetricsF(note).elidedText(row.note, Qt.TextElideMode.ElideRight, rest.width())
            painter.drawText(rest, starts, told)
