"""Draws bands, head and foot on a ReportLab canvas: black only, lines that exist, text in reading order."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from fieldapp.sheets.inline import BOX_EM, Fragment, Line
from fieldapp.sheets.table import GROUP, INNER, MM, OUTER, WIDTH, Band, Cell, Measure, Picture, Row

PAGE_WIDTH, PAGE_HEIGHT = A4
LEFT = 25 * MM
#: Baseline under the middle of a line, in em: centres the ink of Chinese text.
_INK = 0.38
#: One module is 8 dots of a 203 dpi printer, the symbol of version 2 has 25.
QR_MODULE = 8 / 203 * 72
QR_SIDE = 25 * QR_MODULE


@dataclass(slots=True)
class Pen:
    """A canvas with the origin at the top left corner of the table's column, y downwards, in points.

    ``pictures`` keeps what was placed already, so that a second copy holds no second set of pixels.
    """

    canvas: Canvas
    regular: str
    pictures: dict[str, ImageReader]

    def line(self, x1: float, y1: float, x2: float, y2: float, weight: float) -> None:
        """A straight line of ``weight`` points, square ends so that corners close."""
        self.canvas.setLineWidth(weight)
        self.canvas.line(LEFT + x1, PAGE_HEIGHT - y1, LEFT + x2, PAGE_HEIGHT - y2)

    def frame(self, x: float, y: float, width: float, height: float, weight: float) -> None:
        """A rectangle from its upper left corner."""
        self.canvas.setLineWidth(weight)
        self.canvas.rect(LEFT + x, PAGE_HEIGHT - y - height, width, height)

    def text(self, x: float, middle: float, text: str, font: str, size: float) -> None:
        """``text`` with its ink centred on ``middle``."""
        self.canvas.setFont(font, size)
        self.canvas.drawString(LEFT + x, PAGE_HEIGHT - middle - _INK * size, text)

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
        inner = side - 0.75
        bottom = PAGE_HEIGHT - middle - side / 2 + 0.375
        left = LEFT + x + 0.375
        canvas = self.canvas
        words = canvas.beginText(left, bottom + 0.1 * size)
        words.setFont(self.regular, side)
        words.setTextRenderMode(3)
        words.textOut("■" if ticked else "□")
        words.setTextRenderMode(0)
        canvas.drawText(words)
        canvas.setLineWidth(0.75)
        canvas.rect(left, bottom, inner, inner)
        if ticked:
            canvas.setLineWidth(0.15 * side)
            canvas.setLineCap(1)
            canvas.setLineJoin(1)
            path = canvas.beginPath()
            path.moveTo(left + 0.18 * side, bottom + 0.48 * side)
            path.lineTo(left + 0.42 * side, bottom + 0.2 * side)
            path.lineTo(left + 1.0 * side, bottom + 0.92 * side)
            canvas.drawPath(path, stroke=1, fill=0)
            canvas.setLineCap(0)
            canvas.setLineJoin(0)

    def picture(self, picture: Picture, x: float, y: float) -> None:
        """A photograph whole within its box, framed by a thin line."""
        reader = self.pictures.get(picture.key)
        if reader is None:
            reader = self.pictures[picture.key] = ImageReader(io.BytesIO(picture.jpeg))
        width, height = picture.drawn
        left, top = x + (picture.width - width) / 2, y + (picture.height - height) / 2
        self.canvas.drawImage(reader, LEFT + left, PAGE_HEIGHT - top - height, width, height)
        self.frame(left, top, width, height, INNER)

    def symbol(self, text: str, x: float, y: float) -> None:
        """The QR of ``text`` as one filled path of row runs: no seams at any resolution."""
        code = segno.make_qr(text, error="m", version=2, mode="alphanumeric", boost_error=False)
        path = self.canvas.beginPath()
        for row, modules in enumerate(code.matrix):
            start = None
            for column, dark in enumerate([*modules, 0]):
                if dark and start is None:
                    start = column
                elif not dark and start is not None:
                    path.rect(
                        LEFT + x + start * QR_MODULE,
                        PAGE_HEIGHT - y - (row + 1) * QR_MODULE,
                        (column - start) * QR_MODULE,
                        QR_MODULE,
                    )
                    start = None
        self.canvas.drawPath(path, stroke=0, fill=1)


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
        pen.picture(picture, cell.x * MM + (cell.width * MM - picture.width) / 2, y + 1.5 * MM)
        top = y + 1.5 * MM + picture.height + 1.2 * MM
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
