"""A run of sync over the store: what is queued goes out, receipts and causes come back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Literal
from uuid import UUID

from fieldapp import __version__
from fieldapp.errors import EnvironmentProblem, FieldappError
from fieldapp.i18n import _, explain
from fieldapp.services import revocation
from fieldapp.services.registration import enrolment_of
from fieldapp.store import Store
from fieldapp.store.model import SignedText
from fieldapp.store.pulled import PulledRow
from fieldapp.store.sync_runs import LAST_SYNC
from fieldapp.sync.enrolment import Enrolment, connected
from fieldapp.sync.outgoing import Cause, Listener, OutgoingFile, OutgoingSubmission, Refusal, RunResult
from fieldapp.sync.problems import Cancelled
from fieldapp.sync.protocol import (
    AuditExtension,
    AuditHead,
    FormRef,
    PullPage,
    Receipt,
    SignedStatement,
    verified,
)
from fieldapp.sync.pull import pull
from fieldapp.sync.run import run
from fieldapp.sync.thumbnails import Progress as Copying
from fieldapp.sync.transport import Network, Transport

#: Setting: the forms that the server had published then.
SERVER_FORMS = "server_forms"


@dataclass(frozen=True, slots=True)
class FormDifference:
    """A form that laptop and server do not have alike. Versions are empty where the form is missing.

    ``kind``: ``missing`` here, ``unpublished`` there, ``version`` another newest one, ``content`` the same
    version with other bytes.
    """

    form_id: str
    own: str
    server: str
    kind: Literal["missing", "unpublished", "version", "content"]


@dataclass(frozen=True, slots=True)
class ReceiptContent:
    """A stored receipt, read. ``valid``: a key of this laptop's district signed exactly this text."""

    receipt: Receipt
    key_id: str
    signature: str
    valid: bool


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

    def run(
        self,
        listener: Listener | None = None,
        network: Network | None = None,
        copies: Copying = lambda _came, _wanted, _size: None,
    ) -> RunResult:
        """One run; every receipt is stored the moment it was verified, the run itself in the history.
        ``copies`` hears of small copies of photographs: how many came, are wanted, and their bytes.

        Raises the catalogue's SYNC errors when the run as a whole cannot go on (nothing is lost by that;
        after SYNC_021 the laptop is locked, see ``revocation``), and ``sync.problems.Cancelled`` after
        ``cancel``.
        """
        enrolment = self.enrolment
        number = self._store.sync_runs.begin()
        watch = _Watch(listener, self._clock)
        try:
            result = self._send(enrolment, watch, network, copies)
        except Cancelled:
            self._end(number, watch, "cancelled")
            raise
        except FieldappError as error:
            self._heed(error)
            self._end(number, watch, "failed", error)
            raise
        self._heed(result.ended or result.not_pulled or result.not_brought)
        offset = (result.server_time - watch.met_at).total_seconds() if watch.met_at else None
        self._store.sync_runs.end(
            number,
            result="partial" if self._store.outbox.unsent() else "complete",
            sent=len(result.sent),
            not_sent=len(result.not_sent),
            bytes_sent=result.bytes_sent,
            clock_offset=offset,
            why=_told(result.ended or result.not_pulled),
        )
        self._store.settings.set(LAST_SYNC, self._clock().isoformat())
        self._store.settings.set(SERVER_FORMS, [form.model_dump() for form in result.forms])
        return result

    def _send(
        self, enrolment: Enrolment, watch: _Watch, network: Network | None, copies: Copying
    ) -> RunResult:
        with connected(enrolment, network=network) as transport:
            self._transport = transport
            try:
                sent = run(
                    transport,
                    enrolment,
                    StoreOutbox(self._store),
                    client=__version__,
                    clock=self._clock,
                    listener=watch,
                )
                pulled = sent if sent.ended is not None else self._pull(transport, sent, watch)
                if pulled.pulled is None:
                    return pulled
                # Not above: the form engine and Pillow would come with the start of the program.
                from fieldapp.services.bringing import Bringing
                from fieldapp.services.photographs import Photographs

                photographs = Photographs(self._store, self._clock)
                return Bringing(self._store, photographs, watch.step, copies).bring(transport, pulled)
            finally:
                self._transport = None

    def _pull(self, transport: Transport, sent: RunResult, watch: _Watch) -> RunResult:
        """What was sent stays sent, whether the register could be fetched or not."""
        watch.step("pull")
        try:
            return replace(sent, pulled=pull(transport, StoreInlet(self._store)))
        except Cancelled:
            raise
        except FieldappError as error:
            return replace(sent, not_pulled=error)

    def _heed(self, error: FieldappError | None) -> None:
        """A laptop that its district refuses is locked from then on."""
        if error is not None and error.code == revocation.REFUSED:
            revocation.note(self._store, self._clock)

    def _end(
        self,
        number: int,
        watch: _Watch,
        result: Literal["cancelled", "failed"],
        error: FieldappError | None = None,
    ) -> None:
        self._store.sync_runs.end(
            number,
            result=result,
            sent=watch.sent,
            not_sent=watch.not_sent,
            bytes_sent=watch.bytes_sent,
            why=_told(error),
        )

    def notice(self) -> EnvironmentProblem | None:
        """SYNC_060 if the last run found that the server had lost records, and as long as some of those wait
        again. Not raised: the run goes on, but nobody shall have to find out from the figures.
        """
        runs = self._store.sync_runs.list(1)
        count = max(self._store.outbox.lost_unsent(), runs[0].lost if runs else 0)
        return EnvironmentProblem("SYNC_060", count=count) if count else None

    def cancel(self) -> None:
        """Break off the run at once; what has arrived stays arrived."""
        transport = self._transport
        if transport is not None:
            transport.abort()

    def form_differences(self) -> tuple[FormDifference, ...]:
        """Forms whose newest version here is not the server's, as of the last run; by form id."""
        kept = self._store.settings.get(SERVER_FORMS)
        if kept is None:
            return ()
        newest: dict[str, FormRef] = {}
        for form in (FormRef.model_validate(one) for one in kept):
            if form.form_id not in newest or form.version > newest[form.form_id].version:
                newest[form.form_id] = form
        own = {form.form_id: form for form in self._store.forms.list()}  # the last installed counts
        found: list[FormDifference] = []
        for form_id in sorted(own.keys() | newest.keys()):
            here, there = own.get(form_id), newest.get(form_id)
            if here is None and there is not None:
                found.append(FormDifference(form_id, "", there.version, "missing"))
            elif there is None and here is not None:
                found.append(FormDifference(form_id, here.version, "", "unpublished"))
            elif here is not None and there is not None and here.version != there.version:
                found.append(FormDifference(form_id, here.version, there.version, "version"))
            elif here is not None and there is not None and here.sha256 != there.sha256:
                found.append(FormDifference(form_id, here.version, there.version, "content"))
        return tuple(found)

    def receipt(self, instance_id: UUID) -> ReceiptContent | None:
        """The receipt of a submission, its signature checked anew; None while there is none."""
        kept = self._store.outbox.receipt(instance_id)
        if kept is None:
            return None
        statement = SignedStatement(key_id=kept.key_id, statement=kept.statement, signature=kept.signature)
        key = self.enrolment.server_key(kept.key_id)
        return ReceiptContent(
            receipt=Receipt.model_validate_json(kept.statement),
            key_id=kept.key_id,
            signature=kept.signature,
            valid=key is not None and verified(statement, key),
        )


