"""The ruled table a sheet is made of: cells in rows, rows in bands that never split, bands on pages.

All measures are points from the top left corner of the table; x grows to the right, y downwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fieldapp.sheets.inline import Line, Piece, Typesetter

MM = 72 / 25.4
WIDTH = 170 * MM
OUTER, FRAME, GROUP, INNER = 1.0, 2.0, 0.75, 0.5
PAD = 3.0
_PAD_Y = 1.2


@dataclass(slots=True)
class Picture:
    """A photograph in a cell: JPEG bytes, pixels, and the box it fits into whole (points)."""

    key: str
    jpeg: bytes
    pixels: tuple[int, int]
    width: float
    height: float

    @property
    def drawn(self) -> tuple[float, float]:
        """Width and height on paper, in points: the whole picture, never cropped."""
        scale = min(self.width / self.pixels[0], self.height / self.pixels[1])
        return self.pixels[0] * scale, self.pixels[1] * scale


@dataclass(slots=True)
class Cell:
    """One cell: ``x`` and ``width`` in mm, its pieces at ``size``, and how they stand.

    ``align`` is left, center or right; ``top`` puts a printed hint at the upper edge above space to sign;
    ``foot`` stands at the lower edge (``foot_align``); ``picture`` stands above the pieces; ``second`` are
    further lines at 9 points below them. ``place`` names the cell in messages; ``group`` draws its left
    line as that of a column group, ``open_left`` none.
    """

    x: float
    width: float
    pieces: Sequence[Piece] = ()
    size: float = 10.5
    align: str = "left"
    top: bool = False
    foot: Sequence[Sequence[Piece]] = ()
    picture: Picture | None = None
    second: Sequence[Piece] = ()
    place: str = ""
    pad: float = PAD
    group: bool = False
    foot_align: str = "right"
    open_left: bool = False
    lines: list[Line] = field(default_factory=list)
    second_lines: list[Line] = field(default_factory=list)
    foot_lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Row:
    """Cells side by side; at least ``least`` mm high; ``rule`` is the weight of the line above it."""

    cells: list[Cell]
    least: float
    rule: float = INNER
    height: float = 0.0


@dataclass(slots=True)
class Span:
    """A cell over all rows ``first``..``last`` of a band, at its right edge (捺印)."""

    first: int
    last: int
    cell: Cell


@dataclass(slots=True)
class Band:
    """Rows that stay on one page. ``with_next`` never stands last on a page; ``repeat`` bands are drawn
    again when a band of the same ``section`` begins a page; ``frame`` is drawn around, in points."""

    rows: list[Row]
    spans: list[Span] = field(default_factory=list)
    frame: float = 0.0
    with_next: bool = False
    repeat: bool = False
    section: str = ""

    @property
    def height(self) -> float:
        """Points, once measured."""
        return sum(row.height for row in self.rows)


@dataclass(slots=True)
class Measure:
    """Sets the rows of bands in one pair of faces: ``leading`` is a multiple of the size."""

    setter: Typesetter
    leading: float

    def bands(self, bands: Sequence[Band]) -> list[Band]:
        """The same bands with lines and heights."""
        for band in bands:
            for row in band.rows:
                row.height = max(row.least * MM, *(self._cell(cell) for cell in row.cells))
            for span in band.spans:
                self._cell(span.cell)
        return list(bands)

    def _cell(self, cell: Cell) -> float:
        width = cell.width * MM - 2 * cell.pad
        cell.lines = self.setter.lines(cell.pieces, cell.size, width, cell.place) if cell.pieces else []
        height = len(cell.lines) * self.step(cell) + 2 * _PAD_Y
        if cell.second:
            cell.second_lines = self.setter.lines(cell.second, 9, width, cell.place)
            height += len(cell.second_lines) * 13
        if cell.picture is not None:
            height += cell.picture.height + 3 * MM
        if cell.foot:
            cell.foot_lines = [self.setter.lines(one, cell.size, width, cell.place)[0] for one in cell.foot]
            height += len(cell.foot_lines) * self.step(cell)
        return height

    def step(self, cell: Cell) -> float:
        """From line to line, in points."""
        return cell.size * self.leading


def cut(cell: Cell, count: int, setter: Typesetter, mark: Sequence[Piece]) -> None:
    """Keep the first ``count`` lines of a measured cell and put ``mark`` after them."""
    cell.lines = [*cell.lines[:count], *setter.lines(mark, cell.size, cell.width * MM - 2 * cell.pad)]


def paginate(bands: Sequence[Band], capacity: float) -> list[list[Band]]:
    """Bands of each page of ``capacity`` points: no band splits, no head stands alone.

    A band of one row taller than a page is cut between its lines, the only thing that ever is.
    """
    pages: list[list[Band]] = [[]]
    used = 0.0
    heads: dict[str, list[Band]] = {}
    for group in _groups([part for band in bands for part in _fitting(band, capacity * 0.8)]):
        height = sum(band.height for band in group)
        if pages[-1] and used + height > capacity + 0.01:
            again = [] if group[0].repeat or group[0].with_next else heads.get(group[0].section, [])
            pages.append(list(again))
            used = sum(band.height for band in again)
        for band in group:
            if band.repeat:
                heads[band.section] = [band]
        pages[-1] += group
        used += height
    return pages


def _groups(bands: Sequence[Band]) -> list[list[Band]]:
    groups: list[list[Band]] = []
    current: list[Band] = []
    for band in bands:
        current.append(band)
        if not band.with_next:
            groups.append(current)
            current = []
    return [*groups, current] if current else groups


def _fitting(band: Band, limit: float) -> list[Band]:
    if band.height <= limit or len(band.rows) != 1 or band.spans:
        return [band]
    row = band.rows[0]
    if any(cell.picture or cell.foot for cell in row.cells):
        return [band]
    lines = max(len(cell.lines) for cell in row.cells)
    step = (row.height - 2 * _PAD_Y) / lines
    count = max(1, int(limit / step))
    parts = []
    for start in range(0, lines, count):
        cells = [replace(cell, lines=cell.lines[start : start + count]) for cell in row.cells]
        height = max(len(cell.lines) for cell in cells) * step + 2 * _PAD_Y
        parts.append(replace(band, rows=[replace(row, cells=cells, height=height)], with_next=False))
    return parts
