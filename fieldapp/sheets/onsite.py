"""Fits the 现场页 on paper: all items, smaller type where a text takes more than a line, the items in three
lines, or what is left over on a 续页.

Nothing is clipped: where a long text is cut on the first page it stands whole on the next, and the first
page says so. Every page that is signed carries the sentence about appraisals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

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
from fieldapp.sheets.inline import Piece, Text
from fieldapp.sheets.pages import HEAD_ROW, SheetPage, head_band
from fieldapp.sheets.signatures import SENTENCE, signature_block, signature_line, witness_block
from fieldapp.sheets.table import (
    Band,
    Cell,
    Measure,
    Row,
    height_of,
    paginate,
    shortened,
    stretch,
)

#: Lines that stay of a long text on a page that is too full.
_KEPT_LINES = 2
_ON_NEXT_PAGE = (Text("（全文见续页）", bold=True),)
_ON_FIRST_PAGE = (Text("（见第1页）", bold=True),)


def onsite_pages(record: SheetRecord, measure: Measure, capacity: float, *, entered: bool) -> list[SheetPage]:
    """The pages of one copy, measured and none taller than ``capacity`` points."""
    if not entered:
        return _door_pages(record, measure, capacity)
    defects = defect_rows(record)
    small = replace(measure, compact=True)
    for setting, short in ((measure, False), (small, False), (measure, True), (small, True)):
        above = _above(record, defects, short=short)
        page = setting.bands([*above, *_defects(defects), *_judgement(record), *_closing(record)])
        if height_of(page) <= capacity:
            stretch(page, capacity)
            return titled([page])
    return _several_pages(record, defects, small, capacity)


def fitted_pages(
    blocks: Callable[[], list[Band]],
    closing: Callable[[], list[Band]],
    line: Callable[[], list[Band]],
    measure: Measure,
    capacity: float,
) -> list[SheetPage]:
    """One page, in smaller type where texts are long, else with a 续页: ``closing`` ends the last page,
    ``line`` every one before it. Bands are measured anew for each size, so they are asked for again."""
    for setting in (measure, replace(measure, compact=True)):
        body, end = setting.bands(blocks()), setting.bands(closing())
        if height_of([*body, *end]) <= capacity:
            stretch([*body, *end], capacity)
            return titled([[*body, *end]])
    return titled(signed_pages(body, end, setting.bands(line()), capacity))


def titled(pages: Sequence[list[Band]]) -> list[SheetPage]:
    """The pages of one copy with what their titles say."""
    return [
        SheetPage(page, subtitle="续 页" if index else "", outline="" if index else "检查表")
        for index, page in enumerate(pages)
    ]


def _door_pages(record: SheetRecord, measure: Measure, capacity: float) -> list[SheetPage]:
    above = measure.bands([*door_block(record, ONSITE_ROWS), *outcome_block(record, ONSITE_ROWS)])
    closing = measure.bands([_signing_head("三、签字"), witness_block(record.team), _door_note(record)])
    whole = []
    if height_of(above) + height_of(closing) > capacity:
        whole = shortened([*above, *closing], _KEPT_LINES, _ON_NEXT_PAGE, measure)
    stretch([*above, *closing], capacity)
    return titled([[*above, *closing], *_following(record, [], whole, measure, capacity)])


def _above(record: SheetRecord, defects: Sequence[DefectRow], *, short: bool) -> list[Band]:
    items = (short_items_block if short else items_block)(record, defects, ONSITE_ROWS)
    return [*building_block(record, ONSITE_ROWS), *items, *defect_head(ONSITE_ROWS)]


def _defects(defects: Sequence[DefectRow]) -> list[Band]:
    return defect_bands(defects, {}, ONSITE_ROWS, 1) or [nothing_found(ONSITE_ROWS)]


def _judgement(record: SheetRecord) -> list[Band]:
    return [conclusion(record, ONSITE_ROWS), *treatment(record, ONSITE_ROWS)]


def _closing(record: SheetRecord) -> list[Band]:
    return [_signing_head("四、签字"), signature_block(record.team), _note(record)]


def _several_pages(
    record: SheetRecord, defects: Sequence[DefectRow], measure: Measure, capacity: float
) -> list[SheetPage]:
    """The first page keeps as many defects as it holds; the rest and the cut texts go to the next."""
    above = measure.bands(_above(record, defects, short=True))
    below = measure.bands(_judgement(record))
    closing = measure.bands(_closing(record))
    rows = measure.bands(_defects(defects))
    whole = []
    if height_of([*above, *rows[:1], *below, *closing]) > capacity:
        whole = shortened([*above, *below, *closing], _KEPT_LINES, _ON_NEXT_PAGE, measure)
    room = capacity - height_of([*above, *below, *closing])
    kept: list[Band] = []
    for band in rows:
        if band.height > room:
            break
        kept.append(band)
        room -= band.height
    left = rows[len(kept) :]
    if left:
        _remark(above, f"第 {len(kept) + 1} 项起见续页", measure)
    if not kept:
        # Not one row has room: the head would stand alone, so a row says where they are.
        words = [Text(f"{len(rows)} 项缺陷均见续页", bold=True)]
        kept = measure.bands([Band([Row([Cell(0, 170, words, align="center")], ONSITE_ROWS.defect)])])
    line = _short_signing(record, measure)
    first = signed_pages([*above, *kept, *below], closing, line, capacity)
    return titled([*first, *_following(record, left, whole, measure, capacity)])


def signed_pages(
    body: Sequence[Band], closing: Sequence[Band], line: Sequence[Band], capacity: float
) -> list[list[Band]]:
    """``body`` with the full signature block at its end and the short one (``line``) on every page before."""
    if height_of([*body, *closing]) <= capacity:
        return [[*body, *closing]]
    pages = paginate(body, capacity - height_of(line))
    if height_of([*pages[-1], *closing]) > capacity:
        return [*([*page, *line] for page in pages), list(closing)]
    return [*([*page, *line] for page in pages[:-1]), [*pages[-1], *closing]]


def _following(
    record: SheetRecord,
    left: Sequence[Band],
    whole: Sequence[tuple[str, Sequence[Piece]]],
    measure: Measure,
    capacity: float,
) -> list[list[Band]]:
    """续页: defects that are ``left`` over and ``whole`` texts, each page with its own signature line."""
    bands: list[Band] = []
    if left:
        bands += [*measure.bands(defect_head(ONSITE_ROWS, again=True)), *left]
    if whole:
        bands += measure.bands([head_band("全文"), *(_whole_text(*one) for one in whole)])
    if not bands:
        return []
    line = _short_signing(record, measure)
    return [[*page, *line] for page in paginate(bands, capacity - height_of(line))]


def _whole_text(name: str, pieces: Sequence[Piece]) -> Band:
    cells = [Cell(0, 34, [Text(name)], size=9, align="center", pad=1), Cell(34, 136, pieces, place=name)]
    return Band([Row(cells, ONSITE_ROWS.line)])


def _short_signing(record: SheetRecord, measure: Measure) -> list[Band]:
    line = signature_line(record.team)
    bands = measure.bands([_signing_head("签字"), line, _note(record)])
    shortened([line], 1, _ON_FIRST_PAGE, measure)
    return bands


def _remark(above: Sequence[Band], remark: str, measure: Measure) -> None:
    """Puts ``remark`` at the right of the head of the defects."""
    cell = Cell(60, 110, [Text(remark)], size=9, align="right", open_left=True)
    measure.bands([Band([Row([cell], HEAD_ROW)])])
    above[-2].rows[0].cells.append(cell)


def _signing_head(title: str) -> Band:
    text = f"{title}　{SENTENCE}签字前请核对本页全部内容。"
    return Band([Row([Cell(0, 170, [Text(text, bold=True)], place="签字")], HEAD_ROW)], with_next=True)


def _note(record: SheetRecord) -> Band:
    return _small_print(
        record,
        f"注：限值见规则集 {record.ruleset_version}（JGJ 125-2016 等），带*待核。"
        "一份交当事人，一份存档。个人信息仅用于房屋安全管理。",
    )


def _door_note(record: SheetRecord) -> Band:
    return _small_print(
        record,
        "注：本次未入户，不计入已检查房屋，将按下次上门日期再来。一份存档，一份备查。"
        "个人信息仅用于房屋安全管理。",
    )


def _small_print(record: SheetRecord, text: str) -> Band:
    text += record.last_words
    return Band([Row([Cell(0, 170, [Text(text)], size=9, place="注")], HEAD_ROW)])
