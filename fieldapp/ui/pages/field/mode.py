"""Field mode: the houses of a lane at the left, one house at the right, its one next step at the lower right.

A round is opened in a job and then belongs to the GUI thread. It is stored with the first edit only, so that
walking along the lane leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QStackedWidget, QWidget

from fieldapp.domain.patrol import FORM, ITEMS
from fieldapp.i18n import _
from fieldapp.services.patrolling import PLAQUE, RESULT, Round
from fieldapp.services.today import Lane, LaneHouse
from fieldapp.ui import themes
from fieldapp.ui.components import ScrollColumn, across, down, label
from fieldapp.ui.jobs import Job
from fieldapp.ui.page import Frame
from fieldapp.ui.pages.field.bars import FieldBar, FieldHead
from fieldapp.ui.pages.field.finals import Finals
from fieldapp.ui.pages.field.house import HouseHead
from fieldapp.ui.pages.field.incoming import Incoming
from fieldapp.ui.pages.field.items import ItemsPanel
from fieldapp.ui.pages.field.keeping import Keeping
from fieldapp.ui.pages.field.keys import field_actions
from fieldapp.ui.pages.field.lane import LaneList, passed_words
from fieldapp.ui.pages.field.progress import Next, closed_words, left_at, next_of
from fieldapp.ui.pages.field.steps import StepsPanel, steps_of, typed_date
from fieldapp.ui.pages.field.target import PhotoTarget
from fieldapp.ui.themes import sizes

_LANE_WIDTH, _LANE_WIDE = 316, 400
_HOUSE_WIDEST = 1100


class FieldMode(PhotoTarget):
    """One lane. ``open`` begins or goes on, ``put_away`` ends; everything is kept at every edit."""

    def __init__(self, frame: Frame, on_leave: Callable[[], object]) -> None:
        super().__init__()
        self.frame = frame
        self._language = "en" if frame.preferences.language == "en" else "zh"
        self._lane: Lane | None = None
        self._houses: tuple[LaneHouse, ...] = ()
        self._at = -1
        self._round: Round | None = None
        self._rounds: dict[UUID, Round] = {}
        self.incoming = Incoming(frame, self._photos_moved)
        self._keeping = Keeping(frame, self)
        self._finals = Finals(frame.laptop)
        self._mode = "items"
        self._busy = False
        self._active = False
        self._names: tuple[str, ...] = ()
        self.setAcceptDrops(True)
        self.setAccessibleName(_("Field mode"))
        self._build(on_leave)

    def _build(self, on_leave: Callable[[], object]) -> None:
        self.head = FieldHead(
            on_leave=on_leave,
            on_sunlight=self.sunlight,
            on_emergency=self.frame.emergency,
            on_unsent=lambda: self.frame.go("sync"),
        )
        self.list = LaneList()
        self.list.picked.connect(self._picked)
        self._passed = label("", "S", "text2")
        keys = label(_("Alt ↑ ↓ other house"), "S", "text2")
        side = QFrame()
        side.setObjectName("rail")
        side.setLayout(down(across(self._passed, None, keys, margin=(16, 9, 16, 9)), self.list, gap=0))
        self._side = side
        self.house = HouseHead(self.choose_photo)
        self.items = ItemsPanel(
            on_clear=self.clear,
            on_undo=self.undo,
            on_item=self._answer_item,
            on_plaque=lambda state: self._edit(lambda found: found.answer(PLAQUE, state)),
            language=self._language,
        )
        self.steps = StepsPanel(
            on_answer=self._answer_step, on_photo=self.choose_photo, on_back=self.back_to_items
        )
        self._final = label("", wrap=True)
        closed = QWidget()
        closed.setLayout(down(self._final, None, margin=(24, 16, 24, 0)))
        self._panels = QStackedWidget()
        for panel in (self.items, self.steps, closed):
            self._panels.addWidget(panel)
        self._pane = pane = ScrollColumn(self.house, self._panels, gap=0, margin=0, widest=_HOUSE_WIDEST)
        pane.setObjectName("surface")
        ground = QFrame()
        ground.setObjectName("surface")
        ground.setLayout(across(pane, gap=0))
        self.bar = FieldBar(on_result=self.outcome, on_other=self.open_other, on_next=self.next_step)
        middle = across(side, ground, gap=0)
        middle.setStretch(1, 1)
        column = down(self.head, middle, self.bar, gap=0)
        column.setStretch(1, 1)
        self.setLayout(column)

    # -- enter and leave ------------------------------------------------------------------------------

    def open(self) -> None:
        """Come to the front: read the lane, go on at the house where one was."""
        self._active = True
        self.frame.full_page(on=True)
        self._large()
        if not self._names:
            actions = field_actions(self)
            self.frame.commands.add(actions, self)
            self._names = tuple(action.name for action in actions)
        self.refresh()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        today = self.frame.laptop.today

        def read(_job: Job) -> tuple[Lane | None, tuple[LaneHouse, ...]]:
            lane = today.lane
            return lane, () if lane is None else today.houses(lane)

        self.frame.jobs.start(read, done=lambda read: self._show_lane(*read), what="lane")

    def put_away(self) -> None:
        """Go from the front. Everything is stored already."""
        if not self._active:
            return
        self.kept()
        self._active = False
        self.frame.commands.remove(self._names)
        self._names = ()
        self.frame.full_page(on=False)
        self.frame.appearance()
        self._round = None
        for house, found in tuple(self._rounds.items()):  # what is here and nowhere else stays
            if not self._keeping.holds(found) and not self.incoming.pending(house):
                del self._rounds[house]

    def kept(self) -> bool:
        """Whether every round is on the disk, with what is half typed; if not, why is told."""
        self._commit()
        return self._keeping.kept()

    def refresh(self) -> None:
        """Counts of the head."""
        self.head.show_unsent(self.frame.laptop.store.outbox.unsent())

    def _show_lane(self, lane: Lane | None, houses: tuple[LaneHouse, ...]) -> None:
        if not self._active:
            return
        same = self._lane == lane and 0 <= self._at < len(houses)
        self._lane, self._houses = lane, houses
        at = (
            self._at
            if same
            else next(
                (n for state in ("draft", "open") for n, house in enumerate(houses) if house.state == state),
                0,
            )
        )
        self.go_to(at)

    def _large(self) -> None:
        """Field mode has its own density, and its own sunlight: outdoors it is on, at the desk it is not."""
        preferences = self.frame.preferences
        theme = "sunlight" if preferences.field_sunlight else preferences.theme
        themes.apply_within(self, theme, "field")
        self.head.show_theme()

    def changeEvent(self, event: QEvent) -> None:
        """A theme or density came from elsewhere: keep the large controls."""
        super().changeEvent(event)
        small = event.type() == QEvent.Type.StyleChange and sizes().name != "field"
        if small and getattr(self, "_active", False):
            QTimer.singleShot(0, self, self._large)

    def sunlight(self) -> None:
        """Sunlight on or off."""
        preferences, on = self.frame.preferences, themes.colours().name != "sunlight"
        preferences.field_sunlight = on
        if not on and preferences.theme == "sunlight":
            preferences.theme = "light"
        self._large()

    def resizeEvent(self, event: object) -> None:
        """A wide window has a wide lane."""
        super().resizeEvent(event)  # type: ignore[arg-type] # Qt's event as it came
        self._side.setFixedWidth(_LANE_WIDE if self.width() >= 1600 else _LANE_WIDTH)

    # -- houses ---------------------------------------------------------------------------------------

    @property
    def houses(self) -> tuple[LaneHouse, ...]:
        """The houses of the lane, in order."""
        return self._houses

    @property
    def round(self) -> Round | None:
        """Its round, None while it is being opened or if it is final."""
        return self._round

    @property
    def next(self) -> Next:
        """What the round needs next."""
        house = self.current
        taking_in = house is not None and self.incoming.pending(house.building_id)
        return next_of(self._round, taking_in=taking_in, busy=self._busy)

    def step_house(self, by: int) -> None:
        """The previous or next house."""
        if not self._busy and 0 <= self._at + by < len(self._houses):
            self.go_to(self._at + by)

    def _picked(self, key: str) -> None:
        for number, house in enumerate(self._houses):
            if str(house.building_id) == key and number != self._at and not self._busy:
                self.go_to(number)

    def go_to(self, at: int) -> None:
        """Stand at a house and open its round."""
        self._commit()
        self._houses = left_at(self._houses, self._at, self._round)
        self._at, self._round, self._mode = at, None, "items"
        house = self.current
        self._show_list()
        if house is None:
            self._show()
            return
        self.house.show_house(house, dict.fromkeys(ITEMS, ""), self._language)
        self.house.show_photos(self.incoming.pictures(house.building_id))
        kept = self._rounds.get(house.building_id)
        if house.state == "done":
            self._show()
        elif kept is not None:
            self._opened(house, kept, self.incoming.pictures(house.building_id))
        else:
            self._open_round(house)

    def _open_round(self, house: LaneHouse) -> None:
        patrolling = self.frame.laptop.patrolling
        kind = "patrol" if self._lane is None else self._lane.kind

        def work(_job: Job) -> tuple[Round, dict[str, bytes]]:
            found = patrolling.round_of(house.building_id, kind)
            return found, dict(patrolling.thumbnails(found))

        self._show()
        self.frame.jobs.start(work, done=lambda read: self._opened(house, *read), what="round")

    def _opened(self, house: LaneHouse, found: Round, pictures: Mapping[str, bytes]) -> None:
        if not self._active or self.current is not house:
            return
        self._rounds[house.building_id] = found
        self.incoming.keep(house.building_id, pictures)
        self._round = found
        self.house.show_house(house, found.last, self._language)
        self.house.show_photos(pictures)
        self._mode = "items" if found.entered else "outcome"
        self._show()
        self._focus_next()

    def _show_list(self) -> None:
        self.list.show_houses(self._houses, self._at, self._language)
        self._passed.setText(passed_words(self._houses))
        if self._lane is not None:
            house = self.current
            sample = house is not None and house.values.get("sample") == "yes"
            self.head.show_lane(self._lane, self._houses, self._at, sample=sample)

    # -- what is shown --------------------------------------------------------------------------------

    def _show(self) -> None:
        """Everything that follows from the round as it stands."""
        found, house = self._round, self.current
        if found is not None and not found.entered:
            self._mode = "outcome"
        elif self._mode == "outcome" and (found is None or found.result != "partial"):
            self._mode = "items"
        closed = house is None or house.state == "done"
        self._panels.setCurrentIndex(2 if closed else 0 if self._mode == "items" else 1)
        self._final.setText(closed_words(house is not None))
        if found is not None and house is not None:
            self.items.show_round(found, self.incoming.time(house.building_id), self._language)
            if self._mode != "items":
                self.steps.show_steps(*steps_of(self._mode, found, self._language), found)
        self.items.setEnabled(found is not None and not self._busy)
        self.house.add.setEnabled(found is not None and not self._busy)
        wanted = self.next
        ready = wanted.what != ""
        self.bar.show_next(wanted.text, wanted.key, wanted.why, ready=ready)
        self.bar.allow(on=found is not None and not self._busy)

    def _focus_next(self) -> None:
        """The keyboard stands at what comes next; digits work from there."""
        if self._round is None:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._mode != "items" and self.steps.go_on(self._round):
            self._reveal()
        elif self.bar.next.isEnabled():
            self.bar.next.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif self._round.photos and self.items.clear.isVisible():
            self.items.clear.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.house.add.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _reveal(self) -> None:
        """Scroll to where the keyboard is, once the layout is done."""

        def reveal() -> None:
            focus = QApplication.focusWidget()
            if focus is not None and self._pane.isAncestorOf(focus):
                self._pane.ensureWidgetVisible(focus, 0, 80)

        QTimer.singleShot(0, self, reveal)

    # -- edits ----------------------------------------------------------------------------------------

    def _edit(self, edit: Callable[[Round], object]) -> None:
        """Edit the round; it is stored first if it was not."""
        found = self._round
        if found is None or self._busy:
            return
        if found.begun:
            edit(found)
            self._edited(found)
            return

        def begun(_nothing: object) -> None:
            edit(found)
            self._edited(found)

        self.frame.jobs.start(lambda _job: found.begin(), done=begun, what="begin")

    def _edited(self, found: Round) -> None:
        if found.begun:
            self._keeping.watch(found)
        if self._round is found:
            self._show()
            self._focus_next()

    def clear(self) -> None:
        """七项均未发现异常."""
        if self._round is not None and self._round.photos and self._mode == "items":
            self._edit(lambda found: found.all_clear())

    def undo(self) -> None:
        """The last step back."""
        self._edit(lambda found: found.undo())

    def _answer_item(self, item: str, state: str) -> None:
        self._edit(lambda found: found.answer_item(item, state))

    def digit(self, number: int) -> None:
        """0 the one key, 1–7 an item to 有 and back, 8 and 9 the plaque; in steps the option."""
        found = self._round
        if found is None:
            return
        if self._mode != "items":
            step = self.steps.standing(found)
            if step is not None and step.chips is not None:
                step.chips.press(number)
        elif number == 0:
            self.clear()
        elif number <= len(ITEMS):
            item = ITEMS[number - 1]
            self._answer_item(item, "ok" if found.items[item] == "have" else "have")
        elif found.plaque_asked:
            state = "updated" if number == 8 else "none"
            self._edit(lambda found: found.answer(PLAQUE, state))

    def outcome(self, result: str) -> None:
        """锁门 and its sisters; the same again goes back to the items."""
        if self._round is None:
            return
        wanted = "" if self._round.result == result else result
        self._mode = "outcome" if wanted == "partial" else self._mode
        self._edit(lambda found: found.outcome(wanted))

    def open_other(self) -> None:
        """Choose another result by its digit."""
        if self._round is not None and not self._busy:
            self._mode = "other"
            self._edited(self._round)

    def back_to_items(self) -> None:
        """Out of the steps; a result without entry is taken back."""
        found = self._round
        if found is None:
            return
        self._commit()
        self._mode = "items"
        if found.entered:
            self._edited(found)
        else:
            self._edit(lambda found: found.outcome(""))

    def _answer_step(self, path: str, value: str) -> None:
        found = self._round
        if found is None:
            return
        if path == RESULT:
            self.outcome(value)
            return
        if found.form.session.node(path).type == "date":
            value = typed_date(value, self.frame.laptop.today.day)
        if value != found.value(path):
            self._edit(lambda found: found.answer(path, value))

    def _commit(self) -> None:
        """What is typed in a field counts before anything else happens."""
        focus = QApplication.focusWidget()
        if isinstance(focus, QLineEdit) and self.isAncestorOf(focus):
            focus.editingFinished.emit()

    # -- next -----------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Enter: the next open step, or what has to be filled in before the house is final."""
        self._commit()
        found = self._round
        if found is None or self._busy:
            return
        if self._mode != "items" and self.steps.go_on(found):
            self._reveal()
            return
        if self._mode not in ("items", "outcome"):
            self._mode = "items"
            self._edited(found)
        elif self.next.what in ("defects", "why", "outcome", "form"):
            self.next_step()

    def next_step(self) -> None:
        """The button at the lower right."""
        self._commit()
        wanted, found = self.next, self._round
        if found is None or self._busy:
            return
        if wanted.what == "final":
            self._finalize(found)
        elif wanted.what == "form" and self.kept():  # it reads what is on the disk
            self.frame.go("inspection", (str(found.visit.visit_id), FORM))
        elif wanted.what and wanted.what != "form":
            self._mode = f"why:{wanted.item}" if wanted.what == "why" else wanted.what
            self._edited(found)

    def _finalize(self, found: Round) -> None:
        house, lane, finals = self.current, self._lane, self._finals
        if house is None or lane is None:
            return
        self._busy = True
        self._show()
        self.frame.jobs.start(
            lambda _job: finals.finalize(found, lane),
            done=lambda came: self._finalized(house, came),
            failed=self._not_final,
            what="finalize",
        )

    def _finalized(self, house: LaneHouse, houses: tuple[LaneHouse, ...] | str) -> None:
        self._busy = False
        if isinstance(houses, str):
            self._show()
            self.frame.toast(houses)
            return
        self._rounds.pop(house.building_id, None)
        self.incoming.forget(house.building_id)
        self._houses = houses
        self.frame.changed()
        if not self._active:
            return
        order = [*range(self._at + 1, len(houses)), *range(self._at)]
        left = next((number for number in order if houses[number].state in ("open", "draft")), None)
        words = _("{address} is final").format(address=house.address)
        if left is None:
            words = _("{address} is final. No house of this lane is left.").format(address=house.address)
        self.frame.toast(words)
        self.go_to(self._at if left is None else left)

    def _not_final(self, error: BaseException) -> None:
        self._busy = False
        self._show()
        self.frame.tell(error)

    def _photos_moved(self, building: UUID) -> None:
        """Photographs of a house came, or are on their way."""
        came = self._rounds.get(building)
        if came is not None and came.begun:
            self._keeping.watch(came)
        house, found = self.current, self._round
        if house is None or house.building_id != building:
            return
        self.house.add.show_busy(on=self.incoming.pending(building))
        self.house.show_photos(self.incoming.pictures(building))
        if found is not None:
            self._edited(found)
