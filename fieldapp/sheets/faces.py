"""The three carried faces: loaded once per process, their widths, and which characters they lack.

Song (Noto Serif SC) is the body of the archive copy, Sans (Noto Sans SC) that of paper from portable
printers, Hei (Noto Sans SC Bold) is bold in both. ReportLab keeps the subsets of a document in the face,
so only one document is drawn at a time: hold ``DRAWING`` while drawing.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFDocument
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
#: Outlines hardly shrink further above this, and it takes half the time.
_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Face:
    """A pair of registered font names: ``regular`` for labels and text, ``bold`` for what is known."""

    regular: str
    bold: str


ARCHIVE_FACE = Face(SONG, HEI)
ONSITE_FACE = Face(SANS, HEI)


class _Glyphs:
    """The outlines of a font, cut from its file where they are asked for."""

    def __init__(self, file: bytes, start: int) -> None:
        self._file = file
        self._start = start

    def __getitem__(self, part: slice) -> bytes:
        return self._file[self._start + part.start : self._start + part.stop]


class _CarriedFont(TTFont):  # type: ignore[misc] # ReportLab has no types
    """A TrueType font whose subsets are made without copying it and say which characters they hold.

    ReportLab copies all outlines (8 MB) for each subset. It writes code points beyond U+FFFF as five
    digits, which readers take for something else; the standard wants UTF-16 and at most 100 entries in
    one block.
    """

    def __init__(self, name: str, file: str) -> None:
        super().__init__(name, file, asciiReadable=False)
        copied = self.face.get_table
        glyphs = _Glyphs(self.face._ttf_data, self.face.get_table_pos("glyf")[0])
        self.face.get_table = lambda tag: glyphs if tag == "glyf" else copied(tag)

    def addObjects(self, doc: PDFDocument) -> None:  # noqa: N802 # ReportLab's name
        subsets = self.state[doc].subsets
        super().addObjects(doc)
        fonts = doc.idToObject["BasicFonts"].dict
        for number, subset in enumerate(subsets):
            font = fonts[f"{doc.fontMapping[self.fontName][1:]}+{number}"]
            program = doc.idToObject[f"fontFile:{self.face.filename}({font.BaseFont})"]
            program.content = zlib.compress(program.content, _LEVEL)
            program.dictionary["Filter"] = "/FlateDecode"
            # ReportLab would format each width by itself in Python.
            font.Widths = f"[{' '.join(f'{self.face.getCharWidth(code):g}' for code in subset)}]"
            doc.idToObject[f"toUnicodeCMap:{font.BaseFont}"].content = _text_map(font.BaseFont, subset)


def _text_map(name: str, subset: Sequence[int]) -> str:
    """The ToUnicode program of one subset: its characters by code; the first stands for what is missing."""
    entries = [
        f"<{code:02X}> <{chr(character).encode('utf-16-be').hex().upper()}>"
        for code, character in enumerate(subset)
        if character
    ]
    blocks = [entries[start : start + 100] for start in range(0, len(entries), 100)]
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        f"/CMapName /{name} def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<00> <FF>",
        "endcodespacerange",
        *("\n".join([f"{len(block)} beginbfchar", *block, "endbfchar"]) for block in blocks),
        "endcmap",
        "CMapName currentdict /CMap defineresource pop",
        "end",
        "end",
    ]
    return "\n".join(lines)


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
def widths(name: str) -> dict[str, float]:
    """Advance widths of one face in thousandths of the size by character, only where it has a glyph.

    Registers the face on first use; SHEET_003 when its file is missing or broken.
    """
    path = resources() / "fonts" / _FILES[name]
    try:
        font = _CarriedFont(name, str(path))
    except (TTFError, OSError) as error:
        raise EnvironmentProblem("SHEET_003", file=_FILES[name]) from error
    with _DRAWING:
        pdfmetrics.registerFont(font)
    face = font.face
    return {chr(code): face.charWidths[code] for code in face.charToGlyph if code in face.charWidths}


def load() -> None:
    """Register all faces; afterwards drawing needs no files."""
    for name in _FILES:
        widths(name)
