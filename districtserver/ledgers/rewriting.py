"""New versions of many register rows at once: what ``register.write`` does for one, in few statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from districtserver import clock, feed, register, tallies
from districtserver.models import Entity, EntityVersion
from fieldapp.domain.register import share_of

#: Rows of a statement, and after how many the caller hears.
SLICE = 500
_CHANGED = ("version", "label", "street", "data", "deleted", "change_no", "mark")


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A row (``version`` 0: it is new) and what it becomes."""

    row: Entity
    label: str
    data: dict[str, str]
    deleted: bool = False


def rewrite(list_name: str, wanted: Sequence[Rewrite], who: str, told: Callable[[int], None]) -> None:
    """Write the rows of one list, each at most once, numbered in their order; what waited for one of them
    follows. Inside ``writing``. ``told`` hears how many are written.

    The rows' ``version`` is the one written here. A row that leaves its street is written on its own: others
    have to hear of that.
    """
    alone = [one for one in wanted if one.row.version and one.row.street != share_of(list_name, one.data)]
    apart = {one.row.id for one in alone}
    many = [one for one in wanted if one.row.id not in apart]
    for at in range(0, len(many), SLICE):
        _slice(many[at : at + SLICE], who)
        told(min(at + SLICE, len(many)))
    if many:
        register.arrived(list_name, {one.row.id for one in many})
    for done, one in enumerate(alone, len(many) + 1):
        register.write(one.row, one.label, one.data, who=who, deleted=one.deleted)
        told(done)


def _slice(wanted: Sequence[Rewrite], who: str) -> None:
    out = [counted for one in wanted for counted in tallies.counted(one.row)]
    now, first = clock.now(), feed.numbers(len(wanted)) - len(wanted) + 1
    for number, one in enumerate(wanted, first):
        row = one.row
        row.version += 1
        row.label, row.data, row.deleted, row.change_no = one.label, one.data, one.deleted, number
        row.street = share_of(row.list, one.data)
        tallies.marked(row)
    rows = [one.row for one in wanted]
    Entity.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["list", "id"], update_fields=_CHANGED
    )
    tallies.count(out, (counted for row in rows for counted in tallies.counted(row)))
    EntityVersion.objects.bulk_create(
        EntityVersion(
            list=row.list,
            entity_id=row.id,
            version=row.version,
            label=row.label,
            data=row.data,
            who=who,
            deleted=row.deleted,
            at=now,
        )
        for row in rows
    )
