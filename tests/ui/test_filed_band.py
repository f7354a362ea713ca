"""A house whose file was joined to another's, through the window: the old id, code and record lead to the
file that stands, which says when, by whom and why."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot

from fieldapp import app as composition
from fieldapp.domain.filings import BUILDINGS, FILINGS, INTO, JOINED, LIFE, Filed
from fieldapp.services.access import Access
from fieldapp.services.laptop import Laptop
from fieldapp.store.pulled import PulledRow
from fieldapp.ui.desk import Desk
from tests.services.office import HOUSES, MAJOR, MORNING, filled, new_laptop
from tests.store.building import WEAK
from tests.ui.test_building_file import HOUSE, LOCKED_HOUSE, file_of, words

REASON = "现场为同一栋"


def pull(laptop: Laptop, old: str, stands: str) -> None:
    """What the district's next pull brings once the files are joined."""
    register = laptop.store.register
    joined, kept = register.get(BUILDINGS, old), register.get(BUILDINGS, stands)
    assert joined is not None
    assert kept is not None
    told = Filed(
        str(UUID(int=7)), "join", stands, old, joined.values["building_code"], joined.label, old,
        MORNING.isoformat(), "林某某", REASON,
    )  # fmt: skip
    gone = {**joined.values, LIFE: "merged", INTO: stands}
    found = {**kept.values, JOINED: f"{joined.label} {joined.values['building_code']}"}
    rows = (
        PulledRow(BUILDINGS, stands, 2, kept.label, found, False, 1),
        PulledRow(BUILDINGS, old, 2, joined.label, gone, True, 2),
        PulledRow(FILINGS, told.id, 1, joined.label, told.to_row(), False, 3),
    )
    laptop.store.pulled.keep(laptop.store.pulled.ready(rows, (), {}, 3, "all"))
    laptop.store.pulled.finish()


@pytest.fixture
def access(tmp_path: Path) -> Access:
    """A laptop with a record of a house that has been joined to another since; locked."""
    with new_laptop(tmp_path / "laptop") as laptop:
        laptop.visits.finalize(filled(laptop, MAJOR).visit_id)
        pull(laptop, laptop.buildings.get(HOUSE).id, laptop.buildings.get(LOCKED_HOUSE).id)
    return composition.access(tmp_path / "laptop", lambda: MORNING, WEAK)


def test_the_old_file_leads_to_the_one_that_stands_and_says_so(qtbot: QtBot, desk: Desk) -> None:
    (record,) = desk.laptop.store.submissions.list()
    file = file_of(qtbot, desk, HOUSES[0])
    stands = UUID(desk.laptop.buildings.get(LOCKED_HOUSE).id)
    assert record.building_id != stands, "the record keeps what it told"
    assert file.building == stands
    said = words(file.filed)
    for part in (HOUSE, HOUSES[0], "已并入本档", "林某某", REASON):
        assert part in said
    assert file.filed.accessibleName() == said
    assert file.file is not None
    assert [one.visit_id for one in file.file.works] == [record.visit_id]
    assert desk.laptop.ledger.newest().keys() == {str(stands)}
    (waiting,) = desk.laptop.store.outbox.waiting()
    assert waiting.label == LOCKED_HOUSE


def test_a_file_that_was_always_one_says_nothing(qtbot: QtBot, desk: Desk) -> None:
    file = file_of(qtbot, desk, HOUSES[2])
    assert file.filed.isHidden()
