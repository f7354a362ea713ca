"""Fits the 现场页 of F18 on paper: one page, in smaller type where texts are long, else with a 续页."""

from __future__ import annotations

from dataclasses import replace

from fieldapp.sheets.content import SheetRecord
from fieldapp.sheets.hazard_inspection import ONSITE_ROWS
from fieldapp.sheets.onsite import signed_pages, titled
from fieldapp.sheets.pages import SheetPage
from fieldapp.sheets.patrol import blocks, closing, short_closing
from fieldapp.sheets.table import Measure, Room, height_of, stretch

#: Wider than those of F02: the page has room, and rows of one height are read faster.
_ROWS = replace(ONSITE_ROWS, fact=Room(5.4, 7.6), line=Room(5.4, 10.0))


def patrol_pages(record: SheetRecord, measure: Measure, capacity: float) -> list[SheetPage]:
    """The pages of one copy of a round that was made, measured and none taller than ``capacity`` points."""
    for setting in (measure, replace(measure, compact=True)):
        body, end = setting.bands(blocks(record, _ROWS)), setting.bands(closing(record))
        if height_of([*body, *end]) <= capacity:
            stretch([*body, *end], capacity)
            return titled([[*body, *end]])
    line = setting.bands(short_closing(record))
    return titled(signed_pages(body, end, line, capacity))
