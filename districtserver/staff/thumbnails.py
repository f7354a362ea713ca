"""Small copies of photographs, made when first asked for and kept beside the originals.

What comes from a laptop is bytes: recognised by its content, limited before memory is taken. The copies
carry no EXIF, hence no place and no serial number. They may be thrown away at any time.
"""

from __future__ import annotations

import struct
import tempfile
from pathlib import Path

from PIL import Image, ImageOps

from districtserver import blobs, keys

EDGE = 320
_QUALITY = 80
_MAX_PIXELS = 120_000_000
_HEIF = (b"heic", b"heix", b"mif1", b"msf1", b"hevc")
#: What readers raise for broken files.
_BROKEN = (
    OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, AttributeError,
    OverflowError, RuntimeError, ZeroDivisionError, struct.error, Image.DecompressionBombError,
)  # fmt: skip


class NotAPictureError(Exception):
    """The file is no picture that can be shown small."""


def media_type(head: bytes) -> str:
    """The type by the first 16 bytes of a file; empty for what a browser should not show."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[4:8] == b"ftyp":
        return "image/heic" if head[8:12] in _HEIF else "video/mp4"
    return ""


def thumbnail(sha256: str) -> Path:
    """The small copy of a stored file, a JPEG. NotAPictureError if there can be none."""
    target = keys.folder() / "thumbnails" / sha256[:2] / f"{sha256}.jpg"
    if not target.exists():
        _make(blobs.stored_path(sha256), target)
    return target


def _make(source: Path, target: Path) -> None:
    with source.open("rb") as file:
        kind = media_type(file.read(16))
    if not kind.startswith("image/"):
        raise NotAPictureError(source.name)
    if kind == "image/heic":
        from pi_heif import register_heif_opener

        register_heif_opener()
    names = {"image/jpeg": "JPEG", "image/png": "PNG", "image/heic": "HEIF"}
    try:
        with Image.open(source, formats=[names[kind]]) as image:
            if image.width * image.height > _MAX_PIXELS:
                raise NotAPictureError(source.name)
            image.draft("RGB", (EDGE, EDGE))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((EDGE, EDGE))
            small = upright.convert("RGB")
    except _BROKEN as error:
        raise NotAPictureError(source.name) from error
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as part:
        small.save(part, "JPEG", quality=_QUALITY)
    Path(part.name).replace(target)
