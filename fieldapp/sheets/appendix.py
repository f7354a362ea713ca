"""The photo appendix of the archive copy, 2 × 3 to a page, and the scanned signature pages behind it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from PIL import Image, UnidentifiedImageError

from fieldapp.errors import UserError
from fieldapp.sheets.content import Photo, ScanPage
from fieldapp.sheets.inline import Piece, Text
from fieldapp.sheets.pages import SheetPage, head_band, pair_row
from fieldapp.sheets.signatures import in_fours
from fieldapp.sheets.table import MM, Band, Cell, Measure, Picture, Room, Row, paginate, shortened

_ORIGINS = {"original": "原图", "copy": "非原图", "annotated": "标注副本"}
#: Overview first, then the plate, then the rest, then defects (position before close-up).
_KINDS = (
    "front", "side", "back", "whole", "plate", "interior", "node", "mezzanine", "document", "sign", "before",
    "during", "after", "other", "signing", "defect_far", "defect_near",
)  # fmt: skip
#: As tall as three rows with captions of three lines leave it.
_PICTURE = (80 * MM, 59 * MM)
_PHOTO_ROW, _TEXT_ROW = Room(73.4), Room(6.9)
_BELOW = (Text("（全文见附页末）", bold=True),)


@dataclass(frozen=True, slots=True)
class NumberedPhoto:
    """A photograph with its number on paper, from 1."""

    number: int
    photo: Photo


def in_order(photos: Sequence[Photo], rows: Mapping[int, int]) -> list[NumberedPhoto]:
    """Photographs in the order of the appendix; ``rows`` maps a defect of the form to its row's number."""

    def key(photo: Photo) -> tuple[bool, int, int]:
        kind = _KINDS.index(photo.kind) if photo.kind in _KINDS else _KINDS.index("other")
        of_defect = photo.kind in {"defect_far", "defect_near"}
        row = min((rows.get(one, 99) for one in photo.defects), default=99) if of_defect else 0
        return (of_defect, row, kind)

    return [NumberedPhoto(number, photo) for number, photo in enumerate(sorted(photos, key=key), start=1)]


def photo_pages(
    title: str, photos: Sequence[NumberedPhoto], rows: Mapping[int, int], measure: Measure, capacity: float
) -> list[SheetPage]:
    """Pages of the appendix, none without photographs; ``title`` is the head of the block (四、照片)."""
    if not photos:
        return []
    copies = sum(one.photo.origin == "annotated" for one in photos)
    count = f"{len(photos)} 张" + (f"，其中标注副本 {copies} 张" if copies else "")
    head = head_band(f"{title}（{count}）", "原图另存不改；末列为原图 SHA-256 前 12 位", section="photos")
    head.repeat = True
    bands = [head]
    for start in range(0, len(photos), 2):
        pair = photos[start : start + 2]
        cells = [_photo_cell(85.0 * index, one, rows) for index, one in enumerate(pair)]
        if len(cells) == 1:
            cells.append(Cell(85, 85))
        bands.append(Band([Row(cells, _PHOTO_ROW)], section="photos"))
    measure = replace(measure, compact=True)
    measure.bands(bands)
    for place, text in shortened(bands, 1, _BELOW, measure):
        bands += measure.bands([pair_row(_TEXT_ROW, (place, text))])
    pages = paginate(bands, capacity)
    return [
        SheetPage(page, subtitle="照 片 附 页", outline="" if index else "照片")
        for index, page in enumerate(pages)
    ]


def scan_pages(scans: Sequence[ScanPage], measure: Measure, body: float) -> list[SheetPage]:
    """One page a scan, as large as the table allows; ``body`` is the room in mm."""
    pages = []
    for index, scan in enumerate(scans, start=1):
        place = f"签字页 {index}"
        room = (160 * MM, (body - 24) * MM)
        cell = Cell(
            0, 170,
            [Text(f"签字页 {index}　扫描 {scan.at:%Y-%m-%d %H:%M}　SHA-256 {in_fours(scan.sha256[:16])}")],
            size=9, align="center", picture=picture(scan.jpeg, place, room), place=place,
        )  # fmt: skip
        bands = measure.bands([head_band(f"签字页（{index}/{len(scans)}）"), Band([Row([cell], Room(20))])])
        pages.append(SheetPage(bands, subtitle="签 字 页", outline="" if index > 1 else "签字页"))
    return pages


def _photo_cell(x: float, one: NumberedPhoto, rows: Mapping[int, int]) -> Cell:
    photo = one.photo
    place = f"照片 {one.number}"
    numbers = sorted(rows[index] for index in photo.defects if index in rows)
    remarks = [photo.direction, "、".join(f"缺陷{number}" for number in numbers) + photo.note]
    text = "　".join(part for part in remarks if part)
    caption: list[Piece] = [
        Text(f"{one.number}　{photo.title}", bold=True),
        Text(f"　{text}" if text else ""),
    ]
    taken = f"{photo.taken_at:%Y-%m-%d %H:%M}" if photo.taken_at else "时间不详"
    by = f"  {photo.taken_by}摄" if photo.taken_by else ""
    second = f"{taken}{by}  {_ORIGINS[photo.origin]}  {in_fours(photo.sha256[:12])}"
    shown = picture(photo.jpeg, place, _PICTURE)
    return Cell(x, 85, caption, picture=shown, second=[Text(second)], place=place, pad=2.5 * MM)


def picture(jpeg: bytes, place: str, room: tuple[float, float]) -> Picture:
    """A JPEG as it goes in, unchanged when it is RGB or grey; SHEET_002 when it cannot be read."""
    try:
        with Image.open(io.BytesIO(jpeg)) as image:
            if image.format != "JPEG":
                raise UserError("SHEET_002", place=place)
            if image.mode not in {"RGB", "L"}:
                stream = io.BytesIO()
                image.convert("RGB").save(stream, "JPEG", quality=90)
                return picture(stream.getvalue(), place, room)
            pixels = image.size
            # A damaged file shows only when all of it is read; at an eighth of the size that is quick.
            image.draft("L", (pixels[0] // 8, pixels[1] // 8))
            image.load()
    except (UnidentifiedImageError, OSError, ValueError) as error:
        raise UserError("SHEET_002", place=place) from error
    return Picture(hashlib.sha256(jpeg).hexdigest(), jpeg, pixels, *room)
