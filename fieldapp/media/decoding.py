"""From bytes to an upright RGB picture of a wanted size, in one decode.

JPEG is halved, quartered or eighthed by libjpeg while it decodes (``draft``), which still reads every
coded byte, so that a cut file is noticed at any scale.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin

from fieldapp.errors import EnvironmentProblem, UserError
from fieldapp.media.exif import Metadata, read_exif
from fieldapp.media.jpeg_stream import layout_of
from fieldapp.media.recognition import (
    MAX_TRANSPARENT_PIXELS,
    Kind,
    recognized,
    refuse_second_file,
    require_size,
)

# All that Pillow's and libheif's readers raise on broken input (found by mutating files).
_BROKEN = (
    OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, AttributeError,
    OverflowError, RuntimeError, ZeroDivisionError, struct.error,
)  # fmt: skip
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Examined:
    """A file whose headers were read and found harmless; nothing is decoded yet.

    ``width`` and ``height`` are those of the upright picture, pixels.
    """

    file: bytes
    kind: Kind
    width: int
    height: int
    metadata: Metadata
    turn: int


def examined(file: bytes) -> Examined:
    """Read the headers of ``file``.

    Raises UserError MEDIA_001..007, MEDIA_009 with what is wrong; see the catalogue.
    """
    kind = recognized(file)
    if kind is Kind.JPEG:
        layout = layout_of(file)
        require_size(kind, layout.width, layout.height)
        refuse_second_file(file, layout.end)
        metadata = read_exif(layout.exif)
        return _examined(file, kind, (layout.width, layout.height), metadata, metadata.orientation)
    if kind is Kind.PNG:
        width, height = struct.unpack(">II", file[16:24].ljust(8, b"\0"))
        transparent = file[25:26] in (b"\4", b"\6")
        require_size(kind, width, height, MAX_TRANSPARENT_PIXELS if transparent else None)
        refuse_second_file(file, _end_of_png(file))
        metadata = read_exif(_open(file, kind).info.get("exif", b""))
        return _examined(file, kind, (width, height), metadata, metadata.orientation)
    refuse_second_file(file, _end_of_heic(file))
    image = _open(file, kind)
    require_size(kind, *image.size)
    # libheif turns the picture itself (irot, imir); the EXIF tag must not be applied again.
    return _examined(file, kind, image.size, read_exif(image.info.get("exif") or b""), 1)


def _examined(file: bytes, kind: Kind, size: tuple[int, int], metadata: Metadata, turn: int) -> Examined:
    width, height = size[::-1] if turn >= 5 else size
    return Examined(file, kind, width, height, metadata, turn)


def _end_of_png(file: bytes) -> int:
    place = file.rfind(b"IEND\xaeB`\x82")
    if place < 0:
        raise UserError("MEDIA_005")
    return place + 8


def _end_of_heic(file: bytes) -> int:
    """Offset behind the last box (ISO/IEC 14496-12, 4.2); libheif alone would show a cut file grey."""
    place = 0
    while place < len(file):
        size, name = int.from_bytes(file[place : place + 4], "big"), file[place + 4 : place + 8]
        if not (len(name) == 4 and name.isascii() and name.isalnum()):
            return place
        if size == 1:
            size = int.from_bytes(file[place + 8 : place + 16], "big")
        if size == 0:  # the last box reaches to the end of the file
            return len(file)
        if size < 8:
            return place
        place += size
    if place > len(file):
        raise UserError("MEDIA_005")
    return place


def _open(file: bytes, kind: Kind) -> ImageFile.ImageFile:
    """The reader of exactly this kind: no other of Pillow's formats is ever tried."""
    try:
        if kind is Kind.JPEG:
            return JpegImagePlugin.JpegImageFile(io.BytesIO(file))
        if kind is Kind.PNG:
            return PngImagePlugin.PngImageFile(io.BytesIO(file))
        from pi_heif import HeifImageFile  # 30 ms to import: only where a HEIC is read

        heif: ImageFile.ImageFile = HeifImageFile(io.BytesIO(file))
    except MemoryError as error:
        raise EnvironmentProblem("MEDIA_022") from error
    except _BROKEN as error:
        raise UserError("MEDIA_006", problem=_reason(error)) from error
    return heif


def decoded(source: Examined, long_edge: int) -> Image.Image:
    """The whole picture, upright, RGB, scaled down to ``long_edge`` pixels (never up).

    Raises UserError MEDIA_005 (ends too early) or MEDIA_006 (damaged), EnvironmentProblem MEDIA_022 when
    memory is short.
    """
    image: Image.Image = _open(source.file, source.kind)
    scale = min(1.0, long_edge / max(image.size))
    target = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    try:
        if isinstance(image, JpegImagePlugin.JpegImageFile):
            # draft() never goes below the size asked for, so that the rest is a reduction.
            image.draft("RGB", target)
        image.load()
        image = _plain(_reduced(image, int(image.width / target[0])))
        if image.size != target:
            image = image.resize(target, Image.Resampling.LANCZOS, reducing_gap=3.0)
        if source.turn in _TURNS:
            image = image.transpose(_TURNS[source.turn])
    except MemoryError as error:
        raise EnvironmentProblem("MEDIA_022") from error
    except _BROKEN as error:
        reason = _reason(error)
        if "truncated" in reason.lower():
            raise UserError("MEDIA_005") from error
        raise UserError("MEDIA_006", problem=reason) from error
    return image


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """Averaged by a whole ``factor`` in its own mode: flattening a large PNG first takes far more memory."""
    if factor < 2 or image.mode == "RGB":
        return image
    if image.mode.startswith("I;16"):
        size = (max(1, image.width // factor), max(1, image.height // factor))
        return image.resize(size, Image.Resampling.BOX)
    if image.mode in ("1", "P"):
        image = image.convert("L" if image.mode == "1" else "RGBA")
    return image.reduce(factor)


def _plain(image: Image.Image) -> Image.Image:
    """RGB on white, whatever the mode was."""
    if image.mode == "RGB":
        return image
    if image.mode.startswith("I"):  # 16-bit grey: the upper 8 bits
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        ground.alpha_composite(layer)
        return ground.convert("RGB")
    return image.convert("RGB")


def _reason(error: BaseException) -> str:
    """The reader's own words, short, one line, without braces (the text is a slot of a message)."""
    words = " ".join(str(error).split()) or type(error).__name__
    return words.translate({123: "(", 125: ")"})[:120]


def encoded(image: Image.Image, quality: int, profile: bytes | None = None) -> bytes:
    """``image`` as baseline JPEG without EXIF: a copy carries neither position nor serial numbers."""
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality, icc_profile=profile)
    return stream.getvalue()
