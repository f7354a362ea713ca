"""The same day over and over in one window: its memory stays where it was."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fieldapp.services.access import Access
from fieldapp.ui.pages import PLACES
from fieldapp.ui.pages.inspection import InspectionPage, OpenVisit
from fieldapp.ui.pages.inspection.form import FormView
from fieldapp.ui.themes.tokens import THEMES
from fieldapp.ui.window import Window
from tests.services.office import FORM, begin
from tests.store.building import INSPECTOR, PASSPHRASE

WARM, DAYS = 20, 60
RESULT = "/data/g_outcome/visit_result"
CHECK = "/data/g_check/site_condition"
#: 8 MB in the eight hours of a soak with 500 forms (a megabyte an hour), in kB a form.
KILOBYTES = 16.0

pytestmark = pytest.mark.campaign


def resident() -> float:
    """Memory of this process that lies in RAM, kB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1000


def form_in_front(qtbot: QtBot, window: Window) -> FormView:
    """The form, once it stands."""
    assert window.desk is not None
    page = window.desk.page("inspection")
    assert isinstance(page, InspectionPage)
    qtbot.waitUntil(lambda: page.form is not None and page.front() is page.form and page.form.view.whole)
    assert page.form is not None
    return page.form


def answer(qtbot: QtBot, form: FormView, path: str, value: str) -> None:
    """One answer, with its question in sight."""
    form.go_to(path)
    qtbot.waitUntil(lambda: any(row.path == path for row in form.view.rows()))
    form.answering.answer(path, value)


def day(qtbot: QtBot, window: Window, access: Access, visit: OpenVisit, number: int) -> None:
    """Every place, a form with some answers, taken back; another theme; locked and opened again."""
    desk = window.desk
    assert desk is not None
    for place in PLACES:
        desk.go(place.name)
        qtbot.waitUntil(lambda: not desk.jobs.running)
    desk.go("inspection", visit)
    qtbot.waitUntil(lambda: not desk.jobs.running)
    form = form_in_front(qtbot, window)
    answer(qtbot, form, RESULT, "done")
    answer(qtbot, form, CHECK, ("ok", "absent")[number % 2])
    desk.commands.trigger("go.search")
    qtbot.keyClicks(desk.search.field, "tdl")
    qtbot.waitUntil(lambda: not desk.jobs.running)
    window.preferences.theme = tuple(THEMES)[number % len(THEMES)]
    window.set_appearance()
    if number % 5 == 0:
        window.lock()
        window.show_desk(access.unlock(INSPECTOR.inspector_id, PASSPHRASE))
        assert window.desk is not None
        opened = window.desk
        qtbot.waitUntil(lambda: not opened.jobs.running)


def test_memory_stays_where_it_was(qtbot: QtBot, new_window: Callable[[], Window], access: Access) -> None:
    window = new_window()
    laptop = access.unlock(INSPECTOR.inspector_id, PASSPHRASE)
    opened = begin(laptop)
    opened.settle()
    visit = OpenVisit(opened.visit_id, FORM)
    window.show_desk(laptop)
    used = []
    for number in range(WARM + DAYS):
        day(qtbot, window, access, visit, number)
        used.append(resident())
    grown = (used[-1] - used[WARM]) / DAYS
    assert grown <= KILOBYTES, f"{grown:.0f} kB a form"
