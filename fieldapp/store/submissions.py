"""Finalized submissions: written once in one transaction, never changed; only their states move."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlite_utils import Database as Rows

from fieldapp.errors import BugError, UserError
from fieldapp.store.audit import Audit
from fieldapp.store.database import Database, Row
from fieldapp.store.documents import place_photos
from fieldapp.store.model import (
    Attachment,
    Chain,
    FinalizedSubmission,
    FinalizedVisit,
    RecordState,
    SignedText,
    Submission,
    to_json,
    uuid_or_none,
    visit_row,
)
from fieldapp.store.redirects import FILE_OF_RECORD, in_file, pointed
from fieldapp.store.shown import refresh
from fieldapp.store.vault import Vault

_COLUMNS = (
    "instance_id, record_id, version, deprecated_id, visit_id, building_id, form_id, form_version, xml, "
    "sha256, manifest, finalized_at, actor, record, paper, transfer, review"
)


class Submissions:
    """The records of this laptop."""

    def __init__(
        self, database: Database, vault: Vault, audit: Audit, actor: str, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._vault = vault
        self._audit = audit
        self._actor = actor
        self._clock = clock

    def finalize(self, finalized: FinalizedVisit) -> None:
        """Freeze a visit: records, attachments, effects, outbox and audit row together, its drafts gone.

        Durable when it returns; on any error nothing has changed. UserError STORE_033 if a file of an
        attachment is not whole in the vault, STORE_034 for an unknown visit, STORE_035 if it is finalized
        already (unless all submissions are corrections), STORE_036 if a version does not follow, STORE_037
        if an id is taken.
        """
        for one in finalized.submissions:
            self._check(one)
        self._database.write(lambda rows: self._freeze(rows, finalized))

    def _check(self, one: FinalizedSubmission) -> None:
        if hashlib.sha256(one.xml).hexdigest() != one.sha256:
            raise BugError("BUG_001", what="the hash is not that of the instance")
        said = json.loads(one.manifest.statement)
        if said.get("sha256") != one.sha256 or said.get("instance_id") != str(one.chain.instance_id):
            raise BugError("BUG_001", what="the manifest speaks of another instance")
        for attachment in one.attachments:
            if self._vault.size(attachment.sha256) != attachment.size:
                raise UserError("STORE_033", sha256=attachment.sha256)

    def _freeze(self, rows: Rows, finalized: FinalizedVisit) -> None:
        visit = replace(finalized.visit, state="finalized")
        found = rows.execute("SELECT state FROM visits WHERE visit_id = ?", (str(visit.visit_id),)).fetchone()
        if found is None:
            raise UserError("STORE_034", kind="visit", id=visit.visit_id)
        corrections = all(one.chain.deprecated_id is not None for one in finalized.submissions)
        if found[0] != "open" and not (corrections and finalized.submissions):
            raise UserError("STORE_035", visit_id=visit.visit_id)
        if found[0] == "open":
            rows.table("visits").update(str(visit.visit_id), visit_row(visit))
        for one in finalized.submissions:
            self._follow(rows, one)
            self._insert(rows, one, finalized)
        place_photos(rows, finalized)
        rows.execute("DELETE FROM drafts WHERE visit_id = ?", (str(visit.visit_id),))
        touched = sorted(
            {
                (effect.list, pointed(rows, effect.list, effect.id, effect.values)[0])
                for one in finalized.submissions
                for effect in one.effects
            }
        )
        for list_name, item in touched:
            refresh(rows, list_name, item)
        self._audit.add(
            rows,
            "visit.finalized",
            {
                "visit_id": str(visit.visit_id),
                "submissions": [
                    {"instance_id": str(one.chain.instance_id), "sha256": one.sha256}
                    for one in finalized.submissions
                ],
            },
        )

    def _follow(self, rows: Rows, one: FinalizedSubmission) -> None:
        """Check the version chain and mark the version that is replaced."""
        chain = one.chain
        taken = rows.execute(
            "SELECT 1 FROM submissions WHERE instance_id = ?", (str(chain.instance_id),)
        ).fetchone()
        if taken is not None:
            raise UserError("STORE_037", kind="submission", id=chain.instance_id)
        if chain.deprecated_id is None:
            if chain.version != 1 or chain.record_id != chain.instance_id:
                raise UserError("STORE_036", instance_id=chain.instance_id)
            return
        before = rows.execute(
            "SELECT record_id, version, record FROM submissions WHERE instance_id = ?",
            (str(chain.deprecated_id),),
        ).fetchone()
        if before != (str(chain.record_id), chain.version - 1, "finalized"):
            raise UserError("STORE_036", instance_id=chain.instance_id)
        rows.execute(
            "UPDATE submissions SET record = 'superseded' WHERE instance_id = ?", (str(chain.deprecated_id),)
        )

    def _insert(self, rows: Rows, one: FinalizedSubmission, finalized: FinalizedVisit) -> None:
        chain, visit, instance = one.chain, finalized.visit, str(one.chain.instance_id)
        rows.table("submissions").insert(
            {
                "instance_id": instance,
                "record_id": str(chain.record_id),
                "version": chain.version,
                "deprecated_id": None if chain.deprecated_id is None else str(chain.deprecated_id),
                "visit_id": str(visit.visit_id),
                "building_id": None if visit.building_id is None else str(visit.building_id),
                "form_id": one.form_id,
                "form_version": one.form_version,
                "xml": one.xml,
                "sha256": one.sha256,
                "manifest": one.manifest.to_json(),
                "finalized_at": one.finalized_at.isoformat(),
                "actor": self._actor,
                "record": "finalized",
                "paper": "none",
                "transfer": "queued",
                "review": "none",
            }
        )
        for attachment in one.attachments:
            rows.execute(
                "INSERT INTO attachments (instance_id, name, sha256, size, media_type) "
                "VALUES (?, ?, ?, ?, ?)",
                (instance, attachment.name, attachment.sha256, attachment.size, attachment.media_type),
            )
        for effect in one.effects:
            item, data, told = pointed(rows, effect.list, effect.id, effect.values)
            rows.execute(
                "INSERT INTO effects (instance_id, list, id, action, base_version, label, data, told) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    instance,
                    effect.list,
                    item,
                    effect.action,
                    effect.base_version,
                    effect.label,
                    to_json(data),
                    told,
                ),
            )
        rows.execute(
            "INSERT INTO outbox (instance_id, queued_at) VALUES (?, ?)", (instance, self._clock().isoformat())
        )

    def get(self, instance_id: UUID) -> Submission:
        """The submission. UserError STORE_034 for none, STORE_040 if its bytes lost their hash."""
        row = self._database.one(
            f"SELECT {_COLUMNS} FROM submissions WHERE instance_id = ?",  # noqa: S608 - names
            (str(instance_id),),
        )
        if row is None:
            raise UserError("STORE_034", kind="submission", id=instance_id)
        found = self._of(row)
        if hashlib.sha256(found.xml).hexdigest() != found.sha256:
            raise UserError("STORE_040", instance_id=instance_id)
        return found

    def list(self, visit_id: UUID | None = None, building_id: UUID | None = None) -> tuple[Submission, ...]:
        """Submissions, newest first; of one visit or in the file of one building if given."""
        terms: list[str] = ["1"]
        values: list[object] = []
        if visit_id is not None:
            terms.append("visit_id = ?")
            values.append(str(visit_id))
        if building_id is not None:
            term, asked = in_file(building_id)
            terms.append(term)
            values += asked
        found = self._database.read(
            f"SELECT {_COLUMNS} FROM submissions WHERE {' AND '.join(terms)} "  # noqa: S608 - names
            "ORDER BY finalized_at DESC, instance_id",
            values,
        )
        return tuple(self._of(row) for row in found)

    def states(self) -> tuple[RecordState, ...]:
        """Where every record stands (its newest version), newest first."""
        found = self._database.read(
            f"SELECT instance_id, {FILE_OF_RECORD}, form_id, finalized_at, paper, transfer, review "  # noqa: S608 - fixed
            "FROM submissions AS s WHERE record = 'finalized' ORDER BY finalized_at DESC, instance_id"
        )
        return tuple(
            RecordState(UUID(row[0]), uuid_or_none(row[1]), row[2], datetime.fromisoformat(row[3]), *row[4:])
            for row in found
        )

    def for_record(self, record_id: UUID) -> tuple[Submission, ...]:
        """All versions of a record, oldest first."""
        found = self._database.read(
            f"SELECT {_COLUMNS} FROM submissions WHERE record_id = ? ORDER BY version",  # noqa: S608 - names
            (str(record_id),),
        )
        return tuple(self._of(row) for row in found)

    def record_print(self, instance_id: UUID, kind: str, sha256: str, copies: int = 1) -> int:
        """Log a printed sheet (``sha256`` of its PDF); how often this ``kind`` was printed by now.

        It waits in the print queue no more.
        """

        def note(rows: Rows) -> int:
            self._known(rows, instance_id)
            instance = str(instance_id)
            rows.execute(
                "INSERT INTO prints (instance_id, kind, sha256, printed_at, actor, copies) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (instance, kind, sha256, self._clock().isoformat(), self._actor, copies),
            )
            rows.execute("DELETE FROM print_queue WHERE instance_id = ? AND kind = ?", (instance, kind))
            rows.execute(
                "UPDATE submissions SET paper = 'printed' WHERE instance_id = ? AND paper = 'none'",
                (instance,),
            )
            detail = {"instance_id": instance, "kind": kind, "sha256": sha256, "copies": copies}
            self._audit.add(rows, "sheet.printed", detail)
            count = rows.execute(
                "SELECT count(*) FROM prints WHERE instance_id = ? AND kind = ?", (instance, kind)
            ).fetchone()
            return int(count[0])

        return self._database.write(note)

    def prints(self, instance_id: UUID, kind: str) -> int:
        """How often a sheet of this kind was printed."""
        row = self._database.one(
            "SELECT count(*) FROM prints WHERE instance_id = ? AND kind = ?", (str(instance_id), kind)
        )
        return 0 if row is None else int(row[0])

    def set_state(self, instance_id: UUID, *, paper: str | None = None, review: str | None = None) -> None:
        """Move the state of the paper or of the review; logged."""

        def move(rows: Rows) -> None:
            self._known(rows, instance_id)
            rows.execute(
                "UPDATE submissions SET paper = coalesce(?, paper), review = coalesce(?, review) "
                "WHERE instance_id = ?",
                (paper, review, str(instance_id)),
            )
            detail = {"instance_id": str(instance_id), "paper": paper, "review": review}
            self._audit.add(rows, "submission.state", detail)

        self._database.write(move)

    def _known(self, rows: Rows, instance_id: UUID) -> None:
        if not rows.execute(
            "SELECT 1 FROM submissions WHERE instance_id = ?", (str(instance_id),)
        ).fetchone():
            raise UserError("STORE_034", kind="submission", id=instance_id)

    def _of(self, row: Row) -> Submission:
        files = attachments_of(self._database, row[0])
        chain = Chain(UUID(row[0]), UUID(row[1]), row[2], uuid_or_none(row[3]))
        return Submission(
            chain=chain,
            visit_id=UUID(row[4]),
            building_id=uuid_or_none(row[5]),
            form_id=row[6],
            form_version=row[7],
            xml=row[8],
            sha256=row[9],
            manifest=SignedText.from_json(row[10]),
            finalized_at=datetime.fromisoformat(row[11]),
            actor=row[12],
            record=row[13],
            paper=row[14],
            transfer=row[15],
            review=row[16],
            attachments=files,
        )


def attachments_of(database: Database, instance_id: str) -> tuple[Attachment, ...]:
    """The files of a submission, by name."""
    found = database.read(
        "SELECT name, sha256, size, media_type FROM attachments WHERE instance_id = ? ORDER BY name",
        (instance_id,),
    )
    return tuple(Attachment(*row) for row in found)
