"""Characters that the carried faces cannot draw: which they are, and how a sheet shows them all the same.

A name is recorded as it is written, also where no face has its character. The sheet shows the character's
number in marked form, ``王〔U+20BB7〕``, and says in its note what that is: no blank, no other sign.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

from fieldapp.sheets.content import SheetRecord
from fieldapp.sheets.faces import HEI, SANS, SONG, widths
from fieldapp.sheets.inline import clean

#: They choose between forms of the character before them and have no picture of their own.
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


@cache
def _drawable() -> frozenset[str]:
    """What every face can draw: a text may come in any of them. SHEET_003 if a face is missing."""
    return frozenset.intersection(*(frozenset(widths(face)) for face in (SONG, SANS, HEI))) | {"\n"}


def missing(text: str) -> str:
    """The characters of ``text`` that a sheet cannot draw, each once, in their order."""
    drawable = _drawable()
    return "".join(dict.fromkeys(one for one in _plain(text) if one not in drawable))


def _plain(text: str) -> str:
    return clean(_SELECTORS.sub("", text))


def coded(text: str) -> str:
    """``text`` with its number, ``〔U+20BB7〕``, in place of every character that a sheet cannot draw."""
    absent = missing(text)
    if not absent:
        return text
    return "".join(f"〔U+{ord(one):04X}〕" if one in absent else one for one in _plain(text))


def with_codes(record: SheetRecord) -> SheetRecord:
    """``record`` with all its texts ``coded``; ``coded`` of it says whether there was anything to."""
    found: SheetRecord = _coded(record)
    return record if found == record else replace(found, coded=True)


def _coded(value: Any) -> Any:
    if isinstance(value, str):
        return coded(value)
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(_coded(one) for one in value)
    if isinstance(value, Mapping):
        return {key: _coded(one) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        texts = {one.name: _coded(getattr(value, one.name)) for one in fields(value) if one.init}
        changed = {name: text for name, text in texts.items() if text != getattr(value, name)}
        return replace(value, **changed) if changed else value
    return value
