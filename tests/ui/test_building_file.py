"""The file of a house through the window: facts with 「更正」, what was done, photographs; open hazards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from fieldapp import app as composition
from fieldapp.services.access import Access
from fieldapp.services.laptop import Laptop
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.buildings import BuildingsPage
from fieldapp.ui.pages.buildings.file import FileView
from fieldapp.ui.pages.hazards import HazardsPage
from fieldapp.ui.pages.inspection import InspectionPage
from fieldapp.ui.window import Window
from tests.services.office import LOCKED, MAJOR, MORNING, begin, filled, new_laptop
from tests.store.building import INSPECTOR, PASSPHRASE, WEAK
from tests.ui.hands import Keyboard, Mouse
from tests.ui.test_inspection import RESULT, at, form_of

HOUSE, LOCKED_HOUSE = "延陵路8号", "聚宝街21号"
CONTROL = Qt.KeyboardModifier.ControlModifier
FIX = "/data/g_fix"


@pytest.fixture
def access(tmp_path: Path) -> Access:
    """A laptop whose house has a major hazard recorded and one of its facts corrected; locked."""
    with new_laptop(tmp_path / "laptop") as laptop:
        opened = filled(laptop, MAJOR)
        opened.answer(f"{FIX}/fix_facts", "floors_up")
        opened.answer(f"{FIX}/new_floors_up", "5")
        opened.answer(f"{FIX}/fix_reason", "现场清点")
        opened.settle()
        laptop.visits.finalize(opened.visit_id)
    return composition.access(tmp_path / "laptop", lambda: MORNING, WEAK)


@pytest.fixture
def file(qtbot: QtBot, desk: Desk) -> FileView:
    """The house's file in front, read."""
    return file_of(qtbot, desk, HOUSE)


def file_of(qtbot: QtBot, desk: Desk, house: str) -> FileView:
    """The file of a house in front, read."""
    desk.go("buildings", desk.laptop.buildings.get(house).id)
    page = desk.page("buildings")
    assert isinstance(page, BuildingsPage)
    qtbot.waitUntil(lambda: page.file.file is not None and not desk.jobs.running, timeout=10_000)
    return page.file


def words(part: QWidget) -> str:
    """All that can be read in a part."""
    return "\n".join(one.text() for one in part.findChildren(QLabel) if one.isVisible() and one.text())


def test_what_was_corrected_stands_with_what_was_there_before(file: FileView) -> None:
    row = words(file.facts.groups["basic"].rows["floors_up"])
    assert "5" in row
    assert "原 4" in row
    assert "未确认" in row
    assert "原" not in words(file.facts.groups["basic"].rows["built_year"])


def test_the_open_hazard_says_level_basis_deadline_and_that_it_is_ours(file: FileView) -> None:
    told = words(file.story.hazard)
    for part in ("承重墙被拆除", "至 2022-12-11", "H2", "服务器尚未确认"):
        assert part in told, told
    assert file.story.hazard._level.accessibleName() == "重大安全隐患"


def test_a_house_without_a_hazard_shows_no_card(qtbot: QtBot, desk: Desk) -> None:
    assert not file_of(qtbot, desk, LOCKED_HOUSE).story.hazard.isVisible()


def test_what_was_done_is_told_narrowed_and_opened(qtbot: QtBot, desk: Desk, file: FileView) -> None:
    mouse, timeline = Mouse(qtbot), file.story.timeline
    said = [row.spoken() for row in timeline.rows.rows]
    assert len(said) == 2
    assert said[0].startswith("房屋结构安全隐患排查登记表，重大安全隐患")
    mouse.click(file.story.kinds.buttons[2])
    (fix,) = timeline.rows.rows
    assert fix.text == "已更正：地上层数"
    assert fix.note == "4层 → 5层"
    mouse.click(file.story.kinds.buttons[1])
    assert len(timeline.rows.rows) == 1
    mouse.click_row(timeline, 0)
    mouse.wait(lambda: desk.place == "papers" and not desk.jobs.running)


