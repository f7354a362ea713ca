"""The preview of sheets: drawn off the GUI thread, turned and zoomed by mouse and by keys."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QMainWindow, QScrollArea
from pytestqt.qtbot import QtBot

from fieldapp.errors import BugError
from fieldapp.sheets import render_onsite
from fieldapp.ui import themes
from fieldapp.ui.application import application
from fieldapp.ui.components.pdf import PdfView
from tests.sheets.examples import record
from tests.ui.heartbeat import Heartbeat

PAGES = 4


@pytest.fixture(scope="module")
def sheet() -> bytes:
    """A sheet of our own, as a document of four pages."""
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(render_onsite(record()))) as document:
        for _page in range(PAGES - 1):
            document.pages.append(document.pages[0])
        document.save(stream)
    return stream.getvalue()


@pytest.fixture
def view(qtbot: QtBot, heartbeat: Heartbeat) -> Iterator[PdfView]:
    application()
    themes.apply("light")
    made = PdfView("现场页", sentence="选一条记录，这里显示要打印的纸。")
    window = QMainWindow()
    window.setMinimumSize(400, 400)
    window.setCentralWidget(made)
    window.resize(560, 700)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    yield made
    window.close()


def spoken(view: PdfView) -> str:
    return QAccessible.queryAccessibleInterface(view).text(QAccessible.Text.Name)


def ink(view: PdfView) -> int:
    """How many dark points the view shows."""
    picture = view.grab().toImage()
    return sum(
        picture.pixelColor(x, y).lightness() < 80
        for x in range(0, picture.width(), 3)
        for y in range(60, picture.height(), 3)
    )


def test_a_sentence_stands_where_no_paper_is(view: PdfView) -> None:
    assert view.pages == 0
    assert spoken(view) == "现场页：选一条记录，这里显示要打印的纸。"


def test_pages_are_drawn_and_told(qtbot: QtBot, view: PdfView, sheet: bytes) -> None:
    view.show_pdf(sheet)
    assert (view.pages, view.page) == (PAGES, 0)
    qtbot.waitUntil(view.drawn)
    assert ink(view) > 300
    assert spoken(view) == "现场页：第 1 页，共 4 页"


def test_keys_turn_pages(qtbot: QtBot, view: PdfView, sheet: bytes) -> None:
    view.show_pdf(sheet)
    view.setFocus()
    table = view.findChild(QScrollArea)
    assert table is not None
    with qtbot.waitSignal(view.page_changed):
        qtbot.keyClick(table, Qt.Key.Key_PageDown)
    assert view.page == 1
    qtbot.waitUntil(view.drawn)
    qtbot.keyClick(table, Qt.Key.Key_End)
    assert view.page == PAGES - 1
    assert not view.next.isEnabled()
    qtbot.keyClick(table, Qt.Key.Key_PageDown)
    assert view.page == PAGES - 1
    qtbot.keyClick(table, Qt.Key.Key_Home)
    assert view.page == 0


def test_the_mouse_turns_and_zooms(qtbot: QtBot, view: PdfView, sheet: bytes) -> None:
    view.show_pdf(sheet)
    fitting = view.percent
    qtbot.mouseClick(view.next, Qt.MouseButton.LeftButton)
    assert view.page == 1
    qtbot.mouseClick(view.larger, Qt.MouseButton.LeftButton)
    assert view.percent > fitting
    assert view.page == 1
    qtbot.waitUntil(view.drawn)
    qtbot.mouseClick(view.fit, Qt.MouseButton.LeftButton)
    assert view.percent == fitting
    qtbot.mouseClick(view.before, Qt.MouseButton.LeftButton)
    assert view.page == 0


def test_a_wider_view_draws_the_page_anew(qtbot: QtBot, view: PdfView, sheet: bytes) -> None:
    view.show_pdf(sheet)
    before = view.percent
    view.window().resize(800, 700)
    qtbot.waitUntil(lambda: view.percent > before)
    qtbot.waitUntil(view.drawn)


def test_what_is_no_pdf_is_not_shown(view: PdfView, sheet: bytes) -> None:
    view.show_pdf(sheet)
    with pytest.raises(BugError):
        view.show_pdf(b"no pdf")
    assert view.pages == 0
