"""What joining, parting and undoing have in common: whom they are of, what they write, what is kept of it.

An act is one transaction. Every row that it writes is a version like any other, noted with the version
before; visits move by their column, for what they told never changes. Laptops learn of it by the register's
list ``filings``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max, Q

from districtserver import clock, conflicts, register
from districtserver.models import Entity, EntityVersion, FiledRow, FiledVisit, Filing, Visit
from fieldapp.domain.conflicts import Values
from fieldapp.domain.filings import BUILDINGS, FILINGS, INTO, LIFE, Filed, referring
from fieldapp.domain.register import list_names
from fieldapp.errors import UserError

#: What a reference is called: the list of its row, and the row's id.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Act:
    """An act in progress; ``undoing`` if it is not the filing itself."""

    filing: Filing
    who: str
    undoing: bool = False

    def write(self, row: Entity, data: Mapping[str, str], label: str = "", *, deleted: bool = False) -> None:
        """A new version of a row."""
        before = row.version
        register.write(row, label or row.label, dict(data), who=self.who, deleted=deleted, follow=False)
        FiledRow.objects.create(
            filing=self.filing,
            list=row.list,
            entity_id=row.id,
            before=before,
            after=row.version,
            undoing=self.undoing,
        )

    def put(self, visits: Iterable[Visit], building: str) -> None:
        """Visits go into the file of ``building``."""
        moved = [
            FiledVisit(
                filing=self.filing,
                visit=one,
                before=one.filed_under,
                after=UUID(building),
                undoing=self.undoing,
            )
            for one in visits
            if one.filed_under is not None and one.filed_under != UUID(building)
        ]
        FiledVisit.objects.bulk_create(moved)
        for at in range(0, len(moved), 500):
            slice_of = [one.visit_id for one in moved[at : at + 500]]
            Visit.objects.filter(pk__in=slice_of).update(filed_under=UUID(building))

    def tell(self, other: Entity, visits: Mapping[str, str]) -> None:
        """The row by which laptops learn of it; ``visits`` are put into files by a person, in addition to
        those that it names already."""
        filing, identity = self.filing, str(self.filing.pk)
        row = Entity.objects.filter(list=FILINGS, id=identity).first()
        row = row or Entity(list=FILINGS, id=identity, version=0, data={})
        before = Filed.of(identity, row.data).visits or {}
        told = Filed(
            id=identity,
            kind=filing.kind,
            building=filing.building,
            other=filing.other,
            other_code=other.data.get("building_code", ""),
            other_label=other.label,
            leads=filing.leads,
            at=filing.at.isoformat(),
            who=filing.who,
            reason=filing.reason,
            undone_at=filing.undone_at.isoformat() if filing.undone_at else "",
            undone_by=filing.undone_by,
            undone_reason=filing.undone_reason,
            visits={**before, **visits},
        )
        register.write(row, other.label, told.to_row(), who=self.who, follow=False)


def house(wanted: str, shown: int | None = None) -> Entity:
    """A building that stands, by id or code, locked. UserError FILING_001; FILING_005 if it has another
    version than was shown."""
    rows = Entity.objects.select_for_update().filter(list=BUILDINGS, deleted=False)
    found = list(rows.filter(id=wanted) or rows.filter(data__building_code=wanted)[:2])
    if len(found) != 1 or not wanted:
        raise UserError("FILING_001", id=wanted)
    check_shown(found[0], shown)
    return found[0]


def check_shown(row: Entity, shown: int | None) -> None:
    """UserError FILING_005 if the row has changed since it was shown."""
    if shown is not None and row.version != shown:
        raise UserError("FILING_005", id=row.id)


def check_decided(*rows: Entity) -> None:
    """UserError FILING_002 if something told of a building is still to be decided."""
    for row in rows:
        waiting = conflicts.open_of(row)
        if waiting:
            raise UserError("FILING_002", id=row.id, count=len(waiting))


def begun(kind: str, one: Entity, two: Entity, who: str, reason: str) -> Act:
    """A ``join`` or a ``part`` of two files, in its transaction; ``one`` is the file that stays."""
    filing = Filing.objects.create(
        kind=kind,
        building=one.id,
        other=two.id,
        mark=mark(),
        at=clock.now(),
        who=who,
        reason=reason.strip(),
    )
    return Act(filing, who)


def check_reason(reason: str) -> None:
    """UserError FILING_004 without one."""
    if not reason.strip():
        raise UserError("FILING_004")


def mark() -> int:
    """The newest version of any row."""
    return EntityVersion.objects.aggregate(last=Max("id"))["last"] or 0


def version_of(list_name: str, identity: str, version: int) -> EntityVersion:
    """A version of a row."""
    return EntityVersion.objects.get(list=list_name, entity_id=identity, version=version)


def referring_rows(building: str) -> Iterator[tuple[Entity, str]]:
    """The rows that belong to a building, each with the property that names it."""
    for list_name in list_names():
        for name in referring(list_name):
            rows = Entity.objects.filter(list=list_name, deleted=False)
            for row in rows.filter(**{f"data__{name}__icontains": building}).order_by("id"):
                if building in row.data[name].split():
                    yield row, name


def repointed(data: Mapping[str, str], name: str, before: str, after: str) -> Values:
    """The row's data with one building named in place of another; none is named twice."""
    named = [after if one == before else one for one in data[name].split()]
    return {**data, name: " ".join(dict.fromkeys(named))}


