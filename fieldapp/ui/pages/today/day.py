"""Days and figures in words, in both languages."""

from __future__ import annotations

from datetime import date, datetime

from fieldapp.i18n import _, ngettext
from fieldapp.settings import ZONE


def weekday(day: date) -> str:
    """星期三."""
    names = (
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
    )  # fmt: skip
    return names[day.weekday()]


def short_day(day: date) -> str:
    """3月18日, without the year."""
    return _("{month}/{day}").format(month=day.month, day=day.day)


def short_moment(moment: datetime, today: date) -> str:
    """今天 07:46, or the day before the time."""
    local = moment.astimezone(ZONE)
    day = _("today") if local.date() == today else short_day(local.date())
    return f"{day} {local:%H:%M}"


def due_words(on: date | None, today: date) -> tuple[str, bool]:
    """A deadline in words, and whether it is over."""
    if on is None:
        return _("as soon as possible"), False
    late = (today - on).days
    if late > 0:
        return ngettext("{days} day overdue", "{days} days overdue", late).format(days=late), True
    return (_("today"), False) if late == 0 else (short_day(on), False)


def size_words(count: int) -> str:
    """Bytes as people say them."""
    if count >= 10**9:
        return f"{count / 1e9:.0f} GB"
    return f"{count / 1e6:.0f} MB" if count >= 10**6 else f"{count / 1e3:.0f} kB"
