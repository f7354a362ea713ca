"""What a run sends and whom it asks for it: the seam to the store, of which this layer knows nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from fieldapp.errors import FieldappError
from fieldapp.sync.protocol import AuditExtension, FormRef, SignedStatement
from fieldapp.sync.pull import PullResult
from fieldapp.sync.thumbnails import Copies


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file of a submission: name in the instance XML, 64 hex digits of SHA-256, bytes, media type."""

    name: str
    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class OutgoingSubmission:
    """A finalized submission without receipt. ``sha256`` is that of its instance XML."""

    instance_id: UUID
    sha256: str
    manifest: SignedStatement
    files: tuple[OutgoingFile, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The server's own words (``message`` is Chinese); ``retryable``: a later run may pass."""

    code: str
    message: str
    retryable: bool


#: Why a submission was not sent.
Cause = FieldappError | Refusal


class Outbox(Protocol):
    """What a run needs of the laptop. ``blob`` and ``instance_xml`` are called from several threads."""

    def pending(self) -> Sequence[OutgoingSubmission]:
        """What has no receipt, oldest first, versions of a record in order."""

    def instance_xml(self, instance_id: UUID) -> bytes:
        """The exact bytes that were signed."""

    def blob(self, sha256: str) -> bytes:
        """The original bytes of a file. UserError if they are missing or altered."""

    def receipts_from(self, seq: int) -> Sequence[tuple[UUID, SignedStatement]]:
        """The kept receipts that signed the own chain at entry ``seq`` or later, oldest first."""

    def put_back(self, instance_ids: Sequence[UUID], seq: int) -> None:
        """These are pending again, durable on return: the server, whose audit head is at ``seq``, has lost
        them. Their receipts are kept elsewhere.
        """

    def audit_since(self, seq: int) -> AuditExtension:
        """The own chain after entry ``seq``; from its origin if it has no such entry."""

    def sent(self, instance_id: UUID, receipt: SignedStatement) -> None:
        """Keep a verified receipt, durable on return: the submission is sent."""

    def not_sent(self, instance_id: UUID, error: Cause) -> None:
        """Keep why a submission was not sent in this run, to be shown."""


class Listener(Protocol):
    """Hears how a run goes, always in the thread that called ``run``; what it raises ends the run."""

    def step(self, name: str) -> None:
        """``hello``, ``standing``, ``offer``, ``blobs``, ``submissions``, ``pull``, ``forms``,
        ``thumbnails``: the step that begins.
        """

    def progress(self, done: int, total: int) -> None:
        """Bytes of files and instances: at the server or on the way, and all. Falls when a cut lost some."""

    def part(self, instance_id: UUID, done: int, total: int) -> None:
        """Bytes of the files of a submission that is being sent: at the server or on the way, and all."""

    def item(self, instance_id: UUID, state: str) -> None:
        """``sending`` (the first of its bytes goes), ``sent``, ``not_sent``; each once in a row."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run came to.

    ``not_sent``: the cause of each. ``bytes_sent``: request bodies of files and submissions, repeated bytes
    included; ``bytes_total``: files and instances of the batch. ``server_time`` and ``forms`` as hello said.
    ``flags``: results of the server's re-evaluation of what was sent, where there are any. ``ended``: the
    error that ended the run early. ``audit_extends``: whether the own audit chain goes on from where the
    server has seen it; if not, the server has flagged it. ``lost``: what had a receipt, was not on the server
    any more and therefore was sent again. ``pulled``: what the register got, None if the run did not come so
    far; ``not_pulled``: why. ``forms_taken``: new versions of forms, ``forms_refused``: SYNC_074 for those
    that cannot be used; ``copies``: small copies of photographs, None if none was wanted; ``not_brought``:
    what cut these short.
    """

    sent: tuple[UUID, ...]
    not_sent: Mapping[UUID, Cause]
    bytes_sent: int
    bytes_total: int
    server_time: datetime
    forms: tuple[FormRef, ...]
    flags: Mapping[UUID, tuple[str, ...]]
    ended: FieldappError | None
    audit_extends: bool
    lost: tuple[UUID, ...]
    pulled: PullResult | None = None
    not_pulled: FieldappError | None = None
    forms_taken: tuple[FormRef, ...] = ()
    forms_refused: tuple[FieldappError, ...] = ()
    copies: Copies | None = None
    not_brought: FieldappError | None = None
