"""What two told differently, through the window: from today, the file and Ctrl+K to both sides, by keyboard;
what is decided goes, what is not confirmed is marked."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fieldapp import app as composition
from fieldapp.domain.conflicts import CONFLICTS, Side, Standing, conflict_id
from fieldapp.services.access import Access
from fieldapp.services.laptop import Laptop
from fieldapp.store.model import RegisterRow
from fieldapp.ui.components import Button
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.buildings import BuildingsPage
from fieldapp.ui.pages.conflicts import ConflictsPage
from fieldapp.ui.pages.today import TodayPage
from fieldapp.ui.window import Window
from tests.services.office import LOCKED, MORNING, filled, new_laptop
from tests.store.building import WEAK
from tests.ui.hands import Mouse, activate, type_chinese
from tests.ui.sample import dispute
from tests.ui.test_building_file import HOUSE, LOCKED_HOUSE, file_of, words
from tests.ui.test_inspection import form_of
from tests.ui.test_spoken import unspoken

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def access(tmp_path: Path) -> Access:
    """A laptop with two houses told differently, at one of which it was itself; locked."""
    with new_laptop(tmp_path / "laptop") as laptop:
        laptop.visits.finalize(filled(laptop, LOCKED).visit_id)
        for house, judged in ((HOUSE, False), (LOCKED_HOUSE, True)):
            dispute(laptop, UUID(laptop.buildings.get(house).id), MORNING, judged=judged)
    return composition.access(tmp_path / "laptop", lambda: MORNING, WEAK)


def page_of(qtbot: QtBot, desk: Desk) -> ConflictsPage:
    """The page in front, read."""
    assert desk.place == "conflicts"
    page = desk.page("conflicts")
    assert isinstance(page, ConflictsPage)
    qtbot.waitUntil(lambda: not desk.jobs.running, timeout=10_000)
    return page


def press(
    qtbot: QtBot,
    page: ConflictsPage,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """A key, where the keyboard is: within the page."""
    activate(page.window())
    focus = page.window().focusWidget()
    assert focus is not None
    assert page.isAncestorOf(focus)
    qtbot.keyClick(focus, key, modifier)


def shown(page: ConflictsPage) -> str:
    assert page.house.isVisible()
    return words(page.house)


def decided(laptop: Laptop, ids: tuple[str, ...]) -> None:
    """Tombstones, as a pull brings them."""
    register = laptop.store.register
    for identity in ids:
        row = register.get(CONFLICTS, identity)
        assert row is not None
        gone = RegisterRow(identity, row.label, row.values, row.version + 1, deleted=True)
        register.import_rows(CONFLICTS, [gone])


def test_from_today_to_the_list_to_both_sides(
    qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop
) -> None:
    today = desk.page("today")
    assert isinstance(today, TodayPage)
    waiting = today.waiting.list
    qtbot.waitUntil(lambda: any(row.key == "conflicts" for row in waiting.rows.rows))
    (row,) = [row for row in waiting.rows.rows if row.key == "conflicts"]
    assert (row.count, row.text) == ("2", "两处填写不一致，待核定")
    Mouse(qtbot).click_row(waiting, waiting.rows.rows.index(row))
    page = page_of(qtbot, desk)
    assert [row.text for row in page.list.rows.rows] == [LOCKED_HOUSE, HOUSE]  # the graver first
    assert desk.rail.buttons["sync"].isChecked()
    press(qtbot, page, Qt.Key.Key_Return)
    told = shown(page_of(qtbot, desk))
    for part in (
        "一般安全隐患",
        "基本安全",
        "138****0044",
        "139****0052",
        "第 1 栋，共 2 栋",
        "核定由审核人员",
    ):
        assert part in told, told
    assert "13800000044" not in told
    press(qtbot, page, Qt.Key.Key_Down, ALT)
    assert "第 2 栋，共 2 栋" in shown(page_of(qtbot, desk))
    press(qtbot, page, Qt.Key.Key_Escape)
    press(qtbot, page, Qt.Key.Key_Escape)
    assert page_of(qtbot, desk).list.isVisible()


def test_sides_are_of_one_size_and_say_what_counts(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    desk.go("conflicts", laptop.buildings.get(LOCKED_HOUSE).id)
    page = page_of(qtbot, desk)
    assert page.house.sides is not None
    cards = [one for one in page.house.sides.children() if isinstance(one, QWidget) and one.property("card")]
    assert len(cards) == 4
    for left, right in ((0, 1), (2, 3)):
        assert cards[left].size() == cards[right].size()
        assert cards[left].y() == cards[right].y()
    spoken = [QAccessible.queryAccessibleInterface(one).text(QAccessible.Text.Name) for one in cards]
    assert ["核定前按此计" in one for one in spoken] == [False, True, True, False]
    assert "打开记录" in [one.text() for one in page.house.sides.findChildren(Button)]
    assert page.house.sides.pictures


def test_the_file_leads_there_and_the_way_back_is_a_visit(
    qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop
) -> None:
    file = file_of(qtbot, desk, HOUSE)
    assert "产权人电话" in words(file.band)
    qtbot.waitUntil(lambda: words(file.facts).count("待核定") == 1)  # beside the telephone
    Mouse(qtbot).click(file.band.look)
    page = page_of(qtbot, desk)
    assert page.house.visit.isEnabled()
    press(qtbot, page, Qt.Key.Key_Return, CONTROL)
    form = form_of(qtbot, desk)
    assert str(form.answering.visit.building_id) == laptop.buildings.get(HOUSE).id


def test_ctrl_k_finds_them(qtbot: QtBot, window: Window, desk: Desk) -> None:
    desk.go("sync")
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    type_chinese(desk.search.field, "待核定")
    qtbot.waitUntil(lambda: bool(desk.search.list.rows.rows))
    qtbot.keyClick(desk.search.field, Qt.Key.Key_Return)
    assert page_of(qtbot, desk).list.isVisible()
    desk.go("sync")
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    type_chinese(desk.search.field, HOUSE)
    found = desk.search.list.rows
    qtbot.waitUntil(lambda: any(row.key.startswith("conflicts:") for row in found.rows))
    place = next(n for n, row in enumerate(found.rows) if row.key.startswith("conflicts:"))
    for _step in range(place):
        qtbot.keyClick(desk.search.field, Qt.Key.Key_Down)
    qtbot.keyClick(desk.search.field, Qt.Key.Key_Return)
    assert HOUSE in shown(page_of(qtbot, desk))


def test_what_was_decided_goes_and_nothing_is_said_so(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    building = UUID(laptop.buildings.get(LOCKED_HOUSE).id)
    desk.go("conflicts", str(building))
    page_of(qtbot, desk)
    decided(laptop, tuple(one.id for one in laptop.conflicts.of_building(building)))
    desk.changed()
    page = page_of(qtbot, desk)
    assert [row.text for row in page.list.rows.rows] == [HOUSE]
    assert "已没有待核定" in desk._toast.accessibleName()
    other = UUID(laptop.buildings.get(HOUSE).id)
    decided(laptop, tuple(one.id for one in laptop.conflicts.of_building(other)))
    desk.changed()
    page = page_of(qtbot, desk)
    assert page.nothing.isVisible()
    assert not file_of(qtbot, desk, HOUSE).band.isVisible()


def test_what_is_not_confirmed_is_marked_in_words(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    file = file_of(qtbot, desk, LOCKED_HOUSE)
    assert file._own.isVisible()
    assert file._own.accessibleName() == "未确认"
    assert "未确认" in file.story.timeline.rows.rows[0].note
    desk.go("buildings")
    page = desk.page("buildings")
    assert isinstance(page, BuildingsPage)
    table = page.ledger.table
    qtbot.waitUntil(lambda: not desk.jobs.running and bool(table.houses.numbers), timeout=10_000)
    marks = {}
    for place in range(len(table.houses.numbers)):
        row = table.houses.row_at(place)
        assert row is not None
        marks[row.label] = any("未确认" in cell.spoken() for cell in table.houses.cells(place))
    assert marks == {row: row == LOCKED_HOUSE for row in marks}
    assert LOCKED_HOUSE in marks


def test_four_sides_of_a_unit_stand_in_two_rows(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    """More than three do not fit beside each other; a row of another list leads to its house."""
    house, register = laptop.buildings.get(HOUSE), laptop.store.register
    unit = RegisterRow("unit-1", "201", {"building": house.id, "unit_no": "201", "occupant": "黄某某"})
    register.import_rows("units", [unit])
    sides = tuple(
        Side({"occupant": name, "occupant_phone": "", "tenure": ""}, f"第{n}组", MORNING.isoformat(), "", n)
        for n, name in enumerate(("黄某某", "王某某", "李某某", "赵某某"), start=2)
    )
    values = {
        "street": house.values["street"], "of_list": "units", "of_row": unit.id, "row_label": "201",
        "merge_group": "occupant", "opened_at": MORNING.isoformat(), "decision": "",
        "standing": Standing(dict.fromkeys(sides[0].values, ""), sides).to_text(),
    }  # fmt: skip
    identity = conflict_id("units", unit.id, "occupant")
    register.import_rows(CONFLICTS, [RegisterRow(identity, "201", values)])
    desk.go("conflicts", house.id)
    page = page_of(qtbot, desk)
    told = shown(page)
    for part in ("户、间、店 201", *(one.who for one in sides), *(one.values["occupant"] for one in sides)):
        assert part in told, told
    assert page.house.sides is not None
    cards = [one for one in page.house.sides.children() if isinstance(one, QWidget) and one.property("card")]
    of_unit = [one for one in cards if any(side.who in one.accessibleName() for side in sides)]
    assert len(of_unit) == len(sides)
    assert len({one.width() for one in of_unit}) == 1
    assert len({one.y() for one in of_unit}) == 2


def test_everything_is_spoken_and_one_step_is_next(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    for argument in (None, laptop.buildings.get(LOCKED_HOUSE).id):
        desk.go("conflicts", argument)
        page = page_of(qtbot, desk)
        assert unspoken(desk) == []
        filled_buttons = [
            one for one in page.findChildren(Button) if one.kind == "primary" and one.isVisible()
        ]
        assert len(filled_buttons) == (argument is not None)
