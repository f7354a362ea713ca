"""Draws bands, head and foot on a ReportLab canvas: black only, lines that exist, text in reading order."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import zxingcpp
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from fieldapp.sheets.inline import BOX_EM, Fragment, Line
from fieldapp.sheets.table import (
    GROUP,
    INNER,
    MM,
    OUTER,
    PICTURE_ABOVE,
    PICTURE_BELOW,
    WIDTH,
    Band,
    Cell,
    Measure,
    Picture,
    Row,
)

PAGE_WIDTH, PAGE_HEIGHT = A4
LEFT = 25 * MM
#: Baseline under the middle of a line, in em: centres the ink of Chinese text.
_INK = 0.38
#: One module is 8 dots of a 203 dpi printer, the symbol of version 2 has 25.
QR_MODULE = 8 / 203 * 72
QR_MODULES = 25
QR_SIDE = QR_MODULES * QR_MODULE
_DARK = re.compile(rb"\x00+")


class _Jpeg(ImageReader):  # type: ignore[misc] # ReportLab has no types
    """A JPEG that goes in as it is: ReportLab would decode all its pixels, only to give it a name."""

    def __init__(self, picture: Picture) -> None:
        super().__init__(io.BytesIO(picture.jpeg))
        self._key = picture.key
        self._dataA = None  # no mask

    def getRGBData(self) -> bytes:  # noqa: N802 # ReportLab's name
        """What the name of the picture within the document is made of."""
        return self._key.encode("ascii")


@dataclass(slots=True)
class Pen:
    """A canvas with the origin at the top left corner of the table's column, y downwards, in points.

    Operators are written by ourselves and handed over in one piece (``flush``): ReportLab formats each
    number in Python, which took most of the time of a sheet. ``pictures`` keeps what was placed already,
    so that a second copy holds no second set of pixels.
    """

    canvas: Canvas
    regular: str
    pictures: dict[str, _Jpeg] = field(default_factory=dict)
    code: list[str] = field(default_factory=list)
    weight: float = 0.0

    def line(self, x1: float, y1: float, x2: float, y2: float, weight: float) -> None:
        """A straight line of ``weight`` points."""
        self._set_weight(weight)
        self.code.append(
            f"{LEFT + x1:.2f} {PAGE_HEIGHT - y1:.2f} m {LEFT + x2:.2f} {PAGE_HEIGHT - y2:.2f} l S"
        )

    def frame(self, x: float, y: float, width: float, height: float, weight: float) -> None:
        """A rectangle from its upper left corner."""
        self._set_weight(weight)
        self.code.append(f"{LEFT + x:.2f} {PAGE_HEIGHT - y - height:.2f} {width:.2f} {height:.2f} re S")

    def text(self, x: float, middle: float, text: str, font: str, size: float) -> None:
        """``text`` with its ink centred on ``middle``."""
        self._show(LEFT + x, PAGE_HEIGHT - middle - _INK * size, text, font, size)

    def lines(
        self, lines: Sequence[Line], x: float, width: float, top: float, size: float, step: float, align: str
    ) -> None:
        """Lines one below the other from ``top`` on, each within ``width``."""
        for index, line in enumerate(lines):
            start = x
            if align == "center":
                start += (width - line.width) / 2
            elif align == "right":
                start += width - line.width
            middle = top + (index + 0.5) * step
            for one in line.fragments:
                self._fragment(one, start, middle, size)
                start += one.width

    def flush(self) -> None:
        """Hands the operators over to the page, in the order they were written."""
        self.canvas.addLiteral("\n".join(self.code))
        self.code.clear()
        self.weight = 0.0

    def _set_weight(self, weight: float) -> None:
        if weight != self.weight:
            self.code.append(f"{weight:g} w")
            self.weight = weight

    def _show(self, x: float, y: float, text: str, font: str, size: float, mode: int = 0) -> None:
        document = self.canvas._doc
        face = pdfmetrics.getFont(font)
        shown = " ".join(
            f"{face.getSubsetInternalName(subset, document)} {size:g} Tf <{codes.hex()}> Tj"
            for subset, codes in face.splitString(text, document)
        )
        self.code.append(f"BT {mode} Tr {x:.2f} {y:.2f} Td {shown} ET")

    def _fragment(self, one: Fragment, x: float, middle: float, size: float) -> None:
        if one.box is not None:
            self._box(x, middle, size, ticked=one.box)
        elif one.text:
            self.text(x, middle, one.text, one.font, size)
        elif one.written:
            self.line(x, middle + 0.5 * size, x + one.width, middle + 0.5 * size, INNER)

    def _box(self, x: float, middle: float, size: float, *, ticked: bool) -> None:
        """A square drawn as a vector, with ■ or □ in invisible text beneath for search and readers."""
        side = BOX_EM * size
        left = LEFT + x + 0.375
        bottom = PAGE_HEIGHT - middle - side / 2 + 0.375
        self._show(left, bottom + 0.1 * size, "■" if ticked else "□", self.regular, side, mode=3)
        self.code.append(f"q 1 0 0 1 {left:.2f} {bottom:.2f} cm {_box_code(side, ticked=ticked)} Q")

    def picture(self, picture: Picture, x: float, y: float) -> None:
        """A photograph whole within its box, framed by a thin line."""
        reader = self.pictures.get(picture.key)
        if reader is None:
            reader = self.pictures[picture.key] = _Jpeg(picture)
        width, height = picture.drawn
        left, top = x + (picture.width - width) / 2, y + (picture.height - height) / 2
        self.flush()
        self.canvas.drawImage(reader, LEFT + left, PAGE_HEIGHT - top - height, width, height)
        self.frame(left, top, width, height, INNER)

    def symbol(self, text: str, x: float, y: float) -> None:
        """The QR of ``text``, its upper left corner at x, y."""
        place = f"{QR_MODULE:.6f} 0 0 {-QR_MODULE:.6f} {LEFT + x:.4f} {PAGE_HEIGHT - y:.4f} cm"
        self.code.append(f"q {place} {_symbol_code(text)} Q")


@lru_cache(maxsize=32)
def _box_code(side: float, *, ticked: bool) -> str:
    inner = side - 0.75
    code = f"0.75 w 0 0 {inner:.2f} {inner:.2f} re S"
    if ticked:
        stroke = f"{0.18 * side:.2f} {0.48 * side:.2f} m {0.42 * side:.2f} {0.2 * side:.2f} l"
        code += f" {0.15 * side:.2f} w 1 J 1 j {stroke} {side:.2f} {0.92 * side:.2f} l S"
    return code


@lru_cache(maxsize=4)
def _symbol_code(text: str) -> str:
    """One filled path of row runs, one unit a module: no seams at any resolution."""
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image: Any = symbol.to_image(scale=1, add_quiet_zones=False)  # a buffer, which its stub does not say
    modules = memoryview(image)
    if modules.shape != (QR_MODULES, QR_MODULES):
        raise ValueError("a record's code is larger than a version-2 symbol")
    runs = [
        f"{match.start()} {row} {len(match[0])} 1 re"
        for row, line in enumerate(modules.tolist())
        for match in _DARK.finditer(bytes(line))
    ]
    return " ".join([*runs, "f"])


def draw_bands(pen: Pen, bands: Sequence[Band], top: float, measure: Measure) -> float:
    """Bands from ``top`` downwards with the outer frame around them all; returns where they end."""
    y = top
    for band in bands:
        start = y
        for index, row in enumerate(band.rows):
            spans = [span for span in band.spans if span.first <= index <= span.last]
            inside = [span for span in spans if span.first < index]
            right = inside[0].cell.x * MM if inside else WIDTH
            if y > top:
                pen.line(0, y, right, y, row.rule)
            _draw_row(pen, row, y, measure)
            y += row.height
        for span in band.spans:
            span_top = start + sum(row.height for row in band.rows[: span.first])
            height = sum(row.height for row in band.rows[span.first : span.last + 1])
            pen.line(span.cell.x * MM, span_top, span.cell.x * MM, span_top + height, INNER)
            _draw_cell(pen, span.cell, span_top, height, measure)
    for band, start in _framed(bands, top):
        pen.frame(0, start, WIDTH, band.height, band.frame)
    pen.frame(0, top, WIDTH, y - top, OUTER)
    return y


def _framed(bands: Sequence[Band], top: float) -> list[tuple[Band, float]]:
    places = []
    y = top
    for band in bands:
        if band.frame:
            places.append((band, y))
        y += band.height
    return places


def _draw_row(pen: Pen, row: Row, y: float, measure: Measure) -> None:
    for cell in row.cells:
        if cell.x > 0 and not cell.open_left:
            weight = GROUP if cell.group else INNER
            pen.line(cell.x * MM, y, cell.x * MM, y + row.height, weight)
        _draw_cell(pen, cell, y, row.height, measure)


def _draw_cell(pen: Pen, cell: Cell, y: float, height: float, measure: Measure) -> None:
    step = measure.step(cell)
    x, width = cell.x * MM + cell.pad, cell.width * MM - 2 * cell.pad
    block = len(cell.lines) * step
    if cell.picture is not None:
        picture = cell.picture
        pen.picture(picture, cell.x * MM + (cell.width * MM - picture.width) / 2, y + PICTURE_ABOVE)
        top = y + PICTURE_ABOVE + picture.height + PICTURE_BELOW
    elif cell.top:
        top = y + 1.0
    else:
        top = y + (height - block) / 2
    pen.lines(cell.lines, x, width, top, cell.size, step, cell.align)
    if cell.second_lines:
        pen.lines(cell.second_lines, x, width, top + block, 9, 13, cell.align)
    if cell.foot_lines:
        low = y + height - len(cell.foot_lines) * step - 1.0
        pen.lines(cell.foot_lines, x, width, low, cell.size, step, cell.foot_align)
