"""From form tables to published forms: Markdown with shared blocks → XLSForm tables → ODK XForm by pyxform.

Our forms are Markdown tables under ``resources/forms``: one table a sheet, the sheet's name in the first
cell of its first line, the column heads in the next, then rows whose first cell is empty. A survey row of
type ``include`` is replaced by the survey of ``<name>.md``; the choices of every list the survey names come
from ``resources/codelists`` unless the form brings its own. Text around the tables is for readers. pyxform
and openpyxl are imported when a form is built, not when the program starts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fieldapp.domain.codelists import CodeLists, codelists
from fieldapp.domain.facts import Facts, facts_of_arguments
from fieldapp.domain.register import schema
from fieldapp.domain.suggestion import FORM_FUNCTIONS
from fieldapp.errors import Phrase, UserError
from fieldapp.forms import FormDefinition, FormFunction, load_form
from fieldapp.i18n import N_
from fieldapp.settings import resources

if TYPE_CHECKING:
    from openpyxl import Workbook

SHEETS = ("survey", "choices", "entities", "settings")
ZH, EN = "label::中文(zh)", "label::English(en)"
_SELECTS = ("select_one", "select_multiple", "rank")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: cells by column head (empty cells left out) and where it stands."""

    cells: dict[str, str]
    file: str
    line: int


@dataclass(slots=True)
class Tables:
    """The sheets of one form or block: column heads in order, and rows."""

    heads: dict[str, list[str]] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add_heads(self, sheet: str, heads: Iterable[str]) -> None:
        """Append those of ``heads`` that the sheet does not have yet."""
        known = self.heads.setdefault(sheet, [])
        known.extend(head for head in heads if head not in known)
        self.rows.setdefault(sheet, [])


@dataclass(frozen=True, slots=True)
class FormSource:
    """A form as it stands in the tables: where, and what its settings sheet says."""

    form_id: str
    version: str
    title: str
    path: Path


@dataclass(frozen=True, slots=True)
class BuiltForm:
    """A form ready to be published: ``xform`` is the ODK XForm, the same bytes for the same tables."""

    form_id: str
    version: str
    title: str
    xform: bytes
    warnings: tuple[str, ...]


def list_forms(folder: Path | None = None) -> tuple[FormSource, ...]:
    """The forms in ``folder`` (the carried ones by default), by id."""
    folder = folder or resources() / "forms"
    found = []
    for path in sorted(folder.glob("*.md")):
        settings = _settings(read_tables(path), path)
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
    """The XForm of a carried form. Nothing is kept on disk."""
    return build(find_form(form_id).path).xform


def build(path: Path, lists: CodeLists | None = None) -> BuiltForm:
    """Build a Markdown form, or a workbook (``.xlsx``) that the office edited, which is taken as it is.

    FORM_101 names file, sheet and row of a broken table, FORM_102 what pyxform says of the form as a whole.
    """
    if not path.is_file():
        raise UserError("FORM_102", file=path.name, problem="the file does not exist")
    if path.suffix == ".xlsx":
        return _convert(path.name, path, ".xlsx", None)
    tables = flatten(path, lists)
    _settings(tables, path)
    return _convert(path.name, render(tables), ".md", tables)


def form_functions() -> dict[str, FormFunction]:
    """The functions our forms call (``hazard-suggestion`` and its sisters), as the engine wants them."""

    def bound(judge: Callable[[Facts], str]) -> Callable[..., str]:
        return lambda *arguments: judge(facts_of_arguments(arguments))

    return {name: FormFunction(name, bound(judge), least=1) for name, judge in FORM_FUNCTIONS.items()}


def check(path: Path, lists: CodeLists | None = None) -> FormDefinition:
    """Build a form and load it as a laptop will: every expression, list and reference is checked.

    Raises FORM_1.. for the tables and FORM_0.. for what the engine finds in the built form.
    """
    return load_form(build(path, lists).xform, functions=form_functions())


def flatten(path: Path, lists: CodeLists | None = None) -> Tables:
    """The form's tables with blocks included and choices filled in from the code lists."""
    tables = Tables()
    source = read_tables(path)
    for sheet in source.heads:
        tables.add_heads(sheet, source.heads[sheet])
        if sheet != "survey":
            tables.rows[sheet] = source.rows[sheet]
    for row in source.rows.get("survey", []):
        for included in _with_includes(row, path, tables, ()):
            tables.rows["survey"].append(included)
    _check_survey(tables)
    _check_save_to(tables)
    _add_choices(tables, lists if lists is not None else codelists())
    return tables


