"""Photographs of a visit through the real window: taken in, sorted, drawn on, taken out again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from fieldapp.services.laptop import Laptop
from fieldapp.services.pictures import Pictures
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.inspection import InspectionPage
from fieldapp.ui.pages.inspection.photos import PhotosView
from fieldapp.ui.pages.inspection.shots import photo_repeat, shots_of
from fieldapp.ui.window import Window
from tests.services.office import MAJOR, begin, filled, jpeg
from tests.ui.test_inspection import RESULT, focus, row_at, shown

REPEAT = "/data/g_photo/rep_photo"
NEAR = "/data/g_defect/rep_defect[1]/d_photo_near"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three photographs, and a text that only claims to be one."""
    made = []
    for number in range(3):
        made.append(tmp_path / f"IMG_{number}.jpg")
        made[-1].write_bytes(jpeg(number, note=f"photo {number}"))
    made.append(tmp_path / "IMG_9.jpg")
    made[-1].write_bytes(b"no photograph at all")
    return made


@pytest.fixture
def photos(qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop) -> PhotosView:
    """The page of photographs of a visit that was just begun."""
    opened = begin(laptop)
    opened.answer(RESULT, "done")
    row_at(qtbot, shown(qtbot, desk, opened), RESULT)
    qtbot.keyClick(window, Qt.Key.Key_F3)
    return page_of(desk)


def page_of(desk: Desk) -> PhotosView:
    """The page of photographs in front."""
    page = desk.page("inspection")
    assert isinstance(page, InspectionPage)
    assert page.photos is not None
    assert page.front() is page.photos
    return page.photos


def taken(photos: PhotosView) -> list[tuple[str, str]]:
    """Names of files and kinds, in order."""
    shots = shots_of(photos._answering, photo_repeat(photos._answering))
    known = photos._around.thumbnails
    named = [(known.photo(shot.sha256), shot.kind) for shot in shots if shot.sha256]
    return [(photo.name if photo is not None else "?", kind) for photo, kind in named]


def still(qtbot: QtBot, photos: PhotosView) -> None:
    """Nothing is being taken in any more."""
    qtbot.waitUntil(lambda: not photos._importing.running, timeout=8000)


def test_files_find_their_places_and_a_false_one_stops_nothing(
    qtbot: QtBot, photos: PhotosView, files: list[Path], laptop: Laptop
) -> None:
    photos.take(files)
    still(qtbot, photos)
    assert taken(photos) == [("IMG_0.jpg", "front"), ("IMG_1.jpg", "plate"), ("IMG_2.jpg", "")]
    assert [name for name, _why in photos._importing.refused] == ["IMG_9.jpg"]
    assert "IMG_9.jpg" in photos._importing.summary()
    assert len(laptop.store.photos.kept_aside()) == 1
    photos.take(files[:1])
    still(qtbot, photos)
    assert len(taken(photos)) == 3  # never doubled
    assert "先前已收入" in photos._importing.summary()


def test_dropped_files_and_a_pasted_picture(
    qtbot: QtBot, photos: PhotosView, window: Window, files: list[Path]
) -> None:
    told = QMimeData()
    told.setUrls([QUrl.fromLocalFile(str(files[0]))])
    none = Qt.KeyboardModifier.NoModifier
    drop = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, told, Qt.MouseButton.LeftButton, none)
    photos.dropEvent(drop)  # Qt itself only hands on a drop that its own drag began
    still(qtbot, photos)
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(0x335577)
    QGuiApplication.clipboard().setImage(image)
    qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    still(qtbot, photos)
    assert len(taken(photos)) == 2
    assert [tile.copy for tile in photos.grid.tiles] == [False, True]  # 非原图


def test_a_photograph_for_a_defect_goes_to_its_question(
    qtbot: QtBot, desk: Desk, laptop: Laptop, files: list[Path]
) -> None:
    opened = filled(laptop, MAJOR)
    opened.answer(NEAR, "")
    form = shown(qtbot, desk, opened)
    form.wants_photos.emit("")
    photos = page_of(desk)
    photos.take(files[:1], NEAR)
    still(qtbot, photos)
    name = form.answering.session.value(NEAR)
    assert name.endswith(".jpg")
    photos._place(NEAR, REPEAT)
    assert form.answering.session.value(NEAR) == ""
    assert name in [form.answering.session.value(f"{one.path}/photo")
                    for one in form.answering.editing.instances(REPEAT)]  # fmt: skip
    assert form.answering.undo()
    assert form.answering.session.value(NEAR) == name


