"""A cell's value as a property's text: numbers with words around them, dates in every dress, names of
codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from fieldapp.domain.codelists import CodeLists
from fieldapp.domain.ledger_import.headings import Words
from fieldapp.domain.ledger_import.workbook import Content
from fieldapp.domain.register import Property
from fieldapp.errors import Phrase

#: A spreadsheet keeps 15 digits of a number: longer ones (identity cards have 18) come out wrong.
_EXACT = 10**15
_ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+[0-9]{1,3}")
#: Day 0 of a spreadsheet's calendar, and the days it is believed for: 1955 to 2064.
_DAY_ZERO, _FIRST_DAY, _LAST_DAY = date(1899, 12, 30), 20_000, 60_000
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－～（）／", "0123456789.,-~()/")
_NUMERALS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_UNITS = "平方米|平方|平米|平|㎡|m²|m2|M2|层|楼|年代|年|米|个|户|号|栋"
#: An area in mu, square metres each (GB 3100-1993, annex: 1 亩 = 2000/3 m²).
_MU = Decimal(2000) / 3
_PHONE = re.compile(r"1[0-9]{10}|0[0-9]{2,3}-?[0-9]{7,8}|[2-9][0-9]{6,7}")


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell says: the property's text; ``note`` when it was taken with a grain of salt, ``doubt``
    when it was
    not taken and a person has to look. ``refused``: not taken, and nothing to decide: the file itself lost
    it."""

    text: str = ""
    note: Phrase | None = None
    doubt: Phrase | None = None
    refused: Phrase | None = None


def plain(content: Content) -> str:
    """A cell as text: no decimals that a spreadsheet invented, one kind of digits, no blanks at the ends."""
    if content is None:
        return ""
    if isinstance(content, bool):
        return "是" if content else "否"
    if isinstance(content, float):
        return str(int(content)) if content.is_integer() and abs(content) < _EXACT else repr(content)
    if isinstance(content, date):
        return content.isoformat()
    return re.sub(r"[\s\u3000]+", " ", str(content)).strip()


def rounded(content: Content) -> bool:
    """Whether a spreadsheet has made a long number of digits into a rounded one (``3.50502E+17``)."""
    if isinstance(content, bool):
        return False
    if isinstance(content, int | float):
        return abs(content) >= _EXACT
    return isinstance(content, str) and _ROUNDED.fullmatch(content.strip()) is not None


def read(content: Content, declared: Property, words: Words, lists: CodeLists) -> Value:
    """The text of ``declared`` in a cell; an empty one for a cell that says nothing."""
    if rounded(content):
        return Value(
            refused=Phrase("the spreadsheet has rounded a long number; take it from the original papers")
        )
    text = plain(content)
    offices = words.values.get(declared.codes, {})
    if not text or (text in words.empty and text not in offices):
        return Value()
    if declared.type in {"code", "codes"}:
        return _codes(text, declared, offices, lists)
    if declared.type == "date":
        return _date(content, text)
    if declared.type in {"integer", "decimal"}:
        return _number(text, declared, words)
    if declared.name.endswith("_phone"):
        return _phone(text)
    return Value(text)


# -- numbers ------------------------------------------------------------------------------------------------


def _number(text: str, declared: Property, words: Words) -> Value:
    about = next((word for word in words.about if word in text), None)
    bare = text.translate(_FULL_WIDTH).replace(",", "").replace(" ", "")
    for word in words.about:
        bare = bare.replace(word, "")
    mu = bare.endswith("亩")
    bare = re.sub(rf"(?:{_UNITS}|亩)+$", "", re.sub(r"(?:建|盖|[()（）])", "", bare))
    if declared.name.endswith("_year"):
        return _year(text, bare, about)
    number = _decimal(bare)
    if number is None:
        return Value(doubt=Phrase("“{cell}” is no number", cell=text))
    if mu:
        number = (number * _MU).quantize(Decimal("0.01"))
        return Value(_written(number), note=Phrase("“{cell}” taken as {number} m²", cell=text, number=number))
    if number < 0 and declared.name not in {"longitude", "latitude"}:
        return Value(doubt=Phrase("“{cell}” is below zero", cell=text))
    if declared.type == "integer" and number != number.to_integral_value():
        return Value(doubt=Phrase("“{cell}” is no whole number", cell=text))
    written = _written(number)
    if about:
        return Value(written, note=Phrase("“{cell}” taken as {number}", cell=text, number=written))
    return Value(written)


def _decimal(text: str) -> Decimal | None:
    if re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", text):
        return Decimal(text)
    if text and set(text) <= set(_NUMERALS) | {"十"}:
        if "十" not in text:
            return Decimal("".join(str(_NUMERALS[one]) for one in text))
        tens, _, ones = text.partition("十")
        if len(tens) <= 1 and len(ones) <= 1:
            return Decimal(_NUMERALS.get(tens, 1) * 10 + _NUMERALS.get(ones, 0))
    return None


