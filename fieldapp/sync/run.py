"""A run: hello, what still stands, offer, then files and submissions side by side, each receipt at once.

The front door of this layer. One thread decides (the caller's), several carry requests; the plan says what
is next, the server's answers say what is true. A run may end anywhere and be begun again: nothing is lost by
it, nothing doubled.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar, cast
from uuid import UUID, uuid4

from fieldapp.errors import BugError, EnvironmentProblem, FieldappError
from fieldapp.sync import blobs, receipts, submissions
from fieldapp.sync.enrolment import Enrolment
from fieldapp.sync.hello import hello
from fieldapp.sync.lanes import Lanes, Outcome
from fieldapp.sync.offer import offer, offers
from fieldapp.sync.outgoing import (
    Cause,
    Listener,
    Outbox,
    OutgoingFile,
    OutgoingSubmission,
    Refusal,
    RunResult,
)
from fieldapp.sync.plan import AskOffset, Patience, Plan, SendFiles, SendPart, Step, Submit
from fieldapp.sync.problems import wait_of, worth_retrying
from fieldapp.sync.protocol import BlobState, FileAnswer, ItemAnswer, SubmissionManifest
from fieldapp.sync.standing import gone, portions
from fieldapp.sync.transport import PARALLEL_BLOBS, Transport

__all__ = [
    "TRIES",
    "Cause",
    "Listener",
    "Outbox",
    "OutgoingFile",
    "OutgoingSubmission",
    "Refusal",
    "RunResult",
    "run",
]

#: Failures without any progress in between that end a run.
TRIES = 6
#: As many for the first request: nothing is under way yet, and somebody waits to hear of no network.
FIRST_TRIES = 4
#: How often progress is told and a cancelled run is noticed while requests are under way, seconds.
TICK = 0.05
T = TypeVar("T")


def run(
    transport: Transport,
    enrolment: Enrolment,
    outbox: Outbox,
    *,
    client: str,
    clock: Callable[[], datetime],
    listener: Listener | None = None,
    batch_id: UUID | None = None,
    tries: int = TRIES,
    pause: Callable[[float], None] | None = None,
) -> RunResult:
    """Send what is pending; every submission ends as sent or with its cause.

    ``client`` is the version of the program, ``pause`` waits between tries (default: until cancelled). Raises
    FieldappError if not even hello and offer succeeded (nothing was tried then), ``Cancelled`` within
    0.1 s of ``transport.abort()`` from any thread; receipts kept before stay kept.
    """
    return _Run(transport, enrolment, outbox, listener, tries, pause or transport.pause).whole(
        client, clock, batch_id or uuid4()
    )


@dataclass(frozen=True, slots=True)
class _Submitted:
    """The answers to a request, and what of it could not even be read on this laptop."""

    answers: Mapping[UUID, ItemAnswer]
    unreadable: Mapping[UUID, FieldappError]


@dataclass(frozen=True, slots=True)
class _Filed:
    """The answers to a request with several files, and what of them could not be read on this laptop."""

    answers: Mapping[str, FileAnswer]
    unreadable: Mapping[str, FieldappError]


class _Meter:
    """Body bytes handed to the line: of requests under way by key, and in all. Lanes write, the run reads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[str, int] = {}
        self.all = 0

    def count(self, key: str, size: int) -> None:
        with self._lock:
            self._under_way[key] = self._under_way.get(key, 0) + size
            self.all += size

    def over(self, key: str) -> None:
        """The request is over: its answer says what arrived."""
        with self._lock:
            self._under_way.pop(key, None)

    def of(self, key: str) -> int:
        """Bytes under way of one file."""
        with self._lock:
            return self._under_way.get(key, 0)

    @property
    def under_way(self) -> int:
        with self._lock:
            return sum(self._under_way.values())


