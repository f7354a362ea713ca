"""``demo``: the main job on real parts, from enrolment to the server's receipts, every byte compared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fieldapp.cli.demo.demonstration import Demonstration
from fieldapp.cli.options import Json
from fieldapp.cli.output import Exit, Output
from fieldapp.i18n import N_


def add_to(root: typer.Typer) -> None:
    """Register the command."""
    root.command("demo", help=N_("The whole job: visits, sheets, a cut line, a killed client, receipts."))(
        demo
    )


def demo(
    out: Annotated[Path, typer.Option(help=N_("Folder for PDFs and summary.json."))] = Path("demo-out"),
    photos: Annotated[
        str, typer.Option(envvar="PHOTOS", help=N_("Folder of real photographs; else they are drawn."))
    ] = "",
    no_window: Annotated[
        bool, typer.Option("--no-window", help=N_("Do not open the window afterwards."))
    ] = False,
    as_json: Json = False,
) -> Exit:
    """Run it."""
    del no_window  # the window opens here once it exists
    output = Output(as_json)
    return Demonstration(out, Path(photos) if photos else None, output).run()
