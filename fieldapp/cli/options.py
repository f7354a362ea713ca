"""Options that many commands share, and how a command opens the laptop's store."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from fieldapp import app, settings
from fieldapp.domain.record_code import RecordCode
from fieldapp.domain.visit import TeamMember
from fieldapp.errors import UserError
from fieldapp.i18n import N_, _
from fieldapp.services.laptop import Laptop
from fieldapp.store import Inspector, Store
from fieldapp.store.model import Submission

Json = Annotated[bool, typer.Option("--json", help=N_("Print one JSON object instead of text."))]
Data = Annotated[
    Path | None, typer.Option("--data", help=N_("Folder of the store (default: FIELDAPP_DATA)."))
]
Who = Annotated[
    str, typer.Option("--inspector", envvar="FIELDAPP_INSPECTOR", help=N_("Short id of who works."))
]
Visit = Annotated[UUID, typer.Argument(help=N_("Id of the visit."))]
Record = Annotated[
    str, typer.Argument(help=N_("Id of the record or submission, or the text of its QR code."))
]
Team = Annotated[
    list[str] | None,
    typer.Option("--team", help=N_("One of the team: name,unit,certificate; repeatable.")),
]
PASSPHRASE = "FIELDAPP_PASSPHRASE"  # noqa: S105 - the name of the variable


def folder_of(data: Path | None) -> Path:
    """Where the store is."""
    return data or settings.data_folder()


def passphrase(repeat: bool = False) -> str:
    """From the environment, else asked for at the terminal. UserError CLI_001 without either."""
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise UserError("CLI_001")
    answer: str = typer.prompt(_("Passphrase"), hide_input=True, confirmation_prompt=repeat, err=True)
    return answer


def open_laptop(data: Path | None, who: str) -> Laptop:
    """Unlock the store. UserError CLI_002 if several inspectors could be meant; and those of unlocking."""
    folder = folder_of(data)
    known = Store.inspectors(folder)
    if not who and len(known) != 1:
        raise UserError("CLI_002", known=", ".join(one.inspector_id for one in known))
    return app.unlock(folder, who or known[0].inspector_id, passphrase())


def team_of(given: Sequence[str] | None) -> tuple[TeamMember, ...]:
    """The members of ``--team``."""
    members = []
    for text in given or ():
        name, unit, certificate = (part.strip() for part in (*text.replace("，", ",").split(","), "", "")[:3])
        members.append(TeamMember(name, unit, certificate))
    return tuple(members)


def record_of(laptop: Laptop, record: str) -> Submission:
    """The submission that ``record`` names; of a record id its newest version. UserError STORE_034."""
    submissions = laptop.store.submissions
    code = RecordCode.parse(record)
    wanted = code.record_id if code is not None else _uuid(record)
    versions = submissions.for_record(wanted)
    if code is not None:
        versions = tuple(one for one in versions if one.chain.version == code.version) or versions
    return versions[-1] if versions else submissions.get(wanted)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text.removeprefix("uuid:"))
    except ValueError as error:
        raise UserError("STORE_034", kind="submission", id=text[:60]) from error


def inspector_of(inspector_id: str, name: str) -> Inspector:
    """Whose slot is made."""
    return Inspector(inspector_id, name or inspector_id)
