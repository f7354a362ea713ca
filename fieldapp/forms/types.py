"""Data types of answers: which texts are values of a type, and their one written form."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from math import isfinite

from fieldapp.forms.xpath import Value
from fieldapp.forms.xpath.values import to_text

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

#: Types of a bind as XForms names them, prefix left out; anything else is text.
INTEGERS = frozenset({"int", "integer", "long"})


def _integer(text: str) -> bool:
    return _INTEGER.fullmatch(text) is not None


def _decimal(text: str) -> bool:
    if _DECIMAL.fullmatch(text) is None:
        return False
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _date(text: str) -> bool:
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return _DATE.match(text) is not None and (len(text) == 10 or _moment(text))


def _moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return _DATE.match(text) is not None


def _time(text: str) -> bool:
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return True


def _point(text: str) -> bool:
    parts = text.split()
    if not 2 <= len(parts) <= 4 or not all(_decimal(part) for part in parts):
        return False
    return abs(float(parts[0])) <= 90 and abs(float(parts[1])) <= 180


def _line(text: str) -> bool:
    points = [point.strip() for point in text.split(";") if point.strip()]
    return len(points) >= 2 and all(_point(point) for point in points)


def _shape(text: str) -> bool:
    points = [point.strip() for point in text.split(";") if point.strip()]
    return len(points) >= 4 and points[0].split()[:2] == points[-1].split()[:2] and _line(text)


def _flag(text: str) -> bool:
    return text in {"true", "false", "1", "0"}


_CHECKS: dict[str, Callable[[str], bool]] = {
    "int": _integer,
    "integer": _integer,
    "long": _integer,
    "decimal": _decimal,
    "date": _date,
    "time": _time,
    "dateTime": _moment,
    "geopoint": _point,
    "geotrace": _line,
    "geoshape": _shape,
    "boolean": _flag,
}


def fits(type_name: str, text: str) -> bool:
    """Whether ``text`` is a value of the bind type; empty always is, unknown types take any text."""
    check = _CHECKS.get(type_name)
    return not text or check is None or check(text)


def normalized(type_name: str, many: bool, text: str) -> str:
    """The one written form of an answer: no stray spaces around values, single spaces between choices."""
    if many:
        return " ".join(text.split())
    return text.strip() if type_name in _CHECKS else text


def written(type_name: str, value: Value) -> str:
    """A calculated value as a node of that type holds it: no number is empty, integers lose their
    fraction.
    """
    if isinstance(value, str):
        text = value
    elif isinstance(value, float | bool):
        if value != value:
            return ""
        text = str(int(value)) if type_name in INTEGERS and isfinite(value) else to_text(value)
    else:
        text = to_text(value)
    return text[:10] if type_name == "date" and text[10:11] == "T" else text
