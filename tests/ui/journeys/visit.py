"""The visit that every journey makes: what is answered, and what must be at the office in the end."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from fieldapp.services.laptop import Laptop
from fieldapp.store.model import Submission
from fieldapp.sync.protocol import Receipt, SignedStatement, verified
from tests.server.district import DistrictServer

HOUSE = "延陵路8号"
RESULT = "/data/g_outcome/visit_result"
CHECK = "/data/g_check"
WALL = f"{CHECK}/wall_damage"
DEFECT = "/data/g_defect/rep_defect[1]"
NEAR = f"{DEFECT}/d_photo_near"
RESULTS = "/data/g_result"
FOUND, NOTHING = "have", "ok"
#: A wall cracked through at its joint, the foundation not seen; everything else is as it should be.
ANSWERS = {
    RESULT: "done",
    f"{CHECK}/foundation_damage": "unseen",
    f"{CHECK}/foundation_damage_why": "埋地",
    WALL: FOUND,
    f"{DEFECT}/d_floor": "2",
    f"{DEFECT}/d_part": "东侧与北侧墙交接处",
    f"{DEFECT}/d_crack_dir": "vertical",
    f"{DEFECT}/d_crack_w": "6.5",
    f"{DEFECT}/d_crack_l": "2.4",
    f"{DEFECT}/d_spot": "joint_through",
    f"{DEFECT}/d_growing": "yes",
    f"{CHECK}/persons_now": "31",
    f"{RESULTS}/hazard_level": "major",
    f"{RESULTS}/hazard_basis": "墙体连接处通缝6.5 mm，仍在发展",
    f"{RESULTS}/control_taken": "cordon",
}
#: Asked of every item that nothing was found at.
ITEMS = (
    "site_condition", "ground_settle", "ground_joint", "tilt_seen", "column_damage", "beam_damage",
    "slab_damage", "stone_broken", "stair_damage", "balcony_damage", "facade_risk", "roof_damage",
    "opening_deform", "overload", "works_ongoing", "alteration_found",
)  # fmt: skip
ANSWERS |= {f"{CHECK}/{item}": NOTHING for item in ITEMS}


def check_record(laptop: Laptop, record: Submission, photographs: tuple[Path, ...]) -> None:
    """What was clicked or typed stands in the record, and the photographs as the camera wrote them."""
    session = laptop.filling.read(record)
    assert session.validate() == ()
    assert {path: session.value(path) for path in ANSWERS} == ANSWERS
    assert session.value(f"{RESULTS}/hazard_suggested") == "major"
    assert session.value(f"{RESULTS}/phoned_to")
    assert session.value(f"{RESULTS}/phoned_at")
    kept = {laptop.store.vault.get(file.sha256) for file in record.attachments}
    assert kept == {file.read_bytes() for file in photographs}


def check_office(district: DistrictServer, laptop: Laptop, record: Submission) -> None:
    """Every byte at the office is the laptop's; the receipt on the laptop says so and is the office's own."""
    instance = record.chain.instance_id
    with closing(sqlite3.connect(district.folder / "district.sqlite3")) as database:
        rows = database.execute(
            "SELECT instance_id, xml, sha256, manifest FROM districtserver_submission"
            " WHERE visit_id = ?", (record.visit_id.hex,),
        ).fetchall()  # fmt: skip
    ((there, xml, sha256, manifest),) = rows
    assert there == instance.hex
    assert bytes(xml) == record.xml
    assert sha256 == record.sha256 == hashlib.sha256(record.xml).hexdigest()
    assert manifest == record.manifest.statement
    for file in record.attachments:
        stored = (district.folder / "blobs" / file.sha256[:2] / file.sha256).read_bytes()
        assert stored == laptop.store.vault.get(file.sha256)
    kept = laptop.store.outbox.receipt(instance)
    assert kept is not None
    statement = SignedStatement.model_validate(asdict(kept))
    assert any(verified(statement, key) for key in laptop.syncing.enrolment.server_keys)
    receipt = Receipt.model_validate_json(statement.statement)
    assert (receipt.instance_id, receipt.sha256) == (instance, record.sha256)
    assert {file.sha256 for file in receipt.attachments} == {file.sha256 for file in record.attachments}
    assert laptop.store.outbox.unsent() == 0
