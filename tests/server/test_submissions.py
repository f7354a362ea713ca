"""Submissions coming in: what is stored, what is refused, what is flagged; the receipt that never changes."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client

from districtserver import audit, inventory, published
from districtserver.models import AuditEntry, Device, Effect, Entity, ServerKey, Submission, Visit
from fieldapp.sync.protocol import Receipt, sha256_of, verified
from tests.server.calls import batch_of, post, put_inside, send, submit
from tests.server.laptop import PHOTO, Draft, Laptop, small_form, small_ref


def floors() -> str:
    return str(Entity.objects.get(list="buildings").data["floors_up"])


def test_stored_with_a_signed_receipt_that_names_every_byte(client: Client, inside: Laptop) -> None:
    draft = Draft(floors="4")
    (answer,) = send(client, inside, draft)
    assert answer.state == "stored"
    assert answer.receipt is not None
    key = ServerKey.objects.get(key_id=answer.receipt.key_id)
    assert verified(answer.receipt, base64.b64decode(key.public_key))
    receipt = Receipt.model_validate_json(answer.receipt.statement)
    assert (receipt.instance_id, receipt.sha256) == (draft.instance_id, sha256_of(draft.bytes()))
    assert [blob.sha256 for blob in receipt.attachments] == [sha256_of(PHOTO)]
    assert receipt.flags == ()
    assert floors() == "4"
    assert Entity.objects.get(list="buildings").version == 2
    assert AuditEntry.objects.filter(event="submission_stored").count() == 1


def test_replay_gets_the_same_bytes(client: Client, inside: Laptop) -> None:
    draft = Draft()
    first = send(client, inside, draft)
    rounds = [submit(client, inside, inside.envelope(draft), inside.envelope(draft)) for _ in range(3)]
    assert {answer.receipt for items in rounds for answer in items} == {first[0].receipt}
    assert Submission.objects.count() == Effect.objects.count() == 1


def test_same_id_with_other_content_is_refused(client: Client, inside: Laptop) -> None:
    draft = Draft()
    (first,) = send(client, inside, draft)
    (other,) = send(client, inside, replace(draft, floors="9"))
    assert (other.state, other.code, other.retryable) == ("refused", "content_differs", False)
    assert submit(client, inside, inside.envelope(draft))[0].receipt == first.receipt


def test_same_visit_told_otherwise_is_refused(client: Client, inside: Laptop) -> None:
    draft = Draft()
    send(client, inside, draft)
    (other,) = send(client, inside, Draft(visit_id=draft.visit_id, visit_result="locked"))
    assert other.code == "visit_differs"
    assert Visit.objects.count() == 1
    (second,) = send(client, inside, Draft(visit_id=draft.visit_id, base="2"))
    assert second.state == "stored"


def test_missing_files_promise_nothing(client: Client, inside: Laptop) -> None:
    draft = Draft(photos=(b"one", b"two"))
    put_inside(client, inside, b"one")
    (answer,) = submit(client, inside, inside.envelope(draft))
    assert (answer.state, answer.missing, answer.receipt) == ("incomplete", (sha256_of(b"two"),), None)
    assert Submission.objects.count() == 0
    put_inside(client, inside, b"two")
    assert submit(client, inside, inside.envelope(draft))[0].state == "stored"


def test_forged_signature_and_foreign_device(client: Client, inside: Laptop) -> None:
    stranger = Laptop(device_id=inside.device_id)
    foreign = inside.manifest(Draft()).model_copy(update={"device_id": uuid4()})
    answers = submit(
        client,
        inside,
        inside.forged(Draft()),
        stranger.envelope(Draft()),
        inside.envelope(Draft(), foreign),
    )
    assert [answer.code for answer in answers] == ["signature_invalid", "signature_invalid", "wrong_device"]


BROKEN = [
    ("xml_malformed", {"xml": b'<data id="small" version="1"><floors>3</flo'}),
    ("xml_malformed", {"xml": b'<!DOCTYPE x [<!ENTITY a "b">]><data id="small" version="1"/>'}),
    ("form_mismatch", {"xml": b'<data id="other" version="1"><floors>3</floors></data>'}),
    ("instance_differs", {"xml": b'<data id="small" version="1"><floors>3</floors></data>'}),
    ("form_unknown", {"form": small_ref("9")}),
    ("versions_inconsistent", {"version": 2}),
    ("versions_inconsistent", {"record_id": uuid4()}),
]


@pytest.mark.parametrize(("code", "changes"), BROKEN)
def test_refused_alone(client: Client, inside: Laptop, code: str, changes: dict[str, object]) -> None:
    broken = replace(Draft(), **changes)  # type: ignore[arg-type]  # any field may be changed by name
    before, after = Draft(), Draft(base="2")
    answers = send(client, inside, before, broken, after)
    assert [answer.state for answer in answers] == ["stored", "refused", "stored"]
    assert (answers[1].code, answers[1].index) == (code, 1)
    assert answers[1].message
    assert answers[1].retryable == (code == "form_unknown")


def test_corrupt_items_do_not_hold_back_others(client: Client, inside: Laptop) -> None:
    put_inside(client, inside, PHOTO)
    good = inside.envelope(Draft())
    whole = json.loads(batch_of(good).model_dump_json())
    truncated = json.loads(good.model_dump_json()) | {"xml": good.xml[:-9]}
    altered = json.loads(good.model_dump_json()) | {"xml": base64.b64encode(b"<data/>").decode()}
    whole["items"] = [None, {"x": 1}, "\ud800", truncated, altered, *whole["items"], []]
    answer = post(client, "/submissions", json.dumps(whole), inside).json()["items"]
    assert [item["state"] for item in answer] == ["refused"] * 5 + ["stored", "refused"]


def test_unpublished_version_passes_once_published(client: Client, inside: Laptop) -> None:
    draft = Draft(form=small_ref("2"))
    assert send(client, inside, draft)[0].code == "form_unknown"
    published.publish(small_form("2"))
    assert send(client, inside, draft)[0].state == "stored"


@pytest.mark.parametrize(
    ("flag", "changes"),
    [
        ("type:/data/floors", {"floors": "abc"}),
        ("constraint:/data/floors", {"floors": "200"}),
        ("required:/data/floors", {"floors": ""}),
    ],
)
def test_wrong_answers_are_kept_flagged_and_held(
    client: Client, inside: Laptop, flag: str, changes: dict[str, str]
) -> None:
    (answer,) = send(client, inside, Draft(**changes))  # type: ignore[arg-type]  # fields by name
    assert answer.receipt is not None
    assert Receipt.model_validate_json(answer.receipt.statement).flags == (flag,)
    assert Submission.objects.get().held
    assert Effect.objects.get().state == "held"
    assert floors() == "2"


def test_what_the_register_cannot_hold_is_flagged(client: Client, inside: Laptop) -> None:
    """An overlong version or a NUL must not end a whole batch, whatever the database."""
    (answer,) = send(client, inside, Draft(base="1" * 500))
    assert answer.receipt is not None
    assert Receipt.model_validate_json(answer.receipt.statement).flags == ("effect_too_long",)
    assert not Effect.objects.exists()
    nul = inside.manifest(Draft()).attachments[0].model_copy(update={"media_type": "image/\x00"})
    draft = Draft()
    with_nul = inside.envelope(draft, inside.manifest(draft).model_copy(update={"attachments": (nul,)}))
    first, second = submit(client, inside, with_nul, inside.envelope(Draft()))
    assert first.state in {"stored", "refused"}
    assert second.state == "stored"


def test_unlisted_photo_is_flagged(client: Client, inside: Laptop) -> None:
    draft = Draft()
    silent = replace(draft, photos=(), xml=draft.bytes())
    (answer,) = submit(client, inside, inside.envelope(silent))
    assert answer.receipt is not None
    assert "attachment_unlisted" in answer.receipt.statement


def test_names_of_files_are_their_hash(client: Client, inside: Laptop) -> None:
    draft = Draft()
    put_inside(client, inside, PHOTO)
    manifest = inside.manifest(draft)
    for name in ("../../etc/passwd", "photo.jpg", f"{'0' * 64}.jpg", f"{sha256_of(PHOTO)}.jpg\x00"):
        attachment = manifest.attachments[0].model_copy(update={"name": name})
        smuggled = manifest.model_copy(update={"attachments": (attachment,)})
        assert submit(client, inside, inside.envelope(draft, smuggled))[0].code == "attachment_name"
    short = manifest.attachments[0].model_copy(update={"size": 3})
    (answer,) = submit(
        client, inside, inside.envelope(draft, manifest.model_copy(update={"attachments": (short,)}))
    )
    assert answer.code == "attachment_size"


def test_correction_must_target_the_current_version(client: Client, inside: Laptop) -> None:
    first = Draft()
    second = first.correction(floors="5", base="2")
    late = first.correction(floors="6", base="2")
    answers = send(client, inside, first, second, late)
    assert [answer.state for answer in answers] == ["stored"] * 3
    assert [Submission.objects.get(pk=d.instance_id).flags for d in (first, second, late)] == [
        [],
        [],
        ["stale_base"],
    ]
    assert Submission.objects.get(pk=first.instance_id).superseded_by_id == second.instance_id
    assert floors() == "5"


def test_register_conflict_overwrites_nothing(client: Client, inside: Laptop) -> None:
    send(client, inside, Draft(floors="4", base="1"), Draft(floors="7", base="1"))
    assert floors() == "4"
    assert list(Effect.objects.order_by("id").values_list("state", flat=True)) == ["applied", "conflict"]
    send(client, inside, Draft(floors="4", owner="乙", base="1"))
    assert Entity.objects.get(list="buildings").data == {"floors_up": "4", "owner_name": "乙"}


def test_inventory_names_every_byte_and_check_finds_the_altered(
    client: Client, inside: Laptop, folder: Path
) -> None:
    send(client, inside, Draft())
    found = inventory.export()
    assert found["counts"]["submission"] == len(found["attachments"]) == len(found["receipts"]) == 1
    assert inventory.check()["broken"] == []
    blob = folder / "blobs" / sha256_of(PHOTO)[:2] / sha256_of(PHOTO)
    blob.write_bytes(PHOTO[:-1] + b"x")
    Submission.objects.update(xml=b"<data/>")
    AuditEntry.objects.filter(seq=2).update(event="nothing")
    assert len(inventory.check()["broken"]) == 3
    assert audit.first_broken() == 2


def test_batch_that_is_none(client: Client, inside: Laptop) -> None:
    for text in ("[]", "{}", '{"batch_id": "x", "items": []}', "\xff"):
        answer = post(client, "/submissions", text, inside)
        assert answer.status_code == 400
        assert answer.json()["code"] == "malformed"
    assert Device.objects.count() == 1
