"""A form is filled through the real window: by keyboard, by mouse, with undo, after a kill."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from fieldapp.services.filling import OpenForm
from fieldapp.services.laptop import Laptop
from fieldapp.ui.components import Button
from fieldapp.ui.controls.images import PhotoTile
from fieldapp.ui.controls.picking import PickPanel
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.inspection import InspectionPage, NewVisit, OpenVisit
from fieldapp.ui.pages.inspection.form import FormView
from fieldapp.ui.pages.inspection.questions import QuestionRow
from fieldapp.ui.window import Window
from tests.services.office import CHINA, FORM, LOCKED, MAJOR, begin, filled
from tests.ui.hands import type_chinese

RESULT = "/data/g_outcome/visit_result"
CHECK = "/data/g_check"
WALL, BEAM, SITE = f"{CHECK}/wall_damage", f"{CHECK}/beam_damage", f"{CHECK}/site_condition"
DEFECTS = "/data/g_defect/rep_defect"
LEVEL = "/data/g_result/hazard_level"
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
CONTROLS = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox)


def shown(qtbot: QtBot, desk: Desk, opened: OpenForm) -> FormView:
    """The page with this form in front, all of its section built."""
    opened.settle()
    desk.go("inspection", OpenVisit(opened.visit_id, FORM))
    return form_of(qtbot, desk)


def form_of(qtbot: QtBot, desk: Desk) -> FormView:
    """The form in front, once it stands."""
    page = desk.page("inspection")
    assert isinstance(page, InspectionPage)
    qtbot.waitUntil(lambda: page.form is not None and page.front() is page.form, timeout=15000)
    form = page.form
    assert form is not None
    qtbot.waitUntil(lambda: form.view.whole, timeout=15000)
    return form


def row_at(qtbot: QtBot, form: FormView, path: str) -> QuestionRow:
    """The question at ``path``, with the keyboard on it."""
    form.go_to(path)

    def there() -> bool:
        return any(row.path == path for row in form.view.rows())

    qtbot.waitUntil(there, timeout=15000)
    row = next(row for row in form.view.rows() if row.path == path)
    qtbot.waitUntil(lambda: row.isAncestorOf(focus()), timeout=15000)
    return row


def focus() -> QWidget:
    """What has the keyboard."""
    found = QApplication.focusWidget()
    assert found is not None
    return found


def at(form: FormView) -> str:
    """The question that has the keyboard."""
    row = form.view.row_of(focus())
    return "" if row is None else row.path


# -- by keyboard --------------------------------------------------------------------------------------


def test_digits_choose_and_enter_leads_on(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    opened = begin(laptop)
    form = shown(qtbot, desk, opened)
    row_at(qtbot, form, RESULT)
    qtbot.keyClick(focus(), Qt.Key.Key_1)
    assert form.answering.session.value(RESULT) == "done"
    row_at(qtbot, form, SITE)
    for key in (Qt.Key.Key_1, Qt.Key.Key_Return, Qt.Key.Key_1, Qt.Key.Key_Return, Qt.Key.Key_4):
        qtbot.keyClick(focus(), key)
    said = [form.answering.session.value(f"{CHECK}/{name}") for name in
            ("site_condition", "ground_settle", "ground_joint")]  # fmt: skip
    assert said == ["ok", "ok", "absent"]
    qtbot.keyClick(focus(), Qt.Key.Key_Return, SHIFT)
    assert at(form) == f"{CHECK}/ground_settle"
    qtbot.keyClick(focus(), Qt.Key.Key_Tab)
    assert at(form) == f"{CHECK}/ground_joint"


def test_the_last_question_leads_into_the_next_section(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    form = shown(qtbot, desk, begin(laptop))
    row_at(qtbot, form, RESULT)
    qtbot.keyClick(focus(), Qt.Key.Key_1)
    row_at(qtbot, form, f"{CHECK}/persons_now")
    qtbot.keyClicks(focus(), "31")
    qtbot.keyClick(focus(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: at(form) == LEVEL, timeout=15000)
    assert form.answering.session.value(f"{CHECK}/persons_now") == "31"


def test_numbers_take_commas_and_full_width_and_say_what_is_wrong_when_left(
    qtbot: QtBot, desk: Desk, laptop: Laptop
) -> None:
    opened = filled(laptop, MAJOR)
    form = shown(qtbot, desk, opened)
    row = row_at(qtbot, form, f"{DEFECTS}[1]/d_crack_w")
    edit = focus()
    assert isinstance(edit, QLineEdit)
    edit.selectAll()
    type_chinese(edit, "９９９")
    assert edit.text() == "999"
    assert row.complaint == ""
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert row.complaint == "缝宽大于 0，不超过 200 mm"
    assert row.isVisible()
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "1,4")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert form.answering.session.value(f"{DEFECTS}[1]/d_crack_w") == "1.4"
    assert row.complaint == ""


def test_what_is_typed_is_on_the_disk_without_leaving_the_field(
    qtbot: QtBot, desk: Desk, laptop: Laptop
) -> None:
    opened = filled(laptop, LOCKED)
    form = shown(qtbot, desk, opened)
    row_at(qtbot, form, "/data/g_outcome/visit_reason")
    edit = focus()
    assert isinstance(edit, QPlainTextEdit)
    edit.selectAll()
    type_chinese(edit, "敲门三次无人应答")

    def kept() -> bool:
        draft = laptop.store.drafts.get(opened.visit_id, FORM)
        return draft is not None and "敲门三次无人应答" in draft.xml.decode()

    qtbot.waitUntil(kept, timeout=1000)
    qtbot.waitUntil(lambda: "09:05:00" in form._saved.text(), timeout=1000)
    assert form.answering.editing.can_undo
    assert form.answering.undo()
    assert not form.answering.editing.can_undo  # a sentence is one step


def test_f8_leads_to_what_is_open_and_says_it(
    qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop
) -> None:
    opened = filled(laptop, MAJOR)
    opened.answer(BEAM, "")
    opened.answer(f"{CHECK}/persons_now", "")
    opened.go_to(RESULT)
    form = shown(qtbot, desk, opened)
    assert "2" in form.left.text()
    qtbot.keyClick(window, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: at(form) == BEAM, timeout=15000)
    row = form.view.row_of(focus())
    assert row is not None
    assert row.complaint == "必填"
    qtbot.keyClick(focus(), Qt.Key.Key_1)
    assert row.complaint == ""
    qtbot.keyClick(window, Qt.Key.Key_Period, CONTROL)
    qtbot.waitUntil(lambda: at(form) == f"{CHECK}/persons_now", timeout=15000)


def test_f8_leads_to_a_missing_photograph_and_to_one_that_is_not_sorted(
    qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop
) -> None:
    opened = filled(laptop, MAJOR)
    opened.answer("/data/g_photo/rep_photo[6]/photo_kind", "")
    opened.add_repeat("/data/g_photo/rep_photo")
    opened.answer("/data/g_photo/rep_photo[7]/photo_kind", "roof")
    form = shown(qtbot, desk, opened)
    row_at(qtbot, form, RESULT)
    qtbot.keyClick(window, Qt.Key.Key_F8)
    page = desk.page("inspection")
    assert isinstance(page, InspectionPage)
    qtbot.waitUntil(lambda: page.photos is not None and page.front() is page.photos, timeout=15000)
    assert page.photos is not None
    picture = page.photos.picture
    qtbot.waitUntil(lambda: picture.path == "/data/g_photo/rep_photo[6]/photo", timeout=15000)
    qtbot.waitUntil(lambda: any(row.complaint == "必填" for row in picture._rows), timeout=15000)
    form.answering.answer("/data/g_photo/rep_photo[6]/photo_kind", "interior")
    qtbot.keyClick(focus(), Qt.Key.Key_Escape)
    assert page.front() is form
    qtbot.keyClick(window, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: isinstance(focus(), PhotoTile), timeout=15000)


def test_the_same_as_last_time_is_never_a_finding(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    first = filled(laptop, MAJOR)
    laptop.visits.finalize(first.visit_id)
    building = laptop.store.visits.get(first.visit_id).building_id
    assert building is not None
    desk.go("inspection", NewVisit(building))
    form = form_of(qtbot, desk)
    row_at(qtbot, form, RESULT)
    qtbot.keyClick(focus(), Qt.Key.Key_1)
    row_at(qtbot, form, SITE)
    qtbot.keyClick(focus(), Qt.Key.Key_Equal)
    assert form.answering.session.value(SITE) == "ok"
    row_at(qtbot, form, WALL)
    qtbot.keyClick(focus(), Qt.Key.Key_Equal)
    assert form.answering.session.value(WALL) == ""
    row_at(qtbot, form, LEVEL)
    qtbot.keyClick(focus(), Qt.Key.Key_Equal)
    assert form.answering.session.value(LEVEL) == ""


def test_phrases_are_picked_by_pinyin(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    opened = begin(laptop)
    opened.answer(RESULT, "locked")
    form = shown(qtbot, desk, opened)
    row_at(qtbot, form, "/data/g_outcome/visit_reason")
    qtbot.keyClick(focus(), Qt.Key.Key_Space, CONTROL)
    assert isinstance(focus().parentWidget(), PickPanel)
    qtbot.keyClicks(focus(), "dpty")
    qtbot.keyClick(focus(), Qt.Key.Key_Return)
    assert form.answering.session.value("/data/g_outcome/visit_reason") == "店铺停业，大门上锁"


# -- by mouse -----------------------------------------------------------------------------------------


def test_a_finding_opens_a_card_below_its_item(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    opened = begin(laptop)
    opened.answer(RESULT, "done")
    form = shown(qtbot, desk, opened)
    row = row_at(qtbot, form, WALL)
    buttons = [one for one in row.control.findChildren(Button) if "有" in one.text() and one.isVisible()]
    qtbot.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    assert form.answering.session.value(WALL) == "have"
    qtbot.waitUntil(lambda: form.view.whole, timeout=15000)
    paths = [one.path for one in form.view.rows()]
    assert paths[paths.index(WALL) + 1].startswith(f"{DEFECTS}[1]/")
    assert f"{DEFECTS}[1]/d_item" not in paths  # the card stands below its item
    line = next(line for line in form.outline.lines if line.key == WALL)
    assert (line.word, line.finding) == ("有·1", True)


def test_a_second_item_gets_a_card_of_its_own(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    opened = begin(laptop)
    opened.answer(RESULT, "done")
    form = shown(qtbot, desk, opened)
    for path in (WALL, BEAM):
        row_at(qtbot, form, path)
        qtbot.keyClick(focus(), Qt.Key.Key_2)
    items = [form.answering.session.value(f"{one.path}/d_item")
             for one in form.answering.editing.instances(DEFECTS)]  # fmt: skip
    assert items == ["wall_damage", "beam_damage"]
    assert form.answering.undo()
    assert form.answering.session.value(BEAM) == ""
    assert len(form.answering.editing.instances(DEFECTS)) == 1


def test_a_deleted_card_comes_back_by_undo(qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop) -> None:
    form = shown(qtbot, desk, filled(laptop, MAJOR))
    row_at(qtbot, form, f"{DEFECTS}[1]/d_crack_w")
    before = form.answering.session.draft_xml()
    card = next(one for piece in form.view._pieces.values() for one in getattr(piece, "cards", ())
                if one.instance == f"{DEFECTS}[1]")  # fmt: skip
    qtbot.mouseClick(card.remove, Qt.MouseButton.LeftButton)
    assert len(form.answering.editing.instances(DEFECTS)) == 1
    qtbot.mouseClick(desk._toast._undo, Qt.MouseButton.LeftButton)
    assert form.answering.session.draft_xml() == before
    row_at(qtbot, form, f"{DEFECTS}[1]/d_crack_w")


def test_undo_and_redo_by_keys(qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop) -> None:
    form = shown(qtbot, desk, filled(laptop, MAJOR))
    row_at(qtbot, form, LEVEL)
    advice = form.answering.session.value("/data/g_result/advice")
    qtbot.keyClick(focus(), Qt.Key.Key_2)
    assert form.answering.session.value("/data/g_result/advice") != advice
    qtbot.keyClick(focus(), Qt.Key.Key_Z, CONTROL)
    assert form.answering.session.value(LEVEL) == "major"
    assert form.answering.session.value("/data/g_result/advice") == advice
    qtbot.keyClick(window, Qt.Key.Key_Y, CONTROL)
    assert form.answering.session.value(LEVEL) == "general"


def test_a_fact_is_corrected_in_its_place(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    opened = begin(laptop, MAJOR)
    form = shown(qtbot, desk, opened)
    form._lead_to("/data/g_building")
    qtbot.waitUntil(lambda: form.view.whole, timeout=15000)
    facts = next(piece for piece in form.view._pieces.values() if hasattr(piece, "cells"))
    cell = next(one for one in facts.cells if one.fact == "floors_up")
    assert not cell.button.isEnabled()
    assert cell.button.toolTip()
    form.answering.answer(RESULT, "done")
    qtbot.mouseClick(cell.button, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(focus(), "5")
    qtbot.keyClick(focus(), Qt.Key.Key_Return)
    assert form.answering.session.value("/data/g_building/floors_up") == "5"
    assert cell._was.text() == "原 4"
    qtbot.waitUntil(lambda: form.view.whole, timeout=15000)
    assert "/data/g_fix/fix_reason" in [row.path for row in form.view.rows()]


def test_the_red_panel_writes_whom_and_when(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    opened = filled(laptop, MAJOR)
    for name in ("phoned_to", "phoned_at", "hazard_level"):
        opened.answer(f"/data/g_result/{name}", "")
    form = shown(qtbot, desk, opened)
    panel = form.context.major
    assert [panel.isVisible(), panel.filled] == [True, False]
    panel.to.setFocus()
    type_chinese(panel.to, "江南街道值班室")
    qtbot.mouseClick(panel.called, Qt.MouseButton.LeftButton)
    assert panel.filled  # kept, although the level is not said yet
    row_at(qtbot, form, LEVEL)
    qtbot.keyClick(focus(), Qt.Key.Key_3)
    assert form.answering.session.value("/data/g_result/phoned_to") == "江南街道值班室"
    said = form.answering.session.value("/data/g_result/phoned_at")
    assert datetime.fromisoformat(said) == datetime(2022, 12, 8, 9, 5, tzinfo=CHINA)
    assert said.endswith("+08:00")


def test_hints_name_rules_and_lead_to_the_defect(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    form = shown(qtbot, desk, filled(laptop, MAJOR))
    words = [one.accessibleName() for one in form.context.hints.findChildren(QWidget) if one.accessibleName()]
    assert any("M6、H2" in one for one in words)
    link = next(one for one in form.context.hints.findChildren(Button) if one.text() == "缺陷 2")
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: at(form).startswith(f"{DEFECTS}[2]/"), timeout=15000)
    form.answering.answer(WALL, "ok")
    form.answering.answer(f"{CHECK}/alteration_found", "ok")
    assert not any("H2" in one.accessibleName() for one in form.context.hints.findChildren(QWidget)
                   if one.isVisibleTo(form))  # fmt: skip


def test_the_language_of_the_form_is_switched(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    form = shown(qtbot, desk, filled(laptop, MAJOR))
    row_at(qtbot, form, BEAM)
    qtbot.mouseClick(form.language, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: form.view.whole, timeout=15000)
    row = row_at(qtbot, form, BEAM)
    assert row._name.text() == "8. Beams cracked, sagging or with bare bars"
    assert form.answering.session.value(BEAM) == "ok"


def test_forms_open_in_the_language_of_the_window_and_say_the_same(
    qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop
) -> None:
    opened = filled(laptop, MAJOR)
    before = opened.session.to_xml()
    opened.settle()
    window.preferences.language = "en"
    desk.rebuild()
    qtbot.waitUntil(lambda: window.desk is not None and window.desk is not desk)
    there = window.desk
    assert there is not None
    there.go("inspection", OpenVisit(opened.visit_id, FORM))
    form = form_of(qtbot, there)
    assert form.answering.language == "en"
    assert row_at(qtbot, form, BEAM)._name.text() == "8. Beams cracked, sagging or with bare bars"
    assert form.answering.session.to_xml() == before


def test_everything_has_a_name_and_one_next_step(qtbot: QtBot, desk: Desk, laptop: Laptop) -> None:
    form = shown(qtbot, desk, filled(laptop, MAJOR))
    for section in form._sections():
        form.show_section(section)
        qtbot.waitUntil(lambda: form.view.whole, timeout=15000)
        for control in form.findChildren(QWidget):
            if isinstance(control, CONTROLS) and control.isVisible():
                spoken = QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name)
                assert spoken.strip(), f"{type(control).__name__} in {section.path}"
        primary = [one for one in form.findChildren(Button)
                   if one.kind == "primary" and one.isVisible() and one.isEnabled()]  # fmt: skip
        assert len(primary) == 1
