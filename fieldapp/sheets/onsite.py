"""Fits the 现场页 on paper: all items, or the items in three lines, or what is left over on a 续页.

Nothing is clipped: where a long text is cut on the first page it stands whole on the next, and the first
page says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fieldapp.sheets.content import SheetRecord
from fieldapp.sheets.hazard_defects import DefectRow, defect_rows
from fieldapp.sheets.hazard_inspection import (
    ONSITE_ROWS,
    building_block,
    conclusion,
    defect_bands,
    defect_head,
    door_block,
    items_block,
    nothing_found,
    outcome_block,
    short_items_block,
    treatment,
)
from fieldapp.sheets.inline import Piece, Text, text_of
from fieldapp.sheets.pages import SheetPage, head_band
from fieldapp.sheets.signatures import SENTENCE, signature_block, signature_line, witness_block
from fieldapp.sheets.table import Band, Cell, Measure, Row, cut, paginate

#: With more defects the items shrink; with more still the rest goes to a 续页 (paper target 8).
WITH_ALL_ITEMS, ON_ONE_PAGE = 3, 8
_RULES_SHOWN = 4
#: Lines that stay of a long text on a page that is too full.
_KEPT_LINES = 2
_ON_NEXT_PAGE: tuple[Piece, ...] = (Text("（全文见续页）", bold=True),)


@dataclass(slots=True)
class _Parts:
    """Measured blocks between the head and the defects, and between the defects and the end."""

    above: list[Band]
    below: list[Band]
    defects: list[Band]

    @property
    def fixed(self) -> float:
        return sum(band.height for band in [*self.above, *self.below])


def onsite_pages(record: SheetRecord, measure: Measure, capacity: float, *, entered: bool) -> list[SheetPage]:
    """The pages of one copy, measured."""
    if not entered:
        bands = [
            *door_block(record, ONSITE_ROWS),
            *outcome_block(record, len(record.photos), ONSITE_ROWS),
            _signing_head("三、签字"),
            witness_block(record.team),
            _note(record),
        ]
        pages = paginate(measure.bands(bands), capacity)
        return _titled(pages)
    defects = defect_rows(record)
    shown = measure.bands(defect_bands(defects, {}, ONSITE_ROWS, 1)) or measure.bands(
        [nothing_found(ONSITE_ROWS)]
    )
    below = measure.bands(_below(record))
    if len(defects) <= WITH_ALL_ITEMS:
        parts = _Parts(_above(record, defects, measure, short=False), below, shown)
        if parts.fixed + _height(shown) <= capacity:
            return _titled([[*parts.above, *shown, *below]])
    parts = _Parts(_above(record, defects, measure, short=True), below, shown)
    if len(defects) <= ON_ONE_PAGE and parts.fixed + _height(shown) <= capacity:
        return _titled([[*parts.above, *shown, *below]])
    return _with_next_page(record, parts, len(defects), measure, capacity)


def _titled(pages: Sequence[list[Band]]) -> list[SheetPage]:
    return [
        SheetPage(page, subtitle="续 页" if index else "", outline="" if index else "检查表")
        for index, page in enumerate(pages)
    ]


def _height(bands: Sequence[Band]) -> float:
    return sum(band.height for band in bands)


def _above(record: SheetRecord, defects: Sequence[DefectRow], measure: Measure, *, short: bool) -> list[Band]:
    items = (short_items_block if short else items_block)(record, defects, ONSITE_ROWS)
    return measure.bands([*building_block(record, ONSITE_ROWS), *items, *defect_head(ONSITE_ROWS)])


def _below(record: SheetRecord) -> list[Band]:
    return [
        conclusion(record, ONSITE_ROWS, rules=_RULES_SHOWN),
        *treatment(record, ONSITE_ROWS),
        _signing_head("四、签字"),
        signature_block(record.team),
        _note(record),
    ]


def _with_next_page(
    record: SheetRecord, parts: _Parts, count: int, measure: Measure, capacity: float
) -> list[SheetPage]:
    """The first page keeps as many defects as it holds; the rest and the cut texts go to the next."""
    whole = _cut_long_texts([*parts.above, *parts.below], measure) if parts.fixed > capacity * 0.9 else []
    kept: list[Band] = []
    room = capacity - parts.fixed
    for band in parts.defects[:ON_ONE_PAGE] if count else parts.defects:
        if band.height > room:
            break
        kept.append(band)
        room -= band.height
    left = parts.defects[len(kept) :]
    if left and not kept and count:
        # Not one row has room: the head would stand alone, so a row says where they are.
        words = [Text(f"{count} 项缺陷均见续页", bold=True)]
        kept = measure.bands([Band([Row([Cell(0, 170, words, align="center")], ONSITE_ROWS.defect)])])
    if left and kept:
        remark = f"第 {len(parts.defects) - len(left) + 1} 项起见续页"
        _remark(parts.above, remark, measure)
    following: list[Band] = []
    if left:
        following += measure.bands(defect_head(ONSITE_ROWS, again=True)) + left
    if whole:
        following += measure.bands([head_band("全文"), *whole])
    following += measure.bands([_signing_head("签字"), signature_line(record.team), _note(record)])
    pages = paginate([*parts.above, *kept, *parts.below], capacity)
    return _titled([*pages, *paginate(following, capacity)])


def _remark(above: Sequence[Band], remark: str, measure: Measure) -> None:
    """Puts ``remark`` at the right of the head of the defects."""
    head = above[-2].rows[0]
    if len(head.cells) == 1:
        cell = Cell(60, 110, [Text(remark)], size=9, align="right", open_left=True)
        measure.bands([Band([Row([cell], 1)])])
        head.cells.append(cell)


def _cut_long_texts(bands: Sequence[Band], measure: Measure) -> list[Band]:
    """Cuts texts longer than two lines in place; returns rows with the same texts whole."""
    whole = []
    for band in bands:
        for row in band.rows:
            label, last = row.cells[0], row.cells[-1]
            if len(row.cells) != 2 or len(last.lines) <= _KEPT_LINES + 1 or last.top or last.open_left:
                continue
            name = text_of(label.pieces)
            whole.append(
                Band([Row([
                    Cell(0, 34, label.pieces, size=9, align="center", pad=1),
                    Cell(34, 136, last.pieces, place=name),
                ], ONSITE_ROWS.line)])
            )  # fmt: skip
            cut(last, _KEPT_LINES, measure.setter, _ON_NEXT_PAGE)
            row.height = max(
                row.least, len(last.lines) * measure.step(last) + 2.4, len(label.lines) * measure.step(label)
            )
    return whole


def _signing_head(title: str) -> Band:
    text = f"{title}　{SENTENCE}签字前请核对本页全部内容。"
    return Band([Row([Cell(0, 170, [Text(text, bold=True)], place="签字")], 6.4)], with_next=True)


def _note(record: SheetRecord) -> Band:
    text = (
        f"注：限值取自规则集 {record.ruleset_version}（JGJ 125-2016 等），带*者待核。"
        "一份交当事人，一份存档。个人信息仅用于房屋安全管理。"
    )
    if record.phone:
        text += f"疑问请拨 {record.phone}。"
    return Band([Row([Cell(0, 170, [Text(text)], size=9, place="注")], 6.4)])
