"""One inspection by commands: from the first answer to the server's receipt, and every way it can end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fieldapp.cli.output import Exit
from fieldapp.settings import resources
from fieldapp.sync.protocol import sha256_of
from tests.cli.conftest import Desk
from tests.server.district import DistrictServer
from tests.services.office import LOCKED, MAJOR, answers, jpeg

VISITS = resources() / "samples" / "visits"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with every photograph that the two visits name."""
    folder = tmp_path / "photos"
    folder.mkdir()
    names = {
        step.value.removeprefix("photo:")
        for name in (MAJOR, LOCKED)
        for step in answers(name).answers
        if step.value.startswith("photo:")
    }
    for number, name in enumerate(sorted(names)):
        # other bytes in every test: the server they share must not know them yet
        (folder / f"{name}.jpg").write_bytes(jpeg(number, note=f"{name} {tmp_path.name}"))
    return folder


def test_from_the_first_answer_to_the_receipt(
    ready: Desk, district: DistrictServer, photos: Path, tmp_path: Path
) -> None:
    new = ready.run("inspect", "new", "--answers", VISITS / MAJOR, "--photos", photos)
    assert new.code == Exit.OK, new
    assert new.said["open_questions"] == []
    visit = new.said["visit_id"]
    assert ready.run("inspect", "list").said["drafts"][0]["visit_id"] == visit
    done = ready.run("inspect", "finalize", visit)
    assert done.code == Exit.OK
    (record,) = done.said["records"]
    assert record["attachments"] == 9
    sheet = ready.run("sheet", record["record_id"], "--kind", "onsite", "--out", tmp_path / "a.pdf")
    assert sheet.said["sha256"] == sha256_of((tmp_path / "a.pdf").read_bytes())
    sent = ready.run("sync")
    assert sent.code == Exit.OK, sent
    assert sent.said["sent"] == [record["instance_id"]]
    assert sent.said["flags"] == {}
    assert ready.run("sync").said["sent"] == []
    held, stored = ready.run("inspect", "export").said, district.run("export")
    for what in ("submissions", "attachments", "receipts"):
        here = [entry for entry in held[what] if entry["instance_id"] == record["instance_id"]]
        there = [entry for entry in stored[what] if entry["instance_id"] == record["instance_id"]]
        assert [entry["sha256"] for entry in here] == [entry["sha256"] for entry in there]
        assert here
    checked = ready.run("verify")
    assert (checked.code, checked.said["findings"]) == (Exit.OK, [])
    assert checked.said["checked"]["submissions"] == 1
    assert checked.said["checked"]["files"] > 2 * record["attachments"]
    assert ready.run("buildings", "show", "350502005006-0001").said["facts"]["hazard_level"] == "major"


def test_answers_in_two_goes_and_a_photograph_by_hand(ready: Desk, photos: Path, tmp_path: Path) -> None:
    visit = ready.run("inspect", "new", "--building", "350502002006-0001").said["visit_id"]
    first = tmp_path / "first.json"
    first.write_text(json.dumps({"answers": {"visit_result": "locked", "visit_reason": "无人在家"}}), "utf-8")
    filled = ready.run("inspect", "fill", visit, "--answers", first)
    assert filled.code == Exit.OK
    assert {one["path"].rpartition("/")[2] for one in filled.said["open_questions"]} == {
        "next_visit_date",
        "photo",
    }
    assert ready.run("inspect", "finalize", visit).code == Exit.INCOMPLETE
    question = "/data/g_photo/rep_photo[1]/photo"
    added = ready.run("photos", "add", visit, photos / "front.jpg", "--question", question, "--kind", "front")
    assert added.said["taken"][0]["answer"].endswith(".jpg")
    second = tmp_path / "second.json"
    second.write_text(json.dumps({"answers": [["next_visit_date", "2099-01-15"]]}), "utf-8")
    assert ready.run("inspect", "fill", visit, "--answers", second).said["open_questions"] == []
    assert ready.run("inspect", "show", visit).said["forms"][0]["position"].endswith("next_visit_date")
    assert ready.run("inspect", "finalize", visit).code == Exit.OK
    assert ready.run("photos", "list", visit).said["photos"][0]["question"] == question


