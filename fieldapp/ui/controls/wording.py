"""What stands in a label besides the name, and dates and times as people type them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

_UNIT = re.compile(r"^(?P<name>.+?)\s*[（(](?P<unit>[A-Za-zµ%²³°/]+(?:/[月天年])?|年|层|人)[）)]$")
_NUMBERED = re.compile(r"^\d+\.\s*")
_DAYS = re.compile(r"^[+＋](\d{1,4})$")
_PARTS = re.compile(r"\d+")


def name_and_unit(label: str) -> tuple[str, str]:
    """``最大缝宽（mm）`` is (最大缝宽, mm); a label without unit comes back with an empty one."""
    found = _UNIT.match(label)
    return (found["name"], found["unit"]) if found else (label, "")


def unnumbered(label: str) -> str:
    """A label without its number: ``6. 承重墙…`` is ``承重墙…``."""
    return _NUMBERED.sub("", label)


def read_date(typed: str, today: date) -> date | None:
    """``3.20``, ``320``, ``2022-3-20``, ``20220320``, ``+15`` (days from today); None for anything else.

    Without a year it is this one.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    days = _DAYS.match(text)
    if days:
        return today + timedelta(days=int(days[1]))
    parts = _PARTS.findall(text)
    if len(parts) == 1 and len(parts[0]) in (3, 4):
        parts = [parts[0][:-2], parts[0][-2:]]
    elif len(parts) == 1 and len(parts[0]) == 8:
        parts = [parts[0][:4], parts[0][4:6], parts[0][6:]]
    if len(parts) == 2:
        parts = [str(today.year), *parts]
    if len(parts) != 3:
        return None
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None


def read_moment(typed: str, now: datetime) -> datetime | None:
    """``9:40``, ``0940`` (today) or a date and a time; None for anything else. In the zone of ``now``."""
    text = unicodedata.normalize("NFKC", typed).strip()
    day, _space, clock = text.rpartition(" ")
    figures = _PARTS.findall(clock)
    if len(figures) == 1 and len(figures[0]) in (3, 4):
        figures = [figures[0][:-2], figures[0][-2:]]
    on = read_date(day, now.date()) if day else now.date()
    if on is None or len(figures) not in (2, 3):
        return None
    try:
        at = time(int(figures[0]), int(figures[1]))
    except ValueError:
        return None
    return datetime.combine(on, at, now.tzinfo)
