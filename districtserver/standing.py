"""Receipts that a laptop shows again: which of them this server no longer stands for, because it was put back
from a backup that is older than they are, or lost a file.

What is gone is noted in the audit log: the receipts shown are this server's own word that it had it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from uuid import UUID

from pydantic import ValidationError

from districtserver import audit, blobs
from districtserver.models import Attachment, AuditEntry, Device, ServerKey, Submission
from districtserver.problems import Refusal
from districtserver.writing import writing
from fieldapp.sync.protocol import (
    MOST_RECEIPTS,
    KeptReceipts,
    KeptReceiptsAnswer,
    Receipt,
    SignedStatement,
    sha256_of,
    verified,
)

EVENT = "records_gone"


def compare(device: Device, shown: KeptReceipts) -> KeptReceiptsAnswer:
    """What of the receipts shown is not here whole. Shown again, the answer is the same and noted once.

    Refusal ``malformed`` for what is no receipt or one of another laptop, or for too many.
    """
    if len(shown.receipts) > MOST_RECEIPTS:
        raise Refusal("malformed", problem="receipts too_many")
    receipts = [_read(device, number, one) for number, one in enumerate(shown.receipts)]
    here = _whole({one.instance_id: one.sha256 for one in receipts})
    gone = [number for number, one in enumerate(receipts) if one.instance_id not in here]
    if gone:
        _note(device, [shown.receipts[number] for number in gone], [receipts[number] for number in gone])
    return KeptReceiptsAnswer(gone=tuple(receipts[number].instance_id for number in gone))


def _read(device: Device, number: int, statement: SignedStatement) -> Receipt:
    try:
        receipt = Receipt.model_validate_json(statement.statement)
    except ValidationError as error:
        raise Refusal("malformed", problem=f"receipts.{number}") from error
    if receipt.device_id != device.id:
        raise Refusal("malformed", problem=f"receipts.{number} device_id")
    return receipt


def _whole(wanted: dict[UUID, str]) -> set[UUID]:
    """Those that are stored with this content and all their files."""
    rows = Submission.objects.filter(instance_id__in=wanted).values_list("instance_id", "sha256")
    stored = {instance_id for instance_id, sha256 in rows if wanted[instance_id] == sha256}
    files = Attachment.objects.filter(submission_id__in=stored).values_list("submission_id", "blob_id")
    return stored - {instance_id for instance_id, sha256 in files if blobs.size_of(sha256) is None}


def _note(device: Device, statements: Iterable[SignedStatement], receipts: list[Receipt]) -> None:
    keys = {row.key_id: base64.b64decode(row.public_key) for row in ServerKey.objects.all()}
    proven = sum(one.key_id in keys and verified(one, keys[one.key_id]) for one in statements)
    ids = sorted(str(one.instance_id) for one in receipts)
    named = sha256_of("".join(ids).encode())
    with writing():
        if AuditEntry.objects.filter(event=EVENT, device=device, detail__named=named).exists():
            return
        audit.append(
            EVENT,
            device,
            {
                "named": named,
                "instance_ids": ids,
                "proven": proven,
                "signed_seq": max(one.audit.seq for one in receipts),
                "known_seq": audit.last_seen(device).seq,
            },
        )
