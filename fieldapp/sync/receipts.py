"""Step 5, receipts: nothing counts as sent before the server's signed word is checked to the last field."""

from __future__ import annotations

from pydantic import ValidationError

from fieldapp.errors import EnvironmentProblem
from fieldapp.sync.enrolment import Enrolment
from fieldapp.sync.protocol import Receipt, SignedStatement, SubmissionManifest, verified


def checked(statement: SignedStatement, manifest: SubmissionManifest, enrolment: Enrolment) -> Receipt:
    """The receipt, if an enrolled server key signed it and it names every byte of the submission.

    EnvironmentProblem SYNC_041 names the first thing that does not fit.
    """
    key = enrolment.server_key(statement.key_id)
    if key is None:
        raise EnvironmentProblem("SYNC_041", problem="key_id")
    if not verified(statement, key):
        raise EnvironmentProblem("SYNC_041", problem="signature")
    try:
        receipt = Receipt.model_validate_json(statement.statement)
    except ValidationError as error:
        raise EnvironmentProblem("SYNC_041", problem="statement") from error
    wanted = [(file.sha256, file.size) for file in manifest.attachments]
    for name, fits in {
        "instance_id": receipt.instance_id == manifest.instance_id,
        "record_id": receipt.record_id == manifest.record_id,
        "version": receipt.version == manifest.version,
        "sha256": receipt.sha256 == manifest.sha256,
        "device_id": receipt.device_id == manifest.device_id,
        "attachments": [(file.sha256, file.size) for file in receipt.attachments] == wanted,
    }.items():
        if not fits:
            raise EnvironmentProblem("SYNC_041", problem=name)
    return receipt
