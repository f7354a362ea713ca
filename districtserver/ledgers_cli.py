"""Commands of ``districtserver`` for ledgers of the offices (台账导入): take in, list, decide, undo."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from districtserver.answering import WHO, Command, told

if TYPE_CHECKING:
    from districtserver.ledgers.models import LedgerRow
    from districtserver.ledgers.taking import Preview


def add_to(add: Callable[[str, str, Command], argparse.ArgumentParser]) -> None:
    """The commands of this file."""
    taking = add("take-in", "take an office's own workbook or CSV into the register", told(_take_in))
    taking.add_argument("file", type=Path)
    taking.add_argument("--dry-run", action="store_true", help="say what would become of each row")
    taking.add_argument("--map", type=Path, help="TOML with [columns]: headings and what they mean")
    taking.add_argument("--write-map", type=Path, help="write the mapping of the headings, to correct it")
    add("ledgers", "ledgers taken in, and what became of their rows", told(_ledgers))
    add("ledger-rows", "rows that wait for a person, with their cells and candidates", told(_rows))
    deciding = add("decide-row", "say what a waiting row is", told(_decide))
    deciding.add_argument("number", type=int, help="from `ledger-rows`")
    deciding.add_argument("--as", dest="house", required=True, help="new, skip, or code or id of a house")
    deciding.add_argument("--reason", default="", help="needed for skip")
    add("undo-ledger", "undo a ledger as a whole", told(_undo)).add_argument("ledger")


def _take_in(given: argparse.Namespace) -> Mapping[str, Any]:
    from districtserver.ledgers import taking
    from fieldapp.domain.ledger_import.headings import read_template
    from fieldapp.domain.ledger_import.reading import LIST

    mapping = read_template(given.map.read_bytes(), given.map.name, LIST) if given.map else {}
    preview = taking.look(given.file.name, given.file.read_bytes(), mapping)
    if given.write_map is not None:
        _write_map(preview, given.write_map)
    answer = _preview(preview) | {"dry_run": given.dry_run}
    if given.dry_run:
        return answer
    ledger = taking.take(preview, WHO)
    return answer | {"ledger": str(ledger.id), "counts": taking.counts(ledger)}


def _write_map(preview: Preview, file: Path) -> None:
    from fieldapp.domain.ledger_import.headings import write_template

    read = [one.headings for one in preview.reading.sheets if one.headings is not None]
    with file.open("x", encoding="utf-8") as stream:
        stream.write(write_template(read[0]))


def _preview(preview: Preview) -> dict[str, Any]:
    from fieldapp.domain.ledger_import.remarks import said

    return {
        "file": preview.name,
        "taken_before": preview.before is not None,
        **{state: preview.plan.count(state) for state in ("new", "known", "filled", "pending")},
        "sheets": [
            {
                "sheet": one.name,
                "headings": {column.title: column.means for column in one.headings.columns}
                if one.headings
                else None,
                "not_used": [column.title for column in one.headings.unknown] if one.headings else [],
                "skipped_rows": list(one.skipped),
            }
            for one in preview.reading.sheets
        ],
        "remarks": [
            {"sheet": one.sheet, "cell": one.cell, "column": one.column, "kind": one.kind, "said": said(one)}
            for one in preview.plan.remarks
        ],
    }


def _ledgers(given: argparse.Namespace) -> Mapping[str, Any]:  # noqa: ARG001 - the shape of all commands
    from districtserver.ledgers import taking
    from districtserver.ledgers.models import Ledger

    return {
        "ledgers": [
            {
                "ledger": str(one.id),
                "file": one.name,
                "sha256": one.blob_id,
                "taken_at": one.taken_at.isoformat(),
                "who": one.who,
                "state": one.state,
                "counts": taking.counts(one),
            }
            for one in Ledger.objects.order_by("-taken_at")
        ]
    }


def _rows(given: argparse.Namespace) -> Mapping[str, Any]:  # noqa: ARG001 - the shape of all commands
    from districtserver.ledgers.models import LedgerRow

    return {"pending": [_row(one) for one in LedgerRow.objects.filter(state="pending").order_by("id")]}


def _row(row: LedgerRow) -> dict[str, Any]:
    from fieldapp.domain.ledger_import.remarks import remark_of, said

    remarks = [remark_of(one) for one in row.remarks]
    return {
        "number": row.pk,
        "ledger": str(row.ledger_id),
        "sheet": row.sheet,
        "row": row.row,
        "cells": row.cells,
        "remarks": [{"cell": one.cell, "column": one.column, "said": said(one)} for one in remarks],
        "state": row.state,
        "house": row.house,
        "candidates": row.candidates,
    }


def _decide(given: argparse.Namespace) -> Mapping[str, Any]:
    from districtserver.ledgers import taking

    return _row(taking.decide(given.number, given.house, WHO, given.reason))


def _undo(given: argparse.Namespace) -> Mapping[str, Any]:
    from districtserver.ledgers import taking

    ledger = taking.get(given.ledger)
    return {"ledger": str(ledger.id), "stay": list(taking.undo(ledger, WHO))}
