"""The ledger (台账) as lists show it: which rows, in lane order, narrowed by filters and by what was typed.

A list holds the numbers of its rows, eight bytes each; rows are read by number, a window at a time. So a list
of any length scrolls at one speed. ``numbers``, ``matching`` and ``newest`` are for jobs, the rest reads by
an index.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from fieldapp.domain.codelists import codelists
from fieldapp.domain.register import Property, schema
from fieldapp.domain.ruleset import RANK
from fieldapp.services.buildings import LIST, streets_with_houses
from fieldapp.services.wording import labels_of
from fieldapp.settings import ZONE
from fieldapp.store import Store
from fieldapp.store.model import ShownRow
from fieldapp.store.register import Place, Term
from fieldapp.store.search import initials, spans

#: Days of the register that something is due on.
DUE = ("hazard_deadline", "next_visit", "annual_due", "patrol_due")
#: Levels that leave something to be done.
OPEN_LEVELS = ("major", "general")
#: Below every day there is, so that an empty one is no day, and above.
_ANY_DAY, _NO_DAY = "0", "a"
#: Rows of the first screen come at once, the others in slices.
_FIRST, _SLICE = 200, 4_000
#: Where less than one of so many rows is wanted, its place is looked up; else all rows are gone through.
_MANY = 8
_FILTERS, _COLUMNS = "ledger.filters", "ledger.columns"

#: What a day is narrowed to: before today, from today to the end of the month, later, none told.
SPANS = ("past", "month", "later", "none")

#: Where the newest work of this laptop on a house stands; the transfer's word once it is final.
Standing = Literal["draft", "queued", "refused", "sent", "returned"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed by; all that is set holds together.

    ``chosen``: by property the names of its code list of which a house has one (one of ``code_filters``), or
    one of ``SPANS`` (one of ``day_filters``); ``due`` is this month or overdue, ``unseen`` never inspected.
    """

    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    due: bool = False
    unseen: bool = False

    def __post_init__(self) -> None:
        """A property of which nothing is chosen narrows nothing, and is as if it were not there."""
        object.__setattr__(self, "chosen", {name: told for name, told in self.chosen.items() if told})

    def __bool__(self) -> bool:
        return self != Filters()

    def of(self, name: str) -> tuple[str, ...]:
        """What is chosen of a property."""
        return self.chosen.get(name, ())

    def choosing(self, name: str, codes: Iterable[str]) -> Filters:
        """The same with these chosen of a property."""
        return replace(self, chosen={**self.chosen, name: tuple(codes)})

    def terms(self, today: date) -> list[Term]:
        """As the register wants it."""
        days = {one.name for one in day_filters()}
        found = [
            _span(name, told[0], today) if name in days else Term((name,), told)
            for name, told in self.chosen.items()
        ]
        if self.due:
            found.append(Term(DUE, low=_ANY_DAY, high=_next_month(today).isoformat()))
        if self.unseen:
            found.append(Term(("last_inspected",), ("",)))
        return found


def code_filters() -> tuple[Property, ...]:
    """The properties with a code list that the register declares lists of houses to be narrowed by."""
    return tuple(one for one in _filters() if one.codes)


def day_filters() -> tuple[Property, ...]:
    """The days that the register declares lists of houses to be narrowed by."""
    return tuple(one for one in _filters() if one.type in {"date", "datetime"})


def _filters() -> tuple[Property, ...]:
    declared = schema(LIST)
    return tuple(declared.properties[name] for name in declared.filtered())


def _span(name: str, span: str, today: date) -> Term:
    now, next_month = today.isoformat(), _next_month(today).isoformat()
    if span == "none":
        return Term((name,), ("",))
    low, high = {"past": (_ANY_DAY, now), "month": (now, next_month), "later": (next_month, _NO_DAY)}[span]
    return Term((name,), low=low, high=high)


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest work of this laptop on a house: on which day, and how far it has come."""

    day: date
    standing: Standing


@dataclass(frozen=True, slots=True)
class OpenHazard:
    """A house with a hazard that is not closed; ``deadline`` None if none was set, ``days`` to it (negative:
    overdue). ``own``: its level is this laptop's word, which the server has not confirmed."""

    row: ShownRow
    level: str
    deadline: date | None
    days: int | None
    own: bool


