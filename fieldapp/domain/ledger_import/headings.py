"""What the columns of a sheet are: where its headings stand, and which property each of them means."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fieldapp.domain.ledger_import.workbook import Sheet
from fieldapp.domain.register import schema
from fieldapp.errors import Phrase, UserError
from fieldapp.settings import resources

#: Columns that are no property: part of the address, both coordinates, an identity number, nothing of a
#: house.
ADDRESS, POSITION, IDENTITY, IGNORED = "+address", "+position", "+identity", ""
#: Rows looked at for the headings: titles and dates stand above them.
_SEARCHED = 20


@dataclass(frozen=True, slots=True)
class Words:
    """The carried knowledge of one list: headings, words and the offices' names of codes."""

    columns: Mapping[str, str]
    parts: Mapping[str, int]
    values: Mapping[str, Mapping[str, str]]
    ditto: frozenset[str]
    empty: frozenset[str]
    not_houses: tuple[str, ...]
    about: tuple[str, ...]


@lru_cache(maxsize=4)
def _words(path: Path) -> Words:
    raw: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    columns = {heading(text): name for name, texts in raw["columns"].items() for text in texts}
    for kind, table in ((POSITION, "position"), (IDENTITY, "identity"), (IGNORED, "ignored")):
        columns |= {heading(text): kind for text in raw[table]["headings"]}
    parts = {heading(text): rank for rank, texts in enumerate(raw["address"]["parts"]) for text in texts}
    columns |= dict.fromkeys(parts, ADDRESS)
    values = {
        name: MappingProxyType({text: code for code, texts in table.items() for text in texts})
        for name, table in raw["values"].items()
    }
    words = raw["words"]
    return Words(
        MappingProxyType(columns),
        MappingProxyType(parts),
        MappingProxyType(values),
        frozenset(words["ditto"]),
        frozenset(words["empty"]),
        tuple(words["not_houses"]),
        tuple(words["about"]),
    )


def words(list_name: str) -> Words:
    """What is carried in ``resources/register/headings``, read once."""
    return _words(resources() / "register" / "headings" / f"{list_name}.toml")


def heading(content: object) -> str:
    """A heading for comparing: without blanks, brackets with their content, stars, colons."""
    text = re.sub(r"[（(\[【][^）)\]】]*[）)\]】]", "", str(content or ""))
    return re.sub(r"[\s*＊:：、/／·.]", "", text)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its number from 0, what stands above it, and the property it means (or one of the four
    kinds)."""

    number: int
    title: str
    means: str


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings of a sheet: the columns, those that nobody knows, and the first row of data (from 0)."""

    columns: tuple[Column, ...]
    unknown: tuple[Column, ...]
    first_row: int


def fingerprint(headings: Headings) -> str:
    """What tells one office's headings from another's: SHA-256 of all titles in their order."""
    columns = sorted(headings.columns + headings.unknown, key=lambda one: one.number)
    return hashlib.sha256("\n".join(heading(one.title) for one in columns).encode()).hexdigest()


def find(sheet: Sheet, list_name: str, template: Mapping[str, str]) -> Headings | None:
    """The headings of ``sheet``, of one row or two; None if it has none that mean an address or a code.

    ``template`` maps headings as the office writes them to properties (empty: not wanted) and comes first.
    """
    known = dict(words(list_name).columns) | {heading(text): means for text, means in template.items()}
    best: tuple[int, Headings] | None = None
    for row in range(min(_SEARCHED, len(sheet.rows))):
        for depth in (1, 2):
            found = _read(sheet, row, depth, known)
            if not {"address_detail", ADDRESS, "building_code"} & {one.means for one in found.columns}:
                continue
            count = len(found.columns)
            if count >= 2 and (best is None or count > best[0]):
                best = count, found
    return best[1] if best else None


def likely(sheet: Sheet, list_name: str) -> Headings | None:
    """The row that looks most like headings though none of them says where a house is: that with the most
    different words, the first of equals. A person can say what they mean. None for a sheet without any."""
    known = words(list_name).columns
    best: tuple[int, Headings] | None = None
    for row in range(min(_SEARCHED, len(sheet.rows))):
        found = _read(sheet, row, 1, known)
        titles = {one.title for one in found.columns + found.unknown}
        count = sum(not any(sign.isdigit() for sign in title) for title in titles)
        if count >= 2 and (best is None or count > best[0]):
            best = count, found
    return best[1] if best else None


def _read(sheet: Sheet, row: int, depth: int, known: Mapping[str, str]) -> Headings:
    columns, unknown = [], []
    width = max((len(one) for one in sheet.rows[row : row + depth]), default=0)
    for number in range(width):
        top = str(sheet.spread(row, number) or "").strip()
        below = str(sheet.spread(row + 1, number) or "").strip() if depth == 2 else ""
        if below == top:
            below = ""
        tried = (top + below, below) if below else (top,)
        title = top + below if top != below else top
        means = next((known[heading(text)] for text in tried if heading(text) in known), None)
        if means is not None:
            columns.append(Column(number, title, means))
        elif title:
            unknown.append(Column(number, title, IGNORED))
    return Headings(tuple(columns), tuple(unknown), row + depth)


def read_template(content: bytes, name: str, list_name: str) -> dict[str, str]:
    """A mapping of headings to properties from TOML: ``[columns]`` with ``"户主" = "owner_name"``.

    UserError LEDGER_002 names the heading whose property the list does not have.
    """
    try:
        raw = tomllib.loads(content.decode("utf-8-sig"))
        columns = raw["columns"]
        found = {str(title): str(means) for title, means in columns.items()}
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, AttributeError) as error:
        raise UserError("LEDGER_002", file=name, problem="not TOML with a table [columns]") from error
    allowed = set(schema(list_name).properties) | {ADDRESS, POSITION, IDENTITY, IGNORED}
    for title, means in found.items():
        if means not in allowed:
            problem = Phrase(
                "“{heading}” means {means}, which the list does not have", heading=title, means=means
            )
            raise UserError("LEDGER_002", file=name, problem=problem)
    return found


def write_template(headings: Headings) -> str:
    """The mapping of a sheet as TOML, unknown headings with an empty property, for the office to keep."""
    lines = ["[columns]"]
    for one in sorted(headings.columns + headings.unknown, key=lambda one: one.number):
        title = one.title.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        lines.append(f'"{title}" = "{one.means}"')
    return "\n".join(lines) + "\n"
