"""Undoing: a joined file parts again, a parted one is joined again, each as it was before.

What has not changed since is exactly as before. What came in between is put where a person says; suggested is
where it was told to belong: a visit by the building that it named, a fact by the visit that told it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from districtserver import audit, clock, conflicts, deciding
from districtserver.filing.acts import (
    Act,
    Key,
    absorb,
    arrived,
    both_rows,
    chain,
    check_decided,
    check_reason,
    check_shown,
    referring_rows,
    repointed,
    standing,
    version_of,
)
from districtserver.filing.between import Between, Came, facts_between
from districtserver.filing.facts import (
    Difference,
    chosen_of,
    differences,
    groups,
    label,
    whole,
    written,
)
from districtserver.models import Entity, EntityVersion, FiledRow, Filing, Submission, Visit
from districtserver.writing import writing
from fieldapp.domain.conflicts import Values
from fieldapp.domain.filings import BUILDINGS, referring
from fieldapp.errors import UserError


@dataclass(frozen=True, slots=True)
class Placed:
    """A visit or row that came in between, and the building it is suggested for."""

    what: Visit | Entity
    building: str


@dataclass(frozen=True, slots=True)
class Undoing:
    """What undoing a filing would do. ``differences`` are of a parted file: what both files tell otherwise
    now than when they were parted; the rest is of a joined one: visits, rows and facts that came in between.
    """

    filing: Filing
    building: Entity
    other: Entity
    visits: tuple[Placed, ...] = ()
    rows: tuple[Placed, ...] = ()
    facts: tuple[Between, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def both(self) -> tuple[Entity, Entity]:
        """The two buildings."""
        return self.building, self.other


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person says of an undoing; what is not said is as suggested.

    ``visits`` and ``rows`` name a building; ``facts`` the option of each group for the file that stands and
    for the other; ``differences`` say ``keep``, ``other`` or ``both``, as when files are joined.
    """

    visits: Mapping[UUID, str] = field(default_factory=dict)
    rows: Mapping[Key, str] = field(default_factory=dict)
    facts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    differences: Mapping[str, str] = field(default_factory=dict)


def look(filing_id: UUID, visits: Mapping[UUID, str] | None = None) -> Undoing:
    """What undoing would do; nothing is written. With ``visits`` placed already, facts are suggested by that.

    UserError FILING_006, FILING_007.
    """
    with writing():
        return _look(standing(filing_id), visits or {})


def undo(filing_id: UUID, choices: Choices, who: str, reason: str, shown: int | None = None) -> Filing:
    """Undo a filing, in one transaction; ``shown`` is the version of the standing file that the person had
    before them.

    UserError FILING_002 (a parted file with something to be decided), FILING_003, FILING_004, FILING_005,
    FILING_006, FILING_007, FILING_008, FILING_009 for what is none of those that came in between.
    """
    check_reason(reason)
    with writing():
        filing = standing(filing_id)
        found = _look(filing, choices.visits)
        check_shown(found.building, shown)
        filing.undone_at, filing.undone_by, filing.undone_reason = clock.now(), who, reason.strip()
        filing.leads = ""
        filing.save()
        act = Act(filing, who, undoing=True)
        (_part_again if filing.kind == "join" else _join_again)(act, found, choices)
        audit.append("filing_undone", None, {"filing": str(filing.pk), "kind": filing.kind, "who": who})
        arrived(filing.building, filing.other)
    return filing


def _look(filing: Filing, visits: Mapping[UUID, str]) -> Undoing:
    building, other = both_rows(filing)
    if filing.kind == "part":
        return Undoing(filing, building, other, differences=_changed(filing, building, other))
    came = _visits(filing)
    strange = visits.keys() - {placed.what.pk for placed in came}
    if strange or not set(visits.values()) <= {building.id, other.id}:
        raise UserError("FILING_009", id=", ".join(sorted(map(str, strange or visits.values()))))
    came = tuple(replace(one, building=visits.get(one.what.pk, one.building)) for one in came)
    places = {one.what.pk: one.building for one in came}

    def place(submission: Submission) -> str:
        """The building that a submission's word is of."""
        visit = submission.visit
        return places.get(visit.pk) or _side(filing, str(visit.building_id))

    after = _row_of(filing, building).after
    facts = facts_between(
        Came(building, after, version_of(BUILDINGS, building.id, after).data, filing.at),
        _before(filing, building),
        (other.id, _before(filing, other)),
        place,
    )
    return Undoing(filing, building, other, came, _rows(filing, building, place), facts)


def _side(filing: Filing, told: str) -> str:
    """Which of the two buildings an id speaks of, by where it led before."""
    return filing.other if filing.other in chain(told) or told == filing.other else filing.building


def _visits(filing: Filing) -> tuple[Placed, ...]:
    """Visits that came after the files were joined."""
    moved = filing.visits.filter(undoing=False).values("visit")
    came = Visit.objects.filter(filed_under=UUID(filing.building)).exclude(pk__in=moved)
    came = came.exclude(submissions__received_at__lt=filing.at).order_by("started_at", "pk").distinct()
    return tuple(Placed(one, _side(filing, str(one.building_id))) for one in came)


def _rows(filing: Filing, building: Entity, place: Callable[[Submission], str]) -> tuple[Placed, ...]:
    """Rows that were made after the files were joined."""
    known = {(one.list, one.entity_id) for one in filing.rows.filter(undoing=False)}
    found = []
    for row, _name in referring_rows(building.id):
        if (row.list, row.id) in known:
            continue
        first = (
            EntityVersion.objects.filter(list=row.list, entity_id=row.id)
            .select_related("submission__visit")
            .earliest("version")
        )
        if first.pk <= filing.mark:
            continue
        of = filing.building if first.submission is None else place(first.submission)
        found.append(Placed(row, of))
    return tuple(found)


