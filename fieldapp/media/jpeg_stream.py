"""The structure of a JPEG file, walked without decoding it.

Pillow hides libjpeg's warnings: a card that lost bytes in the middle of a picture gives grey stripes
and no error. The walk finds such damage where it leaves a trace (a marker that cannot stand there,
restart markers out of turn), the size before anything is allocated, and the true end of the picture,
behind which polyglots hide. ITU-T T.81, annex B.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fieldapp.errors import Phrase, UserError

#: More scans than this are an attack on the decoder's time (progressive files have about ten).
MAX_SCANS = 64
#: libjpeg keeps all coefficients of a progressive file: 3 to 6 bytes a pixel.
MAX_PROGRESSIVE_PIXELS = 50_000_000

_EOI, _SOS, _DRI, _APP1 = 0xD9, 0xDA, 0xDD, 0xE1
_SOF = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
# What may follow a scan: tables, DNL, another scan, application segments, comments, the end.
_AFTER_SCAN = frozenset({0xC4, 0xCC, 0xDB, 0xDC, _DRI, _SOS, _EOI, 0xFE, *range(0xE0, 0xF0)})
_MARKER_IN_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_RESTART = re.compile(rb"\xff([\xd0-\xd7])")
_RESTARTS = bytes(range(0xD0, 0xD8))


@dataclass(slots=True)
class JpegLayout:
    """Size as stored (before orientation), the EXIF block after its name, and the offset behind EOI."""

    width: int = 0
    height: int = 0
    progressive: bool = False
    exif: bytes = b""
    end: int = 0


def layout_of(file: bytes) -> JpegLayout:
    """Walk the whole file.

    Raises UserError MEDIA_005 (ends too early), MEDIA_006 (damaged, with the place), MEDIA_009 (built
    to overload the decoder).
    """
    layout = JpegLayout()
    place, scans, interval = 2, 0, 0
    while True:
        place, marker = _marker_at(file, place)
        if marker == _EOI:
            if not scans:
                raise UserError(
                    "MEDIA_006", problem=Phrase("no picture before the end mark at byte {place}", place=place)
                )
            layout.end = place
            return layout
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:
            continue
        body = _segment(file, place)
        place += 2 + len(body)
        if marker in _SOF:
            _read_frame(layout, marker, body)
        elif marker == _APP1 and not layout.exif and body.startswith(b"Exif\0"):
            layout.exif = body[6:]
        elif marker == _DRI:
            interval = int.from_bytes(body[:2], "big")
        elif marker == _SOS:
            scans += 1
            if scans > MAX_SCANS:
                raise UserError("MEDIA_009", problem=Phrase("more than {limit} scans", limit=MAX_SCANS))
            place = _end_of_scan(file, place, interval)


def _marker_at(file: bytes, place: int) -> tuple[int, int]:
    """Offset behind the marker at ``place`` and its code; zeros before it are padding of some cameras."""
    while file[place : place + 1] == b"\0":
        place += 1
    start = place
    while file[place : place + 1] == b"\xff":
        place += 1
    if place >= len(file):
        raise UserError("MEDIA_005")
    if place == start:
        raise UserError("MEDIA_006", problem=Phrase("no mark at byte {place}", place=place))
    return place + 1, file[place]


def _segment(file: bytes, place: int) -> bytes:
    length = int.from_bytes(file[place : place + 2], "big")
    if place + length > len(file):
        raise UserError("MEDIA_005")
    if length < 2:
        raise UserError("MEDIA_006", problem=Phrase("a segment without length at byte {place}", place=place))
    return file[place + 2 : place + length]


def _read_frame(layout: JpegLayout, marker: int, body: bytes) -> None:
    if layout.width:
        raise UserError("MEDIA_006", problem="two picture headers")
    layout.height, layout.width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    layout.progressive = marker in _PROGRESSIVE
    if layout.progressive and layout.width * layout.height > MAX_PROGRESSIVE_PIXELS:
        raise UserError(
            "MEDIA_004",
            megapixels=round(layout.width * layout.height / 1_000_000),
            limit=MAX_PROGRESSIVE_PIXELS // 1_000_000,
        )


def _end_of_scan(file: bytes, place: int, interval: int) -> int:
    """Offset of the marker that ends the entropy-coded bytes beginning at ``place``."""
    found = _MARKER_IN_SCAN.search(file, place)
    if found is None:
        raise UserError("MEDIA_005")
    if found[0][-1] not in _AFTER_SCAN:
        # Erased blocks of a card are all FF: the damage begins where they do.
        begin = len(file[: found.start()].rstrip(b"\xff"))
        raise UserError(
            "MEDIA_006", problem=Phrase("impossible bytes in the picture at byte {place}", place=begin)
        )
    turns = b"".join(_RESTART.findall(file, place, found.start()))
    expected = (_RESTARTS * (len(turns) // 8 + 1))[: len(turns)]
    if turns != expected or (turns and not interval):
        raise UserError("MEDIA_006", problem="parts of the picture are missing or out of order")
    return found.start()
