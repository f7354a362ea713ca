"""What was told of a joined file since it was joined, and of which of the two houses it was told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
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
    place: Callable[[Submission], str],
) -> tuple[Between, ...]:
    """The groups that are not simply as before. ``mine`` and ``theirs`` (with its id) are the two files
    before they were joined; ``place`` says of which building a submission speaks."""
    row, other = joined.row, theirs[0]
    words = _Words(row.id, {row.id: dict(mine.data), other: dict(theirs[1].data)}, place)
    words.names_of.update(groups(mine.data, theirs[1].data, row.data, joined.data))
    before = {building: dict(data) for building, data in words.sides.items()}
    begun, undone = _acts(row, joined.version)
    last: Mapping[str, str] = joined.data
    inside: UUID | None = None
    for version in _versions(row, joined.version):
        if inside is None and version.version in begun:
            inside = begun[version.version]
        elif inside is not None and undone.get(version.version) == inside:
            inside = None
            words.tell(_brought(joined))
            words.decide(version, last)
            last = version.data
        elif version.submission is not None:
            words.tell(version.submission.effects.filter(_of(row), list=BUILDINGS, version=version.version))
            last = version.data if inside is None else last
        elif inside is None:
            words.decide(version, last)
            last = version.data
    standing = {kept.data["merge_group"] for kept in conflicts.open_of(row)}
    found = []
    for group, names in words.names_of.items():
        changed = whole(row.data, names) != whole(joined.data, names) or group in standing
        moved = any(whole(words.sides[one], names) != whole(before[one], names) for one in before)
        if changed or moved:
            found.append(_between(group, names, before, words))
    return tuple(found)


def _acts(row: Entity, after: int) -> tuple[dict[int, UUID], dict[int, UUID]]:
    """Versions of the row in which a later filing began, and in which it was undone; all of them were."""
    found = FiledRow.objects.filter(list=row.list, entity_id=row.id, after__gt=after)
    begun: dict[int, UUID] = {}
    undone: dict[int, UUID] = {}
    for one in found:
        (undone if one.undoing else begun)[one.after] = one.filing_id
    return begun, undone


@dataclass
class _Words:
    """What was said of each of the two buildings: how it stands in the end (``sides``), and all of it by
    group (``told``). What stood in a file only while it was joined to a third, or parted, is nobody's word.
    """

    building: str
    sides: dict[str, Values]
    place: Callable[[Submission], str]
    names_of: dict[str, tuple[str, ...]] = field(default_factory=dict)
    told: dict[str, list[Option]] = field(default_factory=dict)
    heard: set[int] = field(default_factory=set)

    def tell(self, effects: Iterable[Effect]) -> None:
        """What records wanted of the row, whether it counted or not; each is heard once."""
        for effect in effects:
            visit = effect.submission.visit
            if effect.pk in self.heard or str(visit.filed_under) != self.building:
                continue
            self.heard.add(effect.pk)
            building = self.place(effect.submission)
            self.sides[building].update(effect.values)
            for group, names in groups_of(BUILDINGS, effect.values).items():
                said = conflicts.side_of(effect.submission, whole(self.sides[building], names), 0)
                self.told.setdefault(group, []).append(Option(said.values, building, said.who, said.at))

    def decide(self, version: EntityVersion, last: Mapping[str, str]) -> None:
        """What a version without a record changed, and no record told, was said of the file that stands."""
        for group, names in self.names_of.items():
            now = whole(version.data, names)
            if now == whole(last, names) or any(now == one.values for one in self.told.get(group, ())):
                continue
            self.sides[self.building].update(now)
            said = Option(now, self.building, version.who, version.at.isoformat())
            self.told.setdefault(group, []).append(said)


def _versions(row: Entity, after: int) -> list[EntityVersion]:
    return list(
        EntityVersion.objects.filter(list=row.list, entity_id=row.id, version__gt=after)
        .select_related("submission__visit", "submission__device")
        .order_by("version")
    )


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


def _between(group: str, names: tuple[str, ...], before: Mapping[str, Values], words: _Words) -> Between:
    options = [Option(whole(data, names), building) for building, data in before.items()]
    options += [one for one in words.told.get(group, ()) if one not in options]
    suggested = [
        max(
            place
            for place, one in enumerate(options)
            if one.of == building and one.values == whole(data, names)
        )
        for building, data in words.sides.items()
    ]
    return Between(group, names, tuple(options), (suggested[0], suggested[1]))
