"""``ui``: the window; ``ui --gallery``: every control in every state. Qt is loaded only when it runs."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from fieldapp import app
from fieldapp.cli.options import Data, Json, folder_of
from fieldapp.cli.output import Output
from fieldapp.errors import UserError
from fieldapp.i18n import N_

Gallery = Annotated[
    bool, typer.Option("--gallery", help=N_("Show every control in every state and theme instead."))
]


def add_to(root: typer.Typer) -> None:
    """Register the command."""
    root.command("ui", help=N_("Open the window on this laptop's store."))(ui)


def ui(gallery: Gallery = False, data: Data = None, as_json: Json = False) -> int:
    """Open the window; returns when it is closed."""
    output = Output(as_json)
    if not app.has_display() and os.environ.get("QT_QPA_PLATFORM") is None:
        raise UserError("CLI_007")
    ended = app.gallery() if gallery else app.window(folder_of(data))
    output.result({"exit_code": ended})
    return ended
