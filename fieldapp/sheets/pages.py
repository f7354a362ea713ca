"""Pages of one family: head band with 联次 box, title and QR at the same place, the table, the foot."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from fieldapp.sheets.content import CopyMark, SheetRecord
from fieldapp.sheets.drawing import PAGE_HEIGHT, PAGE_WIDTH, QR_SIDE, Pen, draw_bands
from fieldapp.sheets.faces import HEI, Face, drawing, load
from fieldapp.sheets.inline import Line, Piece, Text, Typesetter
from fieldapp.sheets.table import GROUP, INNER, MM, OUTER, WIDTH, Band, Cell, Measure, Room, Row

_CENTRE, _CENTRE_WIDTH = 28 * MM, 114 * MM
_HEAD = 37 * MM
#: Heads of blocks and other rows of one printed line.
HEAD_ROW = Room(6.4)


@dataclass(frozen=True, slots=True)
class Layout:
    """What one variant of the sheet is set in: faces, leading, top of the head band and room below it
    (mm)."""

    face: Face
    leading: float
    top: float
    body: float

    @property
    def capacity(self) -> float:
        """Points between head band and foot."""
        return self.body * MM


@dataclass(slots=True)
class SheetPage:
    """One page before it is drawn: its bands, what its title says below the form's, and the outline entry
    that begins here."""

    bands: list[Band]
    subtitle: str = ""
    outline: str = ""


@dataclass(slots=True)
class Document:
    """Collects pages of copies and draws them; the head's texts are set once."""

    record: SheetRecord
    layout: Layout
    foot: str
    marks: Sequence[str]

    def draw(self, copies: Sequence[CopyMark], pages: Sequence[SheetPage], measure: Measure) -> bytes:
        """The PDF as ReportLab writes it, not yet PDF/A."""
        load()
        heads = [self._head_lines(page, measure.setter) for page in pages]
        self._require_fixed_glyphs(measure.setter, copies)
        measure.setter.require_glyphs()
        stream = io.BytesIO()
        with drawing():
            canvas = Canvas(
                stream,
                pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
                invariant=1,
                pageCompression=1,
                initialFontName=self.layout.face.regular,
            )
            pen = Pen(canvas, self.layout.face.regular)
            for number, copy in enumerate(copies):
                for index, page in enumerate(pages):
                    if page.outline:
                        self._outline(canvas, f"{number}-{index}", page.outline, copy, len(copies))
                    self._head(pen, copy, page, heads[index], measure.setter)
                    end = draw_bands(pen, page.bands, self.layout.top * MM + _HEAD, measure)
                    if end > self.layout.top * MM + _HEAD + self.layout.capacity + 0.5:
                        raise OverflowError("a page was given more than it holds")
                    self._foot(pen, index + 1, len(pages), measure.setter)
                    pen.flush()
                    canvas.showPage()
            canvas.save()
        return stream.getvalue()

    def _outline(self, canvas: Canvas, key: str, title: str, copy: CopyMark, copies: int) -> None:
        canvas.bookmarkPage(key)
        canvas.addOutlineEntry(f"{title}（{copy.middle}）" if copies > 1 else title, key)

    def _require_fixed_glyphs(self, setter: Typesetter, copies: Sequence[CopyMark]) -> None:
        """Texts drawn without breaking: their glyphs are looked up all the same."""
        setter.lines([Text(self.foot)], 9, WIDTH, "页脚")
        for copy in copies:
            setter.lines([Text(copy.upper + copy.lower), Text(copy.middle, bold=True)], 9, WIDTH, "联次")
        setter.lines([Text(self.record.issuer), Text(self.record.form_title, bold=True)], 9, WIDTH, "表头")

    def _head_lines(self, page: SheetPage, setter: Typesetter) -> tuple[list[Line], float, float]:
        """The lines below the title, their size and their distance: smaller where there are many."""
        texts = self._head_texts(page)
        lines = [line for pieces in texts for line in setter.lines(pieces, 10.5, _CENTRE_WIDTH, "表头")]
        if len(lines) <= 4:
            return lines, 10.5, 14.4
        lines = [line for pieces in texts for line in setter.lines(pieces, 9, _CENTRE_WIDTH, "表头")]
        return lines, 9, 54.0 / max(5, len(lines))

    def _head_texts(self, page: SheetPage) -> list[Sequence[Piece]]:
        record = self.record
        serial = Text(f"编号：{record.serial}")
        if page.subtitle:
            return [[serial]]
        start, end = record.started_at, record.ended_at
        until = f" 至 {end:%H:%M}" if end else ""
        when: list[Piece] = [
            Text("检查："),
            Text(f"{start.year}年{start.month}月{start.day}日", bold=True),
            Text(f" {start:%H:%M}{until}　{record.visit_kind}"),
        ]
        tasks = f"任务 {'、'.join(record.tasks)}　" if record.tasks else ""
        result: list[Piece] = [Text(f"{tasks}上门结果："), Text(record.result_text or "未填", bold=True)]
        return [[serial], when, result]

    def _head(
        self,
        pen: Pen,
        copy: CopyMark,
        page: SheetPage,
        below: tuple[list[Line], float, float],
        setter: Typesetter,
    ) -> None:
        top = self.layout.top * MM
        self._copy_box(pen, copy, top, setter)
        self._issuer(pen, top + 2.6 * MM, setter)
        title = self.record.form_title
        size = 17.0 if len(title) > 15 else 18.0
        size = min(size, size * _CENTRE_WIDTH / max(1.0, setter.width(title, size, bold=True)))
        pen.text(_centred(setter, title, size), top + 10.7 * MM, title, HEI, size)
        if page.subtitle:
            pen.text(_centred(setter, page.subtitle, 18), top + 18.6 * MM, page.subtitle, HEI, 18)
        lines, size, step = below
        first = top + (25.7 if page.subtitle else 17.9) * MM - step / 2
        pen.lines(lines, _CENTRE, _CENTRE_WIDTH, first, size, step, "center")
        self._code(pen, top, setter)

    def _code(self, pen: Pen, top: float, setter: Typesetter) -> None:
        """The symbol, and under it what can be typed where it cannot be read."""
        regular = self.layout.face.regular
        x = WIDTH - QR_SIDE
        pen.symbol(self.record.code.text, x, top + 0.05 * MM)
        letters = self.record.code.letters
        below = [
            (" ".join((letters[:5], letters[5:9], letters[9:13])), HEI),
            (" ".join((letters[13:18], letters[18:22], letters[22:])), HEI),
            (f"版本 {self.record.code.version}　校验 {self.record.code.check}", regular),
        ]
        for index, (text, font) in enumerate(below):
            width = setter.width(text, 8, bold=font == HEI)
            pen.text(
                x + min((QR_SIDE - width) / 2, QR_SIDE - width), top + 27.2 * MM + index * 9.2, text, font, 8
            )

    def _issuer(self, pen: Pen, middle: float, setter: Typesetter) -> None:
        """The issuing body on one line of 12 points, a longer name on more of 9."""
        size, step = 12.0, 18.0
        lines = setter.lines([Text(self.record.issuer)], size, _CENTRE_WIDTH)
        if len(lines) > 1:
            size, step = 9.0, 10.5
            lines = setter.lines([Text(self.record.issuer)], size, _CENTRE_WIDTH)
        pen.lines(lines, _CENTRE, _CENTRE_WIDTH, middle - len(lines) * step / 2, size, step, "center")

    def _copy_box(self, pen: Pen, copy: CopyMark, top: float, setter: Typesetter) -> None:
        regular = self.layout.face.regular
        pen.frame(0, top, 25 * MM, 17.2 * MM, INNER)
        for text, font, size, middle in (
            (copy.upper, regular, 9, 3.2),
            (copy.middle, HEI, 12, 8.4),
            (copy.lower, regular, 9, 13.2),
        ):
            width = setter.width(text, size, bold=font == HEI)
            pen.text((25 * MM - width) / 2, top + middle * MM, text, font, size)
        for index, mark in enumerate(self.marks):
            y = top + (17.9 + index * 8.6) * MM
            pen.frame(2.5 * MM, y, 20 * MM, 7.4 * MM, OUTER)
            width = setter.width(mark, 14, bold=True)
            pen.text((25 * MM - width) / 2, y + 3.7 * MM, mark, HEI, 14)

    def _foot(self, pen: Pen, page: int, pages: int, setter: Typesetter) -> None:
        regular = self.layout.face.regular
        pen.line(0, PAGE_HEIGHT - 13 * MM, WIDTH, PAGE_HEIGHT - 13 * MM, INNER)
        middle = PAGE_HEIGHT - 9 * MM - 0.38 * 9
        pen.text(0, middle, self.foot, regular, 9)
        count = f"第 {page} 页　共 {pages} 页"
        pen.text(WIDTH - setter.width(count, 9), middle, count, regular, 9)


