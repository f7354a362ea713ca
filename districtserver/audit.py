"""Two audit logs: the server's own, and the heads of the laptops' chains as they were seen."""

from __future__ import annotations

import json
from collections.abc import Mapping

from districtserver import clock
from districtserver.models import AuditEntry, Device, DeviceAudit
from districtserver.writing import writing
from fieldapp.sync.protocol import AUDIT_ORIGIN, AuditExtension, AuditHead, audit_link, extends, sha256_of


def append(event: str, device: Device | None, detail: Mapping[str, object]) -> AuditEntry:
    """Add an entry to the server's own chain. Call it inside the transaction of what it tells."""
    with writing():
        last = AuditEntry.objects.select_for_update().order_by("-seq").first()
        at = clock.now()
        seq = last.seq + 1 if last else 1
        row = [seq, at.isoformat(), event, str(device.id) if device else None, dict(detail)]
        content = json.dumps(row, sort_keys=True, ensure_ascii=False)
        head = audit_link(last.head if last else AUDIT_ORIGIN.head, sha256_of(content.encode()))
        return AuditEntry.objects.create(
            seq=seq, at=at, event=event, device=device, detail=dict(detail), head=head
        )


def first_broken() -> int | None:
    """The number of the first entry of the server's own chain that does not fit, None if all do."""
    head, expected = AUDIT_ORIGIN.head, 1
    for entry in AuditEntry.objects.order_by("seq").iterator():
        device = str(entry.device_id) if entry.device_id else None
        content = json.dumps(
            [entry.seq, entry.at.isoformat(), entry.event, device, entry.detail],
            sort_keys=True,
            ensure_ascii=False,
        )
        head = audit_link(head, sha256_of(content.encode()))
        if entry.seq != expected or entry.head != head:
            return entry.seq
        expected += 1
    return None


def last_seen(device: Device) -> AuditHead:
    """The last head of the laptop's chain that this server accepted as one."""
    row = DeviceAudit.objects.filter(device=device).exclude(broken="inconsistent").order_by("-id").first()
    return AuditHead(seq=row.seq, head=row.head) if row else AUDIT_ORIGIN


def see(device: Device, extension: AuditExtension) -> str:
    """Take note of the laptop's chain; empty if it extends what was seen, else what is wrong with it.

    ``inconsistent``: its links do not lead to its head. ``not_extending``: it starts elsewhere than at a head
    seen before. Either is recorded and never blocks evidence; a head seen before is a repeated request.
    """
    with writing():
        last = last_seen(device)
        heads = DeviceAudit.objects.filter(device=device, broken="")
        if extension.head == last or heads.filter(seq=extension.head.seq, head=extension.head.head).exists():
            return ""
        broken = ""
        if not extends(extension):
            broken = "inconsistent"
        elif extension.since != last:
            broken = "not_extending"
        _, new = DeviceAudit.objects.get_or_create(
            device=device,
            seq=extension.head.seq,
            head=extension.head.head,
            broken=broken,
            defaults={"seen_at": clock.now()},
        )
        if broken and new:
            append("device_audit_broken", device, {"kind": broken, "seq": extension.head.seq})
    return broken
