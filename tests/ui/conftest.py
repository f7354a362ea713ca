"""A window of its own for every test: offscreen, a real store with weak keys, no Qt warning, no stall."""

from __future__ import annotations

import os
from pathlib import Path

# A screen as large as an office's, because Qt keeps windows within it; the platform reads its description.
SCREEN = Path(os.path.relpath(Path(__file__).with_name("screen.json")))
os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={SCREEN}"

import gc
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from fieldapp import app as composition
from fieldapp import i18n
from fieldapp.services.access import Access
from fieldapp.services.laptop import Laptop
from fieldapp.ui import themes
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages import BEHIND, PLACES
from fieldapp.ui.preferences import Preferences
from fieldapp.ui.window import Window
from tests.services.office import MORNING, new_laptop
from tests.store.building import INSPECTOR, PASSPHRASE, WEAK
from tests.ui.heartbeat import Heartbeat

_HEARTBEATS = count()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A warning of Qt fails a test of the window (pytest-qt looks at this mark)."""
    for item in items:
        if "tests/ui/" in item.path.as_posix():
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))


@pytest.fixture(autouse=True)
def usual_look(qapp: QApplication) -> None:
    """Chinese, the light theme, the normal density, whatever the test before left behind."""
    i18n.use("zh_CN")
    themes.apply("light", "normal")


@pytest.fixture
def heartbeat() -> Iterator[Heartbeat]:
    """Fails the test at its end if the window's code held the GUI thread too long."""
    # What other tests left behind is theirs: collecting it is no work of this window. It is let go from time
    # to time, because looking at everything takes longer than many a test.
    if next(_HEARTBEATS) % 20 == 0:
        gc.unfreeze()
        gc.collect()
    gc.freeze()
    beat = Heartbeat()
    beat.start()
    yield beat
    beat.stop()
    assert beat.stalls == []


@pytest.fixture
def access(tmp_path: Path) -> Access:
    """The door of a laptop with the form and a few houses; locked."""
    new_laptop(tmp_path / "laptop").close()
    return composition.access(tmp_path / "laptop", lambda: MORNING, WEAK)


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    """A fresh file beside the store."""
    return Preferences(tmp_path / "window.ini")


@pytest.fixture
def new_window(
    qtbot: QtBot, access: Access, preferences: Preferences, heartbeat: Heartbeat
) -> Iterator[Callable[[], Window]]:
    """Makes windows at 1280×800; closes them in the end."""
    made: list[Window] = []

    def new() -> Window:
        window = Window(access, preferences)
        made.append(window)
        window.resize(1280, 800)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)  # keys are for the window in front
        # It loads its places at the door while somebody types: no test is as quick as one that types nothing.
        qtbot.waitUntil(lambda: all(place.loaded() for place in (*PLACES, *BEHIND)), timeout=30_000)
        return window

    yield new
    for window in made:
        window.close()
        delete(window)


@pytest.fixture
def window(qtbot: QtBot, new_window: Callable[[], Window], access: Access) -> Window:
    """An unlocked window; its ``desk`` is what it shows."""
    made = new_window()
    made.show_desk(access.unlock(INSPECTOR.inspector_id, PASSPHRASE))
    qtbot.waitUntil(lambda: made.desk is not None and made.desk.isVisible())  # Qt shows it a turn later
    return made


@pytest.fixture
def desk(window: Window) -> Desk:
    """What an unlocked window shows."""
    assert window.desk is not None
    return window.desk


@pytest.fixture
def laptop(desk: Desk) -> Laptop:
    """The open store behind the window."""
    return desk.laptop
