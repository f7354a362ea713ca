"""A key in the search field until the rows that fit are painted, at 100,000 buildings, against 50 ms.

Both lists: the one below the field, and the list of houses that is narrowed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from PySide6.QtTest import QTest

from bench.timing import ROUNDS, Figure
from bench.windows import opened, until
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.buildings import BuildingsPage

BUILDINGS = 100_000
GOAL_MS = 50.0
#: Roads of the sample district by their initials, numbers of houses, owners by a part of their code.
TYPED = ("zsnl1", "jnd28", "yl8", "xj105", "fqj3", "hx", "gslu", "0001", "ctl77", "w")


def measure() -> list[Figure]:
    """Every key of some words, typed one after the other and deleted again."""
    with opened(BUILDINGS) as desk:
        page = desk.page("buildings")
        assert isinstance(page, BuildingsPage)
        narrowed = _keys(desk, lambda: page.ledger.typed == _narrowing(desk.search.field.text()))
        desk.go("today")
        until(lambda: not desk.jobs.running)
        below = _keys(desk, desk.search.isVisible)
    return [*_figures("list of houses", narrowed), *_figures("search", below)]


def _keys(desk: Desk, shown: Callable[[], bool]) -> list[float]:
    """The best round of every key, after an unmeasured one."""
    rounds = [_typed(desk, shown) for _ in range(ROUNDS + 1)][1:]
    return [min(times) for times in zip(*rounds, strict=True)]


def _typed(desk: Desk, shown: Callable[[], bool]) -> list[float]:
    """Milliseconds of every key until nothing is read any more, the rows are ``shown`` and painted."""
    taken = []
    field = desk.search.field
    for word in TYPED:
        field.setFocus()
        for sign in [*word, *["\b"] * len(word)]:
            begun = time.perf_counter()
            QTest.keyClick(field, sign)
            until(lambda: not desk.jobs.running and shown())
            taken.append((time.perf_counter() - begun) * 1000)
    return taken


def _narrowing(typed: str) -> str:
    """One letter or digit narrows nothing."""
    return typed if len(typed) > 1 else ""


def _figures(where: str, taken: list[float]) -> list[Figure]:
    note = f"{len(taken)} keys, {BUILDINGS:,} buildings"
    middle, high = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
    return [
        Figure(f"key to rows, {where}, median", middle, "50 ms", GOAL_MS, 1.0, note),
        Figure(f"key to rows, {where}, 95 %", high, "50 ms", GOAL_MS, 1.0, note),
    ]
