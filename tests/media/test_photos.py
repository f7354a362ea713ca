"""Photographs taken in: upright, with what the camera wrote, the original untouched."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from PIL import Image

from fieldapp.errors import EnvironmentProblem, UserError
from fieldapp.media import photos, qr
from fieldapp.media.photos import Imported, Refused
from tests.media.pictures import alike, jpeg, plain, reference


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(orientation: int) -> None:
    photo = photos.import_photo(jpeg(orientation=orientation))
    assert (photo.width, photo.height, photo.orientation) == (480, 360, orientation)
    for copy in (photos.thumbnail(photo), photos.sheet_copy(photo), photos.view_copy(photo)):
        assert alike(copy, reference()) < 4


def test_original_is_kept_and_hashed(tmp_path: Path) -> None:
    file = jpeg(taken="2026:11:03 09:30:01")
    (tmp_path / "IMG_1.JPG").write_bytes(file)
    photo = photos.import_photo(tmp_path / "IMG_1.JPG")
    assert photo.original == file == (tmp_path / "IMG_1.JPG").read_bytes()
    assert photo.sha256 == hashlib.sha256(file).hexdigest()
    assert photo.size == len(file)
    assert photo.attachment_name == f"{photo.sha256}.jpg"
    assert photo.media_type == "image/jpeg"


def test_time_offset_and_camera_are_read() -> None:
    photo = photos.import_photo(
        jpeg(taken="2026:11:03 09:30:01", offset="+08:00", subsec="25", make="Canon", model="Canon X1")
    )
    assert photo.taken_at == datetime(2026, 11, 3, 9, 30, 1, 250_000, UTC).replace(tzinfo=None)
    assert photo.utc_offset == timedelta(hours=8)
    assert photo.camera == "Canon X1"
    assert photo.has_exif


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "2026:13:40 09:30:01", "    :  :     :  :  ", "x"])
def test_a_clock_never_set_gives_no_time(taken: str) -> None:
    assert photos.import_photo(jpeg(taken=taken)).taken_at is None


@pytest.mark.parametrize("offset", ["+25:00", "8", "+08:00:00", ""])
def test_impossible_offsets_are_left_out(offset: str) -> None:
    photo = photos.import_photo(jpeg(taken="2026:11:03 09:30:01", offset=offset))
    assert photo.taken_at is not None
    assert photo.utc_offset is None


def test_copy_of_a_messenger_has_no_exif() -> None:
    assert not photos.import_photo(plain("JPEG")).has_exif


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_mode_becomes_a_colour_jpeg(mode: str) -> None:
    grey = reference().convert("L")
    image = grey.convert("I").point(lambda value: value * 256).convert("I;16") if mode == "I;16" else None
    if image is None:
        image = (reference() if mode not in ("L", "LA") else grey).convert(mode)
    photo = photos.import_photo(plain("JPEG" if mode == "CMYK" else "PNG", image))
    with Image.open(io.BytesIO(photos.thumbnail(photo))) as copy:
        assert copy.mode == "RGB"
        assert alike(copy, grey if mode in ("L", "LA", "I;16") else reference()) < (60 if mode == "1" else 12)


def test_transparent_parts_become_white() -> None:
    photo = photos.import_photo(plain("PNG", Image.new("RGBA", (40, 40), (0, 0, 0, 0))))
    assert alike(photos.sheet_copy(photo), Image.new("RGB", (40, 40), "white")) < 1


def test_copies_have_their_sizes_and_no_exif() -> None:
    photo = photos.import_photo(jpeg(reference(3000, 2250), orientation=6, taken="2026:11:03 09:30:01"))
    edges = {photos.sheet_copy: 1000, photos.view_copy: 2016, photos.thumbnail: 256}
    for copy, edge in edges.items():
        with Image.open(io.BytesIO(copy(photo))) as image:
            assert (max(image.size), image.format) == (edge, "JPEG")
            assert not image.getexif()


def test_pictures_are_never_enlarged() -> None:
    photo = photos.import_photo(jpeg(reference(60, 45)))
    with Image.open(io.BytesIO(photos.sheet_copy(photo))) as image:
        assert image.size == (60, 45)


def test_thumbnail_of_pure_noise_fits() -> None:
    noise = Image.merge("RGB", [Image.effect_noise((1200, 1200), 200) for _ in "RGB"])
    taken = photos.take_in(plain("JPEG", noise, quality=95))
    assert len(taken.thumbnail) <= photos.THUMBNAIL_BYTES
    assert len(photos.thumbnail(taken.photo)) <= photos.THUMBNAIL_BYTES


def test_take_in_gives_all_copies_at_once() -> None:
    taken = photos.take_in(jpeg(reference(2400, 1800), orientation=8))
    assert taken.photo == photos.import_photo(taken.photo.original)
    with Image.open(io.BytesIO(taken.working_copy)) as image:
        assert image.size == (1600, 1200)
    assert alike(taken.working_copy, reference()) < 4
    assert alike(taken.thumbnail, reference()) < 4


def test_colour_profile_stays_with_the_working_copy() -> None:
    profile = b"profile of a phone" * 20
    taken = photos.take_in(plain("JPEG", reference(), icc_profile=profile))
    with Image.open(io.BytesIO(taken.working_copy)) as image:
        assert image.info["icc_profile"] == profile


def test_magic_bytes_decide_not_the_suffix(tmp_path: Path) -> None:
    (tmp_path / "really.jpg").write_bytes(plain("PNG"))
    assert photos.import_photo(tmp_path / "really.jpg").media_type == "image/png"


def test_a_folder_is_taken_in_natural_order_and_nothing_stops_it(tmp_path: Path) -> None:
    (tmp_path / "DCIM").mkdir()
    for number in (10, 2, 1):
        (tmp_path / "DCIM" / f"IMG_{number}.jpg").write_bytes(jpeg(reference(80 + number, 60)))
    (tmp_path / "DCIM" / "IMG_3.jpg").write_bytes(jpeg()[:4000])
    (tmp_path / "DCIM" / "IMG_4.jpg").write_bytes(b"")
    (tmp_path / "DCIM" / "notes.txt").write_text("三楼", encoding="utf-8")
    (tmp_path / "DCIM" / "Thumbs.db").write_bytes(b"x")
    (tmp_path / "DCIM" / "._IMG_1.jpg").write_bytes(b"x")
    (tmp_path / "DCIM" / "link.jpg").symlink_to(tmp_path / "DCIM" / "IMG_1.jpg")
    found = list(photos.import_folder(tmp_path))
    assert [item.path.name for item in found] == [
        "IMG_1.jpg", "IMG_2.jpg", "IMG_3.jpg", "IMG_4.jpg", "IMG_10.jpg", "notes.txt",
    ]  # fmt: skip
    assert [item.error.code for item in found if isinstance(item, Refused)] == [
        "MEDIA_005", "MEDIA_001", "MEDIA_003",
    ]  # fmt: skip
    kept = found[2]
    assert isinstance(kept, Refused)
    assert kept.original == jpeg()[:4000]
    assert kept.sha256 == hashlib.sha256(jpeg()[:4000]).hexdigest()
    assert [item.photo.width for item in found if isinstance(item, Imported)] == [81, 82, 90]
    assert not list(photos.import_folder(tmp_path, recursive=False))


def test_missing_folder_and_missing_file_say_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="MEDIA_010"):
        next(photos.import_folder(tmp_path / "none"))
    with pytest.raises(EnvironmentProblem, match="MEDIA_020"):
        photos.import_photo(tmp_path / "none.jpg")
    with pytest.raises(EnvironmentProblem, match="MEDIA_020"):
        photos.import_photo(tmp_path)


def test_nothing_shown_of_a_photograph_is_personal(tmp_path: Path) -> None:
    (tmp_path / "张三家.jpg").write_bytes(b"no picture")
    refused = photos.taken(tmp_path / "张三家.jpg")
    assert isinstance(refused, Refused)
    assert "张三" not in repr(refused) + str(refused.error)
    assert len(repr(photos.import_photo(jpeg()))) < 80


def test_symbols_are_read_from_photographs() -> None:
    segno = pytest.importorskip("segno")
    stream = io.BytesIO()
    segno.make("F1:0123456789ABCDEFGHJKMNPQRS:1:ABCD", error="m").save(stream, kind="png", scale=6)
    page = Image.new("RGB", (2400, 3300), "white")
    with Image.open(stream) as symbol:
        page.paste(symbol, (1800, 200))
    assert qr.read(plain("JPEG", page.rotate(7, fillcolor="white"))) == [
        "F1:0123456789ABCDEFGHJKMNPQRS:1:ABCD"
    ]
    assert qr.read(jpeg()) == []
    with pytest.raises(UserError, match="MEDIA_001"):
        qr.read(b"")


def test_sample_photographs_are_camera_like_and_repeatable() -> None:
    sample = pytest.importorskip("fieldapp.media.sample")
    moment = datetime(2026, 11, 3, 9, 30, 1, 250_000, timezone(timedelta(hours=8)))
    made = [
        sample.sample_photo(
            "crack_near", taken_at=moment, latitude=24.9075, longitude=118.5868, orientation=6
        )
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert 1_500_000 < len(made[0]) < 5_000_000
    photo = photos.import_photo(made[0])
    assert (photo.width, photo.height, photo.camera) == (3024, 4032, "Fieldapp Sample Camera 12")
    assert photo.taken_at == moment.replace(tzinfo=None)
    assert photo.utc_offset == timedelta(hours=8)
    assert photo.gps is not None
    assert (round(photo.gps.latitude, 6), round(photo.gps.longitude, 6)) == (24.9075, 118.5868)
    assert photo.gps.altitude == 18
