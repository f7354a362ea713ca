"""Composition: the one place where a store is opened and the services are built on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from fieldapp import settings
from fieldapp.services.buildings import Buildings
from fieldapp.services.evidence import Evidence
from fieldapp.services.filling import Filling
from fieldapp.services.paper import Paper
from fieldapp.services.syncing import Syncing
from fieldapp.services.visits import Visits
from fieldapp.store import Store


class Application:
    """An unlocked laptop: its store and everything that works on it. Close it, or use ``with``."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = settings.now) -> None:
        self.store = store
        self.clock = clock
        self.buildings = Buildings(store)
        self.filling = Filling(store, clock, "en" if settings.language() == "en" else "zh")
        self.evidence = Evidence(store, clock, self.buildings)
        self.visits = Visits(store, clock, self.filling, self.buildings)
        self.paper = Paper(store, clock, self.filling, self.buildings)
        self.syncing = Syncing(store, clock)

    @classmethod
    def unlock(
        cls,
        folder: Path,
        inspector_id: str,
        passphrase: str,
        clock: Callable[[], datetime] = settings.now,
    ) -> Self:
        """Open the store in ``folder``; raises what ``Store.unlock`` raises."""
        return cls(Store.unlock(folder, inspector_id, passphrase, clock=clock), clock)

    def close(self) -> None:
        """Lock again."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
