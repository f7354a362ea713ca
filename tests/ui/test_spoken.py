"""Whoever cannot see the window can hear it: what takes the keyboard has a name in Qt's accessibility."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fieldapp import app as composition
from fieldapp.services.access import Access
from fieldapp.services.laptop import Laptop
from fieldapp.ui.components.dialogs import ask
from fieldapp.ui.controls.picking import Floating
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages import PLACES
from fieldapp.ui.pages.buildings import BuildingsPage
from fieldapp.ui.pages.inspection import InspectionPage
from fieldapp.ui.pages.inspection.form import FormView
from fieldapp.ui.pages.paper import PaperPage
from fieldapp.ui.pages.sync import SyncPage
from fieldapp.ui.preferences import Preferences
from fieldapp.ui.window import Window
from tests.services.lane import lane_laptop
from tests.services.office import LOCKED, MAJOR, MORNING, filled, new_laptop
from tests.store.building import INSPECTOR, PASSPHRASE, WEAK
from tests.ui.test_inspection import shown
from tests.ui.walking import Walk

CONTROL = Qt.KeyboardModifier.ControlModifier


def unspoken(root: QWidget) -> list[str]:
    """Visible widgets that take the keyboard and say nothing of themselves."""
    found = []
    for widget in (root, *root.findChildren(QWidget)):
        if not widget.isVisible() or widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
            continue
        if widget.focusProxy() is not None or widget is root.window():
            continue  # its proxy speaks
        spoken = QAccessible.queryAccessibleInterface(widget)
        if spoken is None or not spoken.text(QAccessible.Text.Name).strip():
            found.append(f"{type(widget).__name__} {widget.objectName()} in {type(widget.parent()).__name__}")
    return found


@pytest.fixture
def access(tmp_path: Path) -> Access:
    """A laptop with a record and a draft; locked."""
    with new_laptop(tmp_path / "laptop") as laptop:
        laptop.visits.finalize(filled(laptop, LOCKED).visit_id)
        laptop.visits.finalize(filled(laptop, MAJOR).visit_id)
        filled(laptop, MAJOR)
    return composition.access(tmp_path / "laptop", lambda: MORNING, WEAK)


@pytest.fixture
def settled(qtbot: QtBot) -> Callable[[Desk], None]:
    """Waits until nothing is read any more."""

    def wait(desk: Desk) -> None:
        qtbot.waitUntil(lambda: not desk.jobs.running, timeout=20_000)

    return wait


def test_what_says_nothing_is_found(desk: Desk) -> None:
    silent = QPushButton(desk)
    silent.show()
    assert unspoken(desk) == ["QPushButton  in Desk"]
    silent.setAccessibleName("spoken")
    assert unspoken(desk) == []


@pytest.mark.parametrize("place", [place.name for place in PLACES])
def test_every_place(desk: Desk, settled: Callable[[Desk], None], place: str) -> None:
    desk.go(place)
    settled(desk)
    assert unspoken(desk) == []
    desk.commands.trigger("window.keys")
    assert unspoken(desk) == []


def test_the_door_the_first_run_and_the_emergency_card(
    qtbot: QtBot, tmp_path: Path, new_window: Callable[[], Window], access: Access, preferences: Preferences
) -> None:
    window = new_window()
    qtbot.waitUntil(lambda: window.centralWidget().isVisible())
    assert unspoken(window.centralWidget()) == []
    window.show_emergency()
    assert unspoken(window) == []
    laptop = access.unlock(INSPECTOR.inspector_id, PASSPHRASE)
    access.set_pin(laptop, "123456")
    window.show_desk(laptop)
    window.lock()
    qtbot.waitUntil(lambda: window.centralWidget().isVisible())
    assert unspoken(window.centralWidget()) == []
    first = Window(composition.access(tmp_path / "none", lambda: MORNING, WEAK), preferences)
    first.show()
    qtbot.waitUntil(lambda: first.centralWidget().isVisible())
    assert unspoken(first.centralWidget()) == []
    first.close()


def test_search_and_a_notice(qtbot: QtBot, window: Window, desk: Desk) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    qtbot.keyClicks(desk.search.field, "ylL8")
    assert unspoken(desk) == []
    window.unforeseen(ValueError())
    assert desk.notice.isVisible()
    assert unspoken(desk) == []


def test_a_dialog(qtbot: QtBot, desk: Desk) -> None:
    dialog = ask(desk, "标题", "说明", safe="保留", verb="删除", then=lambda: None)
    qtbot.waitUntil(dialog.isVisible)
    assert unspoken(dialog) == []
    assert QAccessible.queryAccessibleInterface(dialog).text(QAccessible.Text.Name) == "标题"
    dialog.reject()


@pytest.fixture
def form(qtbot: QtBot, desk: Desk, laptop: Laptop) -> FormView:
    """The draft of a major hazard in front."""
    (draft,) = laptop.store.drafts.list()
    return shown(qtbot, desk, laptop.filling.open(draft.visit_id, draft.form_id))


def test_every_section_of_the_form_and_its_lists(qtbot: QtBot, desk: Desk, form: FormView) -> None:
    for section in form._sections():
        form.show_section(section)
        qtbot.waitUntil(lambda: form.view.whole, timeout=15000)
        for row in form.view.rows():
            form.view.show_question(row.path)
        assert unspoken(desk) == [], section.path


def test_the_lists_that_open_over_a_form(qtbot: QtBot, window: Window, desk: Desk, form: FormView) -> None:
    for path, key, modifier in (
        ("/data/g_result/control_taken", Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier),
        ("/data/g_result/phoned_to", Qt.Key.Key_Space, CONTROL),
        ("/data/g_result/deadline", Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier),
    ):
        form.go_to(path)

        def there(path: str = path) -> bool:
            row = form.view.row_of(QApplication.focusWidget())
            return row is not None and row.path == path

        qtbot.waitUntil(there, timeout=15000)
        qtbot.keyClick(QApplication.focusWidget(), key, modifier)
        panels = [one for one in window.findChildren(Floating) if one.isVisible()]
        assert len(panels) == 1, path
        assert unspoken(panels[0]) == [], path
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)


def test_photographs_and_the_end_of_a_visit(
    qtbot: QtBot, desk: Desk, form: FormView, settled: Callable[[Desk], None]
) -> None:
    page = desk.page("inspection")
    assert isinstance(page, InspectionPage)
    page.show_photos()
    settled(desk)
    assert unspoken(desk) == []
    page.show_final()
    settled(desk)
    assert unspoken(desk) == []
    assert page.final is not None
    page.final.run()
    qtbot.waitUntil(lambda: page.final is not None and bool(page.final.records), timeout=10_000)
    settled(desk)
    assert unspoken(desk) == []


def test_the_file_of_a_house_and_its_photographs(
    qtbot: QtBot, desk: Desk, laptop: Laptop, settled: Callable[[Desk], None]
) -> None:
    desk.go("buildings", laptop.buildings.get("延陵路8号").id)
    page = desk.page("buildings")
    assert isinstance(page, BuildingsPage)
    qtbot.waitUntil(lambda: page.file.file is not None, timeout=10_000)
    settled(desk)
    assert unspoken(desk) == []
    page.file.viewer.look_at(page.file.photos.photos, 0)
    settled(desk)
    assert unspoken(desk) == []


def test_filters_papers_and_history(qtbot: QtBot, desk: Desk, settled: Callable[[Desk], None]) -> None:
    desk.go("buildings")
    settled(desk)
    buildings = desk.page("buildings")
    assert isinstance(buildings, BuildingsPage)
    buildings.ledger.chips.several["street"].click()
    assert unspoken(desk.window()) == []
    desk.go("papers")
    settled(desk)
    papers = desk.page("papers")
    assert isinstance(papers, PaperPage)
    for view in ("all", "queue", "log"):
        papers.show_view(view)
        settled(desk)
        assert unspoken(desk) == [], view
    desk.go("sync")
    settled(desk)
    sync = desk.page("sync")
    assert isinstance(sync, SyncPage)
    sync.show_history()
    settled(desk)
    assert unspoken(desk) == []


def test_field_mode(qtbot: QtBot, tmp_path: Path, new_window: Callable[[], Window]) -> None:
    lane_laptop(tmp_path / "lane", 3, last_patrol="2022-11-08").close()
    door = composition.access(tmp_path / "lane", lambda: MORNING, WEAK)
    window = new_window()
    window.show_desk(door.unlock(INSPECTOR.inspector_id, PASSPHRASE))
    desk = window.desk
    assert desk is not None
    walk = Walk(qtbot, desk, tmp_path)
    walk.enter()
    key = Qt.Key
    assert unspoken(desk) == []
    walk.paste()
    for pressed in (key.Key_0, key.Key_3, key.Key_Return, key.Key_F6):
        walk.press(pressed)
        assert unspoken(desk) == [], pressed
