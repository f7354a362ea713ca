"""A whole ledger: every row of every sheet as values, with each cell that is doubtful by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import uuid5

from fieldapp.domain.codelists import CodeLists, codelists
from fieldapp.domain.ledger_import.cells import Value, plain, read, rounded
from fieldapp.domain.ledger_import.headings import (
    ADDRESS,
    IDENTITY,
    IGNORED,
    POSITION,
    Column,
    Headings,
    Words,
    find,
    heading,
    words,
)
from fieldapp.domain.ledger_import.workbook import Content, Sheet, place
from fieldapp.domain.register import ListSchema, normal_address, order_key, schema
from fieldapp.domain.sample import NAMESPACE
from fieldapp.errors import Phrase, UserError

LIST = "buildings"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a cell. ``kind``: ``note`` (value taken, look at it), ``refused`` (value not taken,
    the rest of
    the row is), ``doubt`` (the row waits for a person, 待核). ``said`` says what is wrong or what was
    assumed."""

    sheet: str
    cell: str
    column: str
    kind: str
    said: Phrase


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A row: where it stands (``number`` as the spreadsheet counts, from 1), its cells as they were by
    heading, the
    values read from them by property, and what is to be said."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    values: Mapping[str, str]
    remarks: tuple[Remark, ...]

    @property
    def doubtful(self) -> bool:
        """Whether a person has to look before it may become a house."""
        return any(one.kind == "doubt" for one in self.remarks)

    @property
    def house_id(self) -> str:
        """The id of the house if it is a new one: from its code, or from community and address, so that the
        same ledger read on the laptop and on the server makes the same houses."""
        code = self.values.get("building_code")
        address = f"{self.values.get('community', '')}|{self.values.get('address_norm', '')}"
        return str(uuid5(NAMESPACE, code or address))


