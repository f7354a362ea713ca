"""The sheet of F01 in the window: beside a visit that is not final, and in the papers when it is."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from fieldapp.domain.visit import Visit
from fieldapp.services.laptop import Laptop
from fieldapp.services.publishing import built_form, find_form
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.inspection import InspectionPage, OpenVisit
from fieldapp.ui.pages.paper import PaperPage
from tests.services.office import FORM
from tests.services.test_shared_visit import F01, surveyed
from tests.ui.test_inspection import form_of


@pytest.fixture
def visit(laptop: Laptop) -> Visit:
    """A first survey with both forms, ready to be finalized."""
    laptop.store.forms.install(F01, find_form(F01).version, built_form(F01))
    return surveyed(laptop)


@pytest.mark.parametrize("form_id", [F01, FORM])
def test_the_sheet_stands_beside_what_becomes_final(
    qtbot: QtBot, desk: Desk, visit: Visit, form_id: str
) -> None:
    desk.go("inspection", OpenVisit(visit.visit_id, form_id))
    form_of(qtbot, desk)
    page = desk.page("inspection")
    assert isinstance(page, InspectionPage)
    page.show_final()
    final = page.final
    assert final is not None
    qtbot.waitUntil(lambda: final.preview.pages == 1, timeout=15_000)
    assert not desk.notice.isVisible()


def test_the_papers_show_and_print_it(qtbot: QtBot, desk: Desk, laptop: Laptop, visit: Visit) -> None:
    profile, _inspected = laptop.visits.finalize(visit.visit_id)
    desk.go("papers", str(profile.chain.instance_id))
    page = desk.page("papers")
    assert isinstance(page, PaperPage)
    qtbot.waitUntil(lambda: page.desk.pdf.pages == 2, timeout=15_000)  # 一式两份
    assert page.desk.print.isVisible()
    assert not desk.notice.isVisible()
