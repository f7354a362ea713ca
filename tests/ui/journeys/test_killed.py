"""Ended in the middle of a sentence. Killed: the same question again, with every answer that was shown as
saved. By a signal: every letter that was typed.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Timer

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fieldapp import app as composition
from fieldapp.services.access import Access
from fieldapp.ui.pages.inspection import InspectionPage
from fieldapp.ui.window import Window
from tests.services.office import MORNING, begin, new_laptop
from tests.store.building import INSPECTOR, PASSPHRASE, WEAK
from tests.ui.hands import Keyboard
from tests.ui.journeys.typing_until_ended import REASON, RESULT

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def access(tmp_path: Path) -> Access:
    """A laptop with one visit begun; locked."""
    with new_laptop(tmp_path / "laptop") as laptop:
        opened = begin(laptop)
        opened.go_to(RESULT)
        opened.settle()
    return composition.access(tmp_path / "laptop", lambda: MORNING, WEAK)


@pytest.mark.parametrize("after", [2, 5])
def test_the_same_question_and_every_saved_answer(
    qtbot: QtBot, access: Access, new_window: Callable[[], Window], after: int
) -> None:
    command = [sys.executable, "-m", "tests.ui.journeys.typing_until_ended", str(access.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        hangs = Timer(60, other.kill)
        hangs.start()
        told = []
        for line in other.stdout:
            told += [json.loads(line)] if line.endswith("\n") else []
            if sum(bool(one["answers"][REASON]) for one in told) == after:
                other.kill()  # what it had written by then is still read
        hangs.cancel()
    last = told[-1]
    assert last["at"] == REASON
    assert last["answers"][RESULT] == "locked"
    assert last["answers"][REASON]

    window = new_window()
    window.show_desk(access.unlock(INSPECTOR.inspector_id, PASSPHRASE))
    desk = window.desk
    assert desk is not None
    keys = Keyboard(qtbot, window, lambda: not desk.jobs.running)
    keys.wait(lambda: desk.isVisible() and QApplication.focusWidget() is not None)
    keys.press(Qt.Key.Key_3, modifier=CONTROL)
    page = desk.page("inspection")
    assert isinstance(page, InspectionPage)
    keys.wait(lambda: page.visits.list.rows.rowCount() == 1)
    keys.press(Qt.Key.Key_Return)
    keys.wait(lambda: page.form is not None and page.front() is page.form)
    form = page.form
    assert form is not None

    def row() -> str:
        found = form.view.row_of(QApplication.focusWidget())
        return "" if found is None else found.path

    keys.wait(lambda: row() == REASON)
    session = form.answering.session
    assert session.value(RESULT) == "locked"
    assert session.value(REASON).startswith(last["answers"][REASON])
    keys.press(Qt.Key.Key_End, modifier=CONTROL)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Z)
    keys.wait(lambda: session.value(REASON).endswith("z"))


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_saves_every_letter_and_closes_in_order(access: Access, name: str) -> None:
    command = [sys.executable, "-m", "tests.ui.journeys.typing_until_ended", str(access.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        hangs = Timer(60, other.kill)
        hangs.start()
        told = []
        for line in other.stdout:
            told.append(json.loads(line))
            if "answers" in told[-1] and sum(bool(one["answers"][REASON]) for one in told) == 2:
                other.send_signal(getattr(signal, name))
        hangs.cancel()
    assert other.returncode == 0
    assert not list(access.folder.glob("*-wal"))  # the store was closed
    with access.unlock(INSPECTOR.inspector_id, PASSPHRASE) as laptop:
        (draft,) = laptop.store.drafts.list()
        form = laptop.filling.open(draft.visit_id, draft.form_id)
        assert form.session.value(REASON) == told[-1]["typed"]
        assert form.session.value(RESULT) == "locked"
