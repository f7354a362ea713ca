"""A run of sync over the store: what is queued goes out, receipts and causes come back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from fieldapp import __version__
from fieldapp.errors import FieldappError
from fieldapp.i18n import explain
from fieldapp.services.registration import enrolment_of
from fieldapp.store import Store
from fieldapp.store.model import SignedText
from fieldapp.sync.enrolment import Enrolment, connected
from fieldapp.sync.outgoing import Listener, OutgoingFile, OutgoingSubmission, Refusal, RunResult
from fieldapp.sync.protocol import AuditExtension, AuditHead, SignedStatement
from fieldapp.sync.run import run
from fieldapp.sync.transport import Network, Transport

#: Setting: when the last run reached the server, ISO with zone.
LAST_SYNC = "last_sync"


class Syncing:
    """Sends what waits. One run at a time; ``cancel`` may come from any thread."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._transport: Transport | None = None

    @property
    def enrolment(self) -> Enrolment:
        """The district this laptop belongs to. UserError LAPTOP_001."""
        return enrolment_of(self._store)

    def run(self, listener: Listener | None = None, network: Network | None = None) -> RunResult:
        """One run; every receipt is stored the moment it was verified.

        Raises the catalogue's SYNC errors when the run as a whole cannot go on (nothing is lost by that), and
        ``sync.problems.Cancelled`` after ``cancel``.
        """
        enrolment = self.enrolment
        with connected(enrolment, network=network) as transport:
            self._transport = transport
            try:
                result = run(
                    transport,
                    enrolment,
                    StoreOutbox(self._store),
                    client=__version__,
                    clock=self._clock,
                    listener=listener,
                )
            finally:
                self._transport = None
        self._store.settings.set(LAST_SYNC, self._clock().isoformat())
        return result

    def cancel(self) -> None:
        """Break off the run at once; what has arrived stays arrived."""
        if self._transport is not None:
            self._transport.abort()


class StoreOutbox:
    """The store as the run of ``fieldapp.sync`` wants it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def pending(self) -> Sequence[OutgoingSubmission]:
        """What has no receipt yet, oldest first, versions in order."""
        return tuple(
            OutgoingSubmission(
                instance_id=one.instance_id,
                sha256=one.sha256,
                manifest=SignedStatement(
                    key_id=one.manifest.key_id,
                    statement=one.manifest.statement,
                    signature=one.manifest.signature,
                ),
                files=tuple(
                    OutgoingFile(file.name, file.sha256, file.size, file.media_type)
                    for file in one.attachments
                ),
            )
            for one in self._store.outbox.pending()
        )

    def instance_xml(self, instance_id: UUID) -> bytes:
        """The frozen bytes. UserError STORE_040 if they lost their hash."""
        return self._store.submissions.get(instance_id).xml

    def blob(self, sha256: str) -> bytes:
        """A file's bytes. UserError STORE_031, STORE_032 if it is missing or altered."""
        return self._store.vault.get(sha256)

    def audit_since(self, seq: int) -> AuditExtension:
        """The chain from entry ``seq`` on; from its beginning if this laptop has no such entry."""
        audit = self._store.audit
        since = audit.at(seq) or audit.at(0)
        assert since is not None
        head = audit.head()
        return AuditExtension(
            since=AuditHead(seq=since.seq, head=since.head),
            links=audit.links(since.seq)[: head.seq - since.seq],
            head=AuditHead(seq=head.seq, head=head.head),
        )

    def sent(self, instance_id: UUID, receipt: SignedStatement) -> None:
        """Keep a verified receipt; durable when it returns."""
        kept = SignedText(receipt.statement, receipt.key_id, receipt.signature)
        self._store.outbox.record_receipt(instance_id, kept)

    def not_sent(self, instance_id: UUID, error: FieldappError | Refusal) -> None:
        """Keep why it did not arrive, in words to be shown."""
        if isinstance(error, Refusal):
            code, message, retryable = error.code, error.message, error.retryable
        else:
            _title, message, remedy = explain(error)
            code, message, retryable = error.code, f"{message}{remedy}", error.retryable
        self._store.outbox.record_refusal(instance_id, code, message, retryable=retryable)
