"""What a laptop had before it when a form was opened, from the version that its answers were based on.

A laptop counts its own effects that the register has not confirmed as versions: base 5 is version 5 of the
register, or version 4 with one own effect on top. Which it was follows from the versions that its earlier
effects made here: those on top made a version later than the one below them, or none yet.

A laptop that does not know yet that a file was joined to another speaks of the old one: its versions are
those of the old row, and it has seen none of the other's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from districtserver import redirects
from districtserver.merge import Seen
from districtserver.models import Effect, Entity, EntityVersion
from fieldapp.domain.conflicts import Values


@dataclass(frozen=True, slots=True)
class Sight:
    """``view``: the row as shown; ``base``: the same without own effects that the register does not have;
    ``known``: whether the version below is one of the register's (else both hold own effects only)."""

    view: Values
    base: Values
    seen: Seen
    known: bool


def of(effect: Effect, row: Entity) -> Sight | None:
    """None if the version below has not come yet. An effect that names no version has seen nothing."""
    earlier = _earlier(effect, row)
    newest = row.version if row.id == effect.entity_id else _last_version(effect)
    if not effect.base_version.isdigit():
        return _sight(effect, row, earlier, 0, [])
    told = int(effect.base_version)
    for count in range(min(len(earlier), told), -1, -1):
        below = told - count
        if below <= newest and (on_top := _on_top(earlier, below, told, count)) is not None:
            return _sight(effect, row, earlier, below, on_top)
    return None


def _last_version(effect: Effect) -> int:
    """The newest version of the row that the effect speaks of, whose file was joined to another's."""
    return (
        Entity.objects.filter(list=effect.list, id=effect.entity_id).values_list("version", flat=True).first()
        or 0
    )


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What the same laptop wanted before of the row that it speaks of. ``version`` counts as that row's,
    None if it made none of it; ``number`` is the base it named; ``applied``: the register has it."""

    submission_id: UUID
    values: Values
    version: int | None
    number: int
    applied: bool


def _earlier(effect: Effect, row: Entity) -> list[_Earlier]:
    """In the order received; with what it told of files that were joined to the row since."""
    spoken = Q(entity_id=effect.entity_id)
    if row.id == effect.entity_id:
        spoken |= Q(landed=row.id)
    found = Effect.objects.filter(
        spoken, list=effect.list, submission__device=effect.submission.device_id
    ).order_by("id")
    if effect.pk is not None:
        found = found.filter(pk__lt=effect.pk)
    return [
        _Earlier(
            one.submission_id,
            redirects.values(one.list, one.values),
            one.version if (one.landed or one.entity_id) == effect.entity_id else None,
            _number(one) if one.entity_id == effect.entity_id else 0,
            one.version is not None,
        )
        for one in found
    ]


def _on_top(earlier: Sequence[_Earlier], below: int, told: int, count: int) -> list[_Earlier] | None:
    """The last ``count`` own effects that can have stood on version ``below``, None if they cannot."""
    if count == 0:
        return []
    fit = [one for one in earlier if (one.version is None or one.version > below) and one.number < told][
        -count:
    ]
    whole = len(fit) == count and all(one.number <= below + place for place, one in enumerate(fit))
    return fit if whole else None


def _number(effect: Effect) -> int:
    return int(effect.base_version) if effect.base_version.isdigit() else 0


def _sight(
    effect: Effect, row: Entity, earlier: Sequence[_Earlier], below: int, on_top: Sequence[_Earlier]
) -> Sight:
    version = EntityVersion.objects.filter(
        list=effect.list, entity_id=effect.entity_id, version=below
    ).first()
    view = redirects.values(effect.list, version.data) if version else {}
    base = dict(view)
    # Also the record that it corrects, and what the same record tells of the row before.
    known = [effect.submission_id, effect.submission.deprecated_id]
    own = list(on_top)
    for one in earlier:
        if one.submission_id in known and one not in own and (one.version is None or one.version > below):
            own.append(one)
    for one in own:
        view |= one.values
        if one.applied:
            base |= one.values
    seen = Seen(below if row.id == effect.entity_id else 0, frozenset(str(one.submission_id) for one in own))
    return Sight(view, base, seen, version is not None)
