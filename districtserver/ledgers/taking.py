"""Look at a ledger, take it in, decide what waits (待核), undo the whole of it.

A row only adds: a house nobody knows, or a fact that is empty. What is not certain waits for a person.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4, uuid5

from django.db.models import F, Q

from districtserver import audit, blobs, clock, redirects
from districtserver.ledgers.models import Ledger, LedgerRow, LedgerTemplate
from districtserver.ledgers.rewriting import Rewrite, rewrite
from districtserver.models import Effect, Entity, Visit
from districtserver.writing import writing
from fieldapp.domain.ledger_import.headings import Headings, find, fingerprint, likely
from fieldapp.domain.ledger_import.plan import House, Houses, Plan, PlannedRow, plan
from fieldapp.domain.ledger_import.reading import LIST, Reading, read_ledger
from fieldapp.domain.ledger_import.remarks import kept_remark
from fieldapp.domain.ledger_import.workbook import Sheet, read_workbook
from fieldapp.domain.register import schema
from fieldapp.errors import UserError

#: Rows of a query that names many houses at most: SQLite takes some thousand parameters.
_SLICE = 500
#: Hears what is being done, how much of it and of how much (0: nobody knows).
Told = Callable[[str, int, int], None]


def _untold(_step: str, _done: int, _total: int) -> None:
    """For who does not want to know."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A ledger that was looked at: nothing is written. ``before``: the same file was taken in already."""

    name: str
    content: bytes
    mapping: Mapping[str, str]
    reading: Reading
    plan: Plan
    before: Ledger | None

    @property
    def meanings(self) -> dict[str, str]:
        """Every heading and what it was taken for."""
        return {
            column.title: column.means
            for sheet in self.reading.sheets
            if sheet.headings is not None
            for column in sheet.headings.columns + sheet.headings.unknown
        }


def look(
    name: str, content: bytes, mapping: Mapping[str, str] | None = None, told: Told = _untold
) -> Preview:
    """Read a ledger and say what would become of each row. UserError LEDGER_001 to LEDGER_003.

    ``mapping`` (headings to properties) comes before what was given earlier for sheets with the same
    headings. ``told`` hears ``open``, ``read`` with rows so far, ``plan``.
    """
    told("open", 0, 0)
    sheets, given = read_workbook(content, name), dict(mapping or {})
    rows = sum(len(one.rows) for one in sheets)
    reading = read_ledger(sheets, _remembered(sheets) | given, lambda done: told("read", done, rows))
    told("plan", 0, 0)
    before = Ledger.objects.filter(blob_id=_sha256(content), state="taken").first()
    return Preview(name, content, given, reading, _planned(reading), before)


def unmapped(name: str, content: bytes) -> tuple[Headings, ...]:
    """The likely headings of the sheets of a file of which none says where a house is, for a person."""
    found = (likely(one, LIST) for one in read_workbook(content, name))
    return tuple(one for one in found if one is not None)


def keep(content: bytes) -> str:
    """Store a file's bytes under their hash, its name among the blobs; nothing refers to it yet."""
    sha256 = _sha256(content)
    if blobs.size_of(sha256) is None:
        blobs.append(sha256, 0, len(content), [content], len(content))
    return sha256


def take(preview: Preview, who: str, told: Told = _untold) -> Ledger:
    """Take in what was looked at, planned anew on the register as it is now: one transaction.

    The same file again changes nothing: the ledger of then is the answer. Rows that wait already from
    another file of the same content are not asked a second time.
    """
    sha256 = keep(preview.content)
    with writing():
        before = Ledger.objects.filter(blob_id=sha256, state="taken").first()
        if before is not None:
            return before
        blobs.enter({sha256: len(preview.content)})
        ledger = Ledger.objects.create(
            id=uuid4(),
            name=preview.name,
            blob_id=sha256,
            mapping=dict(preview.mapping),
            taken_at=clock.now(),
            who=who,
            state="taken",
        )
        told("plan", 0, 0)
        waiting = {_content(one) for one in LedgerRow.objects.filter(state="pending").iterator()}
        rows = [_kept(ledger, one) for one in _planned(preview.reading).rows]
        for one in rows:
            if one.state == "pending" and _content(one) in waiting:
                one.state, one.reason = "skipped", "waits already"
        _write_houses([one for one in rows if one.state == "new"], who, told)
        _fill([one for one in rows if one.state == "known"], who, told)
        for at in range(0, len(rows), _SLICE):
            told("keep", at, len(rows))
            LedgerRow.objects.bulk_create(rows[at : at + _SLICE])
        _remember(preview, who)
        detail = {"ledger": str(ledger.id), "sha256": sha256, "rows": len(rows), "who": who}
        audit.append("ledger_taken", None, detail)
        return ledger


