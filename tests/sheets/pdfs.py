"""Looking at finished PDFs: their text, their pixels, their symbols, their operators."""

from __future__ import annotations

import ctypes
import io
import re
from collections.abc import Iterator

import pikepdf
import pypdfium2  # type: ignore[import-untyped] # has no types
from PIL import Image

from fieldapp.media import qr

PRINTER = 203
_WHITE = re.compile(r"\s+")


def texts(pdf: bytes) -> list[str]:
    """The text of each page without any white space, as a reader extracts it."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [_WHITE.sub("", page.get_textpage().get_text_range()) for page in document]


def text(pdf: bytes) -> str:
    """The text of all pages together."""
    return "".join(texts(pdf))


def bold(pdf: bytes) -> str:
    """What is set in the bold face on all pages, without any white space."""
    found = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            spoken = page.get_textpage()
            for place in range(spoken.count_chars()):
                name = ctypes.create_string_buffer(128)
                pypdfium2.raw.FPDFText_GetFontInfo(spoken, place, name, len(name), None)
                if b"Bold" in name.value:
                    found.append(chr(pypdfium2.raw.FPDFText_GetUnicode(spoken, place)))
    return _WHITE.sub("", "".join(found))


def pages(pdf: bytes, dpi: int = PRINTER) -> list[Image.Image]:
    """Every page as grey pixels at ``dpi``."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L") for page in document]


def one_bit(image: Image.Image, threshold: int = 128) -> Image.Image:
    """What a thermal printer makes of ``image``: dots below ``threshold`` are black."""
    return image.point(lambda value: 255 * (value >= threshold))


def symbols(image: Image.Image) -> list[str]:
    """Texts of the QR symbols that ``fieldapp.media.qr`` reads in a picture."""
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return qr.read(stream.getvalue())


def operators(pdf: bytes) -> Iterator[tuple[int, str, list[object]]]:
    """Page number, operator and operands of everything the pages draw."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for number, page in enumerate(document.pages, start=1):
            for instruction in pikepdf.parse_content_stream(page):
                yield number, str(instruction.operator), list(instruction.operands)
