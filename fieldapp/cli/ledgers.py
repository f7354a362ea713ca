"""Ledgers of the offices (台账导入), below ``buildings``: take in, what waits, decide, undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from fieldapp.cli.options import Data, Json, Who, open_laptop
from fieldapp.cli.output import Exit, Output
from fieldapp.domain.ledger_import.headings import write_template
from fieldapp.domain.ledger_import.reading import Remark
from fieldapp.domain.ledger_import.remarks import remark_of, said
from fieldapp.errors import UserError
from fieldapp.i18n import N_, _
from fieldapp.services.laptop import Laptop
from fieldapp.services.ledgers import Preview
from fieldapp.settings import ZONE
from fieldapp.store.ledgers import TakenLedger, TakenRow


def add_to(app: typer.Typer) -> None:
    """The commands of this file."""
    app.command("ledgers", help=N_("Ledgers taken in here, and what became of their rows."))(ledgers)
    app.command("pending", help=N_("Rows of ledgers that wait for a person (待核)."))(pending)
    app.command("decide", help=N_("Say what a waiting row is: new, skip, or a house."))(decide)
    app.command("undo", help=N_("Undo a ledger as a whole."))(undo)


def take(
    laptop: Laptop, file: Path, template: Path | None, write_map: Path | None, dry_run: bool, output: Output
) -> Exit:
    """Look at a ledger and, unless ``dry_run``, take it in."""
    preview = laptop.ledgers.look(
        file, template, lambda done: output.progress(_("{done} rows read").format(done=done))
    )
    if write_map is not None:
        _write_map(preview, write_map, output)
    _tell_sheets(preview, output)
    _tell_remarks(preview.plan.remarks, output)
    counts = {state: preview.plan.count(state) for state in ("new", "known", "filled", "pending")}
    output.say(
        _("{new} new houses, {known} known ({filled} with new facts), {pending} wait").format(**counts)
    )
    result: dict[str, Any] = counts | {
        "dry_run": dry_run,
        "remarks": [_remark(one) for one in preview.plan.remarks],
        "sheets": [
            {"sheet": one.name, "read": one.headings is not None, "skipped_rows": list(one.skipped)}
            for one in preview.reading.sheets
        ],
    }
    if preview.before is not None:
        output.say(
            _("This file was taken in on {day} already; nothing is changed.").format(
                day=preview.before.taken_at.astimezone(ZONE).date()
            )
        )
    if not dry_run:
        taken = laptop.ledgers.take(preview)
        output.say(_("Ledger {ledger_id}").format(ledger_id=taken.ledger_id[:8]))
        result |= {"ledger_id": taken.ledger_id, "taken_before": preview.before is not None}
    output.result(result)
    return Exit.OK


def _write_map(preview: Preview, target: Path, output: Output) -> None:
    read = [one.headings for one in preview.reading.sheets if one.headings is not None]
    try:
        with target.open("x", encoding="utf-8") as stream:
            stream.write(write_template(read[0]))
    except OSError as error:
        raise UserError("CLI_003", file=target.name, problem=error.strerror or "") from error
    output.say(_("Mapping of the headings written to {file}").format(file=target.name))


def _tell_sheets(preview: Preview, output: Output) -> None:
    for one in preview.reading.sheets:
        if one.headings is None:
            output.say(_("Sheet “{sheet}”: no headings, not read").format(sheet=one.name))
            continue
        if one.headings.unknown:
            unknown = "、".join(column.title for column in one.headings.unknown)
            output.say(_("Sheet “{sheet}”: not used: {headings}").format(sheet=one.name, headings=unknown))
        if one.skipped:
            rows = "、".join(map(str, one.skipped))
            output.say(_("Sheet “{sheet}”: rows that are no house: {rows}").format(sheet=one.name, rows=rows))


def _tell_remarks(remarks: Iterable[Remark], output: Output) -> None:
    kinds = {"note": _("taken, look"), "refused": _("not taken"), "doubt": _("to be looked at")}
    output.table(
        (_("Worksheet"), _("Cell"), _("Column"), _("What became of it"), _("Why")),
        ((one.sheet, one.cell, one.column, kinds[one.kind], said(one)) for one in remarks),
    )


def _remark(one: Remark) -> dict[str, str]:
    return {
        "sheet": one.sheet, "cell": one.cell, "column": one.column, "kind": one.kind, "said": said(one)
    }  # fmt: skip


def ledgers(who: Who = "", data: Data = None, as_json: Json = False) -> Exit:
    """Ledgers taken in."""
    output = Output(as_json)
    with open_laptop(data, who) as laptop:
        found = laptop.store.ledgers.list()
    if not found:
        output.say(_("No ledger was taken in here."))
    states = {"taken": _("taken in"), "undone": _("undone")}
    output.table(
        (_("Ledger"), _("File"), _("Day"), _("State"), _("New"), _("Known"), _("Waiting")),
        (
            (
                one.ledger_id[:8], one.file, one.taken_at.astimezone(ZONE).date(), states[one.state],
                one.counts.get("new", 0), one.counts.get("known", 0), one.counts.get("pending", 0),
            )
            for one in found
        ),
    )  # fmt: skip
    output.result({"ledgers": [_ledger(one) for one in found]})
    return Exit.OK


def _ledger(one: TakenLedger) -> dict[str, Any]:
    return {
        "ledger_id": one.ledger_id, "file": one.file, "sha256": one.sha256, "taken_at": one.taken_at,
        "state": one.state, "counts": dict(one.counts),
    }  # fmt: skip


def pending(
    ledger: Annotated[str, typer.Option("--ledger", help=N_("Only those of one ledger."))] = "",
    who: Who = "",
    data: Data = None,
    as_json: Json = False,
) -> Exit:
    """Rows that wait."""
    output = Output(as_json)
    with open_laptop(data, who) as laptop:
        wanted = laptop.store.ledgers.get(ledger).ledger_id if ledger else None
        found = laptop.ledgers.pending(wanted)
    if not found:
        output.say(_("No row waits."))
    for row in found:
        _tell_row(row, output)
    output.result({"pending": [_row(one) for one in found]})
    return Exit.OK


def _tell_row(row: TakenRow, output: Output) -> None:
    output.say(
        _("Row {number}: sheet “{sheet}”, row {row}").format(number=row.number, sheet=row.sheet, row=row.row)
    )
    output.say("  " + "  ".join(f"{heading}：{text}" for heading, text in row.cells.items()))
    for kept in row.remarks:
        remark = remark_of(kept)
        output.say(f"  {remark.cell} {remark.column} {said(remark)}")
    reasons = {
        "plate": _("same plate"), "address": _("same address"), "owner": _("same owner, same road"),
        "distance": _("within 15 m"),
    }  # fmt: skip
    for one in row.candidates:
        output.say(f"  → {one['code'] or one['id']} ({reasons[one['why']]})")


def _row(row: TakenRow) -> dict[str, Any]:
    return {
        "number": row.number, "ledger_id": row.ledger_id, "sheet": row.sheet, "row": row.row,
        "cells": dict(row.cells), "state": row.state, "house": row.house, "values": dict(row.values),
        "candidates": [dict(one) for one in row.candidates],
        "remarks": [_remark(remark_of(one)) for one in row.remarks],
    }  # fmt: skip


def decide(
    number: Annotated[int, typer.Argument(help=N_("Number of the row, from `pending`."))],
    house: Annotated[str, typer.Option("--as", help=N_("new, skip, or the code or id of a house."))],
    who: Who = "",
    data: Data = None,
    as_json: Json = False,
) -> Exit:
    """Decide a waiting row."""
    output = Output(as_json)
    with open_laptop(data, who) as laptop:
        decided: Mapping[str, Any] = _row(laptop.ledgers.decide(number, house))
    output.say(_("Row {number} is settled.").format(number=number))
    output.result(decided)
    return Exit.OK


def undo(
    ledger: Annotated[str, typer.Argument(help=N_("Ledger, from `ledgers`."))],
    who: Who = "",
    data: Data = None,
    as_json: Json = False,
) -> Exit:
    """Undo a ledger."""
    output = Output(as_json)
    with open_laptop(data, who) as laptop:
        ledger_id = laptop.store.ledgers.get(ledger).ledger_id
        stay = laptop.store.ledgers.undo(ledger_id)
        left = [laptop.buildings.get(house) for house in stay]
    output.say(_("The ledger is undone."))
    if left:
        output.say(_("These houses stay, visits or records were built on them:"))
    output.table(
        (_("Code"), _("Address")), ((one.values.get("building_code", ""), one.label) for one in left)
    )
    output.result({"ledger_id": ledger_id, "stay": list(stay)})
    return Exit.OK
