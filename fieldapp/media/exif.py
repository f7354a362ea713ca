"""The few EXIF values an inspection needs, read from the raw block.

Own reader instead of Pillow's: it reads bounded amounts whatever the block claims, never warns (Pillow
warns through a process-wide filter, which threads share) and never fails: a broken value is an absent
value, since damaged EXIF must not cost the photograph. EXIF 2.32 (CIPA DC-008), TIFF 6.0.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta

_MAKE, _MODEL, _ORIENTATION, _EXIF_IFD, _GPS_IFD = 0x010F, 0x0110, 0x0112, 0x8769, 0x8825
_TAKEN, _DIGITIZED, _SUBSEC, _SUBSEC_DIGITIZED = 0x9003, 0x9004, 0x9291, 0x9292
_OFFSETS = (0x9011, 0x9012, 0x9010)
#: TIFF field type -> size of one value in bytes.
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8}
_MAX_ENTRIES = 512
_MAX_VALUE_BYTES = 512
_TIME = re.compile(r"(\d{4})[:\-/](\d\d)[:\-/](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")


@dataclass(frozen=True, slots=True)
class Position:
    """WGS 84: degrees north and east, metres above sea level if known."""

    latitude: float
    longitude: float
    altitude: float | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the camera wrote. ``taken_at`` is the camera's local time without zone; ``utc_offset`` its
    offset where the camera recorded one. ``orientation`` is 1..8 as stored."""

    orientation: int = 1
    taken_at: datetime | None = None
    utc_offset: timedelta | None = None
    position: Position | None = None
    make: str = ""
    model: str = ""

    @property
    def from_camera(self) -> bool:
        """Whether anything of a camera is left; copies sent by messengers have nothing."""
        return bool(self.taken_at or self.position or self.make or self.model)


@dataclass(frozen=True, slots=True)
class _Block:
    """The TIFF structure and its byte order (``<`` or ``>``)."""

    content: bytes
    order: str

    def integer(self, place: int, size: int) -> int:
        piece = self.content[place : place + size]
        return int.from_bytes(piece, "little" if self.order == "<" else "big")

    def directory(self, place: int) -> dict[int, tuple[int, bytes]]:
        """Tag -> (field type, raw value) of the directory at ``place``; broken entries are left out."""
        if place < 8 or place + 2 > len(self.content):
            return {}
        found: dict[int, tuple[int, bytes]] = {}
        for index in range(min(self.integer(place, 2), _MAX_ENTRIES)):
            entry = place + 2 + 12 * index
            kind, count = self.integer(entry + 2, 2), self.integer(entry + 4, 4)
            size = _SIZES.get(kind, 0) * count
            if not 0 < size <= _MAX_VALUE_BYTES:
                continue
            start = entry + 8 if size <= 4 else self.integer(entry + 8, 4)
            raw = self.content[start : start + size]
            if len(raw) == size:
                found.setdefault(self.integer(entry, 2), (kind, raw))
        return found

    def number(self, field: tuple[int, bytes] | None) -> int:
        """First value of an unsigned field, 0 when there is none."""
        if field is None or field[0] not in (1, 3, 4):
            return 0
        return _Block(field[1], self.order).integer(0, _SIZES[field[0]])

    def fractions(self, field: tuple[int, bytes] | None) -> tuple[float, ...]:
        """Values of an unsigned rational field; empty when one of them has no denominator."""
        if field is None or field[0] != 5:
            return ()
        whole = struct.unpack(f"{self.order}{len(field[1]) // 4}I", field[1])
        pairs = list(zip(whole[::2], whole[1::2], strict=True))
        return tuple(top / bottom for top, bottom in pairs) if all(bottom for _, bottom in pairs) else ()


def read_exif(content: bytes) -> Metadata:
    """Read an EXIF block (TIFF header first, a leading ``Exif\\0\\0`` is skipped). Never raises."""
    content = content.removeprefix(b"Exif\0\0")
    if content[:4] not in (b"II*\0", b"MM\0*"):
        return Metadata()
    block = _Block(content, "<" if content.startswith(b"II") else ">")
    main = block.directory(block.integer(4, 4))
    camera = block.directory(block.number(main.get(_EXIF_IFD)))
    orientation = block.number(main.get(_ORIENTATION))
    return Metadata(
        orientation=orientation if 1 <= orientation <= 8 else 1,
        taken_at=_time(camera, _TAKEN, _SUBSEC) or _time(camera, _DIGITIZED, _SUBSEC_DIGITIZED),
        utc_offset=_utc_offset(camera),
        position=_position(block, block.directory(block.number(main.get(_GPS_IFD)))),
        make=_text(main.get(_MAKE)),
        model=_text(main.get(_MODEL)),
    )


def _text(field: tuple[int, bytes] | None) -> str:
    if field is None or field[0] not in (2, 7):
        return ""
    text = field[1].split(b"\0", 1)[0].decode("utf-8", "replace")
    return "".join(letter for letter in text if letter.isprintable()).strip()[:80]


def _time(camera: dict[int, tuple[int, bytes]], tag: int, subsec: int) -> datetime | None:
    found = _TIME.match(_text(camera.get(tag)))
    if found is None:
        return None
    digits = _text(camera.get(subsec))
    fraction = digits[:6].ljust(6, "0") if digits.isascii() and digits.isdigit() else "0"
    try:
        year, month, day, hour, minute, second = map(int, found.groups())
        # A camera knows no zone: its time stays naive until the visit gives it one.
        return datetime(year, month, day, hour, minute, second, int(fraction))  # noqa: DTZ001 - see above
    except ValueError:  # "0000:00:00 00:00:00" of cameras whose clock was never set
        return None


def _utc_offset(camera: dict[int, tuple[int, bytes]]) -> timedelta | None:
    for tag in _OFFSETS:
        found = _OFFSET.fullmatch(_text(camera.get(tag)))
        if found:
            amount = timedelta(hours=int(found[2]), minutes=int(found[3]))
            if amount <= timedelta(hours=14):
                return -amount if found[1] == "-" else amount
    return None


def _position(block: _Block, gps: dict[int, tuple[int, bytes]]) -> Position | None:
    """Latitude and longitude with their letters, within the globe, and not the 0/0 of a receiver
    without a fix; altitude only where a house can stand."""
    north, east = _text(gps.get(1)).upper(), _text(gps.get(3)).upper()
    latitude, longitude = _degrees(block.fractions(gps.get(2))), _degrees(block.fractions(gps.get(4)))
    if latitude is None or longitude is None or north not in ("N", "S") or east not in ("E", "W"):
        return None
    if latitude > 90 or longitude > 180 or (latitude == 0 and longitude == 0):
        return None
    altitude = next(iter(block.fractions(gps.get(6))), None)
    if altitude is not None and block.number(gps.get(5)) == 1:
        altitude = -altitude
    if altitude is not None and not -500 <= altitude <= 9000:
        altitude = None
    return Position(
        -latitude if north == "S" else latitude, -longitude if east == "W" else longitude, altitude
    )


def _degrees(parts: tuple[float, ...]) -> float | None:
    if not 1 <= len(parts) <= 3 or any(part >= 60 for part in parts[1:]):
        return None
    return sum(part / divisor for part, divisor in zip(parts, (1, 60, 3600), strict=False))
