"""Records as paper sees them: what is printed, what waits to be printed, the log of prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fieldapp.store.database import Database, Row
from fieldapp.store.model import uuid_or_none
from fieldapp.store.redirects import FILE_OF_RECORD

_LABEL = f"coalesce((SELECT label FROM shown WHERE list = 'buildings' AND id = {FILE_OF_RECORD}), '')"  # noqa: S608 - fixed
_RECORD = (
    f"s.instance_id, s.record_id, s.version, s.visit_id, s.building_id, {_LABEL}, "  # noqa: S608 - names
    "s.form_id, s.form_version, s.finalized_at, s.paper, "
    "(SELECT count(*) FROM prints p WHERE p.instance_id = s.instance_id AND p.kind = 'onsite'), "
    "(SELECT count(*) FROM prints p WHERE p.instance_id = s.instance_id AND p.kind = 'archive')"
)


@dataclass(frozen=True, slots=True)
class PaperRecord:
    """The current version of a record. ``label`` is its building's address, empty for a house that is not in
    the register; ``paper`` none | printed | signed; ``onsite`` and ``archive`` count prints of each sheet.
    """

    instance_id: UUID
    record_id: UUID
    version: int
    visit_id: UUID
    building_id: UUID | None
    label: str
    form_id: str
    form_version: str
    finalized_at: datetime
    paper: str
    onsite: int
    archive: int


@dataclass(frozen=True, slots=True)
class QueuedPrint:
    """A sheet that waits for a printer; ``copies`` 1 or 2 (一式两份)."""

    number: int
    instance_id: UUID
    label: str
    form_id: str
    form_version: str
    kind: str
    copies: int
    queued_at: datetime


@dataclass(frozen=True, slots=True)
class LoggedPrint:
    """A print: the ``times``-th of this sheet, ``sha256`` of its PDF."""

    number: int
    instance_id: UUID
    label: str
    form_id: str
    form_version: str
    version: int
    kind: str
    copies: int
    times: int
    sha256: str
    printed_at: datetime
    actor: str


class Papers:
    """Reads for lists, and the print queue."""

    def __init__(self, database: Database, actor: str, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._actor = actor
        self._clock = clock

    def records(self, paper: str = "", limit: int = 500) -> tuple[PaperRecord, ...]:
        """Current versions, newest first; only those in the state ``paper`` if given."""
        wanted = "AND s.paper = ? " if paper else ""
        found = self._database.read(
            f"SELECT {_RECORD} FROM submissions s WHERE s.record = 'finalized' {wanted}"  # noqa: S608 - names
            "ORDER BY s.finalized_at DESC, s.instance_id LIMIT ?",
            (*([paper] if paper else []), limit),
        )
        return tuple(_record(row) for row in found)

    def record(self, instance_id: UUID) -> PaperRecord | None:
        """One of them, None if it was replaced or is not here."""
        row = self._database.one(
            f"SELECT {_RECORD} FROM submissions s "  # noqa: S608 - names
            "WHERE s.record = 'finalized' AND s.instance_id = ?",
            (str(instance_id),),
        )
        return None if row is None else _record(row)

    def counts(self) -> dict[str, int]:
        """How many current versions are in each state, by its name."""
        found = self._database.read(
            "SELECT paper, count(*) FROM submissions WHERE record = 'finalized' GROUP BY paper"
        )
        return dict.fromkeys(("none", "printed", "signed"), 0) | {row[0]: row[1] for row in found}

    # -- queue ----------------------------------------------------------------------------------------

    def enqueue(self, instance_id: UUID, kind: str, copies: int) -> None:
        """Wait for a printer; a sheet that waits already takes the new number of copies."""
        at = self._clock().isoformat()
        self._database.write(
            lambda rows: rows.execute(
                "INSERT INTO print_queue (instance_id, kind, copies, queued_at, actor) "
                "VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (instance_id, kind) DO UPDATE SET copies = excluded.copies",
                (str(instance_id), kind, copies, at, self._actor),
            )
        )

    def dequeue(self, instance_id: UUID, kind: str) -> None:
        """It is printed, or shall not be."""
        self._database.write(
            lambda rows: rows.execute(
                "DELETE FROM print_queue WHERE instance_id = ? AND kind = ?", (str(instance_id), kind)
            )
        )

    def queue(self) -> tuple[QueuedPrint, ...]:
        """What waits, oldest first."""
        found = self._database.read(
            f"SELECT q.number, q.instance_id, {_LABEL}, s.form_id, s.form_version, "  # noqa: S608 - names
            "q.kind, q.copies, q.queued_at "
            "FROM print_queue q JOIN submissions s USING (instance_id) ORDER BY q.number"
        )
        return tuple(QueuedPrint(*_typed(row, {1: UUID, 7: datetime.fromisoformat})) for row in found)

    # -- log ------------------------------------------------------------------------------------------

    def log(self, limit: int = 500) -> tuple[LoggedPrint, ...]:
        """The last prints, newest first."""
        found = self._database.read(
            f"SELECT p.number, p.instance_id, {_LABEL}, s.form_id, s.form_version, "  # noqa: S608 - names
            "s.version, p.kind, p.copies, "
            "(SELECT count(*) FROM prints o WHERE o.instance_id = p.instance_id AND o.kind = p.kind "
            "AND o.number <= p.number), p.sha256, p.printed_at, p.actor "
            "FROM prints p JOIN submissions s USING (instance_id) ORDER BY p.number DESC LIMIT ?",
            (limit,),
        )
        return tuple(LoggedPrint(*_typed(row, {1: UUID, 10: datetime.fromisoformat})) for row in found)


def _record(row: Row) -> PaperRecord:
    kinds: dict[int, Callable[[Any], Any]] = {
        0: UUID,
        1: UUID,
        3: UUID,
        4: uuid_or_none,
        8: datetime.fromisoformat,
    }
    return PaperRecord(*_typed(row, kinds))


def _typed(row: Row, kinds: Mapping[int, Callable[[Any], Any]]) -> list[Any]:
    """A row with the columns that are more than text or number made so."""
    return [kinds[place](value) if place in kinds else value for place, value in enumerate(row)]
