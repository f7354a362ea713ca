"""``sync``: send what waits."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from typing import Any
from uuid import UUID

import typer

from fieldapp.cli.options import Data, Json, Who, open_laptop
from fieldapp.cli.output import Exit, Output
from fieldapp.errors import FieldappError
from fieldapp.i18n import N_, _, explain
from fieldapp.services.syncing import cause_and_remedy
from fieldapp.sync.outgoing import Refusal, RunResult
from fieldapp.sync.problems import Cancelled
from fieldapp.sync.thumbnails import Copies

_TOLD = ("code", "title", "message", "remedy")


def add_to(root: typer.Typer) -> None:
    """Register the command."""
    root.command("sync", help=N_("Send what waits and fetch the receipts."))(sync)


class _Told:
    """Progress on standard error: at most four lines a second, never with ``--json``."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._last = 0.0

    def step(self, name: str) -> None:
        """A step begins."""
        self._output.progress(f"{_step_word(name)} …")

    def progress(self, done: int, total: int) -> None:
        """Bytes so far."""
        if time.monotonic() - self._last > 0.25 or done == total:
            self._last = time.monotonic()
            self._output.progress(f"  {done / 1e6:.1f} / {total / 1e6:.1f} MB")

    def copies(self, came: int, wanted: int, size: int) -> None:
        """Small copies of photographs so far."""
        self._output.progress(f"  {came} / {wanted}  {size / 1e6:.1f} MB")

    def part(self, instance_id: UUID, done: int, total: int) -> None:
        """The whole is told already."""

    def item(self, instance_id: UUID, state: str) -> None:
        """A submission moved on."""
        if state != "sending":
            word = _("sent, with receipt") if state == "sent" else _("not sent")
            self._output.progress(f"  {instance_id}  {word}")


def sync(who: Who = "", data: Data = None, as_json: Json = False) -> Exit:
    """One run."""
    output = Output(as_json)
    with open_laptop(data, who) as laptop:
        try:
            told_so_far = _Told(output)
            result = laptop.syncing.run(told_so_far, copies=told_so_far.copies)
        except Cancelled:
            return Exit.CANCELLED
        notice = laptop.syncing.notice()
        unsent = laptop.store.outbox.unsent()
        causes = {one.instance_id: one for one in laptop.store.outbox.pending()}
    for instance_id, cause in result.not_sent.items():
        sys.stderr.write("" if as_json else f"{instance_id}: {_words(cause)}\n")
    told = None if notice is None else explain(notice)
    if told is not None:
        output.say(f"{told[0]} [SYNC_060]\n  {told[1]}\n  {_('What to do:')} {told[2]}")
    if not (result.sent or unsent):
        output.say(_("Nothing waits to be sent; the server was reached."))
    else:
        output.say(
            _("{sent} records sent with receipt, {unsent} not sent, {megabytes:.1f} MB").format(
                sent=len(result.sent), unsent=unsent, megabytes=result.bytes_sent / 1e6
            )
        )
    if result.pulled is not None:
        output.say(_("{count} rows of the register fetched").format(count=result.pulled.rows))
        if result.pulled.differing:
            lists = "、".join(result.pulled.differing)
            output.say(_("Lists that differed and were fetched anew: {lists}").format(lists=lists))
    _say_brought(output, result)
    if result.not_pulled is not None:
        sys.stderr.write("" if as_json else f"{_words(result.not_pulled)}\n")
    waiting: list[dict[str, Any]] = [
        {"instance_id": one.instance_id, "code": one.code, "message": one.message, "tries": one.tries}
        for one in causes.values()
    ]
    output.result(
        {
            "sent": list(result.sent),
            "unsent": waiting,
            "bytes_sent": result.bytes_sent,
            "bytes_total": result.bytes_total,
            "flags": {str(one): list(flags) for one, flags in result.flags.items()},
            "audit_extends": result.audit_extends,
            "lost": list(result.lost),
            "pulled": None if result.pulled is None else asdict(result.pulled),
            "not_pulled": None if result.not_pulled is None else result.not_pulled.code,
            "forms_taken": [one.model_dump() for one in result.forms_taken],
            "forms_refused": [one.slots | {"code": one.code} for one in result.forms_refused],
            "photographs": None if result.copies is None else _copies(result.copies),
            "not_brought": None if result.not_brought is None else result.not_brought.code,
            "notice": None if told is None else dict(zip(_TOLD, ("SYNC_060", *told), strict=True)),
            "ended": None if result.ended is None else result.ended.code,
        }
    )
    return Exit.UNDELIVERED if unsent else Exit.OK


def _say_brought(output: Output, result: RunResult) -> None:
    """What came besides rows."""
    for one in result.forms_taken:
        output.say(
            _("{form}: new version {version} installed.").format(form=one.form_id, version=one.version)
        )
    for error in (*result.forms_refused, *((result.not_brought,) if result.not_brought else ())):
        sys.stderr.write("" if output.as_json else f"{_words(error)}\n")
    if result.copies is not None:
        output.say(
            _("{came} small photographs of other laptops fetched, {left} follow, {refused} refused").format(
                came=result.copies.came, left=result.copies.left, refused=len(result.copies.refused)
            )
        )


def _copies(copies: Copies) -> dict[str, Any]:
    refused = {sha256: error.code for sha256, error in copies.refused.items()}
    return {"fetched": copies.came, "bytes": copies.size, "left": copies.left, "refused": refused}


def _step_word(step: str) -> str:
    """A step of a run in words."""
    return {
        "hello": _("Connect, compare versions"),
        "standing": _("Compare receipts"),
        "offer": _("Hand in the list"),
        "blobs": _("Send files"),
        "submissions": _("Send records, fetch receipts"),
        "pull": _("Fetch the register"),
        "forms": _("Fetch new versions of forms"),
        "thumbnails": _("Fetch small photographs"),
    }[step]


def _words(cause: FieldappError | Refusal) -> str:
    message, remedy = cause_and_remedy(cause)
    return f"[{cause.code}] {message} {remedy}"