def _row_of(filing: Filing, row: Entity) -> FiledRow:
    return filing.rows.get(list=row.list, entity_id=row.id, undoing=False)


def _before(filing: Filing, row: Entity) -> EntityVersion:
    return version_of(row.list, row.id, _row_of(filing, row).before)


# -- a joined file parts again ------------------------------------------------------------------------------


def _part_again(act: Act, found: Undoing, choices: Choices) -> None:
    filing, building, other = found.filing, found.building, found.other
    mine, theirs = _before(filing, building), _before(filing, other)
    values: tuple[Values, Values] = {}, {}
    picked = choices.facts
    if picked.keys() - {one.group for one in found.facts}:
        raise UserError("FILING_008", wanted=", ".join(sorted(picked)))
    for one in found.facts:
        pick = picked.get(one.group, one.suggested)
        if not all(0 <= place < len(one.options) for place in pick):
            raise UserError("FILING_008", wanted=one.group)
        for side, place in zip(values, pick, strict=True):
            side.update(one.options[place].values)
    open_now = conflicts.open_of(building)
    act.write(building, written(mine.data, values[0]), label(values[0], mine.label))
    act.write(other, written(theirs.data, values[1]), label(values[1], theirs.label))
    for kept in open_now:
        deciding.close(building, kept, act.who, filing.undone_reason)
    _rows_back(act, found, choices.rows)
    moved = {one.visit_id for one in filing.visits.filter(undoing=False)}
    act.put(Visit.objects.filter(pk__in=moved, filed_under=UUID(building.id)), other.id)
    going = [one.what for one in found.visits if one.building == other.id and isinstance(one.what, Visit)]
    act.put(going, other.id)
    act.tell(other, {str(one.what.pk): one.building for one in found.visits})


def _rows_back(act: Act, found: Undoing, chosen: Mapping[Key, str]) -> None:
    """Rows that were the other's are its again, with what was told of them since; those made since go where a
    person says."""
    filing, building, other = found.filing, found.building, found.other
    came = {(one.what.list, one.what.id): one for one in found.rows if isinstance(one.what, Entity)}
    strange = chosen.keys() - came.keys()
    if strange or not set(chosen.values()) <= {building.id, other.id}:
        raise UserError("FILING_009", id=", ".join(identity for _list, identity in sorted(strange)))
    for key, one in came.items():
        if chosen.get(key, one.building) == other.id:
            assert isinstance(one.what, Entity)
            _repoint(act, one.what, building, other)
    _restore(act, filing)


def _repoint(act: Act, row: Entity, building: Entity, other: Entity) -> None:
    for name in referring(row.list):
        if building.id not in row.data.get(name, "").split():
            continue
        data = repointed(row.data, name, building.id, other.id)
        if data.get("street") == building.street and other.street:
            data["street"] = other.street
        act.write(row, data)


def _restore(act: Act, filing: Filing) -> None:
    """Rows that the filing wrote, other than the two buildings, name what they named before."""
    for filed in filing.rows.filter(undoing=False).exclude(list=BUILDINGS).order_by("id"):
        row = Entity.objects.select_for_update().get(list=filed.list, id=filed.entity_id)
        before = version_of(filed.list, filed.entity_id, filed.before)
        after = version_of(filed.list, filed.entity_id, filed.after)
        if row.deleted:
            continue
        if row.version == filed.after:
            act.write(row, before.data, before.label)
            continue
        data = dict(row.data)
        for name in before.data.keys() | after.data.keys():
            was, became = before.data.get(name, ""), after.data.get(name, "")
            if was == became:
                continue
            if data.get(name, "") == became:
                data[name] = was
            elif name != "street":
                data[name] = _named_before(data.get(name, ""), was, became)
        if data != row.data:
            act.write(row, data)


def _named_before(now: str, was: str, became: str) -> str:
    """References that changed since: who was added stays, of the two files those that were named before."""
    both = set(was.split()) ^ set(became.split())
    kept = [one for one in now.split() if one not in both]
    return " ".join(dict.fromkeys([*kept, *(one for one in was.split() if one in both)]))


# -- a parted file is joined again --------------------------------------------------------------------------


def _changed(filing: Filing, building: Entity, other: Entity) -> tuple[Difference, ...]:
    """Groups that both files tell differently, and otherwise than when they were parted."""
    found = {one.group: one for one in differences(building.data, other.data)}
    return tuple(
        replace(one, open=True)
        for one in found.values()
        if all(
            whole(row.data, one.names) != whole(_after(filing, row).data, one.names)
            for row in (building, other)
        )
    )


def _after(filing: Filing, row: Entity) -> EntityVersion:
    return version_of(row.list, row.id, _row_of(filing, row).after)


def _join_again(act: Act, found: Undoing, choices: Choices) -> None:
    filing, building, other = found.filing, found.building, found.other
    check_decided(building, other)
    before = _before(filing, building)
    values = chosen_of(found.differences, choices.differences)
    for names in groups(building.data, other.data).values():
        for row in (other, building):
            now = whole(row.data, names)
            if now != whole(_after(filing, row).data, names) and not values.keys() & set(names):
                values |= now
    act.write(building, written(before.data, values), label(values, before.label))
    _restore(act, filing)
    absorb(act, building, other)
    act.tell(other, {})
