"""What a laptop carries: streets, communities, single buildings; and the feed of one whose rows are chosen
one by one.

A laptop with streets alone is served by ``feed``. Where communities or buildings are assigned, which rows
belong to it also follows from other rows (a unit from its building), so what it carries is kept row by row:
each pull first compares that with what it should carry, and what enters or leaves gets a number of the feed.
So a change of the assignment, or of a building's community, moves the rows concerned and no others.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Greatest

from districtserver import audit, feed, redirects, tallies
from districtserver.models import Assignment, Carried, Device, DeviceStreet, Entity, Share, Tally
from districtserver.writing import writing
from fieldapp.domain.codelists import codelists
from fieldapp.domain.conflicts import CONFLICTS
from fieldapp.domain.filings import BUILDINGS
from fieldapp.sync.protocol import ChangedRow, ListDigest, Pull, PullPage

COMMUNITY, HOUSE = "community", "house"
#: A row by list and id.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Assigned:
    """What is assigned to a laptop: names of the code lists ``street`` and ``community``, ids of buildings.
    Nothing of all: the whole district."""

    streets: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    houses: tuple[str, ...] = ()


def assigned(device: Device) -> Assigned:
    """What is assigned to the laptop now."""
    rows = device.assignments.order_by("value").values_list("kind", "value")
    return Assigned(
        feed.streets(device),
        tuple(value for kind, value in rows if kind == COMMUNITY),
        tuple(value for kind, value in rows if kind == HOUSE),
    )


def assign(
    device: Device, streets: Sequence[str], communities: Sequence[str] = (), houses: Sequence[str] = ()
) -> Assigned:
    """The laptop carries these from its next pull on; none: the whole district. Audited.

    ``houses`` are ids of buildings or their codes. While communities or buildings are among what is
    assigned before and after, rows enter and leave; else the next pull begins anew. ValueError names what
    is not known.
    """
    lists = codelists()
    for name, given in (("street", streets), (COMMUNITY, communities)):
        for one in given:
            if one not in lists[name].items:
                raise ValueError(one)
    wanted = Assigned(
        tuple(sorted(set(streets))),
        tuple(sorted(set(communities))),
        tuple(sorted({house(one) for one in houses})),
    )
    with writing():
        device.streets.all().delete()
        DeviceStreet.objects.bulk_create(DeviceStreet(device=device, street=one) for one in wanted.streets)
        device.assignments.all().delete()
        Assignment.objects.bulk_create(
            Assignment(device=device, kind=kind, value=value)
            for kind, values in ((COMMUNITY, wanted.communities), (HOUSE, wanted.houses))
            for value in values
        )
        if not (wanted.communities or wanted.houses):
            Share.objects.filter(device=device).delete()
            device.carried.all().delete()
        else:
            Share.objects.get_or_create(device=device, defaults={"name": secrets.token_hex(8)})
            Share.objects.filter(device=device).update(upto=-1)
        detail = {"streets": wanted.streets, "communities": wanted.communities, "houses": wanted.houses}
        audit.append("streets_assigned", device, {key: list(value) for key, value in detail.items()})
    return wanted


def house(given: str) -> str:
    """The id of the building with this id or code. ValueError if there is none."""
    buildings = Entity.objects.filter(list=BUILDINGS, deleted=False)
    found = buildings.filter(id=given) or buildings.filter(data__building_code=given)
    row = found.first()
    if row is None:
        raise ValueError(given)
    return row.id


def carries(device: Device, buildings: Iterable[str]) -> bool:
    """Whether any of these buildings is assigned to the laptop now, whatever it has pulled."""
    mine = assigned(device)
    found = Entity.objects.filter(list=BUILDINGS, deleted=False, id__in=tuple(buildings))
    if mine == Assigned():
        return found.exists()
    homes = _homes(mine)
    return any(street in mine.streets or key in homes for key, street in found.values_list("id", "street"))


def page(device: Device, asked: Pull) -> PullPage | None:
    """As ``feed.page``, for a laptop whose rows are chosen one by one; None for any other."""
    share = Share.objects.filter(device=device).first()
    if share is None:
        return None
    _reconcile(device, share)
    last = feed.head()
    if asked.after > 0 and (asked.subset != share.name or asked.after > last):
        return PullPage(subset=share.name, after=asked.after, upto=0, head=last, anew=True)
    moved = list(_moved(device, asked.after, last))
    upto = moved[-1][3] if len(moved) == feed.PAGE else last
    return PullPage(
        subset=share.name,
        after=asked.after,
        upto=upto,
        head=last,
        rows=tuple(_rows([(name, key) for name, key, present, _ in moved if present])),
        gone=tuple((name, key) for name, key, present, _ in moved if not present),
        submissions=feed.states(device, asked.after, upto),
        digests=_digests(device) if upto == last else (),
    )


def _moved(device: Device, after: int, upto: int) -> QuerySet[Carried, tuple[str, str, bool, int]]:
    """Rows by list, id, whether the laptop carries them, and the number under which it is told that."""
    changed = Entity.objects.filter(list=OuterRef("list"), id=OuterRef("entity_id")).values("change_no")
    # A row that has left is told once; what becomes of it later is no business of this laptop.
    told = Case(
        When(present=True, then=Greatest(F("change_no"), Coalesce(Subquery(changed[:1]), 0))),
        default=F("change_no"),
    )
    found = Carried.objects.filter(device=device).annotate(told=told).filter(told__gt=after, told__lte=upto)
    return found.order_by("told").values_list("list", "entity_id", "present", "told")[: feed.PAGE]


def _rows(keys: Iterable[Key]) -> Iterable[ChangedRow]:
    found: dict[Key, ChangedRow] = {}
    wanted = list(keys)
    for name in dict.fromkeys(name for name, _ in wanted):
        ids = [key for of_list, key in wanted if of_list == name]
        for row in Entity.objects.filter(list=name, id__in=ids):
            found[name, row.id] = ChangedRow.model_construct(
                list=name,
                id=row.id,
                version=row.version,
                label=row.label,
                data=row.data,
                deleted=row.deleted,
                change_no=row.change_no,
            )
    return (found[key] for key in wanted)


def _reconcile(device: Device, share: Share) -> None:
    """Bring what the laptop carries in line with what it should, with numbers for what enters and leaves.
    Nothing to do as long as nothing has got a number since the last time."""
    if share.upto == feed.head():
        return
    with writing():
        entering, leaving = _differences(device)
        number = feed.numbers(len(entering) + len(leaving)) - len(entering) - len(leaving)
        rows = [
            Carried(device=device, list=name, entity_id=key, present=present, change_no=number + place)
            for place, (name, key, present) in enumerate(
                [(*one, False) for one in leaving] + [(*one, True) for one in entering], 1
            )
        ]
        Carried.objects.bulk_create(
            rows,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["device", "list", "entity_id"],
            update_fields=["present", "change_no"],
        )
        share.upto = feed.head()
        share.save(update_fields=["upto"])


def _differences(device: Device) -> tuple[list[Key], list[Key]]:
    """Rows that the laptop does not carry and should, and the reverse. A tombstone enters nowhere."""
    should = _belonging(assigned(device))
    carried = set(Carried.objects.filter(device=device, present=True).values_list("list", "entity_id"))
    entering = [key for key, deleted in should.items() if not deleted and key not in carried]
    return sorted(entering), sorted(carried - should.keys())


def _belonging(mine: Assigned) -> dict[Key, bool]:
    """The rows of an assignment, and whether they are deleted: those of lists that every laptop carries, of
    the streets, and of the buildings with all that is about them. What is of a street and of no building
    (areas, for one) comes with the streets in which the buildings stand."""
    lists = set(Tally.objects.values_list("list", flat=True).distinct())
    of_street = set(tallies.by_street())
    plain = Entity.objects.filter(Q(street__in=mine.streets) | Q(list__in=lists - of_street))
    found = {(name, key): deleted for name, key, deleted in plain.values_list("list", "id", "deleted")}
    homes = _homes(mine)
    found |= {(BUILDINGS, key): deleted for key, (_, deleted) in homes.items()}
    around = Entity.objects.filter(
        list__in=of_street - {BUILDINGS}, street__in={one for one, _ in homes.values()}
    )
    # A row names its building in ``building``, or several in ``buildings`` (plates, projects).
    named = (_property("building"), _property("buildings"), _property("of_row"))
    about, conflicts = set(homes), []
    for name, key, deleted, one, several, of_row in around.values_list("list", "id", "deleted", *named):
        buildings = {*(one or "").split(), *(several or "").split()}
        if name == CONFLICTS:
            conflicts.append((key, deleted, of_row))
        elif not buildings or buildings & homes.keys():
            found[name, key] = deleted
            about.add(key)
    found |= {(CONFLICTS, key): deleted for key, deleted, of_row in conflicts if of_row in about}
    return found


def _homes(mine: Assigned) -> dict[str, tuple[str, bool]]:
    """The buildings that are assigned by themselves or by their community: street, and whether deleted."""
    communities = codelists()[COMMUNITY].items
    streets = {communities[one].columns["street"] for one in mine.communities}
    houses = {*mine.houses, *(redirects.now(BUILDINGS, one) for one in mine.houses)}
    rows = Entity.objects.filter(list=BUILDINGS).filter(Q(id__in=houses) | Q(street__in=streets))
    return {
        key: (street, deleted)
        for key, street, deleted, community in rows.values_list(
            "id", "street", "deleted", _property("community")
        )
        if key in houses or community in mine.communities
    }


def _property(name: str) -> KeyTextTransform:
    return KeyTextTransform(name, "data")


def _digests(device: Device) -> tuple[ListDigest, ...]:
    """Count and joined marks of every list as the laptop must have it now."""
    carried = Carried.objects.filter(device=device, present=True)
    mark = Entity.objects.filter(list=OuterRef("list"), id=OuterRef("entity_id"), deleted=False)
    sums: dict[str, tuple[int, int]] = {}
    for name, one in carried.annotate(mark=Subquery(mark.values("mark")[:1])).values_list("list", "mark"):
        if one is not None:
            count, joined = sums.get(name, (0, 0))
            sums[name] = count + 1, joined ^ one
    return tuple(
        ListDigest(list=name, count=count, mark=joined) for name, (count, joined) in sorted(sums.items())
    )
