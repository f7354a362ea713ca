"""Photographs into a visit: originals untouched, copies derived, what is none kept aside."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from uuid import uuid4

import pytest

from fieldapp.errors import UserError
from fieldapp.media.photos import import_photo
from fieldapp.services.evidence import Kept, Refused
from fieldapp.services.laptop import Laptop
from fieldapp.sheets.gathering import photo_kind
from tests.services.office import MAJOR, begin, filled, jpeg

CAMERAS = os.environ.get("FIELDAPP_PHOTOS", "")


def test_the_original_is_kept_byte_for_byte(laptop: Laptop) -> None:
    visit_id = begin(laptop).visit_id
    content = jpeg(1)
    kept = laptop.evidence.add(visit_id, content, name="IMG_1.jpg")
    assert kept.fresh
    assert kept.name == f"{hashlib.sha256(content).hexdigest()}.jpg"
    assert laptop.store.vault.get(kept.photo.sha256) == content
    assert not laptop.evidence.add(visit_id, content).fresh
    (row,) = laptop.store.photos.for_visit(visit_id)
    assert (row.name, row.taken_at, row.has_exif) == ("IMG_1.jpg", "2022-12-08T09:07:00", True)


def test_thumbnail_and_stamped_copy_are_pictures_of_their_own(laptop: Laptop) -> None:
    kept = laptop.evidence.add(begin(laptop).visit_id, jpeg(1, (1600, 1200)))
    thumbnail = laptop.store.vault.get(kept.photo.thumbnail)
    assert len(thumbnail) <= 20_000
    assert max(import_photo(thumbnail).width, import_photo(thumbnail).height) == 256
    assert kept.photo.stamped is not None
    stamped = laptop.store.vault.get(kept.photo.stamped)
    assert import_photo(stamped).width == 1600
    assert len({kept.photo.sha256, kept.photo.thumbnail, kept.photo.stamped}) == 3


def test_nothing_stops_the_others(laptop: Laptop, tmp_path: Path) -> None:
    folder = tmp_path / "card"
    folder.mkdir()
    (folder / "IMG_2.jpg").write_bytes(jpeg(2))
    (folder / "IMG_10.jpg").write_bytes(jpeg(10))
    (folder / "IMG_3.jpg").write_bytes(jpeg(3)[:900])
    (folder / "notes.txt").write_text("no picture", encoding="utf-8")
    visit_id = begin(laptop).visit_id
    taken = list(laptop.evidence.add_files(visit_id, [folder]))
    assert [one.photo.name for one in taken if isinstance(one, Kept)] == ["IMG_2.jpg", "IMG_10.jpg"]
    refused = [one for one in taken if isinstance(one, Refused)]
    assert {one.path.name for one in refused} == {"IMG_3.jpg", "notes.txt"}
    for one in refused:
        assert one.sha256 is not None
        assert laptop.store.photos.read_aside(one.sha256) == one.path.read_bytes()
    assert {kept.code for kept in laptop.store.photos.kept_aside()} == {one.error.code for one in refused}


def test_a_missing_file_and_folder_are_told(laptop: Laptop, tmp_path: Path) -> None:
    visit_id = begin(laptop).visit_id
    (one,) = laptop.evidence.add_files(visit_id, [tmp_path / "gone.jpg"])
    assert isinstance(one, Refused)
    assert (one.error.code, one.sha256) == ("MEDIA_020", None)
    with pytest.raises(UserError, match="STORE_034"):
        list(laptop.evidence.add_files(uuid4(), []))


@pytest.mark.skipif(not CAMERAS, reason="FIELDAPP_PHOTOS is not set: no camera files here")
def test_real_camera_files(laptop: Laptop) -> None:
    visit_id = begin(laptop).visit_id
    taken = list(laptop.evidence.add_files(visit_id, [Path(CAMERAS)]))
    kept = {one.photo.name: one for one in taken if isinstance(one, Kept)}
    refused = {one.path.name: one for one in taken if isinstance(one, Refused)}
    for shape, (wide, high) in {"landscape": (True, False), "portrait": (False, True)}.items():
        for number in range(1, 9):
            photo = kept[f"orientation_{shape}_{number}.jpg"].photo
            assert (photo.width > photo.height, photo.height > photo.width) == (wide, high)
    assert any(name.lower().endswith((".heic", ".heif")) for name in kept)
    positions = [one.position for name, one in kept.items() if name.startswith("gps_")]
    assert all(found is not None and 43 < found[0] < 44 and 11 < found[1] < 12 for found in positions)
    assert refused["corrupted.jpg"].error.code.startswith("MEDIA_")
    for one in kept.values():
        original = (Path(CAMERAS) / one.photo.name).read_bytes()
        assert laptop.store.vault.get(one.photo.sha256) == original


def test_the_index_says_of_each_photograph_what_the_record_says(laptop: Laptop) -> None:
    """Taken in as 门牌, moved up by a removed repeat and answered as 室内; a loose copy lay beside it."""
    opened = begin(laptop, MAJOR)
    visit_id, repeat = opened.visit_id, "/data/g_photo/rep_photo"
    loose = laptop.evidence.add(visit_id, jpeg(9))
    filled_in = {
        "/data/g_outcome/visit_result": "locked",
        "/data/g_outcome/visit_reason": "无人在家",
        "/data/g_outcome/next_visit_date": "2022-12-15",
    }
    for path, value in filled_in.items():
        opened.answer(path, value)
    opened.add_repeat(repeat)
    second = f"{repeat}[2]/photo"
    kept = laptop.evidence.add(
        visit_id, jpeg(1), question=second, kind=photo_kind(opened.session, second), name="a.jpg"
    )
    assert kept.photo.kind == "plate"
    laptop.evidence.add(visit_id, jpeg(1))
    opened.attach(second, kept.name)
    opened.remove_repeat(f"{repeat}[1]")
    opened.answer(f"{repeat}[1]/photo_kind", "interior")
    opened.settle()
    laptop.visits.finalize(visit_id)
    rows = {(row.sha256, row.question, row.kind) for row in laptop.store.photos.for_visit(visit_id)}
    assert rows == {
        (kept.photo.sha256, f"{repeat}[1]/photo", "interior"),
        (loose.photo.sha256, "", "other"),
    }


def test_close_ups_of_defects_are_known_as_such(laptop: Laptop) -> None:
    opened = filled(laptop, MAJOR)
    laptop.visits.finalize(opened.visit_id)
    kinds = sorted(row.kind for row in laptop.store.photos.for_visit(opened.visit_id))
    assert kinds == sorted(
        [
            "front",
            "plate",
            "side",
            "whole",
            "interior",
            "interior",
            "defect_near",
            "defect_near",
            "defect_far",
        ]
    )


def test_a_correction_only_adds_to_the_index(laptop: Laptop) -> None:
    opened = filled(laptop)
    (record,) = laptop.visits.finalize(opened.visit_id)
    before = laptop.store.photos.for_visit(opened.visit_id)
    fixed = laptop.filling.correct(record.chain.instance_id)
    fixed.answer("/data/g_photo/rep_photo[1]/photo_kind", "whole")
    fixed.settle()
    laptop.visits.finalize(opened.visit_id)
    after = laptop.store.photos.for_visit(opened.visit_id)
    assert [row.sha256 for row in after] == [row.sha256 for row in before]
    assert [(one.kind, two.kind) for one, two in zip(before, after, strict=True)] == [("front", "whole")]


def test_only_questions_for_photographs_and_known_kinds(laptop: Laptop) -> None:
    opened = begin(laptop)
    with pytest.raises(UserError, match="VISIT_013"):
        photo_kind(opened.session, "/data/g_outcome/visit_result")
    with pytest.raises(UserError, match="FORM_016"):
        photo_kind(opened.session, "/data/nothing")
    with pytest.raises(UserError, match="VISIT_014"):
        laptop.evidence.add(opened.visit_id, jpeg(1), kind="selfie")
    assert laptop.store.photos.for_visit(opened.visit_id) == ()