def _written(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _year(text: str, bare: str, about: str | None) -> Value:
    """``1998``, ``1998年左右``, ``98年``, ``80年代``, ``1998.6``, ``1998年6月``: the year, said when it was
    guessed."""
    bare = "".join(str(_NUMERALS.get(one, one)) for one in bare)
    found = re.match(r"(19|20)[0-9]{2}", bare)
    decade = re.fullmatch(r"(?:19)?([5-9])0(?:年代.*)?", re.sub(r"上?世纪|[初中末]期?$", "", bare))
    short = re.fullmatch(r"([0-9]{2})", bare)
    if found:
        rest = bare[4:]
        if re.fullmatch(r"-[0-9]{4}.*|~.*|至.*|/[0-9]{4}.*", rest):
            return Value(doubt=Phrase("“{cell}” names more than one year", cell=text))
        year = found[0]
        return Value(
            year, note=Phrase("“{cell}” taken as {number}", cell=text, number=year) if about else None
        )
    if decade and ("年代" in text or "世纪" in text):
        year = f"19{decade[1]}0"
        return Value(year, note=Phrase("“{cell}” taken as {number}", cell=text, number=year))
    if short and int(short[1]) >= 50 and "年" in text:
        year = f"19{short[1]}"
        return Value(year, note=Phrase("“{cell}” taken as {number}", cell=text, number=year))
    if re.fullmatch(r"1[6-8][0-9]{2}", bare):
        return Value(bare)
    return Value(doubt=Phrase("“{cell}” is no year", cell=text))


# -- dates --------------------------------------------------------------------------------------------------


def _date(content: Content, text: str) -> Value:
    """A day. A number is a spreadsheet's day count; a month alone or a year alone is no day."""
    if isinstance(content, date):
        return Value(content.isoformat())
    number = _decimal(text)
    if number is not None and number == number.to_integral_value():
        days = int(number)
        if _FIRST_DAY <= days <= _LAST_DAY:
            day = _DAY_ZERO + timedelta(days=days)
            return Value(day.isoformat(), note=Phrase("the number {cell} taken as {day}", cell=text, day=day))
    found = re.fullmatch(
        r"((?:19|20)?[0-9]{2})\s*[年./\-]\s*([0-9]{1,2})\s*[月./\-]\s*([0-9]{1,2})\s*日?(?:[ T].*)?",
        text.translate(_FULL_WIDTH),
    ) or re.fullmatch(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})", text)
    if found is None:
        return Value(doubt=Phrase("“{cell}” is no day", cell=text))
    year = int(found[1]) if len(found[1]) == 4 else 2000 + int(found[1])
    try:
        day = date(year, int(found[2]), int(found[3]))
    except ValueError:
        return Value(doubt=Phrase("“{cell}” is no day", cell=text))
    return Value(day.isoformat())


# -- names --------------------------------------------------------------------------------------------------


def _codes(text: str, declared: Property, offices: Mapping[str, str], lists: CodeLists) -> Value:
    names = {item.name for item in lists[declared.codes].items.values()}
    known = {item.zh: item.name for item in lists[declared.codes].items.values()}
    known |= {item.en.lower(): item.name for item in lists[declared.codes].items.values()}
    known |= {name: name for name in names} | dict(offices)
    whole = _name(text, known)
    if whole is not None:
        return Value(whole)
    parts = [part for part in re.split(r"[、,，;；/+ ]|和|兼|及", text) if part]
    found = [_name(part, known) for part in parts]
    if not all(found):
        return Value(doubt=Phrase("“{cell}” is none of the names of {list}", cell=text, list=declared.name))
    chosen = list(dict.fromkeys(one for one in found if one))
    if declared.type == "code" and len(chosen) > 1:
        return Value(doubt=Phrase("“{cell}” names more than one of {list}", cell=text, list=declared.name))
    return Value(" ".join(chosen))


def _name(text: str, known: Mapping[str, str]) -> str | None:
    return known.get(text) or known.get(text.lower()) or known.get(re.sub(r"(?:结构|类|型|户)$", "", text))


def _phone(text: str) -> Value:
    """Numbers of this country; several stay as they are written."""
    numbers = [one for one in re.split(r"[、,，;；/ ]+", text.translate(_FULL_WIDTH)) if one]
    bare = [re.sub(r"[^0-9\-]", "", one) for one in numbers]
    if bare and all(_PHONE.fullmatch(one) for one in bare):
        return Value("、".join(bare))
    return Value(doubt=Phrase("“{cell}” is no phone number", cell="…" + text[-2:]))
