"""Receipts: the server's signed word, stored exactly as given and given again for ever."""

from __future__ import annotations

from districtserver import audit, keys
from districtserver.models import ReceiptIssued, Submission
from fieldapp.sync.protocol import BlobRef, Receipt, SignedStatement, SubmissionManifest, signed, utc


def issue(submission: Submission, manifest: SubmissionManifest) -> SignedStatement:
    """Sign and store the receipt of a submission, in its transaction."""
    receipt = Receipt(
        instance_id=submission.instance_id,
        record_id=submission.record_id,
        version=submission.version,
        sha256=submission.sha256,
        attachments=tuple(BlobRef(sha256=a.sha256, size=a.size) for a in manifest.attachments),
        device_id=manifest.device_id,
        stored_at=utc(submission.received_at),
        flags=tuple(submission.flags),
        audit=audit.last_seen(submission.device),
    )
    statement = signed(receipt, keys.signing_key(keys.folder()))
    ReceiptIssued.objects.create(
        submission=submission,
        key_id=statement.key_id,
        statement=statement.statement,
        signature=statement.signature,
    )
    return statement


def of(submission: Submission) -> SignedStatement:
    """The receipt that was given for ``submission``, byte by byte."""
    row = submission.receipt
    return SignedStatement(key_id=row.key_id, statement=row.statement, signature=row.signature)
