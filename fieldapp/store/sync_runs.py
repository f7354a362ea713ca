"""The history of sync runs. A run is there from its beginning, so that one that was killed is seen too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fieldapp.store.database import Database, Row
from fieldapp.store.model import moment

#: Setting: when a run last reached the server, ISO with zone.
LAST_SYNC = "last_sync"

#: broken: killed, or still going on. complete: nothing waits any more. partial: some were not sent. failed:
#: the run as a whole came to an error. cancelled: somebody wanted it.
Result = Literal["broken", "complete", "partial", "failed", "cancelled"]
_COLUMNS = (
    "number, begun_at, ended_at, sent, not_sent, bytes_sent, result, code, message, remedy, clock_offset, "
    "lost"
)


@dataclass(frozen=True, slots=True)
class SyncRun:
    """One run. ``sent`` and ``not_sent`` count records, ``bytes_sent`` what went over the line.

    ``code``, ``message``, ``remedy`` say why it ended early, empty if it did not. ``clock_offset``: seconds
    that the server's clock was ahead of the laptop's, None if the server was not reached. ``lost``: records
    that the server had given receipts for and did not have any more, therefore queued again.
    """

    number: int
    begun_at: datetime
    ended_at: datetime | None
    sent: int
    not_sent: int
    bytes_sent: int
    result: Result
    code: str = ""
    message: str = ""
    remedy: str = ""
    clock_offset: float | None = None
    lost: int = 0

    @property
    def seconds(self) -> float | None:
        """How long it took, None if nobody knows."""
        return None if self.ended_at is None else (self.ended_at - self.begun_at).total_seconds()


class SyncRuns:
    """The runs of this laptop."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def begin(self) -> int:
        """A run begins; its number. Receipts kept until the next one begins are this run's."""
        begun = self._clock().isoformat()

        return self._database.write(
            lambda rows: int(
                rows.execute(
                    "INSERT INTO sync_runs (begun_at) VALUES (?) RETURNING number", (begun,)
                ).fetchone()[0]
            )
        )

    def end(
        self,
        number: int,
        *,
        result: Result,
        sent: int,
        not_sent: int,
        bytes_sent: int,
        why: tuple[str, str, str] = ("", "", ""),
        clock_offset: float | None = None,
    ) -> None:
        """A run has ended, and how; ``why`` it ended early: code, message, remedy."""
        ended = self._clock().isoformat()
        self._database.write(
            lambda rows: rows.execute(
                "UPDATE sync_runs SET ended_at = ?, sent = ?, not_sent = ?, bytes_sent = ?, result = ?, "
                "code = ?, message = ?, remedy = ?, clock_offset = ? WHERE number = ?",
                (ended, sent, not_sent, bytes_sent, result, *why, clock_offset, number),
            )
        )

    def list(self, limit: int = 100) -> tuple[SyncRun, ...]:
        """The last runs, newest first."""
        found = self._database.read(
            f"SELECT {_COLUMNS} FROM sync_runs ORDER BY number DESC LIMIT ?",  # noqa: S608 - names
            (limit,),
        )
        return tuple(_run(row) for row in found)

    def last_complete(self) -> SyncRun | None:
        """The last run after which nothing waited."""
        row = self._database.one(
            f"SELECT {_COLUMNS} FROM sync_runs WHERE result = 'complete' "  # noqa: S608 - names
            "ORDER BY number DESC LIMIT 1"
        )
        return None if row is None else _run(row)


def _run(row: Row) -> SyncRun:
    return SyncRun(row[0], datetime.fromisoformat(row[1]), moment(row[2]), *row[3:])
