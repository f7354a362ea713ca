"""The three carried faces: loaded once per process, their widths, and which characters they lack.

Song (Noto Serif SC) is the body of the archive copy, Sans (Noto Sans SC) that of paper from portable
printers, Hei (Noto Sans SC Bold) is bold in both. ReportLab keeps the subsets of a document in the face,
so only one document is drawn at a time: hold ``DRAWING`` while drawing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from fieldapp.errors import EnvironmentProblem
from fieldapp.settings import resources

SONG, SANS, HEI = "FieldappSong", "FieldappSans", "FieldappHei"
_FILES = {
    SONG: "NotoSerifSC-Regular.ttf",
    SANS: "NotoSansSC-Regular.ttf",
    HEI: "NotoSansSC-Bold.ttf",
}
_DRAWING = threading.RLock()


@dataclass(frozen=True, slots=True)
class Face:
    """A pair of registered font names: ``regular`` for labels and text, ``bold`` for what is known."""

    regular: str
    bold: str


ARCHIVE_FACE = Face(SONG, HEI)
ONSITE_FACE = Face(SANS, HEI)


@contextmanager
def drawing() -> Iterator[None]:
    """One document at a time, ReportLab's ASCII85 off meanwhile (it only makes files larger)."""
    with _DRAWING:
        before = rl_config.useA85
        rl_config.useA85 = 0
        try:
            yield
        finally:
            rl_config.useA85 = before


@cache
def widths(name: str) -> dict[int, float]:
    """Advance widths of one face in thousandths of the size by code point, only where it has a glyph.

    Registers the face on first use; SHEET_003 when its file is missing or broken.
    """
    path = resources() / "fonts" / _FILES[name]
    try:
        font = TTFont(name, str(path), asciiReadable=False)
    except (TTFError, OSError) as error:
        raise EnvironmentProblem("SHEET_003", file=_FILES[name]) from error
    with _DRAWING:
        pdfmetrics.registerFont(font)
    face = font.face
    return {code: face.charWidths[code] for code in face.charToGlyph if code in face.charWidths}


def load() -> None:
    """Register all faces; afterwards drawing needs no files."""
    for name in _FILES:
        widths(name)
