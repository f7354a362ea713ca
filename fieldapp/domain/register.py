"""The register lists (台账) as they are declared, typed building facts, and the order and sameness of
addresses.

A list is declared once in ``resources/register/<list>.toml``; everything else follows from that
declaration: which columns are indexed, searched, masked or merged together, which a list shows and a file
groups, and which ``save_to`` of a form is allowed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fieldapp.domain.facts import Facts
from fieldapp.domain.masks import masked
from fieldapp.errors import Phrase, UserError
from fieldapp.settings import resources

TYPES = frozenset(
    {"text", "integer", "decimal", "date", "datetime", "code", "codes", "reference", "references"}
)
#: What a personal text is of: a name is seen by whoever works on the case, a number by nobody unasked.
PERSONAL = frozenset({"name", "phone", "number", "text"})
_FIELDS = frozenset(
    {
        *("zh", "en", "type", "codes", "to", "personal", "search", "index", "filter", "merge", "danger"),
        *("group", "internal", "below"),
    }
)
_UNIT = re.compile(r"（([^（）]+)）$")


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a list. ``codes`` names its code list, ``to`` the list that references point into
    (ids of rows, several of type ``references`` separated by spaces), ``merge`` the group that is taken from
    one side together in a conflict (its own name when alone), ``danger`` orders values from harmless to
    dangerous (empty when they have no order).

    ``personal`` is one of ``PERSONAL``, empty for what may be seen by all. ``group`` is the part of a file
    it stands in, ``below`` names what stands small below it in a list; ``internal`` is for comparing and
    sorting, never shown.
    """

    name: str
    zh: str
    en: str
    type: str
    codes: str
    to: str
    personal: str
    search: bool
    index: bool
    filter: bool
    merge: str
    danger: tuple[str, ...]
    group: str
    internal: bool
    below: tuple[str, ...]

    def title(self, language: str) -> str:
        """What it is called, in ``zh`` or ``en``, without its unit."""
        if not self.unit:
            return self.en if language == "en" else self.zh
        return (self.en.rpartition("(")[0] if language == "en" else self.zh.rpartition("（")[0]).strip()

    @property
    def unit(self) -> str:
        """The unit of a number as its title says, empty for none."""
        found = _UNIT.search(self.zh) if self.type in {"integer", "decimal"} else None
        return found[1] if found else ""

    def masked(self, value: str) -> str:
        """As others than those who work on the case may see it."""
        return masked(value) if self.personal else value

    def at_work(self, value: str) -> str:
        """As an inspector sees it on the case: names in full, numbers of persons masked (domain 11A)."""
        return value if self.personal == "name" else self.masked(value)

    def fits(self, value: str) -> bool:
        """Whether ``value`` can be read as this property's type; code lists are not looked at."""
        read: dict[str, Callable[[str], object]] = {"integer": whole, "decimal": decimal, "date": day}
        return value == "" or self.type not in read or read[self.type](value) is not None


@dataclass(frozen=True, slots=True)
class ListSchema:
    """A register list: ``label`` names the property shown for a row, ``subset`` the one a laptop's share is
    cut by (empty: every laptop carries all rows), ``order`` the one that lists are sorted by. ``columns``
    are the properties a list shows until others are chosen, ``groups`` the parts of a file in their order,
    as titles in Chinese and English.
    """

    name: str
    zh: str
    en: str
    label: str
    subset: str
    order: str
    columns: tuple[str, ...]
    groups: Mapping[str, tuple[str, str]]
    properties: Mapping[str, Property]

    def title(self, language: str) -> str:
        """What its rows are, in ``zh`` or ``en``."""
        return self.en if language == "en" else self.zh

    def shown(self) -> tuple[Property, ...]:
        """What lists, files and exports can show, in the order of the declaration."""
        return tuple(one for one in self.properties.values() if not one.internal)

    def grouped(self) -> dict[str, tuple[Property, ...]]:
        """What a file shows, by the groups in their order."""
        return {name: tuple(one for one in self.shown() if one.group == name) for name in self.groups}

    def share(self, values: Mapping[str, str]) -> str:
        """Whose laptops carry a row with these values: the name of a street, empty for all."""
        return values.get(self.subset, "") if self.subset else ""

    def indexed(self) -> tuple[str, ...]:
        """Names of the properties that get a virtual column and an index."""
        return tuple(one.name for one in self.properties.values() if one.index)

    def filtered(self) -> tuple[str, ...]:
        """Names of the properties that lists are narrowed by."""
        return tuple(one.name for one in self.properties.values() if one.filter)

    def searched(self) -> tuple[str, ...]:
        """Names of the properties the search field looks into."""
        return tuple(one.name for one in self.properties.values() if one.search)

    def personal(self) -> frozenset[str]:
        """Names of the properties that hold personal data."""
        return frozenset(one.name for one in self.properties.values() if one.personal)

    def merge_groups(self) -> dict[str, tuple[str, ...]]:
        """Groups by name; a property without a group is a group of its own."""
        groups: dict[str, tuple[str, ...]] = {}
        for one in self.properties.values():
            groups[one.merge] = (*groups.get(one.merge, ()), one.name)
        return groups

    def unknown(self, names: Mapping[str, object] | set[str] | frozenset[str]) -> tuple[str, ...]:
        """Those of ``names`` that the list does not declare, sorted: for the check of ``save_to`` and of
        imports."""
        return tuple(sorted(set(names) - set(self.properties)))


