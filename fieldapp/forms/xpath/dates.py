"""Dates and times of ODK XForms: reading ISO 8601, writing it, days since 1970-01-01."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or a date with time: what ``today()``, ``now()`` and ``date()`` give.

    ``at`` is aware; ``whole_day`` means a date only, ``at`` then being local midnight.
    """

    at: datetime
    whole_day: bool = False
