"""``demo``: the main job on real parts, from enrolment to the server's receipts, every byte compared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fieldapp import app
from fieldapp.cli.demo.demonstration import SECRET, Demonstration
from fieldapp.cli.options import Json
from fieldapp.cli.output import Exit, Output
from fieldapp.i18n import N_, _


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
    """Run it; then show the window on its data, or leave pictures of it."""
    output = Output(as_json)
    shown = not no_window and app.has_display()
    demonstration = Demonstration(out, Path(photos) if photos else None, output, pictures=not shown)
    ended = demonstration.run()
    if ended is Exit.OK and shown:
        output.say(_("The window opens; the passphrase is {passphrase}").format(passphrase=SECRET))
        app.window(demonstration.laptop_folder)
    return ended
