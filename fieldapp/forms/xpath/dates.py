"""Dates and times of ODK XForms: reading ISO 8601, writing it, days since 1970-01-01.

A date is the local midnight of the session's zone, and its number counts from 1970-01-01T00:00Z; so
``date('1970-01-01')`` is -1/3 in China and 7/24 in Arizona. Differences between dates are whole days.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)

_DATE = r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
_TIME = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
_ZONE = r"(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
_MOMENT = re.compile(rf"\s*{_DATE}(?:[T ]{_TIME}{_ZONE})?\s*")
_CLOCK = re.compile(rf"\s*{_TIME}{_ZONE}\s*")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or a date with time: what ``today()``, ``now()`` and ``date()`` give.

    ``at`` is aware; ``whole_day`` means a date only, ``at`` then being local midnight.
    """

    at: datetime
    whole_day: bool = False

    def __str__(self) -> str:
        """``2026-03-01`` or ``2026-03-01T08:00:00.000+08:00``."""
        if self.whole_day:
            return self.at.strftime("%Y-%m-%d").zfill(10)
        return self.at.isoformat(timespec="milliseconds")

    @property
    def days(self) -> float:
        """Days since 1970-01-01T00:00Z, with the time as fraction."""
        return (self.at - EPOCH) / _DAY


def midnight(day: date, zone: tzinfo) -> Moment:
    """The whole day ``day`` in ``zone``."""
    return Moment(datetime.combine(day, time(), zone), whole_day=True)


def read_moment(text: str, zone: tzinfo) -> Moment | None:
    """A date, or a date with time, in ISO 8601, in ``zone`` if it has no offset; None if it is neither."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        midday = date(int(year), int(month), int(day))
        if hour is None:
            return midnight(midday, zone)
        clock = _time(hour, minute, second, fraction)
        made = datetime.combine(midday, clock, read_offset(offset) or zone)
        return Moment(made.astimezone(zone))
    except (ValueError, OverflowError):
        return None  # a 13th month or a 25th hour: simply not a date


def moment_of_days(days: float, zone: tzinfo) -> Moment | None:
    """The time ``days`` after 1970-01-01T00:00Z, to the millisecond; None beyond the years 1 to 9999."""
    try:
        at = (EPOCH + timedelta(milliseconds=round(days * 86_400_000))).astimezone(zone)
    except (OverflowError, ValueError):
        return None
    return Moment(at)


def read_time(text: str, day: date, zone: tzinfo) -> datetime | None:
    """A time of day (``08:30``, ``08:30:00.000+08:00``) on ``day``; None if it is none."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    hour, minute, second, fraction, offset = match.groups()
    try:
        return datetime.combine(day, _time(hour, minute, second, fraction), read_offset(offset) or zone)
    except ValueError:
        return None


def _time(hour: str, minute: str, second: str | None, fraction: str | None) -> time:
    micro = int((fraction or "0").ljust(6, "0")[:6])
    return time(int(hour), int(minute), int(second or 0), micro)


def read_offset(text: str | None) -> tzinfo | None:
    """``Z``, ``+08:00``, ``+0800`` or ``+08``; None without one."""
    if not text:
        return None
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[3:].replace(":", "") or 0)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def format_moment(moment: Moment, pattern: str) -> str:
    """``pattern`` with its ``%`` codes (Y y m n b d e H h M S 3 a W Z) filled in; others stay as they are.

    The short names of months and days are English, as in all ODK programs without a translation.
    """
    at = moment.at
    values = {
        "Y": f"{at.year:04d}",
        "y": f"{at.year % 100:02d}",
        "m": f"{at.month:02d}",
        "n": str(at.month),
        "b": MONTHS[at.month - 1],
        "d": f"{at.day:02d}",
        "e": str(at.day),
        "H": f"{at.hour:02d}",
        "h": str(at.hour),
        "M": f"{at.minute:02d}",
        "S": f"{at.second:02d}",
        "3": f"{at.microsecond // 1000:03d}",
        "a": WEEKDAYS[at.weekday()],
        "W": str(at.isocalendar().week),
        "Z": at.isoformat()[-6:] if at.utcoffset() else "Z",
        "%": "%",
    }
    return re.sub(r"%(.)", lambda found: values.get(found[1], found[0]), pattern, flags=re.DOTALL)