def following(data: Values, before: Entity, after: Entity) -> Values:
    """A row that stood in the street of the building it belonged to stands in that of its new one."""
    if data.get("street") and data["street"] == before.street and after.street:
        return {**data, "street": after.street}
    return data


def absorb(act: Act, building: Entity, other: Entity) -> None:
    """The rows and visits of ``other`` belong to ``building`` from now on; ``other`` stands no more, and its
    id leads on. ``building`` itself is written by the caller."""
    for row, name in list(referring_rows(other.id)):
        act.write(row, following(repointed(row.data, name, other.id, building.id), other, building))
    take_away(act, building, other)


def take_away(act: Act, building: Entity, other: Entity) -> None:
    """``other`` stands no more; its id and its visits lead to ``building``."""
    act.write(other, {**other.data, LIFE: "merged", INTO: building.id}, deleted=True)
    act.put(Visit.objects.filter(filed_under=UUID(other.id)), building.id)
    Filing.objects.filter(pk=act.filing.pk).update(leads=other.id)
    act.filing.leads = other.id


def chain(identity: str) -> list[str]:
    """The ids that one leads through, itself first."""
    found = [identity]
    while True:
        onward = Filing.objects.filter(leads=found[-1]).values_list("building", flat=True).first()
        if onward is None:
            return found
        found.append(onward)


def arrived(*identities: str) -> None:
    """What waited for these buildings follows."""
    register.arrived(BUILDINGS, set(identities))


def standing(filing_id: UUID) -> Filing:
    """A filing that can be undone, locked.

    UserError FILING_006 for none or one that was undone; FILING_007 if a later one of the same buildings has
    to be undone first.
    """
    filing = Filing.objects.select_for_update().filter(pk=filing_id, undone_at=None).first()
    if filing is None:
        raise UserError("FILING_006", id=filing_id)
    both = {filing.building, filing.other}
    later = Filing.objects.filter(Q(building__in=both) | Q(other__in=both), mark__gt=filing.mark)
    newest = later.filter(undone_at=None).order_by("-mark").first()
    if newest is not None:
        raise UserError("FILING_007", id=filing_id, newer=newest.pk)
    return filing


def both_rows(filing: Filing) -> tuple[Entity, Entity]:
    """The rows of a filing's two buildings, locked."""
    found = Entity.objects.select_for_update().filter(list=BUILDINGS)
    return found.get(id=filing.building), found.get(id=filing.other)


def uuid_of(identity: str) -> UUID:
    """A building's id for visits. UserError FILING_001 for one that is no uuid: no visit can be of it."""
    try:
        return UUID(identity)
    except ValueError as error:
        raise UserError("FILING_001", id=identity) from error
