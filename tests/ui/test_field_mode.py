"""Field mode by keyboard and by mouse: the one key, single items, locked doors, defects, undo, going on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fieldapp import app as composition
from fieldapp.services.access import Access
from fieldapp.services.patrolling import LEVEL, NEXT_VISIT, PLAQUE, REASON
from fieldapp.ui import themes
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.field.steps import typed_date
from fieldapp.ui.preferences import Preferences
from fieldapp.ui.themes import colours, sizes
from fieldapp.ui.themes.tokens import FIELD, SUNLIGHT
from fieldapp.ui.window import Window
from tests.services.lane import identity, lane_laptop
from tests.services.office import MORNING, jpeg
from tests.store.building import INSPECTOR, PASSPHRASE, WEAK
from tests.ui.hands import type_chinese
from tests.ui.walking import ALT, CONTROL, Walk

KEY = Qt.Key


@pytest.fixture
def access(tmp_path: Path) -> Access:
    """A laptop with a lane of four houses that were walked last month; locked."""
    lane_laptop(tmp_path / "laptop", 4, last_patrol="2022-11-08").close()
    return composition.access(tmp_path / "laptop", lambda: MORNING, WEAK)


@pytest.fixture
def walk(qtbot: QtBot, desk: Desk, tmp_path: Path) -> Walk:
    """In field mode, at the first house."""
    found = Walk(qtbot, desk, tmp_path)
    found.enter()
    return found


@pytest.fixture
def dark(usual_look: None, preferences: Preferences) -> None:
    """A dark window whose field mode is in sunlight."""
    preferences.theme, preferences.field_sunlight = "dark", True
    themes.apply("dark", "normal")


def number(walk: Walk) -> str:
    """The number of the house one is at."""
    house = walk.mode.current
    assert house is not None
    return house.number


def test_an_unchanged_house_takes_four_keys(walk: Walk) -> None:
    assert number(walk) == "2号"
    walk.paste()
    walk.press(KEY.Key_0, KEY.Key_8)
    assert walk.mode.next.what == "final"
    walk.finish()
    assert walk.keys == 4
    assert number(walk) == "4号"
    (record,) = walk.desk.laptop.store.submissions.list()
    assert b"one_key_at>" in record.xml
    events = [one.entry["event"] for one in walk.desk.laptop.store.audit.entries()]
    assert "patrol.one_key" in events


def test_the_one_key_waits_for_the_photograph(walk: Walk) -> None:
    walk.press(KEY.Key_0)
    assert not walk.mode.items.clear.isEnabled()
    assert walk.mode.items.clear.toolTip() != ""
    assert set(walk.round.items.values()) == {""}
    assert walk.desk.laptop.store.visits.list("open") == ()


def test_a_single_item_turns_and_the_one_key_leaves_it(walk: Walk) -> None:
    walk.paste()
    walk.press(KEY.Key_3, KEY.Key_0)
    assert walk.round.items["pc_finish"] == "have"
    assert sorted(walk.round.items.values()) == ["have", *["ok"] * 6]
    walk.press(KEY.Key_3)
    assert walk.round.items["pc_finish"] == "ok"


def test_undo_takes_back_the_one_key(walk: Walk) -> None:
    walk.paste()
    walk.press(KEY.Key_0)
    walk.press(KEY.Key_Z, modifier=CONTROL)
    assert set(walk.round.items.values()) == {""}
    assert walk.round.photos != ()
    walk.round.settle()
    events = [one.entry["event"] for one in walk.desk.laptop.store.audit.entries()]
    assert events[-1] == "patrol.one_key_undone"


@pytest.mark.parametrize(("key", "result"), [(KEY.Key_F6, "locked"), (KEY.Key_F7, "refused")])
def test_a_locked_door_takes_five_keys(walk: Walk, key: Qt.Key, result: str) -> None:
    walk.press(key)
    walk.paste()
    walk.press(KEY.Key_1, KEY.Key_3)
    assert walk.round.value(REASON) == "无人在家，邻居不知去向"
    assert walk.round.value(NEXT_VISIT) == "2022-12-15"
    walk.finish()
    assert walk.keys == 5
    row = walk.desk.laptop.buildings.get(str(identity("2号")))
    assert (row.values["last_result"], row.values["next_visit"]) == (result, "2022-12-15")
    assert number(walk) == "4号"


@pytest.mark.parametrize(
    ("digit", "phrase", "result"), [(KEY.Key_2, 6, "demolished"), (KEY.Key_3, 7, "notfound")]
)
def test_the_other_results_take_five_keys(walk: Walk, digit: Qt.Key, phrase: int, result: str) -> None:
    walk.paste()
    walk.press(KEY.Key_O, modifier=CONTROL)
    walk.press(digit)
    assert walk.round.result == result
    walk.press(KEY(KEY.Key_0.value + phrase))
    walk.finish()
    assert walk.keys == 5
    states = {one.number: one.state for one in walk.mode.houses}
    assert states["2号"] == "gone"


def test_a_second_locked_door_is_asked_like_the_first(walk: Walk) -> None:
    for _house in range(2):
        walk.press(KEY.Key_F6)
        walk.paste()
        walk.press(KEY.Key_1, KEY.Key_3)
        assert walk.round.value(NEXT_VISIT) == "2022-12-15"
        walk.finish()
    assert number(walk) == "6号"


def test_a_reason_in_own_words_and_a_typed_date(walk: Walk) -> None:
    walk.paste()
    walk.press(KEY.Key_F6)
    edit = walk.mode.steps.steps[0].edit
    assert edit is not None
    edit.setFocus()
    type_chinese(edit, "门口堆物进不去")
    walk.press(KEY.Key_Return)
    assert walk.round.value(REASON) == "门口堆物进不去"
    date = walk.mode.steps.steps[1].edit
    assert date is not None
    date.setFocus()
    walk.qtbot.keyClicks(date, "12.20")
    walk.finish()
    row = walk.desk.laptop.buildings.get(str(identity("2号")))
    assert row.values["next_visit"] == "2022-12-20"


def test_characters_that_no_font_has_are_told_once_before(walk: Walk) -> None:
    walk.paste()
    walk.press(KEY.Key_F6)
    edit, date = (walk.mode.steps.steps[number].edit for number in (0, 1))
    assert edit is not None
    assert date is not None
    edit.setFocus()
    type_chinese(edit, "𠮷记店锁门")
    walk.press(KEY.Key_Return)
    date.setFocus()
    walk.qtbot.keyClicks(date, "12.20")
    walk.press(KEY.Key_Return, modifier=CONTROL)
    walk.qtbot.waitUntil(lambda: "U+20BB7" in walk.desk._toast.accessibleName())
    assert walk.desk.laptop.store.submissions.list() == ()
    assert number(walk) == "2号"
    walk.finish()
    (record,) = walk.desk.laptop.store.submissions.list()
    assert "𠮷记店锁门".encode() in record.xml


def test_a_finding_is_recorded_without_the_mouse(walk: Walk) -> None:
    walk.paste()
    walk.press(KEY.Key_0, KEY.Key_8, KEY.Key_3)
    assert walk.mode.next.what == "defects"
    walk.press(KEY.Key_Return)
    place = QApplication.focusWidget()
    assert isinstance(place, QLineEdit)
    type_chinese(place, "二层东侧")
    walk.press(KEY.Key_Return)
    walk.press(KEY.Key_3)
    walk.paste()
    walk.press(KEY.Key_2)
    assert walk.round.value(LEVEL) == "general"
    assert walk.round.open_questions() == ()
    walk.finish()
    row = walk.desk.laptop.buildings.get(str(identity("2号")))
    assert (row.values["hazard_level"], row.values["hazard_basis"]) == ("general", "墙皮、抹灰脱落")
    (record,) = walk.desk.laptop.store.submissions.list()
    assert len(record.attachments) == 2


def test_an_item_not_seen_asks_why(walk: Walk) -> None:
    walk.paste()
    walk.press(KEY.Key_0, KEY.Key_8)
    walk.qtbot.mouseClick(walk.mode.items.rows["pc_roof"].choice.buttons[2], Qt.MouseButton.LeftButton)
    walk.rest()
    assert walk.mode.next.what == "why"
    walk.press(KEY.Key_Return, KEY.Key_4)
    assert walk.round.value("/data/g_items/pc_roof_why") == "无法到达"
    walk.press(KEY.Key_Return)
    assert walk.mode.next.what == "final"


def test_the_same_by_mouse(walk: Walk, tmp_path: Path) -> None:
    walk.photographed()
    walk.mode.paste()
    walk.rest()
    click = Qt.MouseButton.LeftButton
    walk.qtbot.mouseClick(walk.mode.items.clear, click)
    walk.rest()
    walk.qtbot.mouseClick(walk.mode.items.plaque.buttons[0], click)
    walk.rest()
    assert walk.round.value(PLAQUE) == "updated"
    walk.qtbot.mouseClick(walk.mode.bar.next, click)
    walk.rest()
    assert number(walk) == "4号"
    place = walk.mode.list.visualRect(walk.mode.list.rows.index(2)).center()
    walk.qtbot.mouseClick(walk.mode.list.viewport(), click, pos=QPoint(place))
    walk.rest()
    assert number(walk) == "6号"


def test_previous_and_next_house_leave_no_draft_behind(walk: Walk) -> None:
    walk.press(KEY.Key_Down, KEY.Key_Down, KEY.Key_Up, modifier=ALT)
    assert number(walk) == "4号"
    assert walk.desk.laptop.store.drafts.list() == ()


def test_a_house_goes_on_where_it_was(walk: Walk, access: Access, window: Window) -> None:
    walk.press(KEY.Key_Down, modifier=ALT)
    walk.paste()
    walk.press(KEY.Key_0)
    walk.press(KEY.Key_Up, modifier=ALT)
    assert [house.state for house in walk.mode.houses][:2] == ["open", "draft"]  # as the lane shows it
    walk.press(KEY.Key_Down, modifier=ALT)
    assert set(walk.round.items.values()) == {"ok"}
    window.lock()
    window.show_desk(access.unlock(INSPECTOR.inspector_id, PASSPHRASE))
    assert window.desk is not None
    again = Walk(walk.qtbot, window.desk, walk.folder)
    again.rest()
    assert number(again) == "4号"
    assert set(again.round.items.values()) == {"ok"}
    assert len(again.round.photos) == 1


def test_a_final_house_is_not_begun_again(walk: Walk) -> None:
    walk.paste()
    walk.press(KEY.Key_0, KEY.Key_8)
    walk.finish()
    walk.press(KEY.Key_Up, modifier=ALT)
    assert walk.mode.round is None
    walk.paste()
    walk.press(KEY.Key_0, KEY.Key_F6)
    walk.finish()
    assert len(walk.desk.laptop.store.submissions.list()) == 1
    assert walk.desk.laptop.store.visits.list("open") == ()


def test_what_is_no_photograph_is_told_and_nothing_is_lost(walk: Walk, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(jpeg()[:200])
    good = tmp_path / "good.jpg"
    good.write_bytes(jpeg(7))
    walk.copy(broken, good)
    walk.press(KEY.Key_V, modifier=CONTROL)
    assert walk.desk.notice.code.startswith("MEDIA_")
    assert len(walk.round.photos) == 1
    assert len(walk.desk.laptop.store.photos.kept_aside()) == 1


def test_a_pasted_picture_counts_as_no_original(walk: Walk) -> None:
    picture = QImage(640, 480, QImage.Format.Format_RGB32)
    picture.fill(7)
    QGuiApplication.clipboard().setImage(picture)
    walk.press(KEY.Key_V, modifier=CONTROL)
    (photo,) = walk.desk.laptop.store.photos.for_visit(walk.round.visit.visit_id)
    assert (photo.has_exif, photo.media_type) == (False, "image/png")


def test_an_empty_clipboard_says_so(walk: Walk) -> None:
    QGuiApplication.clipboard().clear()
    walk.press(KEY.Key_V, modifier=CONTROL)
    assert walk.round.photos == ()
    assert not walk.round.begun


def test_the_frame_steps_back_and_comes_again(walk: Walk, window: Window, preferences: Preferences) -> None:
    assert not walk.desk.rail.isVisible()
    assert sizes().name == "field"
    walk.press(KEY.Key_Escape)
    assert walk.desk.rail.isVisible()
    assert sizes().name == "normal"
    assert "field.clear" not in [one.name for one in walk.desk.commands.all()]
    walk.press(KEY.Key_M, modifier=CONTROL)
    walk.press(KEY.Key_B, modifier=CONTROL)
    assert (colours().name, sizes().name) == ("sunlight", "field")
    walk.press(KEY.Key_7, modifier=CONTROL)
    assert walk.desk.place == "settings"
    assert walk.desk.rail.isVisible()
    assert (colours().name, sizes().name) == ("light", "normal")
    assert preferences.theme == "light"


def test_sunlight_in_a_dark_window(
    dark: None, qtbot: QtBot, access: Access, new_window: Callable[[], Window], tmp_path: Path
) -> None:
    window = new_window()
    window.show_desk(access.unlock(INSPECTOR.inspector_id, PASSPHRASE))
    assert window.desk is not None
    walk = Walk(qtbot, window.desk, tmp_path)
    walk.enter()
    button, unsent = walk.mode.bar.locked, walk.desk.topbar.unsent
    assert button.font().pixelSize() == FIELD.medium
    assert QColor(SUNLIGHT.text) == button.palette().buttonText().color()
    assert QColor(SUNLIGHT.text) != unsent.palette().buttonText().color()
    walk.press(KEY.Key_Escape)
    assert (colours().name, sizes().name) == ("dark", "normal")


def test_one_next_step_and_a_name_for_every_control(walk: Walk) -> None:
    walk.paste()
    for keys in ((), (KEY.Key_0,), (KEY.Key_3,), (KEY.Key_Return,), (KEY.Key_F6,)):
        walk.press(*keys)
        filled = [
            one.text()
            for one in walk.mode.findChildren(QPushButton)
            if one.property("kind") == "primary" and one.isVisible() and one.isEnabled()
        ]
        assert len(filled) <= 1, (keys, filled)
        for control in walk.mode.findChildren(QWidget):
            if isinstance(control, (QAbstractButton, QLineEdit)) and control.isVisible():
                spoken = QAccessible.queryAccessibleInterface(control)
                assert spoken.text(QAccessible.Text.Name).strip(), control
                if isinstance(control, QAbstractButton):
                    assert control.height() >= 44, control.text()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3.20", "2023-03-20"), ("1220", "2022-12-20"), ("320", "2023-03-20"), ("+15", "2022-12-23"),
        ("12月9日", "2022-12-09"), ("2022-12-30", "2022-12-30"), ("13.40", "13.40"),
        ("soon", "soon"), ("", ""),
    ],
)  # fmt: skip
def test_dates_are_typed_short(text: str, found: str) -> None:
    assert typed_date(text, MORNING.date()) == found
