"""Where an inspector at the command line would stumble: nothing half done, and every way on is named."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from fieldapp.cli.output import Exit
from fieldapp.services.publishing import built_form
from fieldapp.store import Store
from tests.cli.conftest import PASSPHRASE, Desk
from tests.services.office import jpeg
from tests.store.drives import fill, mounted

HOUSE = "350502002006-0001"


def written(file: Path, content: object) -> Path:
    file.write_text(json.dumps(content), "utf-8")
    return file


def test_a_file_with_a_mistake_leaves_nothing_behind(ready: Desk, tmp_path: Path) -> None:
    begin = ("inspect", "new", "--building", HOUSE, "--answers")
    for last in (
        {"no_such_question": "1"},
        {"/data/g_photo/rep_photo[1]/photo": "photo:gone"},
        {"/data/g_outcome/visit_reason": "photo:front"},
    ):
        file = written(tmp_path / "a.json", {"answers": {"visit_result": "locked"} | last})
        (tmp_path / "front.jpg").write_bytes(jpeg(1))
        assert ready.run(*begin, file).code == Exit.USER
    assert ready.run("inspect", "list").said == {"drafts": [], "records": []}
    visit = ready.run("inspect", "new", "--building", HOUSE).said["visit_id"]
    before = ready.run("inspect", "show", visit).said
    mistaken = written(tmp_path / "b.json", {"answers": {"visit_result": "locked", "no_such": "1"}})
    assert ready.run("inspect", "fill", visit, "--answers", mistaken).said["error"]["code"] == "FORM_016"
    assert ready.run("inspect", "show", visit).said == before


def test_several_open_forms_are_named(ready: Desk, tmp_path: Path) -> None:
    with Store.unlock(ready.data, "chen", PASSPHRASE) as store:
        store.forms.install("periodic_check", "9", built_form("periodic_check"))
    begin = ("inspect", "new", "--building", HOUSE, "--form", "hazard_inspection", "--form", "periodic_check")
    unclear = written(tmp_path / "a.json", {"answers": {"visit_result": "locked"}})
    assert ready.run(*begin, "--answers", unclear).code == Exit.USAGE
    visit = ready.run(*begin).said["visit_id"]
    refused = ready.run("inspect", "fill", visit, "--answers", unclear)
    assert (refused.code, refused.said["error"]["code"]) == (Exit.USER, "VISIT_015")
    assert "hazard_inspection, periodic_check" in refused.said["error"]["message"]
    assert "--form" in refused.said["error"]["remedy"]
    wrong = ready.run("inspect", "fill", visit, "--answers", unclear, "--form", "no_such_form")
    assert wrong.said["error"]["code"] == "VISIT_015"
    done = ready.run("inspect", "fill", visit, "--answers", unclear, "--form", "hazard_inspection")
    assert done.code == Exit.OK


def test_photographs_on_a_full_disk(ready: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = ready.run("inspect", "new", "--building", HOUSE).said["visit_id"]
    folder = tmp_path / "card"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.jpg").write_bytes(jpeg(number, size=(1600, 1200), note=str(number)))
    (folder / "none.jpg").write_bytes(b"no picture")
    with mounted(tmp_path / "drive", "8m") as drive:
        for path in ready.data.rglob("*"):
            target = drive / "laptop" / path.relative_to(ready.data)
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.is_file():
                target.write_bytes(path.read_bytes())
        monkeypatch.setenv("FIELDAPP_DATA", str(drive / "laptop"))
        pad = fill(drive, free=100_000)
        ended = ready.run("photos", "add", visit, folder)
        assert ended.code == Exit.ENVIRONMENT
        assert "STORE_020" in {one["code"] for one in ended.said["refused"]} | {
            ended.said.get("error", {}).get("code")
        }
        pad.unlink()
        again = ready.run("photos", "add", visit, folder)
        assert again.code == Exit.OK
        assert len(ready.run("photos", "list", visit).said["photos"]) == 3


def test_empty_lists_have_a_sentence_and_no_head(ready: Desk) -> None:
    visit = ready.run("inspect", "new", "--building", HOUSE).said["visit_id"]
    for command in (("photos", "list", visit), ("inspect", "export"), ("buildings", "find", "不存在的地方")):
        code, said, _complaint = ready.text(*command)
        assert code == Exit.OK
        assert len(said.splitlines()) == 1, said


def test_violations_are_told_in_the_users_language(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fieldapp import i18n

    file = written(tmp_path / "a.json", {"answers": {"visit_result": "locked"}})
    i18n.use("zh_CN")
    try:
        code, said, _complaint = desk.text(
            "forms", "fill", "hazard_inspection", "--answers", file, "--out", tmp_path / "a.xml"
        )
    finally:
        i18n.use("en")
    assert code == Exit.INCOMPLETE
    assert "未答" in said or "未填" in said
    assert "required" not in said


def test_a_character_no_font_has_is_told_and_kept(ready: Desk, tmp_path: Path) -> None:
    (tmp_path / "front.jpg").write_bytes(jpeg(7, note=tmp_path.name))
    answers = {
        "visit_result": "locked", "visit_reason": "王𠮷不在", "next_visit_date": "2099-01-15",
        "/data/g_photo/rep_photo[1]/photo": "photo:front",
    }  # fmt: skip
    file = written(tmp_path / "a.json", {"answers": answers})
    new = ready.run("inspect", "new", "--building", HOUSE, "--answers", file)
    assert [one["characters"] for one in new.said["unprintable"]] == ["𠮷"]
    code, _said, complaint = ready.text("inspect", "show", new.said["visit_id"])
    assert (code, "𠮷 (U+20BB7)" in complaint) == (Exit.OK, True)
    done = ready.run("inspect", "finalize", new.said["visit_id"])
    assert (done.code, [one["characters"] for one in done.said["unprintable"]]) == (Exit.OK, ["𠮷"])
    (record,) = done.said["records"]
    for kind in ("onsite", "archive"):
        printed = ready.run("sheet", record["record_id"], "--kind", kind, "--out", tmp_path / f"{kind}.pdf")
        assert printed.code == Exit.OK, printed


def test_a_relative_folder_is_a_folder_too(ready: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIELDAPP_DATA")
    assert ready.run("unlock", "--data", ready.data.name).said["inspector"] == "chen"
    assert ready.run("backup", "b.fab", "--data", ready.data.name).code == Exit.OK
    assert ready.run("restore", "b.fab", "--data", "again").code == Exit.OK
    assert ready.run("verify", "--data", "again").said["findings"] == []


def test_what_is_in_no_list_begins_no_visit(ready: Desk, tmp_path: Path) -> None:
    begin = ("inspect", "new", "--building", HOUSE)
    head = written(tmp_path / "a.json", {"visit": {"tasks": ["t99"]}, "answers": []})
    for wrong in (("--kind", "bad"), ("--task", "t99"), ("--answers", head)):
        refused = ready.run(*begin, *wrong)
        assert (refused.code, refused.said["error"]["code"]) == (Exit.USER, "VISIT_016")
    assert "recheck" in ready.run(*begin, "--kind", "bad").said["error"]["remedy"]
    assert ready.run("inspect", "list").said["drafts"] == []


def test_photographs_that_are_not_there_or_come_late(ready: Desk, tmp_path: Path) -> None:
    visit = ready.run("inspect", "new", "--building", HOUSE).said["visit_id"]
    (tmp_path / "front.jpg").write_bytes(jpeg(5, note=tmp_path.name))
    refused = ready.run("photos", "add", visit, tmp_path / "front.jpg", tmp_path / "gone.jpg")
    assert (refused.code, refused.said["error"]["code"]) == (Exit.USER, "CLI_003")
    assert ready.run("photos", "list", visit).said["photos"] == []


def test_a_road_and_its_number_find_the_house(ready: Desk) -> None:
    """As the README writes it: 亭店12 for 亭店路12号."""
    for typed in ("亭店12", "亭店路12", "tdl12", "亭店 12号"):
        found = ready.run("buildings", "find", typed).said["buildings"]
        assert [one["facts"]["building_code"] for one in found] == ["350502006019-0001"], typed
    assert ready.run("buildings", "find", "亭店13").said["buildings"] == []


def test_steps_of_a_backup_are_told_in_words(ready: Desk, tmp_path: Path) -> None:
    code, _said, told = ready.text("backup", tmp_path / "b.fab")
    assert code == Exit.OK
    assert "Write the backup" in told
    code, _said, told = ready.text("restore", tmp_path / "b.fab", "--data", tmp_path / "other")
    assert code == Exit.OK
    assert "Check the records" in told or "Unpack" in told


def test_what_is_no_text_is_refused_before_anything_is_done(ready: Desk) -> None:
    for wrong in (os.fsdecode(b"\xcd\xf5"), "王\x01"):
        refused = ready.run("inspect", "new", "--building", HOUSE, "--team", wrong)
        assert (refused.code, refused.said["error"]["code"]) == (Exit.USER, "CLI_006")
    assert ready.run("inspect", "list").said["drafts"] == []


def test_photographs_with_names_in_the_old_encoding(ready: Desk, tmp_path: Path) -> None:
    visit = ready.run("inspect", "new", "--building", HOUSE).said["visit_id"]
    folder = tmp_path / "card"
    folder.mkdir()
    (folder / os.fsdecode("正面.jpg".encode("gb18030"))).write_bytes(jpeg(8, note=tmp_path.name))
    (folder / os.fsdecode("坏.jpg".encode("gb18030"))).write_bytes(b"no picture")
    ended = ready.run("photos", "add", visit, folder)
    assert ended.code == Exit.OK, ended
    assert [one["file"] for one in ended.said["taken"]] == ["正面.jpg"]
    assert [one["file"] for one in ended.said["refused"]] == ["坏.jpg"]
    assert ready.run("photos", "list", visit).said["photos"][0]["file"] == "正面.jpg"


def test_a_backup_into_no_folder_and_a_window_without_a_screen(
    ready: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = ready.run("backup", tmp_path / "nowhere" / "b.fab")
    assert (refused.code, refused.said["error"]["code"]) == (Exit.USER, "CLI_003")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    refused = ready.run("ui")
    assert (refused.code, refused.said["error"]["code"]) == (Exit.USER, "CLI_007")


def test_a_first_survey_begins_the_file_and_the_inspection_on_one_visit(ready: Desk, tmp_path: Path) -> None:
    """F01 and F02 together: the outcome is told once, both are frozen as one visit."""
    with Store.unlock(ready.data, "chen", PASSPHRASE) as store:
        store.forms.install("building_profile", "9", built_form("building_profile"))
    begin = ("inspect", "new", "--form", "building_profile", "--form", "hazard_inspection")
    begun = ready.run(*begin, "--building", HOUSE).said
    assert {one["form_id"] for one in begun["forms"]} == {"building_profile", "hazard_inspection"}
    locked = {"visit_result": "locked", "visit_reason": "无人在家", "next_visit_date": "2099-01-15"}
    told = written(tmp_path / "a.json", {"form": "building_profile", "answers": locked})
    filled = ready.run("inspect", "fill", begun["visit_id"], "--answers", told)
    assert {one["form_id"] for one in filled.said["open_questions"]} == {"hazard_inspection"}
    assert all(one["path"].endswith("/photo") for one in filled.said["open_questions"])
    unknown = ready.run(*begin).said
    assert unknown["visit_id"] != begun["visit_id"]
    assert len(unknown["forms"]) == 2
    assert ready.run("inspect", "new", "--form", "hazard_inspection").code == Exit.USAGE
