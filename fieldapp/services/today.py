"""The day of an inspector: the lane and its houses in order, what is due, what waits for somebody.

Lists are read by indexes, but they are lists: off the GUI thread with them.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from fieldapp.domain.codelists import codelists
from fieldapp.domain.conflicts import CONFLICTS
from fieldapp.domain.patrol import FORM
from fieldapp.domain.register import normal_address
from fieldapp.domain.ruleset import RANK
from fieldapp.domain.visit import TeamMember
from fieldapp.services.buildings import LIST
from fieldapp.services.carried import open_of
from fieldapp.services.team import todays_team
from fieldapp.settings import ZONE
from fieldapp.store import Store
from fieldapp.store.model import ShownRow
from fieldapp.store.sync_runs import LAST_SYNC

if TYPE_CHECKING:  # the engine of forms is loaded when there is a draft to be read
    from fieldapp.services.filling import Filling, OpenForm

State = Literal["open", "draft", "done", "again", "gone"]
_LANE = "lane"
_GONE = frozenset({"demolished", "merged"})
#: Results after which nobody comes again in this round.
_NOT_THERE = frozenset({"demolished", "notfound"})
_VAIN = frozenset({"locked", "refused", "partial"})


@dataclass(frozen=True, slots=True)
class Lane:
    """A road of a community, walked for one kind of round (``patrol`` monthly, ``annual`` yearly)."""

    community: str
    road: str
    kind: str = "patrol"


@dataclass(frozen=True, slots=True)
class LaneCount:
    """A road to choose: how many houses, how many of them done in this round."""

    road: str
    houses: int
    done: int


@dataclass(frozen=True, slots=True)
class LaneHouse:
    """One house of a lane. ``number`` is what stands at the door (``12号``), ``state`` where it is in this
    round (``again``: nobody opened, come back; ``gone``: there is no such house), ``result`` a name of
    ``visit_result`` for the last two, ``level`` what the register says."""

    building_id: UUID
    number: str
    address: str
    state: State
    result: str
    level: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be done at a house by ``on`` (None: as soon as possible).

    ``kind``: ``rectify`` (整改复查), ``again`` (再次上门), ``annual``, ``patrol``, ``survey``
    (待核, F02 must judge), ``task``; ``cause`` is a value of the register that the kind names.
    """

    building_id: UUID
    address: str
    values: Mapping[str, str]
    kind: str
    cause: str
    on: date | None


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A visit that is not final: where, which form, how much is open, how grave, when somebody was phoned."""

    visit_id: UUID
    form_id: str
    building_id: UUID | None
    address: str
    level: str
    phoned_at: str
    left: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for the inspector: returned and unsigned records (address, time), drafts, what is unsent;
    ``disputed`` names the rows of the register that two told differently."""

    returned: tuple[tuple[str, datetime], ...]
    unsigned: tuple[tuple[str, datetime], ...]
    drafts: tuple[OpenDraft, ...]
    unsent: int
    unsent_files: int
    unsent_bytes: int
    disputed: tuple[str, ...] = ()


