"""Lists of the register as files for a spreadsheet: chosen columns in words, persons masked unless a reason
was given.

A file leaves the protection of the store, so every export is logged. For jobs and commands.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Protocol

from fieldapp.domain.register import Property, schema
from fieldapp.errors import UserError
from fieldapp.i18n import _
from fieldapp.services.wording import labels_of, said
from fieldapp.store import Store
from fieldapp.store.model import ShownRow

#: What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection).
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
#: What no cell of a workbook can hold.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SLICE = 500


class _Sheet(Protocol):
    def add(self, cells: Sequence[str]) -> None:
        """One row more."""

    def save(self, file: Path) -> None:
        """Write the file; OSError if that fails."""


class Exports:
    """Writes lists of the register."""

    def __init__(self, store: Store, language: Callable[[], str]) -> None:
        self._store = store
        self._language = language

    def write(
        self,
        list_name: str,
        file: Path,
        numbers: Iterable[int] | None = None,
        columns: Sequence[str] = (),
        reason: str = "",
        told: Callable[[int], object] = lambda _rows: None,
    ) -> int:
        """Write rows of a list, by their numbers in this order or all, to a ``.csv`` or ``.xlsx``; how many.

        ``columns`` are properties, else those that the register says. With a ``reason`` nothing is masked,
        and the reason is logged. ``told`` gets the rows so far and may raise to stop: nothing is written
        then. KeyError for a list or column that is not declared. UserError CLI_003 for a file of another
        kind, or one that cannot be written.
        """
        declared, language, why = schema(list_name), self._language(), " ".join(reason.split())
        shown = [declared.properties[name] for name in columns or declared.columns]
        sheet = _sheet(file, declared.title(language), [_is_number(one) for one in shown])
        sheet.add([*(_head(one, language) for one in shown), _("unconfirmed")])
        count = 0
        for rows in self._slices(list_name, numbers):
            labels = labels_of(self._store, shown, (row.values for row in rows))
            for row in rows:
                cells = [
                    _bare(
                        one,
                        said(one, row.values.get(one.name, ""), language, labels, "all" if why else "others"),
                    )
                    for one in shown
                ]
                sheet.add([*cells, _("unconfirmed") if row.unconfirmed else ""])
            count += len(rows)
            told(count)
        self._store.audit.append(
            "register.exported",
            {"list": list_name, "rows": count, "columns": [one.name for one in shown], "reason": why},
        )
        part = file.with_name(f"{file.name}.part")
        try:
            sheet.save(part)
            part.replace(file)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise UserError("CLI_003", file=file.name, problem=error.strerror or "") from error
        return count

    def _slices(self, list_name: str, numbers: Iterable[int] | None) -> Iterator[list[ShownRow]]:
        if numbers is None:
            rows = self._store.register.all(list_name)
            while slice_ := list(islice(rows, _SLICE)):
                yield slice_
            return
        wanted = iter(numbers)
        while places := list(islice(wanted, _SLICE)):
            found = self._store.register.at(places)
            yield [found[number] for number in places if number in found]


def _sheet(file: Path, title: str, are_numbers: Sequence[bool]) -> _Sheet:
    if file.suffix.lower() == ".csv":
        return _Csv()
    if file.suffix.lower() == ".xlsx":
        return _Workbook(title, are_numbers)
    raise UserError("CLI_003", file=file.name, problem="CSV, XLSX")


def _is_number(one: Property) -> bool:
    return one.type in {"integer", "decimal"}


def _head(one: Property, language: str) -> str:
    return f"{one.title(language)}（{one.unit}）" if one.unit else one.title(language)


def _bare(one: Property, told: str) -> str:
    """The unit stands in the head."""
    return told.removesuffix(f" {one.unit}") if one.unit else told


class _Csv:
    """UTF-8 with its mark, as Excel and WPS want it."""

    def __init__(self) -> None:
        self._rows: list[list[str]] = []

    def add(self, cells: Sequence[str]) -> None:
        self._rows.append([_harmless(cell) for cell in cells])

    def save(self, file: Path) -> None:
        with file.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows(self._rows)


def _harmless(cell: str) -> str:
    """A text that no spreadsheet takes for a formula; a number below zero is none."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


class _Workbook:
    """One sheet: texts are texts, numbers numbers, nothing a formula."""

    def __init__(self, title: str, are_numbers: Sequence[bool]) -> None:
        from openpyxl import Workbook  # 100 ms that only an export should pay

        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet(re.sub(r"[\[\]:*?/\\]", "、", title)[:31])
        self._sheet.freeze_panes = "A2"
        self._are_numbers = (*are_numbers, False)

    def add(self, cells: Sequence[str]) -> None:
        from openpyxl.cell import WriteOnlyCell

        row = []
        for told, is_number in zip(cells, self._are_numbers, strict=True):
            if is_number and _NUMBER.fullmatch(told):
                row.append(WriteOnlyCell(self._sheet, float(told) if "." in told else int(told)))
                continue
            cell = WriteOnlyCell(self._sheet, _UNPRINTABLE.sub("\ufffd", told))
            cell.data_type = "s"
            row.append(cell)
        self._sheet.append(row)

    def save(self, file: Path) -> None:
        self._book.save(file)
