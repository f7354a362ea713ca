"""Troubles of the surroundings that a page asks about before it goes on: a wrong clock, no printer."""

from __future__ import annotations

from datetime import datetime, timedelta

from fieldapp.errors import EnvironmentProblem

#: Less than this is the network's own delay and a clock's usual drift.
CLOCK_DRIFT = timedelta(minutes=5)


def wrong_clock(server_time: datetime, own_time: datetime) -> EnvironmentProblem | None:
    """WINDOW_002 if the laptop's clock differs from the server's (both aware) by more than five minutes.

    Nothing recorded is changed by that; the inspector sets the clock.
    """
    apart = abs(server_time - own_time)
    if apart <= CLOCK_DRIFT:
        return None
    return EnvironmentProblem("WINDOW_002", minutes=round(apart.total_seconds() / 60))


def no_printer() -> EnvironmentProblem | None:
    """WINDOW_001 if the system knows no printer."""
    from PySide6.QtPrintSupport import QPrinterInfo  # loaded by who prints, not by the first paint

    return None if QPrinterInfo.availablePrinterNames() else EnvironmentProblem("WINDOW_001")
