"""Undo and redo, repeats, what was said last time, drawings: on a real store with the real form."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from fieldapp.errors import UserError
from fieldapp.media.annotation import Mark
from fieldapp.services.editing import Editing
from fieldapp.services.judging import judged
from fieldapp.services.pictures import Pictures
from fieldapp.services.recollection import Recollection
from tests.services.office import FORM, LOCKED, MAJOR, begin, filled, jpeg, new_laptop, open_laptop

RESULT, WALL = "/data/g_outcome/visit_result", "/data/g_check/wall_damage"
LEVEL, ADVICE = "/data/g_result/hazard_level", "/data/g_result/advice"
DEFECTS = "/data/g_defect/rep_defect"


def test_undo_brings_back_whatever_an_answer_set_off(tmp_path: Path) -> None:
    with new_laptop(tmp_path / "laptop") as laptop:
        editing = Editing(filled(laptop, MAJOR))
        before = editing.session.draft_xml()
        advice = editing.session.value(ADVICE)
        assert editing.answer(LEVEL, "general")
        assert editing.session.value(ADVICE) != advice  # a trigger proposes another
        after = editing.session.draft_xml()
        assert editing.undo()
        assert editing.session.draft_xml() == before
        assert editing.form.position == LEVEL
        assert editing.redo()
        assert editing.session.draft_xml() == after


def test_what_is_taken_back_is_on_the_disk(tmp_path: Path) -> None:
    with new_laptop(tmp_path / "laptop") as laptop:
        editing = Editing(begin(laptop))
        editing.answer(RESULT, "done")
        editing.answer(RESULT, "locked")
        editing.undo()
        editing.form.settle()
        assert editing.form.saved()
        visit = editing.form.visit_id
    with open_laptop(tmp_path / "laptop") as laptop:
        assert laptop.filling.open(visit, FORM).session.value(RESULT) == "done"


def test_an_answer_that_changes_nothing_is_no_step(tmp_path: Path) -> None:
    with new_laptop(tmp_path / "laptop") as laptop:
        editing = Editing(begin(laptop))
        assert editing.answer(RESULT, "done")
        assert not editing.answer(RESULT, "done")
        assert editing.undo()
        assert not editing.can_undo
        assert not editing.undo()


def test_a_new_edit_ends_what_can_be_done_again(tmp_path: Path) -> None:
    with new_laptop(tmp_path / "laptop") as laptop:
        editing = Editing(begin(laptop))
        editing.answer(RESULT, "done")
        editing.undo()
        assert editing.can_redo
        editing.answer(RESULT, "refused")
        assert not editing.can_redo


def test_a_removed_defect_comes_back_with_its_answers(tmp_path: Path) -> None:
    with new_laptop(tmp_path / "laptop") as laptop:
        editing = Editing(filled(laptop, MAJOR))
        before = editing.session.draft_xml()
        editing.remove_repeat(f"{DEFECTS}[1]")
        assert len(editing.instances(DEFECTS)) == 1
        editing.undo()
        assert editing.session.draft_xml() == before


def test_a_copied_defect_has_the_answers_but_no_photograph(tmp_path: Path) -> None:
    with new_laptop(tmp_path / "laptop") as laptop:
        editing = Editing(filled(laptop, MAJOR))
        path = editing.copy_repeat(f"{DEFECTS}[1]")
        assert path == f"{DEFECTS}[3]"
        assert editing.session.value(f"{path}/d_crack_w") == "6.5"
        assert editing.session.value(f"{path}/d_photo_near") == ""


def test_two_photographs_change_places(tmp_path: Path) -> None:
    with new_laptop(tmp_path / "laptop") as laptop:
        editing = Editing(filled(laptop, MAJOR))
        one, other = "/data/g_photo/rep_photo[1]", "/data/g_photo/rep_photo[3]"
        said = [editing.session.value(f"{path}/photo") for path in (one, other)]
        editing.exchange(one, other)
        assert [editing.session.value(f"{path}/photo") for path in (other, one)] == said
        assert editing.session.value(f"{one}/photo_kind") == "side"


def test_last_time_is_told_and_only_what_was_no_finding_may_be_said_again(tmp_path: Path) -> None:
    with new_laptop(tmp_path / "laptop") as laptop:
        first = filled(laptop, MAJOR)
        laptop.visits.finalize(first.visit_id)
        visit = laptop.store.visits.get(first.visit_id)
        last = Recollection(laptop.store, laptop.filling).last(visit.building_id, FORM)
        assert last is not None
        assert f"{last.on}" == "2022-12-08"
        assert last.answers["/data/g_check/site_condition"].calm
        assert not last.answers[WALL].calm  # a finding is seen anew
        assert not last.answers[LEVEL].calm  # a level too
        opened = laptop.filling.open(laptop.visits.begin(visit.building_id, [FORM]).visit_id, FORM)
        opened.answer(RESULT, "done")
        opened.answer(WALL, "have")
        width = opened.session.node(f"{DEFECTS}[1]/d_crack_w")
        said = last.at(width, opened.session)
        assert said is not None
        assert said.value == "6.5"
        opened.answer(WALL, "ok")
        opened.answer("/data/g_check/beam_damage", "have")
        opened.answer(f"{DEFECTS}[1]/d_item", "beam_damage")
        assert last.at(opened.session.node(f"{DEFECTS}[1]/d_crack_w"), opened.session) is None


def test_nothing_is_told_of_a_house_without_a_record(tmp_path: Path) -> None:
    with new_laptop(tmp_path / "laptop") as laptop:
        opened = begin(laptop)
        building = laptop.store.visits.get(opened.visit_id).building_id
        assert Recollection(laptop.store, laptop.filling).last(building, FORM) is None


def test_the_suggestion_is_the_one_that_the_form_shows(tmp_path: Path) -> None:
    with new_laptop(tmp_path / "laptop") as laptop:
        session = filled(laptop, MAJOR).session
        said = judged(session)
        assert said is not None
        assert said.level == session.value("/data/g_result/hazard_suggested") == "major"
        assert " ".join(said.rules) == session.value("/data/g_result/hazard_rules")


def test_marks_are_kept_on_a_copy_and_the_original_stays(tmp_path: Path) -> None:
    original = jpeg(1, (800, 600))
    marks = (Mark("arrow", 0.1, 0.1, 0.5, 0.5), Mark("text", 0.2, 0.8, 0.2, 0.8, "1.4 mm 竖向"))
    with new_laptop(tmp_path / "laptop") as laptop:
        opened = begin(laptop, LOCKED)
        kept = laptop.evidence.add(opened.visit_id, original)
        pictures = Pictures(laptop.store)
        pictures.annotate(opened.visit_id, kept.photo.sha256, marks)
    with open_laptop(tmp_path / "laptop") as laptop:
        pictures = Pictures(laptop.store)
        assert pictures.marks(opened.visit_id) == {kept.photo.sha256: marks}
        assert laptop.store.vault.get(kept.photo.sha256) == original
        copy = laptop.store.annotations.of_visit(opened.visit_id)[kept.photo.sha256].copy
        assert copy is not None
        drawn = Image.open(io.BytesIO(laptop.store.vault.get(copy))).convert("RGB")
        at = (round(drawn.width * 0.5), round(drawn.height * 0.5))
        red = [drawn.getpixel((at[0] - step, at[1] - step)) for step in range(12)]
        assert any(pixel[0] > 140 and pixel[1] < 70 for pixel in red if isinstance(pixel, tuple))
        assert all(step.finding is None for step in laptop.store.verify())
        pictures.annotate(opened.visit_id, kept.photo.sha256, ())
        assert pictures.marks(opened.visit_id) == {}


def test_no_marks_without_a_copy_in_the_vault(tmp_path: Path) -> None:
    from fieldapp.store.annotations import Annotation

    with new_laptop(tmp_path / "laptop") as laptop:
        opened = begin(laptop)
        with pytest.raises(UserError, match="STORE_031"):
            laptop.store.annotations.add(Annotation(opened.visit_id, "0" * 64, "[]", "1" * 64))


def test_what_finalizing_would_fix_and_how_the_sheet_would_look(tmp_path: Path) -> None:
    from fieldapp.services.finishing import Correction, Finishing

    with new_laptop(tmp_path / "laptop") as laptop:
        editing = Editing(filled(laptop, MAJOR))
        editing.answer("/data/g_fix/fix_facts", "floors_up")
        editing.answer("/data/g_fix/new_floors_up", "5")
        editing.form.settle()
        finishing = Finishing(laptop.store, laptop.clock, laptop.filling, laptop.visits, laptop.paper)
        visit = editing.form.visit_id
        said = finishing.outlook(visit)
        assert [one.path for one in said.open] == ["/data/g_fix/fix_reason"]
        assert said.corrections == (Correction("地上层数", "4", "5"),)
        assert (said.level, said.suggested, said.photos) == ("major", "major", 9)
        onsite = finishing.preview(visit, FORM, "onsite")
        assert onsite.startswith(b"%PDF")
        assert len(finishing.preview(visit, FORM, "archive")) > len(onsite)
        assert laptop.store.submissions.list() == ()