def get(ledger_id: str) -> Ledger:
    """A ledger by its id, or the beginning of it. UserError LEDGER_004 for none or several."""
    found = [one for one in Ledger.objects.all() if ledger_id and str(one.id).startswith(ledger_id)]
    if len(found) != 1:
        raise UserError("LEDGER_004", id=ledger_id)
    return found[0]


def counts(ledger: Ledger) -> dict[str, int]:
    """Rows of a ledger by state."""
    return dict(Counter(ledger.rows.values_list("state", flat=True)))


def decide(number: int, house: str, who: str, reason: str = "") -> LedgerRow:
    """What a waiting row is: ``new``, ``skip`` (with a reason), or a house by id or code, of which it only
    fills what is empty.

    UserError LEDGER_005 if it does not wait, LEDGER_007 for a house that is not there, LEDGER_008 without
    a reason.
    """
    with writing():
        row = LedgerRow.objects.select_for_update().filter(pk=number, state="pending").first()
        if row is None:
            raise UserError("LEDGER_005", row=number)
        if house == "skip":
            if not reason.strip():
                raise UserError("LEDGER_008", row=number)
            row.state = "skipped"
        elif house == "new":
            if not row.house or Entity.objects.filter(list=LIST, id=row.house).exists():
                row.house = str(uuid5(row.ledger_id, f"{row.sheet}|{row.row}"))
            row.state = "new"
            _write_houses([row], who, _untold)
        else:
            row.state, row.house = "known", _house(house)
            _fill([row], who, _untold)
        row.reason, row.decided_by, row.decided_at = reason.strip(), who, clock.now()
        row.save()
        detail = {"ledger": str(row.ledger_id), "row": number, "state": row.state, "house": row.house}
        audit.append("ledger_row_decided", None, detail | {"who": who})
        return row


def undo(ledger: Ledger, who: str, told: Told = _untold) -> tuple[str, ...]:
    """Take a ledger back as a whole; the ids of houses that stay, because something was built on them: a
    visit, an effect of a record, a later change. Their rows stay with them.

    UserError LEDGER_006 if it is undone already.
    """
    with writing():
        if not Ledger.objects.filter(pk=ledger.pk, state="taken").update(state="undone"):
            raise UserError("LEDGER_006", id=str(ledger.pk))
        told("plan", 0, 0)
        rows = list(ledger.rows.exclude(state="undone").order_by("id"))
        written = [one for one in rows if one.version is not None]
        there = _entities(one.house for one in written)
        stay = _built_on(written, there)
        _rewrite([_taken_back(one, there[one.house]) for one in written if one.house not in stay], who, told)
        back = [one.pk for one in rows if one.version is None or one.house not in stay]
        for at in range(0, len(back), _SLICE):
            told("keep", at, len(back))
            part = LedgerRow.objects.filter(pk__in=back[at : at + _SLICE])
            part.update(state="undone", version=F("version") + 1)  # of those that wrote none it stays null
        detail = {"ledger": str(ledger.pk), "rows": len(back), "stay": sorted(stay), "who": who}
        audit.append("ledger_undone", None, detail)
        return tuple(sorted(stay))


# -- planning -----------------------------------------------------------------------------------------------


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _remembered(sheets: Sequence[Sheet]) -> dict[str, str]:
    """The mappings that were given for sheets with the same headings as one of these."""
    found: dict[str, str] = {}
    for template in LedgerTemplate.objects.order_by("kept_at", "fingerprint"):
        for sheet in sheets:
            headings = find(sheet, LIST, template.columns)
            if headings is not None and fingerprint(headings) == template.fingerprint:
                found |= template.columns
    return found


def _remember(preview: Preview, who: str) -> None:
    if not preview.mapping:
        return
    for sheet in preview.reading.sheets:
        if sheet.headings is not None:
            LedgerTemplate.objects.update_or_create(
                fingerprint=fingerprint(sheet.headings),
                defaults={"columns": dict(preview.mapping), "kept_at": clock.now(), "who": who},
            )


