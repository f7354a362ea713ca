"""A laptop with something to see: houses of a street, a round that was begun, records, drafts, a team."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from fieldapp.domain.conflicts import CONFLICTS, Side, Standing, conflict_id
from fieldapp.domain.patrol import FORM as PATROL
from fieldapp.domain.sample import sample_district
from fieldapp.domain.sample_lists import sample_lists
from fieldapp.domain.visit import TeamMember
from fieldapp.errors import UserError
from fieldapp.i18n import explain
from fieldapp.media.annotation import Mark
from fieldapp.media.sample import sample_photo
from fieldapp.services.laptop import Laptop
from fieldapp.services.patrolling import NEXT_VISIT, PLAQUE, REASON
from fieldapp.services.pictures import Pictures
from fieldapp.services.publishing import built_form, find_form
from fieldapp.services.today import Lane
from fieldapp.store import Inspector
from fieldapp.store.model import RegisterRow, SignedText
from fieldapp.store.sync_runs import LAST_SYNC
from fieldapp.sync.protocol import AuditHead, BlobRef, Receipt, signed
from tests.services.office import (
    FORM,
    HOUSES,
    LOCKED,
    MAJOR,
    MORNING,
    enrolment,
    filled,
    new_laptop,
    register_row,
)
from tests.store.building import INSPECTOR

STREET, ROAD = 120, "亭店路"
#: When the pictures are taken: after all that the sample says was done.
NOW = MORNING.replace(hour=10, minute=26)
#: Houses of the street with a hazard that is being put right: until when.
_DEADLINES = {
    "亭店路18号": "2022-12-05", "火炬路34号": "2022-12-07", "锦美路19号": "2022-12-08",
    "乌石巷13号": "2022-12-12", "火炬巷13号": "2022-12-14",
}  # fmt: skip


class _Clock:
    """A clock that is set by hand."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


def sample_laptop(folder: Path) -> Laptop:
    """A new laptop in ``folder``, open."""
    clock = _Clock(MORNING - timedelta(days=30))
    laptop = new_laptop(folder, clock, Inspector(INSPECTOR.inspector_id, "林某某"))
    laptop.store.register.import_rows("buildings", _street())
    others = [one for one in sample_district() if one["building_code"] in HOUSES]
    for name, rows in sample_lists([*_houses(), *(one for one in others if one not in _houses())]).items():
        laptop.store.register.import_rows(name, map(register_row, rows))
    laptop.store.forms.install(PATROL, find_form(PATROL).version, built_form(PATROL))
    unit = "江南街道办事处"
    laptop.visits.set_team([TeamMember("林某某", unit, "LC-0231"), TeamMember("王某", unit, "LC-0248")])
    major = next(row for row in sample_district() if row["building_code"] == HOUSES[0])
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    laptop.store.settings.set("enrolment", enrolment(key).as_json())
    _unchanged(laptop, UUID(major["name"]), 90)
    _sync(laptop, clock, key)
    clock.moment = MORNING
    laptop.visits.finalize(filled(laptop, LOCKED).visit_id)
    opened = filled(laptop, MAJOR, _picture)
    _draw(laptop, opened.visit_id)
    house = laptop.buildings.find("tdl12")[0]
    lane = Lane(house.values["community"], ROAD)
    laptop.today.set_lane(lane)
    _walk(laptop, lane, clock)
    clock.moment = NOW - timedelta(minutes=4)
    _sync(laptop, clock, key, refused="聚宝街21号")
    clock.moment = NOW - timedelta(minutes=2)
    begun = laptop.visits.begin(UUID(house.id), [FORM])
    laptop.filling.open(begun.visit_id, FORM).answer("/data/g_outcome/visit_result", "done")
    dispute(laptop, laptop.today.houses(lane)[0].building_id, NOW - timedelta(hours=1))
    dispute(laptop, UUID(laptop.buildings.find("乌石巷13号")[0].id), NOW - timedelta(days=2), judged=False)
    return laptop


def dispute(laptop: Laptop, building: UUID, at: datetime, *, judged: bool = True) -> tuple[str, ...]:
    """Somebody else told the owner's telephone, and if ``judged`` the level, otherwise than the newest own
    record of the house, or than the office: the rows that a pull would bring; their ids."""
    own = laptop.store.submissions.list(building_id=building)
    record = str(own[0].chain.instance_id) if own else ""
    house = laptop.store.register.get("buildings", str(building))
    assert house is not None
    groups = {
        "owner": [
            {"owner_name": "陈某某", "owner_phone": phone} for phone in ("13800000044", "13900000052")
        ],
        "judgement": [
            {"hazard_level": "basic_safe", "hazard_basis": "", "hazard_deadline": ""},
            {"hazard_level": "general", "hazard_basis": "屋顶新增铁皮搭建，墙面斜裂缝 0.6 mm",
             "hazard_deadline": "2023-01-07"},
        ],
    }  # fmt: skip
    rows = []
    for group, (mine, others) in groups.items():
        if group == "judgement" and not judged:
            continue
        told = own[0].finalized_at if own else at - timedelta(days=30)
        sides = (
            Side(mine, "林某某、王某" if own else "台账导入", told.isoformat(), record, 2),
            Side(others, "陈某某", at.isoformat(), str(uuid5(building, "other")), 3),
        )
        values = {
            "street": house.values["street"], "of_list": "buildings", "of_row": house.id,
            "row_label": house.label, "merge_group": group, "opened_at": at.isoformat(),
            "standing": Standing({name: house.values.get(name, "") for name in mine}, sides).to_text(),
            "decision": "",
        }  # fmt: skip
        identity = conflict_id("buildings", house.id, group)
        rows.append(
            RegisterRow(
                identity, house.label, values, len(laptop.store.register.history(CONFLICTS, identity)) + 1
            )
        )
    laptop.store.register.import_rows(CONFLICTS, rows)
    return tuple(row.id for row in rows)


