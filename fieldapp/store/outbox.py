"""What waits to be sent, why it was not, and the receipts. Sent means: a receipt is stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlite_utils import Database as Rows

from fieldapp.errors import UserError
from fieldapp.store.audit import Audit
from fieldapp.store.database import Database, Row
from fieldapp.store.model import Outgoing, SignedText, moment
from fieldapp.store.redirects import FILE_OF_RECORD
from fieldapp.store.shown import refresh
from fieldapp.store.submissions import attachments_of

_LABEL = f"coalesce((SELECT label FROM shown WHERE list = 'buildings' AND id = {FILE_OF_RECORD}), '')"  # noqa: S608 - fixed
#: Columns of a record in a list: address, form, files and bytes with the instance.
_RECORD = (
    f"s.instance_id, {_LABEL}, "  # noqa: S608 - fixed
    "s.form_id, s.form_version, s.version, "
    "(SELECT count(*) FROM attachments a WHERE a.instance_id = s.instance_id), length(s.xml) + "
    "(SELECT coalesce(sum(size), 0) FROM attachments a WHERE a.instance_id = s.instance_id)"
)

#: The run that goes on.
_RUN = "SELECT number FROM sync_runs WHERE ended_at IS NULL AND number = (SELECT max(number) FROM sync_runs)"


@dataclass(frozen=True, slots=True)
class TransferRecord:
    """A record on its way, for lists. ``label`` is the building's address, empty for a house that is not in
    the register; ``size`` are bytes of files and instance. ``received_at``: when its receipt came, None while
    it waits; then ``code``, ``message``, ``remedy`` say why the last of ``tries`` failed, empty for none.
    """

    instance_id: UUID
    label: str
    form_id: str
    form_version: str
    version: int
    files: int
    size: int
    received_at: datetime | None
    tries: int = 0
    code: str = ""
    message: str = ""
    remedy: str = ""
    retryable: bool = True


class Outbox:
    """The queue of finalized submissions. Receipts are checked by the caller before they are recorded."""

    def __init__(self, database: Database, audit: Audit, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def pending(self) -> tuple[Outgoing, ...]:
        """What has no receipt yet, oldest first."""
        found = self._database.read(
            "SELECT o.instance_id, s.sha256, s.manifest, o.queued_at, o.tries, o.code, o.message, "
            "o.retryable "
            "FROM outbox o JOIN submissions s USING (instance_id) "
            "ORDER BY o.queued_at, s.record_id, s.version"
        )
        return tuple(
            Outgoing(
                UUID(row[0]),
                row[1],
                SignedText.from_json(row[2]),
                attachments_of(self._database, row[0]),
                datetime.fromisoformat(row[3]),
                row[4],
                row[5],
                row[6],
                bool(row[7]),
            )
            for row in found
        )

    def unsent(self) -> int:
        """How many submissions have no receipt yet."""
        row = self._database.one("SELECT count(*) FROM outbox")
        return 0 if row is None else int(row[0])

    def waiting(self, limit: int = 500) -> tuple[TransferRecord, ...]:
        """What has no receipt yet, for a list: refused ones first, then oldest first."""
        found = self._database.read(
            f"SELECT {_RECORD}, NULL, o.tries, o.code, o.message, o.remedy, o.retryable "  # noqa: S608 - names
            "FROM outbox o JOIN submissions s USING (instance_id) "
            "ORDER BY o.code = '', o.queued_at, s.record_id, s.version LIMIT ?",
            (limit,),
        )
        return tuple(_transfer(row) for row in found)

    def received(self, run: int, limit: int = 500) -> tuple[TransferRecord, ...]:
        """What a run brought receipts for, newest first; also those that the server has lost since."""
        found = self._database.read(
            f"SELECT {_RECORD}, r.received_at, 0, '', '', '', 1 FROM "  # noqa: S608 - names
            "(SELECT instance_id, received_at FROM receipts WHERE run = ? UNION ALL "
            "SELECT instance_id, received_at FROM lost_receipts WHERE run = ?) r "
            "JOIN submissions s USING (instance_id) ORDER BY r.received_at DESC, s.instance_id LIMIT ?",
            (run, run, limit),
        )
        return tuple(_transfer(row) for row in found)

    def record_receipt(self, instance_id: UUID, receipt: SignedText, audit_seq: int = 0) -> None:
        """Keep a verified receipt: the submission is sent. Again with the same one changes nothing.

        ``audit_seq``: the number of the own audit entry whose head the receipt signed.
        """

        def note(rows: Rows) -> None:
            instance = str(instance_id)
            self._known(rows, instance_id)
            rows.execute("DELETE FROM outbox WHERE instance_id = ?", (instance,))
            fresh = rows.execute(
                "INSERT INTO receipts (instance_id, statement, received_at, audit_seq, run) "  # noqa: S608 - SQL
                f"VALUES (?, ?, ?, ?, ({_RUN})) ON CONFLICT DO NOTHING RETURNING 1",
                (instance, receipt.to_json(), self._clock().isoformat(), audit_seq),
            ).fetchone()
            rows.execute("UPDATE submissions SET transfer = 'sent' WHERE instance_id = ?", (instance,))
            if fresh is not None:
                self._audit.add(rows, "submission.sent", {"instance_id": instance, "key_id": receipt.key_id})

        self._database.write(note)

    def record_refusal(
        self, instance_id: UUID, code: str, message: str, *, remedy: str, retryable: bool
    ) -> None:
        """Keep why a submission was not taken and what to do; it stays in the queue."""

        def note(rows: Rows) -> None:
            instance = str(instance_id)
            self._known(rows, instance_id)
            rows.execute(
                "UPDATE outbox SET tries = tries + 1, code = ?, message = ?, remedy = ?, retryable = ?, "
                "tried_at = ? WHERE instance_id = ?",
                (code, message, remedy, int(retryable), self._clock().isoformat(), instance),
            )
            self._audit.add(rows, "submission.refused", {"instance_id": instance, "code": code})

        self._database.write(note)

    def receipts_from(self, seq: int) -> tuple[tuple[UUID, SignedText], ...]:
        """The receipts that signed audit entry ``seq`` or a later one, oldest first."""
        found = self._database.read(
            "SELECT instance_id, statement FROM receipts WHERE audit_seq >= ? "
            "ORDER BY audit_seq, received_at, instance_id",
            (seq,),
        )
        return tuple((UUID(row[0]), SignedText.from_json(row[1])) for row in found)

    def put_back(self, instance_ids: Sequence[UUID], server_seq: int) -> None:
        """Queue records again that the server has lost; ``server_seq``: the own audit entry that it knows.

        They go in the order they were finalized in. Their receipts prove what the server had and are kept.
        Their effects on the register lie on top of it again, until a pull names the records anew. All in one
        transaction with the audit rows and the count of the run.
        """

        def note(rows: Rows) -> None:
            now = self._clock().isoformat()
            touched: set[tuple[str, str]] = set()
            for instance_id in instance_ids:
                instance = str(instance_id)
                touched.update(
                    rows.execute(
                        "UPDATE effects SET confirmed = 0 WHERE instance_id = ? AND confirmed = 1 "
                        "RETURNING list, id",
                        (instance,),
                    ).fetchall()
                )
                rows.execute("DELETE FROM submission_states WHERE instance_id = ?", (instance,))
                rows.execute(
                    "INSERT INTO lost_receipts (instance_id, statement, received_at, run, lost_at) "
                    "SELECT instance_id, statement, received_at, run, ? FROM receipts WHERE instance_id = ?",
                    (now, instance),
                )
                rows.execute("DELETE FROM receipts WHERE instance_id = ?", (instance,))
                rows.execute(
                    "INSERT INTO outbox (instance_id, queued_at) "
                    "SELECT instance_id, finalized_at FROM submissions WHERE instance_id = ? "
                    "ON CONFLICT DO NOTHING",
                    (instance,),
                )
                rows.execute("UPDATE submissions SET transfer = 'queued' WHERE instance_id = ?", (instance,))
                self._audit.add(rows, "submission.lost_by_server", {"instance_id": instance})
            for list_name, item in sorted(touched):
                refresh(rows, list_name, item)
            rows.execute(
                f"UPDATE sync_runs SET lost = lost + ? WHERE number = ({_RUN})",  # noqa: S608 - SQL
                (len(instance_ids),),
            )
            self._audit.add(rows, "server.went_back", {"records": len(instance_ids), "seq": server_seq})

        self._database.write(note)

    def lost_unsent(self) -> int:
        """How many of what waits had a receipt before the server lost it."""
        row = self._database.one(
            "SELECT count(*) FROM outbox WHERE instance_id IN (SELECT instance_id FROM lost_receipts)"
        )
        return 0 if row is None else int(row[0])

    def receipt(self, instance_id: UUID) -> SignedText | None:
        """The stored receipt of a submission."""
        row = self._database.one("SELECT statement FROM receipts WHERE instance_id = ?", (str(instance_id),))
        return None if row is None else SignedText.from_json(row[0])

    def _known(self, rows: Rows, instance_id: UUID) -> None:
        if not rows.execute(
            "SELECT 1 FROM submissions WHERE instance_id = ?", (str(instance_id),)
        ).fetchone():
            raise UserError("STORE_034", kind="submission", id=instance_id)


def _transfer(row: Row) -> TransferRecord:
    columns = list(row)
    columns[0], columns[7], columns[12] = UUID(row[0]), moment(row[7]), bool(row[12])
    return TransferRecord(*columns)
