"""Time, place and inspector on a copy."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from fieldapp import settings
from fieldapp.errors import EnvironmentProblem
from fieldapp.media import photos, stamp
from tests.media.pictures import jpeg, plain, reference

STAMP = stamp.Stamp("2026-11-03 09:30", "示例路1号", "350502000001", "甲　乙")


def test_lines_say_what_is_not_original() -> None:
    assert STAMP.lines(True) == ["2026-11-03 09:30", "350502000001", "示例路1号", "甲　乙"]
    assert STAMP.lines(False)[0] == "2026-11-03 09:30　「非原图」"
    assert stamp.Stamp().lines(False) == ["「非原图」"]
    assert stamp.Stamp().lines(True) == []


@pytest.mark.parametrize("file", [jpeg(reference(1200, 900), taken="2026:11:03 09:30:01"), plain("PNG")])
def test_the_stamp_is_on_the_lower_edge_of_a_copy(file: bytes) -> None:
    photo = photos.import_photo(file)
    with Image.open(io.BytesIO(stamp.stamped(photo, STAMP))) as marked:
        bare = Image.open(io.BytesIO(photos.view_copy(photo)))
        changed = ImageChops.difference(marked, bare).convert("L").point(lambda value: 255 * (value > 60))
        box = changed.getbbox()
        assert box is not None
        assert box[1] > marked.height // 2
        # White writing on the darkened band.
        band = marked.crop((0, box[1], marked.width, marked.height)).convert("L")
        assert band.histogram()[230:] != [0] * 26
    assert photo.original == file


def test_long_lines_are_wrapped_not_cut() -> None:
    face = stamp.font(20)
    rows = stamp._wrapped("鲤城区" * 40, face, 300)
    assert "".join(rows) == "鲤城区" * 40
    assert all(face.getlength(row) <= 300 for row in rows)


def test_a_missing_font_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "resources", lambda: tmp_path)
    with pytest.raises(EnvironmentProblem, match="MEDIA_021"):
        stamp.font(999)
