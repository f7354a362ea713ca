"""Visits: begun whole, finalized whole or not at all, corrected by new versions."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from fieldapp.domain.visit import TeamMember
from fieldapp.errors import FieldappError, UserError
from fieldapp.services.laptop import Laptop
from fieldapp.sync.protocol import SignedStatement, SubmissionManifest, sha256_of, verified
from tests.services.office import FORM, LOCKED, MAJOR, begin, filled, jpeg, open_laptop


def test_a_visit_knows_its_house_and_tasks(laptop: Laptop) -> None:
    house = laptop.buildings.get("350502005006-0001")
    visit = laptop.visits.begin(UUID(house.id), [FORM])
    assert visit.tasks == ("t01", "t12")
    assert visit.kind in {"first", "recheck"}
    assert [member.name for member in visit.team] == [laptop.store.keys.actor.name]
    assert len(laptop.store.drafts.list(visit.visit_id)) == 1


def test_todays_team_is_set_once(laptop: Laptop) -> None:
    team = (TeamMember("甲", "江南街道", "LC-1"), TeamMember("乙", "江南街道", "LC-2"))
    laptop.visits.set_team(team)
    assert laptop.store.visits.get(begin(laptop).visit_id).team  # the file's own team
    house = laptop.buildings.get("350502005006-0001")
    assert laptop.visits.begin(UUID(house.id), [FORM]).team == team
    with pytest.raises(UserError, match="VISIT_007"):
        laptop.visits.set_team(())


def test_nothing_is_begun_with_an_unknown_form_or_house(laptop: Laptop) -> None:
    house = laptop.buildings.get("350502005006-0001")
    with pytest.raises(UserError, match="VISIT_002"):
        laptop.visits.begin(UUID(house.id), [FORM, "other"])
    with pytest.raises(UserError, match="VISIT_006"):
        laptop.visits.begin(uuid4(), [FORM])
    assert laptop.store.visits.list() == ()


def test_what_is_missing_is_named_and_nothing_is_frozen(laptop: Laptop) -> None:
    opened = begin(laptop)
    opened.answer("/data/g_outcome/visit_result", "locked")
    opened.settle()
    questions = laptop.visits.open_questions(opened.visit_id)
    assert {one.path.rpartition("/")[2] for one in questions} >= {"visit_reason", "next_visit_date", "photo"}
    assert all(one.label for one in questions)
    with pytest.raises(UserError, match="VISIT_001"):
        laptop.visits.finalize(opened.visit_id)
    assert laptop.store.visits.get(opened.visit_id).state == "open"
    assert laptop.store.outbox.unsent() == 0


def test_finalized_means_hashed_signed_queued_and_in_the_register(laptop: Laptop) -> None:
    opened = filled(laptop, MAJOR)
    (record,) = laptop.visits.finalize(opened.visit_id)
    manifest = record.manifest
    wire = SignedStatement(key_id=manifest.key_id, statement=manifest.statement, signature=manifest.signature)
    key = laptop.store.keys.signing.public_key().public_bytes_raw()
    assert verified(wire, key)
    said = SubmissionManifest.model_validate_json(manifest.statement)
    assert said.sha256 == record.sha256 == sha256_of(record.xml)
    assert said.visit.result == "done"
    assert {file.sha256 for file in said.attachments} == {file.sha256 for file in record.attachments}
    assert len(record.attachments) == 9
    for file in record.attachments:
        assert sha256_of(laptop.store.vault.get(file.sha256)) == file.sha256
    assert laptop.store.outbox.unsent() == 1
    assert laptop.store.drafts.list() == ()
    house = laptop.buildings.get("350502005006-0001")
    assert house.values["hazard_level"] == "major"
    assert house.unconfirmed == 1
    again = wire.model_copy(update={"statement": manifest.statement.replace("major", "minor") + " "})
    assert not verified(again, key)
    assert base64.b64decode(manifest.signature)


def test_a_locked_door_does_not_count_as_inspected(laptop: Laptop) -> None:
    before = laptop.buildings.get("350502002006-0001").values
    laptop.visits.finalize(filled(laptop, LOCKED).visit_id)
    house = laptop.buildings.get("350502002006-0001").values
    assert house["attempts"] == "1"
    assert house["last_result"] == "locked"
    assert house.get("last_inspected") == before.get("last_inspected")


def test_finalizing_again_is_refused(laptop: Laptop) -> None:
    visit_id = filled(laptop).visit_id
    laptop.visits.finalize(visit_id)
    with pytest.raises(UserError, match="VISIT_008"):
        laptop.visits.finalize(visit_id)
    assert laptop.store.outbox.unsent() == 1


def test_an_answer_without_its_photograph_is_refused(laptop: Laptop) -> None:
    opened = filled(laptop)
    opened.answer("/data/g_photo/rep_photo[1]/photo", f"{'0' * 64}.jpg")
    opened.settle()
    with pytest.raises(UserError, match="VISIT_009"):
        laptop.visits.finalize(opened.visit_id)
    assert laptop.store.submissions.list() == ()


def test_a_damaged_original_stops_the_freeze(laptop: Laptop) -> None:
    opened = filled(laptop)
    (photo,) = laptop.store.photos.for_visit(opened.visit_id)
    laptop.store.vault.remove(photo.sha256)
    with pytest.raises(FieldappError, match="STORE_033"):
        laptop.visits.finalize(opened.visit_id)
    assert laptop.store.visits.get(opened.visit_id).state == "open"


def test_a_correction_is_a_new_version(laptop: Laptop) -> None:
    (first,) = laptop.visits.finalize(filled(laptop).visit_id)
    opened = laptop.filling.correct(first.chain.instance_id)
    assert opened.session.value("/data/g_outcome/visit_reason") == "无人在家，邻居不知去向"
    with pytest.raises(UserError, match="VISIT_011"):
        laptop.filling.correct(first.chain.instance_id)
    opened.answer("/data/g_outcome/visit_reason", "邻居说住户外出务工")
    opened.settle()
    (second,) = laptop.visits.finalize(opened.visit_id)
    assert (second.chain.record_id, second.chain.version) == (first.chain.record_id, 2)
    assert second.chain.deprecated_id == first.chain.instance_id
    assert b"<orx:deprecatedID" in second.xml or b"deprecatedID" in second.xml
    assert laptop.store.submissions.get(first.chain.instance_id).record == "superseded"
    assert laptop.store.submissions.get(first.chain.instance_id).xml == first.xml
    with pytest.raises(UserError, match="VISIT_012"):
        laptop.filling.correct(first.chain.instance_id)
    assert laptop.store.outbox.unsent() == 2
    assert json.loads(second.manifest.statement)["deprecated_id"] == str(first.chain.instance_id)


def test_nothing_of_a_visit_stands_in_clear_anywhere(laptop: Laptop, tmp_path: Path) -> None:
    """Answers, file names and pictures are looked for in every file while the store is open and after."""
    secret, marker = "墙角有蜂窝MARKERTEXT", "MARKERPICTURE"
    opened = begin(laptop)
    photo = laptop.evidence.add(
        opened.visit_id,
        jpeg(3, note=marker),
        name="MARKERNAME.jpg",
        question="/data/g_photo/rep_photo[1]/photo",
    )
    for path, value in (
        ("/data/g_outcome/visit_result", "locked"),
        ("/data/g_outcome/visit_reason", secret),
        ("/data/g_outcome/next_visit_date", "2022-12-15"),
        ("/data/g_photo/rep_photo[1]/photo", photo.name),
    ):
        opened.answer(path, value)
    opened.settle()
    laptop.store.photos.keep_aside(b"\xff\xd8 MARKERASIDE", "MARKERNAME2.jpg", "MEDIA_006")
    thumbnail = laptop.store.vault.get(photo.photo.thumbnail)
    needles = [
        marker.encode(),
        b"MARKERTEXT",
        b"MARKERNAME",
        b"MARKERASIDE",
        secret.encode(),
        thumbnail[64:96],
    ]

    def found() -> list[str]:
        return [
            f"{file.name}: {needle[:12]!r}"
            for file in (tmp_path / "laptop").rglob("*")
            if file.is_file()
            for content in [file.read_bytes()]
            for needle in needles
            if needle in content
        ]

    assert (tmp_path / "laptop" / "store.sqlite3-wal").exists()
    assert found() == []
    laptop.visits.finalize(opened.visit_id)
    assert found() == []
    laptop.close()
    assert found() == []
    with open_laptop(tmp_path / "laptop") as again:
        (record,) = again.store.submissions.list()
        assert secret in record.xml.decode()  # the needle is really what was written
