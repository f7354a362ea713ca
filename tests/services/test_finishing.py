"""Characters that sheets cannot draw are recorded, and told before finalizing."""

from __future__ import annotations

import pytest

from fieldapp.domain.visit import TeamMember
from fieldapp.services.finishing import Finishing
from fieldapp.services.laptop import Laptop
from tests.services.office import LOCKED, filled
from tests.sheets.pdfs import text

REASON = "/data/g_outcome/visit_reason"


def finishing(laptop: Laptop) -> Finishing:
    return Finishing(laptop.store, laptop.clock, laptop.filling, laptop.visits, laptop.paper)


def test_a_rare_character_is_told_recorded_and_printed_by_its_number(laptop: Laptop) -> None:
    opened = filled(laptop, LOCKED)
    assert finishing(laptop).outlook(opened.visit_id).unprintable == ()
    opened.answer(REASON, "户主王𠮷外出，邻居葛某说")
    opened.settle()
    (odd,) = finishing(laptop).outlook(opened.visit_id).unprintable
    assert (odd.form_id, odd.path, odd.characters) == ("hazard_inspection", REASON, "𠮷")
    assert odd.named == "𠮷 (U+20BB7)"
    assert odd.label
    assert "〔U+20BB7〕" in text(finishing(laptop).preview(opened.visit_id, "hazard_inspection", "onsite"))
    (record,) = laptop.visits.finalize(opened.visit_id)
    assert "户主王𠮷外出" in record.xml.decode()
    assert "王〔U+20BB7〕外出" in text(laptop.paper.sheet(record, "archive").pdf)


@pytest.mark.parametrize("name", ["王𠮷", "王吉"])
def test_a_name_of_the_team_is_told_too(laptop: Laptop, name: str) -> None:
    opened = filled(laptop, LOCKED)
    visit = laptop.store.visits.get(opened.visit_id)
    laptop.visits.set_team((TeamMember(name, "江南街道", "LC-1"),))
    fresh = laptop.visits.begin(visit.building_id, ["hazard_inspection"])
    told = finishing(laptop).outlook(fresh.visit_id).unprintable
    assert [(one.path, one.characters) for one in told] == ([("", "𠮷")] if "𠮷" in name else [])
    assert fresh.team[0].name == name
