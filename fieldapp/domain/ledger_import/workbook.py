"""A workbook or CSV as sheets of cells; what is merged is known, nothing is interpreted yet."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import PurePath
from types import MappingProxyType
from xml.etree.ElementTree import ParseError

from fieldapp.errors import Phrase, UserError

#: What a cell can hold; a CSV holds text alone.
Content = str | int | float | bool | date | None
#: Bytes of a file, and what it may hold when unpacked: an office's ledger is far below.
MAX_BYTES, MAX_UNPACKED = 64_000_000, 512_000_000
#: Cells of a sheet read at most, so that a sheet formatted down to its last row stays bearable.
MAX_ROWS, MAX_COLUMNS = 200_000, 200


def letters(column: int) -> str:
    """The name of a column counted from 0: ``A`` … ``Z``, ``AA`` …"""
    name, number = "", column + 1
    while number:
        number, place = divmod(number - 1, 26)
        name = chr(ord("A") + place) + name
    return name


def place(row: int, column: int) -> str:
    """The name of a cell, both counted from 0: ``C7``."""
    return f"{letters(column)}{row + 1}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of cells, all counted from 0. ``merged`` tells of every cell inside a merged range where its
    content
    stands: its row and column."""

    name: str
    rows: tuple[tuple[Content, ...], ...]
    merged: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=lambda: MappingProxyType({}))

    def cell(self, row: int, column: int) -> Content:
        """The content of a cell itself; None outside the sheet."""
        if row >= len(self.rows) or column >= len(self.rows[row]):
            return None
        return self.rows[row][column]

    def spread(self, row: int, column: int) -> Content:
        """The content of a cell, or of the merged range it lies in."""
        return self.cell(*self.merged.get((row, column), (row, column)))

    def hanging(self, row: int, column: int) -> Content:
        """As ``spread``, for data: only what is merged downwards; what is merged across belongs to its
        first."""
        at = self.merged.get((row, column), (row, column))
        return self.cell(*at) if at[1] == column else None


def read_workbook(content: bytes, name: str) -> tuple[Sheet, ...]:
    """The sheets of an XLSX, or a CSV (UTF-8, or GB 18030 as Excel writes it here) as one sheet.

    UserError LEDGER_001 names what is wrong with the file as a whole.
    """
    if len(content) > MAX_BYTES:
        raise UserError("LEDGER_001", file=name, problem=Phrase("larger than {limit}", limit="64 MB"))
    if content[:2] == b"PK":
        return _workbook(content, name)
    if content[:4] == b"\xd0\xcf\x11\xe0":
        problem = "an old workbook (.xls) or one with a password; save it as .xlsx without a password"
        raise UserError("LEDGER_001", file=name, problem=problem)
    return (_csv(content, name),)


def _workbook(content: bytes, name: str) -> tuple[Sheet, ...]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MAX_UNPACKED:
                raise UserError(
                    "LEDGER_001", file=name, problem=Phrase("larger than {limit}", limit="512 MB")
                )
        book = load_workbook(io.BytesIO(content), data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, ParseError) as error:
        raise UserError("LEDGER_001", file=name, problem="not a readable workbook (.xlsx)") from error
    sheets = []
    for sheet in book.worksheets:
        rows = tuple(
            tuple(_plain(cell) for cell in row[:MAX_COLUMNS])
            for row in sheet.iter_rows(max_row=min(sheet.max_row, MAX_ROWS), values_only=True)
        )
        if sheet.max_row > MAX_ROWS:
            problem = Phrase("sheet {sheet} has more than {limit} rows", sheet=sheet.title, limit=MAX_ROWS)
            raise UserError("LEDGER_001", file=name, problem=problem)
        merged = {
            (row, column): (one.min_row - 1, one.min_col - 1)
            for one in sheet.merged_cells.ranges
            for row in range(one.min_row - 1, min(one.max_row, MAX_ROWS))
            for column in range(one.min_col - 1, min(one.max_col, MAX_COLUMNS))
        }
        sheets.append(Sheet(sheet.title, rows, MappingProxyType(merged)))
    return tuple(sheets)


def _plain(content: object) -> Content:
    if isinstance(content, datetime):
        return content.date()
    if isinstance(content, time):
        return content.isoformat()
    if content is None or isinstance(content, str | int | float | bool | date):
        return content
    return str(content)


def _csv(content: bytes, name: str) -> Sheet:
    text = _decoded(content, name)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = tuple(tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UserError("LEDGER_001", file=name, problem="not a readable table") from error
    return Sheet(PurePath(name).stem, rows)


def _decoded(content: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UserError("LEDGER_001", file=name, problem="neither a workbook (.xlsx) nor a table as text (.csv)")
