"""Nothing counts as sent without a receipt that fits to the last field."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fieldapp.errors import FieldappError
from fieldapp.sync.protocol import Receipt, SignedStatement, signed
from tests.sync.batches import code_of, draft, outbox_of
from tests.sync.between import Between, answer
from tests.sync.conftest import Parties
from tests.sync.rounds import check, once


def altered_receipt(parties: Parties, field: str, item: dict[str, object]) -> dict[str, object] | None:
    """The item's receipt with one field changed; signed by the server's own key where that is possible."""
    given = SignedStatement.model_validate(item["receipt"])
    receipt = Receipt.model_validate_json(given.statement)
    key = Ed25519PrivateKey.from_private_bytes((parties.district.folder / "keys/signing.key").read_bytes())
    if field == "none":
        return None
    if field == "signature":
        return given.model_copy(
            update={"statement": given.statement.replace('"version":1', '"version":2')}
        ).model_dump()
    if field == "key_id":
        return signed(receipt, Ed25519PrivateKey.generate()).model_dump()
    if field == "statement":
        return signed(receipt.audit, key).model_dump()
    changed: dict[str, object] = {
        "instance_id": uuid4(),
        "record_id": uuid4(),
        "version": 2,
        "sha256": "0" * 64,
        "device_id": uuid4(),
        "attachments": receipt.attachments[:-1],
    }
    return signed(receipt.model_copy(update={field: changed[field]}), key).model_dump()


FORGERIES = [
    "none",
    "signature",
    "key_id",
    "statement",
    "instance_id",
    "record_id",
    "version",
    "sha256",
    "device_id",
    "attachments",
]


@pytest.mark.parametrize("field", FORGERIES)
def test_nothing_counts_as_sent_without_its_receipt(parties: Parties, tmp_path: Path, field: str) -> None:
    bad, good = draft(2), draft()
    outbox = outbox_of(parties, tmp_path, bad, good)

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        if path != "/submissions":
            return None
        said = network.said(request, body)
        for item in said["items"]:
            if item["instance_id"] == str(bad.instance_id):
                item["receipt"] = altered_receipt(parties, field, item)
        return answer(200, said)

    network = Between(parties.enrolment, act)
    result = once(parties.enrolment, outbox, network=network)
    cause = result.not_sent[bad.instance_id]
    assert isinstance(cause, FieldappError)
    if field == "none":
        assert cause.code == "SYNC_040"
    else:
        assert (cause.code, cause.slots) == ("SYNC_041", {"problem": field})
    assert result.sent == (good.instance_id,)
    assert [item.instance_id for item in outbox.pending()] == [bad.instance_id]
    assert once(parties.enrolment, outbox).sent == (bad.instance_id,)
    check(parties, outbox)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("SYNC_040", {"items": []}),
        ("SYNC_013", {"batch_id": str(uuid4())}),
        ("SYNC_013", {"items": None}),
    ],
)
def test_answers_to_something_else(
    parties: Parties, tmp_path: Path, code: str, change: dict[str, object]
) -> None:
    outbox = outbox_of(parties, tmp_path, draft())

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        return answer(200, network.said(request, body) | change) if path == "/submissions" else None

    network = Between(parties.enrolment, act)
    result = once(parties.enrolment, outbox, network=network)
    assert [code_of(cause) for cause in result.not_sent.values()] == [code]
    assert len(outbox.pending()) == 1


def test_answers_in_another_order_find_their_items(parties: Parties, tmp_path: Path) -> None:
    drafts = [draft(0) for _ in range(4)]
    outbox = outbox_of(parties, tmp_path, *drafts)

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        if path != "/submissions":
            return None
        said = network.said(request, body)
        said["items"].reverse()
        return answer(200, said)

    network = Between(parties.enrolment, act)
    assert len(once(parties.enrolment, outbox, network=network).sent) == 4
    check(parties, outbox)