class _Run:
    def __init__(
        self,
        transport: Transport,
        enrolment: Enrolment,
        outbox: Outbox,
        listener: Listener | None,
        tries: int,
        pause: Callable[[float], None],
    ) -> None:
        self._transport = transport
        self._enrolment = enrolment
        self._outbox = outbox
        self._listener = listener
        self._tries = tries
        self._pause = pause
        self._patience = Patience(tries)
        self._meter = _Meter()
        self._lanes: Lanes[tuple[Step | None, int], object] = Lanes(PARALLEL_BLOBS + 1)
        self._contents: dict[str, bytes] = {}
        self._items: dict[UUID, OutgoingSubmission] = {}
        self._manifests: dict[UUID, SubmissionManifest] = {}
        self._sent: list[UUID] = []
        self._not_sent: dict[UUID, Cause] = {}
        self._flags: dict[UUID, tuple[str, ...]] = {}
        self._ended: FieldappError | None = None
        self._told: tuple[int, int] | None = None
        self._states: dict[UUID, str] = {}
        self._step = ""

    def whole(self, client: str, clock: Callable[[], datetime], batch_id: UUID) -> RunResult:
        try:
            self._begin("hello")
            self._patience = Patience(min(self._tries, FIRST_TRIES))
            answer = self._insist(lambda: hello(self._transport, client=client, now=clock()))
            self._patience = Patience(self._tries)
            lost = self._lost(answer.audit.seq)
            pending = self._outbox.pending()
            self._plan = Plan(self._consistent(pending), self._tries)
            self._batch_id = batch_id
            self._begin("offer")
            audit = self._outbox.audit_since(answer.audit.seq)
            for message in offers(batch_id, audit, list(self._items.values())):
                states = self._insist(partial(offer, self._transport, message))
                self._plan.blobs_at(states)
            self._transfer()
        finally:
            self._lanes.close()
        return RunResult(
            sent=tuple(self._sent),
            not_sent=self._not_sent,
            bytes_sent=self._meter.all,
            bytes_total=self._plan.total,
            server_time=answer.server_time,
            forms=answer.forms,
            flags=self._flags,
            ended=self._ended,
            audit_extends=audit.since == answer.audit,
            lost=lost,
        )

    def _lost(self, seq: int) -> tuple[UUID, ...]:
        """What the server, whose audit head is at ``seq``, gave receipts for and lost. It is pending again
        before the offer, which moves that head.
        """
        shown = portions(self._outbox.receipts_from(seq))
        if shown:
            self._begin("standing")
        lost = [one for some in shown for one in self._insist(partial(gone, self._transport, some))]
        if lost:
            self._outbox.put_back(lost, seq)
        return tuple(lost)

    def _consistent(
        self, pending: Sequence[OutgoingSubmission]
    ) -> list[tuple[OutgoingSubmission, SubmissionManifest]]:
        """Those whose manifest fits; the others are not sent, and hold back no one."""
        for item in pending:
            try:
                self._manifests[item.instance_id] = submissions.manifest_of(item)
            except FieldappError as error:
                self._give_up(item.instance_id, error)
            else:
                self._items[item.instance_id] = item
        return [(item, self._manifests[key]) for key, item in self._items.items()]

    # waiting for the lanes

    def _insist(self, request: Callable[[], T]) -> T:
        """The answer of a request that everything else needs, repeated while that is worth it."""
        while True:
            epoch = self._patience.epoch
            self._lanes.give((None, epoch), request)
            outcome = self._outcome()
            if outcome.error is None:
                self._patience.progress()
                return cast("T", outcome.result)
            if not (isinstance(outcome.error, FieldappError) and worth_retrying(outcome.error)):
                raise outcome.error
            self._wait(outcome.error, epoch)

    def _wait(self, error: FieldappError, epoch: int) -> None:
        """Pause after a failure worth repeating. Raises it when patience is at its end."""
        seconds = self._patience.failed(epoch)
        if seconds is None:
            raise error
        seconds = max(seconds, wait_of(error))
        if seconds:
            self._pause(seconds)

    def _outcome(self) -> Outcome[tuple[Step | None, int], object]:
        """The next outcome. Raises ``Cancelled`` as soon as the run is cancelled."""
        while True:
            self._transport.pause(0)
            outcome = self._lanes.take(TICK)
            self._tell()
            if outcome is not None:
                return outcome

    # files and submissions

    def _transfer(self) -> None:
        under_way = 0
        self._tell()
        while self._ended is None or under_way:
            while self._ended is None and (step := self._plan.next()) is not None:
                self._give(step)
                under_way += 1
            self._settle()
            if not under_way:
                break
            outcome = self._outcome()
            under_way -= 1
            self._heed(outcome)
        if self._ended is not None:
            self._plan.end(self._ended)
            self._settle()
        if self._plan.unsettled:
            raise BugError("BUG_001", what="a run came to its end with submissions unsettled")
        self._tell()

    def _give(self, step: Step) -> None:
        self._begin("blobs" if self._plan.files_to_send else "submissions")
        work: Callable[[], object]
        if isinstance(step, Submit):
            for instance_id in step.ids:
                self._state(instance_id, "sending")
            work = partial(self._submit, step)
        elif isinstance(step, AskOffset):
            work = partial(blobs.ask, self._transport, step.sha256)
        else:
            for part in _parts(step):
                for instance_id in self._plan.needing(part.sha256):
                    self._state(instance_id, "sending")
            work = (
                partial(self._send_files, step) if isinstance(step, SendFiles) else partial(self._send, step)
            )
        self._lanes.give((step, self._patience.epoch), work)

    def _send(self, step: SendPart) -> BlobState | blobs.Mismatch:
        """In a lane: the next part of a file, read and checked once for all its parts."""
        content = self._contents.get(step.sha256)
        if content is None:
            content = blobs.checked(self._outbox.blob(step.sha256), step.sha256, step.size)
            self._contents[step.sha256] = content
        return blobs.send(
            self._transport,
            step.sha256,
            content[step.offset : step.end],
            offset=step.offset,
            size=step.size,
            sent=partial(self._meter.count, step.sha256),
        )

    def _send_files(self, step: SendFiles) -> _Filed:
        """In a lane: read and check the files of one request and send them."""
        contents: list[tuple[str, bytes]] = []
        unreadable: dict[str, FieldappError] = {}
        for part in step.parts:
            try:
                content = blobs.checked(self._outbox.blob(part.sha256), part.sha256, part.size)
            except FieldappError as error:
                unreadable[part.sha256] = error
            else:
                contents.append((part.sha256, content))
        if not contents:
            return _Filed({}, unreadable)
        return _Filed(blobs.send_files(self._transport, contents, self._meter.count), unreadable)

    def _submit(self, step: Submit) -> _Submitted:
        """In a lane: read the instances and send them."""
        envelopes: dict[UUID, bytes] = {}
        unreadable: dict[UUID, FieldappError] = {}
        for instance_id in step.ids:
            try:
                xml = self._outbox.instance_xml(instance_id)
                envelopes[instance_id] = submissions.envelope(self._items[instance_id], xml)
            except FieldappError as error:
                unreadable[instance_id] = error
        if not envelopes:
            return _Submitted({}, unreadable)
        answers = submissions.submit(
            self._transport, self._batch_id, tuple(envelopes), tuple(envelopes.values()), self._count_all
        )
        return _Submitted(answers, unreadable)

    def _count_all(self, size: int) -> None:
        self._meter.count("", size)
        self._meter.over("")  # an envelope is larger than the instance, which counts once its receipt is here

    def _heed(self, outcome: Outcome[tuple[Step | None, int], object]) -> None:
        """Take an outcome into the plan."""
        step, epoch = outcome.key
        if step is None:
            raise BugError("BUG_001", what="an answer that nobody asked for")
        self._plan.over(step)
        for part in _parts(step):
            self._meter.over(part.sha256)
        if outcome.error is not None:
            if not isinstance(outcome.error, FieldappError):
                raise outcome.error
            self._failed(step, outcome.error, epoch)
        elif isinstance(step, Submit):
            if isinstance(outcome.result, _Submitted):
                self._answered(step, outcome.result)
        elif isinstance(step, SendFiles):
            if isinstance(outcome.result, _Filed):
                self._filed(step, outcome.result, epoch)
        elif isinstance(outcome.result, BlobState):
            if self._plan.answered(step, outcome.result):
                self._patience.progress()
        elif isinstance(step, SendPart):
            self._plan.mismatched(step)
        for part in _parts(step):
            if not self._plan.wanted(part.sha256):
                self._contents.pop(part.sha256, None)

    def _filed(self, step: SendFiles, filed: _Filed, epoch: int) -> None:
        for part in step.parts:
            if part.sha256 in filed.unreadable:
                self._failed(part, filed.unreadable[part.sha256], epoch)
                continue
            answer = filed.answers[part.sha256]
            if answer.code == "content_mismatch":
                self._plan.mismatched(part)
            elif self._plan.answered(part, answer):
                self._patience.progress()

    def _failed(self, step: Step, error: FieldappError, epoch: int) -> None:
        if isinstance(step, Submit):
            go_on = self._plan.submit_failed(step, error)
        elif isinstance(step, SendFiles):
            go_on = self._plan.files_failed(step, error)
        else:
            go_on = self._plan.part_failed(step, error)
        if self._ended is not None:
            return
        if not go_on:
            self._ended = error
        elif worth_retrying(error):
            try:
                self._wait(error, epoch)
            except FieldappError as enough:
                self._ended = enough

    def _answered(self, step: Submit, submitted: _Submitted) -> None:
        for instance_id in step.ids:
            unreadable = submitted.unreadable.get(instance_id)
            answer = submitted.answers.get(instance_id)
            if unreadable is not None:
                self._plan.refused(instance_id, unreadable)
            elif answer is None:
                self._plan.refused(instance_id, EnvironmentProblem("SYNC_040"))
            elif answer.state == "refused":
                self._plan.refused(instance_id, Refusal(answer.code, answer.message, answer.retryable))
            elif answer.state == "incomplete":
                self._plan.incomplete(instance_id, answer.missing)
            else:
                self._stored(instance_id, answer)
            if self._plan.settled(instance_id):
                self._patience.progress()

    def _stored(self, instance_id: UUID, answer: ItemAnswer) -> None:
        """Sent, if the receipt proves it; it is kept durably before anything is said."""
        if answer.receipt is None:
            self._plan.refused(instance_id, EnvironmentProblem("SYNC_040"))
            return
        try:
            receipt = receipts.checked(answer.receipt, self._manifests[instance_id], self._enrolment)
        except EnvironmentProblem as error:
            self._plan.refused(instance_id, error)
            return
        self._outbox.sent(instance_id, answer.receipt)
        self._plan.sent(instance_id)
        self._sent.append(instance_id)
        self._not_sent.pop(instance_id, None)
        if receipt.flags:
            self._flags[instance_id] = receipt.flags
        self._state(instance_id, "sent")

    def _settle(self) -> None:
        """Tell of what the plan has given up."""
        for instance_id, cause in self._plan.take_failed():
            self._give_up(instance_id, cause)

    def _give_up(self, instance_id: UUID, cause: Cause) -> None:
        self._outbox.not_sent(instance_id, cause)
        self._not_sent[instance_id] = cause
        self._state(instance_id, "not_sent")

    # telling

    def _begin(self, step: str) -> None:
        if self._listener is not None and step != self._step:
            self._listener.step(step)
        self._step = step

    def _state(self, instance_id: UUID, state: str) -> None:
        """Tell a state once, however many files and tries it takes."""
        if self._listener is not None and self._states.get(instance_id) != state:
            self._states[instance_id] = state
            self._listener.item(instance_id, state)

    def _tell(self) -> None:
        if self._listener is None or self._step in {"hello", "standing", "offer"}:
            return
        now = (min(self._plan.arrived + self._meter.under_way, self._plan.total), self._plan.total)
        if now != self._told:
            self._listener.progress(*now)
            self._tell_parts(self._listener)
        self._told = now

    def _tell_parts(self, listener: Listener) -> None:
        for instance_id, state in self._states.items():
            if state != "sending":
                continue
            arrived = self._plan.arrived_of(instance_id)
            total = sum({file.sha256: file.size for file in self._items[instance_id].files}.values())
            done = sum(count + self._meter.of(sha256) for sha256, count in arrived.items())
            if total:
                listener.part(instance_id, min(done, total), total)


def _parts(step: Step) -> tuple[SendPart, ...]:
    """The bytes of files that a step sends."""
    if isinstance(step, SendFiles):
        return step.parts
    return (step,) if isinstance(step, SendPart) else ()
