"""Composes sheets from their blocks: the 现场页 to be signed, and the 归档本 with photographs.

``render_onsite`` and ``render_archive`` give finished PDF/A-2b bytes; they do not touch clock, network or
files other than the carried faces. Thread-safe; one document is drawn at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fieldapp.errors import UserError
from fieldapp.sheets.appendix import NumberedPhoto, in_order, photo_pages, scan_pages
from fieldapp.sheets.archival import Description, to_archival
from fieldapp.sheets.building_profile import blocks as profile_blocks
from fieldapp.sheets.building_profile import note as profile_note
from fieldapp.sheets.building_profile import profile_pages
from fieldapp.sheets.content import ARCHIVE_COPY, FIRST_COPY, CopyMark, SheetRecord
from fieldapp.sheets.faces import ARCHIVE_FACE, ONSITE_FACE
from fieldapp.sheets.glyphs import with_codes
from fieldapp.sheets.hazard_defects import DefectRow, defect_rows
from fieldapp.sheets.hazard_inspection import (
    ARCHIVE_ROWS,
    building_block,
    conclusion,
    defect_bands,
    defect_head,
    door_block,
    items_block,
    label_row,
    nothing_found,
    outcome_block,
    treatment,
)
from fieldapp.sheets.inline import Text, Typesetter
from fieldapp.sheets.onsite import onsite_pages
from fieldapp.sheets.pages import HEAD_ROW, Document, Layout, SheetPage
from fieldapp.sheets.patrol import blocks as patrol_blocks
from fieldapp.sheets.patrol import note as patrol_note
from fieldapp.sheets.patrol_onsite import patrol_pages
from fieldapp.sheets.signatures import SENTENCE, signing_status
from fieldapp.sheets.table import GROUP, Band, Cell, Measure, Row, paginate, shortened, stretch
from fieldapp.sheets.wording import runs

PATROL, PROFILE = "periodic_check", "building_profile"
FORMS = frozenset({"hazard_inspection", PATROL, PROFILE})
_ENTERED = frozenset({"done", "partial", ""})
ARCHIVE = Layout(ARCHIVE_FACE, 1.32, top=11, body=234.5)
ONSITE = Layout(ONSITE_FACE, 1.3, top=10, body=235.5)


def entered(record: SheetRecord) -> bool:
    """Whether somebody came in: only then there is something to judge."""
    return record.result in _ENTERED


def render_onsite(record: SheetRecord) -> bytes:
    """The 现场页: black on white for a 203 dpi printer, without photographs, to be signed by hand.

    One page with up to three defects and all items, up to eight with the items in three lines, further
    ones on a 续页. Characters no face can draw are shown by their numbers. Errors: SHEET_003, SHEET_004.
    """
    _require_form(record)
    record = with_codes(record)
    measure = Measure(Typesetter(ONSITE.face), ONSITE.leading)
    if record.form_id == PATROL and entered(record):
        pages = patrol_pages(record, measure, ONSITE.capacity)
    elif record.form_id == PROFILE and entered(record):
        pages = profile_pages(record, measure, ONSITE.capacity)
    else:
        pages = onsite_pages(record, measure, ONSITE.capacity, entered=entered(record))
    printing = record.printing
    foot = (
        f"{record.form_code} 现场页　表版 {record.form_version}　规则集 {record.ruleset_version}　"
        f"第{printing.times}次打印 {printing.printed_at:%Y-%m-%d %H:%M}"
    )
    return _finish(record, ONSITE, foot, printing.copies or (FIRST_COPY,), pages, measure)


def render_archive(record: SheetRecord) -> bytes:
    """The 归档本: body in Song, signing status, photo appendix 2 × 3 a page, scanned signature pages last.

    Errors: SHEET_002 (a picture that cannot be read), SHEET_003, SHEET_004.
    """
    _require_form(record)
    record = with_codes(record)
    measure = Measure(Typesetter(ARCHIVE.face), ARCHIVE.leading)
    inspected = entered(record) and record.form_id not in {PATROL, PROFILE}
    defects = defect_rows(record) if inspected else []
    numbers = {row.defect: number for number, row in enumerate(defects, start=1) if row.defect}
    photos = in_order(record.photos, numbers)
    title = "照片" if record.form_id == PROFILE else "四、照片" if entered(record) else "三、照片"
    appendix = photo_pages(title, photos, numbers, measure, ARCHIVE.capacity)
    scans = scan_pages(record.scans, measure, ARCHIVE.body)
    sheets = _archive_sheets(record, defects, photos, measure, len(appendix))
    foot = (
        f"{record.form_code} {record.form_title}　表版 {record.form_version}　规则集 {record.ruleset_version}"
    )
    if record.printing.times > 1:
        foot += f"　第{record.printing.times}次打印 {record.printing.printed_at:%Y-%m-%d %H:%M}"
    copies = record.printing.copies or (ARCHIVE_COPY,)
    return _finish(record, ARCHIVE, foot, copies, [*sheets, *appendix, *scans], measure)


def _archive_sheets(
    record: SheetRecord,
    defects: Sequence[DefectRow],
    photos: Sequence[NumberedPhoto],
    measure: Measure,
    appendix: int,
) -> list[SheetPage]:
    """The pages before the appendix, in small type where that saves one.

    The signing status names the page of the scan, so that number is guessed first and set again until
    it is right.
    """

    def pages(measure: Measure) -> list[list[Band]]:
        count = 1
        while True:
            bands = _archive_bands(record, defects, photos, count + appendix + 1, measure)
            found = paginate(bands, ARCHIVE.capacity)
            if len(found) <= count or not record.scans:
                return found
            count = len(found)

    found = pages(measure)
    if len(found) > 1:
        small = pages(replace(measure, compact=True))
        found = small if len(small) < len(found) else found
    for page in found:
        stretch(page, ARCHIVE.capacity)
    return [
        SheetPage(page, subtitle="续 页" if index else "", outline="" if index else "检查表")
        for index, page in enumerate(found)
    ]


def _archive_bands(
    record: SheetRecord,
    defects: Sequence[DefectRow],
    photos: Sequence[NumberedPhoto],
    first_scan: int,
    measure: Measure,
) -> list[Band]:
    """All blocks of the archive copy, measured; a conclusion that no page holds is cut, whole texts
    below."""
    rows = ARCHIVE_ROWS
    status = label_row("签署状态", signing_status(record, first_scan), rows.line)
    status.with_next = True
    closing = measure.bands([status, _sentence(), _note(record)])
    if not entered(record):
        bands = [*door_block(record, rows), *outcome_block(record, rows)]
        return [*measure.bands(bands), *closing]
    if record.form_id == PATROL:
        return measure.bands([*patrol_blocks(record, rows), status, _sentence(), patrol_note(record)])
    if record.form_id == PROFILE:
        return measure.bands([*profile_blocks(record, rows), status, _sentence(), profile_note(record)])
    shown = defect_bands(defects, _photo_numbers(photos), rows, 1) or [nothing_found(rows)]
    judged = conclusion(record, rows)
    bands = measure.bands([
        *building_block(record, rows), *items_block(record, defects, rows), *defect_head(rows), *shown,
        judged, *treatment(record, rows),
    ])  # fmt: skip
    if judged.height > ARCHIVE.capacity / 2:
        whole = shortened([judged], 5, [Text("（全文见下）", bold=True)], measure)
        bands += measure.bands([label_row(name, pieces, rows.line, size=9) for name, pieces in whole])
    return [*bands, *closing]


def _photo_numbers(photos: Sequence[NumberedPhoto]) -> Mapping[int, str]:
    numbers: dict[int, list[int]] = {}
    for one in photos:
        for defect in one.photo.defects:
            numbers.setdefault(defect, []).append(one.number)
    return {defect: runs(found, "、") for defect, found in numbers.items()}


def _sentence() -> Band:
    cell = Cell(0, 170, [Text(SENTENCE, bold=True)], align="center")
    return Band([Row([cell], HEAD_ROW, rule=GROUP)], with_next=True)


def _note(record: SheetRecord) -> Band:
    if entered(record):
        notes = [f"本表为排查结论，限值取自规则集 {record.ruleset_version}（JGJ 125-2016 等），带*者待核。"]
    else:
        notes = ["本次未入户，不计入已检查房屋。"]
    if record.photos:
        notes.append("照片为原图缩印，校验值见照片附页。")
    notes.append("个人信息仅用于房屋安全管理。")
    text = "注：" + "".join(f"{number}. {one}" for number, one in enumerate(notes, start=1))
    text += record.last_words
    return Band([Row([Cell(0, 170, [Text(text)], size=9, place="注")], HEAD_ROW)])


def _require_form(record: SheetRecord) -> None:
    if record.form_id not in FORMS:
        raise UserError("SHEET_004", form=record.form_id)


def _finish(
    record: SheetRecord,
    layout: Layout,
    foot: str,
    copies: Sequence[CopyMark],
    pages: Sequence[SheetPage],
    measure: Measure,
) -> bytes:
    marks = [
        mark for mark, on in (("作　废", record.printing.void), ("示　例", record.printing.sample)) if on
    ]
    drawn = Document(record, layout, foot, marks).draw(copies, pages, measure)
    description = Description(
        title=f"{record.form_title} {record.address}",
        author=record.issuer,
        subject=record.form_id,
        moment=record.ended_at or record.started_at,
    )
    return to_archival(drawn, description)
