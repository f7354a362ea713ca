"""Fits the 现场页 of F18 on paper: one page, in smaller type where texts are long, else with a 续页."""

from __future__ import annotations

from dataclasses import replace

from fieldapp.sheets.content import SheetRecord
from fieldapp.sheets.hazard_inspection import ONSITE_ROWS
from fieldapp.sheets.onsite import fitted_pages
from fieldapp.sheets.pages import SheetPage
from fieldapp.sheets.patrol import blocks, closing, short_closing
from fieldapp.sheets.table import Measure, Room

#: Wider than those of F02: the page has room, and rows of one height are read faster.
_ROWS = replace(ONSITE_ROWS, fact=Room(5.4, 7.6), line=Room(5.4, 10.0))


def patrol_pages(record: SheetRecord, measure: Measure, capacity: float) -> list[SheetPage]:
    """The pages of one copy of a round that was made, measured and none taller than ``capacity`` points."""
    return fitted_pages(
        lambda: blocks(record, _ROWS),
        lambda: closing(record),
        lambda: short_closing(record),
        measure,
        capacity,
    )
