"""房屋, the list: order, filters, search, preview, what leads on. Everything through the real window."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fieldapp.domain.codelists import codelists
from fieldapp.domain.register import order_key
from fieldapp.domain.sample import sample_district
from fieldapp.services.laptop import Laptop
from fieldapp.services.ledger import Filters, code_filters
from fieldapp.store.model import RegisterRow
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.buildings import BuildingsPage
from fieldapp.ui.pages.buildings.ledger import LedgerView
from fieldapp.ui.window import Window
from tests.services.office import FORM, LOCKED, MAJOR, filled, register_row
from tests.ui.hands import type_chinese

CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
SIZE = 300


@pytest.fixture
def district(laptop: Laptop) -> list[dict[str, str]]:
    """Houses of the whole district on the laptop."""
    rows = sample_district(SIZE)
    laptop.store.register.import_rows("buildings", map(register_row, rows))
    return rows


@pytest.fixture
def ledger(qtbot: QtBot, desk: Desk, district: list[dict[str, str]]) -> LedgerView:
    """The list in front, whole."""
    desk.go("buildings")
    page = desk.page("buildings")
    assert isinstance(page, BuildingsPage)
    settle(qtbot, desk)
    assert page.ledger.model.rowCount() == SIZE
    return page.ledger


def settle(qtbot: QtBot, desk: Desk) -> None:
    """Let jobs end."""
    qtbot.waitUntil(lambda: not desk.jobs.running, timeout=15000)


def labels(ledger: LedgerView) -> list[str]:
    """The addresses that the list shows, in order."""
    rows = [ledger.model.row_at(place) for place in range(ledger.model.rowCount())]
    return [row.label for row in rows if row is not None]


def click_row(qtbot: QtBot, ledger: LedgerView, place: int) -> None:
    """A click into the address of a row."""
    box = ledger.table.visualRect(ledger.model.index(place, 0))
    qtbot.mouseClick(ledger.table.viewport(), LEFT, pos=box.center())


def test_houses_stand_in_lane_order_with_their_count(
    ledger: LedgerView, district: list[dict[str, str]]
) -> None:
    assert labels(ledger) == sorted((row["label"] for row in district), key=order_key)
    assert ledger.count.text() == "300 栋"
    assert ledger.row is not None
    assert ledger.row.label == labels(ledger)[0]


def test_arrows_move_and_enter_opens_the_file(qtbot: QtBot, desk: Desk, ledger: LedgerView) -> None:
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Down):
        qtbot.keyClick(ledger.table, key)
    chosen = ledger.row
    assert chosen is not None
    assert chosen.label == labels(ledger)[2]
    qtbot.keyClick(ledger.table, Qt.Key.Key_Return)
    file = desk.trail
    assert file == ("buildings", chosen.id)
    qtbot.keyClick(desk, Qt.Key.Key_Escape)
    settle(qtbot, desk)
    assert desk.trail[1] is None
    assert ledger.row == chosen


def test_the_mouse_chooses_and_a_double_click_opens(qtbot: QtBot, desk: Desk, ledger: LedgerView) -> None:
    click_row(qtbot, ledger, 3)
    assert ledger.table.place == 3
    assert ledger.row is not None
    box = ledger.table.visualRect(ledger.model.index(4, 1))
    qtbot.mouseClick(ledger.table.viewport(), LEFT, pos=box.center())
    qtbot.mouseDClick(ledger.table.viewport(), LEFT, pos=box.center())
    assert desk.trail == ("buildings", ledger.row.id)


def test_typing_narrows_the_list_and_marks_what_was_typed(
    qtbot: QtBot, window: Window, desk: Desk, ledger: LedgerView
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    qtbot.keyClicks(desk.search.field, "tdl12")
    settle(qtbot, desk)
    assert not desk.search.isVisible()
    assert labels(ledger) == ["亭店路12号"]
    assert ledger.count.text() == "“tdl12” 找到 1 栋，全部 300 栋"
    assert ledger.model.cells(0)[0].first.hits == ((0, 5),)
    qtbot.keyClick(desk.search.field, Qt.Key.Key_Return)
    assert desk.trail[1] == desk.laptop.buildings.get("亭店路12号").id


def test_enter_right_after_typing_opens_the_house_that_was_typed(
    qtbot: QtBot, window: Window, desk: Desk, ledger: LedgerView
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    type_chinese(desk.search.field, "亭店村")
    qtbot.keyClick(desk.search.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.trail[1] == desk.laptop.buildings.get("亭店路12号").id)


def test_a_house_found_by_its_old_name_says_so(
    qtbot: QtBot, window: Window, desk: Desk, ledger: LedgerView
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    type_chinese(desk.search.field, "亭店村")
    settle(qtbot, desk)
    cell = ledger.model.cells(0)[0]
    assert cell.first.text == "亭店路12号"
    assert cell.second is not None
    (begin, length) = cell.second.hits[0]
    assert cell.second.text[begin : begin + length] == "亭店村"


def test_arrows_of_the_search_field_move_in_the_list_and_escape_shows_all(
    qtbot: QtBot, window: Window, desk: Desk, ledger: LedgerView
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    type_chinese(desk.search.field, "路1")
    settle(qtbot, desk)
    assert 1 < ledger.model.rowCount() < SIZE
    qtbot.keyClick(desk.search.field, Qt.Key.Key_Down)
    assert ledger.table.place == 1
    qtbot.keyClick(desk.search.field, Qt.Key.Key_Escape)
    settle(qtbot, desk)
    assert ledger.model.rowCount() == SIZE
    assert ledger.typed == ""


def test_what_fits_nothing_says_so_with_a_way_back(
    qtbot: QtBot, window: Window, desk: Desk, ledger: LedgerView
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    qtbot.keyClicks(desk.search.field, "zzzz9")
    settle(qtbot, desk)
    assert ledger.model.rowCount() == 0
    assert ledger.row is None
    assert not ledger.preview.start.isEnabled()
    assert ledger.preview.start.accessibleDescription() == "没有选中房屋"
    qtbot.mouseClick(ledger.clear, LEFT)
    settle(qtbot, desk)
    assert ledger.model.rowCount() == SIZE
    assert ledger.preview.start.isEnabled()


def test_a_switch_narrows_the_list_and_is_remembered(
    qtbot: QtBot, window: Window, desk: Desk, ledger: LedgerView, district: list[dict[str, str]]
) -> None:
    qtbot.mouseClick(ledger.chips.switches["crowded_place"], LEFT)
    settle(qtbot, desk)
    crowded = sorted(row["label"] for row in district if row["crowded_place"] == "yes")
    assert sorted(labels(ledger)) == crowded
    assert desk.laptop.ledger.filters() == Filters({"crowded_place": ("yes",)})
    window.preferences.language = "en"
    desk.rebuild()
    qtbot.waitUntil(lambda: window.desk is not None and window.desk is not desk)
    assert window.desk is not None
    window.desk.go("buildings")
    settle(qtbot, window.desk)
    page = window.desk.page("buildings")
    assert isinstance(page, BuildingsPage)
    assert page.ledger.chips.switches["crowded_place"].isChecked()
    assert page.ledger.model.rowCount() == len(crowded)


def test_a_chip_offers_what_there_is_and_takes_several(
    qtbot: QtBot, desk: Desk, ledger: LedgerView, district: list[dict[str, str]]
) -> None:
    chip = ledger.chips.several["street"]
    qtbot.keyClick(chip, Qt.Key.Key_Space)
    panel = chip.panel
    assert panel is not None
    assert panel.isVisible()
    assert panel.list.rows.rowCount() == len({row["street"] for row in district})
    qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    qtbot.keyClick(panel.list, Qt.Key.Key_Down)
    qtbot.keyClick(panel.list, Qt.Key.Key_Space)
    assert panel.isVisible()
    qtbot.keyClick(panel.list, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert desk.place == "buildings"
    settle(qtbot, desk)
    chosen = ledger.chips.filters.of("street")
    assert len(chosen) == 2
    assert set(labels(ledger)) == {row["label"] for row in district if row["street"] in chosen}
    assert chip.isChecked()
    assert chip.accessibleName().startswith("街道：")
    offered = ledger.chips.several["community"].options
    assert len(offered) == len({row["community"] for row in district if row["street"] in chosen})


def test_every_declared_filter_has_a_chip_in_the_words_of_its_list(desk: Desk, ledger: LedgerView) -> None:
    chips = ledger.chips
    for one in code_filters():
        if one.codes == "yes_no":
            assert chips.switches[one.name].text() == one.zh
            continue
        chip = chips.several[one.name]
        assert chip.text() == one.zh
        words = {item.label("zh") for item in codelists()[one.codes].items.values()}
        assert {option.text for option in chip.options} <= words
        assert chip.options


def test_the_mouse_ticks_and_a_click_elsewhere_closes(qtbot: QtBot, desk: Desk, ledger: LedgerView) -> None:
    chip = ledger.chips.several["hazard_level"]
    qtbot.mouseClick(chip, LEFT)
    panel = chip.panel
    assert panel is not None
    box = panel.list.visualRect(panel.list.rows.index(2))
    qtbot.mouseClick(panel.list.viewport(), LEFT, pos=box.center())
    assert ledger.chips.filters.of("hazard_level") == ("major",)
    settle(qtbot, desk)
    ledger.table.setFocus()
    assert not panel.isVisible()
    assert chip.text() == "重大安全隐患"


def test_a_street_taken_away_takes_its_communities_along(ledger: LedgerView) -> None:
    chips = ledger.chips
    chips.show_filters(Filters({"street": ("350502006",), "community": ("350502006019",)}))
    chips.several["street"].chosen.emit(("350502005",))
    assert chips.filters == Filters({"street": ("350502005",)})


def test_ctrl_enter_begins_an_inspection_then_goes_on_with_it(
    qtbot: QtBot, desk: Desk, ledger: LedgerView
) -> None:
    row = ledger.row
    assert row is not None
    assert ledger.preview.start.text() == "开始检查"
    qtbot.keyClick(ledger.table, Qt.Key.Key_Return, CONTROL)
    assert desk.place == "inspection"
    settle(qtbot, desk)
    (visit,) = desk.laptop.store.visits.list(building_id=UUID(row.id))
    desk.go("buildings")
    settle(qtbot, desk)
    assert ledger.preview.start.text() == "继续检查"
    last = ledger.model.cells(ledger.table.place)[5]
    assert (last.first.text, last.second and last.second.text) == ("今天", "草稿")
    qtbot.mouseClick(ledger.preview.start, LEFT)
    settle(qtbot, desk)
    assert desk.place == "inspection"
    assert desk.laptop.store.visits.list(building_id=UUID(row.id)) == (visit,)


def test_a_record_shows_in_the_list_how_far_it_came(qtbot: QtBot, desk: Desk, ledger: LedgerView) -> None:
    laptop = desk.laptop
    record = laptop.visits.finalize(filled(laptop, MAJOR).visit_id)[0]
    desk.changed()
    settle(qtbot, desk)
    place = labels(ledger).index("延陵路8号")
    level, last = ledger.model.cells(place)[4:6]
    assert level.pill is not None
    assert level.pill[:2] == ("danger", "重大·未确认")
    assert last.second is not None
    assert last.second.text == "已定稿，待上传"
    instance = record.chain.instance_id
    laptop.store.outbox.record_refusal(instance, "SYNC_005", "said so", remedy="do so", retryable=True)
    desk.changed()
    settle(qtbot, desk)
    last = ledger.model.cells(place)[5]
    assert last.second is not None
    assert (last.second.text, last.second.tone) == ("未送达", "danger")


def test_the_preview_shows_the_newest_picture(qtbot: QtBot, desk: Desk, ledger: LedgerView) -> None:
    laptop = desk.laptop
    laptop.visits.finalize(filled(laptop, MAJOR).visit_id)
    desk.changed()
    settle(qtbot, desk)
    ledger.table.choose(labels(ledger).index("延陵路8号"))
    qtbot.waitUntil(lambda: ledger.preview.picture.accessibleDescription() not in ("", "还没有照片"))
    ledger.table.choose(0)
    qtbot.waitUntil(lambda: ledger.preview.picture.accessibleDescription() == "还没有照片")


def test_only_columns_that_have_room_are_shown(qtbot: QtBot, window: Window, ledger: LedgerView) -> None:
    def shown() -> set[int]:
        return {column for column in range(10) if not ledger.table.isColumnHidden(column)}

    assert shown() == {0, 1, 2, 3, 4, 5, 6}
    window.resize(1920, 1080)
    qtbot.waitUntil(lambda: shown() == set(range(10)))
    window.resize(1024, 640)
    qtbot.waitUntil(lambda: not ledger.preview.isVisible())
    assert {0, 2, 4, 5} <= shown()
    assert [
        button.text() for button in ledger.findChildren(type(ledger.preview.start)) if button.isVisible()
    ][-2:] == ["打开档案", "开始检查"]


def test_every_cell_can_be_heard(ledger: LedgerView) -> None:
    model = ledger.model
    role = Qt.ItemDataRole.AccessibleTextRole
    said = [model.data(model.index(0, column), role) for column in range(6)]
    assert said[0] == labels(ledger)[0]
    assert all(said)


def test_a_word_that_is_cut_stands_whole_in_the_tooltip(ledger: LedgerView) -> None:
    ledger.table.setColumnWidth(3, 40)
    box = ledger.table.visualRect(ledger.model.index(0, 3))
    assert ledger.table.word_at(box.center()) == ledger.model.cells(0)[3].first.text
    address = ledger.table.visualRect(ledger.model.index(0, 0))
    assert ledger.table.word_at(address.center()) == ""
    assert ledger.table.word_at(QPoint(5, 100_000)) == ""


def test_an_empty_register_says_where_houses_come_from(
    qtbot: QtBot, new_window: Callable[[], Window], laptop: Laptop, desk: Desk
) -> None:
    houses = laptop.ledger.rows(laptop.ledger.numbers(Filters())).values()
    laptop.store.register.import_rows(
        "buildings",
        [RegisterRow(row.id, row.label, row.values, row.version + 1, deleted=True) for row in houses],
    )
    desk.go("buildings")
    settle(qtbot, desk)
    page = desk.page("buildings")
    sentences = [
        child.text() for child in page.findChildren(QWidget) if child.isVisible() and hasattr(child, "text")
    ]
    assert any("导入" in sentence for sentence in sentences)


def test_a_locked_door_stands_with_its_word(qtbot: QtBot, desk: Desk, ledger: LedgerView) -> None:
    laptop = desk.laptop
    record = laptop.visits.finalize(filled(laptop, LOCKED).visit_id)[0]
    place = labels(ledger).index("聚宝街21号")
    desk.changed()
    settle(qtbot, desk)
    row = ledger.model.row_at(place)
    assert row is not None
    assert (row.values["last_result"], record.form_id) == ("locked", FORM)
