"""What to send next, given the answers so far. No I/O and no clock: the same answers lead to the same steps.

Oldest first. A submission goes as soon as its files are there, with two exceptions: a correction waits for
the version that it replaces, and submissions about one building go in their order, so that the register sees
changes in the order they were made. Neither waits for one that failed for good.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from fieldapp.errors import EnvironmentProblem, FieldappError, UserError
from fieldapp.sync.outgoing import Cause, OutgoingSubmission
from fieldapp.sync.problems import worth_retrying
from fieldapp.sync.protocol import BLOB_PART_BYTES, MOST_FILES, BlobState, SubmissionManifest
from fieldapp.sync.submissions import ROOM, weight
from fieldapp.sync.transport import PARALLEL_BLOBS

#: Submissions in one request: few enough that re-evaluation keeps within the read time-out.
MOST_ITEMS = 50
#: A file that arrives with another content so many times is not sent again in this run.
MOST_MISMATCHES = 2
#: Parts are not made smaller than this when something on the way refuses their size, bytes.
LEAST_PART = 64 * 1024
#: Files up to this size share requests, bytes. A larger one is several pieces to the server, and more of it
#: would have to be sent again after a cut.
SMALL = 1024 * 1024
#: Errors that concern one file or submission; every other one ends the run once repeating does not help.
_OWN_TO_ITEM = frozenset(
    f"SYNC_{n}" for n in ("013", "025", "026", "028", "032", "040", "042", "044", "045", "047")
)


@dataclass(frozen=True, slots=True)
class AskOffset:
    """Ask how far a file has come."""

    sha256: str


@dataclass(frozen=True, slots=True)
class SendPart:
    """Send bytes ``offset`` to ``end`` of a file of ``size`` bytes."""

    sha256: str
    offset: int
    end: int
    size: int


@dataclass(frozen=True, slots=True)
class Submit:
    """Send these submissions in one request."""

    ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class SendFiles:
    """Send several whole files in one request: a day has thousands of small ones, and requests cost more
    than their bytes.
    """

    parts: tuple[SendPart, ...]


BlobStep = AskOffset | SendPart | SendFiles
Step = BlobStep | Submit


@dataclass(slots=True)
class _Blob:
    sha256: str
    size: int
    rank: int
    offset: int = 0
    best: int = 0
    sure: bool = False
    stored: bool = False
    busy: bool = False
    alone: bool = False
    failures: int = 0
    mismatches: int = 0
    error: FieldappError | None = None
    users: list[_Item] = field(default_factory=list)

    @property
    def goes_with_others(self) -> bool:
        """Whether it may share a request: nothing of it has arrived, and no such request failed by it."""
        return self.sure and self.offset == 0 and self.size <= SMALL and not self.alone

    def __lt__(self, other: _Blob) -> bool:
        # One that fails again and again goes behind the others, which it must not hold back.
        return (self.failures > 1, self.rank) < (other.failures > 1, other.rank)


@dataclass(slots=True)
class _Item:
    outgoing: OutgoingSubmission
    manifest: SubmissionManifest
    rank: int
    weight: int
    missing: set[str]
    replaces: _Item | None = None
    before: _Item | None = None
    state: str = "waiting"  # ready, posting, sent, not_sent
    alone: bool = False
    failures: int = 0
    cause: Cause | None = None

    def __lt__(self, other: _Item) -> bool:
        # One that breaks requests goes behind the others, which it must not hold back.
        return (self.failures > 0, self.rank) < (other.failures > 0, other.rank)

    @property
    def under_way(self) -> bool:
        return self.state in {"waiting", "ready", "posting"}


class Plan:
    """The state of one batch. ``tries``: repetitions in vain before a file or submission is given up.

    ``total``: bytes of all files and instances; ``arrived``: those that the server has said it has.
    """

    def __init__(self, items: Sequence[tuple[OutgoingSubmission, SubmissionManifest]], tries: int) -> None:
        self._tries = tries
        self._part = BLOB_PART_BYTES
        self._items: dict[UUID, _Item] = {}
        self._blobs: dict[str, _Blob] = {}
        self._ready: list[_Item] = []
        self._submitting = False
        self._busy = 0
        buildings: dict[UUID, _Item] = {}
        for outgoing, manifest in items:
            item = self._enter(outgoing, manifest)
            if manifest.deprecated_id is not None:
                item.replaces = self._items.get(manifest.deprecated_id)
            building = manifest.visit.building_id
            if building is not None:
                item.before = buildings.get(building)
                buildings[building] = item
        self._to_send = sorted(self._blobs.values())
        self.arrived = 0
        self.total = sum(blob.size for blob in self._blobs.values()) + sum(
            item.manifest.size for item in self._items.values()
        )
        self._failed: list[tuple[UUID, Cause]] = []

    def _enter(self, outgoing: OutgoingSubmission, manifest: SubmissionManifest) -> _Item:
        item = _Item(
            outgoing,
            manifest,
            rank=len(self._items),
            weight=weight(outgoing, manifest),
            missing={file.sha256 for file in outgoing.files},
        )
        self._items[outgoing.instance_id] = item
        for file in outgoing.files:
            blob = self._blobs.setdefault(file.sha256, _Blob(file.sha256, file.size, len(self._blobs)))
            if item not in blob.users:
                blob.users.append(item)
        self._if_ready(item)
        return item

    @property
    def unsettled(self) -> tuple[UUID, ...]:
        """The submissions that are neither sent nor given up."""
        return tuple(key for key, item in self._items.items() if item.under_way)

    @property
    def files_to_send(self) -> bool:
        """Whether files are still to come or on their way."""
        return bool(self._busy or self._to_send)

    def settled(self, instance_id: UUID) -> bool:
        """Whether the submission is sent or given up."""
        return not self._items[instance_id].under_way

    def wanted(self, sha256: str) -> bool:
        """Whether bytes of the file are still to be sent in this run."""
        blob = self._blobs[sha256]
        return not blob.stored and blob.sure and any(item.under_way for item in blob.users)

    def needing(self, sha256: str) -> tuple[UUID, ...]:
        """The submissions under way that a file belongs to."""
        return tuple(item.outgoing.instance_id for item in self._blobs[sha256].users if item.under_way)

    def arrived_of(self, instance_id: UUID) -> Mapping[str, int]:
        """Bytes of each file of a submission that the server has said it has."""
        files = self._items[instance_id].outgoing.files
        return {file.sha256: self._blobs[file.sha256].offset for file in files}

    def take_failed(self) -> list[tuple[UUID, Cause]]:
        """The submissions given up since the last call."""
        failed, self._failed = self._failed, []
        return failed

    # what to do

    def next(self) -> Step | None:
        """The next step, now under way; None if nothing can be begun before an answer comes."""
        return self._next_submit() or self._next_blob()

    def _next_blob(self) -> Step | None:
        if self._busy >= PARALLEL_BLOBS:
            return None
        blob = self._pop(lambda _: True)
        if blob is None:
            return None
        self._busy += 1
        if not blob.sure:
            return AskOffset(blob.sha256)
        parts = [SendPart(blob.sha256, blob.offset, min(blob.offset + self._part, blob.size), blob.size)]
        room = self._part - blob.size
        if blob.goes_with_others:
            while len(parts) < MOST_FILES and (more := self._pop(partial(_fits, room=room))) is not None:
                parts.append(SendPart(more.sha256, 0, more.size, more.size))
                room -= more.size
        return parts[0] if len(parts) == 1 else SendFiles(tuple(parts))

    def _pop(self, wanted: Callable[[_Blob], bool]) -> _Blob | None:
        """The next file, busy now, if it is wanted. Those that nobody waits for any more are left out."""
        while self._to_send:
            blob = self._to_send[0]
            if any(item.under_way for item in blob.users):
                if not wanted(blob):
                    return None
                blob.busy = True
                return self._to_send.pop(0)
            del self._to_send[0]
        return None

    def _next_submit(self) -> Step | None:
        if self._submitting:
            return None
        chosen: list[_Item] = []
        room = ROOM
        for item in list(self._ready):
            if item.state != "ready" or self._held(item):
                continue
            if item.weight > room or (chosen and item.alone):
                break
            chosen.append(item)
            room -= item.weight
            item.state = "posting"
            if item.alone or len(chosen) == MOST_ITEMS:
                break
        self._ready = [item for item in self._ready if item.state == "ready"]
        self._submitting = bool(chosen)
        return Submit(tuple(item.outgoing.instance_id for item in chosen)) if chosen else None

    def _held(self, item: _Item) -> bool:
        replaced = item.replaces
        if replaced is not None and replaced.under_way:
            return True
        if replaced is not None and replaced.cause is not None and replaced.cause.retryable:
            self._give_up(item, EnvironmentProblem("SYNC_046"))
            return True
        earlier = item.before
        while earlier is not None and earlier.state != "sent":
            if earlier.under_way:
                return True
            earlier = earlier.before
        return False

    # answers

    def blobs_at(self, states: Iterable[BlobState]) -> None:
        """What an offer's answer says of the files."""
        for state in states:
            blob = self._blobs.get(state.sha256)
            if blob is not None and not blob.busy:
                self._stands(blob, state)
        self._to_send = [blob for blob in self._to_send if not blob.stored]

    def answered(self, step: AskOffset | SendPart, state: BlobState) -> bool:
        """A file's state after a step; whether it has come further than ever before."""
        blob = self._idle(step.sha256)
        before = blob.best
        self._stands(blob, state)
        progress = blob.stored or blob.best > before
        if progress:
            blob.failures = 0
        elif isinstance(step, SendPart):
            self._count(blob, EnvironmentProblem("SYNC_026"))
        self._again(blob)
        return progress

    def _stands(self, blob: _Blob, state: BlobState) -> None:
        # More than the whole file is the rest of something else: the server finds out when we begin at 0.
        self._move(blob, state.offset if state.offset <= blob.size else 0)
        blob.best = max(blob.best, blob.offset)
        blob.sure = True
        if not state.stored:
            return
        blob.stored = True
        self._move(blob, blob.size)
        for item in blob.users:
            item.missing.discard(blob.sha256)
            self._if_ready(item)

    def _move(self, blob: _Blob, offset: int) -> None:
        self.arrived += offset - blob.offset
        blob.offset = offset

    def mismatched(self, step: SendPart) -> None:
        """The file arrived with another content and was thrown away."""
        blob = self._idle(step.sha256)
        self._move(blob, 0)
        blob.best = 0
        blob.mismatches += 1
        if blob.mismatches >= MOST_MISMATCHES:
            blob.error = EnvironmentProblem("SYNC_042", sha256=blob.sha256, times=blob.mismatches)
        self._again(blob)

    def part_failed(self, step: AskOffset | SendPart, error: FieldappError) -> bool:
        """A step of a file failed; whether the run can go on."""
        blob = self._idle(step.sha256)
        blob.sure = False
        if error.code == "SYNC_025" and isinstance(step, SendPart) and step.end - step.offset > LEAST_PART:
            self._part = max((step.end - step.offset) // 4, LEAST_PART)
        elif worth_retrying(error):
            self._count(blob, error)
        else:
            blob.error = error
        self._again(blob)
        return worth_retrying(error) or _own_to_item(error)

    def _count(self, blob: _Blob, error: FieldappError) -> None:
        blob.failures += 1
        if blob.failures >= self._tries and _own_to_item(error):
            blob.error = error

    def files_failed(self, step: SendFiles, error: FieldappError) -> bool:
        """A request with several files failed as a whole; whether the run can go on."""
        if not _own_to_item(error):
            told = [self.part_failed(part, error) for part in step.parts]  # each of them
            return all(told)
        # Answered and yet no answer: one of them may be the reason, or the size of all.
        if error.code == "SYNC_025":
            self._part = max(sum(part.size for part in step.parts) // 4, LEAST_PART)
        for part in step.parts:
            blob = self._idle(part.sha256)
            blob.sure, blob.alone = False, True
            self._again(blob)
        return True

    def _idle(self, sha256: str) -> _Blob:
        blob = self._blobs[sha256]
        blob.busy = False
        return blob

    def _again(self, blob: _Blob) -> None:
        if blob.error is not None:
            for item in blob.users:
                self._give_up(item, blob.error)
        elif not blob.stored:
            insort(self._to_send, blob)

    def sent(self, instance_id: UUID) -> None:
        """A submission's receipt is verified and kept."""
        item = self._items[instance_id]
        item.state = "sent"
        self.arrived += item.manifest.size

    def refused(self, instance_id: UUID, cause: Cause) -> None:
        """A submission was answered, and not with a valid receipt."""
        self._give_up(self._items[instance_id], cause)

    def incomplete(self, instance_id: UUID, missing: Sequence[str]) -> None:
        """The server lacks files of a submission: its word counts, they are sent again."""
        item = self._items[instance_id]
        item.failures += 1
        own = {file.sha256 for file in item.outgoing.files}
        if item.failures >= self._tries or not missing or not own.issuperset(missing):
            self._give_up(item, EnvironmentProblem("SYNC_043", count=len(missing)))
            return
        item.state = "waiting"
        for sha256 in missing:
            blob = self._blobs[sha256]
            item.missing.add(sha256)
            if blob.stored:
                blob.stored = blob.sure = False
                blob.best = 0
                self._move(blob, 0)
                insort(self._to_send, blob)

    def over(self, step: Step) -> None:
        """The request of a step is over, answered or not; the next may begin."""
        if isinstance(step, Submit):
            self._submitting = False
        else:
            self._busy -= 1

    def submit_failed(self, step: Submit, error: FieldappError) -> bool:
        """A request failed as a whole; whether the run can go on."""
        own = _own_to_item(error)
        for instance_id in step.ids:
            item = self._items[instance_id]
            # Answered and yet no answer: one of them may be the reason, so each goes alone from now on.
            suspect, item.alone = item.alone or len(step.ids) == 1, item.alone or own
            item.failures += suspect and own
            if (own and suspect and not worth_retrying(error)) or item.failures >= self._tries:
                self._give_up(item, error)
            else:
                item.state = "waiting"
                self._if_ready(item)
        return worth_retrying(error) or own

    def end(self, error: FieldappError) -> None:
        """Give up all that is not settled."""
        for item in self._items.values():
            if item.under_way:
                self._give_up(item, error)

    def _if_ready(self, item: _Item) -> None:
        if item.state == "waiting" and not item.missing:
            item.state = "ready"
            insort(self._ready, item)

    def _give_up(self, item: _Item, cause: Cause) -> None:
        if item.under_way:
            item.state, item.cause = "not_sent", cause
            self._failed.append((item.outgoing.instance_id, cause))


def _fits(blob: _Blob, room: int) -> bool:
    return blob.goes_with_others and blob.size <= room


def _own_to_item(error: FieldappError) -> bool:
    """Whether the error concerns one file or submission alone, wherever it came from on this laptop."""
    return error.code in _OWN_TO_ITEM or (isinstance(error, UserError) and not error.code.startswith("SYNC"))


class Patience:
    """Counts failures without any progress in between. ``tries`` of them end the run.

    One cut hits all lanes: failures of requests begun before the last pause are the same event.
    """

    def __init__(self, tries: int) -> None:
        self._tries = tries
        self._failures = 0
        self.epoch = 0

    def progress(self) -> None:
        """Something has come further."""
        self._failures = 0

    def failed(self, epoch: int) -> float | None:
        """Seconds to pause after a failure of a request begun in ``epoch``; None if it is enough."""
        if epoch < self.epoch:
            return 0.0
        self.epoch += 1
        self._failures += 1
        if self._failures >= self._tries:
            return None
        return min(0.5 * 2.0 ** (self._failures - 1), 30.0)