class Today:
    """Reads the day from the store."""

    def __init__(self, store: Store, clock: Callable[[], datetime], filling: Callable[[], Filling]) -> None:
        self._store = store
        self._clock = clock
        self._filling = filling

    @property
    def day(self) -> date:
        """Today, in the district's time."""
        return self._clock().astimezone(ZONE).date()

    @property
    def team(self) -> tuple[TeamMember, ...]:
        """Who walks today."""
        return todays_team(self._store)

    # -- lanes ----------------------------------------------------------------------------------------

    @property
    def lane(self) -> Lane | None:
        """The lane that is walked, as it was last set."""
        kept = self._store.settings.get(_LANE)
        return Lane(**kept) if kept else None

    def set_lane(self, lane: Lane) -> None:
        """Walk another lane."""
        kept = {"community": lane.community, "road": lane.road, "kind": lane.kind}
        self._store.settings.set(_LANE, kept)

    def communities(self) -> tuple[str, ...]:
        """Names of the communities that have houses on this laptop, in the order of the list."""
        register = self._store.register
        return tuple(
            name for name in codelists()["community"].items if register.holds(LIST, "community", name)
        )

    def lanes(self, community: str, kind: str = "patrol") -> tuple[LaneCount, ...]:
        """The roads of a community, in order."""
        roads: dict[str, list[bool]] = {}
        since = self._since(kind)
        for row in self._rows(community):
            roads.setdefault(road_of(row["address_detail"]), []).append(_done(row, kind, since))
        return tuple(LaneCount(road, len(done), sum(done)) for road, done in sorted(roads.items()))

    def houses(self, lane: Lane) -> tuple[LaneHouse, ...]:
        """The houses of a lane in lane order, with where each is in this round."""
        since = self._since(lane.kind)
        started = {
            visit.building_id
            for visit in self._store.visits.list("open")
            if self._store.drafts.get(visit.visit_id, FORM) is not None
        }
        rows = [row for row in self._rows(lane.community) if road_of(row["address_detail"]) == lane.road]
        rows.sort(key=lambda row: (row.get("address_order", ""), row["name"]))
        return tuple(_house(row, lane, since, started) for row in rows)

    def _rows(self, community: str) -> list[Mapping[str, str]]:
        found = self._store.register.lookup(LIST, "community", community)
        return [row for row in found if row.get("address_detail") and row.get("life_state", "") not in _GONE]

    def _since(self, kind: str) -> str:
        """The first day of this round: of the month, of the year for the yearly one."""
        first = self.day.replace(day=1)
        return (first.replace(month=1) if kind == "annual" else first).isoformat()

    # -- what is due ----------------------------------------------------------------------------------

    def due(self, days: int) -> tuple[Due, ...]:
        """What is due within ``days`` from today, and overdue; the earliest first, what has no day last.

        Monthly rounds come as one house each: the page counts them, for they are walked by lanes.
        """
        until = (self.day + timedelta(days=days + 1)).isoformat()
        dated = [
            *self._dated("rectify", "hazard_deadline", until, lambda row: row.get("hazard_level", "")),
            *self._dated("again", "next_visit", until, lambda row: row.get("last_result", "")),
            *self._dated("annual", "annual_due", until, lambda row: row.get("last_annual", "")),
            *self._dated("patrol", "patrol_due", until, lambda row: row.get("last_patrol", "")),
        ]
        pending = self._store.register.lookup(LIST, "hazard_level", "pending")
        undated = [_due("survey", row, row.get("patrol_found", ""), None) for row in pending]
        return tuple(sorted([*dated, *undated], key=lambda one: (one.on or date.max, one.address)))

    def tasks(self) -> tuple[Due, ...]:
        """Houses with open tasks of the plan, in order of address."""
        found = self._store.register.between(LIST, "open_tasks", "t", "u")
        rows = (_due("task", row.columns(), row.values["open_tasks"], None) for row in found)
        return tuple(sorted(rows, key=lambda one: one.values.get("address_order", one.address)))

    def _dated(
        self, kind: str, column: str, until: str, cause: Callable[[Mapping[str, str]], str]
    ) -> Iterable[Due]:
        for row in self._store.register.between(LIST, column, "0", until):
            if row.values.get("life_state", "") not in _GONE:
                yield _due(
                    kind, row.columns(), cause(row.values), date.fromisoformat(row.values[column][:10])
                )

    # -- what waits -----------------------------------------------------------------------------------

    def waiting(self) -> Waiting:
        """Returned, unsigned, drafts, unsent."""
        states, register = self._store.submissions.states(), self._store.register
        pending = self._store.outbox.pending()
        files = [file for one in pending for file in one.attachments]
        return Waiting(
            returned=tuple(
                (self._address(one.building_id), one.finalized_at)
                for one in states
                if one.review == "returned"
            ),
            unsigned=tuple(
                (self._address(one.building_id), one.finalized_at) for one in states if one.paper != "signed"
            ),
            drafts=self.drafts(),
            unsent=len(pending),
            unsent_files=len(files),
            unsent_bytes=sum(file.size for file in files),
            disputed=tuple({row.values["of_row"]: row.label for row in register.all(CONFLICTS)}.values()),
        )

    def last_sync(self) -> datetime | None:
        """When the last run reached the server."""
        kept = self._store.settings.get(LAST_SYNC)
        return datetime.fromisoformat(kept) if kept else None

    def free_bytes(self) -> int:
        """Free space on the drive of the store."""
        return shutil.disk_usage(self._store.folder).free

    def drafts(self) -> tuple[OpenDraft, ...]:
        """Visits that are not final: 重大 first, then the last saved."""
        found = []
        for draft in self._store.drafts.list():
            building = self._store.visits.get(draft.visit_id).building_id
            form = self._filling().open_draft(draft)
            level = _said(form, "hazard_level") or _said(form, "hazard_suggested")
            found.append(
                OpenDraft(
                    draft.visit_id,
                    draft.form_id,
                    building,
                    self._address(building),
                    level,
                    _said(form, "phoned_at"),
                    len(open_of(form.session)),
                    draft.saved_at,
                )
            )
        return tuple(sorted(found, key=lambda one: RANK.get(one.level, 0) < RANK["major"]))

    def _address(self, building_id: UUID | None) -> str:
        row = None if building_id is None else self._store.register.get(LIST, str(building_id))
        return "" if row is None else _shown_address(row)


def road_of(address: str) -> str:
    """The road of an address: what stands before its first number (``亭店路12号`` → ``亭店路``)."""
    return re.split(r"[0-9]", normal_address(address), maxsplit=1)[0] or address


def _shown_address(row: ShownRow) -> str:
    return row.values.get("address_detail", row.label)


def _done(row: Mapping[str, str], kind: str, since: str) -> bool:
    return row.get("last_annual" if kind == "annual" else "last_patrol", "") >= since


def _house(row: Mapping[str, str], lane: Lane, since: str, started: set[UUID | None]) -> LaneHouse:
    identity = UUID(row["name"])
    address, result = row["address_detail"], row.get("last_result", "")
    this_round = row.get("last_visit", "") >= since
    state: State = "open"
    if identity in started:
        state = "draft"
    elif _done(row, lane.kind, since):
        state = "done"
    elif this_round and result in _NOT_THERE:
        state = "gone"
    elif this_round and result in _VAIN:
        state = "again"
    number = address.removeprefix(lane.road) if address.startswith(lane.road) else address
    return LaneHouse(
        identity,
        number or address,
        address,
        state,
        result if state in ("again", "gone") else "",
        row.get("hazard_level", ""),
        row,
    )


def _due(kind: str, row: Mapping[str, str], cause: str, on: date | None) -> Due:
    return Due(UUID(row["name"]), row.get("address_detail", row["label"]), row, kind, cause, on)


def _said(form: OpenForm, name: str) -> str:
    """The answer to the one question outside repeats that has this name, empty if the form has none."""
    for node in form.session.definition.nodes.values():
        if node.name == name and node.kind == "leaf" and not node.repeats():
            return form.session.value(node.path)
    return ""
