"""定稿 through the real window: what is open is named, nothing is frozen before, everything after."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fieldapp.services.laptop import Laptop
from fieldapp.ui.components import Button
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.inspection import InspectionPage
from fieldapp.ui.pages.inspection.final import FinalView
from fieldapp.ui.window import Window
from tests.services.office import MAJOR, filled
from tests.ui.test_inspection import BEAM, CHECK, CONTROL, at, focus, form_of, row_at, shown


def final_of(qtbot: QtBot, desk: Desk) -> FinalView:
    """The page in front, once it has read the visit."""
    page = desk.page("inspection")
    assert isinstance(page, InspectionPage)
    final = page.final
    assert final is not None
    qtbot.waitUntil(lambda: final.outlook is not None, timeout=5000)
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

    qtbot.waitUntil(lambda: len(links()) == 2, timeout=2000)
    qtbot.mouseClick(links()[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: at(form) == f"{CHECK}/persons_now", timeout=3000)
    qtbot.keyClicks(focus(), "31")
    qtbot.keyClick(window, Qt.Key.Key_F, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: final.outlook is not None and len(final.outlook.open) == 1, timeout=3000)
    qtbot.keyClick(window, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: at(form) == BEAM, timeout=3000)
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
    qtbot.waitUntil(lambda: final.finalize.isVisible(), timeout=2000)
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
    qtbot.waitUntil(lambda: page.front() is page.visits, timeout=2000)


def test_the_archive_copy_is_looked_at_too(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    form = shown(qtbot, desk, filled(laptop, MAJOR))
    form.wants_final.emit()
    final = final_of(qtbot, desk)
    qtbot.waitUntil(lambda: final.preview.pages == 1, timeout=8000)
    qtbot.mouseClick(final.kinds.buttons[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: final.preview.pages > 1, timeout=10000)
    qtbot.keyClick(focus(), Qt.Key.Key_Escape)
    assert form_of(qtbot, desk) is form
