"""Troubles of the surroundings that are told before somebody goes on: a wrong clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from fieldapp.errors import EnvironmentProblem

#: Less than this is the network's own delay and a clock's usual drift.
CLOCK_DRIFT = timedelta(minutes=5)


def wrong_clock(offset: timedelta) -> EnvironmentProblem | None:
    """WINDOW_002 if the server's clock is more than five minutes ``offset`` from the laptop's, either way.

    Nothing recorded is changed by that; the inspector sets the clock.
    """
    if abs(offset) <= CLOCK_DRIFT:
        return None
    return EnvironmentProblem("WINDOW_002", minutes=round(abs(offset).total_seconds() / 60))


def clock_behind(last_entry: datetime | None, own_time: datetime) -> EnvironmentProblem | None:
    """WINDOW_005 if the clock stands more than five minutes before what was already written on this laptop.

    Nobody needs a network to see that; nothing recorded is changed by it.
    """
    if last_entry is None or last_entry - own_time <= CLOCK_DRIFT:
        return None
    return EnvironmentProblem("WINDOW_005", minutes=round((last_entry - own_time).total_seconds() / 60))
