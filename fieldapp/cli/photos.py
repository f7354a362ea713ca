"""``photos add|list|fetch``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from fieldapp.cli.inspections import open_form
from fieldapp.cli.options import Data, Json, Visit, Who, open_laptop
from fieldapp.cli.output import Exit, Output
from fieldapp.errors import EnvironmentProblem, UserError
from fieldapp.i18n import N_, _, explain
from fieldapp.services.evidence import Kept, legible
from fieldapp.sheets.gathering import OTHER, photo_kind
from fieldapp.store.model import Photo


def group() -> typer.Typer:
    """The commands of this group."""
    app = typer.Typer(help=N_("Photographs of a visit."), no_args_is_help=True)
    app.command("add", help=N_("Take in JPEG, PNG or HEIC files, or folders of them."))(add)
    app.command("list", help=N_("The photographs of a visit."))(list_)
    app.command("fetch", help=N_("Fetch the original of a photograph that another laptop took."))(fetch)
    return app


def add(
    visit: Visit,
    paths: Annotated[list[Path], typer.Argument(help=N_("Files and folders."))],
    question: Annotated[str, typer.Option(help=N_("Path of the question that one file answers."))] = "",
    form: Annotated[str, typer.Option(help=N_("Which form of the visit has the question."))] = "",
    kind: Annotated[str, typer.Option(help=N_("Kind of photograph (list photo_kind)."))] = "",
    who: Who = "",
    data: Data = None,
    as_json: Json = False,
) -> Exit:
    """Take photographs in."""
    if question and (len(paths) != 1 or paths[0].is_dir()):
        raise typer.BadParameter(_("A question takes one file."))
    output = Output(as_json)
    for path in paths:
        if not path.exists():
            raise UserError("CLI_003", file=legible(path.name), problem="there is no such file")
    taken: list[Kept] = []
    refused: list[dict[str, Any]] = []
    surroundings = False
    with open_laptop(data, who) as laptop:
        opened = open_form(laptop, visit, form) if question else None
        frozen = not laptop.store.drafts.list(visit)
        shown = kind or (photo_kind(opened.session, question) if opened else OTHER)
        for one in laptop.evidence.add_files(visit, paths, question, shown):
            if isinstance(one, Kept):
                output.progress(
                    f"{one.photo.name}  {one.name}" + ("" if one.fresh else f"  {_('(was here already)')}")
                )
                taken.append(one)
                if opened:
                    opened.attach(question, one.name, one.position)
                    opened.settle()
            else:
                surroundings = surroundings or isinstance(one.error, EnvironmentProblem)
                title, message, remedy = explain(one.error)
                name = legible(one.path.name)
                output.progress(f"{name}: {title} [{one.error.code}] {message} {remedy}")
                told = {"file": name, "code": one.error.code, "message": message}
                refused.append(told | {"kept_aside": one.sha256})
    new = sum(one.fresh for one in taken)
    output.say(
        _("{taken} photographs taken in, {known} were here already, {refused} files refused").format(
            taken=new, known=len(taken) - new, refused=len(refused)
        )
    )
    if frozen and taken:
        output.say(
            _("The visit is finalized: its record stays as it is. Open a correction to use them in it.")
        )
    answered = [_photo(one.photo) | {"answer": one.name, "new": one.fresh} for one in taken]
    output.result({"taken": answered, "refused": refused})
    if surroundings:
        return Exit.ENVIRONMENT
    return Exit.USER if refused and not taken else Exit.OK


def list_(visit: Visit, who: Who = "", data: Data = None, as_json: Json = False) -> Exit:
    """Say which photographs a visit has."""
    output = Output(as_json)
    with open_laptop(data, who) as laptop:
        laptop.store.visits.get(visit)
        photos = laptop.store.photos.for_visit(visit)
    if not photos:
        output.say(_("The visit has no photographs."))
    output.table(
        (_("File"), _("Pixels"), _("Taken"), "SHA-256"),
        (
            (photo.name, f"{photo.width}×{photo.height}", photo.taken_at or "", photo.sha256[:16])
            for photo in photos
        ),
    )
    output.result({"photos": [_photo(photo) for photo in photos]})
    return Exit.OK


def fetch(
    sha256: Annotated[
        str, typer.Argument(metavar="HASH", help=N_("SHA-256 of the original, or its beginning."))
    ],
    who: Who = "",
    data: Data = None,
    as_json: Json = False,
) -> Exit:
    """Keep an original in the vault, as nobody's evidence of this laptop."""
    output = Output(as_json)
    with open_laptop(data, who) as laptop:
        photo = laptop.photographs.find(sha256)
        new = not laptop.photographs.is_here(photo)

        def progress(done: int, total: int) -> None:
            output.progress(f"  {done / 1e6:.1f} / {total / 1e6:.1f} MB")

        laptop.photographs.fetch(photo, progress, lambda _abort: None)
    output.say(_("The original is on this laptop now.") if new else _("The original was here already."))
    told = {"sha256": photo.sha256, "size": photo.size, "media_type": photo.media_type}
    output.result(
        told | {"building": photo.building_id, "visit": photo.visit_id, "who": photo.who, "new": new}
    )
    return Exit.OK


def _photo(photo: Photo) -> dict[str, Any]:
    return {
        "file": photo.name,
        "sha256": photo.sha256,
        "size": photo.size,
        "media_type": photo.media_type,
        "width": photo.width,
        "height": photo.height,
        "taken_at": photo.taken_at,
        "latitude": photo.latitude,
        "longitude": photo.longitude,
        "camera": photo.camera,
        "original": photo.has_exif,
        "question": photo.question,
        "kind": photo.kind,
    }
