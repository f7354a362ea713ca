"""Ledgers of offices in words: headings and what they mean, cells, doubts, candidates.

What a heading means that nobody knows may be personal, so only what certainly is not is shown to everybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from districtserver.ledgers.models import LedgerRow
from districtserver.models import Entity
from districtserver.staff.register_texts import BUILDINGS, declared, fact
from fieldapp.domain.ledger_import.headings import (
    ADDRESS,
    IDENTITY,
    IGNORED,
    POSITION,
    Headings,
    heading,
)
from fieldapp.domain.ledger_import.headings import Column as Heading
from fieldapp.domain.ledger_import.headings import words as carried
from fieldapp.domain.ledger_import.reading import Reading, Remark
from fieldapp.domain.ledger_import.remarks import remark_of, said
from fieldapp.domain.masks import masked
from fieldapp.errors import Phrase

#: Made from the address, never read from a column.
_DERIVED = frozenset({"address_norm", "address_order"})


@dataclass(frozen=True, slots=True)
class Column:
    """A heading once, what it is taken for, and the first cell below it that says something."""

    title: str
    means: str
    example: str = ""


def impersonal(mapping: Mapping[str, str]) -> frozenset[str]:
    """The headings, as they compare, whose cells are about a house and nobody's person."""
    plain = {name for name, one in declared(BUILDINGS).items() if not one.personal} | {ADDRESS, POSITION}
    known = dict(carried(BUILDINGS).columns) | {heading(text): means for text, means in mapping.items()}
    return frozenset(text for text, means in known.items() if means in plain)


def _cell(title: str, text: str, known: frozenset[str], persons: bool) -> str:
    return text if persons or heading(title) in known else masked(text)


def columns(reading: Reading, known: frozenset[str], *, persons: bool) -> list[Column]:
    """Every heading once: those that nobody knows first, else in the order of the sheets."""
    examples: dict[str, str] = {}
    for row in reading.rows[:50]:
        for title, text in row.cells.items():
            examples.setdefault(title, text)
    found = {
        column.title: Column(
            column.title, column.means, _cell(column.title, examples.get(column.title, ""), known, persons)
        )
        for sheet in reading.sheets
        if sheet.headings is not None
        for column in _in_order(sheet.headings)
    }
    return sorted(found.values(), key=lambda one: one.means != IGNORED)


def unmapped(sheets: Sequence[Headings]) -> list[Column]:
    """The same of headings of which none says where a house is."""
    found = {one.title: Column(one.title, one.means) for sheet in sheets for one in _in_order(sheet)}
    return list(found.values())


def _in_order(headings: Headings) -> list[Heading]:
    return sorted(headings.columns + headings.unknown, key=lambda one: one.number)


def meanings() -> list[tuple[str, str]]:
    """What a heading can mean: nothing, a part of the address, both coordinates, or a property."""
    own = [
        (IGNORED, _("not used")),
        (ADDRESS, _("part of the address")),
        (POSITION, _("longitude and latitude")),
        (IDENTITY, _("identity number, not kept")),
    ]
    names = [name for name in declared(BUILDINGS) if name not in _DERIVED]
    return own + [(name, fact(BUILDINGS, name, "", persons=True).label) for name in names]


def words(remark: Remark, known: frozenset[str], *, persons: bool) -> str:
    """What a remark says, in the reader's language; a cell that it quotes is masked as the cell itself."""
    slots = remark.said.slots
    if "cell" in slots:
        shown = {**slots, "cell": _cell(remark.column, str(slots["cell"]), known, persons)}
        remark = replace(remark, said=Phrase(remark.said.text, **shown))
    return said(remark)


def cells(row: LedgerRow, known: frozenset[str], *, persons: bool) -> list[tuple[str, str]]:
    """Heading and text of each cell of a row."""
    return [(title, _cell(title, text, known, persons)) for title, text in row.cells]


def doubts(row: LedgerRow, known: frozenset[str], *, persons: bool) -> list[tuple[Remark, str]]:
    """What is to be said of a row."""
    return [(one, words(one, known, persons=persons)) for one in map(remark_of, row.remarks)]


def candidates(row: LedgerRow, labels: Mapping[str, Entity]) -> list[tuple[str, str, str]]:
    """Id, address with code, and why, of each house that the row may mean."""
    reasons = {
        "plate": _("same plate"),
        "address": _("same address"),
        "owner": _("same owner, same road"),
        "distance": _("within 15 m"),
    }
    return [
        (one["id"], f"{labels[one['id']].label} {one['code']}".strip(), reasons[one["why"]])
        for one in row.candidates
        if one["id"] in labels
    ]
