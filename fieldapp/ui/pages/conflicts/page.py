"""The page 两处填写不一致，待核定: houses with open conflicts in the order of danger, then one of them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from fieldapp.i18n import _, ngettext
from fieldapp.services.conflicts import OpenHouse
from fieldapp.settings import ZONE
from fieldapp.ui.actions import Action
from fieldapp.ui.components import EmptyState, Row, RowList, across, down, label
from fieldapp.ui.page import Frame, Page
from fieldapp.ui.pages.buildings.words import Words
from fieldapp.ui.pages.conflicts.house import HouseView
from fieldapp.ui.pages.inspection.arguments import NewVisit, OpenVisit


class ConflictsPage(Page):
    """``open()`` shows the list, ``open(key)`` one house (its id)."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        language = "en" if frame.preferences.language == "en" else "zh"
        self._words = Words(language, frame.laptop.ledger.today)
        self.houses: tuple[OpenHouse, ...] = ()
        self._key, self._was_read = "", False
        self._count = label("", "S", "text2")
        self.list = RowList(self.title())
        self.list.opened.connect(lambda key: self.frame.go("conflicts", key))
        self.house = HouseView(frame, self._words)
        self.house.visited.connect(self.visit)
        self.house.filed.connect(lambda: self.frame.go("buildings", self._key))
        self.house.corrected.connect(self.visit)
        self.house.opened.connect(lambda record: self.frame.go("papers", str(record)))
        self.house.turned.connect(self.turn)
        self.nothing = EmptyState(
            _("Nothing here is told differently in two places. What is stands here after the next sync."),
            _("To today"),
            lambda: frame.go("today"),
            icon_name="conflict",
        )
        self._stack = QStackedWidget()
        for part in (self._overview(), self.house, self.nothing):
            self._stack.addWidget(part)
        self.setLayout(down(self._stack, gap=0))

    def _overview(self) -> QWidget:
        card = QFrame()
        card.setProperty("card", "plain")
        card.setLayout(down(self.list, gap=0, margin=1))
        note = label(
            _("All sides are kept. A reviewer decides at the district's server; until then what is marked so "
              "counts. A decision is here after the next sync, and stands in the file of the house."),
            "S", "text2", wrap=True,
        )  # fmt: skip
        whole = QWidget()
        head = across(label(self.title(), "L"), 4, self._count, None, gap=12)
        column = down(head, card, note, gap=12, margin=(24, 16, 24, 16))
        column.setStretchFactor(card, 1)
        whole.setLayout(column)
        return whole

    # -- what the frame asks --------------------------------------------------------------------------

    def title(self) -> str:
        """两处填写不一致，待核定."""
        return _("Told differently in two places, to be decided")

    def actions_of_page(self) -> Sequence[Action]:
        """The next step, and the houses before and after."""
        return (
            Action("conflicts.visit", _("Visit again"), self.visit, ("Ctrl+Return", "Ctrl+Enter"),
                   reason=self._no_house),
            Action("conflicts.before", _("House before"), lambda: self.turn(-1), ("Alt+Up",)),
            Action("conflicts.after", _("Next house"), lambda: self.turn(1), ("Alt+Down",)),
            Action("conflicts.all", _("All that is to be decided"), lambda: self.frame.go("conflicts")),
        )  # fmt: skip

    def open(self, argument: object = None) -> None:
        """The list, or a house; what was read before stands there until it is read anew."""
        self._key = "" if argument is None else str(argument)
        self._show()
        self._enter()

    def refresh(self) -> None:
        """Read them anew."""
        conflicts = self.frame.laptop.conflicts
        self.frame.jobs.start(lambda _job: conflicts.open(), done=self._read, what="conflicts")

    # -- what was read --------------------------------------------------------------------------------

    def _read(self, houses: tuple[OpenHouse, ...]) -> None:
        self.houses = houses
        shown, front, focus = self._shown(), self._stack.currentWidget(), self.window().focusWidget()
        self._was_read = True
        self._show()
        if self._stack.currentWidget() is not front and (focus is None or self.isAncestorOf(focus)):
            self._enter()
        if shown is not None and self._shown() is None:
            self.frame.toast(_("{house}: nothing is to be decided there any more.").format(house=shown.label))

    def _enter(self) -> None:
        """The keyboard comes to the next step: keys of a page work while the focus is in it."""
        in_front = {self.house: self.house.visit, self.nothing: self.nothing}
        part = in_front.get(self._stack.currentWidget(), self.list)
        part.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self) -> None:
        place = next((n for n, one in enumerate(self.houses) if one.key == self._key), None)
        today = self.frame.laptop.ledger.today
        if place is not None:
            self.house.show_house(self.houses[place], place + 1, len(self.houses), today)
            self._stack.setCurrentWidget(self.house)
            return
        groups = sum(len(house.conflicts) for house in self.houses)
        said = _("{houses} houses, {groups} groups").format(houses=len(self.houses), groups=groups)
        self._count.setText(said)
        row = self.list.currentIndex().row()
        self.list.show_rows([self._row(one) for one in self.houses])
        if self.houses:
            self.list.setCurrentIndex(self.list.rows.index(min(max(row, 0), len(self.houses) - 1)))
        self._stack.setCurrentIndex(0 if self.houses or not self._was_read else 2)

    def _row(self, house: OpenHouse) -> Row:
        first = house.conflicts[0]
        told = [line.label for one in house.conflicts for line in one.lines if line.differ]
        people = dict.fromkeys(side.who for side in first.told if side.who)
        opened = min((one.opened_at for one in house.conflicts if one.opened_at), default=None)
        since = "" if opened is None else self._words.day(opened.astimezone(ZONE).date())
        count = ngettext("{count} group", "{count} groups", len(house.conflicts)).format(
            count=len(house.conflicts)
        )
        return Row(
            house.key,
            house.label,
            "·".join(part for part in ("、".join(told), " / ".join(people)) if part),
            icon="conflict",
            icon_tone="warn",
            pill=("warn", count),
            pill_icon="conflict",
            word=_("since {day}").format(day=since) if since else "",
            word_tone="text2",
        )

    # -- what leads on --------------------------------------------------------------------------------

    def _shown(self) -> OpenHouse | None:
        return self.house.house if self._stack.currentWidget() is self.house else None

    def _no_house(self) -> str:
        house = self._shown()
        if house is None:
            return _("No house is chosen")
        return "" if house.building is not None else _("It belongs to no house")

    def turn(self, step: int) -> None:
        """The house before or after the one that is shown, if there is one."""
        if self._shown() is None:
            return
        wanted = next(n for n, one in enumerate(self.houses) if one.key == self._key) + step
        if 0 <= wanted < len(self.houses):
            self.frame.go("conflicts", self.houses[wanted].key)

    def visit(self, fact: str = "") -> None:
        """Begin a visit of the house that is shown, or go on with the one that is open; at the correction of
        a fact if named."""
        house = self._shown()
        if house is None or house.building is None:
            return
        self.frame.go("inspection", self._visit_of(house.building, fact))

    def _visit_of(self, building: UUID, fact: str) -> NewVisit | OpenVisit:
        drafts = self.frame.laptop.files.drafts(building)
        if drafts:
            return OpenVisit(drafts[0].visit_id, drafts[0].form_id, fact)
        return NewVisit(building, fact=fact)