def test_a_draft_stands_on_top_and_goes_on(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    opened = begin(laptop, LOCKED)
    opened.settle()
    file = file_of(qtbot, desk, LOCKED_HOUSE)
    assert file.start.text() == "继续检查"
    assert file.story.timeline.rows.rows[0].key == f"draft:{opened.visit_id}:hazard_inspection"
    Mouse(qtbot).click_row(file.story.timeline, 0)
    assert form_of(qtbot, desk).answering.visit.visit_id == opened.visit_id


def test_a_fact_is_corrected_by_a_visit(qtbot: QtBot, desk: Desk, laptop: Laptop, file: FileView) -> None:
    mouse = Mouse(qtbot)
    mouse.click(file.facts.correct["built_year"])
    form = form_of(qtbot, desk)
    mouse.wait(lambda: "更正" in desk._toast.accessibleName())  # says why not yet
    form.answering.answer(RESULT, "done")
    mouse.click(desk.rail.buttons["buildings"])
    file = file_of(qtbot, desk, HOUSE)
    mouse.click(file.facts.correct["built_year"])
    form = form_of(qtbot, desk)
    assert form.answering.session.value(f"{FIX}/fix_facts") == "built_year"
    assert form.view.isVisible()
    assert len(laptop.store.visits.list("open")) == 1


def test_photographs_are_looked_at_by_keyboard(
    qtbot: QtBot, window: Window, desk: Desk, file: FileView
) -> None:
    keys = Keyboard(qtbot, window, lambda: not desk.jobs.running)
    count = len(file.photos.photos)
    assert count == 9
    keys.tab_to(file.photos.view, most=60)
    keys.press(Qt.Key.Key_Home, Qt.Key.Key_Return)
    viewer = file.viewer
    assert viewer.isVisible()
    keys.wait(lambda: viewer.board._image is not None)
    keys.press(Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
    assert viewer.place == 1
    assert f"第 2 张，共 {count} 张" in words(viewer)
    keys.press(Qt.Key.Key_Plus)
    assert viewer.board.zoom > 1
    keys.press(Qt.Key.Key_0)
    assert viewer.board.zoom == 1
    keys.press(Qt.Key.Key_Escape)
    assert not viewer.isVisible()
    assert desk.trail[1] == desk.laptop.buildings.get(HOUSE).id
    assert file.photos.view.hasFocus()


def test_photographs_are_looked_at_by_mouse(qtbot: QtBot, file: FileView) -> None:
    mouse = Mouse(qtbot)
    mouse.click_row(file.photos.view, 2)
    viewer = file.viewer
    mouse.wait(viewer.isVisible)
    assert viewer.place == 2
    while viewer.next.isEnabled():
        mouse.click(viewer.next)
    assert viewer.place == len(file.photos.photos) - 1
    mouse.click(viewer.before)
    assert viewer.place == len(file.photos.photos) - 2


def test_on_a_narrow_window_a_button_leads_to_the_photographs(
    qtbot: QtBot, window: Window, file: FileView
) -> None:
    window.resize(1024, 700)
    mouse = Mouse(qtbot)
    mouse.wait(file.look.isVisible)
    mouse.click(file.look)
    mouse.wait(file.viewer.isVisible)


# -- the place hazards --------------------------------------------------------------------------------


def test_the_count_stands_in_the_rail_at_once(window: Window, desk: Desk) -> None:
    assert desk.place == "today"
    assert "hazards" not in desk._pages
    button = desk.rail.buttons["hazards"]
    assert button.accessibleDescription() == "1"
    assert button._grave


def test_a_locked_door_adds_nothing_to_the_count(desk: Desk, laptop: Laptop) -> None:
    opened = filled(laptop, LOCKED)
    laptop.visits.finalize(opened.visit_id)
    desk.changed()
    assert desk.rail.buttons["hazards"].accessibleDescription() == "1"  # a locked door is none


def hazards_of(qtbot: QtBot, desk: Desk) -> HazardsPage:
    """The place in front, read."""
    desk.go("hazards")
    page = desk.page("hazards")
    assert isinstance(page, HazardsPage)
    qtbot.waitUntil(lambda: not desk.jobs.running, timeout=10_000)
    return page


def test_open_hazards_are_listed_and_lead_to_the_house(qtbot: QtBot, window: Window, desk: Desk) -> None:
    page = hazards_of(qtbot, desk)
    (row,) = page.list.rows.rows
    assert row.text == HOUSE
    assert row.pill == ("danger", "重大·未确认")
    keys = Keyboard(qtbot, window, lambda: not desk.jobs.running)
    keys.press(Qt.Key.Key_Return)
    assert desk.trail == ("buildings", desk.laptop.buildings.get(HOUSE).id)
    keys.press(Qt.Key.Key_Escape)
    assert desk.place == "hazards"


def test_kinds_narrow_and_none_leads_back(qtbot: QtBot, desk: Desk) -> None:
    page, mouse = hazards_of(qtbot, desk), Mouse(qtbot)
    mouse.click(page.kinds.buttons[3])
    assert page.list.rows.rows == []
    button = page._no_such.focusProxy()
    assert button is not None
    mouse.click(button)
    assert len(page.list.rows.rows) == 1
    mouse.click(page.kinds.buttons[2])
    assert len(page.list.rows.rows) == 1


def test_nothing_open_says_so_and_leads_to_the_houses(
    qtbot: QtBot, tmp_path: Path, new_window: Callable[[], Window]
) -> None:
    new_laptop(tmp_path / "other").close()
    door = composition.access(tmp_path / "other", lambda: MORNING, WEAK)
    window = new_window()
    window.show_desk(door.unlock(INSPECTOR.inspector_id, PASSPHRASE))
    desk = window.desk
    assert desk is not None
    assert desk.rail.buttons["hazards"].accessibleDescription() == ""
    page = hazards_of(qtbot, desk)
    button = page._nothing.focusProxy()
    assert button is not None
    Mouse(qtbot).click(button)
    assert desk.place == "buildings"


def test_where_the_form_leads_back_to_the_file(qtbot: QtBot, desk: Desk, file: FileView) -> None:
    mouse = Mouse(qtbot)
    mouse.click(file.start)
    form = form_of(qtbot, desk)
    mouse.wait(lambda: bool(at(form)))
    page = desk.page("inspection")
    assert isinstance(page, InspectionPage)
    links = [one for one in form.context.findChildren(type(file.start)) if one.text() == "打开档案"]
    mouse.click(links[0])
    assert desk.trail == ("buildings", desk.laptop.buildings.get(HOUSE).id)
