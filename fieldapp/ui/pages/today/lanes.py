"""What comes next: the lane with its progress and the way into field mode; or which lane to walk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fieldapp.domain.codelists import codelists
from fieldapp.i18n import _, ngettext
from fieldapp.services.today import Lane, LaneCount, LaneHouse
from fieldapp.ui.components import (
    Button,
    Card,
    Combo,
    Option,
    Row,
    RowList,
    SegmentBar,
    Segmented,
    across,
    down,
    label,
)
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.pages.field.bars import kind_word, segments
from fieldapp.ui.themes import sizes

_MOST_ROADS = 5


@dataclass(frozen=True, slots=True)
class LaneView:
    """The lane and its houses as they were read; ``communities`` are the names one can choose from."""

    lane: Lane | None
    houses: tuple[LaneHouse, ...]
    communities: tuple[str, ...]

    @property
    def following(self) -> LaneHouse | None:
        """The house where field mode goes on."""
        return next(
            (house for state in ("draft", "open") for house in self.houses if house.state == state), None
        )

    @property
    def left(self) -> int:
        """How many houses are still to be visited in this round."""
        return sum(house.state in ("open", "draft") for house in self.houses)


class NextCard(Card):
    """Field mode: go on, or choose a lane."""

    def __init__(
        self,
        *,
        on_walk: Callable[[], object],
        on_lane: Callable[[Lane], object],
        on_community: Callable[[str, str], object],
        language: str,
    ) -> None:
        super().__init__(look="next", gap=0, margin=(20, 16, 20, 16))
        self._language = language
        self._on_lane, self._on_community = on_lane, on_community
        self._kind = label("", "S", "text2")
        self._road = label("", "L")
        self._what = label("", "M", "text2")
        self.walk = Button(
            _("Choose a lane"), "primary", icon="field_mode", key="F5", size="main", on_click=on_walk
        )
        self.other = Button(_("Other lane"), "link", on_click=self.choose)
        self._bar = SegmentBar(_("Progress of the lane"), 10)
        self._legend = [
            _Legend("", ""),
            _Legend("finalized", "code_green"),
            _Legend("draft", "code_yellow"),
            _Legend("locked_door", "code_grey"),
        ]
        self.chooser = LaneChooser(self._chosen, on_community, self._stop_choosing, language)
        shown = QWidget()
        texts = down(self._kind, across(self._road, self._what, None, gap=12), gap=2)
        head = across(texts, self.walk)
        head.setStretch(0, 1)
        legend = across(*self._legend, None, self.other, gap=20)
        shown.setLayout(down(head, self._bar, legend, gap=12))
        self._shown = shown
        self.body.addWidget(shown)
        self.body.addWidget(self.chooser)
        self.chooser.hide()
        self._view = LaneView(None, (), ())

    def show_lane(self, view: LaneView) -> None:
        """The lane as it stands."""
        self._view = view
        following = view.following
        if view.lane is None:
            self._kind.setText(_("Field mode"))
            self._road.setText(_("No lane chosen yet"))
            self._what.setText("")
            self.walk.setText(_("Choose a lane"))
        else:
            self._kind.setText(f"{_('Field mode')}·{kind_word(view.lane.kind)}")
            self._road.setText(view.lane.road)
            self._what.setText(
                _("next {number}, {left} houses left").format(number=following.number, left=view.left)
                if following is not None
                else _("every house is done in this round")
            )
            self.walk.setText(
                _("Go on at {number}").format(number=following.number) if following else _("Choose a lane")
            )
        self.walk.updateGeometry()
        self._show_progress(view)

    def _show_progress(self, view: LaneView) -> None:
        houses = view.houses
        counts = {
            state: sum(house.state == state for house in houses)
            for state in ("done", "draft", "again", "gone")
        }
        self._bar.show_segments(*segments(houses))
        words = (
            ngettext("{count} house", "{count} houses", len(houses)).format(count=len(houses)),
            _("{count} final").format(count=counts["done"]),
            ngettext("{count} draft", "{count} drafts", counts["draft"]).format(count=counts["draft"]),
            _("{count} in vain").format(count=counts["again"] + counts["gone"]),
        )
        for legend, text in zip(self._legend, words, strict=True):
            legend.say(text)
            legend.setVisible(view.lane is not None)
        self._bar.setVisible(view.lane is not None)
        self.other.setVisible(view.lane is not None)

    @property
    def walks(self) -> bool:
        """Whether there is a house to go on at; else the button chooses a lane."""
        return self._view.following is not None

    def choose(self) -> None:
        """Choose another lane, in place."""
        lane = self._view.lane
        community = lane.community if lane is not None else next(iter(self._view.communities), "")
        kind = lane.kind if lane is not None else "patrol"
        self.chooser.begin(self._view.communities, community, kind)
        self._shown.hide()
        self.chooser.show()
        if community:
            self._on_community(community, kind)

    def _chosen(self, lane: Lane) -> None:
        self._stop_choosing()
        self._on_lane(lane)

    def _stop_choosing(self) -> None:
        self.chooser.hide()
        self._shown.show()
        self.walk.setFocus(Qt.FocusReason.OtherFocusReason)


class _Legend(QWidget):
    """An icon and a word."""

    def __init__(self, icon_name: str, tone: str) -> None:
        super().__init__()
        self._words = label("", "S", "text2")
        parts = [IconLabel(icon_name, tone, 16)] if icon_name else []
        self.setLayout(across(*parts, self._words, gap=5))

    def say(self, text: str) -> None:
        """Another word."""
        self._words.setText(text)


class LaneChooser(QWidget):
    """A community, then its roads with how far they are."""

    def __init__(
        self,
        on_lane: Callable[[Lane], object],
        on_community: Callable[[str, str], object],
        on_cancel: Callable[[], object],
        language: str,
    ) -> None:
        super().__init__()
        self._on_lane, self._on_community, self._language = on_lane, on_community, language
        self.community = Combo([], _("Community"), _("Choose a community"))
        self.community.chosen.connect(lambda _name: self._changed())
        kinds = [Option("patrol", _("Monthly round")), Option("annual", _("Yearly inspection"))]
        self.kind = Segmented(kinds, _("Kind of round"), digits=False)
        self.kind.chosen.connect(lambda _names: self._changed())
        self.roads = RowList(_("Roads"))
        self.roads.opened.connect(self._opened)
        cancel = Button(_("Cancel"), "quiet", on_click=on_cancel)
        head = across(self.community, self.kind, cancel, gap=12)
        head.setStretch(0, 1)
        self.setLayout(down(label(_("Which lane do you walk?"), bold=True), head, self.roads, gap=8))

    def begin(self, communities: Sequence[str], community: str, kind: str) -> None:
        """Offer these communities."""
        lists = codelists()
        street = {one.name: one.columns["street"] for one in lists["community"].items.values()}
        self.community.offer(
            [
                (
                    name,
                    f"{lists.label('street', street[name], self._language)}·"
                    f"{lists.label('community', name, self._language)}",
                )
                for name in communities
            ]
        )
        self.community.select(community)
        self.kind.select((kind,))
        self.show_roads(())

    def show_roads(self, roads: Sequence[LaneCount]) -> None:
        """The roads of the community."""
        words = _("{done} of {houses} done")
        self.roads.show_rows(
            [Row(one.road, one.road, word=words.format(done=one.done, houses=one.houses)) for one in roads]
        )
        self.roads.setFixedHeight(min(_MOST_ROADS, max(1, len(roads))) * sizes().row_single)
        if roads:
            self.roads.setCurrentIndex(self.roads.rows.index(0))
            self.roads.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _changed(self) -> None:
        kind = self._picked_kind()
        self.kind.select((kind,))
        community = self.community.currentData()
        if community:
            self._on_community(community, kind)

    def _picked_kind(self) -> str:
        return next(iter(self.kind.selected()), "patrol")

    def _opened(self, road: str) -> None:
        self._on_lane(Lane(self.community.currentData(), road, self._picked_kind()))
