"""The values of XPath and how they turn into one another: text, number, boolean, nodes, moment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from decimal import Decimal
from math import isfinite, isnan, nan
from typing import Final

from fieldapp.forms.xpath.dates import Moment, moment_of_days, read_moment
from fieldapp.forms.xpath.nodes import Context, EvaluationError, Node, Value

# Doubling texts through thirty calculations would fill the memory.
LONGEST_TEXT: Final = 1_000_000

_NUMBER = re.compile(r"[ \t\r\n]*-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[ \t\r\n]*")


def zone_of(context: Context) -> tzinfo:
    """The session's time zone."""
    zone = context.environment.clock().tzinfo
    if zone is None:
        raise EvaluationError("the session's clock has no time zone")
    return zone


def number_text(number: float) -> str:
    """XPath's text of a number: no exponent, no needless zeros, ``NaN``, ``Infinity``."""
    if isfinite(number):
        whole = int(number)
        if whole == number:
            return str(whole)
        shown = repr(number)
        return shown if "e" not in shown else format(Decimal(shown), "f")
    if isnan(number):
        return "NaN"
    return "Infinity" if number > 0 else "-Infinity"


def plain_number(text: str) -> float:
    """A decimal number, NaN for everything else (dates too)."""
    return float(text) if _NUMBER.fullmatch(text) else nan


def text_number(text: str, context: Context) -> float:
    """A decimal number, or an ISO date as days since 1970-01-01; NaN for everything else."""
    if text.isdigit() and text.isascii():
        return float(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    if len(text) < 8 or not text.lstrip()[:4].isdigit():
        return nan
    moment = read_moment(text, zone_of(context))
    return nan if moment is None else moment.days


def to_text(value: Value) -> str:
    """``string(value)``."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, Moment):
        return str(value)
    return value[0].string_value if value else ""


def to_number(value: Value, context: Context) -> float:
    """``number(value)``."""
    if isinstance(value, str):
        return text_number(value, context)
    if isinstance(value, float | bool):
        return float(value)
    if isinstance(value, Moment):
        return value.days
    return text_number(value[0].string_value, context) if value else nan


def to_boolean(value: Value) -> bool:
    """``boolean(value)``."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value == value and value != 0
    if isinstance(value, Moment):
        return True
    return len(value) > 0


def is_nodes(value: Value) -> bool:
    """True for a nodeset, also an empty one."""
    return not isinstance(value, str | float | bool | Moment)


def to_nodes(value: Value) -> Sequence[Node]:
    """The nodes of a nodeset; EvaluationError for anything else."""
    if isinstance(value, str | float | bool | Moment):
        raise EvaluationError("a path is expected, not a single value")
    return value


def to_texts(value: Value) -> list[str]:
    """The texts of all nodes of a nodeset, or the one text of a single value."""
    return list(_texts(value))


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str | float | bool | Moment):
        yield to_text(value)
    else:
        for node in value:
            yield node.string_value


def to_moment(value: Value, context: Context) -> Moment | None:
    """``date-time(value)``: numbers count days since 1970-01-01T00:00Z; None if there is no such date."""
    if isinstance(value, Moment):
        return value
    if isinstance(value, bool):
        return None
    zone = zone_of(context)
    if not isinstance(value, float):
        text = to_text(value)
        moment = read_moment(text, zone)
        if moment is not None:
            return moment
        value = plain_number(text)
    return moment_of_days(value, zone) if isfinite(value) else None


def joined(between: str, values: Iterable[Value]) -> str:
    """All texts of all values in a row; EvaluationError if that grows beyond all use."""
    parts: list[str] = []
    length = 0
    for value in values:
        for text in _texts(value):
            length += len(text) + len(between)
            if length > LONGEST_TEXT:
                raise EvaluationError("the text becomes too long")
            parts.append(text)
    return between.join(parts)
