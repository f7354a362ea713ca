"""A disk that fills up while a form is filled: said once and calmly, nothing lost, on by itself with room."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fieldapp import app
from fieldapp.errors import EnvironmentProblem, UserError
from fieldapp.services.access import Access
from fieldapp.ui.covered import AGAIN_MS
from fieldapp.ui.desk import Desk
from fieldapp.ui.ending import Ending
from fieldapp.ui.pages.inspection import InspectionPage
from fieldapp.ui.pages.inspection.form import FormView
from fieldapp.ui.unlock import Unlock
from fieldapp.ui.window import Window
from tests.services.office import FORM, MORNING, begin, new_laptop
from tests.store.building import INSPECTOR, PASSPHRASE, WEAK
from tests.store.drives import fill, mounted
from tests.ui.test_inspection import CHECK, RESULT, focus, row_at, shown

NOTE = f"{CHECK}/persons_now"


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Path]:
    """A small drive."""
    with mounted(tmp_path / "drive", "12m") as made:
        yield made


@pytest.fixture
def access(drive: Path) -> Access:
    """The door of a laptop on it."""
    new_laptop(drive / "laptop").close()
    return app.access(drive / "laptop", lambda: MORNING, WEAK)


def typed_on_a_full_disk(qtbot: QtBot, drive: Path, form: FormView) -> tuple[Path, list[BaseException]]:
    """Answer until the disk takes no more, and once more; what fills it, and what was told."""
    row_at(qtbot, form, RESULT)
    qtbot.keyClick(focus(), Qt.Key.Key_1)
    form.answering.settle()
    pad = fill(drive)
    told: list[BaseException] = []
    form.answering.unsaved.connect(told.append)
    number = 0
    while not told:  # the log of the database takes some more before it has no room
        number += 1
        assert number < 3000
        form.answering.answer(NOTE, str(number))
        qtbot.wait(1)
    form.answering.answer(NOTE, "4321")
    return pad, told


def test_nothing_is_lost_on_a_full_disk(qtbot: QtBot, drive: Path, desk: Desk) -> None:
    laptop = desk.laptop
    opened = begin(laptop)
    form = shown(qtbot, desk, opened)
    pad, told = typed_on_a_full_disk(qtbot, drive, form)
    page = desk.page("inspection")
    assert isinstance(page, InspectionPage)
    qtbot.waitUntil(lambda: desk.notice.code == "STORE_020", timeout=15000)
    assert form._saved.text() == "未保存"
    page.to_list()  # the form must not go while it is nowhere else
    page.show_final()
    assert page.form is form
    assert page.front() is form
    assert form.answering.session.value(NOTE) == "4321"
    assert len(told) == 1  # once, not at every key
    pad.unlink()
    qtbot.waitUntil(lambda: form._saved.text().startswith("已存"), timeout=15000)
    draft = laptop.store.drafts.get(opened.visit_id, FORM)
    assert draft is not None
    assert b"<persons_now>4321</persons_now>" in draft.xml
    page.to_list()
    assert page.front() is page.visits


def test_neither_lock_nor_closing_drops_what_the_disk_does_not_take(
    qtbot: QtBot, drive: Path, desk: Desk, window: Window
) -> None:
    opened = begin(desk.laptop)
    form = shown(qtbot, desk, opened)
    pad, _told = typed_on_a_full_disk(qtbot, drive, form)
    held = form.answering.session
    qtbot.keyClick(focus(), Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window.desk is desk
    assert desk.notice.code == "WINDOW_006"
    assert window.idle.isActive()  # it locks when it can
    assert not window.close()
    assert window.isVisible()
    window.preferences.language = "en"
    window.rebuild()
    assert window.desk is desk
    window.preferences.language = "zh_CN"
    window.set_appearance()
    window.unforeseen(RuntimeError())
    assert desk.notice.code == "WINDOW_007"  # the report has no room either
    assert held.value(NOTE) == "4321"
    pad.unlink()
    qtbot.waitUntil(lambda: form._saved.text().startswith("已存"), timeout=15000)
    assert window.lock()
    again = window.access.unlock(INSPECTOR.inspector_id, PASSPHRASE)
    draft = again.store.drafts.get(opened.visit_id, FORM)
    assert draft is not None
    assert b"<persons_now>4321</persons_now>" in draft.xml
    again.close()


def test_who_says_so_goes_without_what_the_disk_does_not_take(
    qtbot: QtBot, drive: Path, desk: Desk, window: Window
) -> None:
    form = shown(qtbot, desk, begin(desk.laptop))
    typed_on_a_full_disk(qtbot, drive, form)
    assert not window.close()
    go = next(one for one in desk.notice.findChildren(QPushButton) if one.text() == "放弃并关闭")
    qtbot.mouseClick(go, Qt.MouseButton.LeftButton)
    assert not window.isVisible()


def test_the_door_covers_what_the_disk_does_not_take(
    qtbot: QtBot, drive: Path, desk: Desk, window: Window, access: Access
) -> None:
    opened = begin(desk.laptop)
    form = shown(qtbot, desk, opened)
    pad, _told = typed_on_a_full_disk(qtbot, drive, form)
    page = desk.page("inspection")
    assert isinstance(page, InspectionPage)
    page.show_photos()
    assert page.photos is not None
    page.photos.choose_files()  # a dialog stands for itself
    dialog = page.photos.findChild(QFileDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    window.idle.start(1)
    qtbot.waitUntil(lambda: window.desk is None)
    door = window.centralWidget()
    assert isinstance(door, Unlock)
    assert [one for one in desk.findChildren(QWidget) if one.isVisible()] == []
    assert not desk.isVisible()
    assert not dialog.isVisible()
    before = form.answering.session.value(NOTE)
    for key in (Qt.Key.Key_5, Qt.Key.Key_Z, Qt.Key.Key_1):  # an answer, undo, a place
        QTest.keyClick(window.windowHandle(), key, Qt.KeyboardModifier.ControlModifier)
    assert form.answering.session.value(NOTE) == before == "4321"
    assert not window.close()  # who is not let in cannot throw it away
    assert not window.lock()
    door = window.centralWidget()
    assert isinstance(door, Unlock)
    assert any("没有存入硬盘" in one.text() for one in door.findChildren(QLabel))
    let_in(qtbot, door, "not this one", "4")
    assert window.desk is None
    qtbot.keyClicks(door.word, PASSPHRASE)
    qtbot.keyClick(door.word, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.desk is desk, timeout=15_000)
    assert page.form is form
    assert form.answering.session.value(NOTE) == "4321"
    assert desk.notice.code == "WINDOW_006"
    pad.unlink()
    page._to_form()
    qtbot.waitUntil(lambda: form._saved.text().startswith("已存"), timeout=15_000)
    assert window.lock()
    with access.unlock(INSPECTOR.inspector_id, PASSPHRASE) as again:
        draft = again.store.drafts.get(opened.visit_id, FORM)
        assert draft is not None
        assert b"<persons_now>4321</persons_now>" in draft.xml


def let_in(qtbot: QtBot, door: Unlock, passphrase: str, answer: str) -> None:
    """Try a passphrase and wait for what is said."""
    qtbot.keyClicks(door.word, passphrase)
    qtbot.keyClick(door.word, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: answer in door.said and door.word.isEnabled(), timeout=15_000)


def test_behind_the_door_it_is_saved_as_soon_as_there_is_room(
    qtbot: QtBot, drive: Path, desk: Desk, window: Window, access: Access
) -> None:
    opened = begin(desk.laptop)
    form = shown(qtbot, desk, opened)
    pad, _told = typed_on_a_full_disk(qtbot, drive, form)
    window.seal(UserError("SYNC_021"))
    assert window.desk is None
    assert window.covered is not None
    with pytest.raises(EnvironmentProblem) as caught:
        access.unlock(INSPECTOR.inspector_id, PASSPHRASE)
    assert caught.value.code == "STORE_026"
    pad.unlink()
    qtbot.waitUntil(lambda: window.covered is None, timeout=3 * AGAIN_MS)  # no minutes
    door = window.centralWidget()
    assert isinstance(door, Unlock)
    assert not any("没有存入硬盘" in one.text() for one in door.findChildren(QLabel))
    with access.unlock(INSPECTOR.inspector_id, PASSPHRASE) as again:
        draft = again.store.drafts.get(opened.visit_id, FORM)
        assert draft is not None
        assert b"<persons_now>4321</persons_now>" in draft.xml
    assert window.close()


class Going:
    """A session of the system that is about to end; what the program asks of it."""

    def __init__(self) -> None:
        self.cancelled: list[bool] = []

    def allowsInteraction(self) -> bool:  # noqa: N802 - Qt's name
        return True

    def release(self) -> None:
        """Others may ask now."""

    def cancel(self) -> None:
        self.cancelled.append(True)


def test_who_is_to_end_the_program_waits_for_the_disk(
    qtbot: QtBot, drive: Path, desk: Desk, window: Window
) -> None:
    ended: list[bool] = []
    ending = Ending(window, lambda: ended.append(True))
    try:
        form = shown(qtbot, desk, begin(desk.laptop))
        session = Going()
        ending.commit(session)
        assert session.cancelled == []
        pad, _told = typed_on_a_full_disk(qtbot, drive, form)
        ending.commit(session)
        assert session.cancelled == [True]
        signal.raise_signal(signal.SIGTERM)
        qtbot.waitUntil(lambda: desk.notice.code == "WINDOW_006")
        assert window.isVisible()
        pad.unlink()
        qtbot.waitUntil(lambda: ended == [True], timeout=15_000)
        assert not window.isVisible()
    finally:
        ending.deafen()
