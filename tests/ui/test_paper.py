"""The place papers: lists, the sheet before it is printed, saving, queue, log, printers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QMainWindow, QPushButton
from pytestqt.qtbot import QtBot

from fieldapp import app as composition
from fieldapp.domain.record_code import RecordCode
from fieldapp.services.access import Access
from fieldapp.services.laptop import Laptop
from fieldapp.ui.components import Toast
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.paper import PaperPage
from fieldapp.ui.pages.paper.printers import Printers
from fieldapp.ui.preferences import Preferences
from fieldapp.ui.window import Window
from tests.services.office import LOCKED, MAJOR, MORNING, filled, new_laptop
from tests.sheets.pdfs import pages, symbols, text
from tests.store.building import WEAK

CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def access(tmp_path: Path) -> Access:
    """The door of a laptop with two records."""
    with new_laptop(tmp_path / "laptop") as laptop:
        for name in (LOCKED, MAJOR):
            laptop.visits.finalize(filled(laptop, name).visit_id)
    return composition.access(tmp_path / "laptop", lambda: MORNING, WEAK)


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    """PDFs go into the test's folder."""
    made = Preferences(tmp_path / "window.ini")
    made.keep_text("paper_folder", str(tmp_path / "pdf"))
    return made


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> PaperPage:
    """The place, in front, its first sheet drawn."""
    desk.go("papers")
    made = desk.page("papers")
    assert isinstance(made, PaperPage)
    qtbot.waitUntil(lambda: len(made.facts.records) == 2)
    qtbot.waitUntil(made.desk.pdf.drawn)
    return made