_ONE_GROUP = {"facts": ("基本信息", "Basic facts")}


def load_schema(path: Path) -> ListSchema:
    """Read a list's declaration; DOMAIN_003 names file and property when it is broken."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
        groups = {name: (zh, en) for name, (zh, en) in raw.get("groups", _ONE_GROUP).items()}
        properties = {
            name: _property(name, table, path, tuple(groups)[-1]) for name, table in raw["properties"].items()
        }
        schema = ListSchema(
            raw["list"],
            raw["title_zh"],
            raw["title_en"],
            raw["label"],
            raw["subset"],
            raw["order"],
            tuple(raw.get("columns", (raw["label"],))),
            MappingProxyType(groups),
            MappingProxyType(properties),
        )
    except tomllib.TOMLDecodeError as error:
        raise UserError("DOMAIN_003", file=path.name, place="", problem=str(error)) from error
    except KeyError as error:
        raise UserError("DOMAIN_003", file=path.name, place=str(error), problem="is missing") from error
    below = (name for one in properties.values() for name in one.below)
    for name in (schema.label, schema.order, schema.subset or schema.label, *schema.columns, *below):
        if name not in properties:
            raise UserError("DOMAIN_003", file=path.name, place=name, problem="is not a property of the list")
    for one in properties.values():
        if one.group not in groups:
            raise UserError(
                "DOMAIN_003", file=path.name, place=one.name, problem="is in no group of the file"
            )
    return schema


def list_names() -> tuple[str, ...]:
    """The names of all lists that the program carries a declaration of, sorted."""
    return tuple(sorted(path.stem for path in (resources() / "register").glob("*.toml")))


@lru_cache(maxsize=32)
def schema(list_name: str) -> ListSchema:
    """The declaration carried with the program, read once; KeyError for a list that is not declared."""
    path = resources() / "register" / f"{list_name}.toml"
    if not path.is_file():
        raise KeyError(list_name)
    return load_schema(path)


def _property(name: str, table: dict[str, Any], path: Path, last_group: str) -> Property:
    kind = table["type"]
    personal = "text" if table.get("personal") is True else table.get("personal", "")
    problem: str | Phrase = ""
    if kind not in TYPES:
        problem = Phrase(
            "the type {kind} is not one of {known}", kind=repr(kind), known=", ".join(sorted(TYPES))
        )
    elif kind in {"code", "codes"} and "codes" not in table:
        problem = "a code needs the name of its list"
    elif kind in {"reference", "references"} and "to" not in table:
        problem = "a reference needs the list it points to"
    elif personal and personal not in PERSONAL:
        problem = Phrase(
            "personal is {kind}, not one of {known}", kind=repr(personal), known=", ".join(sorted(PERSONAL))
        )
    elif set(table) - _FIELDS:
        problem = Phrase("unknown: {names}", names=", ".join(sorted(set(table) - _FIELDS)))
    if problem:
        raise UserError("DOMAIN_003", file=path.name, place=name, problem=problem)
    return Property(
        name=name,
        zh=table["zh"],
        en=table["en"],
        type=kind,
        codes=table.get("codes", ""),
        to=table.get("to", ""),
        personal=personal,
        search=table.get("search", False),
        index=table.get("index", False),
        filter=table.get("filter", False),
        merge=table.get("merge", name),
        danger=tuple(table.get("danger", ())),
        group=table.get("group", last_group),
        internal=table.get("internal", False),
        below=tuple(table.get("below", ())),
    )


def share_of(list_name: str, values: Mapping[str, str]) -> str:
    """``ListSchema.share`` by the name of the list; a list that is not declared is everybody's."""
    try:
        declared = schema(list_name)
    except KeyError:
        return ""
    return declared.share(values)


