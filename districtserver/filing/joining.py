"""并档: two files of one house become one. Which stands, and which of two facts counts, a person says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from districtserver import audit
from districtserver.filing.acts import (
    absorb,
    arrived,
    begun,
    check_decided,
    check_reason,
    house,
    uuid_of,
)
from districtserver.filing.facts import Difference, chosen_of, differences, joined_files, label, written
from districtserver.models import Entity, Filing
from districtserver.writing import writing
from fieldapp.domain.filings import JOINED
from fieldapp.errors import UserError


@dataclass(frozen=True, slots=True)
class Compared:
    """Two files beside each other: the one that would stand, the other, and what they tell differently."""

    building: Entity
    other: Entity
    differences: tuple[Difference, ...]


def compare(building: str, other: str) -> Compared:
    """Two files by id or code; nothing is written. UserError FILING_001."""
    with writing():
        one, two = house(building), house(other)
    if one.id == two.id:
        raise UserError("FILING_001", id=other)
    return Compared(one, two, differences(one.data, two.data))


def join(
    building: str,
    other: str,
    chosen: Mapping[str, str],
    who: str,
    reason: str,
    shown: tuple[int | None, int | None] = (None, None),
) -> Filing:
    """Join ``other`` to ``building``: facts as ``chosen`` (by group ``keep``, ``other`` or ``both``), all
    that belongs to it under the file that stands, its id leading there. One transaction; ``shown`` are the
    versions that the person had before them.

    UserError FILING_001 for a file that is not there, FILING_002 while something of either is to be decided,
    FILING_003 for differences that nobody chose, FILING_004 without a reason, FILING_005 if one has changed,
    FILING_008 for a choice that cannot be.
    """
    check_reason(reason)
    with writing():
        one, two = house(building, shown[0]), house(other, shown[1])
        if one.id == two.id:
            raise UserError("FILING_001", id=other)
        for each in (one, two):
            uuid_of(each.id)
        check_decided(one, two)
        values = chosen_of(differences(one.data, two.data), chosen)
        act = begun("join", one, two, who, reason)
        data = written(one.data, values)
        data[JOINED] = joined_files(one.data, two.data, two.label)
        act.write(one, data, label(values, one.label))
        absorb(act, one, two)
        act.tell(two, {})
        detail = {"filing": str(act.filing.pk), "building": one.id, "other": two.id, "who": who}
        audit.append("files_joined", None, detail)
        arrived(one.id)
    return act.filing
