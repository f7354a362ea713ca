"""Rounding as XPath and ODK want it."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal


def half_up(number: float) -> float:
    """XPath 1.0's round: halves towards plus infinity."""
    return float(math.floor(number + 0.5)) if math.isfinite(number) else number


def round_digits(number: float, digits: int = 0) -> float:
    """ODK's round: decimal, halves away from zero; negative ``digits`` round tens, hundreds."""
    if not math.isfinite(number) or digits > 30:
        return number
    if digits < -308:
        return 0.0
    step = Decimal(1).scaleb(-digits)
    return float((Decimal(repr(number)) / step).to_integral_value(ROUND_HALF_UP) * step)
