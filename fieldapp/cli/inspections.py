"""``inspect new|fill|list|show|finalize|correct|export``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from fieldapp.cli.options import Data, Json, Record, Team, Visit, Who, open_laptop, record_of, team_of
from fieldapp.cli.output import Exit, Output
from fieldapp.domain.codelists import codelists
from fieldapp.errors import UserError
from fieldapp.i18n import N_, _
from fieldapp.services import safekeeping
from fieldapp.services.answer_file import Answers, Editor, fill, photo_file, read_answers
from fieldapp.services.continuing import Unfinished
from fieldapp.services.filling import OpenForm
from fieldapp.services.finishing import unprintable
from fieldapp.services.laptop import Laptop
from fieldapp.services.visits import OpenQuestion
from fieldapp.settings import ZONE, language
from fieldapp.sheets.gathering import photo_kind
from fieldapp.store.model import Submission

FIRST_FORM = "hazard_inspection"
AnswersFile = Annotated[Path | None, typer.Option("--answers", help=N_("JSON file of answers."))]
Photos = Annotated[
    Path | None, typer.Option("--photos", help=N_("Folder of the photographs that the answers name."))
]
FormOption = Annotated[str, typer.Option("--form", help=N_("Which form of the visit."))]


def group() -> typer.Typer:
    """The commands of this group."""
    app = typer.Typer(help=N_("Visits: begin, fill, finalize, correct."), no_args_is_help=True)
    app.command("new", help=N_("Begin a visit; with --answers also fill its form."))(new)
    app.command("fill", help=N_("Answer questions of an open form from a JSON file."))(fill_)
    app.command("list", help=N_("Open visits and finalized records."))(list_)
    app.command("show", help=N_("Where an open visit stands and what is still to be answered."))(show)
    app.command("finalize", help=N_("Freeze a visit: it cannot be changed any more, only corrected."))(
        finalize
    )
    app.command("correct", help=N_("Open a correction of a finalized record."))(correct)
    app.command("export", help=N_("Hashes of all records; with --out the records as plain files."))(export)
    return app


def new(
    building: Annotated[str, typer.Option(help=N_("Id, code, or a text that fits one building."))] = "",
    form: Annotated[list[str] | None, typer.Option(help=N_("Form to fill; repeatable."))] = None,
    kind: Annotated[str, typer.Option(help=N_("Kind of visit (list visit_kind)."))] = "",
    task: Annotated[list[str] | None, typer.Option(help=N_("Task of the plan; repeatable."))] = None,
    team: Team = None,
    answers: AnswersFile = None,
    photos: Photos = None,
    who: Who = "",
    data: Data = None,
    as_json: Json = False,
) -> Exit:
    """Begin a visit."""
    output = Output(as_json)
    said = read_answers(answers) if answers is not None else Answers(answers=())
    wanted = building or said.building.wanted
    if not (wanted or form or said.form):  # the form that is begun by default is about a house
        raise typer.BadParameter(_("Say which building: --building, or in the answers."))
    _in_list("visit_kind", [kind or said.visit.kind])
    _in_list("task_no", task or said.visit.tasks or ())
    with open_laptop(data, who) as laptop:
        members = team_of(team)
        if members:
            laptop.visits.set_team(members)
        head = said.visit
        forms = form or [said.form or FIRST_FORM]
        if not wanted and not laptop.visits.files_houses(forms):
            raise typer.BadParameter(_("Say which building: --building, or in the answers."))
        house = UUID(laptop.buildings.get(wanted).id) if wanted else None
        left = [laptop.visits.unfinished(house, one) for one in forms]
        if answers is not None:
            said = _meant(said, forms)
        if answers is not None and not any(left):  # what a partial visit left is not on an untouched draft
            draft = laptop.filling.first_draft(
                laptop.visits.plan(house, team=members or head.members), said.form
            )
            _rehearse(said, laptop.filling.open_draft(draft), photos or answers.parent)
        visit = laptop.visits.begin(
            house,
            forms,
            kind=kind or head.kind,
            tasks=task if task else head.tasks,
            team=members or head.members,
            started_at=head.started_at,
            source=head.source,
        )
        if answers is not None:
            output.progress(_("Visit {visit_id}").format(visit_id=visit.visit_id))
            _fill(laptop, visit.visit_id, said, photos or answers.parent, output)
        output.say(_("Visit {visit_id}").format(visit_id=visit.visit_id))
        _tell_unfinished(left, output)
        _tell_state(laptop, visit.visit_id, output)
    return Exit.OK


def _tell_unfinished(left: Sequence[Unfinished | None], output: Output) -> None:
    for partial in left:
        if partial is not None:
            day = partial.visited_at.astimezone(ZONE).date()
            output.say(
                _(
                    "Goes on with the partial visit of {day}: "
                    "what was seen then is filled in, check that it still holds."
                ).format(day=day)
            )
            output.say(_("Not seen then: {parts}").format(parts=partial.unseen_parts))


def fill_(
    visit: Visit,
    answers: Annotated[Path, typer.Option("--answers", help=N_("JSON file of answers."))],
    form: FormOption = "",
    photos: Photos = None,
    who: Who = "",
    data: Data = None,
    as_json: Json = False,
) -> Exit:
    """Go on with an open form."""
    output = Output(as_json)
    said = read_answers(answers)
    if form:
        said = said.model_copy(update={"form": form})
    with open_laptop(data, who) as laptop:
        opened = open_form(laptop, visit, said.form)
        _rehearse(said, opened, photos or answers.parent)
        _fill(laptop, visit, said, photos or answers.parent, output)
        _tell_state(laptop, visit, output)
    return Exit.OK


def fill_form(
    laptop: Laptop,
    visit_id: UUID,
    said: Answers,
    photo: Callable[[str], Path],
    told: Callable[[int, int], None] | None = None,
) -> None:
    """Make the edits of an answers file on a form of the visit; durable when it returns.

    ``photo`` gives the file of a photograph by its name; ``told`` hears (done, all) of what is durable.
    """
    opened = open_form(laptop, visit_id, said.form)

    def attach(path: str, name: str) -> None:
        kind = photo_kind(opened.session, path)
        kept = laptop.evidence.add(visit_id, photo(name), question=path, kind=kind)
        opened.attach(path, kept.name, kept.position)

    def done(number: int, total: int) -> None:
        if number % 10 == 0 or number == total:
            opened.settle()
            if told is not None:
                told(number, total)

    editor = Editor(opened.answer, opened.add_repeat, opened.remove_repeat, attach)
    fill(said, opened.session.definition, editor, done)
    opened.settle()


def _in_list(codelist: str, names: Iterable[str]) -> None:
    """The head of a visit is signed as it was begun: what is in no list stops here. UserError VISIT_016."""
    known = codelists()[codelist].items
    for name in names:
        if name and name not in known:
            raise UserError("VISIT_016", wanted=name[:60], known=", ".join(known))


def _meant(said: Answers, forms: Sequence[str]) -> Answers:
    """The answers with the form they are for: the one of the command, else the one that the file names."""
    if len(forms) == 1:
        return said.model_copy(update={"form": forms[0]})
    if said.form not in forms:
        raise typer.BadParameter(_("Say in the answers which of the forms they are for."))
    return said


def _rehearse(said: Answers, opened: OpenForm, photos: Path) -> None:
    """All edits on a copy first: a file with a mistake leaves nothing half filled in."""
    session = opened.session.definition.open_session(opened.session.draft_xml(), opened.session.language)

    def attach(path: str, name: str) -> None:
        photo_file(name, photos)
        photo_kind(session, path)
        session.answer(path, name)

    editor = Editor(session.answer, session.add_repeat, session.remove_repeat, attach)
    fill(said, session.definition, editor, lambda _done, _all: None)


def _fill(laptop: Laptop, visit_id: UUID, said: Answers, photos: Path, output: Output) -> None:
    def told(done: int, total: int) -> None:
        output.progress(_("{done} of {total} answers").format(done=done, total=total))

    fill_form(laptop, visit_id, said, lambda name: photo_file(name, photos), told)


def open_form(laptop: Laptop, visit_id: UUID, form_id: str) -> OpenForm:
    """The open form of the visit; ``form_id`` may be empty if there is only one. UserError VISIT_005 for
    none, VISIT_015 if it must be said which.
    """
    laptop.store.visits.get(visit_id)
    drafts = {draft.form_id: draft for draft in laptop.store.drafts.list(visit_id)}
    if not drafts:
        raise UserError("VISIT_005", visit_id=visit_id, form=form_id)
    if not form_id and len(drafts) == 1:
        (form_id,) = drafts
    if form_id not in drafts:
        raise UserError("VISIT_015", visit_id=visit_id, known=", ".join(sorted(drafts)))
    return laptop.filling.open_draft(drafts[form_id])


def _tell_state(laptop: Laptop, visit_id: UUID, output: Output) -> None:
    left = laptop.visits.open_questions(visit_id)
    drafts = laptop.store.drafts.list(visit_id)
    for draft in drafts:
        output.say(_("{form}: stands at {position}").format(form=draft.form_id, position=draft.position))
    _tell_questions(left, output)
    odd = _tell_unprintable(laptop, visit_id, output)
    output.result(
        {
            "visit_id": str(visit_id),
            "forms": [
                {
                    "form_id": draft.form_id,
                    "version": draft.form_version,
                    "instance_id": str(draft.chain.instance_id),
                    "position": draft.position,
                    "saved_at": draft.saved_at,
                }
                for draft in drafts
            ],
            "open_questions": [_question(one) for one in left],
            "unprintable": odd,
        }
    )


def _tell_unprintable(laptop: Laptop, visit_id: UUID, output: Output) -> list[dict[str, str]]:
    """Warn of characters that sheets show by their numbers, while they can still be written otherwise."""
    found = unprintable(laptop.store, laptop.filling, visit_id)
    for one in found:
        warning = _("{question}: sheets show the number in place of {characters}, which no font here has.")
        output.progress(warning.format(question=one.label, characters=one.named))
    return [asdict(one) for one in found]


def _tell_questions(left: tuple[OpenQuestion, ...], output: Output) -> None:
    if not left:
        output.say(_("Nothing is missing."))
        return
    output.say(_("{count} to be answered or corrected:").format(count=len(left)))
    for one in left:
        output.say(violation_line(one.label, one.message, one.kind, one.path))


def violation_line(question: str, message: str, kind: str, path: str) -> str:
    """One open question for people: what is asked, what is wrong with it, where it stands."""
    kinds = {
        "required": _("not answered"),
        "constraint": _("out of range"),
        "type": _("not of the right kind"),
        "choice": _("not one of the choices"),
        "carried": _("carried over from the partial visit, not looked at again"),
    }
    return f"  {question or path}  {message or kinds[kind]}  ({path})"


def _question(one: OpenQuestion) -> dict[str, str]:
    return {
        "form_id": one.form_id,
        "path": one.path,
        "label": one.label,
        "kind": one.kind,
        "message": one.message,
    }


def list_(who: Who = "", data: Data = None, as_json: Json = False) -> Exit:
    """Open visits and finalized records, newest first."""
    output = Output(as_json)
    with open_laptop(data, who) as laptop:
        visits = laptop.store.visits.list()
        drafts = laptop.store.drafts.list()
        records = laptop.store.submissions.list()
        labels = {visit.visit_id: _label(laptop, visit.building_id) for visit in visits}
    if not drafts and not records:
        output.say(_("No visits yet. Begin one with: fieldapp inspect new"))
    if drafts:
        output.table(
            (_("Open visit"), _("Form"), _("Building"), _("Stands at"), _("Saved")),
            (
                (one.visit_id, one.form_id, labels[one.visit_id], one.position, f"{one.saved_at:%m-%d %H:%M}")
                for one in drafts
            ),
        )
    if records:
        output.table(
            (_("Record"), _("Version"), _("Form"), _("Building"), _("Finalized"), _("Sent")),
            (
                (
                    one.chain.record_id,
                    one.chain.version,
                    one.form_id,
                    labels[one.visit_id],
                    f"{one.finalized_at.astimezone(ZONE):%m-%d %H:%M}",
                    _transfers()[one.transfer],
                )
                for one in records
            ),
        )
    output.result(
        {
            "drafts": [
                {
                    "visit_id": str(one.visit_id),
                    "form_id": one.form_id,
                    "position": one.position,
                    "saved_at": one.saved_at,
                }
                for one in drafts
            ],
            "records": [_record(one) for one in records],
        }
    )
    return Exit.OK


def _transfers() -> dict[str, str]:
    return {"local": _("on this laptop"), "queued": _("waiting"), "sent": _("sent, with receipt")}


def _label(laptop: Laptop, building_id: UUID | None) -> str:
    row = laptop.buildings.of(building_id)
    return "" if row is None else row.label


def _record(one: Submission) -> dict[str, Any]:
    return {
        "record_id": str(one.chain.record_id),
        "instance_id": str(one.chain.instance_id),
        "version": one.chain.version,
        "visit_id": str(one.visit_id),
        "form_id": one.form_id,
        "sha256": one.sha256,
        "attachments": len(one.attachments),
        "record": one.record,
        "paper": one.paper,
        "transfer": one.transfer,
        "review": one.review,
    }


def show(visit: Visit, who: Who = "", data: Data = None, as_json: Json = False) -> Exit:
    """Where an open visit stands."""
    output = Output(as_json)
    with open_laptop(data, who) as laptop:
        found = laptop.store.visits.get(visit)
        output.say(
            f"{_label(laptop, found.building_id)}  {codelists().text('visit_kind', found.kind, language())}"
        )
        _tell_state(laptop, visit, output)
    return Exit.OK


def finalize(visit: Visit, who: Who = "", data: Data = None, as_json: Json = False) -> Exit:
    """Freeze, hash, sign, queue."""
    output = Output(as_json)
    with open_laptop(data, who) as laptop:
        left = laptop.visits.open_questions(visit)
        if left:
            _tell_questions(left, output)
            output.result({"finalized": False, "open_questions": [_question(one) for one in left]})
            return Exit.INCOMPLETE
        odd = _tell_unprintable(laptop, visit, output)
        frozen = laptop.visits.finalize(visit)
    for one in frozen:
        output.say(
            _("{form} finalized: record {record}, version {version}, {files} files").format(
                form=one.form_id,
                record=one.chain.record_id,
                version=one.chain.version,
                files=len(one.attachments),
            )
        )
    output.result({"finalized": True, "records": [_record(one) for one in frozen], "unprintable": odd})
    return Exit.OK


def correct(record: Record, who: Who = "", data: Data = None, as_json: Json = False) -> Exit:
    """Open the next version of a record."""
    output = Output(as_json)
    with open_laptop(data, who) as laptop:
        opened = laptop.filling.correct(record_of(laptop, record).chain.instance_id)
        output.say(
            _("Version {version} is open in visit {visit_id}").format(
                version=opened.chain.version, visit_id=opened.visit_id
            )
        )
        _tell_state(laptop, opened.visit_id, output)
    return Exit.OK


def export(
    record: Annotated[list[str] | None, typer.Argument(help=N_("Records; all of them by default."))] = None,
    out: Annotated[Path | None, typer.Option(help=N_("Folder for plain, unprotected copies."))] = None,
    who: Who = "",
    data: Data = None,
    as_json: Json = False,
) -> Exit:
    """Say what there is, or write it out."""
    output = Output(as_json)
    with open_laptop(data, who) as laptop:
        store = laptop.store
        held = safekeeping.inventory(store)
        chosen = [record_of(laptop, one) for one in record] if record else list(store.submissions.list())
        written: list[Path] = []
        if out is not None:
            written = _written(lambda one: safekeeping.export(store, one, out), chosen)
    if out is None and not held["submissions"]:
        output.say(_("No finalized records yet."))
    elif out is None:
        output.table(
            ("SHA-256", _("Submission"), _("Version")),
            ((one["sha256"], one["instance_id"], one["version"]) for one in held["submissions"]),
        )
    else:
        output.say(_("{count} files written; they are not protected any more.").format(count=len(written)))
    output.result(held | {"files": [str(file) for file in written]})
    return Exit.OK


def _written(write: Callable[[Submission], list[Path]], chosen: list[Submission]) -> list[Path]:
    try:
        return [file for one in chosen for file in write(one)]
    except OSError as error:
        raise UserError("CLI_003", file=str(error.filename or ""), problem=error.strerror or "") from error
