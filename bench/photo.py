"""A 12 MP photograph taken in: hash, EXIF, 1600 px copy upright, thumbnail. The peer is bare Pillow.

Two ways of bare Pillow are timed and the faster counts: decoding whole (what tutorials do) and with
``draft()`` asked for the right size. Neither examines the file; ours does, and still must not cost
a fifth more.
"""

from __future__ import annotations

import hashlib
import io
from datetime import datetime

from PIL import Image, ImageOps

from bench.timing import Figure, side_by_side
from fieldapp.media.photos import take_in
from fieldapp.media.sample import sample_photo

GOAL = 1.2
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825


def measure() -> list[Figure]:
    """One photograph held upright (orientation 6), nothing of it cached between calls."""
    file = sample_photo(
        "front",
        taken_at=datetime(2026, 11, 3, 9, 30),  # noqa: DTZ001 - a camera's clock
        latitude=24.9075,
        longitude=118.5868,
        orientation=6,
    )
    ours, whole = side_by_side(lambda: take_in(file), lambda: bare_pillow(file, draft=False))
    again, draft = side_by_side(lambda: take_in(file), lambda: bare_pillow(file, draft=True))
    best = min(ours, again)
    note = f"{len(file) / 1e6:.1f} MB; Pillow without draft {whole:.0f} ms, ratio {best / whole:.2f}"
    return [Figure("photo taken in", best, "bare Pillow", min(whole, draft), GOAL, note)]


def bare_pillow(file: bytes, *, draft: bool) -> tuple[str, bytes, bytes]:
    """The same results by Pillow alone: digest, copy, thumbnail."""
    digest = hashlib.sha256(file).hexdigest()
    with Image.open(io.BytesIO(file)) as image:
        exif = image.getexif()
        exif.get_ifd(_EXIF_IFD)
        exif.get_ifd(_GPS_IFD)
        if draft:
            image.draft("RGB", (1600, 1200))
        upright = ImageOps.exif_transpose(image)
    upright.thumbnail((1600, 1600), Image.Resampling.LANCZOS)
    copy = io.BytesIO()
    upright.save(copy, "JPEG", quality=85)
    upright.thumbnail((256, 256), Image.Resampling.LANCZOS)
    small = io.BytesIO()
    upright.save(small, "JPEG", quality=80)
    return digest, copy.getvalue(), small.getvalue()