def _houses() -> list[dict[str, str]]:
    """The street's houses as the sample district has them."""
    return [one for one in sample_district() if one["building_code"].startswith("350502006")][:STREET]


def _street() -> list[RegisterRow]:
    """The street's houses; the lane was walked last month, some hazards have a deadline."""
    rows = []
    for row in _houses():
        house = dict(row)
        if row["address_detail"].startswith(ROAD):
            house["last_patrol"] = "2022-11-08"
        if row["address_detail"] in _DEADLINES:
            house["hazard_deadline"] = _DEADLINES[row["address_detail"]]
        rows.append(register_row(house))
    return rows


def _unchanged(laptop: Laptop, building: UUID, seed: int) -> None:
    """A round without findings."""
    one = laptop.patrolling.round_of(building)
    (taken,) = laptop.patrolling.take_in(one, [_picture("front", seed)])
    one.attach(taken.kept, one.photo_path())  # type: ignore[union-attr]
    one.all_clear()
    if one.plaque_asked:
        one.answer(PLAQUE, "updated")
    laptop.patrolling.finalize(one)


def _walk(laptop: Laptop, lane: Lane, clock: _Clock) -> None:
    """The first houses of the lane: unchanged, locked, unchanged; the fourth has its photograph."""
    for number, house in enumerate(laptop.today.houses(lane)[:4]):
        clock.moment = MORNING + timedelta(minutes=20 + 12 * number)
        if number in (0, 2):
            _unchanged(laptop, house.building_id, 90)
            continue
        one = laptop.patrolling.round_of(house.building_id)
        (taken,) = laptop.patrolling.take_in(one, [_picture("front", 20)])
        one.attach(taken.kept, one.photo_path())  # type: ignore[union-attr]
        if number == 1:
            one.outcome("locked")
            one.answer(REASON, "锁门，邻居说晚上才有人")
            one.answer(NEXT_VISIT, "2022-12-09")
            laptop.patrolling.finalize(one)
        else:
            one.settle()


def _sync(laptop: Laptop, clock: _Clock, key: Ed25519PrivateKey, refused: str = "") -> None:
    """A run that a server with ``key`` answered: the oldest record arrived, that of a house was refused."""
    store = laptop.store
    number = store.sync_runs.begin()
    store.settings.set(LAST_SYNC, clock().isoformat())
    waiting = store.outbox.waiting()
    first = next(one for one in waiting if one.label != refused)
    others = [one for one in waiting if one is not first]
    sent = store.submissions.get(first.instance_id)
    files = tuple(BlobRef(sha256=file.sha256, size=file.size) for file in sent.attachments)
    receipt = Receipt(
        instance_id=sent.chain.instance_id, record_id=sent.chain.record_id, version=sent.chain.version,
        sha256=sent.sha256, attachments=files, device_id=UUID(int=77), stored_at=clock(), flags=(),
        audit=AuditHead(seq=store.audit.head().seq, head=store.audit.head().head),
    )  # fmt: skip
    statement = signed(receipt, key)
    kept = SignedText(statement.statement, statement.key_id, statement.signature)
    store.outbox.record_receipt(sent.chain.instance_id, kept)
    for one in others:
        if one.label == refused:
            (file, *_rest) = store.submissions.get(one.instance_id).attachments
            damaged = UserError("STORE_032", sha256=file.sha256[:12])
            _title, cause, remedy = explain(damaged)
            store.outbox.record_refusal(one.instance_id, damaged.code, cause, remedy=remedy, retryable=True)
    clock.moment += timedelta(seconds=41)
    store.sync_runs.end(
        number, result="partial" if refused else "complete", sent=1, not_sent=len(others) if refused else 0,
        bytes_sent=sum(file.size for file in files), clock_offset=0.4,
    )  # fmt: skip


def _draw(laptop: Laptop, visit_id: UUID) -> None:
    """An arrow and a word on the photograph that shows the crack from near."""
    crack = next(photo for photo in laptop.store.photos.for_visit(visit_id) if photo.kind == "defect_near")
    marks = (Mark("arrow", 0.24, 0.2, 0.42, 0.42), Mark("text", 0.08, 0.1, 0.08, 0.1, "缝宽 6.5 mm"))
    Pictures(laptop.store).annotate(visit_id, crack.sha256, marks)


@cache
def _picture(name: str, seed: int = 0) -> bytes:
    """A drawn photograph, reduced: what it shows can be made out."""
    taken = MORNING + timedelta(minutes=len(name))
    seed = seed or len(name)
    large = sample_photo(
        name, taken_at=taken, latitude=24.9, longitude=118.58, caption="延陵路8号", seed=seed
    )
    image = Image.open(io.BytesIO(large))
    exif = image.getexif()
    stream = io.BytesIO()
    image.resize((1008, 756)).save(stream, "JPEG", exif=exif, quality=85)
    return stream.getvalue()