@dataclass(frozen=True, slots=True)
class Building:
    """The facts of a building that the program itself reasons about; empty or None where the register has
    none.

    ``id`` is the row's uuid as text, ``area_m2`` in square metres, dates are days. ``facts`` is the whole
    row.
    """

    id: str
    code: str
    address: str
    street: str
    community: str
    structure: str
    floors: int | None
    area_m2: Decimal | None
    built_year: int | None
    uses: tuple[str, ...]
    hazard_level: str
    last_inspected: date | None
    life_state: str
    facts: Mapping[str, str]

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Building:
        """A building from a row of the list; what does not parse counts as not known, the row keeps it."""
        return cls(
            id=row.get("name", ""),
            code=row.get("building_code", ""),
            address=row.get("address_detail", ""),
            street=row.get("street", ""),
            community=row.get("community", ""),
            structure=row.get("structure_type", ""),
            floors=whole(row.get("floors_up", "")),
            area_m2=decimal(row.get("area_m2", "")),
            built_year=whole(row.get("built_year", "")),
            uses=tuple(row.get("building_use", "").split()),
            hazard_level=row.get("hazard_level", ""),
            last_inspected=day(row.get("last_inspected", "")),
            life_state=row.get("life_state", ""),
            facts=MappingProxyType(dict(row)),
        )


def whole(text: str) -> int | None:
    """A whole number, None if the text is none."""
    return int(text) if re.fullmatch(r"-?[0-9]+", text) else None


def decimal(text: str) -> Decimal | None:
    """A decimal, None if the text is none."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def day(text: str) -> date | None:
    """A day, also of a moment, None if the text is none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


_DIGITS = dict(zip("零〇一二三四五六七八九", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_FULL_WIDTH = str.maketrans(
    "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ（）－—–",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ()---",
)
_SUB_NUMBER = re.compile(r"([0-9]+)号?(?:之|-|附)([0-9]+)号?")


def normal_address(address: str) -> str:
    """The form by which two spellings of one address are the same: ``12号之1``, ``12之1号`` and ``12-1`` →
    ``12-1号``.

    Full-width characters become plain, blanks and the names of province, city and district go, Chinese
    numerals before 号, 弄, 幢, 楼, 层, 室 become digits. The result is for comparing, not for printing.
    """
    text = re.sub(r"\s+", "", address.translate(_FULL_WIDTH)).upper()
    text = re.sub(r"^(福建省)?(泉州市?)?(鲤城区?)?", "", text)
    text = re.sub(r"[零〇一二三四五六七八九十百]+(?=[号弄幢栋楼层室])", _arabic, text)
    text = _SUB_NUMBER.sub(r"\1-\2号", text)
    return re.sub(r"([0-9])$", r"\1号", text).replace("栋", "幢")


def _arabic(match: re.Match[str]) -> str:
    total = 0
    pending = 0
    text = match[0]
    if not set(text) & {"十", "百"}:
        return "".join(str(_DIGITS[character]) for character in text)
    for character in text:
        if character in _DIGITS:
            pending = _DIGITS[character]
        else:
            total += (pending or 1) * (100 if character == "百" else 10)
            pending = 0
    return str(total + pending)


def order_key(address: str) -> str:
    """A text that sorts addresses in lane order: numbers by value, ``2号`` before ``12号``, ``12号`` before
    ``12-1号``."""
    text = normal_address(address)
    return re.sub(r"[0-9]+", lambda match: match[0].zfill(6), text).replace("号", "!")


def _of_answer(make: Callable[[str], str]) -> Callable[[Facts], str]:
    return lambda facts: make(next((value for value in facts.values() if isinstance(value, str)), ""))


FORM_FUNCTIONS: dict[str, Callable[[Facts], str]] = {
    "address-norm": _of_answer(normal_address),
    "address-order": _of_answer(order_key),
}
"""What forms call with one question that holds an address: its normal form, and its place in the lane."""
