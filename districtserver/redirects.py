"""Ids of buildings whose files were joined to others (并档): where they lead for now.

Whatever comes for such an id lands in the file that it leads to: effects of records, references of other
rows, visits. What was told stays as it was told; only where it is put follows from here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Q

from districtserver.models import Entity, Filing
from fieldapp.domain.filings import BUILDINGS, FILINGS, Filed, referring


def now(list_name: str, identity: str) -> str:
    """The row that stands for this id: itself, or the one that its file was joined to, and so on."""
    if list_name != BUILDINGS:
        return identity
    while True:
        onward = Filing.objects.filter(leads=identity).values_list("building", flat=True).first()
        if onward is None:
            return identity
        identity = onward


def file_of(building: UUID | None) -> UUID | None:
    """The building in whose file a visit stands that told ``building``."""
    return None if building is None else UUID(now(BUILDINGS, str(building)))


def former(list_name: str, identities: Collection[str]) -> set[str]:
    """The ids that lead to one of these, near or far."""
    found: set[str] = set()
    wanted = set(identities) if list_name == BUILDINGS else set()
    while wanted:
        leading = Filing.objects.exclude(leads="").filter(building__in=wanted)
        wanted = set(leading.values_list("leads", flat=True)) - found
        found |= wanted
    return found


def filings(building: str) -> list[Filed]:
    """What was joined to a building's file or parted from it, as laptops are told, the newest first."""
    both = {building, *former(BUILDINGS, {building})}
    found = Filing.objects.filter(Q(building__in=both) | Q(other__in=both)).order_by("-mark")
    ids = [str(one) for one in found.values_list("pk", flat=True)]
    rows = {row.id: row for row in Entity.objects.filter(list=FILINGS, id__in=ids)}
    return [Filed.of(one, rows[one].data) for one in ids]


def leading(list_name: str) -> frozenset[str]:
    """All ids that lead to another."""
    if list_name != BUILDINGS:
        return frozenset()
    return frozenset(Filing.objects.exclude(leads="").values_list("leads", flat=True))


def values(list_name: str, told: Mapping[str, str]) -> dict[str, str]:
    """What was told of a row, with its references to buildings as they lead for now."""
    found = dict(told)
    for name in referring(list_name):
        if found.get(name):
            found[name] = " ".join(dict.fromkeys(now(BUILDINGS, one) for one in found[name].split()))
    return found
