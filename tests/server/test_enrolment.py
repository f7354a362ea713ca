"""One-time codes, tokens, hello; heads of audit chains; offers."""

from __future__ import annotations

import base64
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client

from districtserver import clock, devices
from districtserver.models import AuditEntry, Device, DeviceAudit, EnrolmentCode
from fieldapp.sync.protocol import (
    AUDIT_ORIGIN,
    AuditExtension,
    AuditHead,
    BlobRef,
    EnrolAnswer,
    HelloAnswer,
    Offer,
    OfferAnswer,
    OfferedSubmission,
    audit_link,
    sha256_of,
)
from tests.server.calls import post, put_inside, said_hello, send
from tests.server.laptop import PHOTO, Draft, Laptop, small_ref


def hello(client: Client, laptop: Laptop) -> HelloAnswer:
    return HelloAnswer.model_validate_json(post(client, "/hello", said_hello(), laptop).content)


def test_code_repeats_for_the_same_key_until_hello(client: Client, folder: object) -> None:
    code, _ = devices.new_code("a")
    laptop, other = Laptop(), Laptop()
    first = post(client, "/enrol", laptop.enrol(code))
    again = post(client, "/enrol", laptop.enrol(code.lower().replace("-", " ")))
    assert first.status_code == 200
    assert first.content == again.content
    assert post(client, "/enrol", other.enrol(code)).json()["code"] == "code_used"
    answer = EnrolAnswer.model_validate_json(first.content)
    laptop.token = answer.token
    assert len(base64.b64decode(answer.recovery_key)) == len(base64.b64decode(answer.server_keys[0])) == 32
    assert hello(client, laptop).forms == (small_ref(),)
    assert post(client, "/enrol", laptop.enrol(code)).json()["code"] == "code_used"
    assert Device.objects.count() == 1


def test_nothing_secret_is_kept_in_clear(client: Client, inside: Laptop) -> None:
    device = Device.objects.get()
    assert device.token_sha256 == sha256_of(inside.token.encode())
    assert inside.token not in str(list(Device.objects.values())) + str(list(EnrolmentCode.objects.values()))


def test_codes_that_do_not_work(client: Client, folder: object) -> None:
    code, row = devices.new_code("a")
    row.expires_at = clock.now() - timedelta(seconds=1)
    row.save()
    assert post(client, "/enrol", Laptop().enrol(code)).json()["code"] == "code_expired"
    refused = post(client, "/enrol", Laptop().enrol("0000-0000-0000"))
    assert (refused.status_code, refused.json()["code"]) == (403, "code_unknown")
    broken = Laptop().enrol(code).model_copy(update={"public_key": "abcd"})
    assert post(client, "/enrol", broken).json()["code"] == "malformed"
    assert not Device.objects.exists()


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer x", "Basic eDp5"])
def test_strangers_are_refused(client: Client, folder: object, token: str) -> None:
    answer = client.post(
        "/api/v1/hello", "not json", content_type="application/json", headers={"Authorization": token}
    )
    assert answer.status_code == 401
    assert answer.json()["message"]


def test_revoked_before_anything_else(client: Client, inside: Laptop) -> None:
    devices.revoke(Device.objects.get())
    for path in ("/hello", "/offer", "/submissions"):
        answer = post(client, path, "not json", inside)
        assert (answer.status_code, answer.json()["code"]) == (403, "device_revoked")


def extension(since: AuditHead, *contents: str) -> AuditExtension:
    links = tuple(sha256_of(content.encode()) for content in contents)
    head = since.head
    for link in links:
        head = audit_link(head, link)
    return AuditExtension(since=since, links=links, head=AuditHead(seq=since.seq + len(links), head=head))


def offer(client: Client, laptop: Laptop, audit: AuditExtension, *drafts: Draft) -> OfferAnswer:
    offered = Offer(
        batch_id=uuid4(),
        audit=audit,
        submissions=tuple(
            OfferedSubmission(instance_id=draft.instance_id, sha256=sha256_of(draft.bytes()))
            for draft in drafts
        ),
        blobs=(BlobRef(sha256=sha256_of(PHOTO), size=len(PHOTO)), BlobRef(sha256="0" * 64, size=3)),
    )
    answer = post(client, "/offer", offered, laptop)
    assert answer.status_code == 200, answer.content
    return OfferAnswer.model_validate_json(answer.content)


def test_offer_says_what_is_known(client: Client, inside: Laptop) -> None:
    known, new = Draft(photos=()), Draft(photos=())
    send(client, inside, known)
    put_inside(client, inside, PHOTO[:7], 0, len(PHOTO))  # under the hash of the part: another file
    headers = inside.bearer | {"Upload-Offset": "0", "Upload-Length": str(len(PHOTO))}
    client.patch(
        f"/api/v1/blobs/{sha256_of(PHOTO)}",
        PHOTO[:9],
        content_type="application/octet-stream",
        headers=headers,
    )
    answer = offer(client, inside, extension(AUDIT_ORIGIN), known, new)
    assert answer.known == (known.instance_id,)
    assert [(blob.offset, blob.stored) for blob in answer.blobs] == [(9, False), (0, False)]


def test_audit_chain_is_followed_and_breaks_are_flagged(client: Client, inside: Laptop) -> None:
    first = extension(AUDIT_ORIGIN, "a", "b")
    offer(client, inside, first)
    offer(client, inside, first)
    assert hello(client, inside).audit == first.head
    second = extension(first.head, "c")
    offer(client, inside, second)
    offer(client, inside, first)  # a late repetition is no break
    assert hello(client, inside).audit == second.head
    assert not DeviceAudit.objects.exclude(broken="").exists()
    rewritten = extension(AUDIT_ORIGIN, "a", "x", "c", "d")
    offer(client, inside, rewritten)
    lie = second.model_copy(update={"head": AuditHead(seq=9, head="1" * 64)})
    offer(client, inside, lie)
    assert sorted(DeviceAudit.objects.exclude(broken="").values_list("broken", flat=True)) == [
        "inconsistent",
        "not_extending",
    ]
    assert AuditEntry.objects.filter(event="device_audit_broken").count() == 2
    assert send(client, inside, Draft())[0].state == "stored"


def test_unknown_fields_and_protocols(client: Client, inside: Laptop) -> None:
    assert post(client, "/hello", said_hello().model_dump_json()[:-1] + ',"x":1}', inside).status_code == 400
    newer = said_hello().model_copy(update={"protocol": 99})
    assert post(client, "/hello", newer, inside).json()["code"] == "protocol_differs"
    assert client.get("/elsewhere").json()["code"] == "not_found"
    assert inside.device_id != UUID(int=0)
