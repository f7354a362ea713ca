"""Ctrl+Z takes back what was answered last, wherever one is; what cannot be read is not left behind."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from fieldapp.services.laptop import Laptop
from fieldapp.ui.desk import Desk
from fieldapp.ui.window import Window
from tests.services.office import FORM, MAJOR, begin, filled, jpeg
from tests.ui.test_inspection import DEFECTS, RESULT, at, focus, row_at, shown
from tests.ui.test_inspection_photos import REPEAT, page_of, still, taken

CTRL = Qt.KeyboardModifier.ControlModifier
WIDTH, LENGTH = f"{DEFECTS}[1]/d_crack_w", f"{DEFECTS}[1]/d_crack_l"
PLACE = "/data/g_photo/location"


def test_undo_in_a_field_takes_back_the_last_answer_not_what_was_typed_there_once(
    qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop
) -> None:
    form = shown(qtbot, desk, filled(laptop, MAJOR))
    row_at(qtbot, form, LENGTH)
    edit = focus()
    assert isinstance(edit, QLineEdit)
    edit.selectAll()
    qtbot.keyClicks(edit, "3")
    row_at(qtbot, form, WIDTH)
    before = form.answering.session.value(WIDTH)
    edit = focus()
    assert isinstance(edit, QLineEdit)
    edit.selectAll()
    qtbot.keyClicks(edit, "99")
    qtbot.keyClick(edit, Qt.Key.Key_Tab)
    assert at(form) == LENGTH
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert form.answering.session.value(WIDTH) == before
    assert form.answering.session.value(LENGTH) == "3"
    qtbot.waitUntil(lambda: at(form) == WIDTH, timeout=8000)
    qtbot.keyClick(window, Qt.Key.Key_Y, CTRL)
    assert form.answering.session.value(WIDTH) == "99"


def test_what_cannot_be_read_is_not_left_behind(
    qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop
) -> None:
    opened = filled(laptop, MAJOR)
    form = shown(qtbot, desk, opened)
    row = row_at(qtbot, form, PLACE)
    edit = focus()
    assert isinstance(edit, QLineEdit)
    edit.selectAll()
    qtbot.keyClicks(edit, "24")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert at(form) == PLACE
    assert "24.9076" in row.complaint
    row_at(qtbot, form, RESULT)
    form.go_on()  # nothing is open, and yet the visit is not finalized over it
    qtbot.waitUntil(lambda: at(form) == PLACE, timeout=8000)
    desk.commands.trigger("form.final")
    assert form.isVisible()
    focused = focus()
    assert isinstance(focused, QLineEdit)
    focused.selectAll()
    qtbot.keyClicks(focused, "24.9 118.5")
    qtbot.keyClick(focused, Qt.Key.Key_Return)
    assert form.answering.session.value(PLACE).startswith("24.9 118.5")
    assert form.unread() is None


def test_the_order_of_photographs_and_marks_are_taken_back(
    qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop, tmp_path: Path
) -> None:
    opened = begin(laptop)
    opened.answer(RESULT, "done")
    row_at(qtbot, shown(qtbot, desk, opened), RESULT)
    qtbot.keyClick(window, Qt.Key.Key_F3)
    photos = page_of(desk)
    files = []
    for number in range(3):
        files.append(tmp_path / f"IMG_{number}.jpg")
        files[-1].write_bytes(jpeg(number, note=f"photo {number}"))
    photos.take(files)
    still(qtbot, photos)
    before = taken(photos)
    photos.grid.setFocus()
    photos.grid.setCurrentIndex(photos.grid.model().index(2, 0))
    qtbot.keyClick(photos.grid, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert [name for name, _kind in taken(photos)] == ["IMG_0.jpg", "IMG_2.jpg", "IMG_1.jpg"]
    assert [kind for _name, kind in taken(photos)] == ["front", "", "plate"]
    # its place gives it no name, not even when the draft is opened again
    reopened = laptop.filling.open(opened.visit_id, FORM).session
    kinds = [reopened.value(f"{REPEAT}[{number}]/photo_kind") for number in (1, 2, 3)]
    assert kinds == [
        "front",
        "",
        "plate",
    ]
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert taken(photos) == before
    board = photos.picture.board
    qtbot.waitUntil(lambda: not board.picture_box().isNull(), timeout=8000)
    photos.picture.tools.buttons[1].click()
    middle = board.rect().center()
    qtbot.mousePress(board, Qt.MouseButton.LeftButton, pos=middle)
    aside = QPoint(middle.x() // 2, middle.y() // 2)
    qtbot.mouseMove(board, aside)
    qtbot.mouseRelease(board, Qt.MouseButton.LeftButton, pos=aside)
    assert [len(board.marks)] == [1]
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert [len(board.marks)] == [0]
    assert taken(photos) == before
