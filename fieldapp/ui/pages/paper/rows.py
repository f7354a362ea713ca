"""Rows of records: house and form, who signs, the day, the state of the paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from fieldapp.i18n import _
from fieldapp.store.papers import LoggedPrint, QueuedPrint
from fieldapp.ui.components import Row, RowDelegate, paint_pill, pill_width
from fieldapp.ui.components.lists import ROW, Index, paint_ground, paint_lines
from fieldapp.ui.components.pills import PillKind
from fieldapp.ui.icons import paint_icon
from fieldapp.ui.pages.paper.reading import Facts, Listed, copies_word, day, kind_word
from fieldapp.ui.pages.sync.words import when
from fieldapp.ui.themes import colours, colours_named, font, sizes

#: Columns: house and form take what these leave.
_DAY, _PILL, _SIGNER, _SIGNERS = 84, 112, 190, 320
#: Narrower rows have no column for those who sign, wider ones a wide one.
_NARROW, _WIDE = 560, 800


@dataclass(frozen=True, slots=True)
class PaperRow(Row):
    """A row with those who sign, whether they have, and the day."""

    signers: tuple[str, ...] = ()
    signed: bool = False
    day: str = ""
    pill_icon: str = ""

    def spoken(self) -> str:
        """In words."""
        pill = self.pill[1] if self.pill else ""
        return "，".join(
            part for part in (self.text, self.note, "、".join(self.signers), self.day, pill) if part
        )


def _words() -> tuple[str, ...]:
    """The longest words of a state, which decide the width of their column."""
    return (_("Not printed"), _("Printed {count}×").format(count=10), _("Signed"))


def state_of(listed: Listed) -> tuple[tuple[PillKind, str], str]:
    """The state of a record's paper as pill and icon."""
    record = listed.record
    if record.paper == "signed":
        return ("ok", _("Signed")), "done"
    times = record.onsite + record.archive
    if record.paper == "printed" or times:
        return ("accent", _("Printed {count}×").format(count=times)), "print"
    return ("neutral", _("Not printed")), "open"


def record_row(listed: Listed, now: datetime) -> PaperRow:
    """A record."""
    pill, icon = state_of(listed)
    record = listed.record
    note = listed.title
    if record.version > 1:
        note = f"{note}·{_('correction {number}').format(number=record.version - 1)}"
    return PaperRow(
        str(record.instance_id),
        record.label or _("House not in the register"),
        note,
        pill=pill,
        signers=listed.signers,
        signed=record.paper == "signed",
        day=day(listed.started_at, now),
        pill_icon=icon,
    )


def queue_row(one: QueuedPrint, facts: Facts, now: datetime) -> Row:
    """A sheet that waits for a printer."""
    note = f"{kind_word(one.kind)}·{copies_word(one.copies)}·{facts.titles[one.form_id]}"
    word = _("since {when}").format(when=when(one.queued_at, now))
    return Row(f"{one.instance_id}:{one.kind}", one.label, note, icon="print", word=word, opens=False)


def log_row(one: LoggedPrint, facts: Facts, names: dict[str, str], now: datetime) -> Row:
    """A print."""
    parts = [
        kind_word(one.kind),
        copies_word(one.copies),
        facts.titles[one.form_id],
        names.get(one.actor, one.actor),
    ]
    pill: tuple[PillKind, str] | None = None
    if one.times > 1:
        pill = ("warn", _("Reprint {number}").format(number=one.times - 1))
    return Row(
        str(one.number), one.label, "·".join(parts), icon="print", pill=pill,
        word=when(one.printed_at, now), opens=False,
    )  # fmt: skip


class PaperDelegate(RowDelegate):
    """Paints ``PaperRow`` in columns; other rows as usual."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines."""
        return QSize(200, sizes().row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        row = index.data(ROW)
        if not isinstance(row, PaperRow):
            super().paint(painter, option, index)
            return
        box: QRect = option.rect  # type: ignore[attr-defined]
        flags: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(flags & QStyle.StateFlag.State_Selected)
        paint_ground(painter, box, selected=selected, hover=bool(flags & QStyle.StateFlag.State_MouseOver))
        black = selected and colours().name == "sunlight"
        right = float(box.right() - 16)
        if row.pill is not None:
            wide = pill_width(row.pill[1])
            at = QPointF(right - wide, box.center().y() + 0.5)
            paint_pill(painter, at, row.pill[0], row.pill[1], row.pill_icon)
        right -= max(_PILL, *(pill_width(word) for word in _words())) + 8
        painter.setFont(font("M"))
        painter.setPen(colours_named("on_tint" if black else "text2"))
        ends = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(QRectF(right - _DAY, box.top(), _DAY, box.height()), ends, row.day)
        right -= _DAY + 8
        if box.width() > _NARROW:
            wide = _SIGNERS if box.width() > _WIDE else _SIGNER
            room = QRectF(right - wide, box.top(), wide, box.height())
            self._paint_signers(painter, room, row, black=black)
            right -= wide + 8
        left = box.left() + 16
        paint_lines(painter, QRectF(left, box.top(), right - left, box.height()), row, selected=selected)
        painter.restore()

    def _paint_signers(self, painter: QPainter, room: QRectF, row: PaperRow, *, black: bool) -> None:
        left, middle = room.left(), room.center().y() + 0.5
        face = font("S")
        for place, name in enumerate(_fitting(row.signers, room.width())):
            tone = "on_tint" if black else "code_green" if row.signed else "text3"
            mark = QRectF(left, middle - 8, 16, 16)
            paint_icon(painter, mark, "done" if row.signed else "open", colours_named(tone))
            painter.setFont(face)
            painter.setPen(colours_named("on_tint" if black else "text"))
            wide = QFontMetricsF(face).horizontalAdvance(name) + 1
            box = QRectF(left + 21, room.top(), wide, room.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
            left += 21 + wide + (14 if place == 0 else 10)


def _fitting(names: Sequence[str], room: float) -> list[str]:
    """As many names as fit; what does not is told by a number, never by half a name."""
    metrics, used = QFontMetricsF(font("S")), 0.0
    shown: list[str] = []
    for number, name in enumerate(names):
        used += 35 + metrics.horizontalAdvance(name)
        if used > room and shown:
            return [*shown[:-1], f"{shown[-1]} +{len(names) - number}"]
        shown.append(name)
    return shown
