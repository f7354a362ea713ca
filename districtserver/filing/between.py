"""What was told of a joined file since it was joined, and of which of the two houses it was told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from districtserver import conflicts
from districtserver.filing.facts import groups, whole
from districtserver.models import Effect, Entity, EntityVersion, Submission
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


def facts_between(
    joined: Came,
    mine: EntityVersion,
    theirs: tuple[str, EntityVersion],
    place: Callable[[Submission, str], str],
) -> tuple[Between, ...]:
    """The groups that are not simply as before. ``mine`` and ``theirs`` (with its id) are the two files before
    they were joined; ``place`` says of which building a submission speaks."""
    row, sides = joined.row, {joined.row.id: dict(mine.data), theirs[0]: dict(theirs[1].data)}
    names_of = groups(mine.data, theirs[1].data, row.data, joined.data)
    before = {building: dict(data) for building, data in sides.items()}
    told: dict[str, list[Option]] = {}
    last: Mapping[str, str] = joined.data
    for version in _versions(row, joined.version):
        if version.submission is None:
            _decided(row.id, version, last, sides, told, names_of)
        else:
            _told(row, version, place(version.submission, ""), sides, told)
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
        if now != whole(last, names):
            sides[building].update(now)
            told.setdefault(group, []).append(Option(now, building, version.who, version.at.isoformat()))


def _told(
    row: Entity,
    version: EntityVersion,
    building: str,
    sides: Mapping[str, Values],
    told: dict[str, list[Option]],
) -> None:
    """What a record wanted of the row, whether it counted or not."""
    submission = version.submission
    assert submission is not None
    spoken = Q(entity_id=row.id, landed="") | Q(landed=row.id)
    for effect in Effect.objects.filter(
        spoken, list=BUILDINGS, submission=submission, version=version.version
    ):
        for group, names in groups_of(BUILDINGS, effect.values).items():
            sides[building].update(effect.values)
            said = conflicts.side_of(submission, whole(sides[building], names), version.version)
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
