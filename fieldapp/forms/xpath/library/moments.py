"""Functions of dates and times."""

from __future__ import annotations

import math

from fieldapp.forms.xpath.code import ANY, NUMBER, STRING
from fieldapp.forms.xpath.dates import EPOCH, Moment, format_moment, midnight, read_time
from fieldapp.forms.xpath.library.registry import builtin
from fieldapp.forms.xpath.nodes import Context, Value
from fieldapp.forms.xpath.values import to_moment, to_text, zone_of


@builtin("today", "", ANY, context=True, volatile=True)
def _today(context: Context) -> Moment:
    now = context.environment.clock()
    return midnight(now.date(), zone_of(context))


@builtin("now", "", ANY, context=True, volatile=True)
def _now(context: Context) -> Moment:
    return Moment(context.environment.clock())


@builtin("date", "v", ANY, context=True)
def _date(context: Context, value: Value) -> Value:
    """A date or time as it is; a number of days since 1970-01-01T00:00Z as the time it means.

    What is no date gives the empty text: an "Invalid Date" must not find its way into a record.
    """
    moment = to_moment(value, context)
    if moment is None:
        return ""
    return Moment(moment.at, whole_day=True) if _is_midnight(moment) else moment


@builtin("date-time", "v", ANY, context=True)
def _date_time(context: Context, value: Value) -> Value:
    return _date(context, value)


def _is_midnight(moment: Moment) -> bool:
    at = moment.at
    return not (at.hour or at.minute or at.second or at.microsecond)


@builtin("decimal-date-time", "v", NUMBER, context=True)
def _decimal_date_time(context: Context, value: Value) -> float:
    moment = to_moment(value, context)
    return math.nan if moment is None else moment.days


@builtin("decimal-time", "v", NUMBER, context=True)
def _decimal_time(context: Context, value: Value) -> float:
    """The part of the local day that has passed at a time of day (``12:00:00.000+08:00`` is 0.5)."""
    zone = zone_of(context)
    if isinstance(value, Moment):
        at = value.at.astimezone(zone)
    else:
        read = read_time(to_text(value), EPOCH.date(), zone)
        if read is None:
            return math.nan
        at = read.astimezone(zone)
    seconds = at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6
    return seconds / 86_400


def _formatted(context: Context, value: Value, pattern: str) -> str:
    moment = to_moment(value, context)
    return "" if moment is None else format_moment(moment, pattern)


@builtin("format-date", "vs", STRING, context=True)
def _format_date(context: Context, value: Value, pattern: str) -> str:
    return _formatted(context, value, pattern)


@builtin("format-date-time", "vs", STRING, context=True)
def _format_date_time(context: Context, value: Value, pattern: str) -> str:
    return _formatted(context, value, pattern)
