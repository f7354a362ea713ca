"""What a place of sync shows, read in one go, and how far a run has come."""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

from fieldapp.errors import FieldappError
from fieldapp.services.laptop import Laptop
from fieldapp.services.syncing import FormDifference
from fieldapp.store.outbox import TransferRecord
from fieldapp.store.sync_runs import SyncRun
from fieldapp.sync.problems import Cancelled
from fieldapp.ui.jobs import Job

State = Literal["refused", "sending", "waiting", "sent"]
#: Over how many seconds the rate is a mean.
_WINDOW = 6.0
#: After so many seconds without a byte it is said that the line is cut.
_STALLED = 3.0


@dataclass(frozen=True, slots=True)
class Facts:
    """Read from the store: what waits, what the last run brought, the history, what differs, what is to be
    told of the server.
    """

    waiting: tuple[TransferRecord, ...]
    received: tuple[TransferRecord, ...]
    runs: tuple[SyncRun, ...]
    complete: SyncRun | None
    complete_count: int
    differences: tuple[FormDifference, ...]
    notice: FieldappError | None = None


def read(laptop: Laptop) -> Facts:
    """All of it. For a job: it may be some hundred rows."""
    store = laptop.store
    runs = store.sync_runs.list()
    complete = store.sync_runs.last_complete()
    return Facts(
        waiting=store.outbox.waiting(),
        received=store.outbox.received(runs[0].number) if runs else (),
        runs=runs,
        complete=complete,
        complete_count=complete.sent if complete is not None else 0,
        differences=laptop.syncing.form_differences(),
        notice=laptop.syncing.notice(),
    )


@dataclass
class Batch:
    """The records of a run with the state of each; between runs what waits and what came last."""

    records: dict[UUID, TransferRecord] = field(default_factory=dict)
    states: dict[UUID, State] = field(default_factory=dict)
    parts: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    done: int = 0
    total: int = 0
    copies: tuple[int, int, int] = (0, 0, 0)

    @classmethod
    def of(cls, facts: Facts) -> Batch:
        """As the store has it."""
        made = cls()
        for record in facts.waiting:
            made._add(record, "refused" if record.code else "waiting")
        for record in facts.received:
            made._add(record, "sent")
        made.total = sum(record.size for record in made.records.values())
        made.done = sum(record.size for record in facts.received)
        return made

    def _add(self, record: TransferRecord, state: State) -> None:
        self.records[record.instance_id] = record
        self.states[record.instance_id] = state

    def begin(self) -> None:
        """A run begins: what was sent before is not of it, what was refused gets another try."""
        keep = {
            key: replace(one, code="", message="", remedy="")
            for key, one in self.records.items()
            if self.states[key] != "sent"
        }
        self.records, self.states, self.parts = keep, dict.fromkeys(keep, "waiting"), {}
        self.done, self.total = 0, sum(record.size for record in keep.values())
        self.copies = (0, 0, 0)

    def move(self, instance_id: UUID, state: str) -> None:
        """What the run says of a record; one that was finalized a moment ago may be unknown here."""
        if instance_id in self.records:
            known: dict[str, State] = {"sending": "sending", "sent": "sent"}
            self.states[instance_id] = known.get(state, "refused")

    def count(self, state: State) -> int:
        """How many are in a state."""
        return Counter(self.states.values())[state]


class Rate:
    """Bytes a second, from the reports of the last seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, done: int) -> None:
        """So many bytes by now."""
        now = time.monotonic()
        self._seen.append((now, done))
        while self._seen[0][0] < now - _WINDOW:
            self._seen.popleft()

    def per_second(self) -> float:
        """The mean; 0 before there is one."""
        if len(self._seen) < 2 or self.stalled:
            return 0.0
        (first, before), (last, after) = self._seen[0], self._seen[-1]
        return max(0.0, (after - before) / (last - first)) if last > first else 0.0

    @property
    def stalled(self) -> bool:
        """Whether nothing has moved for a while: the line is cut, the run tries again."""
        return bool(self._seen) and time.monotonic() - self._seen[-1][0] > _STALLED


class Reporter:
    """Hears a run in the job's thread and passes it on to the window's by ``Job.report``, nothing else.

    Reports are ``("step", name)``, ``("bytes",)`` and ``("part", id)`` with how many of how many,
    ``("item", id, state)``; ``("copies", bytes)`` with how many small photographs of how many.
    """

    def __init__(self, job: Job) -> None:
        self._job = job

    def _pass(self, step: tuple[object, ...], done: int = 0, total: int = 0) -> None:
        if self._job.cancelled:  # also before the run has anything that could be broken off
            raise Cancelled
        self._job.report(step, done, total)

    def step(self, name: str) -> None:
        """A step begins."""
        self._pass(("step", name))

    def progress(self, done: int, total: int) -> None:
        """Bytes so far."""
        self._pass(("bytes",), done, total)

    def part(self, instance_id: UUID, done: int, total: int) -> None:
        """Bytes of a record's files."""
        self._pass(("part", instance_id), done, total)

    def copies(self, came: int, wanted: int, size: int) -> None:
        """Small copies of photographs."""
        self._pass(("copies", size), came, wanted)

    def item(self, instance_id: UUID, state: str) -> None:
        """A record moved on. Its receipt is kept already, so that is told even if the run shall end."""
        self._job.report(("item", instance_id, state), 0, 0)