class OfficePrinter(Printers):
    """A printer of Qt's own that prints into files: what the system's printers would get."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.jobs = 0

    def names(self) -> tuple[str, ...]:
        return ("Office",)

    def open(self, name: str) -> QPrinter:
        self.jobs += 1
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(self.folder / f"{name}-{self.jobs}.pdf"))
        return printer


@pytest.fixture
def printing(qtbot: QtBot, desk: Desk, tmp_path: Path) -> Iterator[tuple[PaperPage, OfficePrinter]]:
    """The place on a laptop with a printer."""
    printer = OfficePrinter(tmp_path)
    made = PaperPage(desk, printer)
    window = QMainWindow()
    window.setMinimumSize(1024, 640)
    window.setCentralWidget(made)
    window.show()
    made.open(None)
    made.refresh()
    qtbot.waitUntil(made.desk.pdf.drawn)
    yield made, printer
    window.close()


def row_words(page: PaperPage) -> list[tuple[str, str]]:
    return [(row.text, row.pill[1] if row.pill else row.note) for row in page.list.rows.rows]


def files(page: PaperPage) -> list[Path]:
    return sorted(page.folder.glob("*.pdf")) if page.folder.exists() else []


def test_what_waits_for_a_signature_is_listed_and_shown(qtbot: QtBot, page: PaperPage) -> None:
    assert page.view == "sign"
    assert sorted(row_words(page)) == [("延陵路8号", "未打印"), ("聚宝街21号", "未打印")]
    assert page.views.buttons[0].text() == "待签字 2"
    assert page.desk.pdf.pages == 2  # 一式两份
    qtbot.mouseClick(page.desk.copies.buttons[1], LEFT)
    qtbot.waitUntil(lambda: page.desk.pdf.pages == 1)
    qtbot.mouseClick(page.desk.kinds.buttons[1], LEFT)
    major = [row.text for row in page.list.rows.rows].index("延陵路8号")
    spot = page.list.visualRect(page.list.rows.index(major)).center()
    qtbot.mouseClick(page.list.viewport(), LEFT, pos=spot)
    qtbot.waitUntil(lambda: page.desk.pdf.pages > 2)  # the archive copy with its photographs


def test_saved_by_keyboard_logged_and_counted(
    qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop, page: PaperPage
) -> None:
    qtbot.keyClick(page.list, Qt.Key.Key_S, CONTROL)
    qtbot.waitUntil(lambda: len(page.facts.log) == 1)
    (file,) = files(page)
    assert "现场页" in file.name
    assert len(pages(file.read_bytes())) == 2
    qtbot.waitUntil(lambda: "已打印 1 次" in dict(row_words(page)).values())
    qtbot.waitUntil(page.desk.pdf.drawn)
    qtbot.keyClick(page.list, Qt.Key.Key_S, CONTROL)
    qtbot.waitUntil(lambda: len(page.facts.log) == 2)
    assert len(files(page)) == 2
    again = next(file for file in files(page) if file.stem.endswith("-2"))
    assert "第2次打印" in text(again.read_bytes())
    page.show_view("log")
    assert [row.pill[1] if row.pill else "" for row in page.list.rows.rows] == ["第 1 次重打", ""]
    assert page.facts.log[0].sha256[:8] in page.desk.pdf.accessibleName()
    assert page.desk.save.isEnabled() is False


def test_the_queue_fills_and_empties(qtbot: QtBot, desk: Desk, laptop: Laptop, page: PaperPage) -> None:
    qtbot.keyClick(page.list, Qt.Key.Key_D, CONTROL)
    qtbot.waitUntil(lambda: len(page.facts.queue) == 1)
    toast = desk.findChild(Toast)
    assert toast is not None
    qtbot.mouseClick(toast.findChild(QPushButton), LEFT)  # 撤销
    qtbot.waitUntil(lambda: not page.facts.queue)
    qtbot.keyClick(page.list, Qt.Key.Key_D, CONTROL)
    qtbot.waitUntil(lambda: len(page.facts.queue) == 1)
    qtbot.mouseClick(page.views.buttons[1], LEFT)
    assert page.view == "queue"
    assert row_words(page)[0][1].startswith("现场页·一式两份")
    qtbot.waitUntil(page.desk.pdf.drawn)
    qtbot.mouseClick(page.remove, LEFT)
    qtbot.waitUntil(lambda: not page.facts.queue)
    assert page._empty.isVisible()
    for record in laptop.store.papers.records():
        laptop.paper.later(record.instance_id, "onsite", 2)
    desk.changed()
    qtbot.waitUntil(lambda: len(page.facts.queue) == 2)
    qtbot.keyClick(page.list, Qt.Key.Key_S, CONTROL)
    qtbot.waitUntil(lambda: not page.facts.queue and len(page.facts.log) == 2)
    assert len(files(page)) == 2


def test_without_a_printer_it_says_what_to_do(qtbot: QtBot, desk: Desk, page: PaperPage) -> None:
    if Printers().names():
        pytest.skip("this machine has a printer")
    qtbot.waitUntil(page.desk.search.isEnabled)
    assert not page.desk.print.isEnabled()
    assert page.desk.print.accessibleDescription() == "没有连接打印机。"
    qtbot.keyClick(page.list, Qt.Key.Key_Return, CONTROL)
    assert page.facts.log == ()
    qtbot.mouseClick(page.desk.search, LEFT)
    qtbot.waitUntil(page.desk.search.isEnabled)


def test_printed_pages_carry_the_sheet_and_its_symbol(
    qtbot: QtBot, laptop: Laptop, printing: tuple[PaperPage, OfficePrinter], tmp_path: Path
) -> None:
    page, printer = printing
    wanted = page.chosen()
    assert wanted is not None
    qtbot.waitUntil(page.desk.print.isEnabled)
    qtbot.mouseClick(page.desk.print, LEFT)
    qtbot.waitUntil(lambda: len(laptop.store.papers.log()) == 1 and not page._busy)
    printed = pages((tmp_path / "Office-1.pdf").read_bytes())
    assert len(printed) == 2
    record = laptop.store.submissions.get(wanted.instance_id)
    (symbol,) = symbols(printed[0])
    assert RecordCode.parse(symbol) == RecordCode.of(record.chain.record_id, 1, record.sha256)
    assert laptop.store.papers.log()[0].copies == 2
    assert laptop.store.submissions.get(wanted.instance_id).paper == "printed"
    assert printer.jobs == 1


def test_the_whole_queue_is_printed(
    qtbot: QtBot, laptop: Laptop, printing: tuple[PaperPage, OfficePrinter], tmp_path: Path
) -> None:
    page, printer = printing
    for record in laptop.store.papers.records():
        laptop.paper.later(record.instance_id, "onsite", 1)
    page.refresh()
    qtbot.waitUntil(lambda: len(page.facts.queue) == 2)
    page.show_view("queue")
    qtbot.waitUntil(page.desk.print.isEnabled)
    qtbot.mouseClick(page.desk.print, LEFT)
    qtbot.waitUntil(lambda: not laptop.store.papers.queue() and not page._busy, timeout=15_000)
    assert printer.jobs == 2
    assert {one.copies for one in laptop.store.papers.log()} == {1}


def test_a_replaced_version_leads_to_the_newest(
    qtbot: QtBot, desk: Desk, laptop: Laptop, page: PaperPage
) -> None:
    first = next(one for one in laptop.store.submissions.list() if len(one.attachments) == 1)
    opened = laptop.filling.correct(first.chain.instance_id)
    opened.answer("/data/g_outcome/visit_reason", "住户外出务工")
    opened.settle()
    (second,) = laptop.visits.finalize(opened.visit_id)
    desk.go("papers", str(first.chain.instance_id))
    qtbot.waitUntil(lambda: page._chosen == str(second.chain.instance_id))
    assert page.view == "all"
    chosen = page.chosen()
    assert chosen is not None
    assert chosen.instance_id == second.chain.instance_id


def test_a_sheet_that_cannot_be_drawn_says_why(qtbot: QtBot, laptop: Laptop, page: PaperPage) -> None:
    record = next(one for one in laptop.store.submissions.list() if len(one.attachments) > 1)
    laptop.store.vault.path(record.attachments[0].sha256).write_bytes(b"broken")
    page.show_view("all")
    page._chosen = str(record.chain.instance_id)
    qtbot.mouseClick(page.desk.kinds.buttons[1], LEFT)
    qtbot.waitUntil(lambda: page.desk.pdf.pages == 0)
    assert len(page.desk.pdf.accessibleName()) > len("纸面预览：")


def test_a_folder_that_cannot_be_written_is_told(
    qtbot: QtBot, desk: Desk, laptop: Laptop, page: PaperPage
) -> None:
    page.use_folder("/proc/nowhere")
    qtbot.mouseClick(page.desk.save, LEFT)
    qtbot.waitUntil(lambda: desk.notice.code == "CLI_003")
    assert laptop.store.papers.log() == ()
    qtbot.waitUntil(page.desk.save.isEnabled)
