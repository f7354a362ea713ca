"""A day's batch: finalized F02 inspections with photographs, as they stand ready in an outbox."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.filled import DAY, hazard_inspection
from fieldapp.forms import FormSession
from fieldapp.sync.protocol import (
    AUDIT_ORIGIN,
    AttachmentRef,
    AuditExtension,
    FormRef,
    SignedStatement,
    SubmissionManifest,
    TeamMemberHead,
    VisitHead,
    sha256_of,
    signed,
)
from fieldapp.sync.run import Cause, OutgoingFile, OutgoingSubmission

INSPECTIONS, PHOTOS, PHOTO_BYTES = 300, 8, 400_000


@dataclass(frozen=True, slots=True)
class Ready:
    """One inspection: as it is pending, instance XML and photographs by hash."""

    outgoing: OutgoingSubmission
    xml: bytes
    photos: dict[str, bytes]


class InMemory:
    """An outbox of inspections that keeps nothing."""

    def __init__(self, batch: list[Ready]) -> None:
        self._batch = {ready.outgoing.instance_id: ready for ready in batch}
        self._photos = {name: content for ready in batch for name, content in ready.photos.items()}

    def pending(self) -> list[OutgoingSubmission]:
        """Everything."""
        return [ready.outgoing for ready in self._batch.values()]

    def instance_xml(self, instance_id: UUID) -> bytes:
        """The exact bytes."""
        return self._batch[instance_id].xml

    def blob(self, sha256: str) -> bytes:
        """A photograph."""
        return self._photos[sha256]

    def audit_since(self, seq: int) -> AuditExtension:  # noqa: ARG002 - a chain without entries
        """Nothing was ever noted."""
        return AuditExtension(since=AUDIT_ORIGIN, links=(), head=AUDIT_ORIGIN)

    def receipts_from(self, seq: int) -> list[tuple[UUID, SignedStatement]]:  # noqa: ARG002 - none is kept
        """None: nothing was sent before."""
        return []

    def put_back(self, instance_ids: Sequence[UUID], seq: int) -> None:
        """The server of a bench loses nothing. RuntimeError."""
        raise RuntimeError(f"{len(instance_ids)} records lost from {seq} on")

    def sent(self, instance_id: UUID, receipt: SignedStatement) -> None:
        """The run counts them itself."""

    def not_sent(self, instance_id: UUID, error: Cause) -> None:
        """The run's result tells them."""


def day(form_xml: bytes, device_id: UUID, key: Ed25519PrivateKey, seed: int) -> list[Ready]:
    """``INSPECTIONS`` inspections, other ones for every ``seed``: nothing of an earlier round is known."""
    chance = random.Random(seed)
    session = hazard_inspection()
    for number in range(2, PHOTOS + 1):
        session.add_repeat("/data/g_photo/rep_photo")
        session.answer(f"/data/g_photo/rep_photo[{number}]/photo_kind", "interior")
    form = FormRef(
        form_id=session.definition.form_id, version=session.definition.version, sha256=sha256_of(form_xml)
    )
    first_id = session.instance_id
    return [_inspection(session, first_id, form, device_id, key, chance) for _ in range(INSPECTIONS)]


def _inspection(
    session: FormSession,
    first_id: str,
    form: FormRef,
    device_id: UUID,
    key: Ed25519PrivateKey,
    chance: random.Random,
) -> Ready:
    body = chance.randbytes(PHOTO_BYTES - 8)
    photos = {}
    for number in range(1, PHOTOS + 1):
        content = chance.randbytes(8) + body
        digest = hashlib.sha256(content).hexdigest()
        photos[digest] = content
        session.answer(f"/data/g_photo/rep_photo[{number}]/photo", f"{digest}.jpg")
    instance_id = UUID(int=chance.getrandbits(128), version=4)
    xml = session.to_xml().replace(first_id.encode(), f"uuid:{instance_id}".encode())
    visit = VisitHead(
        visit_id=UUID(int=chance.getrandbits(128), version=4),
        building_id=None,
        kind="recheck",
        result="done",
        tasks=("t01",),
        team=(TeamMemberHead(name="甲（示例）", unit="示例单位", certificate="0"),),
        started_at=DAY,
        ended_at=DAY + timedelta(minutes=12),
        source="screen",
    )
    manifest = SubmissionManifest(
        instance_id=instance_id,
        record_id=instance_id,
        version=1,
        deprecated_id=None,
        form=form,
        ruleset="2022.2",
        visit=visit,
        sha256=sha256_of(xml),
        size=len(xml),
        attachments=tuple(
            AttachmentRef(name=f"{digest}.jpg", sha256=digest, size=len(content), media_type="image/jpeg")
            for digest, content in photos.items()
        ),
        device_id=device_id,
        actor="bench",
        finalized_at=DAY + timedelta(minutes=12),
    )
    files = tuple(
        OutgoingFile(file.name, file.sha256, file.size, file.media_type) for file in manifest.attachments
    )
    return Ready(OutgoingSubmission(instance_id, manifest.sha256, signed(manifest, key), files), xml, photos)
