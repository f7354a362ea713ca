"""Calls that the tests of this folder make, over TLS and in process."""

from __future__ import annotations

import ssl
from typing import Any
from uuid import uuid4

import httpx
from django.test import Client

from districtserver import devices
from fieldapp.sync.protocol import (
    API,
    LENGTH_HEADER,
    OFFSET_HEADER,
    EnrolAnswer,
    Hello,
    ItemAnswer,
    Message,
    SubmissionEnvelope,
    Submissions,
    SubmissionsAnswer,
    sha256_of,
)
from tests.server.district import DistrictServer
from tests.server.laptop import Draft, Laptop


def trusting(district: DistrictServer) -> httpx.Client:
    """A client that trusts this district's CA and nothing else; no proxies."""
    trust = ssl.create_default_context(cafile=str(district.ca))
    return httpx.Client(base_url=district.url + API, verify=trust, timeout=20, trust_env=False)


def enrolled_over_tls(district: DistrictServer, line: httpx.Client) -> Laptop:
    laptop = Laptop()
    answer = line.post("/enrol", content=laptop.enrol(district.code()).model_dump_json())
    return _with(laptop, answer.status_code, answer.content)


def enrolled(client: Client) -> Laptop:
    laptop = Laptop()
    code, _ = devices.new_code("laptop")
    answer = post(client, "/enrol", laptop.enrol(code))
    return _with(laptop, answer.status_code, answer.content)


def _with(laptop: Laptop, status: int, content: bytes) -> Laptop:
    assert status == 200, content
    said = EnrolAnswer.model_validate_json(content)
    laptop.device_id, laptop.token = said.device_id, said.token
    return laptop


def post(client: Client, path: str, body: Message | str, laptop: Laptop | None = None) -> Any:
    """POST in process; the answer as Django's test client gives it."""
    text = body if isinstance(body, str) else body.model_dump_json()
    headers = laptop.bearer if laptop else {}
    return client.post(API + path, text, content_type="application/json", headers=headers)


def said_hello() -> Hello:
    from datetime import UTC, datetime

    return Hello(client="0.1.0", sent_at=datetime(2022, 12, 8, tzinfo=UTC))


def put_inside(client: Client, laptop: Laptop, content: bytes, offset: int = 0, length: int = -1) -> Any:
    """PATCH ``content`` in process under its own hash."""
    return patch_inside(client, laptop, sha256_of(content), content, offset, length)


def patch_inside(
    client: Client, laptop: Laptop, sha256: str, body: bytes, offset: int = 0, length: int = -1
) -> Any:
    headers = laptop.bearer | {
        OFFSET_HEADER: str(offset),
        LENGTH_HEADER: str(len(body) if length < 0 else length),
    }
    return client.patch(
        f"{API}/blobs/{sha256}", body, content_type="application/octet-stream", headers=headers
    )


def patch_headers(laptop: Laptop, offset: int, length: int) -> dict[str, str]:
    return laptop.bearer | {OFFSET_HEADER: str(offset), LENGTH_HEADER: str(length)}


def batch_of(*envelopes: SubmissionEnvelope) -> Submissions:
    return Submissions(batch_id=uuid4(), items=envelopes)


def send(client: Client, laptop: Laptop, *drafts: Draft) -> tuple[ItemAnswer, ...]:
    """Send drafts with their photos in process; the answers."""
    for draft in drafts:
        for photo in draft.photos:
            put_inside(client, laptop, photo)
    return submit(client, laptop, *(laptop.envelope(draft) for draft in drafts))


def submit(client: Client, laptop: Laptop, *envelopes: SubmissionEnvelope) -> tuple[ItemAnswer, ...]:
    answer = post(client, "/submissions", batch_of(*envelopes), laptop)
    assert answer.status_code == 200, answer.content
    return SubmissionsAnswer.model_validate_json(answer.content).items
