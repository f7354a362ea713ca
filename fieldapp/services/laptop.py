"""An unlocked laptop: the store and the use cases on it, as ``fieldapp.app`` builds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from fieldapp.services.building_file import BuildingFiles
from fieldapp.services.buildings import Buildings
from fieldapp.services.evidence import Evidence
from fieldapp.services.filling import Filling
from fieldapp.services.ledger import Ledger
from fieldapp.services.ledgers import Ledgers
from fieldapp.services.paper import Paper
from fieldapp.services.patrolling import Patrolling
from fieldapp.services.syncing import Syncing
from fieldapp.services.today import Today
from fieldapp.services.visits import Visits
from fieldapp.store import Store


@dataclass(frozen=True, slots=True)
class Laptop:
    """Everything that works on one open store. Close it, or use ``with``, to lock it again."""

    store: Store
    clock: Callable[[], datetime]
    buildings: Buildings
    ledger: Ledger
    ledgers: Ledgers
    files: BuildingFiles
    filling: Filling
    evidence: Evidence
    visits: Visits
    paper: Paper
    patrolling: Patrolling
    today: Today
    syncing: Syncing

    def close(self) -> None:
        """Finish what is being written and lock."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
