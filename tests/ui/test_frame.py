"""The frame: places, keys, search, lock, errors. Everything through the real window."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

import fieldapp.ui.window
from fieldapp.errors import EnvironmentProblem, UserError
from fieldapp.i18n import explain
from fieldapp.services.access import Access
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages import PLACES
from fieldapp.ui.preferences import Preferences
from fieldapp.ui.troubles import CLOCK_DRIFT, wrong_clock
from fieldapp.ui.window import Window
from tests.ui.hands import type_chinese
from tests.ui.heartbeat import Heartbeat

CONTROL = Qt.KeyboardModifier.ControlModifier
CONTROLS = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox)


def test_every_place_opens_by_its_key(qtbot: QtBot, window: Window, desk: Desk) -> None:
    for number, place in enumerate(PLACES, start=1):
        qtbot.keyClick(window, Qt.Key(Qt.Key.Key_0.value + number), CONTROL)
        assert desk.place == place.name
        assert desk.rail.buttons[place.name].isChecked()


def test_every_place_opens_by_mouse(qtbot: QtBot, desk: Desk) -> None:
    for name, button in desk.rail.buttons.items():
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert desk.place == name


def test_escape_goes_back(qtbot: QtBot, window: Window, desk: Desk) -> None:
    desk.go("settings")
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert desk.place == "today"


def test_every_action_has_name_word_and_keys_of_its_own(desk: Desk) -> None:
    taken: dict[str, str] = {}
    for place in PLACES:
        desk.go(place.name)
        for action in desk.commands.all():
            assert action.name
            assert action.text
            for key in action.keys:
                assert taken.setdefault(f"{place.name} {key}", action.name) == action.name
            plain = [key for key in action.keys if key.startswith("F") and key[1:].isdigit() and key != "F1"]
            assert not plain or any("Ctrl" in key for key in action.keys), action.name


@pytest.mark.parametrize("place", [place.name for place in PLACES])
def test_every_control_has_an_accessible_name(desk: Desk, place: str) -> None:
    desk.go(place)
    nameless = []
    for control in desk.findChildren(QWidget):
        if isinstance(control, CONTROLS) and control.isVisible():
            spoken = QAccessible.queryAccessibleInterface(control)
            if not spoken.text(QAccessible.Text.Name).strip():
                nameless.append(f"{type(control).__name__} {control.objectName()}")
    assert nameless == []


@pytest.mark.parametrize("place", [place.name for place in PLACES])
def test_at_most_one_next_step(desk: Desk, place: str) -> None:
    desk.go(place)
    filled = [
        button.text()
        for button in desk.findChildren(QPushButton)
        if button.property("kind") == "primary" and button.isVisible() and button.isEnabled()
    ]
    assert len(filled) <= 1


def found(desk: Desk) -> list[str]:
    """What the list below the search field shows, empty while it is not there."""
    return [row.text for row in desk.search.list.rows.rows] if desk.search.isVisible() else []


def test_search_finds_a_house_by_initials_and_opens_it(qtbot: QtBot, window: Window, desk: Desk) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    qtbot.keyClicks(desk.search.field, "tdl12")
    qtbot.waitUntil(lambda: found(desk)[:1] == ["亭店路12号"])
    qtbot.keyClick(desk.search.field, Qt.Key.Key_Return)
    assert desk.trail[0] == "buildings"
    assert desk.trail[1] == desk.laptop.buildings.get("亭店路12号").id
    assert not desk.search.isVisible()


def test_enter_right_after_typing_opens_what_was_typed(qtbot: QtBot, window: Window, desk: Desk) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    qtbot.waitUntil(lambda: bool(found(desk)))  # the commands, which are not meant
    type_chinese(desk.search.field, "亭店")
    qtbot.keyClick(desk.search.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.trail == ("buildings", desk.laptop.buildings.get("亭店路12号").id))


def test_search_finds_a_command_by_the_initials_of_its_words(
    qtbot: QtBot, window: Window, desk: Desk
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    assert desk.commands.get("go.sync").text == "同步"
    qtbot.keyClicks(desk.search.field, "tb")
    qtbot.waitUntil(lambda: "同步" in found(desk))


def test_search_runs_a_command(qtbot: QtBot, window: Window, desk: Desk) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    word = desk.commands.get("go.settings").text
    type_chinese(desk.search.field, word)
    qtbot.waitUntil(lambda: found(desk)[:1] == [word])
    qtbot.keyClick(desk.search.field, Qt.Key.Key_Return)
    assert desk.place == "settings"


def test_search_says_when_nothing_fits(qtbot: QtBot, window: Window, desk: Desk) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    qtbot.keyClicks(desk.search.field, "zzzz9")
    qtbot.waitUntil(lambda: desk.search.isVisible() and desk.search.list.rows.rowCount() == 0)
    qtbot.keyClick(desk.search.field, Qt.Key.Key_Escape)
    assert not desk.search.isVisible()


def test_a_known_error_stays_until_it_is_put_away(qtbot: QtBot, window: Window, desk: Desk) -> None:
    desk.tell(EnvironmentProblem("SYNC_001", host="district"))
    assert desk.notice.isVisible()
    assert desk.notice.code == "SYNC_001"
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not desk.notice.isVisible()
    assert desk.place == "today"


def test_an_unforeseen_error_is_reported_without_answers(desk: Desk, window: Window) -> None:
    try:
        raise ValueError("OWNERMARKER 138")
    except ValueError as error:
        desk.tell(error)
    assert desk.notice.code == "WINDOW_003"
    reports = list(window.report_folder().iterdir())
    assert len(reports) == 1
    text = reports[0].read_text("utf-8")
    assert "ValueError" in text
    assert "test_frame.py" in text
    assert "OWNERMARKER" not in text


def test_a_job_that_fails_is_told(qtbot: QtBot, desk: Desk) -> None:
    def work(_job: object) -> None:
        raise UserError("VISIT_007")

    desk.jobs.start(work)
    qtbot.waitUntil(lambda: desk.notice.code == "VISIT_007")


def test_theme_and_size_change_at_once(desk: Desk, preferences: Preferences, heartbeat: Heartbeat) -> None:
    height = desk.topbar.height()
    desk.commands.trigger("window.theme")
    assert preferences.theme == "dark"
    desk.commands.trigger("window.field")
    assert preferences.density == "field"
    assert desk.topbar.height() > height
    desk.commands.trigger("window.field")
    heartbeat.stalls.clear()  # Qt polishes every widget anew, which is asked for once a day


def test_the_language_changes_without_a_restart(qtbot: QtBot, window: Window, desk: Desk) -> None:
    desk.go("settings")
    window.preferences.language = "en"
    desk.rebuild()
    qtbot.waitUntil(lambda: window.desk is not None and window.desk is not desk)
    assert window.desk is not None
    assert window.desk.rail.buttons["today"].text() == "Today"
    assert window.desk.place == "settings"


def test_size_is_remembered(new_window: Callable[[], Window], access: Access) -> None:
    first = new_window()
    first.resize(1400, 900)
    first.close()
    again = Window(access, Preferences(first.preferences.file))
    assert (again.width(), again.height()) == (1400, 900)
    again.close()


def test_the_main_window_stays_small() -> None:
    assert len(Path(fieldapp.ui.window.__file__).read_text("utf-8").splitlines()) <= 300


def test_a_clock_is_wrong_from_five_minutes_on() -> None:
    assert wrong_clock(-CLOCK_DRIFT) is None
    trouble = wrong_clock(timedelta(minutes=-14))
    assert trouble is not None
    assert trouble.code == "WINDOW_002"
    assert "14" in explain(trouble)[1]


def test_the_door_shows_what_waits_but_nothing_of_a_person(window: Window, preferences: Preferences) -> None:
    window.lock()
    assert preferences.text("district") == "鲤城区"
    preferences.save()
    keys = {line.partition("=")[0] for line in preferences.file.read_text("utf-8").splitlines()}
    assert {key for key in keys if key and not key.startswith("[")} <= {
        "district",
        "device",
        "revoked",
        "synced",
        "unsent",
    }