class _Watch:
    """Counts for the history what passes to the listener: a run that is cut off has no result to tell it."""

    def __init__(self, listener: Listener | None, clock: Callable[[], datetime]) -> None:
        self._listener = listener
        self._clock = clock
        self._first: int | None = None
        self.met_at: datetime | None = None
        self.sent = self.not_sent = self.bytes_sent = 0

    def step(self, name: str) -> None:
        """What comes right after hello, whose answer told the server's time."""
        if name != "hello" and self.met_at is None:
            self.met_at = self._clock()
        if self._listener is not None:
            self._listener.step(name)

    def progress(self, done: int, total: int) -> None:
        """What had arrived before this run is not of it."""
        if self._first is None:
            self._first = done
        self.bytes_sent = max(self.bytes_sent, done - self._first)
        if self._listener is not None:
            self._listener.progress(done, total)

    def part(self, instance_id: UUID, done: int, total: int) -> None:
        """Of one record: nothing for the history."""
        if self._listener is not None:
            self._listener.part(instance_id, done, total)

    def item(self, instance_id: UUID, state: str) -> None:
        """Sent or not."""
        self.sent += state == "sent"
        self.not_sent += state == "not_sent"
        if self._listener is not None:
            self._listener.item(instance_id, state)


def cause_and_remedy(cause: Cause) -> tuple[str, str]:
    """Why a record was not sent and what to do, in the user's language."""
    if not isinstance(cause, Refusal):
        return explain(cause)[1:]
    if cause.retryable:
        return cause.message, _("Sync again later; the record stays on this laptop.")
    return cause.message, _(
        "Tell the district office the code {code}; the record stays on this laptop."
    ).format(code=cause.code)