def test_a_record_leaves_as_plain_files_and_comes_back_as_a_correction(
    ready: Desk, photos: Path, tmp_path: Path
) -> None:
    visit = ready.run("inspect", "new", "--answers", VISITS / LOCKED, "--photos", photos).said["visit_id"]
    (record,) = ready.run("inspect", "finalize", visit).said["records"]
    out = ready.run("inspect", "export", record["record_id"], "--out", tmp_path / "plain")
    folder = tmp_path / "plain" / f"{record['record_id']}-1"
    assert sha256_of((folder / "instance.xml").read_bytes()) == record["sha256"]
    assert {Path(file).name for file in out.said["files"]} == {file.name for file in folder.iterdir()}
    opened = ready.run("inspect", "correct", record["record_id"])
    assert opened.said["visit_id"] == visit
    assert ready.run("inspect", "finalize", visit).said["records"][0]["version"] == 2
    assert ready.run("sync").code == Exit.OK
    assert len(ready.run("inspect", "export").said["receipts"]) == 2


def test_pictures_that_are_none_are_told(ready: Desk, tmp_path: Path) -> None:
    visit = ready.run("inspect", "new", "--building", "350502002006-0001").said["visit_id"]
    (tmp_path / "x.jpg").write_bytes(jpeg(1)[:500])
    ended = ready.run("photos", "add", visit, tmp_path / "x.jpg")
    assert ended.code == Exit.USER
    assert ended.said["refused"][0]["code"].startswith("MEDIA_")
    assert ended.said["refused"][0]["kept_aside"] == sha256_of(jpeg(1)[:500])


def _broken(text: str, tmp_path: Path) -> Path:
    file = tmp_path / "broken.json"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "VISIT_003"),
        ('{"answers": [["a"]]}', "VISIT_003"),
        ('{"answers": [{"add": "/data/x", "remove": "/data/y"}]}', "VISIT_003"),
        ('{"answers": [], "unknown": 1}', "VISIT_003"),
        ('{"answers": {"no_such_question": "1"}}', "FORM_016"),
        ('{"answers": {"visit_id": "1"}}', "FORM_020"),
        ('{"answers": {"hazard_suggested": "basic_safe"}}', "FORM_020"),
        ('{"answers": [["/data/g_photo/rep_photo[1]/photo", "photo:gone"]]}', "VISIT_004"),
        ('{"answers": [["/data/g_photo/rep_photo[1]/photo", "photo:../broken.json"]]}', "VISIT_004"),
    ],
)
def test_broken_answers_are_refused_with_their_place(
    ready: Desk, tmp_path: Path, text: str, code: str
) -> None:
    file = _broken(text, tmp_path)
    ended = ready.run("inspect", "new", "--building", "350502002006-0001", "--answers", file)
    assert (ended.code, ended.said["error"]["code"]) == (Exit.USER, code)
    assert ended.said["error"]["remedy"]


