"""Text functions."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
from typing import Final

import regex

from fieldapp.forms.xpath.code import BOOLEAN, NUMBER, STRING
from fieldapp.forms.xpath.library.registry import builtin
from fieldapp.forms.xpath.nodes import Context, EvaluationError, Value
from fieldapp.forms.xpath.numbers import half_up
from fieldapp.forms.xpath.values import joined, plain_number, to_text

_BLANKS: Final = " \t\r\n"


@builtin("string", "v", STRING, here=True)
def _string(value: Value) -> str:
    return to_text(value)


@builtin("concat", "|v*", STRING)
def _concat(*values: Value) -> str:
    """Texts one after the other; of a path all nodes (ODK), not only the first (XPath 1.0)."""
    return joined("", values)


@builtin("join", "s|v*", STRING)
def _join(between: str, *values: Value) -> str:
    return joined(between, values)


@builtin("string-length", "s", NUMBER, here=True)
def _string_length(text: str) -> float:
    return float(len(text))


@builtin("normalize-space", "s", STRING, here=True)
def _normalize_space(text: str) -> str:
    return " ".join(part for part in regex.split(r"[ \t\r\n]+", text) if part)


@builtin("contains", "ss", BOOLEAN)
def _contains(text: str, part: str) -> bool:
    return part in text


@builtin("starts-with", "ss", BOOLEAN)
def _starts_with(text: str, part: str) -> bool:
    return text.startswith(part)


@builtin("ends-with", "ss", BOOLEAN)
def _ends_with(text: str, part: str) -> bool:
    return text.endswith(part)


@builtin("substring-before", "ss", STRING)
def _substring_before(text: str, part: str) -> str:
    before, found, _ = text.partition(part) if part else ("", "", "")
    return before if found else ""


@builtin("substring-after", "ss", STRING)
def _substring_after(text: str, part: str) -> str:
    return text.partition(part)[2] if part else text


@builtin("substring", "sn|n", STRING)
def _substring(text: str, start: float, length: float = math.inf) -> str:
    """XPath's substring: from 1, both numbers rounded."""
    first = half_up(start)
    beyond = first + half_up(length)
    if math.isnan(first) or math.isnan(beyond):
        return ""
    low = 0 if first < 1 else len(text) if first > len(text) else int(first) - 1
    high = len(text) if beyond > len(text) else max(int(beyond) - 1, 0) if beyond > 0 else 0
    return text[low:high]


@builtin("substr", "sn|n", STRING)
def _substr(text: str, start: float, end: float = math.inf) -> str:
    """ODK's substr: from 0, the end not included, negative numbers count from the end."""
    if math.isnan(start) or math.isnan(end):
        return ""
    return text[_index(start, text) : _index(end, text)]


def _index(number: float, text: str) -> int:
    if math.isinf(number):
        return len(text) if number > 0 else 0
    return int(number)


@builtin("translate", "sss", STRING)
def _translate(text: str, wanted: str, replacement: str) -> str:
    table: dict[int, str | None] = {}
    for place, character in enumerate(wanted):
        table.setdefault(ord(character), replacement[place] if place < len(replacement) else None)
    return text.translate(table)


@builtin("regex", "ss", BOOLEAN, context=True)
def _regex(context: Context, text: str, pattern: str) -> bool:
    """The pattern must match the whole text. All matches of an evaluation share its regex time."""
    environment = context.environment
    if environment.regex_left <= 0:
        raise EvaluationError("regex() takes too long")
    started = environment.stopwatch()
    try:
        return regex.fullmatch(pattern, text, timeout=environment.regex_left) is not None
    except TimeoutError as error:
        raise EvaluationError("regex() takes too long") from error
    except (regex.error, OverflowError) as error:
        raise EvaluationError("the pattern of regex() is not valid") from error
    finally:
        environment.regex_left -= environment.stopwatch() - started


_DIGESTS: Final = {
    "MD5": "md5",
    "SHA-1": "sha1",
    "SHA-256": "sha256",
    "SHA-384": "sha384",
    "SHA-512": "sha512",
}


@builtin("digest", "ss|s", STRING)
def _digest(text: str, algorithm: str, encoding: str = "base64") -> str:
    name = _DIGESTS.get(algorithm.upper())
    if name is None:
        raise EvaluationError("digest() knows MD5, SHA-1, SHA-256, SHA-384 and SHA-512")
    made = hashlib.new(name, text.encode(), usedforsecurity=False).digest()
    if encoding == "hex":
        return made.hex()
    if encoding != "base64":
        raise EvaluationError("digest() writes hex or base64")
    return base64.b64encode(made).decode("ascii")


@builtin("base64-decode", "s", STRING)
def _base64_decode(text: str) -> str:
    """The text whose UTF-8 bytes are given in base64; empty if it is not such a text."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


@builtin("thousands-sep", "v", STRING)
def _thousands(value: Value) -> str:
    """A number with a comma every three digits; other texts as they are."""
    text = to_text(value)
    if math.isnan(plain_number(text)):
        return text
    whole, point, fraction = text.strip().partition(".")
    return f"{int(whole or 0):,}{point}{fraction}"


def items_of(text: str) -> list[str]:
    """The choices of a select_multiple value."""
    return text.split()


@builtin("selected", "ss", BOOLEAN)
def _selected(value: str, choice: str) -> bool:
    wanted = choice.strip(_BLANKS)
    return wanted in value.split() if wanted else not value.strip(_BLANKS)


@builtin("selected-at", "sn", STRING)
def _selected_at(value: str, place: float) -> str:
    items = items_of(value)
    return items[int(place)] if 0 <= place < len(items) else ""


@builtin("count-selected", "s", NUMBER)
def _count_selected(value: str) -> float:
    return float(len(items_of(value)))