def test_order_by_keys_and_out_and_back(
    qtbot: QtBot, photos: PhotosView, files: list[Path], desk: Desk
) -> None:
    photos.take(files[:3])
    still(qtbot, photos)
    photos.grid.setCurrentIndex(photos.grid.model().index(0, 0))
    qtbot.keyClick(photos.grid, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert [name for name, _kind in taken(photos)] == ["IMG_1.jpg", "IMG_0.jpg", "IMG_2.jpg"]
    assert photos.grid.currentIndex().row() == 1
    qtbot.keyClick(photos.grid, Qt.Key.Key_Delete)
    assert [name for name, _kind in taken(photos)] == ["IMG_1.jpg", "IMG_2.jpg"]
    qtbot.mouseClick(desk._toast._undo, Qt.MouseButton.LeftButton)
    assert len(taken(photos)) == 3


def drawn_on(qtbot: QtBot, photos: PhotosView, files: list[Path]) -> str:
    """One photograph on the board; its hash."""
    photos.take(files[:1])
    still(qtbot, photos)
    qtbot.waitUntil(lambda: photos.picture.board._image is not None, timeout=15000)
    return photos._shown_sha


def kept(laptop: Laptop, photos: PhotosView, sha256: str) -> Callable[[], int]:
    """How many marks are on the disk."""
    visit = photos._answering.visit.visit_id
    return lambda: len(Pictures(laptop.store).marks(visit).get(sha256, ()))


def test_drawing_by_mouse_is_kept_on_a_copy(
    qtbot: QtBot, photos: PhotosView, files: list[Path], laptop: Laptop
) -> None:
    sha256 = drawn_on(qtbot, photos, files)
    board, marks = photos.picture.board, kept(laptop, photos, sha256)
    qtbot.mouseClick(photos.picture.tools.buttons[1], Qt.MouseButton.LeftButton)
    box = board.picture_box()
    begin_at, end_at = (box.center() + QPointF(dx, 0) for dx in (-40, 40))
    qtbot.mousePress(board, Qt.MouseButton.LeftButton, pos=begin_at.toPoint())
    qtbot.mouseMove(board, end_at.toPoint())
    qtbot.mouseRelease(board, Qt.MouseButton.LeftButton, pos=end_at.toPoint())
    assert [mark.shape for mark in board.marks] == ["arrow"]
    qtbot.waitUntil(lambda: marks() == 1, timeout=4000)
    assert photos.grid.tiles[0].annotated
    assert laptop.store.vault.get(sha256) == files[0].read_bytes()
    qtbot.mouseClick(photos.picture.back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: marks() == 0, timeout=4000)


def test_drawing_by_keyboard(qtbot: QtBot, photos: PhotosView, files: list[Path], laptop: Laptop) -> None:
    sha256 = drawn_on(qtbot, photos, files)
    board, marks = photos.picture.board, kept(laptop, photos, sha256)
    photos.picture.tools.buttons[2].click()
    assert board.hasFocus()
    qtbot.keyClick(board, Qt.Key.Key_Space)
    for _ in range(6):
        qtbot.keyClick(board, Qt.Key.Key_Right)
        qtbot.keyClick(board, Qt.Key.Key_Down)
    qtbot.keyClick(board, Qt.Key.Key_Space)
    photos.picture.tools.buttons[3].click()
    qtbot.keyClick(board, Qt.Key.Key_Space)
    qtbot.keyClicks(focus(), "1.4 mm")
    qtbot.keyClick(focus(), Qt.Key.Key_Return)
    assert [mark.shape for mark in board.marks] == ["circle", "text"]
    qtbot.waitUntil(lambda: marks() == 2, timeout=4000)


def test_the_picture_is_seen_close_and_whole(qtbot: QtBot, photos: PhotosView, files: list[Path]) -> None:
    drawn_on(qtbot, photos, files)
    board = photos.picture.board
    board.setFocus()
    for _ in range(4):
        qtbot.keyClick(board, Qt.Key.Key_Plus)
    assert board.zoom > 2
    assert board.picture_box().width() > board.width() * 2
    qtbot.keyClick(board, Qt.Key.Key_0)
    assert board.zoom == 1.0
    wide = board.width()
    photos.picture.enlarge.click()
    qtbot.waitUntil(lambda: board.width() > wide * 2, timeout=15000)
    photos.picture.enlarge.click()
    qtbot.waitUntil(lambda: board.width() == wide, timeout=15000)


def test_an_import_is_stopped_and_what_is_there_stays(
    qtbot: QtBot, photos: PhotosView, tmp_path: Path
) -> None:
    folder = tmp_path / "card"
    folder.mkdir()
    for number in range(12):
        (folder / f"IMG_{number}.jpg").write_bytes(jpeg(number, (900, 700), note=f"card {number}"))
    photos._importing.stepped.connect(lambda done, _total: photos.stop.click() if done == 2 else None)
    photos.take([folder])
    assert photos._importing.running
    still(qtbot, photos)
    number = len(taken(photos))
    assert 1 <= number < 12
    assert photos._answering.session.value(f"{REPEAT}[1]/photo")


def test_nothing_is_taken_before_there_is_a_place_for_it(
    qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop, files: list[Path]
) -> None:
    opened = begin(laptop)
    row_at(qtbot, shown(qtbot, desk, opened), RESULT)
    qtbot.keyClick(window, Qt.Key.Key_F3)
    photos = page_of(desk)
    photos.take(files)
    assert not photos._importing.running
    assert photos.refused() == "请先填上门结果，再添加照片。"
    assert laptop.store.photos.for_visit(opened.visit_id) == ()
    qtbot.keyClick(focus(), Qt.Key.Key_Escape)
    page = desk.page("inspection")
    assert isinstance(page, InspectionPage)
    assert page.front() is page.form
