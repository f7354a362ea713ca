"""F01 in the window: begun for a house that is known and for one that is not; cascade and repeats work."""

from __future__ import annotations

import os
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fieldapp.services.laptop import Laptop
from fieldapp.services.publishing import built_form, find_form
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.buildings.page import BuildingsPage
from tests.resources.test_building_profile import ADDRESS, OUT, PLATE, SIZE, UNIT
from tests.services.office import HOUSES
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
