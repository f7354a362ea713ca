"""The ruled table a sheet is made of: cells in rows, rows in bands that never split, bands on pages.

All measures are points from the top left corner of the table; x grows to the right, y downwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from fieldapp.sheets.inline import Line, Piece, Typesetter, broken

MM = 72 / 25.4
WIDTH = 170 * MM
OUTER, FRAME, GROUP, INNER = 1.0, 2.0, 0.75, 0.5
PAD = 3.0
SMALLEST = 9.0
#: Room above and below a picture in its cell.
PICTURE_ABOVE, PICTURE_BELOW = 1.5 * MM, 1.2 * MM
_PAD_Y = 1.2
#: Empty room for a hand under a printed hint, mm.
_HAND = 9.0


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


class Room(NamedTuple):
    """Height of a row in mm: never less than ``least``, ``wished`` where the page has room for it."""

    least: float
    wished: float = 0.0


@dataclass(slots=True)
class Row:
    """Cells side by side in some ``room``; ``rule`` is the weight of the line above it; in a ``signed``
    row people write, so that it takes room that is left over."""

    cells: list[Cell]
    room: Room
    rule: float = INNER
    signed: bool = False
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
    """Sets the rows of bands in one pair of faces: ``leading`` is a multiple of the size; ``compact`` sets
    texts of more than one line at 9 points, the smallest size there is."""

    setter: Typesetter
    leading: float
    compact: bool = False

    def bands(self, bands: Sequence[Band]) -> list[Band]:
        """The same bands with lines and heights."""
        for band in bands:
            for row in band.rows:
                for cell in row.cells:
                    self._set(cell)
                self.fit(row)
            for span in band.spans:
                self._set(span.cell)
        return list(bands)

    def fit(self, row: Row) -> None:
        """The height of a row whose cells are set."""
        row.height = max(row.room.least * MM, *(self._height(cell) for cell in row.cells))

    def step(self, cell: Cell) -> float:
        """From line to line, in points."""
        return cell.size * self.leading

    def _set(self, cell: Cell) -> None:
        width = cell.width * MM - 2 * cell.pad
        setter, place = self.setter, cell.place
        cell.lines = setter.lines(cell.pieces, cell.size, width, place) if cell.pieces else []
        if self.compact and cell.size > SMALLEST and len(cell.lines) > 1 and not broken(cell.pieces):
            cell.size = SMALLEST
            cell.lines = setter.lines(cell.pieces, cell.size, width, place)
        cell.second_lines = setter.lines(cell.second, SMALLEST, width, place) if cell.second else []
        cell.foot_lines = [setter.lines(one, cell.size, width, place)[0] for one in cell.foot]

    def _height(self, cell: Cell) -> float:
        lines = len(cell.lines) + len(cell.foot_lines)
        height = lines * self.step(cell) + len(cell.second_lines) * 13 + 2 * _PAD_Y
        if cell.picture is not None:
            height += cell.picture.height + PICTURE_ABOVE + PICTURE_BELOW
        if cell.top and not cell.foot:
            height += _HAND * MM
        return height


def shortened(
    bands: Sequence[Band], keep: int, mark: Sequence[Piece], measure: Measure
) -> list[tuple[str, Sequence[Piece]]]:
    """Cuts texts of more than ``keep`` + 1 lines in measured bands to ``keep`` and puts ``mark`` after
    them; returns place and whole text of each, to be printed elsewhere."""
    whole = []
    for band in bands:
        for row in band.rows:
            for cell in row.cells:
                if len(cell.lines) > keep + 1:
                    whole.append((cell.place, cell.pieces))
                    end = measure.setter.lines(mark, cell.size, cell.width * MM - 2 * cell.pad)
                    cell.lines = [*cell.lines[:keep], *end]
            measure.fit(row)
    return whole


def stretch(bands: Sequence[Band], capacity: float) -> None:
    """Gives what a page of ``capacity`` points has left to its rows: first what they wish, then up to
    6 mm to each where people write."""
    rows = [row for band in bands for row in band.rows]
    wished = [max(0.0, row.room.wished * MM - row.height) for row in rows]
    spare = max(0.0, capacity - height_of(bands))
    part = min(1.0, spare / sum(wished)) if any(wished) else 0.0
    for row, more in zip(rows, wished, strict=True):
        row.height += part * more
    signed = [row for row in rows if row.signed]
    for row in signed:
        row.height += min((spare - part * sum(wished)) / len(signed), 6 * MM)


def height_of(bands: Sequence[Band]) -> float:
    """Points that measured bands take."""
    return sum(band.height for band in bands)


def paginate(bands: Sequence[Band], capacity: float) -> list[list[Band]]:
    """Bands of each page of ``capacity`` points: no band splits, no head stands alone.

    What is taller than four fifths of a page is cut between its rows, and a row between its lines: the
    only things that ever are.
    """
    pages: list[list[Band]] = [[]]
    used = 0.0
    heads: dict[str, list[Band]] = {}
    for group in _groups([part for band in bands for part in _fitting(band, capacity * 0.8)], capacity):
        height = height_of(group)
        if pages[-1] and used + height > capacity + 0.01:
            again = [] if group[0].repeat or group[0].with_next else heads.get(group[0].section, [])
            pages.append(list(again))
            used = height_of(again)
        for band in group:
            if band.repeat:
                heads[band.section] = [band]
        pages[-1] += group
        used += height
    return pages


def _groups(bands: Sequence[Band], capacity: float) -> list[list[Band]]:
    """Heads with what follows them, unless that is more than a page."""
    groups: list[list[Band]] = []
    current: list[Band] = []
    for band in bands:
        if current and height_of(current) + band.height > capacity:
            groups.append(current)
            current = []
        current.append(band)
        if not band.with_next:
            groups.append(current)
            current = []
    return [*groups, current] if current else groups


def _fitting(band: Band, limit: float) -> list[Band]:
    """``band`` itself where it is not too tall, else its rows, else parts of its row."""
    if band.height <= limit or band.spans:
        return [band]
    if len(band.rows) > 1:
        singles = [replace(band, rows=[row], with_next=False) for row in band.rows]
        return [part for single in singles for part in _fitting(single, limit)]
    row = band.rows[0]
    if any(cell.picture or cell.foot or cell.top for cell in row.cells):
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
