"""The first run against a real district server: from an empty folder to an unlocked, registered laptop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fieldapp import app as composition
from fieldapp.services.registration import enrolment_of
from fieldapp.ui.preferences import Preferences
from fieldapp.ui.unlock import FirstRun, Unlock
from fieldapp.ui.window import Window
from tests.server.district import DistrictServer
from tests.services.office import MORNING, form
from tests.store.building import PASSPHRASE, WEAK
from tests.ui.hands import type_chinese


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DistrictServer]:
    """A running server with the real form."""
    folder = tmp_path_factory.mktemp("window-district")
    (folder / "f02.xml").write_bytes(form()[1])
    server = DistrictServer(folder / "data", (folder / "f02.xml",)).start()
    yield server
    server.kill()


def fill(qtbot: QtBot, first: FirstRun, district: DistrictServer, code: str) -> None:
    """All that the first run asks."""
    first.server.clear()
    for edit, text in (
        (first.server, district.url),
        (first.code, code),
        (first.inspector, "lin"),
        (first.word, PASSPHRASE),
        (first.again, PASSPHRASE),
    ):
        edit.clear()
        qtbot.keyClicks(edit, text)
    first.name.clear()
    type_chinese(first.name, "林某某")
    first.take_certificate(district.ca)


def test_first_run_registers_and_opens(
    qtbot: QtBot, tmp_path: Path, district: DistrictServer, preferences: Preferences
) -> None:
    access = composition.access(tmp_path / "laptop", lambda: MORNING, WEAK)
    window = Window(access, preferences)
    window.show()
    first = window.centralWidget()
    assert isinstance(first, FirstRun)
    fill(qtbot, first, district, "WRONG-CODE")
    qtbot.mouseClick(first.main, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "登记码" in first.said, timeout=20_000)
    assert not access.exists()

    fill(qtbot, first, district, district.code())
    qtbot.mouseClick(first.main, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.desk is not None, timeout=60_000)
    assert window.desk is not None
    store = window.desk.laptop.store
    assert store.keys.actor.name == "林某某"
    assert enrolment_of(store).url == district.url
    assert store.forms.get("hazard_inspection") is not None

    window.lock()
    door = window.centralWidget()
    assert isinstance(door, Unlock)
    qtbot.keyClicks(door.word, PASSPHRASE)
    qtbot.keyClick(door.word, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: door.asks_for_pin, timeout=20_000)
    qtbot.mouseClick(door.other, Qt.MouseButton.LeftButton)
    assert window.desk is not None
    assert preferences.text("district") == enrolment_of(window.desk.laptop.store).district
    window.close()
