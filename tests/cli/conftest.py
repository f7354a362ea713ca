"""A district server with the real form and the sample houses, and a laptop worked by commands alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fieldapp import i18n, settings
from fieldapp.cli import main
from fieldapp.cli.demo.district import write_csv
from fieldapp.domain.sample import sample_district
from fieldapp.store.keys import KeyFile
from tests.server.district import DistrictServer
from tests.services.office import HOUSES, serving
from tests.store.building import WEAK

PASSPHRASE = "correct horse battery"


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code, its one JSON object, what it wrote on stderr."""

    code: int
    said: dict[str, Any]
    complaint: str


class Desk:
    """Where commands are typed. ``data`` is the laptop's folder."""

    def __init__(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.data = data
        self._capsys = capsys

    def run(self, *arguments: str | Path) -> Ended:
        """One command with ``--json``."""
        code, out, complaint = self.text(*arguments, "--json")
        return Ended(code, json.loads(out) if out.strip() else {}, complaint)

    def text(self, *arguments: str | Path) -> tuple[int, str, str]:
        """One command for people: exit code, output, complaint."""
        self._capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        said = self._capsys.readouterr()
        return code, said.out, said.err


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DistrictServer]:
    """A running server."""
    with serving(tmp_path_factory.mktemp("cli-district")) as server:
        yield server


@pytest.fixture
def houses(tmp_path: Path) -> Path:
    """The same houses as a file for the laptop."""
    write_csv([row for row in sample_district() if row["building_code"] in HOUSES], tmp_path / "houses.csv")
    return tmp_path / "houses.csv"


@pytest.fixture
def desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A desk whose laptop is not set up yet; it speaks English, whatever was spoken before."""
    monkeypatch.setenv("FIELDAPP_DATA", str(tmp_path / "laptop"))
    monkeypatch.setenv("FIELDAPP_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("FIELDAPP_LANGUAGE", "en")
    monkeypatch.chdir(tmp_path)
    i18n.use("en")
    yield Desk(tmp_path / "laptop", capsys)
    monkeypatch.undo()
    i18n.use(settings.language())


@pytest.fixture
def ready(desk: Desk, district: DistrictServer, houses: Path) -> Desk:
    """A desk whose laptop is registered and knows the houses."""
    ended = desk.run(
        "init", "--server", district.url, "--code", district.code(), "--ca", district.ca,
        "--inspector", "chen", "--name", "陈某某（示例）",
    )  # fmt: skip
    assert ended.code == 0, ended
    (desk.data.parent / "device.json").write_text(json.dumps(ended.said), "utf-8")
    # Every command unlocks anew: from here on a guess costs next to nothing.
    keys = KeyFile.read(desk.data)
    opened = keys.unlock("chen", PASSPHRASE)
    keys.set_slot(opened.master, opened.actor, PASSPHRASE, WEAK)
    assert desk.run("buildings", "import", houses).said["imported"] == len(HOUSES)
    return desk
