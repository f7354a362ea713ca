"""The commands of the server, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import Client

from districtserver import blobs, published, register
from districtserver.cli import main, read_rows
from districtserver.models import Entity, EntityVersion, Submission, Visit
from fieldapp.sync.protocol import sha256_of
from tests.server.calls import batch_of, post, put_inside, send
from tests.server.laptop import BUILDING, PHOTO, Draft, Laptop, small_form


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    """Run a command on the application in process; its JSON."""

    def call(*arguments: str, code: int = 0) -> dict[str, Any]:
        assert main(arguments) == code
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        return answer

    return call


@pytest.fixture
def refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command that must end with exit code 1 and nothing on stdout; what it says."""

    def call(*arguments: str) -> str:
        assert main(arguments) == 1
        said = capsys.readouterr()
        assert said.out == ""
        return said.err

    return call


def test_forms_and_buildings(
    run: Callable[..., dict[str, Any]], refused: Callable[..., str], tmp_path: Path
) -> None:
    form, rows = tmp_path / "small.xml", tmp_path / "buildings.json"
    form.write_bytes(small_form())
    assert run("publish-form", str(form))["new"] is False
    rows.write_text(f'[{{"name": "{BUILDING}", "label": "二号楼"}}]', encoding="utf-8")
    assert run("import-buildings", str(rows)) == {
        "list": "buildings",
        "created": 0,
        "updated": 1,
        "unchanged": 0,
    }
    assert run("import-buildings", str(rows))["unchanged"] == 1
    assert run("export")["counts"]["formversion"] == 1
    form.write_bytes(small_form().replace(b"Floors", b"Storeys"))
    assert "give it a new version" in refused("publish-form", str(form))
    form.write_bytes(b"<html/>")
    assert "FORM_" in refused("publish-form", str(form))
    rows.write_text("[1]", encoding="utf-8")
    assert "not a list of objects" in refused("import-buildings", str(rows))
    assert "No such file" in refused("import-buildings", str(tmp_path / "none.csv"))


def test_rows_of_any_list(
    run: Callable[..., dict[str, Any]], refused: Callable[..., str], tmp_path: Path
) -> None:
    file = tmp_path / "lists.json"
    unit: dict[str, str | None] = {"name": "6f1d1c1e-5f0e-5b7a-9a55-350502000001", "label": "201"}
    contact = {"name": "6f1d1c1e-5f0e-5b7a-9a55-350502000002", "label": "值班室", "street": "350502006"}
    unit |= {"building": str(BUILDING), "unit_no": "201", "street": "350502006", "floor": None}
    file.write_text(json.dumps({"units": [unit], "contacts": [contact]}), encoding="utf-8")
    new = {"created": 1, "updated": 0, "unchanged": 0}
    assert run("import-rows", str(file)) == {"lists": {"units": new, "contacts": new}}
    rows = {row.list: row for row in Entity.objects.filter(list__in=["units", "contacts"])}
    assert rows["units"].data == {"building": str(BUILDING), "unit_no": "201", "street": "350502006"}
    assert rows["units"].street == "350502006"
    assert rows["contacts"].street == ""  # every laptop carries them
    cases: tuple[tuple[Any, str], ...] = (
        ({"ships": []}, "no list ships"),
        ({"units": [{"name": "a", "colour": "red"}]}, "units, row 1: unknown colour"),
        ({"units": {}}, "not a list of objects"),
        ([], "not lists of rows"),
    )
    for broken, why in cases:
        file.write_text(json.dumps({"contacts": []} | broken if broken else broken), encoding="utf-8")
        assert why in refused("import-rows", str(file))
    assert Entity.objects.filter(list="units").count() == 1


def test_laptops_and_check(
    run: Callable[..., dict[str, Any]], refused: Callable[..., str], client: Client, inside: Laptop
) -> None:
    assert run("enrol", "--name", "a")["code"].count("-") == 2
    assert "no device" in refused("revoke", str(uuid4()))
    send(client, inside, Draft())
    assert run("check")["blobs"] == 1
    blobs.stored_path(sha256_of(PHOTO)).unlink()
    assert run("check", code=1)["broken"] == [f"blob {sha256_of(PHOTO)}: missing"]
    assert run("revoke", str(inside.device_id))["revoked"] is True


def test_rows_of_csv_and_json(tmp_path: Path) -> None:
    file = tmp_path / "b.csv"
    file.write_text('\ufeffname,label,note\n1,甲,"two\nlines"\n2,乙\n', encoding="utf-8")
    assert read_rows(file) == [
        {"name": "1", "label": "甲", "note": "two\nlines"},
        {"name": "2", "label": "乙", "note": ""},
    ]
    file = tmp_path / "b.json"
    file.write_text('{"buildings": [{"name": "1", "floors_up": 3, "note": null}]}', encoding="utf-8")
    assert read_rows(file) == [{"name": "1", "floors_up": "3", "note": ""}]


@pytest.mark.django_db
def test_import_is_all_or_nothing() -> None:
    with pytest.raises(ValueError, match="row 2"):
        register.import_rows("buildings", [{"name": "1"}, {"label": "nameless"}])
    with pytest.raises(ValueError, match="row 2"):
        register.import_rows("buildings", [{"name": "1"}, {"name": "1", "label": "again"}])
    assert Entity.objects.count() == EntityVersion.objects.count() == 0


def test_a_version_is_published_once(folder: Path) -> None:
    with pytest.raises(published.VersionTakenError):
        published.publish(small_form().replace(b"Floors", b"Storeys"))


def test_full_database_stores_all_or_nothing(
    client: Client, inside: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_inside(client, inside, PHOTO)
    body = batch_of(inside.envelope(Draft()))

    def full(*_arguments: object) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("districtserver.receipts.issue", full)
        answer = post(client, "/submissions", body, inside)
    assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")
    assert Submission.objects.count() == Visit.objects.count() == 0
    assert Entity.objects.get().version == 1
    assert post(client, "/submissions", body, inside).json()["items"][0]["state"] == "stored"
