"""What the laptop holds, as counts and hashes; records as plain files, for whoever may see them; recovery."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from fieldapp.errors import UserError
from fieldapp.store import Store
from fieldapp.store.model import SignedText, Submission
from fieldapp.sync.protocol import sha256_of


def inventory(store: Store) -> dict[str, Any]:
    """SHA-256 of every submission's XML, every attachment and every receipt's signed text; count and
    digest of every list that was pulled.

    The same shape as the server's, so that the two can be compared line by line.
    """
    submissions = sorted(store.submissions.list(), key=lambda one: str(one.chain.instance_id))
    receipts = [(one, store.outbox.receipt(one.chain.instance_id)) for one in submissions]
    return {
        "submissions": [
            {
                "instance_id": str(one.chain.instance_id),
                "record_id": str(one.chain.record_id),
                "version": one.chain.version,
                "sha256": one.sha256,
            }
            for one in submissions
        ],
        "attachments": [
            {
                "instance_id": str(one.chain.instance_id),
                "name": file.name,
                "sha256": file.sha256,
                "size": file.size,
            }
            for one in submissions
            for file in one.attachments
        ],
        "receipts": [
            {"instance_id": str(one.chain.instance_id), "sha256": sha256_of(receipt.statement.encode())}
            for one, receipt in receipts
            if receipt is not None
        ],
        "register": [
            {"list": name, "count": count, "mark": mark}
            for name, (count, mark) in sorted(store.pulled.recount().items())
        ],
    }


def export(store: Store, submission: Submission, folder: Path) -> list[Path]:
    """Write a submission in the clear: instance.xml, manifest.json, receipt.json, attachments as they came.

    ``folder`` gets a folder of its own for it. Logged, because the copy is not protected any more. OSError if
    it cannot be written; STORE_031, STORE_032 for a file that is missing or altered.
    """
    chain = submission.chain
    target = folder / f"{chain.record_id}-{chain.version}"
    target.mkdir(parents=True, exist_ok=True)
    files = {"instance.xml": submission.xml, "manifest.json": _signed(submission.manifest)}
    receipt = store.outbox.receipt(chain.instance_id)
    if receipt is not None:
        files["receipt.json"] = _signed(receipt)
    store.audit.append("submission.exported", {"instance_id": str(chain.instance_id)})
    written = []
    for name, content in files.items():
        (target / name).write_bytes(content)
        written.append(target / name)
    for file in submission.attachments:
        (target / file.name).write_bytes(store.vault.get(file.sha256))
        written.append(target / file.name)
    return written


def recovery_key_of(pem: bytes) -> bytes:
    """The district's private recovery key (raw X25519) from the file that the server wrote (PKCS#8 PEM).

    UserError STORE_007 for anything else.
    """
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UserError("STORE_007") from error
    if not isinstance(key, X25519PrivateKey):
        raise UserError("STORE_007")
    return key.private_bytes_raw()


def _signed(text: SignedText) -> bytes:
    return json.dumps(json.loads(text.to_json()), ensure_ascii=False, indent=1).encode()
