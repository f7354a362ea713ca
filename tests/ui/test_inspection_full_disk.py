"""A disk that fills up while a form is filled: said once and calmly, nothing lost, on by itself with room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from fieldapp import app
from fieldapp.services.access import Access
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.inspection import InspectionPage
from fieldapp.ui.pages.inspection.form import FormView
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
