"""What a laptop recorded is marked in words wherever it is shown, until a pull says that the server's
register holds it: the real window, the real server."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fieldapp import app as composition
from fieldapp.services.access import Access
from fieldapp.services.laptop import Laptop
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.buildings import BuildingsPage
from fieldapp.ui.pages.hazards import HazardsPage
from tests.server.district import DistrictServer
from tests.services import test_conflicts
from tests.services.office import HOUSES, MORNING
from tests.services.test_conflicts import PHONES, told
from tests.services.test_syncing import registered
from tests.store.building import WEAK
from tests.ui.test_building_file import HOUSE, file_of, words

district = test_conflicts.district
MARK = "未确认"


@pytest.fixture
def access(district: DistrictServer, tmp_path: Path) -> Access:
    """A laptop that has pulled, and told three facts and a level of a house since; locked."""
    with registered(tmp_path / "laptop", district, district.port) as laptop:
        laptop.syncing.run()
        told(laptop, PHONES[0], "5")
    return composition.access(tmp_path / "laptop", lambda: MORNING, WEAK)


def marks(qtbot: QtBot, desk: Desk) -> dict[str, bool]:
    """Where the house is marked: head of its file, a fact, the hazard, the story, the list, its preview, the
    hazards."""
    file = file_of(qtbot, desk, HOUSE)
    qtbot.waitUntil(lambda: not desk.jobs.running, timeout=10_000)
    found = {
        "file": file._own.isVisible() and file._own.accessibleName() == MARK,
        "facts": f"原 4层，{MARK}" in words(file.facts),
        "hazard": "服务器尚未确认" in words(file.story.hazard),
        "story": MARK in file.story.timeline.rows.rows[0].note,
    }
    desk.go("buildings")
    page = desk.page("buildings")
    assert isinstance(page, BuildingsPage)
    ledger = page.ledger
    qtbot.waitUntil(lambda: bool(ledger.table.houses.numbers) and not desk.jobs.running, timeout=10_000)
    labels = []
    for number in range(len(ledger.table.houses.numbers)):
        house = ledger.table.houses.row_at(number)
        labels.append("" if house is None else house.label)
    place = labels.index(HOUSE)
    ledger.table.setCurrentIndex(ledger.table.houses.index(place, 0))
    found["list"] = any(MARK in cell.spoken() for cell in ledger.table.houses.cells(place))
    state = ledger.preview._state
    found["preview"] = state.isVisible() and state.accessibleName() == MARK
    desk.go("hazards")
    hazards = desk.page("hazards")
    assert isinstance(hazards, HazardsPage)
    qtbot.waitUntil(lambda: bool(hazards.list.rows.rows) and not desk.jobs.running, timeout=10_000)
    (row,) = [one for one in hazards.list.rows.rows if one.text == HOUSE]
    assert row.pill is not None
    found["hazards"] = MARK in row.pill[1]
    return found


def test_every_mark_goes_when_the_pull_names_the_record(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    before = marks(qtbot, desk)
    assert before == dict.fromkeys(before, True)
    result = laptop.syncing.run()
    assert result.pulled is not None
    desk.changed()
    after = marks(qtbot, desk)
    assert after == dict.fromkeys(before, False)
    assert laptop.buildings.get(HOUSES[0]).values["floors_up"] == "5"
