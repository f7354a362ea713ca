"""分档: one file that is of two houses becomes two. What stays, what goes, what both have, a person says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID, uuid4

from districtserver import audit
from districtserver.filing.acts import (
    Key,
    arrived,
    begun,
    check_decided,
    check_reason,
    following,
    house,
    referring_rows,
    repointed,
    uuid_of,
)
from districtserver.filing.facts import checked, groups, label, whole, written
from districtserver.models import Entity, Filing, Visit
from districtserver.writing import writing
from fieldapp.domain.conflicts import Values
from fieldapp.domain.filings import BUILDINGS
from fieldapp.domain.register import schema
from fieldapp.errors import UserError

#: Of a group: it stays with this file alone, goes to the new one, or both have it.
STAY, GO, BOTH = "stay", "go", "both"
#: Groups that name one house and no other; they stay unless something else is said.
NAMES = frozenset({"building_code", "plate_code", "aliases"})


def divided(
    data: Mapping[str, str], chosen: Mapping[str, str], kept: Mapping[str, str], new: Mapping[str, str]
) -> tuple[Values, Values]:
    """The facts of the file that stays and of the new one: groups as ``chosen`` (``stay``, ``go``, ``both``,
    which is what counts where nothing is said), then what was typed for either.

    UserError FILING_008 for a choice or a fact that cannot be.
    """
    mine, theirs = dict(data), Values()
    for group, names in groups(data).items():
        choice = chosen.get(group) or (STAY if group in NAMES else BOTH)
        if choice not in {STAY, GO, BOTH}:
            raise UserError("FILING_008", wanted=group)
        if choice != STAY:
            theirs |= {name: text for name, text in whole(data, names).items() if text}
        if choice == GO:
            mine |= dict.fromkeys(names, "")
    mine, theirs = mine | checked(kept), theirs | checked(new)
    return written(data, mine), {name: text for name, text in theirs.items() if text}


def part(
    building: str,
    facts: tuple[Mapping[str, str], Mapping[str, str]],
    rows: Mapping[Key, str],
    visits: Collection[UUID],
    who: str,
    reason: str,
    shown: int | None = None,
) -> Filing:
    """Part ``building``: ``facts`` are those of the file that stays and of the new one (``divided``);
    ``rows`` (units, plates, hazards …) and ``visits`` go with the new one, all others stay. A row that can
    name several buildings names both with ``both``. One transaction.

    UserError FILING_001, FILING_002, FILING_004, FILING_005 as ``joining.join``; FILING_008 if the new file
    has no address; FILING_009 for a row or visit that is not in this file.
    """
    check_reason(reason)
    kept, new = dict(facts[0]), dict(facts[1])
    if not new.get(schema(BUILDINGS).label):
        raise UserError("FILING_008", wanted=schema(BUILDINGS).label)
    with writing():
        one = house(building, shown)
        uuid_of(one.id)
        check_decided(one)
        going = _going(one, rows)
        leaving = list(Visit.objects.filter(pk__in=visits, filed_under=UUID(one.id)))
        if len(leaving) != len(set(visits)):
            raise UserError("FILING_009", id=", ".join(sorted({str(each) for each in visits})))
        two = Entity(list=BUILDINGS, id=str(uuid4()), version=0, data={})
        act = begun("part", one, two, who, reason)
        act.write(one, kept, label(kept, one.label))
        act.write(two, new, label(new, ""))
        for row, name, both in going:
            named = f"{one.id} {two.id}" if both else two.id
            act.write(row, following(repointed(row.data, name, one.id, named), one, two))
        act.put(leaving, two.id)
        act.tell(two, {str(each.pk): two.id for each in leaving})
        detail = {"filing": str(act.filing.pk), "building": one.id, "other": two.id, "who": who}
        audit.append("file_parted", None, detail)
        arrived(one.id, two.id)
    return act.filing


def _going(one: Entity, rows: Mapping[Key, str]) -> list[tuple[Entity, str, bool]]:
    """The rows that go, the property that names their building, and whether they name both."""
    found = []
    for row, name in referring_rows(one.id):
        choice = rows.get((row.list, row.id), STAY)
        many = schema(row.list).properties[name].type == "references"
        if (choice == BOTH and not many) or choice not in {STAY, GO, BOTH}:
            raise UserError("FILING_008", wanted=f"{row.list} {row.id}")
        if choice != STAY:
            found.append((row, name, choice == BOTH))
    strange = rows.keys() - {(row.list, row.id) for row, _name, _both in found}
    strange = {key for key in strange if rows[key] != STAY}
    if strange:
        raise UserError("FILING_009", id=", ".join(identity for _list, identity in sorted(strange)))
    return found
