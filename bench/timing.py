"""Taking times: best of three, ours and the peer's alternating, so that a busy moment hits both."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: milliseconds of ours and of the peer, and the most their ratio may be.

    ``peer_ms`` None means the peer is missing or our part is: the line fails, ``note`` says why.
    """

    operation: str
    ours_ms: float | None
    peer: str
    peer_ms: float | None
    goal: float
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours over the peer's."""
        if self.ours_ms is None or self.peer_ms is None:
            return None
        return self.ours_ms / self.peer_ms

    @property
    def reached(self) -> bool:
        """Whether the goal is kept; a line that could not be measured is not."""
        return self.ratio is not None and self.ratio <= self.goal


def milliseconds(work: Callable[[], object], times: int = 1) -> float:
    """Time of one of ``times`` calls, milliseconds, collector paused."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        for _ in range(times):
            work()
        return (time.perf_counter() - start) * 1000 / times
    finally:
        gc.enable()


def side_by_side(
    ours: Callable[[], object], peer: Callable[[], object], times: int = 1, rounds: int = ROUNDS
) -> tuple[float, float]:
    """Best round of each, after one unmeasured call of both."""
    ours(), peer()
    pairs = [(milliseconds(ours, times), milliseconds(peer, times)) for _ in range(rounds)]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)
