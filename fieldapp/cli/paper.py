"""``sheet``: print a record."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from fieldapp.cli.options import Data, Json, Record, Who, open_laptop, record_of
from fieldapp.cli.output import Exit, Output
from fieldapp.errors import UserError
from fieldapp.i18n import N_, _


class SheetKind(StrEnum):
    """Which sheet."""

    ONSITE = "onsite"
    ARCHIVE = "archive"


def add_to(root: typer.Typer) -> None:
    """Register the command."""
    root.command("sheet", help=N_("Print a record as PDF: onsite (现场页) or archive (归档本)."))(sheet)


def sheet(
    record: Record,
    kind: Annotated[SheetKind, typer.Option(help=N_("Which sheet."))] = SheetKind.ONSITE,
    out: Annotated[Path | None, typer.Option(help=N_("PDF file to write."))] = None,
    who: Who = "",
    data: Data = None,
    as_json: Json = False,
) -> Exit:
    """Draw, write and log a sheet."""
    output = Output(as_json)
    with open_laptop(data, who) as laptop:
        submission = record_of(laptop, record)
        file = out or Path(f"{submission.chain.record_id}-{submission.chain.version}-{kind.value}.pdf")
        try:
            printed = laptop.paper.print_to(submission, kind.value, file)
        except OSError as error:
            raise UserError("CLI_003", file=file.name, problem=error.strerror or "") from error
    output.say(_("{file} (print {times})").format(file=file, times=printed.times))
    output.result(
        {
            "file": str(file),
            "kind": printed.kind,
            "sha256": printed.sha256,
            "times": printed.times,
            "record_id": str(submission.chain.record_id),
            "version": submission.chain.version,
        }
    )
    return Exit.OK
