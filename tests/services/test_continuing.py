"""After a partial visit: what was seen is filled in, what was not is asked, no judgement is copied."""

from __future__ import annotations

from uuid import UUID

import pytest

from fieldapp.errors import UserError
from fieldapp.services import carried
from fieldapp.services.editing import Editing
from fieldapp.services.filling import OpenForm
from fieldapp.services.finishing import Finishing
from fieldapp.services.laptop import Laptop
from fieldapp.services.paper import Kind
from tests.services.office import FORM, MAJOR, filled, jpeg
from tests.sheets.pdfs import text

CHECK, DEFECT = "/data/g_check", "/data/g_defect/rep_defect"


KINDS: tuple[Kind, ...] = ("onsite", "archive")


def photograph(laptop: Laptop, opened: OpenForm, path: str) -> None:
    """Answer with a new photograph."""
    kept = laptop.evidence.add(opened.visit_id, jpeg(len(path), note=path), question=path)
    opened.attach(path, kept.name)
    opened.settle()


def partial(laptop: Laptop) -> OpenForm:
    """A major hazard in a house where the third storey was locked and the roof could not be reached."""
    opened = filled(laptop, MAJOR)
    for path, value in {
        "/data/g_outcome/visit_result": "partial",
        "/data/g_outcome/visit_reason": "三层上锁",
        "/data/g_outcome/unseen_parts": "三层北侧两间",
        "/data/g_outcome/next_visit_date": "2022-12-20",
        f"{CHECK}/roof_damage": "unseen",
        f"{CHECK}/roof_damage_why": "无法到达",
    }.items():
        opened.answer(path, value)
    opened.settle()
    laptop.visits.finalize(opened.visit_id)
    return opened


@pytest.fixture
def first(laptop: Laptop) -> OpenForm:
    """The partial visit, frozen."""
    return partial(laptop)


def again(laptop: Laptop, first: OpenForm) -> OpenForm:
    """The next visit of the same house, entered."""
    building = laptop.store.visits.get(first.visit_id).building_id
    visit = laptop.visits.begin(building, [FORM])
    opened = laptop.filling.open(visit.visit_id, FORM)
    opened.answer("/data/g_outcome/visit_result", "done")
    return opened


def test_what_was_seen_is_filled_in_and_the_rest_asked(laptop: Laptop, first: OpenForm) -> None:
    second = again(laptop, first)
    for path in (f"{CHECK}/wall_damage", f"{CHECK}/tilt_mm", f"{DEFECT}[1]/d_crack_w", f"{DEFECT}[2]/d_note"):
        assert second.session.value(path) == first.session.value(path) != ""
    assert len(second.session.node("/data/g_defect").children) == len(
        first.session.node("/data/g_defect").children
    )
    for path in ("roof_damage", "roof_damage_why", "foundation_damage", "foundation_damage_why"):
        assert second.session.value(f"{CHECK}/{path}") == ""
    second.settle()
    asked = {
        one.path.rpartition("/")[2]
        for one in laptop.visits.open_questions(second.visit_id)
        if one.kind != carried.KIND
    }
    assert asked == {
        "photo", "photo_plate_why", "foundation_damage", "roof_damage", "d_photo_near", "hazard_level",
    }  # fmt: skip


def test_each_carried_answer_waits_until_it_was_looked_at(laptop: Laptop, first: OpenForm) -> None:
    second = again(laptop, first)
    wall, width = f"{CHECK}/wall_damage", f"{DEFECT}[1]/d_crack_w"

    def waits() -> set[str]:
        return {node.path for node in carried.waiting(second.session)}

    assert {wall, width, f"{CHECK}/persons_now", f"{DEFECT}[2]/d_note"} <= waits()
    assert not any(path.endswith(("/d_item", "/d_component", "/hazard_level")) for path in waits())
    many = len(waits())
    second.answer(width, "7.0")  # measured again
    second.confirm([wall, f"{CHECK}/roof_damage"])  # looked at again; the roof never was
    assert waits().isdisjoint({wall, width})
    assert len(waits()) == many - 2
    assert second.session.value("/data/held") == "wall_damage"
    assert second.session.value(f"{DEFECT}[1]/d_held") == ""
    kinds = {one.path: one.kind for one in carried.open_of(second.session)}
    assert kinds[f"{CHECK}/beam_damage"] == carried.KIND
    assert kinds[f"{CHECK}/roof_damage"] == "required"
    order = list(second.session.definition.nodes)
    outside = [path for path in kinds if "[" not in path]
    assert outside == sorted(outside, key=order.index)
    second.settle()
    with pytest.raises(UserError, match=r"VISIT_001.*beam_damage"):
        laptop.visits.finalize(second.visit_id)
    reopened = laptop.filling.open(second.visit_id, FORM)  # as after a kill
    assert {node.path for node in carried.waiting(reopened.session)} == waits()


def test_a_visit_that_found_the_door_locked_asks_for_nothing(laptop: Laptop, first: OpenForm) -> None:
    second = again(laptop, first)
    second.answer("/data/g_outcome/visit_result", "locked")
    assert carried.waiting(second.session) == ()


