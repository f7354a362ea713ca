"""Drafts: every edit is kept, and a killed process leaves the form at the same question."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from fieldapp.errors import UserError
from fieldapp.services.laptop import Laptop
from tests.services.office import FORM, MAJOR, begin, filled, new_laptop, open_laptop

REASON, NEXT = "/data/g_outcome/visit_reason", "/data/g_outcome/next_visit_date"


def test_a_draft_opens_as_it_was_left(laptop: Laptop) -> None:
    left = filled(laptop, MAJOR)
    again = laptop.filling.open(left.visit_id, FORM)
    assert again.session.draft_xml() == left.session.draft_xml()
    assert again.position == left.position
    assert again.session.to_xml() == left.session.to_xml()


def test_the_head_comes_from_visit_and_register(laptop: Laptop) -> None:
    session = begin(laptop, MAJOR).session
    assert session.value("/data/g_building/address_detail") == "延陵路8号"
    assert session.value("/data/g_visit/task_no") == "t01 t12"
    assert session.value("/data/visit_date") == "2022-12-08"


def test_going_to_a_question_is_remembered(laptop: Laptop) -> None:
    opened = begin(laptop)
    opened.go_to("/data/g_check/roof_damage")
    opened.settle()
    assert laptop.filling.open(opened.visit_id, FORM).position == "/data/g_check/roof_damage"


def test_edits_faster_than_the_disk_end_with_the_last_one(laptop: Laptop) -> None:
    opened = begin(laptop)
    opened.answer("/data/g_outcome/visit_result", "locked")
    held = threading.Event()
    laptop.store.database.submit(lambda rows: held.wait(5))  # the disk is busy
    before = time.monotonic()
    for number in range(200):
        opened.answer(REASON, f"敲门 {number} 次")
    assert time.monotonic() - before < 4  # nobody waited for the disk
    held.set()
    opened.settle()
    draft = laptop.store.drafts.get(opened.visit_id, FORM)
    assert draft is not None
    assert "敲门 199 次" in draft.xml.decode()
    assert draft.saves < 10  # not one write an edit


def test_a_photograph_with_a_position_fills_the_geopoint(laptop: Laptop) -> None:
    opened = begin(laptop, MAJOR)
    opened.answer("/data/g_outcome/visit_result", "done")
    opened.attach("/data/g_photo/rep_photo[1]/photo", "a.jpg", (24.911, 118.587))
    assert opened.session.value("/data/g_photo/location") == "24.911000 118.587000 0 0"
    opened.attach("/data/g_photo/rep_photo[1]/photo", "b.jpg", (1.0, 2.0))
    assert opened.session.value("/data/g_photo/location") == "24.911000 118.587000 0 0"


def test_forms_that_are_not_here_are_named(laptop: Laptop) -> None:
    opened = begin(laptop)
    with pytest.raises(UserError, match="VISIT_002"):
        laptop.filling.definition("other")
    with pytest.raises(UserError, match="VISIT_005"):
        laptop.filling.open(opened.visit_id, "other")


@pytest.mark.parametrize("seed", range(4))
def test_killed_while_answering(tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "laptop"
    new_laptop(folder).close()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.services.office", str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    last = process.stdout.readline()
    until = time.monotonic() + random.Random(seed).uniform(0.05, 0.6)
    while time.monotonic() < until:
        last = process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    last = (process.stdout.readlines() or [last])[-1]
    process.wait()
    process.stdout.close()
    visit_id, number = last.split()[:2]
    with open_laptop(folder) as laptop:
        (draft,) = laptop.store.drafts.list()
        assert str(draft.visit_id) == visit_id
        opened = laptop.filling.open_draft(draft)
        found = (opened.position, opened.session.value(REASON), opened.session.value(NEXT))
        # the edit acknowledged last, or the one that was under way when it was killed
        assert found in {after(int(number)), after(int(number) + 1)}
        assert [step.finding for step in laptop.store.verify() if step.finding] == []


def after(number: int) -> tuple[str, str, str]:
    """Position and both answers after edit ``number`` of ``answer_until_killed``."""
    even, odd = number - number % 2, number - (number + 1) % 2
    return (REASON, NEXT)[number % 2], f"敲门 {even} 次", f"2023-{odd % 12 + 1:02d}-15" if odd > 0 else ""
