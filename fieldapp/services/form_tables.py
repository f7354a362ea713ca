"""Form tables: XLSForm as Markdown with shared blocks, and as the workbook that the office edits.

Our forms are Markdown tables under ``resources/forms``: one table a sheet, the sheet's name in the first
cell of its first line, the column heads in the next, then rows whose first cell is empty. A survey row of
type ``include`` is replaced by the survey of ``<name>.md``; the choices of every list the survey names come
from ``resources/codelists`` unless the form brings its own. Text around the tables is for readers. Every row
keeps its file and line, so that whatever is wrong with it can be said where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from fieldapp.domain.codelists import CodeLists, codelists
from fieldapp.domain.register import schema
from fieldapp.errors import Phrase, UserError
from fieldapp.i18n import N_

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
    _name_lists(tables)
    _check_save_to(tables)
    _add_choices(tables, lists if lists is not None else codelists())
    return tables


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
                raise broken(path.name, sheet, line, problem, N_("Sheet names stand in the first cell."))
        elif not sheet:
            raise broken(
                path.name, "?", line, N_("a row stands before any sheet name"), N_("Name the sheet above it.")
            )
        elif waiting_for_heads:
            tables.add_heads(sheet, cells[1:])
            waiting_for_heads = False
        else:
            tables.rows[sheet].append(_row(tables.heads[sheet], cells[1:], sheet, path.name, line))
    return tables


def read_workbook(path: Path) -> Tables:
    """The tables of a workbook; rows carry the line they have there. UserError FORM_102 if it is none."""
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    tables = Tables()
    try:
        book = load_workbook(BytesIO(path.read_bytes()), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise UserError("FORM_102", file=path.name, problem="the file is no workbook") from error
    for sheet in (name for name in book.sheetnames if name in SHEETS):
        lines = enumerate(book[sheet].iter_rows(values_only=True), start=1)
        heads: list[str] = []
        for line, values in lines:
            cells = ["" if value is None else str(value).strip() for value in values]
            if not heads:
                heads = cells
                tables.add_heads(sheet, [head for head in heads if head])
            elif any(cells):
                found = {head: cell for head, cell in zip(heads, cells, strict=False) if head and cell}
                tables.rows[sheet].append(Row(found, path.name, line))
    book.close()
    _check_save_to(tables)
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
        raise broken(file, sheet, line, problem, N_("A bar inside a cell is written \\|."))
    return Row({head: cell for head, cell in zip(heads, cells, strict=False) if cell}, file, line)


def _with_includes(row: Row, form: Path, tables: Tables, within: tuple[str, ...]) -> Iterator[Row]:
    if row.cells.get("type") != "include":
        yield row
        return
    name = row.cells.get("name", "")
    block = form.parent / f"{name}.md"
    if name in within or not name or not block.is_file():
        problem = Phrase("there is no block {name}, or it includes itself", name=repr(name))
        raise broken(row.file, "survey", row.line, problem, N_("Blocks stand in the folder of the forms."))
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
            raise broken(row.file, "survey", row.line, N_("the type is empty"), N_("Every row needs a type."))
        if kind.startswith("begin_"):
            opened.append(row)
        elif kind.startswith("end_"):
            if not opened or opened.pop().cells["type"] != kind.replace("end_", "begin_"):
                raise broken(
                    row.file,
                    "survey",
                    row.line,
                    Phrase("{row} closes nothing", row=kind),
                    N_("Pair begin and end rows."),
                )
            continue
        if not name or name in seen:
            problem = Phrase("the name {name} is empty or stands twice", name=repr(name))
            raise broken(row.file, "survey", row.line, problem, N_("Every question has its own name."))
        seen[name] = row
    if opened:
        row = opened[-1]
        raise broken(row.file, "survey", row.line, N_("this group is never closed"), N_("Add the end row."))


def _name_lists(tables: Tables) -> None:
    """Blocks say ``save_to`` a property; where the form writes several lists, that is of the first one."""
    lists = [row.cells.get("list_name", "") for row in tables.rows.get("entities", [])]
    for row in tables.rows.get("survey", []) if len(lists) > 1 else ():
        target = row.cells.get("save_to", "")
        if target and "#" not in target:
            row.cells["save_to"] = f"{lists[0]}#{target}"


def _check_save_to(tables: Tables) -> None:
    """Every list of the entities sheet is declared, and every ``save_to`` a property of its list: as it
    stands where the form writes one list, ``list#property`` where it writes several.
    """
    declared = {}
    for row in tables.rows.get("entities", []):
        name = row.cells.get("list_name", "")
        try:
            declared[name] = schema(name).properties
        except KeyError as error:
            problem = Phrase("there is no register list {name}", name=repr(name))
            raise broken(
                row.file, "entities", row.line, problem, N_("Declare it in resources/register.")
            ) from error
    only = next(iter(declared)) if len(declared) == 1 else ""
    for row in tables.rows.get("survey", []):
        target = row.cells.get("save_to", "")
        name, _hash, property_name = target.rpartition("#")
        name = name or only
        if not target or property_name in declared.get(name, ()):
            continue
        if not name or name not in declared:
            problem = Phrase("{target} names no list of the entities sheet", target=repr(target))
            remedy = N_("A form that writes several lists says list#property.")
            raise broken(row.file, "survey", row.line, problem, remedy)
        problem = Phrase("the list {name} has no property {target}", name=name, target=repr(property_name))
        raise broken(row.file, "survey", row.line, problem, N_("Declare it in resources/register."))


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
            raise broken(
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


def settings_of(tables: Tables, path: Path) -> dict[str, str]:
    """The one row of the settings sheet. FORM_101 if id, version or title is missing."""
    rows = tables.rows.get("settings", [])
    cells = rows[0].cells if rows else {}
    for name in ("form_id", "version", "form_title"):
        if name not in cells:
            line = rows[0].line if rows else 0
            raise broken(
                path.name,
                "settings",
                line,
                Phrase("{name} is missing", name=name),
                N_("Settings have one row."),
            )
    return cells


def broken(file: str, sheet: str, row: int, problem: str | Phrase, remedy: str) -> UserError:
    """The error for one row of one sheet."""
    return UserError("FORM_101", file=file, sheet=sheet, row=row, problem=problem, remedy=remedy)
