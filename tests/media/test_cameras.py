"""Files of real cameras and phones, from the folder named in FIELDAPP_PHOTOS."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import pytest
from PIL import Image

from fieldapp.errors import UserError
from fieldapp.media import photos
from fieldapp.media.photos import Imported, Refused
from tests.media.pictures import STORED, alike

FOLDER = os.environ.get("FIELDAPP_PHOTOS")
pytestmark = pytest.mark.skipif(not FOLDER, reason="FIELDAPP_PHOTOS names no folder of camera files")


def file(name: str) -> Path:
    return Path(FOLDER or ".") / name


@pytest.mark.parametrize("side", ["landscape", "portrait"])
@pytest.mark.parametrize("orientation", range(2, 9))
def test_all_orientations_are_upright(side: str, orientation: int) -> None:
    upright = photos.import_photo(file(f"orientation_{side}_1.jpg"))
    turned = photos.import_photo(file(f"orientation_{side}_{orientation}.jpg"))
    assert turned.orientation == orientation
    assert (turned.width, turned.height) == (upright.width, upright.height)
    with Image.open(io.BytesIO(photos.thumbnail(upright))) as wanted:
        small = wanted.resize((64, 64))
    # The files carry their number in the picture, so they are not equal: of all eight ways to hold the
    # picture the one that comes out must be the nearest to upright by far.
    others = [small.transpose(turn) for turn in STORED.values() if turn is not None]
    copy = photos.thumbnail(turned)
    assert alike(copy, small) < 0.5 * min(alike(copy, other) for other in others)


def test_positions_of_a_gps_camera() -> None:
    photo = photos.import_photo(file("gps_DSCN0010.jpg"))
    assert photo.gps is not None
    assert (round(photo.gps.latitude, 5), round(photo.gps.longitude, 5)) == (43.46745, 11.88513)
    assert photo.camera == "NIKON COOLPIX P6000"
    assert str(photo.taken_at) == "2008-10-22 16:28:39"


def test_phone_jpeg_with_offset() -> None:
    photo = photos.import_photo(file("mobile_HMD_Nokia_8.3_5G.jpg"))
    assert (photo.camera, str(photo.utc_offset)) == ("HMD Global Nokia 8.3 5G", "3:00:00")


def test_heic_of_an_iphone_is_turned_once() -> None:
    photo = photos.import_photo(file("mobile_iphone_13_pro_max.HEIC"))
    assert (photo.media_type, photo.extension) == ("image/heic", "heic")
    assert (photo.width, photo.height) == (3024, 4032)
    assert photo.camera == "Apple iPhone 13 Pro Max"
    assert str(photo.taken_at) == "2022-02-16 12:55:41.762000"
    assert len(photos.thumbnail(photo)) <= photos.THUMBNAIL_BYTES


def test_heif_of_a_nokia() -> None:
    photo = photos.import_photo(file("mobile_HMD_Nokia_8.3_5G.heif"))
    assert (photo.width, photo.height) == (3456, 4608)
    assert photo.gps is not None
    assert photo.gps.altitude == pytest.approx(1942.4, abs=0.1)


def test_the_corrupted_file_is_refused_with_its_reason() -> None:
    """Its card gave an erased block: 16 kB of FF from byte 212,992, which is 13 x 16,384."""
    with pytest.raises(UserError) as caught:
        photos.import_photo(file("corrupted.jpg"))
    assert caught.value.code == "MEDIA_006"
    assert "at byte 212992" in str(caught.value)


def test_cut_heic_is_refused() -> None:
    whole = file("mobile_HMD_Nokia_8.3_5G.heif").read_bytes()
    for length in (40, 2_000, len(whole) // 2):
        with pytest.raises(UserError, match=r"MEDIA_00[56]"):
            photos.import_photo(whole[:length])


def test_the_whole_folder_comes_in_and_originals_stay() -> None:
    digests = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in Path(FOLDER or ".").iterdir()}
    found = list(photos.import_folder(Path(FOLDER or ".")))
    refused = {item.path.name: item.error.code for item in found if isinstance(item, Refused)}
    assert refused == {"corrupted.jpg": "MEDIA_006", "README.md": "MEDIA_003"}
    for item in found:
        digest = item.photo.sha256 if isinstance(item, Imported) else item.sha256
        assert digest == digests[item.path] == hashlib.sha256(item.path.read_bytes()).hexdigest()
