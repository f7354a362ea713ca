"""Rows of the register's lists as typed values; ``Building`` of ``register`` is that of houses.

Each view has the properties that its list declares, under their names (a test compares). What is not known or
does not parse is empty or None; the row itself keeps what was written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Self

from fieldapp.domain.register import day, decimal, schema, whole


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


_READ: dict[str, Callable[[str], object]] = {
    "integer": whole,
    "decimal": decimal,
    "date": day,
    "datetime": _moment,
    "codes": lambda text: tuple(text.split()),
    "references": lambda text: tuple(text.split()),
}


@dataclass(frozen=True, slots=True)
class View:
    """A row of the list ``LIST``; ``id`` is its uuid as text."""

    LIST: ClassVar[str]

    id: str

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Self:
        """A view of a row with ``name`` and the properties that are known."""
        properties = schema(cls.LIST).properties.values()
        values = {one.name: _READ.get(one.type, str)(row.get(one.name, "")) for one in properties}
        return cls(id=row.get("name", ""), **values)


@dataclass(frozen=True, slots=True)
class Alias(View):
    """Another name of a building."""

    LIST: ClassVar[str] = "aliases"

    building: str
    street: str
    alias: str
    kind: str
    note: str


@dataclass(frozen=True, slots=True)
class Appraisal(View):
    """An appraisal, ordered or delivered."""

    LIST: ClassVar[str] = "appraisals"

    building: str
    street: str
    unit: str
    hazard: str
    report_no: str
    appraisal_trigger: str
    entrusted_by: str
    ordered_on: date | None
    firm: str
    appraisal_scheme: str
    appraisal_grade: str
    handling_class: str
    conclusion: str
    delivered_on: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Area(View):
    """An area (片区) that buildings lie in."""

    LIST: ClassVar[str] = "areas"

    street: str
    area_name: str
    kind: str
    communities: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Contact(View):
    """Whom to call or where to go; ``street`` empty for the district's."""

    LIST: ClassVar[str] = "contacts"

    street: str
    kind: str
    contact_name: str
    unit: str
    speciality: str
    phone: str
    mobile: str
    address: str
    capacity: int | None
    note: str


@dataclass(frozen=True, slots=True)
class Firm(View):
    """A firm that appraises, strengthens, builds or monitors."""

    LIST: ClassVar[str] = "firms"

    firm_name: str
    credit_code: str
    kind: str
    cert_no: str
    cert_scope: str
    cert_expires: date | None
    contact: str
    phone: str
    checked_on: date | None
    measure: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Hazard(View):
    """A hazard with its two axes, disposal and control."""

    LIST: ClassVar[str] = "hazards"

    building: str
    street: str
    unit: str
    hazard_no: str
    hazard_level: str
    hazard_basis: str
    hazard_rules: str
    hazard_deadline: date | None
    key_appraisal_class: tuple[str, ...]
    found_on: date | None
    source_record: str
    disposal_state: str
    disposal: str
    disposal_unit: str
    disposal_start: date | None
    disposal_end: date | None
    close_reason: str
    closed_on: date | None
    notice_no: str
    notice_on: date | None
    control_state: str
    control_taken: tuple[str, ...]
    sealed_on: date | None
    people_out: str
    seal_no: str
    handed_to: str
    handed_on: date | None


@dataclass(frozen=True, slots=True)
class MonitorPoint(View):
    """A point that is monitored."""

    LIST: ClassVar[str] = "monitor_points"

    building: str
    street: str
    hazard: str
    point_no: str
    quantity: str
    position: str
    floor: int | None
    instrument: str
    accuracy: Decimal | None
    baseline: Decimal | None
    baseline_on: date | None
    limit_value: Decimal | None
    limit_rate: Decimal | None
    limit_rule: str
    interval_days: int | None
    alarm: str
    next_on: date | None


@dataclass(frozen=True, slots=True)
class Permit(View):
    """A permit of a building or unit."""

    LIST: ClassVar[str] = "permits"

    building: str
    street: str
    unit: str
    permit_type: str
    permit_status: str
    permit_no: str
    holder: str
    issued_on: date | None
    expires_on: date | None
    permit_area: Decimal | None
    permit_floors: int | None
    permit_use: str
    mismatch: str
    authority: str
    handed_on: date | None
    replied_on: date | None
    reply: str


@dataclass(frozen=True, slots=True)
class Plate(View):
    """A QR door plate and the buildings it stands for."""

    LIST: ClassVar[str] = "plates"

    buildings: tuple[str, ...]
    street: str
    plate_code: str
    standard_address: str
    plate_state: str
    note: str


@dataclass(frozen=True, slots=True)
class Project(View):
    """A renewal, factory or illegal-building project."""

    LIST: ClassVar[str] = "projects"

    buildings: tuple[str, ...]
    street: str
    project_name: str
    kind: str
    stage: str
    stage_on: date | None
    area: str
    plan_year: int | None
    deadline: date | None
    renewal_mode: str
    park_plan: str
    illegal_kind: str
    campaign: str
    illegal_disposal: str
    decision_no: str
    subject: str
    households: int | None
    persons: int | None
    note: str


@dataclass(frozen=True, slots=True)
class ProvincialId(View):
    """What of a record is entered in the provincial system."""

    LIST: ClassVar[str] = "provincial_ids"

    building: str
    street: str
    record_id: str
    form_id: str
    provincial_no: str
    entry_state: str
    entered_on: date | None
    return_reason: str


@dataclass(frozen=True, slots=True)
class Reading(View):
    """A reading of a monitoring point."""

    LIST: ClassVar[str] = "readings"

    building: str
    street: str
    point: str
    value: Decimal | None
    read_at: datetime | None
    observer: str
    change: Decimal | None
    cumulative: Decimal | None
    rate: Decimal | None
    alarm: str
    weather: str
    action: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Unit(View):
    """A flat, room or shop of a building."""

    LIST: ClassVar[str] = "units"

    building: str
    street: str
    kind: str
    floor: int | None
    unit_no: str
    unit_order: str
    unit_use: str
    occupant: str
    occupant_phone: str
    tenure: str
    persons: int | None
    vulnerable: int | None
    area_m2: Decimal | None
    shop_name: str
    licence: str
    unit_state: str
    note: str


#: By list.
VIEWS: Mapping[str, type[View]] = {
    "aliases": Alias,
    "appraisals": Appraisal,
    "areas": Area,
    "contacts": Contact,
    "firms": Firm,
    "hazards": Hazard,
    "monitor_points": MonitorPoint,
    "permits": Permit,
    "plates": Plate,
    "projects": Project,
    "provincial_ids": ProvincialId,
    "readings": Reading,
    "units": Unit,
}
