"""The feed of changes that laptops pull: numbers in the order of commits, pages behind a cursor.

A row stands in the feed once, under the number of its last change: who pulls from any cursor gets every row
that changed since, as it is now. Numbers are given under the writing lock (``writing``), which one
transaction has at a time and frees after it is visible, so that no row can appear behind a cursor that has
passed it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Literal
from uuid import UUID

from django.db import connection
from django.db.models import F, Q

from districtserver.models import Departure, Device, Effect, Entity, Feed, Submission
from districtserver.tallies import by_street, digests
from fieldapp.sync.protocol import (
    ChangedRow,
    Pull,
    PullPage,
    SubmissionState,
)

REGISTER = "register"
#: Rows of a page at most: a laptop keeps a page in one transaction, for which a draft waits.
PAGE = 1_000


def numbers(count: int) -> int:
    """Reserve ``count`` numbers, the last of which is returned. Inside ``writing``."""
    if not connection.in_atomic_block:
        raise AssertionError("numbers are given inside a transaction that writes")
    if not Feed.objects.filter(name=REGISTER).update(last=F("last") + count):
        Feed.objects.create(name=REGISTER, last=count)
    return head()


def head() -> int:
    """The last number given."""
    return Feed.objects.filter(name=REGISTER).values_list("last", flat=True).first() or 0


def departed(row: Entity, street: str) -> None:
    """``row`` has left ``street``. Inside ``writing``."""
    Departure.objects.update_or_create(
        list=row.list, entity_id=row.id, street=street, defaults={"change_no": row.change_no}
    )


def streets(device: Device) -> tuple[str, ...]:
    """The streets whose rows the laptop carries; empty for all."""
    return tuple(device.streets.order_by("street").values_list("street", flat=True))


def subset_of(names: Iterable[str]) -> str:
    """The name of a subset: another one means that a laptop must pull anew."""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def page(device: Device, asked: Pull) -> PullPage:
    """What changed behind the cursor, at most ``PAGE`` rows; ``anew`` when the cursor is of another subset
    or of a database that this server no longer has, and the laptop must begin at 0.
    """
    mine, last = streets(device), head()
    subset = subset_of(mine)
    anew = asked.after > 0 and (asked.subset != subset or asked.after > last)
    if anew:
        return PullPage(subset=subset, after=asked.after, upto=0, head=last, anew=True)
    rows = list(_rows(mine, asked.after, last))
    upto = rows[-1].change_no if len(rows) == PAGE else last
    gone = _gone(mine, asked.after, upto)
    return PullPage(
        subset=subset,
        after=asked.after,
        upto=upto,
        head=last,
        rows=tuple(rows),
        gone=gone,
        submissions=states(device, asked.after, upto),
        digests=digests(mine) if upto == last else (),
    )


def _rows(mine: tuple[str, ...], after: int, upto: int) -> Iterator[ChangedRow]:
    found = Entity.objects.filter(change_no__gt=after, change_no__lte=upto).order_by("change_no")
    if mine:
        found = found.filter(Q(street__in=mine) | ~Q(list__in=by_street()))
    for row in found.values_list("list", "id", "version", "label", "data", "deleted", "change_no")[:PAGE]:
        yield ChangedRow.model_construct(
            list=row[0],
            id=row[1],
            version=row[2],
            label=row[3],
            data=row[4],
            deleted=row[5],
            change_no=row[6],
        )


def _gone(mine: tuple[str, ...], after: int, upto: int) -> tuple[tuple[str, str], ...]:
    """Rows that left the subset: for a laptop with the whole district none ever does."""
    if not mine:
        return ()
    left = Departure.objects.filter(change_no__gt=after, change_no__lte=upto, street__in=mine)
    pairs = dict.fromkeys(left.order_by("change_no").values_list("list", "entity_id"))
    here = {
        (row[0], row[1])
        for row in Entity.objects.filter(
            id__in=[identity for _, identity in pairs], street__in=mine
        ).values_list("list", "id")
    }
    return tuple(pair for pair in pairs if pair not in here)


def states(device: Device, after: int, upto: int) -> tuple[SubmissionState, ...]:
    """What became of the laptop's own submissions."""
    found = list(
        Submission.objects.filter(device=device, change_no__gt=after, change_no__lte=upto)
        .order_by("change_no")
        .values_list("instance_id", "held")
    )
    found_of: dict[UUID, set[str]] = {}
    for instance_id, state in Effect.objects.filter(submission_id__in=[one for one, _ in found]).values_list(
        "submission_id", "state"
    ):
        found_of.setdefault(instance_id, set()).add(state)
    return tuple(
        SubmissionState(instance_id=one, state=_state(held=held, effects=found_of.get(one, set())))
        for one, held in found
    )


def _state(*, held: bool, effects: set[str]) -> Literal["applied", "waiting", "conflict", "held"]:
    if held:
        return "held"
    if "unknown" in effects:
        return "waiting"
    return "conflict" if "conflict" in effects else "applied"
