"""The door: passphrase, PIN, five tries, lock by idleness, emergency card; the first run without a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fieldapp import app as composition
from fieldapp.services.access import Access
from fieldapp.ui.preferences import Preferences
from fieldapp.ui.unlock import FirstRun, Unlock
from fieldapp.ui.window import Window
from tests.services.office import MORNING
from tests.store.building import INSPECTOR, PASSPHRASE, WEAK
from tests.ui.hands import type_chinese


def door_of(window: Window) -> Unlock:
    """The door that a sealed window shows."""
    door = window.centralWidget()
    assert isinstance(door, Unlock)
    return door


def unlock(qtbot: QtBot, window: Window, passphrase: str = PASSPHRASE) -> None:
    """Type the passphrase and Enter."""
    door = door_of(window)
    qtbot.keyClicks(door.word, passphrase)
    qtbot.keyClick(door.word, Qt.Key.Key_Return)


def test_passphrase_then_pin_until_evening(qtbot: QtBot, new_window: Callable[[], Window]) -> None:
    window = new_window()
    unlock(qtbot, window)
    door = door_of(window)
    qtbot.waitUntil(lambda: door.asks_for_pin)
    qtbot.keyClicks(door.pin, "123456")
    qtbot.keyClicks(door.pin, "123456")
    qtbot.waitUntil(lambda: window.desk is not None)
    window.lock()
    assert window.desk is None
    door = door_of(window)
    qtbot.waitUntil(door.pin.isVisible)
    qtbot.keyClicks(door.pin, "123456")
    qtbot.waitUntil(lambda: window.desk is not None)


def test_the_keyboard_begins_where_one_types(
    qtbot: QtBot, new_window: Callable[[], Window], access: Access
) -> None:
    window = new_window()
    qtbot.waitUntil(door_of(window).word.hasFocus)
    laptop = access.unlock(INSPECTOR.inspector_id, PASSPHRASE)
    access.set_pin(laptop, "123456")
    window.show_desk(laptop)
    assert window.desk is not None
    qtbot.waitUntil(window.desk.isVisible)
    window.lock()
    qtbot.waitUntil(door_of(window).pin.hasFocus)


def test_a_pin_can_be_left_out(qtbot: QtBot, new_window: Callable[[], Window]) -> None:
    window = new_window()
    unlock(qtbot, window)
    door = door_of(window)
    qtbot.waitUntil(lambda: door.asks_for_pin)
    qtbot.mouseClick(door.other, Qt.MouseButton.LeftButton)
    assert window.desk is not None
    window.lock()
    qtbot.waitUntil(door_of(window).word.isVisible)


def test_two_different_pins_are_asked_for_again(qtbot: QtBot, new_window: Callable[[], Window]) -> None:
    window = new_window()
    unlock(qtbot, window)
    door = door_of(window)
    qtbot.waitUntil(lambda: door.asks_for_pin)
    qtbot.keyClicks(door.pin, "123456")
    qtbot.keyClicks(door.pin, "123457")
    assert window.desk is None
    assert door.asks_for_pin
    assert door.pin.text() == ""


def test_a_wrong_passphrase_says_so_and_counts(qtbot: QtBot, new_window: Callable[[], Window]) -> None:
    window = new_window()
    unlock(qtbot, window, "not this one")
    door = door_of(window)
    qtbot.waitUntil(lambda: "4" in door.said)
    assert window.desk is None


def test_five_wrong_pins_ask_for_the_passphrase(
    qtbot: QtBot, new_window: Callable[[], Window], access: Access
) -> None:
    with access.unlock(INSPECTOR.inspector_id, PASSPHRASE) as laptop:
        access.set_pin(laptop, "123456")
    window = new_window()
    door = door_of(window)
    for left in (4, 3, 2, 1):
        qtbot.keyClicks(door.pin, "000000")
        qtbot.waitUntil(lambda left=left: f"{left}" in door.said and door.pin.isEnabled())  # type: ignore[misc]
    qtbot.keyClicks(door.pin, "000000")
    qtbot.waitUntil(lambda: door.word.isVisible())
    assert access.pin(INSPECTOR.inspector_id) is None
    unlock(qtbot, window)
    qtbot.waitUntil(lambda: door.asks_for_pin)


def test_idle_locks_and_comes_back_to_the_same_place(
    qtbot: QtBot, window: Window, access: Access, preferences: Preferences
) -> None:
    assert window.desk is not None
    window.desk.go("settings")
    assert window.idle.isActive()
    assert window.idle.interval() == preferences.lock_minutes * 60_000
    window.idle.start(1)
    qtbot.waitUntil(lambda: window.desk is None)
    window.show_desk(access.unlock(INSPECTOR.inspector_id, PASSPHRASE))
    assert window.desk is not None
    assert window.desk.place == "settings"


@pytest.mark.parametrize(
    ("key", "modifier"),
    [(Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)],
)
def test_a_key_puts_the_lock_off(
    qtbot: QtBot, window: Window, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    window.idle.start(60_000)
    qtbot.waitUntil(lambda: window.idle.remainingTime() < 59_500)
    QTest.keyClick(window.windowHandle(), key, modifier)  # also one that is a shortcut
    assert window.idle.remainingTime() > 59_500


def test_the_emergency_card_needs_no_unlocking(qtbot: QtBot, new_window: Callable[[], Window]) -> None:
    window = new_window()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_F9)
    card = window.card
    assert card is not None
    assert card.isVisible()
    qtbot.keyClick(QApplication.focusWidget() or card, Qt.Key.Key_Escape)
    assert window.card is None


def test_the_first_run_says_what_is_missing_and_why_it_failed(
    qtbot: QtBot, tmp_path: Path, preferences: Preferences
) -> None:
    window = Window(composition.access(tmp_path / "new", lambda: MORNING, WEAK), preferences)
    window.show()
    first = window.centralWidget()
    assert isinstance(first, FirstRun)
    assert not first.main.isEnabled()
    typed = {
        first.server: "127.0.0.1:9",
        first.code: "ABCD",
        first.inspector: "lin",
        first.word: "long enough",
        first.again: "long enough",
    }
    for edit, text in typed.items():
        qtbot.keyClicks(edit, text)
    assert not first.main.isEnabled()
    type_chinese(first.name, "林某某")
    assert first.main.isEnabled()
    qtbot.mouseClick(first.main, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: first.main.isEnabled() and "127.0.0.1" in first.said, timeout=20_000)
    assert not (tmp_path / "new").exists()
    window.close()
