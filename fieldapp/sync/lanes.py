"""Threads that carry requests, so that a run never waits on the network itself and is cancelled at once.

They are daemons: one that hangs in a name look-up or a connect holds up neither the run nor the end of the
program.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

K = TypeVar("K")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[K, R]):
    """What became of the work called ``key``: a result or an error."""

    key: K
    result: R | None
    error: BaseException | None


class Lanes(Generic[K, R]):
    """``count`` threads; outcomes are collected by whoever gave the work."""

    def __init__(self, count: int) -> None:
        self._work: SimpleQueue[tuple[K, Callable[[], R]] | None] = SimpleQueue()
        self._outcomes: SimpleQueue[Outcome[K, R]] = SimpleQueue()
        self._count = count
        for number in range(count):
            threading.Thread(target=self._carry, name=f"sync-lane-{number}", daemon=True).start()

    def give(self, key: K, work: Callable[[], R]) -> None:
        """Have ``work`` done as soon as a lane is free."""
        self._work.put((key, work))

    def take(self, seconds: float) -> Outcome[K, R] | None:
        """The next outcome, None if there is none within ``seconds``."""
        try:
            return self._outcomes.get(timeout=seconds)
        except Empty:
            return None

    def close(self) -> None:
        """Let the threads end after what they are doing; outcomes still to come are dropped."""
        for _ in range(self._count):
            self._work.put(None)

    def _carry(self) -> None:
        while (given := self._work.get()) is not None:
            key, work = given
            try:
                outcome: Outcome[K, R] = Outcome(key, work(), None)
            except BaseException as error:  # noqa: BLE001 - handed to whoever gave the work, never swallowed
                outcome = Outcome(key, None, error)
            self._outcomes.put(outcome)
