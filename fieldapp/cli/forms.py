"""``forms list|build|check|xlsx|md|fill|explain``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from fieldapp import settings
from fieldapp.cli.inspections import violation_line
from fieldapp.cli.options import Json
from fieldapp.cli.output import Exit, Output
from fieldapp.domain.register import list_names
from fieldapp.domain.sample import sample_district
from fieldapp.errors import UserError
from fieldapp.forms import Clause
from fieldapp.i18n import N_, _
from fieldapp.services import publishing, trial
from fieldapp.services.answer_file import read_answers
from fieldapp.services.buildings import LIST, read_rows

Form = Annotated[str, typer.Argument(help=N_("Id of a carried form, or a file (.md, .xlsx)."))]
Out = Annotated[Path | None, typer.Option(help=N_("File to write."))]


def group() -> typer.Typer:
    """The commands of this group."""
    app = typer.Typer(help=N_("Forms: XLSForm tables, built, checked, tried."), no_args_is_help=True)
    app.command("list", help=N_("The forms carried with the program."))(list_)
    app.command("build", help=N_("Build the ODK XForm that is published."))(build)
    app.command("check", help=N_("Build a form and check every expression, list and reference."))(check)
    app.command("xlsx", help=N_("Write the form as a workbook for the office."))(xlsx)
    app.command("md", help=N_("Show the form flattened, as Markdown tables."))(md)
    app.command("fill", help=N_("Try a form with answers from a JSON file, without a store."))(fill)
    app.command("explain", help=N_("What a question depends on and what depends on it."))(explain)
    return app


def _path(form: str) -> Path:
    path = Path(form)
    return path if path.suffix in {".md", ".xlsx"} else publishing.find_form(form).path


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise UserError("CLI_003", file=file.name, problem=error.strerror or "") from error


def list_(as_json: Json = False) -> Exit:
    """Carried forms."""
    output = Output(as_json)
    forms = publishing.list_forms()
    output.table(
        (_("Form"), _("Version"), _("Title")), ((one.form_id, one.version, one.title) for one in forms)
    )
    output.result(
        {"forms": [{"form_id": one.form_id, "version": one.version, "title": one.title} for one in forms]}
    )
    return Exit.OK


def build(form: Form, out: Out = None, as_json: Json = False) -> Exit:
    """Build and write an XForm."""
    output = Output(as_json)
    built = publishing.build(_path(form))
    file = out or Path(f"{built.form_id}-{built.version}.xml")
    _write(file, built.xform)
    for warning in built.warnings:
        output.progress(warning)
    output.say(_("{form} {version} written to {file}").format(
        form=built.form_id, version=built.version, file=file))  # fmt: skip
    output.result(
        {"form_id": built.form_id, "version": built.version, "file": str(file), "warnings": built.warnings}
    )
    return Exit.OK


def check(form: Form, as_json: Json = False) -> Exit:
    """Check a form."""
    output = Output(as_json)
    report = publishing.check(_path(form))
    output.say(
        _("{form} {version} is in order: {questions} questions, {expressions} expressions").format(
            form=report.form.form_id,
            version=report.form.version,
            questions=report.questions,
            expressions=report.expressions,
        )
    )
    for warning in report.form.warnings:
        output.say(f"  {warning}")
    output.result(
        {
            "form_id": report.form.form_id,
            "version": report.form.version,
            "questions": report.questions,
            "expressions": report.expressions,
            "languages": report.languages,
            "lists": report.lists,
            "warnings": report.form.warnings,
        }
    )
    return Exit.OK


def xlsx(form: Form, out: Out = None, as_json: Json = False) -> Exit:
    """Write a workbook."""
    output = Output(as_json)
    path = _path(form)
    file = out or Path(f"{path.stem}.xlsx")
    _write(file, publishing.workbook(path))
    output.say(str(file))
    output.result({"file": str(file)})
    return Exit.OK


def md(form: Form, out: Out = None, as_json: Json = False) -> Exit:
    """Show the flattened tables."""
    output = Output(as_json)
    text = publishing.flattened_markdown(_path(form))
    if out is None:
        output.say(text)
    else:
        _write(out, text.encode())
        output.say(str(out))
    output.result({"markdown": text} if out is None else {"file": str(out)})
    return Exit.OK


def fill(
    form: Annotated[str, typer.Argument(help=N_("Id of a carried form, or a file (.md, .xlsx, .xml)."))],
    answers: Annotated[Path, typer.Option(help=N_("JSON file of answers."))],
    rows: Annotated[
        list[str] | None,
        typer.Option("--list", help=N_("An external list: NAME=FILE (CSV or JSON); repeatable.")),
    ] = None,
    out: Out = None,
    as_json: Json = False,
) -> Exit:
    """Fill a form; the submission's XML, what is missing, what it would change in the register."""
    output = Output(as_json)
    lists = trial.RowLists(_lists(rows))
    definition = trial.load(form, lists, settings.now)
    session = trial.filled(definition, read_answers(answers), lists, settings.now(), settings.language())
    xml, violations = session.to_xml(), session.validate()
    if out is None:
        output.say(xml.decode())
    else:
        _write(out, xml)
    for one in violations:
        label = " ".join(session.node(one.path).label.split())
        output.say(violation_line(label, one.message, one.kind, one.path))
    for warning in session.warnings:
        output.progress(f"{warning.path}  {warning.what}  {warning.problem}")
    effects: list[dict[str, Any]] = [
        {"list": one.list, "id": one.id, "action": one.action, "values": one.values}
        for one in session.effects()
    ]
    output.result(
        {
            "form_id": definition.form_id,
            "version": definition.version,
            "xml": xml.decode(),
            "violations": [
                {"path": one.path, "kind": one.kind, "message": one.message} for one in violations
            ],
            "effects": effects,
            "attachments": session.attachments(),
        }
    )
    return Exit.INCOMPLETE if violations else Exit.OK


def _lists(given: list[str] | None) -> dict[str, trial.Rows]:
    """The lists named on the command line; other lists of the register are empty, and where no buildings are
    given, it is the sample district.
    """
    lists: dict[str, trial.Rows] = {name: () for name in list_names() if name != LIST}
    for one in given or ():
        name, _equals, file = one.partition("=")
        if not file:
            raise typer.BadParameter(_("A list is given as NAME=FILE."))
        lists[name] = read_rows(Path(file))
    if LIST not in lists:
        lists[LIST] = sample_district()
    return lists


def explain(
    form: Form,
    question: Annotated[str, typer.Argument(help=N_("Name or path of a question."))],
    as_json: Json = False,
) -> Exit:
    """Explain a question."""
    output = Output(as_json)
    found = publishing.explained(_path(form), question)
    output.say(f"{found.path}  {found.kind}  {found.type}")
    for clause in (*found.clauses, *found.around):
        where = "" if clause.path == found.path else f"  ({clause.path})"
        output.say(f"  {clause.what}: {clause.text}{where}")
    output.say(f"{_('reads')}: {', '.join(found.reads) or '–'}")
    output.say(f"{_('is read by')}: {', '.join(f'{one.path} ({one.what})' for one in found.readers) or '–'}")
    output.result(
        {
            "path": found.path,
            "kind": found.kind,
            "type": found.type,
            "expressions": [_clause(clause) for clause in found.clauses],
            "around": [_clause(clause) for clause in found.around],
            "reads": found.reads,
            "readers": [_clause(clause) for clause in found.readers],
        }
    )
    return Exit.OK


def _clause(clause: Clause) -> dict[str, str]:
    return {"path": clause.path, "what": clause.what, "text": clause.text}
