"""A small corpus made here: an upright reference with a mark in every corner, and broken files."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Sequence

from PIL import Image, ImageChops, ImageDraw, ImageStat

#: What must be done to an upright picture so that EXIF orientation N makes it upright again.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def reference(width: int = 480, height: int = 360) -> Image.Image:
    """No symmetry at all: four corners of different colours and a letter-like shape."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    pen = ImageDraw.Draw(image)
    for x, y, colour in ((0, 0, "red"), (0.8, 0, "green"), (0, 0.8, "blue"), (0.8, 0.8, "yellow")):
        pen.rectangle((x * width, y * height, (x + 0.2) * width, (y + 0.2) * height), fill=colour)
    pen.line((width * 0.4, height * 0.2, width * 0.4, height * 0.8, width * 0.7, height * 0.8), "white", 12)
    return image


def jpeg(image: Image.Image | None = None, *, orientation: int = 1, **exif: str) -> bytes:
    """JPEG of the reference, stored as a camera held in ``orientation`` would; ``exif``: taken, offset,
    subsec, make, model."""
    image = image or reference()
    turn = STORED[orientation]
    block = Image.Exif()
    block[0x0112] = orientation
    for name, tag in (("make", 0x010F), ("model", 0x0110)):
        if name in exif:
            block[tag] = exif[name]
    camera = block.get_ifd(0x8769)
    for name, tag in (("taken", 0x9003), ("offset", 0x9011), ("subsec", 0x9291)):
        if name in exif:
            camera[tag] = exif[name]
    stream = io.BytesIO()
    (image.transpose(turn) if turn is not None else image).save(stream, "JPEG", quality=90, exif=block)
    return stream.getvalue()


def plain(form: str, image: Image.Image | None = None, **options: object) -> bytes:
    """The reference in another format, without EXIF."""
    stream = io.BytesIO()
    (image or reference()).save(stream, form, **options)
    return stream.getvalue()


def alike(left: Image.Image | bytes, right: Image.Image | bytes) -> float:
    """Mean difference of two pictures at 64 x 64, 0 (equal) to 255."""
    one, two = (
        (Image.open(io.BytesIO(side)) if isinstance(side, bytes) else side).convert("RGB").resize((64, 64))
        for side in (left, right)
    )
    means: Sequence[float] = ImageStat.Stat(ImageChops.difference(one, two)).mean
    return sum(means) / 3


def png_chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_bomb(edge: int) -> bytes:
    """One bit a pixel, all zero: 17 kB for 144 million pixels."""
    rows = zlib.compress(b"\0" * ((edge // 8 + 1) * edge), 9)
    header = struct.pack(">IIBBBBB", edge, edge, 1, 0, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header)
    return start + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")


def with_exif(block: bytes, picture: bytes | None = None) -> bytes:
    """A JPEG whose EXIF segment is ``block`` (at most 65 kB) whatever it holds."""
    bare = picture or plain("JPEG")
    body = b"Exif\0\0" + block
    return bare[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + bare[2:]


def tiff(order: str, entries: Callable[[int], list[tuple[int, int, int, int]]]) -> bytes:
    """A TIFF block with one directory at 8; ``entries(end)`` gives (tag, type, count, value)."""
    found = entries(8)
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    rows = b"".join(struct.pack(order + "HHII", *entry) for entry in found)
    return head + struct.pack(order + "H", len(found)) + rows + b"\0\0\0\0"
