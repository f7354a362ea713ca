"""定稿 through the real window: what is open is named, nothing is frozen before, everything after."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fieldapp.services.laptop import Laptop
from fieldapp.ui.components import Button
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.inspection import InspectionPage
from fieldapp.ui.pages.inspection.final import FinalView
from fieldapp.ui.pages.paper.printers import Printers
from fieldapp.ui.pages.paper.printing import FOLDER
from fieldapp.ui.window import Window
from tests.services.office import FORM, MAJOR, filled
from tests.services.test_continuing import partial
from tests.sheets.pdfs import text
from tests.ui.test_inspection import BEAM, CHECK, CONTROL, at, focus, form_of, row_at, shown
from tests.ui.test_paper import OfficePrinter


def final_of(qtbot: QtBot, desk: Desk) -> FinalView:
    """The page in front, once it has read the visit."""
    page = desk.page("inspection")
    assert isinstance(page, InspectionPage)
    final = page.final
    assert final is not None
    qtbot.waitUntil(lambda: final.outlook is not None, timeout=15000)
    return final


def test_what_is_open_is_named_and_led_to(qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop) -> None:
    opened = filled(laptop, MAJOR)
    opened.answer(BEAM, "")
    opened.answer(f"{CHECK}/persons_now", "")
    form = shown(qtbot, desk, opened)
    qtbot.mouseClick(form.left, Qt.MouseButton.LeftButton)
    final = final_of(qtbot, desk)
    outlook = final.outlook
    assert outlook is not None
    assert [one.path for one in outlook.open] == [BEAM, f"{CHECK}/persons_now"]
    assert not final.hold.isEnabled()
    assert "未填 2 项" in final.hold.toolTip()
    assert not final.finalize.isVisible()

    def links() -> list[Button]:
        return [one for one in final.findChildren(Button) if one.kind == "link" and one.isVisible()]

    qtbot.waitUntil(lambda: len(links()) == 2, timeout=15000)
    qtbot.mouseClick(links()[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: at(form) == f"{CHECK}/persons_now", timeout=15000)
    qtbot.keyClicks(focus(), "31")
    qtbot.keyClick(window, Qt.Key.Key_F, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: final.outlook is not None and len(final.outlook.open) == 1, timeout=15000)
    qtbot.keyClick(window, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: at(form) == BEAM, timeout=15000)
    assert laptop.store.submissions.list() == ()


def test_a_visit_is_finalized_by_keyboard_and_its_sheet_is_seen(
    qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop
) -> None:
    opened = filled(laptop, MAJOR)
    row_at(qtbot, shown(qtbot, desk, opened), BEAM)
    qtbot.keyClick(window, Qt.Key.Key_Return, CONTROL)
    final = final_of(qtbot, desk)
    qtbot.waitUntil(lambda: final.preview.pages == 1, timeout=8000)
    assert laptop.store.submissions.list() == ()  # to look is not to freeze
    qtbot.waitUntil(lambda: final.finalize.isVisible(), timeout=15000)
    qtbot.keyClick(window, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: bool(final.records), timeout=8000)
    (record,) = laptop.store.submissions.list()
    assert record.visit_id == opened.visit_id
    assert record.xml == opened.session.to_xml() or record.record == "finalized"
    assert laptop.store.drafts.list() == ()
    assert laptop.store.outbox.pending()[0].instance_id == record.chain.instance_id
    page = desk.page("inspection")
    assert isinstance(page, InspectionPage)
    assert page.form is None  # no widget is left that could write a draft again
    qtbot.waitUntil(lambda: final.preview.pages >= 1, timeout=8000)
    assert desk.rail.buttons["sync"].accessibleName()
    qtbot.keyClick(window, Qt.Key.Key_Return, CONTROL)
    assert desk.place == "papers"
    desk.back()
    qtbot.keyClick(focus(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.front() is page.visits, timeout=15000)


def test_the_archive_copy_is_looked_at_too(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    form = shown(qtbot, desk, filled(laptop, MAJOR))
    form.wants_final.emit()
    final = final_of(qtbot, desk)
    qtbot.waitUntil(lambda: final.preview.pages == 1, timeout=8000)
    qtbot.mouseClick(final.kinds.buttons[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: final.preview.pages > 1, timeout=10000)
    qtbot.keyClick(focus(), Qt.Key.Key_Escape)
    assert form_of(qtbot, desk) is form


def finalized(qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop) -> FinalView:
    """The page after 定稿, its printing known."""
    form = shown(qtbot, desk, filled(laptop, MAJOR))
    form.wants_final.emit()
    final = final_of(qtbot, desk)
    qtbot.waitUntil(final.finalize.isVisible, timeout=15000)
    qtbot.keyClick(window, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: final.panel is not None and bool(final.panel._log.count()), timeout=8000)
    return final


def test_the_sheet_is_printed_beside_the_record_and_every_print_stands_there(
    qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop, tmp_path: Path
) -> None:
    page = desk.page("inspection")
    assert isinstance(page, InspectionPage)
    office = OfficePrinter(tmp_path)
    page._printers = office
    final = finalized(qtbot, window, desk, laptop)
    panel = final.panel
    assert panel is not None
    assert final.print.text() == "打印"
    assert panel.prints == ()
    qtbot.keyClick(window, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: len(panel.prints) == 1, timeout=15000)
    assert office.jobs == 1
    qtbot.mouseClick(final.kinds.buttons[1], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.copies.buttons[1], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(final.print, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(panel.prints) == 2, timeout=15000)
    told = [(one.kind, one.copies, one.times) for one in laptop.store.papers.log()]
    assert told == [("archive", 1, 1), ("onsite", 2, 1)]
    wanted = {"归档本，一份：第 1 次打印", "现场页，一式两份：第 1 次打印"}

    def lines() -> set[str]:
        return {one.text() for one in panel.findChildren(QLabel) if one.isVisible()}

    qtbot.waitUntil(lambda: wanted <= lines(), timeout=15000)  # shown with the next layout


def test_without_a_printer_the_sheet_is_saved_as_pdf(
    qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop, tmp_path: Path
) -> None:
    if Printers().names():
        pytest.skip("this machine has a printer")
    window.preferences.keep_text(FOLDER, str(tmp_path / "papers"))
    final = finalized(qtbot, window, desk, laptop)
    panel = final.panel
    assert panel is not None
    assert final.print.text() == "去打印"
    qtbot.mouseClick(panel.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(panel.prints) == 1, timeout=15000)
    (file,) = (tmp_path / "papers").iterdir()
    assert "延陵路8号" in text(file.read_bytes())
    assert laptop.store.papers.log()[0].sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_what_was_carried_over_is_one_line_that_leads_there(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    first = partial(laptop)
    visit = laptop.visits.begin(laptop.store.visits.get(first.visit_id).building_id, [FORM])
    opened = laptop.filling.open(visit.visit_id, FORM)
    opened.answer("/data/g_outcome/visit_result", "done")
    form = shown(qtbot, desk, opened)
    form.wants_final.emit()
    final = final_of(qtbot, desk)
    waiting = form.answering.waiting

    def links() -> list[Button]:
        found = [one for one in final.findChildren(Button) if one.kind == "link" and one.isVisible()]
        return [one for one in found if one.text() == "去核对"]

    qtbot.waitUntil(lambda: len(links()) == 1, timeout=15000)
    assert links()[0].accessibleName() == f"部分完成上门时所填 {len(waiting)} 项待核对 去核对"
    assert not final.finalize.isVisible()
    qtbot.mouseClick(links()[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: at(form) == waiting[0], timeout=15000)
