"""From form tables to published forms: built by pyxform, checked by the engine, explained by question.

pyxform and openpyxl are imported when a form is built, not when the program starts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from fieldapp.domain.codelists import CodeLists
from fieldapp.errors import Phrase, UserError
from fieldapp.forms import Explanation, FormDefinition, clauses, explain, load_form
from fieldapp.services.form_functions import form_functions
from fieldapp.services.form_tables import (
    SHEETS,
    Tables,
    broken,
    flatten,
    read_tables,
    read_workbook,
    render,
    settings_of,
)
from fieldapp.settings import resources

#: pyxform advises to have photographs made smaller; ours are evidence and kept as the camera wrote them.
_UNWANTED_ADVICE = "max-pixels"


@dataclass(frozen=True, slots=True)
class FormSource:
    """A form as it stands in the tables: where, and what its settings sheet says."""

    form_id: str
    version: str
    title: str
    path: Path


@dataclass(frozen=True, slots=True)
class BuiltForm:
    """A form ready to be published: ``xform`` is the ODK XForm, the same bytes for the same tables.

    ``warnings``: what pyxform remarks, in its own words.
    """

    form_id: str
    version: str
    title: str
    xform: bytes
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A form that passed: built, every expression compiled, every path and list found.

    ``questions`` and ``expressions`` are counts; ``lists`` names the lists it needs from outside.
    """

    form: BuiltForm
    definition: FormDefinition
    questions: int
    expressions: int
    languages: tuple[str, ...]
    lists: tuple[str, ...]


def list_forms(folder: Path | None = None) -> tuple[FormSource, ...]:
    """The forms in ``folder`` (the carried ones by default), by id."""
    folder = folder or resources() / "forms"
    found = []
    for path in sorted(folder.glob("*.md")):
        settings = settings_of(read_tables(path), path)
        found.append(FormSource(settings["form_id"], settings["version"], settings["form_title"], path))
    return tuple(sorted(found, key=lambda one: one.form_id))


def find_form(form_id: str, folder: Path | None = None) -> FormSource:
    """The form with this id; FORM_103 names the known ones."""
    known = list_forms(folder)
    for form in known:
        if form.form_id == form_id:
            return form
    raise UserError("FORM_103", form_id=form_id, known=", ".join(form.form_id for form in known))


def built_form(form_id: str) -> bytes:
    """The XForm of a carried form. Nothing is kept on disk; what is carried stays as it is meanwhile."""
    return _built(find_form(form_id).path)


@lru_cache(maxsize=16)
def _built(path: Path) -> bytes:
    return build(path).xform


def build(path: Path, lists: CodeLists | None = None) -> BuiltForm:
    """Build a Markdown form, or a workbook (``.xlsx``) that the office edited, which is taken as it is.

    FORM_101 names file, sheet and row of a broken table, FORM_102 what pyxform says of the form as a whole.
    """
    return _convert(path, _tables(path, lists))


def check(path: Path, lists: CodeLists | None = None) -> CheckReport:
    """Build a form and load it as a laptop will: every expression, list and reference is checked.

    UserError FORM_101, FORM_102 for the tables; FORM_104 names file, sheet, row and question of what the
    engine refuses (FORM_0.. where the form as a whole is refused).
    """
    tables = _tables(path, lists)
    form = _convert(path, tables)
    try:
        definition = load_form(form.xform, functions=form_functions())
    except UserError as error:
        raise _refused(tables, error) from error
    return CheckReport(
        form=form,
        definition=definition,
        questions=len(definition.questions),
        expressions=len(clauses(definition)),
        languages=definition.languages,
        lists=tuple(sorted(definition.external.values())),
    )


def explained(path: Path, question: str) -> Explanation:
    """What the form at ``path`` says of a question, by name or path. UserError as of ``check``, FORM_016."""
    return explain(check(path).definition, question)


def flattened_markdown(path: Path) -> str:
    """The flattened form as Markdown, as ``forms md`` shows it; of a workbook its tables."""
    return render(_tables(path, None))


def workbook(path: Path) -> bytes:
    """The flattened form as a workbook for the office (``forms xlsx``): XLSX, one sheet a table, all text."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    tables = _tables(path, None)
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in (name for name in SHEETS if name in tables.heads):
        page = book.create_sheet(sheet)
        heads = tables.heads[sheet]
        for line in (heads, *([row.cells.get(head, "") for head in heads] for row in tables.rows[sheet])):
            page.append(line)
            for cell in page[page.max_row]:
                if cell.data_type == "f":  # a text that begins with = is no formula
                    cell.data_type = "s"
        for cell in page[1]:
            cell.font = Font(bold=True)
        page.freeze_panes = "A2"
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _tables(path: Path, lists: CodeLists | None) -> Tables:
    """The form's tables, flattened, with the settings every form has."""
    if not path.is_file():
        raise UserError("FORM_102", file=path.name, problem="the file does not exist")
    tables = read_workbook(path) if path.suffix == ".xlsx" else flatten(path, lists)
    settings_of(tables, path)
    return tables


def _convert(path: Path, tables: Tables) -> BuiltForm:
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    source: str | Path = path if path.suffix == ".xlsx" else render(tables)
    try:
        result = convert(source, validate=False, file_type=path.suffix)
    except PyXFormError as error:
        raise _located(path, str(error), tables) from error
    survey = result._survey
    return BuiltForm(
        form_id=str(survey.id_string),
        version=str(survey.version or ""),
        title=str(survey.title),
        xform=result.xform.encode("utf-8"),
        warnings=tuple(warning for warning in result.warnings if _UNWANTED_ADVICE not in warning),
    )


def _located(path: Path, said: str, tables: Tables) -> UserError:
    """pyxform's complaint with the row of our own file, where it names a row or quotes a type of the
    survey."""
    on_sheet = re.search(r"'(\w+)' sheet", said)
    sheet = on_sheet[1] if on_sheet is not None and on_sheet[1] in tables.rows else "survey"
    rows = tables.rows.get(sheet, [])
    named = re.search(r"^\[row\s*:\s*(\d+)\]\s*", said)
    if named is not None:
        said = said[named.end() :]
        number = int(named[1])
        if path.suffix == ".xlsx":
            return broken(path.name, sheet, number, said, "")
        # pyxform counts the head of the flattened sheet as row 1.
        row = rows[number - 2] if 2 <= number < len(rows) + 2 else None
    else:
        quoted = set(re.findall(r"'([^']+)'", said))
        row = next((one for one in rows if quoted & {one.cells.get("type"), one.cells.get("name")}), None)
    if row is None:
        return UserError("FORM_102", file=path.name, problem=said)
    return broken(row.file, sheet, row.line, said, "")


def _refused(tables: Tables, error: UserError) -> UserError:
    """What the engine says of a built form, with the row of the question it speaks of."""
    said = f"{error.slots.get('place', '')} {error.slots.get('questions', '')}"
    rows = {row.cells.get("name", ""): row for row in tables.rows.get("survey", [])}
    for path in re.findall(r"/[^\s:]+", said):
        row = rows.get(path.rpartition("/")[2])
        if row is not None:
            return UserError(
                "FORM_104",
                file=row.file,
                sheet="survey",
                row=row.line,
                question=row.cells["name"],
                problem=Phrase(error.detail.message, **error.slots),
                remedy=Phrase(error.detail.remedy, **error.slots),
            )
    return error
