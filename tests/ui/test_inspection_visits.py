"""Visits that are open: begun once, gone on with where they were left."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fieldapp.services.laptop import Laptop
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.inspection import InspectionPage, NewVisit
from fieldapp.ui.pages.inspection.form import FormView
from fieldapp.ui.window import Window
from tests.services.office import HOUSES, MAJOR, filled
from tests.services.test_continuing import partial
from tests.ui.test_inspection import BEAM, CHECK, CONTROL, RESULT, at, focus, form_of, row_at


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
    qtbot.waitUntil(lambda: page.visits._stack.currentIndex() == 1, timeout=15000)
    filled(laptop, MAJOR)
    desk.changed()
    qtbot.waitUntil(lambda: len(page.visits.list.rows.rows) == 1, timeout=15000)
    assert page.visits.list.rows.rows[0].pill == ("major", "重大安全隐患")
    page.visits.enter()
    qtbot.keyClick(page.visits.list, Qt.Key.Key_Return)
    form = form_of(qtbot, desk)
    qtbot.waitUntil(lambda: bool(at(form)), timeout=15000)
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
    bar = form.carried
    assert bar is not None
    qtbot.waitUntil(bar.isVisible, timeout=15000)
    qtbot.keyClick(focus(), Qt.Key.Key_1)
    waiting = len(form.answering.waiting)
    assert bar.accessibleName() == (
        f"接续 2022-12-08 部分完成的上门。当时未查看：三层北侧两间。当时所填 {waiting} 项待核对。"
    )
    assert form.left.text().endswith(f"·待核对 {waiting} 项")


def carried_form(qtbot: QtBot, desk: Desk, laptop: Laptop) -> FormView:
    """The form of the visit after a partial one, somebody having come in."""
    first = partial(laptop)
    building = laptop.store.visits.get(first.visit_id).building_id
    assert building is not None
    desk.go("inspection", NewVisit(building))
    form = form_of(qtbot, desk)
    row_at(qtbot, form, RESULT)
    qtbot.keyClick(focus(), Qt.Key.Key_1)
    return form


def test_a_carried_answer_is_marked_until_it_was_looked_at(
    qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop
) -> None:
    form = carried_form(qtbot, desk, laptop)
    row = row_at(qtbot, form, BEAM)
    marks = [one for one in row.findChildren(QLabel) if one.text() == "沿用 2022-12-08"]
    assert [one.isVisible() for one in marks] == [True]
    assert row.control.accessibleDescription() == "沿用 2022-12-08 所填，待核对"
    qtbot.keyClick(focus(), Qt.Key.Key_Equal)  # looked at, still holds
    assert BEAM not in form.answering.waiting
    assert form.answering.session.value("/data/held") == BEAM.rpartition("/")[2]
    assert not marks[0].isVisible() or marks[0].text() != "沿用 2022-12-08"
    column = f"{CHECK}/column_damage"
    row_at(qtbot, form, column)
    qtbot.keyClick(focus(), Qt.Key.Key_Return)  # walking past is not looking
    assert column in form.answering.waiting
    row_at(qtbot, form, column)
    qtbot.keyClick(focus(), Qt.Key.Key_1)  # answered anew
    assert column not in form.answering.waiting
    assert column.rpartition("/")[2] not in form.answering.session.value("/data/held").split()
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert column in form.answering.waiting


def test_one_key_for_what_is_no_finding_and_one_for_each_finding(
    qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop
) -> None:
    form = carried_form(qtbot, desk, laptop)
    form.answering.settle()
    form.next_open()
    wall, width = f"{CHECK}/wall_damage", "/data/g_defect/rep_defect[1]/d_crack_w"
    row_at(qtbot, form, f"{CHECK}/site_condition")
    qtbot.keyClick(window, Qt.Key.Key_Equal, CONTROL)
    left = set(form.answering.waiting)
    assert {wall, width} <= left  # findings are not among them
    assert all("[" in path or form.answering.session.value(path) == "have" for path in left)
    row_at(qtbot, form, width)
    qtbot.keyClick(window, Qt.Key.Key_Equal, CONTROL)
    assert {path for path in left if "rep_defect[1]" in path}.isdisjoint(form.answering.waiting)
    assert wall in form.answering.waiting
    for path in [path for path in form.answering.waiting if "[" not in path]:
        row_at(qtbot, form, path)
        qtbot.keyClick(focus(), Qt.Key.Key_Equal)
    row_at(qtbot, form, "/data/g_defect/rep_defect[2]/d_part")
    qtbot.keyClick(window, Qt.Key.Key_Equal, CONTROL)
    assert form.answering.waiting == ()
    assert form.carried is not None
    assert form.carried.sentence.endswith("当时所填均已核对。")
    assert not form.carried.confirm.isVisible()


def test_no_other_visit_says_so(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    desk.go("inspection", NewVisit(UUID(laptop.buildings.get(HOUSES[0]).id)))
    assert form_of(qtbot, desk).carried is None
