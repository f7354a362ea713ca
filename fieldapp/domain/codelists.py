"""Code lists (代码表): stable names with labels in Chinese and English, read from ``resources/codelists``.

A TOML file holds several lists, one table each, ``items = [[name, 中文, English], …]``. A CSV file is one
list named after the file, with columns ``name,zh,en`` and further columns that filter cascades (``street``).
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from fieldapp.errors import Phrase, UserError
from fieldapp.settings import resources


@dataclass(frozen=True, slots=True)
class CodeItem:
    """One choice: its stable ``name``, labels, and ``columns`` that cascades filter by."""

    name: str
    zh: str
    en: str
    columns: Mapping[str, str] = field(default_factory=dict)

    def label(self, language: str = "zh") -> str:
        """The label in ``zh`` (also ``zh_CN``) or ``en``."""
        return self.en if language.startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list in its order; ``items`` by name."""

    name: str
    items: Mapping[str, CodeItem]

    def columns(self) -> tuple[str, ...]:
        """Names of the filter columns, in the order of the file."""
        first = next(iter(self.items.values()), None)
        return tuple(first.columns) if first else ()


class CodeLists(Mapping[str, CodeList]):
    """All code lists by name."""

    def __init__(self, lists: Mapping[str, CodeList]) -> None:
        self._lists = dict(lists)

    def __getitem__(self, name: str) -> CodeList:
        return self._lists[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lists)

    def __len__(self) -> int:
        return len(self._lists)

    def label(self, list_name: str, name: str, language: str = "zh") -> str:
        """The label of one choice; a name the list does not know is shown as it is, never dropped."""
        item = self._lists[list_name].items.get(name)
        return item.label(language) if item else name

    def text(self, list_name: str, value: str, language: str = "zh") -> str:
        """Display text of an answer: the labels of its space separated names, joined by 、 (or a comma)."""
        joint = ", " if language.startswith("en") else "、"
        return joint.join(self.label(list_name, name, language) for name in value.split())

    def rows(self, list_name: str) -> list[dict[str, str]]:
        """The list as rows of an XLSForm ``choices`` sheet without its ``list_name`` column."""
        return [
            {"name": item.name, "zh": item.zh, "en": item.en, **item.columns}
            for item in self._lists[list_name].items.values()
        ]


def read_codelists(folder: Path) -> CodeLists:
    """All lists in ``folder``; DOMAIN_001 when a file cannot be read or names an item or list twice."""
    lists: dict[str, CodeList] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".toml":
            found = _from_toml(path)
        elif path.suffix == ".csv":
            found = [_from_csv(path)]
        else:
            continue
        for one in found:
            if one.name in lists:
                raise UserError("DOMAIN_001", file=path.name, place=one.name, problem="the list exists twice")
            lists[one.name] = one
    return CodeLists(lists)


@lru_cache(maxsize=4)
def _carried(folder: Path) -> CodeLists:
    return read_codelists(folder)


def codelists() -> CodeLists:
    """The lists carried with the program, read once."""
    return _carried(resources() / "codelists")


def _from_toml(path: Path) -> list[CodeList]:
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise UserError("DOMAIN_001", file=path.name, place="", problem=str(error)) from error
    found = []
    for name, table in tables.items():
        items: dict[str, CodeItem] = {}
        for row in table.get("items", ()):
            if len(row) != 3 or not all(isinstance(cell, str) and cell for cell in row):
                problem = "an item is [name, 中文, English]"
                raise UserError("DOMAIN_001", file=path.name, place=name, problem=problem)
            if row[0] in items:
                twice = Phrase("{name} stands twice", name=row[0])
                raise UserError("DOMAIN_001", file=path.name, place=name, problem=twice)
            items[row[0]] = CodeItem(*row)
        found.append(CodeList(name, MappingProxyType(items)))
    return found


def _from_csv(path: Path) -> CodeList:
    items: dict[str, CodeItem] = {}
    for row in csv.DictReader(io.StringIO(path.read_text("utf-8"))):
        name, zh, en = row.pop("name", ""), row.pop("zh", ""), row.pop("en", "")
        if not (name and zh and en) or name in items:
            problem = "name, zh and en are needed, and each name once"
            raise UserError("DOMAIN_001", file=path.name, place=name, problem=problem)
        items[name] = CodeItem(name, zh, en, MappingProxyType(dict(row)))
    return CodeList(path.stem, MappingProxyType(items))
