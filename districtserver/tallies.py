"""Count and joined marks of every list and street, kept with each row that is written.

So that a pull can end with what the laptop must have without a look at all rows.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from districtserver.models import Entity, Tally
from districtserver.writing import writing
from fieldapp.domain.marks import plain_json, row_mark
from fieldapp.domain.register import schema
from fieldapp.sync.protocol import ListDigest

#: A row as a tally sees it: list, street, mark.
Counted = tuple[str, str, int]


def marked(row: Entity) -> None:
    """Give a row the mark of its content, before it is written."""
    row.mark = row_mark(row.list, row.id, row.version, row.label, plain_json(row.data))


def counted(row: Entity) -> tuple[Counted, ...]:
    """What a row adds to the tallies: nothing if it is deleted or not written yet (``version`` 0)."""
    return () if row.deleted or row.version == 0 else ((row.list, row.street, row.mark),)


def count(out: Iterable[Counted], into: Iterable[Counted]) -> None:
    """Rows that leave the tallies, rows that enter them. Inside ``writing``, with the rows themselves."""
    sums: dict[tuple[str, str], list[int]] = {}
    for sign, rows in ((-1, out), (1, into)):
        for name, street, mark in rows:
            one = sums.setdefault((name, street), [0, 0])
            one[0] += sign
            one[1] ^= mark
    for (name, street), (more, mark) in sums.items():
        tally, _new = Tally.objects.get_or_create(list=name, street=street)
        tally.count += more
        tally.mark ^= mark
        tally.save(update_fields=["count", "mark"])


def by_street() -> tuple[str, ...]:
    """The lists whose rows belong to a street; all others go to every laptop."""
    names = Tally.objects.values_list("list", flat=True).distinct().order_by()
    return tuple(name for name in names if _subset(name) == "street")


def _subset(list_name: str) -> str:
    try:
        return schema(list_name).subset
    except KeyError:
        return ""


def digests(mine: tuple[str, ...]) -> tuple[ListDigest, ...]:
    """Count and digest of every list as a laptop of these streets must have it now (none: the district)."""
    found = Tally.objects.filter(count__gt=0)
    if mine:
        found = found.filter(Q(street__in=mine) | ~Q(list__in=by_street()))
    sums: dict[str, tuple[int, int]] = {}
    for name, more, mark in found.values_list("list", "count", "mark"):
        rows, joined = sums.get(name, (0, 0))
        sums[name] = rows + more, joined ^ mark
    return tuple(ListDigest(list=name, count=rows, mark=mark) for name, (rows, mark) in sorted(sums.items()))


def recount() -> tuple[str, ...]:
    """Count anew from the rows themselves and keep that; the lists whose tallies were not right."""
    with writing():
        kept = {(one.list, one.street): (one.count, one.mark) for one in Tally.objects.filter(count__gt=0)}
        sums: dict[tuple[str, str], tuple[int, int]] = {}
        wrong: list[Entity] = []
        for row in Entity.objects.filter(deleted=False).order_by("list", "id").iterator(chunk_size=2_000):
            before = row.mark
            marked(row)
            if row.mark != before:
                wrong.append(row)
            rows, joined = sums.get((row.list, row.street), (0, 0))
            sums[row.list, row.street] = rows + 1, joined ^ row.mark
        for row in wrong:
            Entity.objects.filter(list=row.list, id=row.id).update(mark=row.mark)
        if sums != kept:
            Tally.objects.all().delete()
            Tally.objects.bulk_create(
                Tally(list=name, street=street, count=rows, mark=mark)
                for (name, street), (rows, mark) in sums.items()
            )
    differing = {key[0] for key in kept.keys() | sums.keys() if kept.get(key) != sums.get(key)}
    return tuple(sorted(differing | {row.list for row in wrong}))
