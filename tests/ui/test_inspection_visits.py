"""Visits that are open: begun once, gone on with where they were left, also after a kill."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fieldapp.services.access import Access
from fieldapp.services.laptop import Laptop
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.inspection import InspectionPage, NewVisit, OpenVisit
from fieldapp.ui.window import Window
from tests.services.office import FORM, HOUSES, MAJOR, filled
from tests.services.test_continuing import partial
from tests.store.building import INSPECTOR, PASSPHRASE
from tests.ui.test_inspection import BEAM, RESULT, at, focus, form_of


def test_a_killed_window_comes_back_to_the_same_question(
    qtbot: QtBot, access: Access, new_window: Callable[[], Window]
) -> None:
    with access.unlock(INSPECTOR.inspector_id, PASSPHRASE) as laptop:
        opened = filled(laptop, MAJOR)
        opened.go_to(RESULT)
        opened.settle()
    command = [sys.executable, "-m", "tests.ui.form_until_killed", str(access.folder), str(opened.visit_id)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "on the disk\n"
        other.kill()
    window = new_window()
    window.show_desk(access.unlock(INSPECTOR.inspector_id, PASSPHRASE))
    assert window.desk is not None
    window.desk.go("inspection", OpenVisit(opened.visit_id, FORM))
    form = form_of(qtbot, window.desk)
    qtbot.waitUntil(lambda: at(form) == BEAM, timeout=3000)
    assert form.answering.session.value(BEAM) == "unseen"


def test_a_visit_is_never_begun_twice(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    building = UUID(laptop.buildings.get(HOUSES[0]).id)
    desk.go("inspection", NewVisit(building))
    form_of(qtbot, desk)
    desk.go("today")
    desk.go("inspection", NewVisit(building))
    form_of(qtbot, desk)
    assert len(laptop.store.visits.list()) == 1


def test_the_list_says_what_is_open_and_opens_it(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    page = desk.page("inspection")
    assert isinstance(page, InspectionPage)
    desk.go("inspection")
    qtbot.waitUntil(lambda: page.visits._stack.currentIndex() == 1, timeout=3000)
    filled(laptop, MAJOR)
    desk.changed()
    qtbot.waitUntil(lambda: len(page.visits.list.rows.rows) == 1, timeout=3000)
    assert page.visits.list.rows.rows[0].pill == ("major", "重大安全隐患")
    page.visits.enter()
    qtbot.keyClick(page.visits.list, Qt.Key.Key_Return)
    form = form_of(qtbot, desk)
    qtbot.waitUntil(lambda: bool(at(form)), timeout=3000)
    qtbot.keyClick(focus(), Qt.Key.Key_Escape)
    assert page.front() is page.visits


def test_after_a_partial_visit_the_form_says_what_it_goes_on_with(
    qtbot: QtBot, desk: Desk, laptop: Laptop
) -> None:
    first = partial(laptop)
    building = laptop.store.visits.get(first.visit_id).building_id
    assert building is not None
    desk.go("inspection", NewVisit(building))
    form = form_of(qtbot, desk)
    assert form.carried is not None
    qtbot.waitUntil(form.carried.isVisible, timeout=3000)
    told = "接续 2022-12-08 部分完成的上门：当时所见已填好，请核对是否仍然如此。当时未查看：三层北侧两间"
    assert form.carried.accessibleName() == told


def test_no_other_visit_says_so(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    desk.go("inspection", NewVisit(UUID(laptop.buildings.get(HOUSES[0]).id)))
    assert form_of(qtbot, desk).carried is None
