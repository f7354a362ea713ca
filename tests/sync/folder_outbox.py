"""An outbox that is a folder: files for what is pending, receipts written durably. Survives ``kill -9``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock, get_ident
from uuid import UUID

from fieldapp.errors import UserError
from fieldapp.sync.protocol import (
    AUDIT_ORIGIN,
    AuditExtension,
    AuditHead,
    Receipt,
    SignedStatement,
    audit_link,
    sha256_of,
    signed,
)
from fieldapp.sync.run import Cause, OutgoingFile, OutgoingSubmission
from tests.server.laptop import Draft, Laptop


class FolderOutbox:
    """``queue/`` in order of names, ``content/`` by hash, ``receipts/`` by id, ``audit`` one link a line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.causes: dict[UUID, Cause] = {}
        self._lock = Lock()
        for name in ("queue", "content", "receipts"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def add(self, laptop: Laptop, draft: Draft) -> None:
        """Put a submission last."""
        manifest = laptop.manifest(draft)
        for content in (draft.bytes(), *draft.photos):
            (self.folder / "content" / sha256_of(content)).write_bytes(content)
        entry = {
            "instance_id": str(draft.instance_id),
            "sha256": manifest.sha256,
            "manifest": signed(manifest, laptop.key).model_dump(),
            "files": [[file.name, file.sha256, file.size, file.media_type] for file in manifest.attachments],
        }
        number = len(list((self.folder / "queue").iterdir()))
        (self.folder / "queue" / f"{number:05}.json").write_text(json.dumps(entry), encoding="utf-8")
        self.note(str(draft.instance_id))

    def all(self) -> list[OutgoingSubmission]:
        """Everything ever queued, oldest first."""
        found = []
        for path in sorted((self.folder / "queue").iterdir()):
            entry = json.loads(path.read_text(encoding="utf-8"))
            found.append(
                OutgoingSubmission(
                    UUID(entry["instance_id"]),
                    entry["sha256"],
                    SignedStatement.model_validate(entry["manifest"]),
                    tuple(OutgoingFile(*file) for file in entry["files"]),
                )
            )
        return found

    def pending(self) -> list[OutgoingSubmission]:
        return [item for item in self.all() if not self._receipt(item.instance_id).exists()]

    def instance_xml(self, instance_id: UUID) -> bytes:
        sha256 = next(item.sha256 for item in self.all() if item.instance_id == instance_id)
        return self.blob(sha256)

    def blob(self, sha256: str) -> bytes:
        path = self.folder / "content" / sha256
        if not path.exists():
            raise UserError("STORE_031", sha256=sha256)
        content = path.read_bytes()
        if sha256_of(content) != sha256:
            raise UserError("STORE_032", sha256=sha256)
        return content

    def audit_since(self, seq: int) -> AuditExtension:
        links = self.links()
        since = _folded(links[:seq]) if seq <= len(links) else AUDIT_ORIGIN
        return AuditExtension(since=since, links=tuple(links[since.seq :]), head=_folded(links))

    def receipts_from(self, seq: int) -> list[tuple[UUID, SignedStatement]]:
        kept = [(item.instance_id, self.receipt(item.instance_id)) for item in self.all()]
        return [
            (instance_id, receipt)
            for instance_id, receipt in kept
            if receipt is not None and Receipt.model_validate_json(receipt.statement).audit.seq >= seq
        ]

    def put_back(self, instance_ids: Sequence[UUID], seq: int) -> None:
        for instance_id in instance_ids:
            path = self._receipt(instance_id)
            path.replace(path.with_suffix(f".lost{seq}"))
        self.note(f"the server went back to {seq}")

    def links(self) -> list[str]:
        path = self.folder / "audit"
        return path.read_text(encoding="ascii").split() if path.exists() else []

    def note(self, what: str) -> None:
        """Add an entry to the audit chain."""
        with self._lock, (self.folder / "audit").open("a", encoding="ascii") as file:
            file.write(sha256_of(what.encode()) + "\n")

    def sent(self, instance_id: UUID, receipt: SignedStatement) -> None:
        path = self._receipt(instance_id)
        text = receipt.model_dump_json()
        if path.exists():
            assert path.read_text(encoding="utf-8") == text, "a receipt changed"
            return
        part = path.with_suffix(f".{get_ident()}")  # two runs may have the same receipt at once
        with part.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        self.note(f"sent {instance_id}")
        self.causes.pop(instance_id, None)

    def not_sent(self, instance_id: UUID, error: Cause) -> None:
        self.causes[instance_id] = error

    def receipt(self, instance_id: UUID) -> SignedStatement | None:
        """The kept receipt."""
        path = self._receipt(instance_id)
        return SignedStatement.model_validate_json(path.read_bytes()) if path.exists() else None

    def _receipt(self, instance_id: UUID) -> Path:
        return self.folder / "receipts" / f"{instance_id}.json"


def _folded(links: Iterable[str]) -> AuditHead:
    head, seq = AUDIT_ORIGIN.head, 0
    for link in links:
        head, seq = audit_link(head, link), seq + 1
    return AuditHead(seq=seq, head=head)
