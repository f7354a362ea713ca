"""F01 in the window: begun for a house that is known and for one that is not; cascade and repeats work."""

from __future__ import annotations

import os
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fieldapp.services.laptop import Laptop
from fieldapp.services.publishing import built_form, find_form
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.buildings.page import BuildingsPage
from fieldapp.ui.pages.inspection.facts import KnownFact
from fieldapp.ui.pages.inspection.form import FormView
from tests.resources.test_building_profile import ADDRESS, FIX, OUT, PLATE, SIZE, UNIT
from tests.services.office import FORM, HOUSES
from tests.ui.test_inspection import form_of, row_at

F01 = "building_profile"


@pytest.fixture
def buildings(desk: Desk, laptop: Laptop) -> BuildingsPage:
    """The place 房屋, on a laptop that has F01."""
    laptop.store.forms.install(F01, find_form(F01).version, built_form(F01))
    page = desk.page("buildings")
    assert isinstance(page, BuildingsPage)
    return page


def look(desk: Desk, name: str) -> None:
    """A picture for whoever asks for it by FIELDAPP_LOOK."""
    folder = os.environ.get("FIELDAPP_LOOK", "")
    if folder:
        desk.window().grab().save(f"{folder}/{name}.png")


def test_a_new_house_is_filed_from_the_place_buildings(
    qtbot: QtBot, desk: Desk, laptop: Laptop, buildings: BuildingsPage
) -> None:
    desk.go("buildings")
    (action,) = (one for one in buildings.actions_of_page() if one.name == "buildings.new")
    action.run()
    form = form_of(qtbot, desk)
    session = form.answering.session
    assert session.definition.form_id == F01
    assert laptop.store.visits.list()[0].building_id is not None
    form.answering.answer(OUT + "visit_result", "done")
    form.answering.answer(ADDRESS + "new_street", "350502001")
    assert len(session.choices(ADDRESS + "new_community")) == 8
    form.answering.answer(UNIT + "[1]/unit_kind", "flat")
    form.answering.editing.add_repeat(PLATE)
    row_at(qtbot, form, ADDRESS + "new_address_detail")
    look(desk, "new-house")
    action.run()
    qtbot.waitUntil(lambda: len(laptop.store.visits.list()) == 2, timeout=15000)


def test_a_known_house_is_corrected_from_its_file(
    qtbot: QtBot, desk: Desk, laptop: Laptop, buildings: BuildingsPage
) -> None:
    house = UUID(laptop.buildings.get(HOUSES[2]).id)
    desk.go("buildings", house)
    qtbot.mouseClick(buildings.file.profile, Qt.MouseButton.LeftButton)
    form = form_of(qtbot, desk)
    assert form.answering.session.definition.form_id == F01
    assert laptop.store.visits.list()[0].building_id == house
    form.answering.answer(OUT + "visit_result", "done")
    row_at(qtbot, form, SIZE + "new_height_m")
    look(desk, "known-house")


def fact_at(qtbot: QtBot, form: FormView, path: str) -> KnownFact:
    """The fact at ``path``, in sight."""

    def found() -> list[KnownFact]:
        return [one for one in form.view.findChildren(KnownFact) if one.path == path and one.isVisible()]

    qtbot.waitUntil(lambda: bool(found()), timeout=15000)
    return found()[0]


def test_a_fact_is_corrected_where_it_stands(
    qtbot: QtBot, desk: Desk, laptop: Laptop, buildings: BuildingsPage
) -> None:
    """更正 in place: the register's value, the new one below it, and the one reason for all at the end."""
    house = laptop.buildings.get(HOUSES[2])
    desk.go("buildings", UUID(house.id))
    qtbot.mouseClick(buildings.file.profile, Qt.MouseButton.LeftButton)
    form = form_of(qtbot, desk)
    form.answering.answer(OUT + "visit_result", "done")
    form.go_to(SIZE + "floors_up")
    row_at(qtbot, form, SIZE + "new_height_m")
    fact = fact_at(qtbot, form, SIZE + "floors_up")
    was = house.values["floors_up"]
    assert fact.button.accessibleName().startswith(fact.layout().itemAt(0).widget().text())  # type: ignore[union-attr]
    qtbot.mouseClick(fact.button, Qt.MouseButton.LeftButton)
    assert form.answering.session.value(FIX + "fix_facts") == "floors_up"
    row_at(qtbot, form, SIZE + "new_floors_up")
    form.answering.answer(SIZE + "new_floors_up", str(int(was) + 1))
    assert fact_at(qtbot, form, SIZE + "floors_up") is fact
    assert any(was in one.text() for one in fact.findChildren(QLabel))
    assert FIX + "fix_reason" in form.answering.wrong
    look(desk, "corrected-fact")
    qtbot.mouseClick(fact.button, Qt.MouseButton.LeftButton)
    assert form.answering.session.value(FIX + "fix_facts") == ""
    assert form.answering.session.value(SIZE + "floors_up") == was


@pytest.mark.parametrize("known", [True, False])
def test_the_first_survey_is_one_visit_with_both_forms(
    qtbot: QtBot, desk: Desk, laptop: Laptop, buildings: BuildingsPage, known: bool
) -> None:
    house = UUID(laptop.buildings.get(HOUSES[2]).id) if known else None
    desk.go("buildings", house)
    wanted = "buildings.survey" if known else "buildings.new_survey"
    (action,) = (one for one in buildings.actions_of_page() if one.name == wanted)
    action.run()
    form = form_of(qtbot, desk)
    (visit,) = laptop.store.visits.list()
    assert house in (None, visit.building_id)
    assert [draft.form_id for draft in laptop.store.drafts.list(visit.visit_id)] == [F01, FORM]
    assert form.answering.session.definition.form_id == F01
    form.answering.answer(OUT + "visit_result", "done")
    page = desk.page("inspection")
    (turn,) = (one for one in page.actions_of_page() if one.name == "form.other")
    turn.run()
    qtbot.waitUntil(lambda: form_of(qtbot, desk).answering.session.definition.form_id == FORM, timeout=15000)
    assert form_of(qtbot, desk).answering.session.value(OUT + "visit_result") == "done"
    turn.run()
    qtbot.waitUntil(lambda: form_of(qtbot, desk).answering.session.definition.form_id == F01, timeout=15000)