def test_marks_stay_with_their_defect_and_undo_brings_them_back(laptop: Laptop, first: OpenForm) -> None:
    editing = Editing(again(laptop, first))
    note = f"{DEFECT}[2]/d_note"

    def waits() -> list[str]:
        return [node.path for node in carried.waiting(editing.session)]

    before = waits()
    assert editing.confirm([note])
    assert note not in waits()
    assert not editing.confirm([note])
    assert editing.undo()
    assert waits() == before
    copy = editing.copy_repeat(f"{DEFECT}[2]")
    assert f"{copy}/d_note" in waits()  # copying is not looking
    assert editing.undo()
    editing.remove_repeat(f"{DEFECT}[1]")
    assert f"{DEFECT}[1]/d_note" in waits()
    assert f"{DEFECT}[1]/d_crack_w" not in waits()


def test_no_photograph_and_no_judgement_is_copied(laptop: Laptop, first: OpenForm) -> None:
    second = again(laptop, first)
    assert second.session.attachments() == ()
    said = {child.name: child.value for child in second.session.node("/data/g_result").children}
    assert said["hazard_level"] == said["phoned_to"] == said["hazard_basis"] == ""
    assert second.session.value("/data/g_outcome/visit_reason") == ""


def test_the_record_and_its_sheet_say_so(laptop: Laptop, first: OpenForm) -> None:
    second = again(laptop, first)
    said = {child.name: child.value for child in second.session.root.children}
    assert said["continues"] == str(first.chain.instance_id)
    assert (said["continued_day"], said["unseen_before"]) == ("2022-12-08", "三层北侧两间")
    second.settle()
    finishing = Finishing(laptop.store, laptop.clock, laptop.filling, laptop.visits, laptop.paper)
    assert "接续2022-12-08上门所见" in text(finishing.preview(second.visit_id, FORM, "onsite"))
    archive = text(finishing.preview(second.visit_id, FORM, "archive"))
    assert "接续2022-12-08上门所见，16项待核对" in archive
    assert archive.count("（2022-12-08所见，待核对）") == 2
    second.answer(f"{CHECK}/wall_damage", "have")
    second.confirm([node.path for node in carried.waiting(second.session)])
    second.settle()
    for kind in KINDS:
        sheet = text(finishing.preview(second.visit_id, FORM, kind))
        assert "接续2022-12-08上门所见：第1-4、7-13、15-18项核对未变" in sheet  # 5, 14 unseen then, 6 anew
        assert sheet.count("（2022-12-08所见，核对未变）") == 2
        assert "待核对" not in sheet


def test_the_log_names_what_a_visit_goes_on_with(laptop: Laptop, first: OpenForm) -> None:
    second = again(laptop, first)
    begun = [
        one.entry["detail"] for one in laptop.store.audit.entries() if one.entry["event"] == "visit.begun"
    ]
    assert [one.get("continues") for one in begun] == [None, {FORM: str(first.chain.instance_id)}]
    assert begun[1]["visit_id"] == str(second.visit_id)


def test_a_locked_door_in_between_changes_nothing_a_completed_visit_does(
    laptop: Laptop, first: OpenForm
) -> None:
    building = laptop.store.visits.get(first.visit_id).building_id
    assert building is not None
    left = laptop.visits.unfinished(building, FORM)
    assert left is not None
    assert left.unseen_parts == "三层北侧两间"
    fixed = laptop.filling.correct(first.chain.instance_id)
    fixed.answer("/data/g_outcome/visit_result", "locked")
    fixed.settle()
    laptop.visits.finalize(first.visit_id)
    assert laptop.visits.unfinished(building, FORM) is None
    second = partial(laptop)
    locked = laptop.visits.begin(building, [FORM])
    opened = laptop.filling.open(locked.visit_id, FORM)
    for path, value in {
        "/data/g_outcome/visit_result": "locked",
        "/data/g_outcome/visit_reason": "无人在家",
        "/data/g_outcome/next_visit_date": "2023-01-05",
    }.items():
        opened.answer(path, value)
    photograph(laptop, opened, "/data/g_photo/rep_photo[1]/photo")
    laptop.visits.finalize(locked.visit_id)
    left = laptop.visits.unfinished(building, FORM)
    assert left is not None
    assert left.submission.chain == second.chain
    third = again(laptop, second)
    for path, value in {
        f"{CHECK}/roof_damage": "ok",
        f"{CHECK}/foundation_damage": "ok",
        "/data/g_photo/photo_plate_why": "门牌脱落",
        "/data/g_result/hazard_level": "major",
        "/data/g_result/hazard_basis": "承重墙被拆除，墙体通缝",
        "/data/g_result/control_taken": "stop_use",
        "/data/g_result/phoned_to": "值班室",
        "/data/g_result/phoned_at": "2022-12-20T09:40:00.000+08:00",
    }.items():
        third.answer(path, value)
    for path in (
        "/data/g_photo/rep_photo[1]/photo",
        f"{DEFECT}[1]/d_photo_near",
        f"{DEFECT}[2]/d_photo_near",
    ):
        photograph(laptop, third, path)
    third.confirm([node.path for node in carried.waiting(third.session)])
    third.settle()
    laptop.visits.finalize(third.visit_id)
    assert laptop.visits.unfinished(building, FORM) is None
    assert laptop.visits.unfinished(UUID(int=5), FORM) is None
