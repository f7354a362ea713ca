"""An unlocked laptop: the store and the use cases on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from fieldapp.store import Store

if TYPE_CHECKING:
    from fieldapp.services.building_file import BuildingFiles
    from fieldapp.services.buildings import Buildings
    from fieldapp.services.conflicts import Conflicts
    from fieldapp.services.evidence import Evidence
    from fieldapp.services.exports import Exports
    from fieldapp.services.filling import Filling
    from fieldapp.services.ledger import Ledger
    from fieldapp.services.ledgers import Ledgers
    from fieldapp.services.paper import Paper
    from fieldapp.services.patrolling import Patrolling
    from fieldapp.services.photographs import Photographs
    from fieldapp.services.syncing import Syncing
    from fieldapp.services.today import Today
    from fieldapp.services.visits import Visits


class Laptop:
    """Everything that works on one open store. Close it, or use ``with``, to lock it again.

    A use case is loaded and made when it is first asked for, from any thread: the page that is seen first
    needs three, and what the others bring along (HTTP, PDF, photographs, the engine of forms) takes longer.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], language: Literal["zh", "en"]) -> None:
        self.store = store
        self.clock = clock
        #: In which of their languages forms are opened; the window sets its own.
        self.language: Literal["zh", "en"] = language

    @cached_property
    def buildings(self) -> Buildings:
        """The register as an inspector meets it."""
        from fieldapp.services.buildings import Buildings

        return Buildings(self.store)

    @cached_property
    def ledger(self) -> Ledger:
        """Lists of houses."""
        from fieldapp.services.ledger import Ledger

        return Ledger(self.store, self.clock)

    @cached_property
    def ledgers(self) -> Ledgers:
        """Ledgers of the offices, taken in."""
        from fieldapp.services.ledgers import Ledgers

        return Ledgers(self.store)

    @cached_property
    def exports(self) -> Exports:
        """Lists as files for a spreadsheet."""
        from fieldapp.services.exports import Exports

        return Exports(self.store, lambda: self.language)

    @cached_property
    def files(self) -> BuildingFiles:
        """The file of a house."""
        from fieldapp.services.building_file import BuildingFiles

        return BuildingFiles(self.store, self.filling, self.conflicts)

    @cached_property
    def conflicts(self) -> Conflicts:
        """What two told differently, until a person decides."""
        from fieldapp.services.conflicts import Conflicts

        return Conflicts(self.store, lambda: self.language)

    @cached_property
    def filling(self) -> Filling:
        """Forms and drafts."""
        from fieldapp.services.filling import Filling

        return Filling(self.store, self.clock, lambda: self.language)

    @cached_property
    def evidence(self) -> Evidence:
        """Photographs."""
        from fieldapp.services.evidence import Evidence

        return Evidence(self.store, self.clock, self.buildings)

    @cached_property
    def visits(self) -> Visits:
        """Visits, begun and finalized."""
        from fieldapp.services.visits import Visits

        return Visits(self.store, self.clock, self.filling, self.buildings)

    @cached_property
    def paper(self) -> Paper:
        """Sheets and prints."""
        from fieldapp.services.paper import Paper

        return Paper(self.store, self.clock, self.filling, self.buildings)

    @cached_property
    def patrolling(self) -> Patrolling:
        """Rounds, walked lane by lane."""
        from fieldapp.services.patrolling import Patrolling

        return Patrolling(self.store, self.clock, self.filling, self.visits, self.evidence)

    @cached_property
    def photographs(self) -> Photographs:
        """Photographs that other laptops took."""
        from fieldapp.services.photographs import Photographs

        return Photographs(self.store, self.clock)

    @cached_property
    def today(self) -> Today:
        """The day of an inspector."""
        from fieldapp.services.today import Today

        return Today(self.store, self.clock, lambda: self.filling)

    @cached_property
    def syncing(self) -> Syncing:
        """The way to the district's server and back."""
        from fieldapp.services.syncing import Syncing

        return Syncing(self.store, self.clock)

    def close(self) -> None:
        """Finish what is being written and lock."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
