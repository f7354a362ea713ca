"""``init``, ``unlock``, ``verify``: the laptop itself."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Annotated

import typer

from fieldapp import settings
from fieldapp.cli.options import Data, Json, Who, folder_of, inspector_of, open_laptop, passphrase
from fieldapp.cli.output import Exit, Output
from fieldapp.errors import UserError
from fieldapp.i18n import N_, _, explain
from fieldapp.services import registration
from fieldapp.store.model import Progress


def add_to(root: typer.Typer) -> None:
    """Register the commands."""
    root.command("init", help=N_("Register this laptop with the district and make its store."))(init)
    root.command("unlock", help=N_("Check the passphrase; say what is open and what is unsent."))(unlock)
    root.command("verify", help=N_("Check your data: hash everything again."))(verify)


def init(
    server: Annotated[str, typer.Option(help=N_("Address of the district server, https://…"))],
    code: Annotated[str, typer.Option(help=N_("Registration code of the district office."))],
    inspector: Annotated[str, typer.Option(help=N_("Short id of the first inspector."))],
    name: Annotated[str, typer.Option(help=N_("Name of the first inspector."))] = "",
    ca: Annotated[
        Path | None, typer.Option(help=N_("CA certificate of the district (PEM); else the system's trust."))
    ] = None,
    device_name: Annotated[str, typer.Option(help=N_("Name of this laptop at the district office."))] = "",
    data: Data = None,
    as_json: Json = False,
) -> Exit:
    """Register and make the store."""
    output = Output(as_json)
    folder = folder_of(data)
    with registration.set_up(
        folder,
        server=server,
        code=code,
        ca_pem=_text(ca),
        device_name=device_name or platform.node() or "laptop",
        inspector=inspector_of(inspector, name),
        passphrase=passphrase(repeat=True),
        clock=settings.now,
    ) as store:
        enrolment = registration.enrolment_of(store)
        forms = [{"form_id": form.form_id, "version": form.version} for form in store.forms.list()]
    output.say(_("Registered with {district}. Store: {folder}").format(
        district=enrolment.district, folder=folder))  # fmt: skip
    output.result(
        {
            "folder": str(folder),
            "device_id": str(enrolment.device_id),
            "district": enrolment.district,
            "forms": forms,
        }
    )
    return Exit.OK


def _text(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError("CLI_003", file=file.name, problem=error.strerror or "") from error
    except UnicodeDecodeError as error:
        raise UserError("SYNC_014") from error


def unlock(who: Who = "", data: Data = None, as_json: Json = False) -> Exit:
    """Open, look, lock again."""
    output = Output(as_json)
    with open_laptop(data, who) as laptop:
        actor, store = laptop.store.keys.actor, laptop.store
        drafts = store.drafts.list()
        unsent = store.outbox.unsent()
        output.say(
            _("{name}: {drafts} open forms, {unsent} records not sent, {buildings} buildings").format(
                name=actor.name,
                drafts=len(drafts),
                unsent=unsent,
                buildings=store.register.count("buildings"),
            )
        )
        output.result(
            {
                "inspector": actor.inspector_id,
                "name": actor.name,
                "drafts": len(drafts),
                "unsent": unsent,
                "buildings": store.register.count("buildings"),
            }
        )
    return Exit.OK


def verify(who: Who = "", data: Data = None, as_json: Json = False) -> Exit:
    """Re-hash database pages, records, files and the audit chain."""
    output = Output(as_json)
    counts: dict[str, int] = {}
    found: list[Progress] = []
    with open_laptop(data, who) as laptop:
        for step in laptop.store.verify():
            counts[step.step] = step.total
            if step.finding is not None:
                found.append(step)
    findings = []
    for one in found:
        assert one.finding is not None
        title, message, remedy = explain(UserError(one.finding.code, **one.finding.slots))
        output.say(f"{title} [{one.finding.code}]\n  {message}\n  {_('What to do:')} {remedy}")
        findings.append({"code": one.finding.code, "message": message} | dict(one.finding.slots))
    if not findings:
        output.say(
            _(
                "Everything is as it was recorded: {records} records, {files} files, "
                "{rows} rows of the register."
            ).format(
                records=counts.get("submissions", 0),
                files=counts.get("files", 0),
                rows=counts.get("register", 0),
            )
        )
    output.result({"checked": counts, "findings": findings})
    return Exit.DAMAGED if findings else Exit.OK
