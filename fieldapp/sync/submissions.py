"""Step 4, submissions: many in a request, each with its own answer."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from uuid import UUID

from pydantic import ValidationError

from fieldapp.errors import EnvironmentProblem, UserError
from fieldapp.sync.outgoing import OutgoingSubmission
from fieldapp.sync.protocol import (
    MAX_REQUEST_BYTES,
    ItemAnswer,
    SubmissionManifest,
    SubmissionsAnswer,
    sha256_of,
)
from fieldapp.sync.transport import Transport

#: Most bytes of envelopes in a request, which leaves room for what is around them.
ROOM = MAX_REQUEST_BYTES - 1024


def manifest_of(item: OutgoingSubmission) -> SubmissionManifest:
    """The manifest as signed. UserError SYNC_047 if it is not that of ``item``, SYNC_044 if too large."""
    try:
        manifest = SubmissionManifest.model_validate_json(item.manifest.statement)
    except ValidationError as error:
        raise UserError("SYNC_047", problem="manifest") from error
    files = [(file.name, file.sha256, file.size, file.media_type) for file in item.files]
    signed = [(file.name, file.sha256, file.size, file.media_type) for file in manifest.attachments]
    for name, fits in {
        "instance_id": manifest.instance_id == item.instance_id,
        "sha256": manifest.sha256 == item.sha256,
        "attachments": files == signed,
    }.items():
        if not fits:
            raise UserError("SYNC_047", problem=name)
    if weight(item, manifest) > ROOM:
        raise UserError("SYNC_044", size=manifest.size, limit=MAX_REQUEST_BYTES)
    return manifest


def weight(item: OutgoingSubmission, manifest: SubmissionManifest) -> int:
    """Bytes of the envelope and the comma after it, from the sizes alone."""
    return len(_envelope(item, b"")) + 4 * ((manifest.size + 2) // 3) + 1


def _envelope(item: OutgoingSubmission, xml: bytes) -> bytes:
    text = base64.b64encode(xml).decode("ascii")
    return f'{{"manifest":{item.manifest.model_dump_json()},"xml":"{text}"}}'.encode()


def envelope(item: OutgoingSubmission, xml: bytes) -> bytes:
    """One submission as it travels. UserError SYNC_047 if ``xml`` is not what was signed."""
    if sha256_of(xml) != item.sha256:
        raise UserError("SYNC_047", problem="instance")
    return _envelope(item, xml)


def submit(
    transport: Transport,
    batch_id: UUID,
    ids: Sequence[UUID],
    envelopes: Sequence[bytes],
    sent: Callable[[int], None],
) -> dict[UUID, ItemAnswer]:
    """Send the envelopes of ``ids``; the answer of each. One that is not answered is missing.

    EnvironmentProblem SYNC_013 if the answers are those of other submissions.
    """
    body = b'{"batch_id":%b,"items":[%b]}' % (json.dumps(str(batch_id)).encode(), b",".join(envelopes))
    answer = transport.post("/submissions", body, SubmissionsAnswer, sent)
    found: dict[UUID, ItemAnswer] = {}
    for item in answer.items:
        if (
            item.index >= len(ids)
            or item.instance_id not in {None, ids[item.index]}
            or ids[item.index] in found
        ):
            raise EnvironmentProblem("SYNC_013", host=transport.host, problem=f"items.{item.index}")
        found[ids[item.index]] = item
    if answer.batch_id != batch_id:
        raise EnvironmentProblem("SYNC_013", host=transport.host, problem="batch_id")
    return found