def flattened_markdown(path: Path) -> str:
    """The flattened form as Markdown, as ``forms md`` shows it."""
    return render(flatten(path))


def workbook(path: Path) -> Workbook:
    """The flattened form as a workbook for the office (``forms xlsx``), one sheet a table.

    ``.save(target)`` writes it. Dates in the file's properties are fixed, so that they say nothing of today.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font

    tables = flatten(path)
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.created = book.properties.modified = datetime(2022, 1, 1)  # noqa: DTZ001 (openpyxl wants naive)
    for sheet in (name for name in SHEETS if name in tables.heads):
        page = book.create_sheet(sheet)
        page.append(tables.heads[sheet])
        for cell in page[1]:
            cell.font = Font(bold=True)
        for row in tables.rows[sheet]:
            page.append([row.cells.get(head, "") for head in tables.heads[sheet]])
        page.freeze_panes = "A2"
    return book


def render(tables: Tables) -> str:
    """Tables as Markdown that :func:`read_tables` and pyxform read back."""
    lines = []
    for sheet in (name for name in SHEETS if name in tables.heads):
        heads = tables.heads[sheet]
        lines.append(f"| {sheet} |")
        lines.append("| | " + " | ".join(heads) + " |")
        for row in tables.rows[sheet]:
            cells = (row.cells.get(head, "").replace("|", "\\|") for head in heads)
            lines.append("| | " + " | ".join(cells) + " |")
        lines.append("")
    return "\n".join(lines)


def read_tables(path: Path) -> Tables:
    """The tables of one Markdown file, not yet flattened."""
    tables = Tables()
    sheet = ""
    waiting_for_heads = False
    try:
        written = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise UserError("FORM_102", file=path.name, problem="the file is not UTF-8 text") from error
    for line, text in enumerate(written.splitlines(), start=1):
        if not text.lstrip().startswith("|"):
            continue
        cells = _cells(text)
        if cells[0]:
            sheet, waiting_for_heads = cells[0], True
            if sheet not in SHEETS or sheet in tables.heads:
                problem = "a sheet is survey, choices, entities or settings, and stands once"
                raise _broken(path.name, sheet, line, problem, N_("Sheet names stand in the first cell."))
        elif not sheet:
            raise _broken(
                path.name, "?", line, N_("a row stands before any sheet name"), N_("Name the sheet above it.")
            )
        elif waiting_for_heads:
            tables.add_heads(sheet, cells[1:])
            waiting_for_heads = False
        else:
            tables.rows[sheet].append(_row(tables.heads[sheet], cells[1:], sheet, path.name, line))
    return tables


def _cells(text: str) -> list[str]:
    """Cells of a Markdown table line; ``\\|`` is a bar inside a cell."""
    cells, cell = [], ""
    characters = iter(text.strip()[1:])
    for character in characters:
        if character == "\\":
            after = next(characters, "")
            cell += after if after == "|" else character + after
        elif character == "|":
            cells.append(cell.strip())
            cell = ""
        else:
            cell += character
    if cell.strip():
        cells.append(cell.strip())
    return cells or [""]


def _row(heads: list[str], cells: list[str], sheet: str, file: str, line: int) -> Row:
    if len(cells) > len(heads):
        problem = Phrase("{cells} cells under {heads} column heads", cells=len(cells), heads=len(heads))
        raise _broken(file, sheet, line, problem, N_("A bar inside a cell is written \\|."))
    return Row({head: cell for head, cell in zip(heads, cells, strict=False) if cell}, file, line)


def _with_includes(row: Row, form: Path, tables: Tables, within: tuple[str, ...]) -> Iterator[Row]:
    if row.cells.get("type") != "include":
        yield row
        return
    name = row.cells.get("name", "")
    block = form.parent / f"{name}.md"
    if name in within or not name or not block.is_file():
        problem = Phrase("there is no block {name}, or it includes itself", name=repr(name))
        raise _broken(row.file, "survey", row.line, problem, N_("Blocks stand in the folder of the forms."))
    source = read_tables(block)
    tables.add_heads("survey", source.heads.get("survey", []))
    for inner in source.rows.get("survey", []):
        yield from _with_includes(inner, form, tables, (*within, name))


def _check_survey(tables: Tables) -> None:
    """What pyxform would report without the file, or not at all: missing types, names twice, open groups."""
    seen: dict[str, Row] = {}
    opened: list[Row] = []
    for row in tables.rows.get("survey", []):
        kind, name = row.cells.get("type", ""), row.cells.get("name", "")
        if not kind:
            raise _broken(
                row.file, "survey", row.line, N_("the type is empty"), N_("Every row needs a type.")
            )
        if kind.startswith("begin_"):
            opened.append(row)
        elif kind.startswith("end_"):
            if not opened or opened.pop().cells["type"] != kind.replace("end_", "begin_"):
                raise _broken(
                    row.file,
                    "survey",
                    row.line,
                    Phrase("{row} closes nothing", row=kind),
                    N_("Pair begin and end rows."),
                )
            continue
        if not name or name in seen:
            problem = Phrase("the name {name} is empty or stands twice", name=repr(name))
            raise _broken(row.file, "survey", row.line, problem, N_("Every question has its own name."))
        seen[name] = row
    if opened:
        row = opened[-1]
        raise _broken(row.file, "survey", row.line, N_("this group is never closed"), N_("Add the end row."))


def _check_save_to(tables: Tables) -> None:
    """Every ``save_to`` is a property that the register declares for the form's list."""
    names = {row.cells.get("list_name", ""): row for row in tables.rows.get("entities", [])}
    if len(names) != 1:
        return
    (name,) = names
    try:
        declared = schema(name).properties
    except KeyError as error:
        row = names[name]
        problem = Phrase("there is no register list {name}", name=repr(name))
        raise _broken(
            row.file, "entities", row.line, problem, N_("Declare it in resources/register.")
        ) from error
    for row in tables.rows.get("survey", []):
        target = row.cells.get("save_to", "")
        if target and target not in declared:
            problem = Phrase("the list {name} has no property {target}", name=name, target=repr(target))
            raise _broken(row.file, "survey", row.line, problem, N_("Declare it in resources/register."))