def _planned(reading: Reading) -> Plan:
    """The plan beside the register as it is. A house that was put away by a person does not come back by
    itself; one that an undone ledger had brought does."""
    rows = Entity.objects.filter(list=LIST, deleted=False).iterator(chunk_size=2_000)
    houses = Houses(House(row.id, row.version, row.data) for row in rows)
    for former in Entity.objects.filter(list=LIST, id__in=redirects.leading(LIST)):
        houses.joined(former.data, redirects.now(LIST, former.id))
    away = set(Entity.objects.filter(list=LIST, deleted=True).values_list("id", "version"))
    if away:
        away -= set(LedgerRow.objects.filter(state="undone").values_list("house", "version"))
    return plan(reading, houses, frozenset(house for house, _version in away))


def _kept(ledger: Ledger, one: PlannedRow) -> LedgerRow:
    return LedgerRow(
        ledger=ledger,
        sheet=one.row.sheet,
        row=one.row.number,
        cells=[[heading, text] for heading, text in one.row.cells.items()],
        remarks=[kept_remark(remark) for remark in one.row.remarks],
        state=one.state,
        house=one.house,
        values=dict(one.row.values if one.state == "pending" else one.values),
        candidates=[{"id": two.id, "code": two.code, "why": two.why} for two in one.candidates],
    )


def _content(row: LedgerRow) -> str:
    return json.dumps([row.house, row.cells], sort_keys=True)


# -- writing into the register ------------------------------------------------------------------------------


def _label(values: Mapping[str, str]) -> str:
    return values.get(schema(LIST).label, "")


def _rewrite(wanted: Sequence[Rewrite], who: str, told: Told) -> None:
    rewrite(LIST, wanted, who, lambda done: told("houses", done, len(wanted)))


def _write_houses(rows: Sequence[LedgerRow], who: str, told: Told) -> None:
    """New houses; those that an undone ledger had brought come back as a further version."""
    there = _entities(one.house for one in rows)
    wanted = [
        Rewrite(
            there.get(one.house) or Entity(list=LIST, id=one.house, version=0),
            _label(one.values),
            {name: value for name, value in one.values.items() if value},
        )
        for one in rows
    ]
    _rewrite(wanted, who, told)
    for one, written in zip(rows, wanted, strict=True):
        one.version = written.row.version


def _fill(rows: Sequence[LedgerRow], who: str, told: Told) -> None:
    """What the houses do not have yet, each named by one row. ``values`` keeps what was filled."""
    there, wanted = _entities(one.house for one in rows), {}
    for one in rows:
        house = there[one.house]
        one.values = {name: value for name, value in one.values.items() if value and not house.data.get(name)}
        if one.values:
            wanted[one.house] = Rewrite(house, house.label, {**house.data, **one.values})
    _rewrite(list(wanted.values()), who, told)
    for one in rows:
        if one.house in wanted:
            one.version = there[one.house].version


def _house(wanted: str) -> str:
    """The house that an id or a code means, also one of a file that was joined to it."""
    called = Entity.objects.filter(Q(id=wanted) | Q(data__building_code=wanted), list=LIST)
    ids = set(called.filter(deleted=False).values_list("id", flat=True)[:2]) or {
        redirects.now(LIST, one) for one in called.values_list("id", flat=True)[:2]
    }
    found = Entity.objects.filter(list=LIST, id__in=ids, deleted=False)
    if len(ids) != 1 or not wanted or not found:
        raise UserError("LEDGER_007", id=wanted)
    return str(found[0].id)


def _entities(houses: Iterable[str]) -> dict[str, Entity]:
    wanted = list(houses)
    return {
        row.id: row
        for at in range(0, len(wanted), _SLICE)
        for row in Entity.objects.filter(list=LIST, id__in=wanted[at : at + _SLICE])
    }


def _built_on(rows: Sequence[LedgerRow], there: Mapping[str, Entity]) -> set[str]:
    """Houses that have a visit, an effect of a record, or a change after their row's."""
    houses = [one.house for one in rows]
    stay = {one.house for one in rows if there[one.house].version != one.version}
    for at in range(0, len(houses), _SLICE):
        part = houses[at : at + _SLICE]
        stay |= set(Effect.objects.filter(list=LIST, entity_id__in=part).values_list("entity_id", flat=True))
        visited = Visit.objects.filter(building_id__in=[one for one in map(_uuid, part) if one])
        stay |= {str(one) for one in visited.values_list("building_id", flat=True)}
    return stay & set(houses)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _taken_back(row: LedgerRow, entity: Entity) -> Rewrite:
    if row.state == "new":
        return Rewrite(entity, entity.label, entity.data, deleted=True)
    data = {name: value for name, value in entity.data.items() if name not in row.values}
    return Rewrite(entity, entity.label, data)
