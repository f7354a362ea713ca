"""The bars of field mode: lane and progress at the top, what can be done with this house at the bottom."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QLabel

from fieldapp.i18n import _
from fieldapp.services.today import Lane, LaneHouse
from fieldapp.ui.components import Button, Segment, SegmentBar, across, down, label
from fieldapp.ui.components.layout import FixedBar
from fieldapp.ui.themes import colours


def kind_word(kind: str) -> str:
    """The kind of a round in words."""
    return _("yearly inspection") if kind == "annual" else _("monthly round")


def segments(houses: Sequence[LaneHouse]) -> tuple[tuple[Segment, ...], str]:
    """How far a lane is, as parts of a bar and in words."""
    total = max(1, len(houses))
    counts = {
        state: sum(house.state == state for house in houses) for state in ("done", "draft", "again", "gone")
    }
    vain = counts["again"] + counts["gone"]
    parts = (
        Segment("code_green", counts["done"] / total),
        Segment("code_yellow", counts["draft"] / total),
        Segment("code_grey", vain / total),
    )
    words = _("{total} houses, {done} final, {drafts} drafts, {vain} in vain").format(
        total=len(houses), done=counts["done"], drafts=counts["draft"], vain=vain
    )
    return parts, words


class FieldHead(FixedBar):
    """Leave, lane and progress, unsent, sunlight, emergency card."""

    def __init__(
        self,
        *,
        on_leave: Callable[[], object],
        on_sunlight: Callable[[], object],
        on_emergency: Callable[[], object],
        on_unsent: Callable[[], object],
    ) -> None:
        leave = Button(_("Leave"), icon="close", key="Esc", on_click=on_leave)
        self._title = label("", bold=True)
        self._place = label("", "S", "text2")
        self._bar = SegmentBar(_("Progress of the lane"), 12)
        self._bar.setFixedWidth(180)
        self._sample = QLabel(_("Sample"))
        self._sample.setObjectName("sample")
        self._sample.setFixedHeight(22)
        self._unsent = Button("", "plain", icon="unsent", on_click=on_unsent)
        self._sunlight = Button("", icon="sunlight", on_click=on_sunlight)
        emergency = Button(_("Emergency card"), "danger", icon="emergency", key="F9", on_click=on_emergency)
        texts = down(self._title, self._place, gap=0)
        row = across(
            leave, texts, self._bar, None, self._sample, self._unsent, self._sunlight, emergency,
            gap=16, margin=(20, 7, 20, 7),
        )  # fmt: skip
        super().__init__("topbar", row, 64, 64)
        self.show_theme()

    def show_lane(self, lane: Lane, houses: Sequence[LaneHouse], at: int, *, sample: bool) -> None:
        """Which lane, which house of how many."""
        self._title.setText(f"{lane.road}·{kind_word(lane.kind)}")
        place = _("House {number} of {total}").format(number=at + 1, total=len(houses))
        self._place.setText(place if houses else _("No houses"))
        self._bar.show_segments(*segments(houses))
        self._sample.setVisible(sample)

    def show_unsent(self, count: int) -> None:
        """How many records wait."""
        self._unsent.setText(_("{count} unsent").format(count=count) if count else _("Nothing unsent"))
        self._unsent.updateGeometry()

    def show_theme(self) -> None:
        """Whether sunlight is on."""
        on = colours().name == "sunlight"
        self._sunlight.setText(_("Sunlight on") if on else _("Sunlight"))
        self._sunlight.filled = on
        self._sunlight.updateGeometry()


class FieldBar(FixedBar):
    """锁门, 拒绝入户, 其他结果 at the left; why not and the one next step at the right."""

    def __init__(
        self,
        *,
        on_result: Callable[[str], object],
        on_other: Callable[[], object],
        on_next: Callable[[], object],
    ) -> None:
        self.locked = Button(
            _("Locked"), icon="lock", key="F6", size="main", on_click=lambda: on_result("locked")
        )
        self.refused = Button(
            _("Refused"), icon="refused_entry", key="F7", size="main", on_click=lambda: on_result("refused")
        )
        self.other = Button(_("Other result"), key="Ctrl O", size="main", on_click=on_other)
        self._why = label("", "S", "text2")
        self.next = Button("", "primary", key="Ctrl Enter", size="main", on_click=on_next)
        self.next.setMinimumWidth(226)
        row = across(
            self.locked, self.refused, self.other, None, self._why, self.next, gap=12, margin=(24, 12, 24, 12)
        )
        super().__init__("actionbar", row, 84, 84)

    def show_next(self, text: str, key: str, why: str, *, ready: bool) -> None:
        """The next step: its words and key, and why it cannot be taken (also beside it)."""
        self.next.setText(text)
        self.next.key = key
        self.next.refuse("" if ready else why)
        self._why.setText(why)
        self.next.updateGeometry()
        self.next.update()

    def allow(self, *, on: bool, why: str = "") -> None:
        """Whether a result can be said."""
        for button in (self.locked, self.refused, self.other):
            button.refuse("" if on else why)