def _add_choices(tables: Tables, lists: CodeLists) -> None:
    own = {row.cells.get("list_name", "") for row in tables.rows.get("choices", [])}
    wanted: dict[str, Row] = {}
    for row in tables.rows.get("survey", []):
        words = row.cells["type"].split()
        if words[0] in _SELECTS and len(words) > 1 and words[1] not in own:
            wanted.setdefault(words[1], row)
    for name, row in wanted.items():
        if name not in lists:
            problem = Phrase("there is no code list {name}", name=repr(name))
            raise _broken(
                row.file, "survey", row.line, problem, N_("Add it to the code lists or the choices sheet.")
            )
        tables.add_heads("choices", ["list_name", "name", ZH, EN, *lists[name].columns()])
        for choice in lists.rows(name):
            cells = {
                "list_name": name,
                "name": choice.pop("name"),
                ZH: choice.pop("zh"),
                EN: choice.pop("en"),
            }
            tables.rows["choices"].append(Row(cells | choice, row.file, row.line))


def _settings(tables: Tables, path: Path) -> dict[str, str]:
    rows = tables.rows.get("settings", [])
    cells = rows[0].cells if rows else {}
    for name in ("form_id", "version", "form_title"):
        if name not in cells:
            line = rows[0].line if rows else 0
            raise _broken(
                path.name,
                "settings",
                line,
                Phrase("{name} is missing", name=name),
                N_("Settings have one row."),
            )
    return cells


def _convert(name: str, form: str | Path, file_type: str, tables: Tables | None) -> BuiltForm:
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    try:
        result = convert(form, validate=False, file_type=file_type)
    except PyXFormError as error:
        raise _located(name, str(error), tables) from error
    survey = result._survey
    return BuiltForm(
        form_id=str(survey.id_string),
        version=str(survey.version or ""),
        title=str(survey.title),
        xform=result.xform.encode("utf-8"),
        warnings=tuple(result.warnings),
    )


def _located(name: str, said: str, tables: Tables | None) -> UserError:
    """pyxform's complaint with the row of our own file, where it names a row or quotes a type of the
    survey."""
    rows = tables.rows.get("survey", []) if tables else []
    named = re.search(r"^\[row\s*:\s*(\d+)\]\s*", said)
    row = None
    # pyxform counts the head of the flattened sheet as row 1.
    if named is not None and 2 <= int(named[1]) < len(rows) + 2:
        row = rows[int(named[1]) - 2]
        said = said[named.end() :]
    else:
        quoted = set(re.findall(r"'([^']+)'", said))
        row = next((one for one in rows if one.cells["type"] in quoted), None)
    if row is None:
        return UserError("FORM_102", file=name, problem=said)
    return _broken(row.file, "survey", row.line, said, "")


def _broken(file: str, sheet: str, row: int, problem: str | Phrase, remedy: str) -> UserError:
    return UserError("FORM_101", file=file, sheet=sheet, row=row, problem=problem, remedy=remedy)
