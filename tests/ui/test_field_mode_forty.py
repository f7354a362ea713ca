"""Forty houses of one lane in one run by keyboard, through the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fieldapp import app as composition
from fieldapp.services.access import Access
from fieldapp.ui.desk import Desk
from tests.services.lane import lane_laptop
from tests.services.office import MORNING
from tests.store.building import WEAK
from tests.ui.walking import Walk

HOUSES = 40
LOCKED = (7, 23)


@pytest.fixture
def access(tmp_path: Path) -> Access:
    """A laptop with a lane of forty houses; locked."""
    lane_laptop(tmp_path / "laptop", HOUSES, last_patrol="2022-11-08").close()
    return composition.access(tmp_path / "laptop", lambda: MORNING, WEAK)


def test_forty_houses(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    walk = Walk(qtbot, desk, tmp_path)
    walk.enter()
    walked = []
    for number in range(1, HOUSES + 1):
        walk.keys = 0
        house = walk.mode.current
        assert house is not None
        walked.append(house.number)
        if number in LOCKED:
            walk.press(Qt.Key.Key_F6)
            walk.paste()
            walk.press(Qt.Key.Key_1, Qt.Key.Key_3)
        else:
            walk.paste()
            walk.press(Qt.Key.Key_0, Qt.Key.Key_8)
        assert walk.mode.next.what == "final", (number, walk.mode.next, walk.round.open_questions())
        walk.finish()
        assert walk.keys <= (5 if number in LOCKED else 12)
    assert walked == [f"{2 * number}号" for number in range(1, HOUSES + 1)]
    laptop = desk.laptop
    records = laptop.store.submissions.list()
    assert len(records) == HOUSES == len({one.building_id for one in records})
    assert laptop.store.drafts.list() == ()
    assert laptop.store.visits.list("open") == ()
    for record in records:
        session = laptop.filling.read(record)
        assert session.validate() == ()
        assert len(record.attachments) == 1
    states = [house.state for house in walk.mode.houses]
    assert (states.count("done"), states.count("again")) == (HOUSES - len(LOCKED), len(LOCKED))
    assert laptop.store.outbox.unsent() == HOUSES
    keyed = [one for one in laptop.store.audit.entries() if one.entry["event"] == "patrol.one_key"]
    assert len(keyed) == HOUSES - len(LOCKED)
