"""The same as ``search`` at a million buildings. By name only: the register alone takes minutes to make."""

from __future__ import annotations

from bench import search
from bench.timing import Figure

BUILDINGS = 1_000_000


def measure() -> list[Figure]:
    """A key in the search field until the rows that fit are painted, against 50 ms."""
    return search.measure(BUILDINGS)
