"""房屋, the list: its columns, filters that have no room, days, the list as a file. Through the window."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fieldapp.domain.register import schema
from fieldapp.domain.sample import sample_district
from fieldapp.services.ledger import Filters, day_filters
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.buildings import BuildingsPage
from fieldapp.ui.pages.buildings.ledger import LedgerView
from fieldapp.ui.window import Window
from tests.services.office import register_row

ALT, LEFT = Qt.KeyboardModifier.AltModifier, Qt.MouseButton.LeftButton
SIZE = 60


@pytest.fixture
def ledger(qtbot: QtBot, desk: Desk) -> LedgerView:
    """The list in front, of houses all over the district."""
    desk.laptop.store.register.import_rows("buildings", map(register_row, sample_district(SIZE)))
    desk.go("buildings")
    page = desk.page("buildings")
    assert isinstance(page, BuildingsPage)
    settle(qtbot, desk)
    return page.ledger


def settle(qtbot: QtBot, desk: Desk) -> None:
    """Let jobs end."""
    qtbot.waitUntil(lambda: not desk.jobs.running, timeout=15000)


def heads(ledger: LedgerView) -> list[str]:
    """The heads of all columns."""
    model = ledger.model
    return [model.headerData(place, Qt.Orientation.Horizontal) for place in range(model.columnCount())]


def test_columns_are_those_that_the_register_declares(ledger: LedgerView) -> None:
    declared = schema("buildings")
    assert ledger.model.columns == declared.columns
    assert heads(ledger) == [
        "房屋",
        *(declared.properties[name].title("zh") for name in declared.columns[1:]),
    ]


def test_a_column_is_taken_in_moved_and_remembered_by_keyboard(
    qtbot: QtBot, window: Window, desk: Desk, ledger: LedgerView
) -> None:
    qtbot.keyClick(ledger.columns, Qt.Key.Key_Space)
    panel = ledger.panel
    assert panel is not None
    shown = len(ledger.model.columns)
    offered = [row.key for row in panel.list.rows.rows]
    assert sorted(offered) == sorted(one.name for one in schema("buildings").shown())
    qtbot.keyClick(panel.list, Qt.Key.Key_Space)
    assert ledger.model.columns[0] == "address_detail"  # what names the house stays
    panel.list.setCurrentIndex(panel.list.rows.index(offered.index("owner_phone")))
    qtbot.keyClick(panel.list, Qt.Key.Key_Space)
    assert ledger.model.columns[-1] == "owner_phone"
    for _time in range(shown):
        qtbot.keyClick(panel.list, Qt.Key.Key_Up, ALT)
    assert ledger.model.columns[1] == "owner_phone"
    qtbot.keyClick(panel.list, Qt.Key.Key_Down, ALT)
    assert ledger.model.columns[2] == "owner_phone"
    cell = ledger.model.cells(0)[2]
    assert cell.first.text.startswith("059****")
    assert not ledger.table.isColumnHidden(2)
    qtbot.keyClick(panel.list, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert desk.place == "buildings"
    settle(qtbot, desk)
    assert desk.laptop.ledger.columns() == ledger.model.columns
    window.preferences.language = "en"
    desk.rebuild()
    qtbot.waitUntil(lambda: window.desk is not None and window.desk is not desk)
    assert window.desk is not None
    window.desk.go("buildings")
    settle(qtbot, window.desk)
    page = window.desk.page("buildings")
    assert isinstance(page, BuildingsPage)
    assert page.ledger.model.columns[2] == "owner_phone"
    assert heads(page.ledger)[2] == "Owner's phone"


def test_the_standard_columns_come_back_by_mouse(qtbot: QtBot, desk: Desk, ledger: LedgerView) -> None:
    qtbot.mouseClick(ledger.columns, LEFT)
    panel = ledger.panel
    assert panel is not None
    box = panel.list.visualRect(panel.list.rows.index(1))
    qtbot.mouseClick(panel.list.viewport(), LEFT, pos=box.center())
    assert "community" not in ledger.model.columns
    panel.list.setCurrentIndex(panel.list.rows.index(1))
    qtbot.mouseClick(panel.down, LEFT)
    assert ledger.model.columns[1:3] == ("building_use", "structure_type")
    qtbot.mouseClick(panel.up, LEFT)
    assert ledger.model.columns[1:3] == ("structure_type", "building_use")
    qtbot.mouseClick(panel.standard, LEFT)
    assert ledger.model.columns == schema("buildings").columns
    settle(qtbot, desk)
    assert desk.laptop.store.settings.get("ledger.columns") == []


def test_what_has_no_room_is_left_out_from_the_right(
    window: Window, qtbot: QtBot, ledger: LedgerView
) -> None:
    names = tuple(one.name for one in schema("buildings").shown())
    ledger.table.show_columns(names)
    hidden = [ledger.table.isColumnHidden(place) for place in range(len(names))]
    assert hidden == sorted(hidden)
    assert 0 < ledger.table.no_room == sum(hidden)
    window.resize(1920, 1080)
    qtbot.waitUntil(lambda: ledger.table.no_room < sum(hidden))


def test_filters_stand_in_one_line_until_more_are_asked_for(
    qtbot: QtBot, window: Window, desk: Desk, ledger: LedgerView
) -> None:
    chips = ledger.chips
    line = chips.switches["due"].height()
    assert chips.height() == line
    last = chips.several["annual_due"]
    assert not last.isVisible()
    qtbot.mouseClick(chips.more, LEFT)
    qtbot.waitUntil(last.isVisible)
    assert chips.height() > line
    assert chips.more.text() == "收起"
    chips.show_filters(Filters({"annual_due": ("past",)}))
    qtbot.mouseClick(chips.more, LEFT)
    assert not last.isVisible()
    assert chips.more.text() == "更多条件 1"
    window.resize(1920, 1080)
    qtbot.waitUntil(lambda: chips.width() > 1000 and chips.height() == line)


def test_a_day_is_narrowed_to_one_span(qtbot: QtBot, desk: Desk, ledger: LedgerView) -> None:
    chips = ledger.chips
    assert {one.name for one in day_filters()} <= set(chips.several)
    chip = chips.several["last_inspected"]
    assert [option.name for option in chip.options] == ["past", "month", "later", "none"]
    qtbot.mouseClick(chips.more, LEFT)
    qtbot.mouseClick(chip, LEFT)
    panel = chip.panel
    assert panel is not None
    qtbot.keyClick(panel.list, Qt.Key.Key_Space)
    assert chips.filters == Filters({"last_inspected": ("past",)})
    for _time in range(3):
        qtbot.keyClick(panel.list, Qt.Key.Key_Down)
    qtbot.keyClick(panel.list, Qt.Key.Key_Space)
    assert chips.filters == Filters({"last_inspected": ("none",)})
    assert [row.word for row in panel.list.rows.rows] == ["", "", "", "已选"]
    settle(qtbot, desk)
    rows = [ledger.model.row_at(place) for place in range(ledger.model.rowCount())]
    assert rows
    assert not any(row and row.values.get("last_inspected") for row in rows)
    assert desk.laptop.ledger.filters() == chips.filters


def test_the_list_becomes_a_file_as_it_stands(
    qtbot: QtBot, desk: Desk, ledger: LedgerView, tmp_path: Path
) -> None:
    ledger.chips.switches["crowded_place"].click()
    settle(qtbot, desk)
    ledger.table.show_columns(["address_detail", "owner_name"])
    qtbot.mouseClick(ledger.export, LEFT)
    panel = ledger.exporting
    assert panel is not None
    assert panel.isVisible()
    panel.write(tmp_path / "a.csv")
    settle(qtbot, desk)
    assert not panel.isVisible()
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as stream:
        head, *rows = list(csv.reader(stream))
    assert head == ["路巷、门牌号", "产权人", "未确认"]
    shown = [ledger.model.row_at(place) for place in range(ledger.model.rowCount())]
    assert [row[0] for row in rows] == [row.label for row in shown if row]
    assert all(row[1].endswith("***") for row in rows)
    qtbot.mouseClick(ledger.export, LEFT)
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    qtbot.mouseClick(ledger.export, LEFT)
    panel.reason.setText("送达文书")
    panel.write(tmp_path / "b.csv")
    settle(qtbot, desk)
    assert "某某（示例）" in (tmp_path / "b.csv").read_text("utf-8-sig")
    assert ledger.export.text() == "导出"
