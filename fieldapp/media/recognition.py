"""What a file really is, by its first bytes and never by its suffix, and whether it may be decoded.

Everything here reads headers only: sizes are refused before a single pixel is allocated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from fieldapp.errors import UserError
from fieldapp.i18n import N_

#: Largest file taken in, bytes: one AES-GCM message of the vault (design, section 5).
MAX_FILE_BYTES = 256 * 1024 * 1024
#: A ZIP's directory can stand this far before the end: 22 bytes and a comment of 65,535.
_ZIP_TAIL = 65_557
_HEAD = 1024
#: PNG with transparency is held twice while it is averaged: 8 bytes a pixel.
MAX_TRANSPARENT_PIXELS = 24_000_000


class Kind(Enum):
    """Formats taken in, with media type, suffix of stored copies and the pixel limit of a header.

    The limits follow from what decoding needs, measured: JPEG is halved while it is decoded and stays below
    200 MB; PNG stands in memory whole (5 bytes a pixel, 200 MB for a page scanned at 600 dpi). HEIC takes
    7.4 bytes a pixel: 90 MB for the usual 12 million, 370 MB for the 48 million of recent phones, which
    must come in all the same.
    """

    JPEG = ("image/jpeg", "jpg", 120_000_000)
    PNG = ("image/png", "png", 40_000_000)
    HEIC = ("image/heic", "heic", 50_000_000)

    @property
    def media_type(self) -> str:
        """MIME type, e.g. ``image/jpeg``."""
        return self.value[0]

    @property
    def extension(self) -> str:
        """Suffix without a dot for names of stored files."""
        return self.value[1]

    @property
    def max_pixels(self) -> int:
        """Most pixels a header of this kind may announce."""
        return self.value[2]


@dataclass(frozen=True, slots=True)
class _Signature:
    """``pattern`` is matched at the beginning of a file; ``name`` is what the user reads."""

    pattern: re.Pattern[bytes]
    name: str


_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
_OTHERS = tuple(
    _Signature(re.compile(pattern, re.DOTALL), name)
    for pattern, name in (
        (rb"GIF8", "GIF"),
        (rb"BM", "BMP"),
        (rb"II\*\x00|MM\x00\*|II\+\x00|MM\x00\+", N_("TIFF or camera raw")),
        (rb"RIFF.{4}WEBP", "WebP"),
        (rb"RIFF", N_("AVI or WAV")),
        (rb"8BPS", "Photoshop"),
        (rb"%PDF-", "PDF"),
        (rb"PK\x03\x04|PK\x05\x06", N_("ZIP, DOCX or XLSX")),
        (rb"Rar!|7z\xbc\xaf", N_("archive")),
        (rb"MZ|\x7fELF", N_("program")),
        (rb"....ftyp", N_("video or AVIF")),
        (rb"\s*<", N_("HTML, SVG or XML")),
    )
)
# Text that browsers and readers act upon wherever they find it near the beginning or behind the end.
_ACTIVE = re.compile(rb"%PDF-\d|<script|<html|<!doctype|<\?php|<svg", re.IGNORECASE)
_FOREIGN_TAIL = re.compile(rb"MZ|\x7fELF|Rar!|7z\xbc\xaf|PK\x03\x04|GIF8|#!/")


def recognized(file: bytes) -> Kind:
    """The kind of ``file`` by its magic bytes.

    Raises UserError MEDIA_001 (empty), MEDIA_002 (too large), MEDIA_003 (something else).
    """
    if not file:
        raise UserError("MEDIA_001")
    if len(file) > MAX_FILE_BYTES:
        raise UserError("MEDIA_002", limit=MAX_FILE_BYTES // (1024 * 1024))
    if file.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if file.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if file[4:8] == b"ftyp" and _HEIC_BRANDS & _brands(file):
        return Kind.HEIC
    raise UserError("MEDIA_003", found=_name_of(file[:_HEAD]))


def _brands(file: bytes) -> set[bytes]:
    """Major and compatible brands of an ISO base media file (ISO/IEC 14496-12, 4.3)."""
    size = min(int.from_bytes(file[:4], "big"), _HEAD)
    return {file[8:12], *(file[place : place + 4] for place in range(16, size - 3, 4))}


def _name_of(head: bytes) -> str:
    for signature in _OTHERS:
        if signature.pattern.match(head):
            return signature.name
    if not head.strip(b"\0"):
        return N_("only zeros")
    return N_("text") if b"\0" not in head else N_("unknown")


def require_size(kind: Kind, width: int, height: int, limit: int | None = None) -> None:
    """Raises UserError MEDIA_004 when a header announces more pixels than may be decoded.

    ``limit`` replaces that of the kind.
    """
    limit = limit or kind.max_pixels
    if width < 1 or height < 1:
        raise UserError("MEDIA_006", problem="the header gives no size")
    if width * height > limit or max(width, height) > 65_500:
        raise UserError(
            "MEDIA_004",
            megapixels=round(width * height / 1_000_000),
            limit=limit // 1_000_000,
        )


def refuse_second_file(file: bytes, end: int) -> None:
    """Raises UserError MEDIA_007 when another file hides in the photograph (a polyglot).

    ``end`` is the offset behind the picture. What phones append themselves is no danger and stays:
    a second JPEG (depth, gain map, preview), a motion clip, maker's trailers, zeros.
    """
    if _ACTIVE.search(file, 0, _HEAD):
        raise UserError("MEDIA_007", found="PDF or script")
    place = file.rfind(b"PK\x05\x06", max(0, len(file) - _ZIP_TAIL))
    if place >= 0 and place + 22 + int.from_bytes(file[place + 20 : place + 22], "little") <= len(file):
        raise UserError("MEDIA_007", found="ZIP")
    tail = file[end : end + 65_536].lstrip(b"\0\r\n ")
    if _FOREIGN_TAIL.match(tail) or _ACTIVE.search(tail, 0, _HEAD):
        raise UserError("MEDIA_007", found=_name_of(tail))
