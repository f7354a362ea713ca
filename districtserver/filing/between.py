"""What was told of a joined file since it was joined, and of which of the two houses it was told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from districtserver import conflicts, redirects
from districtserver.filing.facts import groups, whole
from districtserver.models import Effect, Entity, EntityVersion, FiledRow, Submission
from fieldapp.domain.conflicts import Values, groups_of
from fieldapp.domain.filings import BUILDINGS


@dataclass(frozen=True, slots=True)
class Option:
    """A group as one has told it of one of the two buildings (``of``). ``who`` is empty for what stood there
    before the files were joined; ``at`` ISO 8601."""

    values: Values
    of: str
    who: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Between:
    """A group that something was told of in between. ``suggested``: the options for the file that stands and
    for the other one, the last that was told of each."""

    group: str
    names: tuple[str, ...]
    options: tuple[Option, ...]
    suggested: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Came:
    """The file that stands, and how it was when the two had just been joined."""

    row: Entity
    version: int
    data: Mapping[str, str]
    at: datetime


def facts_between(
    joined: Came,
    mine: EntityVersion,
    theirs: tuple[str, EntityVersion],
    place: Callable[[Submission, str], str],
) -> tuple[Between, ...]:
    """The groups that are not simply as before. ``mine`` and ``theirs`` (with its id) are the two files
    before they were joined; ``place`` says of which building a submission speaks."""
    row, sides = joined.row, {joined.row.id: dict(mine.data), theirs[0]: dict(theirs[1].data)}
    names_of = groups(mine.data, theirs[1].data, row.data, joined.data)
    before = {building: dict(data) for building, data in sides.items()}
    told: dict[str, list[Option]] = {}
    last: Mapping[str, str] = joined.data
    put_back = set(
        FiledRow.objects.filter(list=BUILDINGS, entity_id=row.id, undoing=True).values_list(
            "after", flat=True
        )
    )
    for version in _versions(row, joined.version):
        if version.submission is not None:
            of_version = version.submission.effects.filter(_of(row), list=BUILDINGS, version=version.version)
            _told(of_version, place, sides, told)
            last = version.data
            continue
        if version.version in put_back:
            _told(_brought(joined), place, sides, told)
        _decided(row.id, version, last, sides, told, names_of)
        last = version.data
    standing = {kept.data["merge_group"] for kept in conflicts.open_of(row)}
    found = []
    for group, names in names_of.items():
        changed = whole(row.data, names) != whole(joined.data, names) or group in standing
        moved = any(whole(sides[one], names) != whole(before[one], names) for one in sides)
        if changed or moved:
            found.append(_between(group, names, before, sides, told.get(group, [])))
    return tuple(found)


def _versions(row: Entity, after: int) -> list[EntityVersion]:
    return list(
        EntityVersion.objects.filter(list=row.list, entity_id=row.id, version__gt=after)
        .select_related("submission__visit", "submission__device")
        .order_by("version")
    )


def _decided(
    building: str,
    version: EntityVersion,
    last: Mapping[str, str],
    sides: Mapping[str, Values],
    told: dict[str, list[Option]],
    names_of: Mapping[str, tuple[str, ...]],
) -> None:
    """A version without a record: what it changed was said of the file that stands."""
    for group, names in names_of.items():
        now = whole(version.data, names)
        if now != whole(last, names) and all(now != whole(side, names) for side in sides.values()):
            sides[building].update(now)
            told.setdefault(group, []).append(Option(now, building, version.who, version.at.isoformat()))


def _of(row: Entity) -> Q:
    """Effects that landed on a row."""
    return Q(entity_id=row.id, landed="") | Q(landed=row.id)


def _brought(joined: Came) -> list[Effect]:
    """What records told of this file or the other while it was itself joined to a third, which was undone."""
    row = joined.row
    found = Effect.objects.filter(
        list=BUILDINGS,
        version__isnull=False,
        submission__visit__filed_under=UUID(row.id),
        submission__received_at__gte=joined.at,
    )
    found = found.exclude(_of(row)).select_related("submission__visit", "submission__device").order_by("id")
    return [one for one in found if redirects.now(BUILDINGS, one.entity_id) == row.id]


def _told(
    effects: Iterable[Effect],
    place: Callable[[Submission, str], str],
    sides: Mapping[str, Values],
    told: dict[str, list[Option]],
) -> None:
    """What records wanted of the row, whether it counted or not."""
    for effect in effects:
        building = place(effect.submission, "")
        sides[building].update(effect.values)
        for group, names in groups_of(BUILDINGS, effect.values).items():
            said = conflicts.side_of(effect.submission, whole(sides[building], names), 0)
            told.setdefault(group, []).append(Option(said.values, building, said.who, said.at))


def _between(
    group: str,
    names: tuple[str, ...],
    before: Mapping[str, Values],
    sides: Mapping[str, Values],
    told: list[Option],
) -> Between:
    options = [Option(whole(data, names), building) for building, data in before.items()]
    options += [one for one in told if one not in options]
    suggested = [
        max(
            place
            for place, one in enumerate(options)
            if one.of == building and one.values == whole(data, names)
        )
        for building, data in sides.items()
    ]
    return Between(group, names, tuple(options), (suggested[0], suggested[1]))
