"""What a laptop had before it when a form was opened, from the version that its answers were based on.

A laptop counts its own effects that the register has not confirmed as versions: base 5 is version 5 of the
register, or version 4 with one own effect on top. Which it was follows from the versions that its earlier
effects made here: those on top made a version later than the one below them, or none yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    earlier = _earlier(effect)
    if not effect.base_version.isdigit():
        return _sight(effect, earlier, 0, [])
    told = int(effect.base_version)
    for count in range(min(len(earlier), told), -1, -1):
        below = told - count
        if below <= row.version and (on_top := _on_top(earlier, below, told, count)) is not None:
            return _sight(effect, earlier, below, on_top)
    return None


def _earlier(effect: Effect) -> list[Effect]:
    """What the same laptop wanted of the row before, in the order received."""
    found = Effect.objects.filter(
        entity_id=effect.entity_id,
        list=effect.list,
        submission__device=effect.submission.device_id,
    ).order_by("id")
    if effect.pk is not None:
        found = found.filter(pk__lt=effect.pk)
    return list(found)


def _on_top(earlier: Sequence[Effect], below: int, told: int, count: int) -> list[Effect] | None:
    """The last ``count`` own effects that can have stood on version ``below``, None if they cannot."""
    if count == 0:
        return []
    fit = [one for one in earlier if (one.version is None or one.version > below) and _number(one) < told][
        -count:
    ]
    whole = len(fit) == count and all(_number(one) <= below + place for place, one in enumerate(fit))
    return fit if whole else None


def _number(effect: Effect) -> int:
    return int(effect.base_version) if effect.base_version.isdigit() else 0


def _sight(effect: Effect, earlier: Sequence[Effect], below: int, on_top: Sequence[Effect]) -> Sight:
    version = EntityVersion.objects.filter(
        list=effect.list, entity_id=effect.entity_id, version=below
    ).first()
    view: Values = dict(version.data) if version else {}
    base = dict(view)
    # Also the record that it corrects, and what the same record tells of the row before.
    known = [effect.submission_id, effect.submission.deprecated_id]
    own = list(on_top)
    for one in earlier:
        if one.submission_id in known and one not in own and (one.version is None or one.version > below):
            own.append(one)
    for one in own:
        view |= one.values
        if one.version is not None:
            base |= one.values
    return Sight(
        view, base, Seen(below, frozenset(str(one.submission_id) for one in own)), version is not None
    )