def _told(error: FieldappError | None) -> tuple[str, str, str]:
    """Code, cause and remedy for the history."""
    return ("", "", "") if error is None else (error.code, *cause_and_remedy(error))


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

    def receipts_from(self, seq: int) -> Sequence[tuple[UUID, SignedStatement]]:
        """Kept receipts over the own audit chain from entry ``seq`` on."""
        return tuple(
            (
                instance_id,
                SignedStatement(key_id=one.key_id, statement=one.statement, signature=one.signature),
            )
            for instance_id, one in self._store.outbox.receipts_from(seq)
        )

    def put_back(self, instance_ids: Sequence[UUID], seq: int) -> None:
        """Queue again what the server has lost; durable when it returns."""
        self._store.outbox.put_back(instance_ids, seq)

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
        seq = Receipt.model_validate_json(receipt.statement).audit.seq
        self._store.outbox.record_receipt(instance_id, kept, seq)

    def not_sent(self, instance_id: UUID, error: FieldappError | Refusal) -> None:
        """Keep why it did not arrive, in words to be shown."""
        message, remedy = cause_and_remedy(error)
        self._store.outbox.record_refusal(
            instance_id, error.code, message, remedy=remedy, retryable=error.retryable
        )


class StoreInlet:
    """The store as a pull wants it."""

    def __init__(self, store: Store) -> None:
        self._pulled = store.pulled

    def cursor(self) -> tuple[int, str, bool]:
        """Where to go on."""
        at = self._pulled.cursor()
        return at.after, at.subset, at.anew

    def begin_anew(self) -> None:
        """From the beginning, beside the register that is shown."""
        self._pulled.begin_anew()

    def ready(self, page: PullPage) -> Callable[[], None]:
        """One page, made ready to be kept."""
        rows = (
            PulledRow(one.list, one.id, one.version, one.label, one.data, one.deleted, one.change_no)
            for one in page.rows
        )
        states = {one.instance_id: str(one.state) for one in page.submissions}
        return partial(self._pulled.keep, self._pulled.ready(rows, page.gone, states, page.upto, page.subset))

    def finish(self) -> int:
        """Settle."""
        return self._pulled.finish()

    def tallies(self) -> Mapping[str, tuple[int, int]]:
        """What was pulled so far, as it was counted."""
        return self._pulled.tallies()

    def recount(self) -> Mapping[str, tuple[int, int]]:
        """What was pulled so far, counted anew."""
        return self._pulled.recount()
