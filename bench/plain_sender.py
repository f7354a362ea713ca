"""The protocol spoken as plainly as possible: what the server alone costs, apart from the laptop's client."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx

from bench.batch import Ready
from bench.district import District
from fieldapp.sync.protocol import (
    API,
    LENGTH_HEADER,
    OFFSET_HEADER,
    SubmissionEnvelope,
    Submissions,
    SubmissionsAnswer,
)


def send(district: District, batch: Sequence[Ready]) -> None:
    """All photographs, four at a time, then all submissions in one request. Raises unless all are stored."""
    headers = {"Authorization": f"Bearer {district.enrolled.token}"}
    context = ssl.create_default_context(cafile=str(district.authority))
    limits = httpx.Limits(max_connections=4)
    with httpx.Client(
        verify=context, base_url=district.url + API, headers=headers, timeout=60, limits=limits
    ) as client:

        def photo(item: tuple[str, bytes]) -> None:
            sha256, content = item
            sizes = {OFFSET_HEADER: "0", LENGTH_HEADER: str(len(content))}
            client.patch(f"/blobs/{sha256}", content=content, headers=sizes).raise_for_status()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(photo, [item for ready in batch for item in ready.photos.items()]))
        asked = Submissions(
            batch_id=uuid4(),
            items=tuple(
                SubmissionEnvelope(manifest=ready.manifest, xml=base64.b64encode(ready.xml).decode("ascii"))
                for ready in batch
            ),
        )
        answer = client.post(
            "/submissions", content=asked.model_dump_json(), headers={"Content-Type": "application/json"}
        )
        answer.raise_for_status()
    states = [(item.state, item.code) for item in SubmissionsAnswer.model_validate_json(answer.content).items]
    if states != [("stored", "")] * len(batch):
        raise RuntimeError(f"not stored: {sorted(set(states))}")