@dataclass(frozen=True, slots=True)
class SheetRead:
    """What became of a sheet: its headings (None: none were found, nothing was read), and rows that are no
    house
    (totals, signatures, headings repeated on every page)."""

    name: str
    headings: Headings | None
    skipped: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A ledger as read."""

    sheets: tuple[SheetRead, ...]
    rows: tuple[LedgerRow, ...]


@dataclass(slots=True)
class _Row:
    """A row in the making."""

    sheet: Sheet
    number: int
    cells: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    parts: dict[int, str] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    def remark(self, column: Column | None, kind: str, said: Phrase) -> None:
        cell = place(self.number, column.number) if column else str(self.number + 1)
        self.remarks.append(Remark(self.sheet.name, cell, column.title if column else "", kind, said))


def read_ledger(
    sheets: Sequence[Sheet],
    template: Mapping[str, str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Reading:
    """Read all sheets. ``template`` maps headings to properties and comes before what is carried.

    UserError LEDGER_003 if no sheet has headings that say where a house is. ``progress`` hears the rows so
    far.
    """
    reader = _Reader(words(LIST), schema(LIST), codelists(), progress)
    read_sheets = tuple(reader.sheet(one, find(one, LIST, template or {})) for one in sheets)
    if not any(one.headings for one in read_sheets):
        raise UserError("LEDGER_003")
    return Reading(read_sheets, tuple(reader.rows))


class _Reader:
    def __init__(
        self,
        known: Words,
        declared: ListSchema,
        lists: CodeLists,
        progress: Callable[[int], None] | None,
    ) -> None:
        self._words, self._schema, self._lists, self._progress = known, declared, lists, progress
        self._streets, self._communities = _by_label(lists, "street"), _by_label(lists, "community")
        self.rows: list[LedgerRow] = []

    def sheet(self, sheet: Sheet, headings: Headings | None) -> SheetRead:
        if headings is None:
            return SheetRead(sheet.name, None)
        place_of_all = self._place_of_sheet(sheet, headings)
        above: dict[int, Content] = {}
        skipped = []
        for number in range(headings.first_row, len(sheet.rows)):
            if self._blank(sheet, number):
                continue
            if self._no_house(sheet, number, headings):
                skipped.append(number + 1)
                continue
            row = _Row(sheet, number)
            self._cells(row, headings, above)
            self._place(row, place_of_all)
            self.rows.append(LedgerRow(sheet.name, number + 1, row.cells, row.values, tuple(row.remarks)))
            if self._progress is not None and len(self.rows) % 500 == 0:
                self._progress(len(self.rows))
        return SheetRead(sheet.name, headings, tuple(skipped))

    @staticmethod
    def _blank(sheet: Sheet, number: int) -> bool:
        return not any(plain(one) for one in sheet.rows[number])

    def _no_house(self, sheet: Sheet, number: int, headings: Headings) -> bool:
        """A total, a signature, or the headings repeated at the top of a page."""
        first = next((text for one in sheet.rows[number] if (text := plain(one))), "")
        if re.sub(r"\s", "", first).startswith(self._words.not_houses):
            return True
        said = [(one, plain(sheet.cell(number, one.number))) for one in headings.columns]
        filled = [(column, text) for column, text in said if text]
        repeated = sum(heading(text) in heading(column.title) for column, text in filled if heading(text))
        return len(filled) > 1 and repeated == len(filled)

    def _place_of_sheet(self, sheet: Sheet, headings: Headings) -> dict[str, str]:
        """Street and community that the sheet's name or its title rows name for all rows."""
        titles = [sheet.name]
        for number in range(max(headings.first_row - 1, 0)):
            titles += [plain(one) for one in sheet.rows[number] if plain(one)]
        found: dict[str, str] = {}
        for title in titles:
            for label, name in self._communities.items():
                if label in title and len(label) > 1 and "community" not in found:
                    found["community"] = name
            for label, name in self._streets.items():
                if label in title and "街道" in label and "street" not in found:
                    found["street"] = name
        return found

    def _cells(self, row: _Row, headings: Headings, above: dict[int, Content]) -> None:
        for column in headings.columns + headings.unknown:
            content = row.sheet.hanging(row.number, column.number)
            if plain(content) in self._words.ditto:
                if column.number not in above:
                    row.remark(column, "doubt", Phrase("“{cell}” with nothing above it", cell=plain(content)))
                    continue
                content = above[column.number]
            elif plain(content):
                above[column.number] = content
            if plain(content) and column.means != IDENTITY:
                row.cells[column.title] = plain(content)
            self._cell(row, column, content)

    def _cell(self, row: _Row, column: Column, content: Content) -> None:
        if column.means in {IGNORED, IDENTITY}:
            if rounded(content):
                said = Phrase("the spreadsheet has rounded a long number; take it from the original papers")
                row.remark(column, "refused", said)
        elif column.means == ADDRESS:
            rank = self._words.parts.get(heading(column.title), len(row.parts) + 10)
            row.parts[rank] = plain(content)
        elif column.means == POSITION:
            self._position(row, column, plain(content))
        elif column.means in {"street", "community"}:
            self._named(row, column, plain(content))
        else:
            self._take(
                row,
                column,
                column.means,
                read(content, self._schema.properties[column.means], self._words, self._lists),
            )

    def _take(self, row: _Row, column: Column, name: str, value: Value) -> None:
        for kind in ("doubt", "refused", "note"):
            said = getattr(value, kind)
            if said is not None:
                row.remark(column, kind, said)
        before = row.values.get(name)
        if value.text and before and before != value.text:
            row.remark(column, "doubt", Phrase("another column of this row says something else"))
        elif value.text:
            row.values[name] = value.text

    def _named(self, row: _Row, column: Column, text: str) -> None:
        """Street or community by its name, with or without 街道, 社区 and the like."""
        if not text or text in self._words.empty:
            return
        labels = self._streets if column.means == "street" else self._communities
        found = labels.get(text) or labels.get(_short(text))
        if found is None:
            row.remark(
                column,
                "doubt",
                Phrase("“{cell}” is none of the names of {list}", cell=text, list=column.means),
            )
        else:
            row.values[column.means] = found

    def _position(self, row: _Row, column: Column, text: str) -> None:
        if not text or text in self._words.empty:
            return
        numbers = re.findall(r"[0-9]{2,3}\.[0-9]+", text)
        if len(numbers) != 2:
            row.remark(column, "doubt", Phrase("“{cell}” is no pair of coordinates", cell=text))
            return
        longitude, latitude = sorted(numbers, key=float, reverse=True)  # east of 70, north of 54 at most
        row.values |= {"longitude": longitude, "latitude": latitude}

    def _place(self, row: _Row, of_all: Mapping[str, str]) -> None:
        """The address as the register keeps it; street and community from the sheet where the row has
        none."""
        values = row.values
        parts = "".join(text for _, text in sorted(row.parts.items()))
        if parts:
            values["address_detail"] = values.get("address_detail", "") + parts
        if "community" in of_all:
            values.setdefault("community", of_all["community"])
        community = self._lists["community"].items.get(values.get("community", ""))
        if community is not None:
            street = community.columns.get("street", "")
            if values.get("street", street) != street:
                row.remark(None, "doubt", Phrase("the community does not belong to the street"))
            values.setdefault("street", street)
        elif "street" in of_all:
            values.setdefault("street", of_all["street"])
        address = self._bare_address(values)
        if not address:
            row.remark(None, "doubt", Phrase("the row has no address"))
            return
        values["address_detail"] = address
        values |= {"address_norm": normal_address(address), "address_order": order_key(address)}
        if not values.get("community"):
            row.remark(None, "doubt", Phrase("neither the row nor the sheet names the community"))

    def _bare_address(self, values: dict[str, str]) -> str:
        """The address without district, street and community in front; they give what the row did not say."""
        address = re.sub(r"\s+", "", values.get("address_detail", ""))
        address = re.sub(r"^(福建省)?(泉州市)?(鲤城区)?", "", address)
        for name, labels in (("street", self._streets), ("community", self._communities)):
            for label in sorted(labels, key=len, reverse=True):
                if len(label) > 2 and address.startswith(label) and len(address) > len(label):
                    values.setdefault(name, labels[label])
                    if labels[label] == values[name]:
                        address = address[len(label) :]
                    break
        return address


def _short(label: str) -> str:
    return re.sub(r"(?:街道办事处|街道办|街道|社区居委会|居委会|社区|村委会|村)$", "", label)


def _by_label(lists: CodeLists, name: str) -> dict[str, str]:
    """Names of a place list by label, whole and short; a short one that fits two is left out."""
    whole = {item.zh: item.name for item in lists[name].items.values()}
    short: dict[str, str | None] = {}
    for label, code in whole.items():
        bare = _short(label)
        short[bare] = None if bare in short else code
    return {**{label: code for label, code in short.items() if code}, **whole}


def with_remark(row: LedgerRow, kind: str, said: Phrase) -> LedgerRow:
    """``row`` with one more remark about the whole of it."""
    remark = Remark(row.sheet, str(row.number), "", kind, said)
    return replace(row, remarks=(*row.remarks, remark))
