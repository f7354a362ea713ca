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


def measure(buildings: int = BUILDINGS) -> list[Figure]:
    """Every key of some words, typed one after the other and deleted again."""
    with opened(buildings) as desk:
        page = desk.page("buildings")
        assert isinstance(page, BuildingsPage)
        narrowed = _keys(desk, lambda: page.ledger.typed == _narrowing(desk.search.field.text()))
        desk.go("today")
        until(lambda: not desk.jobs.running)
        below = _keys(desk, desk.search.isVisible)
    return [*_figures("list of houses", narrowed, buildings), *_figures("search", below, buildings)]


def _keys(desk: Desk, shown: Callable[[], bool]) -> list[tuple[float, float]]:
    """The best round of every key, after an unmeasured one: on the wall, and by the program's own clock,
    which others on the machine do not move."""
    rounds = [_typed(desk, shown) for _ in range(ROUNDS + 1)][1:]
    return [
        (min(wall for wall, _own in times), min(own for _wall, own in times))
        for times in zip(*rounds, strict=True)
    ]


def _typed(desk: Desk, shown: Callable[[], bool]) -> list[tuple[float, float]]:
    """Milliseconds of every key until nothing is read any more, the rows are ``shown`` and painted."""
    taken = []
    field = desk.search.field
    for word in TYPED:
        field.setFocus()
        for sign in [*word, *["\b"] * len(word)]:
            begun, own = time.perf_counter(), time.process_time()
            QTest.keyClick(field, sign)
            until(lambda: not desk.jobs.running and shown())
            taken.append(((time.perf_counter() - begun) * 1000, (time.process_time() - own) * 1000))
    return taken


def _narrowing(typed: str) -> str:
    """One letter or digit narrows nothing."""
    return typed if len(typed) > 1 else ""


def _figures(where: str, taken: list[tuple[float, float]], buildings: int) -> list[Figure]:
    middle, high = (
        _of(taken, statistics.median),
        _of(taken, lambda times: statistics.quantiles(times, n=20)[-1]),
    )
    return [
        Figure(
            f"key to rows, {where}, {title}",
            wall,
            "50 ms",
            GOAL_MS,
            1.0,
            f"{len(taken)} keys, {buildings:,} buildings, {own:.0f} ms of it computing",
        )
        for title, (wall, own) in (("median", middle), ("95 %", high))
    ]


def _of(taken: list[tuple[float, float]], what: Callable[[list[float]], float]) -> tuple[float, float]:
    return what([wall for wall, _own in taken]), what([own for _wall, own in taken])
