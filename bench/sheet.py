"""The sheets of F02 against stock ReportLab with the same words, one face and no rules of paper.

Every round prints another record, as a day of inspections does: no symbol and no number is met twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from uuid import UUID

from bench import plain_sheet
from bench.timing import Figure, side_by_side
from fieldapp.domain.record_code import RecordCode
from fieldapp.settings import resources
from fieldapp.sheets import render_archive, render_onsite
from fieldapp.sheets.content import SheetRecord
from fieldapp.sheets.inline import Box, Piece, Text, Typesetter
from fieldapp.sheets.onsite import onsite_pages
from fieldapp.sheets.rendering import ONSITE
from fieldapp.sheets.table import Band, Measure
from tests.sheets import examples

GOAL = 1.2
_TIMES = 5


def measure() -> list[Figure]:
    """现场页 with all items and three defects; 归档本 with six photographs of 1000 pixels."""
    plain_sheet.register(resources() / "fonts" / "NotoSansSC-Regular.ttf")
    onsite = examples.record()
    archive = replace(onsite, photos=examples.photos(), signings=examples.signings())
    words = _Words(onsite)
    pictures = [photo.jpeg for photo in archive.photos]
    numbers = count(1)

    def another(record: SheetRecord) -> SheetRecord:
        return replace(record, code=RecordCode(UUID(int=next(numbers) << 64), 1, "0000"))

    ours, its = side_by_side(lambda: render_onsite(another(onsite)), lambda: words.plain(()), _TIMES)
    both = [Figure("on-site sheet of F02", ours, "plain platypus", its, GOAL)]
    ours, its = side_by_side(lambda: render_archive(another(archive)), lambda: words.plain(pictures), _TIMES)
    return [*both, Figure("archive of F02, 6 photographs", ours, "plain platypus", its, GOAL)]


class _Words:
    """The words of the 现场页 of ``record`` as the plain sheet takes them."""

    def __init__(self, record: SheetRecord) -> None:
        self.title = record.form_title
        self.head: list[tuple[str, str]] = []
        self.checks: list[tuple[str, str]] = []
        self.lines = [record.issuer, record.serial, record.visit_kind, record.code.letters, *record.tasks]
        setter = Typesetter(ONSITE.face)
        for page in onsite_pages(record, Measure(setter, ONSITE.leading), ONSITE.capacity, entered=True):
            self._take(page.bands)

    def _take(self, bands: Sequence[Band]) -> None:
        for row in (row for band in bands for row in band.rows):
            words = [_text(cell.pieces) for cell in row.cells]
            if len(words) == 6:  # two check items: number, words, state
                self.checks += [(words[1], words[2]), (words[4], words[5])]
            elif len(words) == 4:
                self.head += [(words[0], words[1]), (words[2], words[3])]
            else:
                self.lines.append("　".join(words))

    def plain(self, pictures: Sequence[bytes]) -> bytes:
        return plain_sheet.plain_sheet(self.title, self.head, self.checks, self.lines, "", pictures)


def _text(pieces: Sequence[Piece]) -> str:
    return "".join(
        one.word if isinstance(one, Box) else one.text for one in pieces if isinstance(one, Box | Text)
    )
