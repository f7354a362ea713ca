"""A disk that fills up while rounds are walked, photographs drawn on, the team set: what is typed stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fieldapp import app
from fieldapp.domain.patrol import FORM, ITEMS
from fieldapp.errors import EnvironmentProblem
from fieldapp.media.annotation import Mark
from fieldapp.services.access import Access
from fieldapp.services.patrolling import item_path
from fieldapp.services.pictures import Pictures
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.inspection import InspectionPage
from fieldapp.ui.pages.settings import SettingsPage
from fieldapp.ui.pages.today import TodayPage
from fieldapp.ui.window import Window
from tests.services.lane import lane_laptop
from tests.services.office import MORNING, begin, jpeg
from tests.store.building import INSPECTOR, PASSPHRASE, WEAK
from tests.store.drives import fill, mounted
from tests.ui.test_inspection import shown
from tests.ui.walking import Walk


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Path]:
    """A small drive."""
    with mounted(tmp_path / "drive", "16m") as made:
        yield made


@pytest.fixture
def access(drive: Path) -> Access:
    """The door of a laptop on it, with a lane of four houses."""
    lane_laptop(drive / "laptop", 4, last_patrol="2022-11-08").close()
    return app.access(drive / "laptop", lambda: MORNING, WEAK)


def full(desk: Desk, drive: Path) -> Path:
    """No room is left, not even in what the log of the database holds already."""
    pad = fill(drive)
    settings = desk.laptop.store.settings
    for number in range(3000):
        try:
            settings.set("filling", f"{number} " + "x" * 3000)
        except EnvironmentProblem:
            return pad
    raise AssertionError


def test_a_round_stays_in_field_mode_until_the_disk_takes_it(
    qtbot: QtBot, tmp_path: Path, drive: Path, desk: Desk, window: Window, access: Access
) -> None:
    walk = Walk(qtbot, desk, tmp_path)
    walk.enter()
    walk.press(Qt.Key.Key_3)
    found = walk.round
    found.settle()
    pad = full(desk, drive)
    walk.press(Qt.Key.Key_4)
    qtbot.waitUntil(lambda: desk.notice.code == "STORE_020", timeout=15_000)
    assert not window.lock()
    assert desk.notice.code == "WINDOW_006"
    desk.go("settings")
    desk.go("today", "field")
    walk.rest()
    assert walk.round is found
    assert found.items[ITEMS[3]] == "have"
    window.idle.start(1)
    qtbot.waitUntil(lambda: window.covered is not None)
    pad.unlink()
    qtbot.waitUntil(lambda: window.covered is None, timeout=15_000)
    with access.unlock(INSPECTOR.inspector_id, PASSPHRASE) as again:
        form = again.filling.open(found.visit.visit_id, FORM)
        assert form.session.value(item_path(ITEMS[3])) == "have"


def test_a_round_is_saved_by_itself_once_there_is_room(
    qtbot: QtBot, tmp_path: Path, drive: Path, desk: Desk, window: Window
) -> None:
    walk = Walk(qtbot, desk, tmp_path)
    walk.enter()
    walk.paste()
    pad = full(desk, drive)
    walk.press(Qt.Key.Key_0)  # the one key is logged too
    qtbot.waitUntil(lambda: desk.notice.code == "STORE_020", timeout=15_000)
    pad.unlink()
    found = walk.round

    def written() -> bool:
        draft = desk.laptop.store.drafts.get(found.visit.visit_id, FORM)
        return draft is not None and draft.xml == found.form.session.draft_xml()

    qtbot.waitUntil(written, timeout=15_000)
    assert window.lock()
    with window.access.unlock(INSPECTOR.inspector_id, PASSPHRASE) as again:
        events = [one.entry["event"] for one in again.store.audit.entries()]
    assert events.count("patrol.one_key") == 1


def test_a_drawing_stays_until_the_disk_takes_it(
    qtbot: QtBot, drive: Path, desk: Desk, window: Window, access: Access
) -> None:
    opened = begin(desk.laptop)
    opened.answer("/data/g_outcome/visit_result", "done")
    shot = desk.laptop.evidence.add(
        opened.visit_id, jpeg(1), question="/data/g_photo/rep_photo[1]/photo", kind="front"
    )
    opened.settle()
    shown(qtbot, desk, opened)
    page = desk.page("inspection")
    assert isinstance(page, InspectionPage)
    page.show_photos()
    assert page.photos is not None
    marks = (Mark("circle", 0.2, 0.2, 0.4, 0.4),)
    pad = full(desk, drive)
    page.photos._keep_marks(shot.photo.sha256, marks)
    qtbot.waitUntil(lambda: desk.notice.code == "STORE_020", timeout=15_000)
    window.idle.start(1)
    qtbot.waitUntil(lambda: window.covered is not None)
    pad.unlink()
    qtbot.waitUntil(lambda: window.covered is None, timeout=15_000)
    with access.unlock(INSPECTOR.inspector_id, PASSPHRASE) as again:
        assert Pictures(again.store).marks(opened.visit_id)[shot.photo.sha256] == marks


def test_a_team_that_the_disk_does_not_take_stays_in_its_fields(
    qtbot: QtBot, drive: Path, desk: Desk, window: Window
) -> None:
    page = desk.page("today")
    assert isinstance(page, TodayPage)
    qtbot.waitUntil(lambda: not desk.jobs.running)
    pad = full(desk, drive)
    page.team.edit()
    page.team.names[0].setText("林某某")
    page.team.save.click()
    qtbot.waitUntil(lambda: desk.notice.code == "STORE_020", timeout=15_000)
    assert page.team.half_typed()["name 0"] == "林某某"
    assert not window.lock()
    pad.unlink()
    page.team.save.click()
    qtbot.waitUntil(lambda: desk.laptop.today.team[0].name == "林某某", timeout=15_000)


def test_what_is_half_typed_is_there_again_after_the_lock(
    qtbot: QtBot, desk: Desk, window: Window, access: Access
) -> None:
    page = desk.page("today")
    assert isinstance(page, TodayPage)
    page.team.edit()
    page.team.names[1].setText("王")
    settings = desk.page("settings")
    assert isinstance(settings, SettingsPage)
    settings._name.setText("新来的")
    settings._word.setText("a secret of hers")
    assert window.lock()
    window.preferences.save()
    assert "王" not in window.preferences.file.read_text("utf-8")  # it is in the sealed store alone
    window.show_desk(access.unlock(INSPECTOR.inspector_id, PASSPHRASE))
    assert window.desk is not None
    page = window.desk.page("today")
    assert isinstance(page, TodayPage)
    assert page.team.names[1].text() == "王"
    settings = window.desk.page("settings")
    assert isinstance(settings, SettingsPage)
    assert (settings._name.text(), settings._word.text()) == ("新来的", "")
    page.team.save.click()
    qtbot.waitUntil(lambda: window.desk is not None and not window.desk.jobs.running)
    assert window.lock()
    window.show_desk(access.unlock(INSPECTOR.inspector_id, PASSPHRASE))
    page = window.desk.page("today")
    assert isinstance(page, TodayPage)
    assert page.team.half_typed() == {}  # it was set: nothing is half typed any more
