"""What the journeys rely on notices what it is there for: a mouse, a lost focus, a covered button."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.exceptions import TimeoutError as GaveUp
from pytestqt.qtbot import QtBot

from fieldapp.ui.desk import Desk
from fieldapp.ui.window import Window
from tests.ui import hands
from tests.ui.hands import Keyboard, Mouse, NoMouse

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
