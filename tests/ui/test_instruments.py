"""What the tests rely on notices what it is there for: a mouse, a lost focus, a covered button, a stall."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.exceptions import TimeoutError as GaveUp
from pytestqt.qtbot import QtBot

import fieldapp.ui
from fieldapp.ui.desk import Desk
from fieldapp.ui.window import Window
from tests.ui import hands
from tests.ui.hands import Keyboard, Mouse, NoMouse
from tests.ui.heartbeat import LONG, STALL, Heartbeat

ROOT = Path(__file__).resolve().parents[2]
WARNS = """
from PySide6.QtCore import qDebug, qWarning

def test_quiet(qapp): qDebug("said by Qt")
def test_warns(qapp): qWarning("said by Qt")
"""


def test_a_click_anywhere_is_seen(qtbot: QtBot, qapp: QApplication, desk: Desk) -> None:
    watching = NoMouse(qapp)
    qtbot.keyClick(desk, Qt.Key.Key_Tab)
    assert watching.seen == []
    qtbot.mouseClick(desk.rail.buttons["sync"], Qt.MouseButton.LeftButton)
    qapp.removeEventFilter(watching)
    assert len(watching.seen) >= 2


def test_a_focus_that_nobody_sees_is_noticed(qtbot: QtBot, window: Window, desk: Desk) -> None:
    keys = Keyboard(qtbot, window, lambda: not desk.jobs.running)
    keys.press(Qt.Key.Key_Tab)
    assert keys.blind() == ""
    window._ring.by_key(False)
    window.desk.rail.buttons["today"].setFocus()  # type: ignore[union-attr]
    assert "without a mark" in keys.blind()
    covered = desk.rail.buttons["today"]
    covered.hide()
    covered.setFocus()
    focused = QApplication.focusWidget()
    if focused is not None:
        focused.clearFocus()
    assert keys.blind() == "nothing has the focus"


def test_what_is_covered_cannot_be_clicked(
    qtbot: QtBot, window: Window, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hands, "PATIENCE", 200)
    button, cover = QPushButton("under", desk), QWidget(desk)
    for widget in (button, cover):
        widget.setGeometry(200, 200, 80, 40)
        widget.show()
        widget.raise_()
    pressed: list[str] = []
    button.clicked.connect(lambda: pressed.append("under"))
    with pytest.raises(GaveUp):
        Mouse(qtbot).click(button)
    assert pressed == []
    cover.hide()
    Mouse(qtbot).click(button)
    assert pressed == ["under"]


def test_a_warning_of_qt_fails_a_test(tmp_path: Path) -> None:
    """As the tests of this folder are run: with its hook, its settings, in a process of their own."""
    folder = tmp_path / "tests" / "ui"
    folder.mkdir(parents=True)
    (folder / "conftest.py").write_text(
        "from tests.ui.conftest import pytest_collection_modifyitems\n", "utf-8"
    )
    (folder / "test_warns.py").write_text(WARNS, "utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        str(ROOT / "pyproject.toml"),
        "-p",
        "no:cacheprovider",
        str(folder),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert "test_warns.py::test_warns" in done.stdout, done.stdout
    assert "1 failed, 1 passed" in done.stdout, done.stdout


# -- the heartbeat ------------------------------------------------------------------------------------

#: As if it stood in the window's own code: the heartbeat looks at the file of a call.
PLANTED = """
import time

def work(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass

def wait(seconds):
    time.sleep(seconds)
"""


def beaten(qtbot: QtBot, *calls: Callable[[], object]) -> list[str]:
    """What a heartbeat tells of these calls, each in a turn of the event loop of its own."""
    beat = Heartbeat()
    beat.start()
    left = list(calls)
    timer = QTimer(interval=30)
    timer.timeout.connect(lambda: left.pop(0)() if left else timer.stop())
    timer.start()
    qtbot.waitUntil(lambda: not timer.isActive(), timeout=30_000)
    beat.stop()
    return beat.stalls


def test_a_stall_that_is_planted_is_told(qtbot: QtBot) -> None:
    planted: dict[str, Callable[[float], object]] = {}
    exec(compile(PLANTED, str(Path(fieldapp.ui.__file__).with_name("planted.py")), "exec"), planted)
    work, wait = planted["work"], planted["wait"]
    (told,) = beaten(qtbot, lambda: work(0.05), lambda: work(2.5 * STALL), lambda: work(0.05))
    assert "ms in work" in told
    (told,) = beaten(qtbot, lambda: wait(LONG + 0.5))
    assert "ms in wait" in told
    assert beaten(qtbot, *[lambda: work(0.4 * STALL)] * 5) == []  # many short ones are no long one
    assert beaten(qtbot, lambda: wait(2 * STALL)) == []  # nor is waiting for a processor that others have


def test_what_a_test_itself_does_is_no_stall(qtbot: QtBot) -> None:
    own: dict[str, Callable[[float], object]] = {}
    exec(compile(PLANTED, __file__, "exec"), own)
    assert beaten(qtbot, lambda: own["work"](2.5 * STALL)) == []
