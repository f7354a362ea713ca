"""``backup``, ``restore``, ``recover``: the whole store as one file, and back; a forgotten passphrase."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer

from fieldapp import settings
from fieldapp.cli.options import Data, Json, Who, folder_of, inspector_of, open_laptop, passphrase
from fieldapp.cli.output import Exit, Output
from fieldapp.errors import UserError
from fieldapp.i18n import N_, _, explain
from fieldapp.services.revocation import lift
from fieldapp.services.safekeeping import recovery_key_of
from fieldapp.store import Inspector, Store
from fieldapp.store.backup import Opening, back_up, by_passphrase, by_recovery_key, inspectors_of, restore
from fieldapp.store.model import Progress

File = Annotated[Path, typer.Argument(help=N_("The backup."))]
Recovery = Annotated[
    Path | None,
    typer.Option(
        "--recovery-key", help=N_("The district's private recovery key (PEM), for a new passphrase.")
    ),
]
Name = Annotated[str, typer.Option("--name", help=N_("Name of who gets the new passphrase."))]


def add_to(root: typer.Typer) -> None:
    """Register the commands."""
    root.command("backup", help=N_("Write one encrypted file with everything in the store."))(backup)
    root.command("restore", help=N_("Make a store from a backup, in an empty folder."))(restored)
    root.command("recover", help=N_("Set a new passphrase with the district's recovery key."))(recover)


def backup(file: File, who: Who = "", data: Data = None, as_json: Json = False) -> Exit:
    """Write the file, read it again, then give it its name."""
    output = Output(as_json)
    if not file.parent.is_dir():
        raise UserError("CLI_003", file=file.parent.name, problem="No such file or directory")
    with open_laptop(data, who) as laptop:
        findings = _told(output, back_up(laptop.store, file))
    size = file.stat().st_size
    output.say(
        _("Backup written and checked: {file}, {megabytes:.1f} MB").format(file=file, megabytes=size / 1e6)
    )
    output.result({"file": str(file), "bytes": size, "findings": findings})
    return Exit.DAMAGED if findings else Exit.OK


def restored(
    file: File,
    who: Who = "",
    recovery_key: Recovery = None,
    name: Name = "",
    data: Data = None,
    as_json: Json = False,
) -> Exit:
    """Check everything, then let the store appear."""
    output, folder = Output(as_json), folder_of(data)
    if not file.is_file():
        raise UserError("CLI_003", file=file.name, problem="there is no such file")
    known = inspectors_of(file)
    opening: Opening
    if recovery_key is None:
        opening = by_passphrase(_who(known, who).inspector_id, passphrase())
    else:
        private = recovery_key_of(_bytes(recovery_key))
        opening = by_recovery_key(private, _newcomer(known, who, name), passphrase(repeat=True))
    findings = _told(output, restore(file, folder, opening, clock=settings.now))
    output.say(_("Restored: {folder}").format(folder=folder))
    output.result({"folder": str(folder), "findings": findings})
    return Exit.DAMAGED if findings else Exit.OK


def recover(
    recovery_key: Annotated[
        Path, typer.Option(help=N_("The district's private recovery key (PEM), for a new passphrase."))
    ],
    who: Who = "",
    name: Name = "",
    data: Data = None,
    as_json: Json = False,
) -> Exit:
    """A new slot, or a new passphrase for an old one."""
    output, folder = Output(as_json), folder_of(data)
    inspector = _newcomer(Store.inspectors(folder), who, name)
    private = recovery_key_of(_bytes(recovery_key))
    with Store.recover(folder, private, inspector, passphrase(repeat=True), clock=settings.now) as store:
        lift(store, "recovery_key")
    output.say(_("{inspector} has a new passphrase.").format(inspector=inspector.inspector_id))
    output.result({"inspector": inspector.inspector_id, "folder": str(folder)})
    return Exit.OK


def _who(known: tuple[Inspector, ...], who: str) -> Inspector:
    """UserError CLI_002 if several could be meant; an unknown one is refused where it is unlocked."""
    if not who and len(known) != 1:
        raise UserError("CLI_002", known=", ".join(one.inspector_id for one in known))
    return Inspector(who, who) if who else known[0]


def _newcomer(known: tuple[Inspector, ...], who: str, name: str) -> Inspector:
    """Whose passphrase is set: somebody known keeps the name, unless a new one is given."""
    inspector_id = _who(known, who).inspector_id
    names = {one.inspector_id: one.name for one in known}
    return inspector_of(inspector_id, name or names.get(inspector_id, ""))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UserError("CLI_003", file=file.name, problem=error.strerror or "") from error


def _told(output: Output, steps: Generator[Progress]) -> list[dict[str, Any]]:
    """Say how far it is, at most four times a second, and what was found; interrupted, it leaves nothing."""
    findings: list[dict[str, Any]] = []
    last, step = 0.0, ""
    with closing(steps):
        for one in steps:
            if one.step != step or time.monotonic() - last > 0.25:
                last, step = time.monotonic(), one.step
                output.progress(f"{_step_word(one.step)} … {100 * one.done // max(1, one.total)} %")
            if one.finding is not None:
                title, message, remedy = explain(UserError(one.finding.code, **one.finding.slots))
                output.say(f"{title} [{one.finding.code}]\n  {message}\n  {_('What to do:')} {remedy}")
                findings.append({"code": one.finding.code, "message": message} | dict(one.finding.slots))
    return findings


def _step_word(step: str) -> str:
    """A step of backup or restore in words."""
    words = {
        "snapshot": _("Copy the database"),
        "copy": _("Write the backup"),
        "check": _("Read it again"),
        "unpack": _("Unpack"),
        "database": _("Check the database"),
        "submissions": _("Check the records"),
        "files": _("Check the files"),
        "audit": _("Check the audit log"),
    }
    return words[step]
