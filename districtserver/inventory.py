"""What the server holds, as counts and hashes; and whether every byte is still what it was."""

from __future__ import annotations

from typing import Any

from districtserver import audit, blobs, keys, tallies
from districtserver.models import (
    Attachment,
    AuditEntry,
    Blob,
    Device,
    Effect,
    Entity,
    FormVersion,
    ReceiptIssued,
    Submission,
    Visit,
)
from fieldapp.sync.protocol import sha256_of

_COUNTED = (
    Device,
    FormVersion,
    Visit,
    Submission,
    Attachment,
    Blob,
    ReceiptIssued,
    Effect,
    Entity,
    AuditEntry,
)


def export() -> dict[str, Any]:
    """Counts, and the SHA-256 of every submission's XML, every attachment and every receipt's signed text;
    count and digest of every list of the register.
    """
    submissions = Submission.objects.order_by("instance_id").values(
        "instance_id", "record_id", "version", "sha256", "flags", "held"
    )
    attachments = Attachment.objects.order_by("submission_id", "name").values_list(
        "submission_id", "name", "blob_id", "blob__size"
    )
    receipts = ReceiptIssued.objects.order_by("submission_id").values_list("submission_id", "statement")
    return {
        "counts": {model.__name__.lower(): model.objects.count() for model in _COUNTED},
        "submissions": [
            {**row, "instance_id": str(row["instance_id"]), "record_id": str(row["record_id"])}
            for row in submissions
        ],
        "attachments": [
            {"instance_id": str(instance_id), "name": name, "sha256": sha256, "size": size}
            for instance_id, name, sha256, size in attachments
        ],
        "receipts": [
            {"instance_id": str(instance_id), "sha256": sha256_of(statement.encode())}
            for instance_id, statement in receipts
        ],
        "register": [one.model_dump() for one in tallies.digests(())],
    }


def check() -> dict[str, Any]:
    """Hash every file and every submission again; ``broken`` names what is missing or altered."""
    named = Blob.objects.order_by("sha256").values_list("sha256", flat=True)
    broken = [f"blob {sha256}: missing" for sha256 in named if not blobs.stored_path(sha256).exists()]
    files = submissions = 0
    for path in blobs.whole_files():
        files += 1
        if blobs.hash_of(path) != path.name:
            broken.append(f"blob {path.name}: altered")
    for row in Submission.objects.order_by("instance_id").iterator(chunk_size=100):
        submissions += 1
        if sha256_of(bytes(row.xml)) != row.sha256:
            broken.append(f"submission {row.instance_id}: altered")
    entry = audit.first_broken()
    if entry is not None:
        broken.append(f"audit entry {entry}: does not fit")
    broken += [f"register {name}: counted wrongly, put right" for name in tallies.recount()]
    partial = len(list((keys.folder() / "staging").glob("*.part")))
    return {"blobs": files, "submissions": submissions, "partial": partial, "broken": broken}
