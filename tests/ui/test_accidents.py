"""What goes wrong, through the window: an exception nobody foresaw, a wrong clock, no network."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from fieldapp import app as composition
from fieldapp.services.access import Access
from fieldapp.services.laptop import Laptop
from fieldapp.ui.application import hear_accidents
from fieldapp.ui.components import Button
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.inspection import InspectionPage
from fieldapp.ui.pages.sync import SyncPage
from fieldapp.ui.preferences import Preferences
from fieldapp.ui.window import Window
from tests.services.office import FORM, LOCKED, MORNING, begin, filled, new_laptop
from tests.store.building import INSPECTOR, PASSPHRASE, WEAK
from tests.ui.hands import Keyboard, Mouse, spell
from tests.ui.heartbeat import Heartbeat
from tests.ui.test_inspection import RESULT, row_at, shown

REASON = "/data/g_outcome/visit_reason"
MARKER = "OWNERMARKER 138"


@pytest.fixture
def hook() -> Iterator[None]:
    """The way of exceptions is the tests' own again afterwards."""
    before = sys.excepthook
    yield
    sys.excepthook = before


def words(desk: Desk) -> str:
    """What the notice says."""
    return "\n".join(one.text() for one in desk.notice.findChildren(QLabel))


def typing(qtbot: QtBot, window: Window, laptop: Laptop, text: str) -> None:
    """A form in front, its reason half typed: nothing of that has been told yet."""
    assert window.desk is not None
    opened = begin(laptop)
    opened.answer(RESULT, "locked")
    form = shown(qtbot, window.desk, opened)
    row = row_at(qtbot, form, REASON)
    edit = row.control.findChild(QPlainTextEdit)
    assert isinstance(edit, QPlainTextEdit)
    qtbot.waitUntil(edit.hasFocus)
    spell(window.windowHandle(), text)


def kept(laptop: Laptop) -> str:
    """The only draft, as it is on the disk."""
    (draft,) = laptop.store.drafts.list()
    return draft.xml.decode()


def broken() -> None:
    """What somebody will once get wrong, with an answer in its message."""
    raise ValueError(MARKER)


def test_an_exception_in_a_slot_loses_nothing_and_tells_nobody(
    qtbot: QtBot, hook: None, access: Access, preferences: Preferences, heartbeat: Heartbeat
) -> None:
    restarted: list[bool] = []
    window = Window(access, preferences, lambda: restarted.append(True))
    hear_accidents(window)
    window.show()
    laptop = access.unlock(INSPECTOR.inspector_id, PASSPHRASE)
    window.show_desk(laptop)
    desk = window.desk
    assert desk is not None
    typing(qtbot, window, laptop, "half a sentence")
    desk.rail.buttons["inspection"].clicked.connect(broken)
    Mouse(qtbot).click(desk.rail.buttons["inspection"])
    assert desk.notice.code == "WINDOW_003"
    assert "half a sentence" in kept(laptop)
    (report,) = window.report_folder().iterdir()
    told = report.read_text("utf-8")
    assert "ValueError" in told
    assert "test_accidents.py" in told
    assert MARKER not in told
    assert "half a sentence" not in told
    assert report.name in words(desk)
    assert MARKER not in words(desk)
    buttons = [one for one in desk.notice.findChildren(Button) if one.text() == "重新启动"]
    Mouse(qtbot).click(buttons[0])
    assert restarted == [True]
    assert window.desk is None
    with access.unlock(INSPECTOR.inspector_id, PASSPHRASE) as again:
        assert "half a sentence" in kept(again)
    window.close()


def test_a_page_that_cannot_keep_its_draft_is_reported_too(
    qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop
) -> None:
    typing(qtbot, window, laptop, "abc")
    page = desk.page("inspection")
    assert isinstance(page, InspectionPage)
    assert page.form is not None
    delete(page.form)  # its widgets have gone under it
    window.unforeseen(KeyError(MARKER))
    page.form = None
    assert desk.notice.code == "WINDOW_003"
    (report,) = window.report_folder().iterdir()
    told = report.read_text("utf-8")
    assert "KeyError" in told
    assert "RuntimeError" in told


def test_an_accident_before_the_door_is_open_is_told_there(
    qtbot: QtBot, new_window: Callable[[], Window]
) -> None:
    window = new_window()
    window.unforeseen(ValueError(MARKER))

    def told() -> str:
        return "\n".join(one.text() for one in window.findChildren(QLabel) if one.isVisible())

    qtbot.waitUntil(lambda: "report-" in told())
    assert MARKER not in told()


# -- the clock ----------------------------------------------------------------------------------------


def open_at(moment: datetime, folder: Path, new_window: Callable[[], Window]) -> Desk:
    """The window on the laptop when its clock says ``moment``."""
    door = composition.access(folder, lambda: moment, WEAK)
    window = new_window()
    window.show_desk(door.unlock(INSPECTOR.inspector_id, PASSPHRASE))
    assert window.desk is not None
    return window.desk


def test_a_clock_behind_the_last_record_is_told_before_anybody_goes_on(
    qtbot: QtBot, tmp_path: Path, new_window: Callable[[], Window]
) -> None:
    with new_laptop(tmp_path / "other") as laptop:
        (record,) = laptop.visits.finalize(filled(laptop, LOCKED).visit_id)
    desk = open_at(MORNING - timedelta(days=1), tmp_path / "other", new_window)
    qtbot.waitUntil(desk.isVisible)
    assert desk.notice.code == "WINDOW_005"
    assert "1440 分钟" in words(desk)
    keys = Keyboard(qtbot, desk.window(), lambda: not desk.jobs.running)
    keys.press(Qt.Key.Key_Escape)
    assert not desk.notice.isVisible()
    assert desk.laptop.store.submissions.get(record.chain.instance_id) == record


@pytest.mark.parametrize("minutes", [-4, 0, 60 * 24 * 30])
def test_a_clock_that_goes_on_is_no_trouble(
    tmp_path: Path, new_window: Callable[[], Window], minutes: int
) -> None:
    new_laptop(tmp_path / "other").close()
    desk = open_at(MORNING + timedelta(minutes=minutes), tmp_path / "other", new_window)
    assert desk.notice.code == ""


# -- no network ---------------------------------------------------------------------------------------


def test_no_network_is_said_calmly_and_nothing_is_lost(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    laptop.visits.finalize(filled(laptop, LOCKED).visit_id)
    desk.changed()
    mouse = Mouse(qtbot)
    mouse.click(desk.rail.buttons["sync"])
    page = desk.page("sync")
    assert isinstance(page, SyncPage)
    mouse.wait(lambda: len(page.batch.records) == 1 and not desk.jobs.running)
    mouse.click(page.head.sync)
    mouse.wait(lambda: page.job is None and bool(page.facts.runs))
    cause, remedy = page.head.why_text
    assert "127.0.0.1" in cause
    assert remedy
    assert desk.notice.code == ""  # no alarm: it stands where one looks for it
    assert laptop.store.outbox.unsent() == 1
    assert laptop.store.drafts.get(laptop.store.submissions.list()[0].visit_id, FORM) is None
    assert page.head.sync.isEnabled()
