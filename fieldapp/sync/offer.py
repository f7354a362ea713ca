"""Step 2, offer: what is about to come, and how far each file has come already.

The audit chain travels here. A long chain or a large batch goes in several offers, each a valid one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from uuid import UUID

from fieldapp.errors import EnvironmentProblem
from fieldapp.sync.outgoing import OutgoingSubmission
from fieldapp.sync.protocol import (
    AuditExtension,
    AuditHead,
    BlobRef,
    BlobState,
    Offer,
    OfferAnswer,
    OfferedSubmission,
    audit_link,
)
from fieldapp.sync.transport import Transport

#: Entries (links, submissions, files) of one offer: 2 MB at most, and few enough for one query.
MOST_ENTRIES = 10_000


def offers(
    batch_id: UUID, audit: AuditExtension, items: Sequence[OutgoingSubmission], most: int = MOST_ENTRIES
) -> list[Offer]:
    """The batch as offers of at most ``most`` entries, at least one: the audit chain goes in any case."""
    found: list[Offer] = []
    parts = list(_audit_parts(audit, most))
    found += [Offer(batch_id=batch_id, audit=part, submissions=(), blobs=()) for part in parts[:-1]]
    last = parts[-1]
    submissions = iter([OfferedSubmission(instance_id=i.instance_id, sha256=i.sha256) for i in items])
    sizes = {file.sha256: file.size for item in items for file in item.files}
    blobs = iter([BlobRef(sha256=sha256, size=size) for sha256, size in sizes.items()])
    while True:
        room = most - len(last.links)
        some = tuple(islice(submissions, room))
        files = tuple(islice(blobs, room - len(some)))
        if found and not some and not files and not last.links:
            return found
        found.append(Offer(batch_id=batch_id, audit=last, submissions=some, blobs=files))
        last = AuditExtension(since=last.head, links=(), head=last.head)


def _audit_parts(audit: AuditExtension, most: int) -> Iterator[AuditExtension]:
    """The extension as several that follow each other, the last one shorter than ``most``."""
    since, links = audit.since, audit.links
    while len(links) >= most:
        head = since.head
        for link in links[:most]:
            head = audit_link(head, link)
        reached = AuditHead(seq=since.seq + most, head=head)
        yield AuditExtension(since=since, links=links[:most], head=reached)
        since, links = reached, links[most:]
    yield AuditExtension(since=since, links=links, head=audit.head)


def offer(transport: Transport, message: Offer) -> tuple[BlobState, ...]:
    """Make an offer; where its files stand. EnvironmentProblem SYNC_013 if another offer is answered."""
    answer = transport.ask("/offer", message, OfferAnswer)
    if answer.batch_id != message.batch_id:
        raise EnvironmentProblem("SYNC_013", host=transport.host, problem="batch_id")
    return answer.blobs