def test_who_and_which_passphrase(ready: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ready.run("unlock").said["inspector"] == "chen"
    monkeypatch.setenv("FIELDAPP_PASSPHRASE", "wrong but long")
    assert _failed(ready.run("unlock")) == (Exit.USER, "STORE_002")
    assert _failed(ready.run("unlock", "--inspector", "li")) == (Exit.USER, "STORE_003")
    monkeypatch.delenv("FIELDAPP_PASSPHRASE")
    assert _failed(ready.run("unlock")) == (Exit.USER, "CLI_001")


def _failed(ended: Any) -> tuple[int, str]:
    return ended.code, ended.said["error"]["code"]


def test_how_commands_end(desk: Desk, district: DistrictServer, tmp_path: Path) -> None:
    assert _failed(desk.run("unlock")) == (Exit.USER, "STORE_001")
    assert desk.run("unlock", "--no-such-option").code == Exit.USAGE
    assert desk.run("no-such-command").code == Exit.USAGE
    register = ("init", "--code", district.code(), "--inspector", "chen", "--ca", district.ca)
    assert _failed(desk.run(*register, "--server", "http://127.0.0.1:1")) == (Exit.USER, "SYNC_010")
    assert _failed(desk.run(*register, "--server", "https://127.0.0.1:1")) == (Exit.ENVIRONMENT, "SYNC_003")
    wrong = ("init", "--code", "NOSUCHCODE", "--inspector", "chen", "--ca", district.ca)
    assert _failed(desk.run(*wrong, "--server", district.url)) == (Exit.USER, "SYNC_050")
    assert not desk.data.exists()
    assert desk.run(*register, "--server", district.url).code == Exit.OK
    assert _failed(desk.run(*register, "--server", district.url)) == (Exit.USER, "STORE_011")


def test_not_sent_and_damaged_have_their_codes(ready: Desk, district: DistrictServer, photos: Path) -> None:
    visit = ready.run("inspect", "new", "--answers", VISITS / LOCKED, "--photos", photos).said["visit_id"]
    ready.run("inspect", "finalize", visit)
    district.stop()
    try:
        assert _failed(ready.run("sync")) == (Exit.ENVIRONMENT, "SYNC_003")
        assert ready.run("unlock").said["unsent"] == 1
    finally:
        district.start()
    (name, *_others) = [entry["sha256"] for entry in ready.run("inspect", "export").said["attachments"]]
    file = ready.data / "vault" / name[:2] / name
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    damaged = ready.run("verify")
    assert damaged.code == Exit.DAMAGED
    assert damaged.said["findings"][0]["code"] == "STORE_032"
    undelivered = ready.run("sync")
    assert undelivered.code == Exit.UNDELIVERED
    assert undelivered.said["unsent"][0]["code"]
    file.write_bytes(whole)
    assert ready.run("sync").code == Exit.OK


def test_photographs_twice_at_no_question_and_at_a_wrong_one(ready: Desk, photos: Path) -> None:
    visit = ready.run("inspect", "new", "--building", "350502002006-0001").said["visit_id"]
    front = photos / "front.jpg"
    assert [one["new"] for one in ready.run("photos", "add", visit, front).said["taken"]] == [True]
    assert [one["new"] for one in ready.run("photos", "add", visit, front).said["taken"]] == [False]
    for question, code in (("/data/nothing", "FORM_016"), ("/data/g_outcome/visit_result", "VISIT_013")):
        refused = ready.run("photos", "add", visit, front, "--question", question)
        assert (refused.code, refused.said["error"]["code"]) == (Exit.USER, code)
    refused = ready.run("photos", "add", visit, front, "--kind", "selfie")
    assert (refused.code, refused.said["error"]["code"]) == (Exit.USER, "VISIT_014")
    assert len(ready.run("photos", "list", visit).said["photos"]) == 1
    locked = photos / "locked.json"
    locked.write_text(json.dumps({"answers": {"visit_result": "locked"}}), "utf-8")
    ready.run("inspect", "fill", visit, "--answers", locked)
    asked = ready.run("photos", "add", visit, front, "--question", "/data/g_photo/rep_photo[1]/photo")
    assert [(one["kind"], one["new"]) for one in asked.said["taken"]] == [("front", True)]


def test_a_disabled_laptop_locks_and_opens_again(
    ready: Desk, district: DistrictServer, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = ready.run("inspect", "new", "--answers", VISITS / LOCKED, "--photos", photos).said["visit_id"]
    ready.run("inspect", "finalize", visit)
    device = json.loads((ready.data.parent / "device.json").read_text("utf-8"))["device_id"]
    district.run("revoke", device)
    assert ready.run("unlock").code == Exit.OK, "nobody has told it yet"
    assert _failed(ready.run("sync")) == (Exit.USER, "SYNC_021")
    assert _failed(ready.run("unlock")) == (Exit.USER, "LAPTOP_004")
    assert _failed(ready.run("inspect", "list")) == (Exit.USER, "LAPTOP_004")
    key = next((district.folder / "recovery-offline").glob("*.pem"))
    monkeypatch.setenv("FIELDAPP_PASSPHRASE", "from the office")
    assert ready.run("recover", "--recovery-key", key).code == Exit.OK
    assert len(ready.run("inspect", "export", "--out", tmp_path / "plain").said["files"]) > 1
    assert _failed(ready.run("sync")) == (Exit.USER, "SYNC_021")
    assert _failed(ready.run("unlock")) == (Exit.USER, "LAPTOP_004")
    district.run("readmit", device)
    assert ready.run("unlock").said["unsent"] == 1
    assert ready.run("sync").said["unsent"] == []
