"""补正 through the real window: a final record is never changed, a new version stands beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame
from pytestqt.qtbot import QtBot

from fieldapp.services.laptop import Laptop
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.inspection import InspectionPage
from fieldapp.ui.pages.inspection.form import FormView
from fieldapp.ui.pages.paper.page import PaperPage
from fieldapp.ui.window import Window
from tests.services.office import FORM, MAJOR, filled
from tests.ui.test_inspection import CHECK, CONTROL, focus, form_of, row_at
from tests.ui.test_inspection_final import final_of, finalized

PERSONS = f"{CHECK}/persons_now"


def banners(form: FormView) -> list[str]:
    """What stands over the form."""
    return [one.accessibleName() for one in form.findChildren(QFrame) if one.property("banner")]


def test_a_record_just_finalized_is_corrected_as_a_new_version(
    qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop
) -> None:
    final = finalized(qtbot, window, desk, laptop)
    (first,) = final.records
    qtbot.mouseClick(final.amend, Qt.MouseButton.LeftButton)
    form = form_of(qtbot, desk)
    assert banners(form) == ["第 1 次补正：已定稿的记录不变，本次另存为新版本。"]
    row_at(qtbot, form, PERSONS)
    qtbot.keyClick(focus(), Qt.Key.Key_A, CONTROL)
    qtbot.keyClicks(focus(), "27")
    qtbot.keyClick(window, Qt.Key.Key_F, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    again = final_of(qtbot, desk)
    assert again is not final
    qtbot.waitUntil(again.finalize.isVisible, timeout=15000)
    assert laptop.store.submissions.list()[0].sha256 == first.sha256  # nothing is done by looking
    qtbot.keyClick(window, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: bool(again.records), timeout=8000)
    (second,) = again.records
    assert (second.chain.version, second.chain.deprecated_id) == (2, first.chain.instance_id)
    assert second.chain.record_id == first.chain.record_id
    kept = laptop.store.submissions.get(first.chain.instance_id)
    assert (kept.xml, kept.sha256, kept.record) == (first.xml, first.sha256, "superseded")
    assert b"<persons_now>27</persons_now>" in second.xml
    assert [one.instance_id for one in laptop.store.outbox.pending()] == [
        first.chain.instance_id, second.chain.instance_id,
    ]  # fmt: skip


def test_the_place_papers_leads_there_and_a_correction_is_gone_on_with(
    qtbot: QtBot, desk: Desk, laptop: Laptop
) -> None:
    (record,) = laptop.visits.finalize(filled(laptop, MAJOR).visit_id)
    desk.go("papers", str(record.chain.instance_id))
    papers = desk.page("papers")
    assert isinstance(papers, PaperPage)
    qtbot.waitUntil(lambda: papers.chosen() is not None, timeout=15000)
    qtbot.mouseClick(papers.correct, Qt.MouseButton.LeftButton)
    form = form_of(qtbot, desk)
    row_at(qtbot, form, PERSONS)
    qtbot.keyClick(focus(), Qt.Key.Key_A, CONTROL)
    qtbot.keyClicks(focus(), "28")
    page = desk.page("inspection")
    assert isinstance(page, InspectionPage)
    page.to_list()
    assert page.form is None
    desk.go("inspection", f"correct:{record.chain.instance_id}")
    again = form_of(qtbot, desk)
    assert again.answering.session.value(PERSONS) == "28"
    assert len(laptop.store.drafts.list(record.visit_id)) == 1
    draft = laptop.store.drafts.get(record.visit_id, FORM)
    assert draft is not None
    assert draft.chain.deprecated_id == record.chain.instance_id
