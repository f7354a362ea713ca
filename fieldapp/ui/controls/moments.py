"""Days and times: typed as people write them, or picked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCalendarWidget, QTableView

from fieldapp.forms import NodeView
from fieldapp.i18n import _
from fieldapp.settings import ZONE
from fieldapp.ui.components import Button, LineEdit, across, down
from fieldapp.ui.controls.control import Control, Surroundings
from fieldapp.ui.controls.picking import Floating
from fieldapp.ui.controls.texts import TypedControl
from fieldapp.ui.controls.wording import read_date, read_moment

#: Days from today that are offered, by the question's name.
OFFERS = {"deadline": (15, 30, 60), "next_visit_date": (1, 3, 7)}


class _DayEdit(LineEdit):
    """Alt+↓ opens the calendar."""

    def __init__(self, name: str, control: DateControl) -> None:
        super().__init__(name=name)
        self._control = control

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The calendar, or a key."""
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._control.open_calendar()
            return
        super().keyPressEvent(event)


class DateControl(TypedControl):
    """A day: ``3.20``, ``320``, ``+15``; a calendar; chips where a deadline is set."""

    def __init__(self, node: NodeView, around: Surroundings, *, compact: bool) -> None:
        super().__init__(node, around, compact=compact)
        self._edit = _DayEdit(node.label, self)
        self._edit.setToolTip(_("For example 3.20, 320 or +15. Alt+↓ opens the calendar."))
        self._edit.setMaximumWidth(180)
        self._edit.left.connect(lambda _text: self.commit())
        pick = Button.of_icon("calendar", _("Calendar"), self.open_calendar)
        pick.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = across(self._edit, pick, gap=4)
        for days in OFFERS.get(node.name, ()):
            chip = Button(_("{days} days").format(days=days), on_click=partial(self._offer, days))
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(chip)
        row.addStretch(1)
        self.setLayout(row)
        self.setFocusProxy(self._edit)

    def _today(self) -> date:
        return self.around.now().date()

    def text(self) -> str:
        """As ISO, or what was typed if it is no day."""
        typed = self._edit.text().strip()
        if not typed:
            return ""
        found = read_date(typed, self._today())
        return typed if found is None else found.isoformat()

    def commit(self) -> None:
        """Read it, or say that it cannot be read."""
        text = self.text()
        readable = not text or _is_day(text)
        sentence = _("No day can be read here. Write 3.20, 320 or +15.")
        if self._judge(readable=readable, sentence=sentence):
            self._edit.setText(text)
            super().commit()

    def show_answer(self, node: NodeView) -> None:
        """The day; what is being typed is left alone."""
        if self._stays(node):
            return
        typing = self._edit.hasFocus() and not _is_day(self._edit.text())
        if node.value != self._edit.text() and not (typing and self._edit.text()):
            self._edit.setText(node.value)
        self._told = node.value

    def _offer(self, days: int) -> None:
        self._take(self._today() + timedelta(days=days))

    def _take(self, day: date) -> None:
        self._edit.setText(day.isoformat())
        self.commit()

    def open_calendar(self) -> None:
        """A month to click in."""
        panel = Floating(self)
        calendar = QCalendarWidget()
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        day = read_date(self._edit.text(), self._today()) or self._today()
        calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        for part in (calendar, *calendar.findChildren(QTableView)):
            part.setAccessibleName(self._edit.accessibleName())

        def take(picked: QDate) -> None:
            panel.finish()
            self._take(date(picked.year(), picked.month(), picked.day()))

        calendar.clicked.connect(take)
        calendar.activated.connect(take)
        panel.setLayout(down(calendar, margin=8))
        panel.open_at(self._edit, panel.sizeHint(), calendar)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


class MomentControl(TypedControl):
    """A day and a time; 「现在」 writes this moment."""

    def __init__(self, node: NodeView, around: Surroundings, *, compact: bool) -> None:
        super().__init__(node, around, compact=compact)
        self._edit = LineEdit(name=node.label)
        self._edit.setMaximumWidth(220)
        self._edit.left.connect(lambda _text: self.commit())
        now = Button(_("Now"), icon="overdue", on_click=self._now)
        now.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setLayout(across(self._edit, now, None, gap=8))
        self.setFocusProxy(self._edit)
        self._value = ""

    def text(self) -> str:
        """As ISO with zone, or what was typed if it is no moment; unchanged figures keep their value."""
        typed = self._edit.text().strip()
        if not typed or typed == shown_moment(self._value):
            return self._value if typed else ""
        found = read_moment(typed, self.around.now())
        return typed if found is None else found.isoformat(timespec="milliseconds")

    def commit(self) -> None:
        """Read it, or say that it cannot be read."""
        text = self.text()
        readable = not text or shown_moment(text) != text
        sentence = _("No time can be read here. Write 9:40, or 3.20 9:40.")
        if self._judge(readable=readable, sentence=sentence):
            super().commit()

    def _now(self) -> None:
        self._value = self.around.now().isoformat(timespec="milliseconds")
        self._edit.setText(shown_moment(self._value))
        self.commit()

    def show_answer(self, node: NodeView) -> None:
        """The moment."""
        if self._stays(node):
            return
        if node.value != self._value or not self._edit.hasFocus():
            self._value = node.value
            self._edit.setText(shown_moment(node.value))
        self._told = node.value


def shown_moment(value: str) -> str:
    """A stored moment as people read it, in the district's time; what is none comes back as it is."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    told = moment if moment.tzinfo is None else moment.astimezone(ZONE)
    return f"{told:%Y-%m-%d %H:%M}"


def day_control(node: NodeView, around: Surroundings, *, compact: bool) -> Control:
    """Which of the two a type asks for."""
    made = MomentControl if node.type == "dateTime" else DateControl
    return made(node, around, compact=compact)
