"""All commands, their help in the user's language, and how every error ends one."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command

from fieldapp.cli import buildings, demo, forms, inspections, laptop, paper, photos, safekeeping, syncing, ui
from fieldapp.cli.misuse import misuse
from fieldapp.cli.output import Exit, Output
from fieldapp.errors import BugError, FieldappError, UserError
from fieldapp.forms import unwritable
from fieldapp.i18n import N_, _

_HELP = N_("Building-safety inspection in the field: fill, photograph, print, send.")


def application() -> typer.Typer:
    """The tree of commands."""
    root = typer.Typer(help=_HELP, no_args_is_help=True, add_completion=False, rich_markup_mode=None)
    for module in (ui, laptop, safekeeping, paper, syncing, demo):
        module.add_to(root)
    root.add_typer(forms.group(), name="forms")
    root.add_typer(buildings.group(), name="buildings")
    root.add_typer(inspections.group(), name="inspect")
    root.add_typer(photos.group(), name="photos")
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code (see ``output.Exit``)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    output = Output("--json" in given)
    try:
        _refuse_unreadable(given)
        command = get_command(application())
        _translate(command)
        ended = command.main(given, prog_name="fieldapp", standalone_mode=False)
    except FieldappError as error:
        return output.failure(error)
    except typer.TyperException as error:
        return _misused(error, output)
    except (typer.Abort, KeyboardInterrupt):
        return Exit.CANCELLED
    except Exception as error:  # noqa: BLE001 - the last one to know: says so, with its trace, and ends
        traceback.print_exception(error)
        return output.failure(BugError("BUG_001", what=type(error).__name__))
    return int(ended) if isinstance(ended, int) else Exit.OK


def _refuse_unreadable(given: Sequence[str]) -> None:
    """What is no text stops before anything is done with it; names of files may be anything."""
    for one in given:
        if next(unwritable(one), None) is not None and not Path(one).exists():
            raise UserError("CLI_006", found=ascii(one)[1:-1][:60])


def _misused(error: typer.TyperException, output: Output) -> Exit:
    """Wrong options or arguments: usage and what was wrong; a bare group shows its help."""
    context = getattr(error, "ctx", None)
    if context is not None and error.format_message() == context.get_help():
        sys.stderr.write(f"{context.get_help()}\n")
        return Exit.USAGE
    if context is not None and not output.as_json:
        sys.stderr.write(f"{context.get_usage()}\n")
    output.failure(misuse(error))
    return Exit.USAGE


def _translate(command: Any) -> None:
    """Help is written in English where commands stand; here it becomes the user's language.

    ``command`` is one of typer's own, whose classes are not public.
    """
    command.help = _(command.help or "")
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = _(parameter.help)
    for below in getattr(command, "commands", {}).values():
        _translate(below)
