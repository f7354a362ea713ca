"""Hostile and broken files: refused with their reason, quickly, in bounded memory, and never a crash."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
import textwrap
import time
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from fieldapp.errors import UserError
from fieldapp.media import photos, recognition
from fieldapp.media.exif import read_exif
from tests.media.pictures import jpeg, plain, png_bomb, png_chunk, reference, tiff, with_exif

#: Pillow remarks on broken metadata by warnings; that it does is no fault of an import.
pillow_remarks = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


def refusal(file: bytes) -> UserError:
    """The error ``file`` is refused with."""
    with pytest.raises(UserError) as caught:
        photos.import_photo(file)
    return caught.value


def zip_file() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x.txt", "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("file", "found"),
    [
        (b"GIF89a" + bytes(40), "GIF"),
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04" + bytes(40), "ZIP"),
        (b"MZ" + bytes(40), "program"),
        (b"<svg xmlns='x'/>", "SVG"),
        (b"\n<html></html>", "HTML"),
        (b"\0\0\0\x18ftypavif\0\0\0\0avifmif1", "AVIF"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "video"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "WebP"),
        (bytes(5000), "zeros"),
        ("三楼漏水".encode(), "text"),
        (b"\x89\x00\x01", "unknown"),
    ],
)
def test_other_files_are_named(file: bytes, found: str) -> None:
    error = refusal(file)
    assert error.code == "MEDIA_003"
    assert found in str(error)


def test_other_formats_of_pillow_are_not_opened() -> None:
    for form in ("BMP", "TIFF", "WEBP", "PPM", "ICO"):
        assert refusal(plain(form)).code == "MEDIA_003"


@pytest.mark.parametrize("cut", [0.02, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_cut_files_are_incomplete(form: str, cut: float) -> None:
    file = plain(form, reference(900, 700))
    assert refusal(file[: int(len(file) * cut)]).code in {"MEDIA_005", "MEDIA_006"}


def test_two_missing_bytes_are_noticed() -> None:
    assert refusal(jpeg()[:-2]).code == "MEDIA_005"
    with pytest.raises(UserError, match="MEDIA_005"):
        photos.take_in(jpeg()[:-2])


def test_lost_sectors_are_noticed_and_located() -> None:
    file = bytearray(plain("JPEG", reference(900, 700), quality=95, restart_marker_blocks=8))
    middle = len(file) // 2
    file[middle : middle + 64] = random.Random(3).randbytes(60) + b"\xff\x1f\xff\x9f"
    error = refusal(bytes(file))
    assert error.code == "MEDIA_006"
    assert "at byte" in str(error) or "out of order" in str(error)


def test_missing_piece_between_restart_marks_is_noticed() -> None:
    file = plain("JPEG", reference(900, 700), quality=95, restart_marker_blocks=8)
    first, third = file.index(b"\xff\xd2"), file.index(b"\xff\xd5")
    assert "out of order" in str(refusal(file[:first] + file[third:]))


def test_bomb_of_17_kb_is_refused_before_it_is_decoded() -> None:
    bomb = png_bomb(12_000)
    assert len(bomb) < 20_000
    start = time.perf_counter()
    error = refusal(bomb)
    assert time.perf_counter() - start < 0.5
    assert error.code == "MEDIA_004"
    assert "144 million" in str(error)


def test_large_transparent_pictures_have_a_lower_limit() -> None:
    file = bytearray(plain("PNG", Image.new("RGBA", (40, 40))))
    file[16:24] = struct.pack(">II", 5_000, 5_000)
    assert "24 million" in str(refusal(bytes(file)))


def test_jpeg_header_that_lies_is_refused() -> None:
    file = bytearray(jpeg())
    frame = file.index(b"\xff\xc0")
    file[frame + 5 : frame + 9] = struct.pack(">HH", 65_000, 65_000)
    assert refusal(bytes(file)).code == "MEDIA_004"
    file[frame + 5 : frame + 9] = bytes(4)
    assert refusal(bytes(file)).code == "MEDIA_006"


def test_a_thousand_scans_are_refused() -> None:
    file = plain("JPEG", reference(64, 64), progressive=True)
    scan = file.index(b"\xff\xda")
    following = file.index(b"\xff", scan + 14)
    assert refusal(file[:scan] + file[scan:following] * 1000 + file[scan:]).code in {"MEDIA_006", "MEDIA_009"}
    many = file[scan:following]
    assert refusal(file[:scan] + many * 70 + file[scan:]).code == "MEDIA_009"


@pytest.mark.parametrize(
    "tail",
    [zip_file(), b"\n%PDF-1.7\n", b"<script>x</script>", b"<?php x ?>", b"MZ" + bytes(99), b"\0\0Rar!xx"],
)
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_files_behind_the_picture_are_found(form: str, tail: bytes) -> None:
    assert refusal(plain(form) + tail).code == "MEDIA_007"


def test_scripts_in_front_are_found() -> None:
    assert refusal(with_exif(b"<html><script>alert(1)</script>")).code == "MEDIA_007"


@pytest.mark.parametrize(
    "tail", [bytes(300), plain("JPEG"), b"\0\0\0\x18ftypmp42" + bytes(500), b"SEFHe\0SEFT"]
)
def test_what_phones_append_is_no_danger(tail: bytes) -> None:
    assert photos.import_photo(jpeg() + tail).width == 480


def test_large_files_are_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MAX_FILE_BYTES", 1000)
    monkeypatch.setattr(recognition, "MAX_FILE_BYTES", 1000)
    (tmp_path / "large.jpg").write_bytes(jpeg())
    refused = photos.taken(tmp_path / "large.jpg")
    assert isinstance(refused, photos.Refused)
    assert (refused.error.code, refused.original, refused.sha256) == ("MEDIA_002", None, None)
    assert refusal(jpeg()).code == "MEDIA_002"


@pillow_remarks
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    "entries",
    [
        [(0x8769, 4, 1, 8), (0x8825, 4, 1, 8)],
        [(0x010F, 2, 0xFFFFFFFF, 0)],
        [(0x010F, 2, 400, 0xFFFFFFF0)],
        [(0x8825, 4, 1, 0xFFFFFFFF)],
        [(0x0112, 3, 1, 0xFFFF)],
        [(0x0112, 3, 0x40000000, 8)],
        [(0x010F, 99, 4, 4)] * 5000,
    ],
    ids=["circle", "huge count", "beyond the end", "far directory", "orientation", "overflow", "many"],
)
def test_exif_bombs_cost_nothing(order: str, entries: list[tuple[int, int, int, int]]) -> None:
    block = tiff(order, lambda _end: entries)
    start = time.perf_counter()
    photo = photos.import_photo(with_exif(block))
    assert time.perf_counter() - start < 1
    assert (photo.width, photo.height, photo.orientation, photo.gps) == (480, 360, 1, None)


@pytest.mark.parametrize(
    ("latitude", "longitude", "letters"),
    [
        ((0, 0, 0), (0, 0, 0), "NE"),
        ((91, 0, 0), (118, 0, 0), "NE"),
        ((24, 61, 0), (118, 0, 0), "NE"),
        ((24, 0, 0), (181, 0, 0), "NE"),
        ((24, 0, 0), (118, 0, 0), "XE"),
    ],
)
def test_impossible_positions_are_left_out(
    latitude: tuple[int, ...], longitude: tuple[int, ...], letters: str
) -> None:
    assert read_exif(position_block(latitude, longitude, letters)).position is None


def test_a_position_is_read_with_its_letters() -> None:
    found = read_exif(position_block((24, 54, 27), (118, 35, 12), "SW")).position
    assert found is not None
    assert (round(found.latitude, 6), round(found.longitude, 6)) == (-24.9075, -118.586667)


def position_block(latitude: tuple[int, ...], longitude: tuple[int, ...], letters: str) -> bytes:
    exif = Image.Exif()
    gps = exif.get_ifd(0x8825)
    gps[1], gps[3] = letters[0], letters[1]
    gps[2], gps[4] = latitude, longitude
    return exif.tobytes()


def test_every_byte_string_is_some_exif() -> None:
    chance = random.Random(11)
    good = position_block((24, 54, 27), (118, 35, 12), "NE").removeprefix(b"Exif\0\0")
    for _ in range(3000):
        block = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            block[chance.randrange(4, len(block))] = chance.randrange(256)
        found = read_exif(bytes(block[: chance.randint(4, len(block))]))
        assert found.orientation in range(1, 9)


def mutated(file: bytes, chance: random.Random) -> bytes:
    """One to eight changes: bytes, cuts, repeats, zeros."""
    block = bytearray(file)
    for _ in range(chance.randint(1, 8)):
        place = (
            chance.randrange(len(block)) if chance.random() < 0.6 else chance.randrange(min(700, len(block)))
        )
        match chance.randrange(4):
            case 0:
                block[place] = chance.choice((0, 0xFF, 0xD9, 0xDA, chance.randrange(256)))
            case 1:
                block[place : place + chance.randint(1, 40)] = chance.randbytes(chance.randint(0, 40))
            case 2:
                block[place:place] = block[place : place + chance.randint(1, 200)]
            case _:
                block[place : place + 20] = bytes(20)
        if not block:
            return b""
    return bytes(block)


@pillow_remarks
@pytest.mark.parametrize("form", ["JPEG", "PNG", "progressive", "EXIF"])
def test_mutated_files_are_taken_or_refused(form: str) -> None:
    """Fifty seeded files of each kind; the campaign below runs the ten thousand of R16."""
    fuzz(form, range(50))


@pillow_remarks
@pytest.mark.campaign
@pytest.mark.parametrize("form", ["JPEG", "PNG", "progressive", "EXIF"])
def test_ten_thousand_mutated_files(form: str) -> None:
    fuzz(form, range(2500))


def fuzz(form: str, seeds: range) -> None:
    sources = {
        "JPEG": plain("JPEG", reference(320, 240)),
        "PNG": plain("PNG", reference(320, 240)),
        "progressive": plain("JPEG", reference(320, 240), progressive=True),
        "EXIF": jpeg(taken="2026:11:03 09:30:01", offset="+08:00", make="Canon"),
    }
    for seed in seeds:
        file = mutated(sources[form], random.Random(f"{form}/{seed}"))
        start = time.perf_counter()
        try:
            assert photos.take_in(file).photo.original == file
        except UserError as error:
            assert error.code.startswith("MEDIA_")  # noqa: PT017 - either outcome is right, others are not
        assert time.perf_counter() - start < 2, f"{form}/{seed}"


def test_text_chunk_that_unpacks_without_end_is_refused() -> None:
    import zlib

    good = plain("PNG", reference(40, 40))
    bomb = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80_000_000), 9))
    assert refusal(good[:33] + bomb + good[33:]).code == "MEDIA_006"


def test_memory_stays_bounded() -> None:
    """The largest picture that is taken needs less than 200 MB: the process is given no more."""
    script = textwrap.dedent("""
        import resource, struct, sys
        from fieldapp.errors import UserError
        from fieldapp.media import photos
        from tests.media.pictures import plain, png_bomb, reference
        bomb, largest = png_bomb(12_000), png_bomb(6_320)
        camera = plain("JPEG", reference(10_000, 7_500), quality=60)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + 200_000_000,) * 2)
        try:
            photos.import_photo(bomb)
        except UserError as error:
            print(error.code)
        print(photos.import_photo(largest).width)
        print(len(photos.take_in(camera).thumbnail) < 20_000)
    """)
    if sys.platform != "linux":
        pytest.skip("address space is limited and measured by Linux means")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["MEDIA_004", "6320", "True"], done.stderr
