"""Hashes to compare, plain copies, the district's recovery key from its file."""

from __future__ import annotations

import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from fieldapp.errors import UserError
from fieldapp.services.laptop import Laptop
from fieldapp.services.safekeeping import export, inventory, recovery_key_of
from fieldapp.store.model import SignedText
from tests.services.office import MAJOR, filled
from tests.store.building import RECOVERY


def test_recovery_key_file() -> None:
    pem = RECOVERY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert recovery_key_of(pem) == RECOVERY.private_bytes_raw()
    others = (
        Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        RECOVERY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word")),
        RECOVERY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        pem[:40],
        b"",
    )
    for other in others:
        with pytest.raises(UserError) as error:
            recovery_key_of(other)
        assert error.value.code == "STORE_007"


def test_inventory_and_export(laptop: Laptop) -> None:
    """What is exported are the bytes that the inventory names, and the audit log says so."""
    opened = filled(laptop, MAJOR)
    laptop.visits.finalize(opened.visit_id)
    (submission,) = laptop.store.submissions.list()
    instance = submission.chain.instance_id
    laptop.store.outbox.record_receipt(instance, SignedText('{"said": "稳"}', "k", "s"))
    held = inventory(laptop.store)
    assert [one["instance_id"] for one in held["submissions"]] == [str(instance)]
    assert held["receipts"][0]["sha256"] == hashlib.sha256('{"said": "稳"}'.encode()).hexdigest()
    assert len(held["attachments"]) == len(submission.attachments) > 0
    written = {
        path.name: path.read_bytes() for path in export(laptop.store, submission, laptop.store.folder.parent)
    }
    assert hashlib.sha256(written["instance.xml"]).hexdigest() == held["submissions"][0]["sha256"]
    for one in held["attachments"]:
        assert hashlib.sha256(written[one["name"]]).hexdigest() == one["sha256"]
    assert json.loads(written["receipt.json"])["statement"] == '{"said": "稳"}'
    entry = laptop.store.audit.entries()[-1].entry
    assert (entry["event"], entry["detail"]) == ("submission.exported", {"instance_id": str(instance)})
