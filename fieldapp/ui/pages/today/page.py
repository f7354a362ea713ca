"""The page 今日, and field mode behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout

from fieldapp.domain.codelists import codelists
from fieldapp.domain.visit import TeamMember
from fieldapp.i18n import _
from fieldapp.services.laptop import Laptop
from fieldapp.services.today import Due, Lane, LaneCount, OpenDraft, Waiting
from fieldapp.ui.actions import Action
from fieldapp.ui.components import Banner, Button, Option, ScrollColumn, Segmented, across, down, label
from fieldapp.ui.jobs import Job
from fieldapp.ui.page import Frame, Page
from fieldapp.ui.pages.checking import check_kept
from fieldapp.ui.pages.today.cards import LaptopCard, TeamCard, WaitingCard
from fieldapp.ui.pages.today.day import short_day, weekday
from fieldapp.ui.pages.today.due import DueHead, DueList
from fieldapp.ui.pages.today.lanes import LaneView, NextCard

if TYPE_CHECKING:
    from fieldapp.ui.pages.field.mode import FieldMode

_DAYS = {"day": 0, "week": 7, "month": 30}
#: Rows of the list that are shown before 全部任务.
_MOST = 8


@dataclass(frozen=True, slots=True)
class _Read:
    """What a job has read for the page."""

    lane: LaneView
    due: tuple[Due, ...]
    tasks: tuple[Due, ...]
    waiting: Waiting
    last_sync: datetime | None
    free: int


class TodayPage(Page):
    """What comes next at the left, who and what waits at the right. ``open("field")`` is field mode."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._language = "en" if frame.preferences.language == "en" else "zh"
        self._read: _Read | None = None
        self._reading = False
        self._again = False
        self._whole = False
        self.field: FieldMode | None = None
        self._stack = QStackedWidget()
        self._stack.addWidget(self._overview())
        self.setLayout(down(self._stack, gap=0))

    def _overview(self) -> ScrollColumn:
        self._day = label("", "L")
        self._where = label("", "M", "text2")
        self._banner = QVBoxLayout()
        self.next = NextCard(
            on_walk=self.walk, on_lane=self._set_lane, on_community=self._read_roads, language=self._language
        )
        self.spans = Segmented(
            [Option("day", _("Today")), Option("week", _("This week")), Option("month", _("This month"))],
            _("Due within"),
            digits=False,
        )
        self.spans.select(("week",))
        self.spans.chosen.connect(self._span_chosen)
        self.due = DueList(lambda key: self.frame.go("buildings", key))
        self._nothing = label(_("Nothing is due."), "S", "text2")
        self._rounds = label("", "S", "text3")
        self.all = Button(_("Due only"), "link", on_click=self._show_all)
        self.all.hide()
        card = QFrame()
        card.setProperty("card", "plain")
        foot = across(self._rounds, None, self.all, margin=(10, 10, 10, 10))
        nothing = across(self._nothing, margin=(10, 14, 10, 14))
        card.setLayout(down(DueHead(), self.due, nothing, foot, gap=0, margin=1))
        self.team = TeamCard(self._set_team)
        self.waiting = WaitingCard(lambda key: self.frame.go(key))
        self.machine = LaptopCard(lambda: check_kept(self.frame, self.machine.say))
        due_head = across(label(_("Due tasks"), bold=True), None, self.spans)
        left = down(self._banner, self.next, due_head, card, None, gap=12)
        right = down(self.team, self.waiting, self.machine, None, gap=16)
        columns = across(left, right, gap=20)
        columns.setStretch(0, 776)
        columns.setStretch(1, 360)
        head = across(self._day, self._where, None, gap=12)
        return ScrollColumn(head, columns, None, gap=16, margin=(24, 24, 24, 24), widest=1720)

    # -- what the frame asks --------------------------------------------------------------------------

    def title(self) -> str:
        """今日."""
        return _("Today")

    def actions_of_page(self) -> Sequence[Action]:
        """F5 goes into field mode, Ctrl+Enter too: it is the next step."""
        return (
            Action("today.walk", _("Field mode: go on"), self.walk, ("F5", "Ctrl+M"), "page"),
            Action("today.lane", _("Other lane"), self.next.choose, (), "page"),
            Action("today.team", _("Change today's team"), self.team.edit, (), "page"),
        )

    def open(self, argument: object = None) -> None:
        """``"field"`` is field mode, ``"team"`` changes the team."""
        if argument == "field":
            if self.field is None:
                from fieldapp.ui.pages.field.mode import FieldMode  # more than this page, which is seen first

                self.field = FieldMode(self.frame, self.frame.back)
                self._stack.addWidget(self.field)
            self._stack.setCurrentWidget(self.field)
            self.field.open()
            return
        if self.field is not None:
            self.field.put_away()
        self._stack.setCurrentIndex(0)
        if argument == "team":
            self.team.edit()
        else:  # keys of a page work while the focus is in it
            self.next.walk.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter is the primary button."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.walk()
            return
        super().keyPressEvent(event)

    def leave(self) -> None:
        """Field mode gives the window back."""
        if self.field is not None:
            self.field.put_away()

    def kept(self) -> bool:
        """Whether every round of field mode is on the disk; if not, why is told."""
        return self.field is None or self.field.kept()

    def half_typed(self) -> Mapping[str, str]:
        """The team while it is being changed."""
        return self.team.half_typed()

    def type_again(self, typed: Mapping[str, str]) -> None:
        """The team is being changed still."""
        self.team.type_again(typed)

    def refresh(self) -> None:
        """Read the day anew, in a job."""
        if self.field is not None and self._stack.currentWidget() is self.field:
            self.field.refresh()
            return
        if self._reading:
            self._again = True
            return
        self._reading = True
        laptop = self.frame.laptop
        self.frame.jobs.start(
            lambda _job: _read_day(laptop), done=self._show, failed=self._not_read, what="today"
        )

    def walk(self) -> None:
        """Into field mode; to the choice of a lane if there is no house to go on at."""
        if self.next.walks:
            self.frame.go("today", "field")
        else:
            self.next.choose()

    # -- what was read --------------------------------------------------------------------------------

    def _not_read(self, error: BaseException) -> None:
        self._reading = False
        self.frame.tell(error)

    def _show(self, read: _Read) -> None:
        self._reading = False
        if self._again:
            self._again = False
            self.refresh()
            return
        self._read = read
        today = self.frame.laptop.today.day
        self._day.setText(f"{short_day(today)} {weekday(today)}")
        self._where.setText(_place_of(read.lane.lane, self._language))
        self._show_banner(read.waiting.drafts)
        self.next.show_lane(read.lane)
        self.team.show_team(self.frame.laptop.today.team)
        self.waiting.show_waiting(read.waiting)
        self.machine.show_state(read.last_sync, read.waiting, read.free, today)
        self._show_due()

    def _show_banner(self, drafts: Sequence[OpenDraft]) -> None:
        while self._banner.count():
            old = self._banner.takeAt(0).widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        grave = next((one for one in drafts if one.level == "major"), None)
        if grave is None:
            return
        phoned = grave.phoned_at[11:16]
        told = (
            _("reported by phone at {time}").format(time=phoned) if phoned else _("not yet reported by phone")
        )
        left = _("{count} open").format(count=grave.left) if grave.left else _("not yet final")
        sentence = _("{address}: major hazard, {told}. Draft, {left}.").format(
            address=grave.address, told=told, left=left
        )
        target = (str(grave.visit_id), grave.form_id)
        self._banner.addWidget(
            Banner("danger", sentence, _("Fill in"), lambda: self.frame.go("inspection", target))
        )

    def _show_due(self) -> None:
        read = self._read
        if read is None:
            return
        today = self.frame.laptop.today.day
        dated = [one for one in read.due if one.kind != "patrol"]
        spans = {
            name: [one for one in dated if one.on is None or (one.on - today).days <= days]
            for name, days in _DAYS.items()
        }
        words = {"day": _("Today"), "week": _("This week"), "month": _("This month")}
        for button in self.spans.buttons:
            name = button.option.name
            button.setText(f"{words[name]} {len(spans[name])}")
            button.updateGeometry()
        chosen = next(iter(self.spans.selected()), "week")
        rows = [*spans[chosen], *(read.tasks if self._whole else ())]
        shown = rows if self._whole else rows[:_MOST]
        self.due.show_due(shown, today, self._language)
        self.due.setVisible(bool(shown))
        self._nothing.setVisible(not shown)
        rounds = sum(one.kind == "patrol" and one.on is not None and one.on <= today for one in read.due)
        said = _("{count} monthly rounds are due, walked by lanes").format(count=rounds)
        self._rounds.setText(said if rounds else "")
        more = len(rows) - len(shown) + (0 if self._whole else len(read.tasks))
        self.all.setText(_("Due only") if self._whole else _("All tasks ({count} more)").format(count=more))
        self.all.setVisible(self._whole or more > 0)
        self.all.updateGeometry()

    def _span_chosen(self, names: tuple[str, ...]) -> None:
        if not names:
            self.spans.select(("week",))
        self._show_due()

    def _show_all(self) -> None:
        self._whole = not self._whole
        self._show_due()

    # -- what is set ----------------------------------------------------------------------------------

    def _set_team(self, team: tuple[TeamMember, ...]) -> None:
        visits = self.frame.laptop.visits
        self.frame.jobs.start(
            lambda _job: visits.set_team(team),
            done=lambda _nothing: self.frame.changed(),
            failed=self._team_not_set,
            what="team",
        )

    def _team_not_set(self, error: BaseException) -> None:
        self.team.go_on()
        self.frame.tell(error)

    def _set_lane(self, lane: Lane) -> None:
        today = self.frame.laptop.today
        self.frame.jobs.start(
            lambda _job: today.set_lane(lane), done=lambda _nothing: self.frame.changed(), what="lane"
        )

    def _read_roads(self, community: str, kind: str) -> None:
        today = self.frame.laptop.today

        def read(_job: Job) -> tuple[LaneCount, ...]:
            return today.lanes(community, kind)

        self.frame.jobs.start(read, done=self.next.chooser.show_roads, what="roads")


def _read_day(laptop: Laptop) -> _Read:
    """Everything the page shows. For a worker thread."""
    today = laptop.today
    lane = today.lane
    houses = () if lane is None else today.houses(lane)
    return _Read(
        lane=LaneView(lane, houses, today.communities()),
        due=today.due(_DAYS["month"]),
        tasks=today.tasks(),
        waiting=today.waiting(),
        last_sync=today.last_sync(),
        free=today.free_bytes(),
    )


def _place_of(lane: Lane | None, language: str) -> str:
    if lane is None:
        return ""
    lists = codelists()
    street = lists["community"].items[lane.community].columns["street"]
    return f"{lists.label('street', street, language)}·{lists.label('community', lane.community, language)}"