class Ledger:
    """Reads lists of houses."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        #: The numbers that were last looked among, and by number where it stands there.
        self._order: tuple[array[int], array[int]] = (array("q"), array("q"))

    @property
    def today(self) -> date:
        """Today, in the district's time."""
        return self._clock().astimezone(ZONE).date()

    # -- filters --------------------------------------------------------------------------------------

    def filters(self) -> Filters:
        """The filters as they were last kept; a code that is not there any more is dropped."""
        kept = self._store.settings.get(_FILTERS, {})
        lists = codelists()
        chosen = {
            one.name: tuple(code for code in kept.get(one.name, ()) if code in lists[one.codes].items)
            for one in code_filters()
        }
        chosen |= {
            one.name: tuple(span for span in kept.get(one.name, ()) if span in SPANS)[:1]
            for one in day_filters()
        }
        return Filters(chosen, due=bool(kept.get("due")), unseen=bool(kept.get("unseen")))

    def keep(self, filters: Filters) -> None:
        """Remember them; waits for the disk."""
        self._store.settings.set(_FILTERS, {**filters.chosen, "due": filters.due, "unseen": filters.unseen})

    def columns(self) -> tuple[str, ...]:
        """The properties that lists show, in order: as they were last kept, else as the register says. The
        one that names the house comes first."""
        declared = schema(LIST)
        shown = {one.name for one in declared.shown()}
        kept = [name for name in self._store.settings.get(_COLUMNS, ()) if name in shown]
        return tuple(dict.fromkeys([declared.label, *(kept or declared.columns)]))

    def keep_columns(self, names: Iterable[str]) -> None:
        """Remember them, none for those of the register; waits for the disk."""
        self._store.settings.set(_COLUMNS, list(names))

    def labels(self, row: ShownRow, name: str) -> Mapping[str, str]:
        """What the rows are called that a property of a house names, by id."""
        return labels_of(self._store, (schema(LIST).properties[name],), (row.values,))

    def streets(self) -> tuple[str, ...]:
        """Names of the streets that have houses here, in the order of the list."""
        return streets_with_houses(self._store)

    def communities(self, streets: Iterable[str] = ()) -> tuple[str, ...]:
        """Names of the communities that have houses here, of these streets if given."""
        wanted = set(streets)
        return tuple(
            item.name
            for item in codelists()["community"].items.values()
            if (not wanted or item.columns["street"] in wanted)
            and self._store.register.holds(LIST, "community", item.name)
        )

    # -- which rows -----------------------------------------------------------------------------------

    def numbers(
        self, filters: Filters, grown: Callable[[array[int]], object] = lambda _so_far: None
    ) -> array[int]:
        """The numbers of the rows that meet ``filters``, in lane order. ``grown`` gets those found so far, a
        screenful first; it may raise to stop. If a pull puts another register in place meanwhile, it is read
        from the beginning: no list is of both."""
        terms, found = filters.terms(self.today), array("q")
        after: Place | None = None
        register, generation = self._store.register, self._store.register.generation()
        while True:
            limit = _SLICE if found else _FIRST
            places = register.places(LIST, terms, after, limit)
            if register.generation() != generation:
                found, after, generation = array("q"), None, register.generation()
                continue
            found.extend(number for _text, number in places)
            grown(found)
            if len(places) < limit:
                return found
            after = places[-1]

    def among(self, numbers: array[int], wanted: frozenset[int]) -> array[int]:
        """Those of ``numbers`` that are wanted, in their order. For jobs."""
        if len(wanted) * _MANY > len(numbers):
            return array("q", filter(wanted.__contains__, numbers))
        order, place = self._order
        if order is not numbers:
            place = array("q", [-1]) * (max(numbers, default=-1) + 1)
            for at, number in enumerate(numbers):
                place[number] = at
            self._order = numbers, place
        there = [place[number] for number in wanted if number < len(place) and place[number] >= 0]
        return array("q", [numbers[at] for at in sorted(there)])

    def matching(self, text: str) -> frozenset[int] | None:
        """The numbers of the rows with ``text`` (two characters, pinyin initials, a code), None for all."""
        wanted = text.strip()
        if not wanted:
            return None
        initials("")  # loads the tables of pinyin here, where nobody waits
        by_code = self._store.register.numbers(LIST, "building_code", wanted)
        found = self._store.register.matching(wanted)
        return found | by_code if by_code else found

    def hits(self, text: str, typed: str) -> tuple[tuple[int, int], ...]:
        """Where in ``text`` stands what was typed: begin and length of each place."""
        return spans(text, typed)

    def rows(self, numbers: Iterable[int]) -> Mapping[int, ShownRow]:
        """The rows with these numbers, by number."""
        return self._store.register.at(numbers)

    def newest(self) -> Mapping[str, Newest]:
        """By the id of the house: the newest work of this laptop, a draft before what is final."""
        codes = {one.instance_id: one.code for one in self._store.outbox.pending()}
        found: dict[str, Newest] = {}
        for record in reversed(self._store.submissions.states()):
            standing: Standing = "sent" if record.transfer == "sent" else "queued"
            if record.review == "returned":
                standing = "returned"
            elif codes.get(record.instance_id):
                standing = "refused"
            found[str(record.building_id)] = Newest(self._day(record.finalized_at), standing)
        for draft in reversed(self._store.drafts.list()):
            visit = self._store.visits.get(draft.visit_id)
            house = self._store.redirects.file_of(visit.visit_id, visit.building_id)
            found[str(house)] = Newest(self._day(draft.saved_at), "draft")
        return found

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(ZONE).date()

    # -- hazards --------------------------------------------------------------------------------------

    def hazards(self) -> tuple[OpenHazard, ...]:
        """Houses with an open hazard: what is overdue first, then 重大 before 一般, then by deadline.

        A house that was pulled down is among them until the server has closed its hazard.
        """
        numbers = self.numbers(Filters({"hazard_level": OPEN_LEVELS}))
        found = [
            self._hazard(row)
            for begin in range(0, len(numbers), _SLICE)
            for row in self.rows(numbers[begin : begin + _SLICE]).values()
        ]
        return tuple(sorted(found, key=_urgency))

    def _hazard(self, row: ShownRow) -> OpenHazard:
        level, said = row.values["hazard_level"], row.values.get("hazard_deadline", "")
        deadline = date.fromisoformat(said[:10]) if said else None
        days = None if deadline is None else (deadline - self.today).days
        return OpenHazard(row, level, deadline, days, own=row.unconfirmed > 0)

    def hazard_counts(self) -> tuple[int, int]:
        """How many houses have an open hazard, and how many of them a major one; an indexed read."""
        register = self._store.register
        major, general = (register.counted(LIST, "hazard_level", level) for level in OPEN_LEVELS)
        return major + general, major


def _next_month(today: date) -> date:
    return date(today.year + today.month // 12, today.month % 12 + 1, 1)


def _urgency(one: OpenHazard) -> tuple[bool, int, int, str]:
    overdue = one.days is not None and one.days < 0
    days = one.days if one.days is not None else 1_000_000
    return (not overdue, -RANK[one.level], days, one.row.values.get("address_order", one.row.label))
