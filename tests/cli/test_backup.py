"""``backup``, ``restore`` and ``recover`` as they are typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fieldapp.cli.commands import main
from fieldapp.cli.output import Exit
from fieldapp.settings import resources
from fieldapp.store import Inspector, Store
from tests.cli.conftest import Desk
from tests.server.district import DistrictServer
from tests.services.office import LOCKED, answers, jpeg
from tests.store.building import PASSPHRASE, RECOVERY, WEAK, frozen, new_store, visit


class Terminal:
    """Commands in their own words: the exit code and the JSON object they print."""

    def __init__(self, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._patch = patch

    def run(self, *words: object, passphrase: str = PASSPHRASE) -> tuple[int, dict[str, Any]]:
        self._patch.setenv("FIELDAPP_PASSPHRASE", passphrase)
        code = main([str(word) for word in (*words, "--json")])
        answer: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        return code, answer


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.delenv("FIELDAPP_INSPECTOR", raising=False)
    return Terminal(capsys, monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with one record that waits."""
    with new_store(tmp_path / "store") as store:
        store.visits.create(visit(1))
        store.submissions.finalize(frozen(1, b"<data/>"))
        store.vault.put(b"photo")
    return tmp_path / "store"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """The district's recovery key as the server writes it."""
    pem = RECOVERY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "recovery.pem").write_bytes(pem)
    return tmp_path / "recovery.pem"


def test_there_and_back(terminal: Terminal, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "kept.backup"
    code, said = terminal.run("backup", file, "--data", folder)
    assert (code, said) == (Exit.OK, {"file": str(file), "bytes": file.stat().st_size, "findings": []})
    code, said = terminal.run("backup", file, "--data", folder)
    assert (code, said["error"]["code"]) == (Exit.USER, "STORE_052")
    code, said = terminal.run("restore", file, "--data", tmp_path / "other")
    assert (code, said) == (Exit.OK, {"folder": str(tmp_path / "other"), "findings": []})
    code, said = terminal.run("unlock", "--data", tmp_path / "other")
    assert (code, said["inspector"], said["unsent"]) == (Exit.OK, "w1", 1)
    code, said = terminal.run("restore", file, "--data", folder)
    assert (code, said["error"]["code"]) == (Exit.USER, "STORE_011")


def test_wrong(terminal: Terminal, folder: Path, tmp_path: Path) -> None:
    file, target = tmp_path / "kept.backup", tmp_path / "other"
    assert terminal.run("restore", file, "--data", target)[1]["error"]["code"] == "CLI_003"
    with Store.unlock(folder, "w1", PASSPHRASE) as store:
        store.add_inspector(Inspector("w2", "X"), "another one", WEAK)
    terminal.run("backup", file, "--data", folder, "--inspector", "w2", passphrase="another one")
    code, said = terminal.run("restore", file, "--data", target)
    assert (code, said["error"]["code"], "w1, w2" in said["error"]["message"]) == (Exit.USER, "CLI_002", True)
    code, said = terminal.run("restore", file, "--data", target, "--inspector", "w2")
    assert (code, said["error"]["code"]) == (Exit.USER, "STORE_002")
    file.write_bytes(file.read_bytes()[:-1])
    code, said = terminal.run("restore", file, "--data", target, "--inspector", "w1")
    assert (code, said["error"]["code"]) == (Exit.USER, "STORE_051")
    assert not target.exists()


def test_forgotten_passphrase(terminal: Terminal, folder: Path, key_file: Path, tmp_path: Path) -> None:
    file, target, new = tmp_path / "kept.backup", tmp_path / "other", "remembered now"
    terminal.run("backup", file, "--data", folder)
    words = ("--recovery-key", key_file, "--inspector", "w1")
    code, said = terminal.run("restore", file, "--data", target, *words, passphrase=new)
    assert (code, said["findings"]) == (Exit.OK, [])
    code, said = terminal.run("recover", "--data", folder, *words, passphrase=new)
    assert (code, said) == (Exit.OK, {"inspector": "w1", "folder": str(folder)})
    for place in (folder, target):
        assert Store.inspectors(place) == (Inspector("w1", "W"),)
        assert terminal.run("unlock", "--data", place)[1]["error"]["code"] == "STORE_002"
        assert terminal.run("unlock", "--data", place, passphrase=new)[0] == Exit.OK
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    words = ("--recovery-key", tmp_path / "photo.jpg", "--inspector", "w3")
    code, said = terminal.run("recover", "--data", folder, *words, passphrase=new)
    assert (code, said["error"]["code"]) == (Exit.USER, "STORE_007")


def test_damage_is_told(terminal: Terminal, tmp_path: Path) -> None:
    with new_store(tmp_path / "store") as store:
        sha256 = store.photos.keep_aside(b"broken", "a.jpg", "MEDIA_003")
        store.aside.path(sha256).unlink()
    code, said = terminal.run("backup", tmp_path / "kept.backup", "--data", tmp_path / "store")
    assert (code, [one["code"] for one in said["findings"]]) == (Exit.DAMAGED, ["STORE_031"])
    code, said = terminal.run("restore", tmp_path / "kept.backup", "--data", tmp_path / "other")
    assert (code, [one["sha256"] for one in said["findings"]]) == (Exit.DAMAGED, [sha256])


def test_another_laptop_goes_on(ready: Desk, district: DistrictServer, tmp_path: Path) -> None:
    """Lost after a backup: the restored store sends what waited then; what was sent since is not doubled."""
    for step in answers(LOCKED).answers:
        if step.value.startswith("photo:"):
            name = step.value.removeprefix("photo:")
            (tmp_path / f"{name}.jpg").write_bytes(jpeg(7, note=f"{name} {tmp_path.name}"))
    file, visits = resources() / "samples" / "visits" / LOCKED, []
    for _ in range(2):
        new = ready.run("inspect", "new", "--answers", file, "--photos", tmp_path)
        visits.append(new.said["visit_id"])
    (first,) = ready.run("inspect", "finalize", visits[0]).said["records"]
    assert ready.run("backup", tmp_path / "kept.backup").code == Exit.OK
    assert ready.run("sync").said["sent"] == [first["instance_id"]]
    here = ready.run("inspect", "export").said["receipts"]
    other = ("--data", tmp_path / "other")
    assert ready.run("restore", tmp_path / "kept.backup", *other).code == Exit.OK
    assert ready.run("unlock", *other).said["unsent"] == 1
    (second,) = ready.run("inspect", "finalize", visits[1], *other).said["records"]
    sent = ready.run("sync", *other)
    assert (sent.code, set(sent.said["sent"])) == (Exit.OK, {first["instance_id"], second["instance_id"]})
    assert sent.said["audit_extends"] is False
    there = ready.run("inspect", "export", *other).said
    assert [one for one in there["receipts"] if one["instance_id"] == first["instance_id"]] == here
    stored = [one["sha256"] for one in district.run("export")["submissions"]]
    assert [stored.count(one["sha256"]) for one in there["submissions"]] == [1, 1]