def _centred(setter: Typesetter, text: str, size: float) -> float:
    return _CENTRE + (_CENTRE_WIDTH - setter.width(text, size, bold=True)) / 2


def head_band(title: str, remark: str = "", *, section: str = "") -> Band:
    """The head of a block (一、…) with a remark at the right."""
    cells = [Cell(0, 170, [Text(title, bold=True)], place=title)]
    if remark:
        cells.append(Cell(170 - 110, 110, [Text(remark)], size=9, align="right", place=title, open_left=True))
    return Band([Row(cells, HEAD_ROW, rule=GROUP)], with_next=True, section=section)


def pair_row(room: Room, *pairs: tuple[str, Sequence[Piece]]) -> Band:
    """Label and value, once over the whole width (20+150) or twice (20+70+20+60)."""
    widths = (20.0, 150.0) if len(pairs) == 1 else (20.0, 70.0, 20.0, 60.0)
    cells = []
    x = 0.0
    for index, (label, pieces) in enumerate(pairs):
        cells.append(label_cell(x, widths[2 * index], label))
        x += widths[2 * index]
        cells.append(Cell(x, widths[2 * index + 1], pieces, place=label.replace("　", "").replace(" ", "")))
        x += widths[2 * index + 1]
    return Band([Row(cells, room)])


def label_cell(x: float, width: float, label: str, *, size: float = 10.5) -> Cell:
    """A label: centred, three and two characters spread to the width of four."""
    return Cell(x, width, [Text(spread(label))], size=size, align="center", pad=1, place=label)


def spread(label: str) -> str:
    """用途 becomes 用　　途, 产权人 becomes 产 权 人: the width of four characters."""
    if len(label) == 2 and label.isalpha():
        return f"{label[0]}　　{label[1]}"
    if len(label) == 3 and label.isalpha():
        return " ".join(label)
    return label
