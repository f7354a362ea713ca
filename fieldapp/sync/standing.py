"""Step 2, standing: whether what the server gave receipts for is still there.

A server that was put back from a backup knows nothing of what came after it, and says so without knowing:
the audit head that its hello names lies before one that its own receipts have signed. Those receipts are
shown to it before anything else is told, for the offer moves that head. A backup may have been made while
records came in, therefore receipts over the very head of hello are shown too: after a run that sent
something, its receipts once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from fieldapp.errors import EnvironmentProblem
from fieldapp.sync.protocol import (
    MAX_REQUEST_BYTES,
    MOST_RECEIPTS,
    KeptReceipts,
    KeptReceiptsAnswer,
    SignedStatement,
)
from fieldapp.sync.transport import Transport

#: Bytes of receipts in one request, which leaves room for what is around them.
_ROOM = MAX_REQUEST_BYTES // 2


def portions(receipts: Sequence[tuple[UUID, SignedStatement]]) -> list[list[tuple[UUID, SignedStatement]]]:
    """The receipts as requests hold them, in their order."""
    found: list[list[tuple[UUID, SignedStatement]]] = []
    room = 0
    for one in receipts:
        size = len(one[1].model_dump_json().encode())
        if not found or len(found[-1]) == MOST_RECEIPTS or size > room:
            found.append([])
            room = _ROOM
        found[-1].append(one)
        room -= size
    return found


def gone(transport: Transport, shown: Sequence[tuple[UUID, SignedStatement]]) -> tuple[UUID, ...]:
    """Of the submissions shown by their receipts, those that the server has lost, in the order shown.

    EnvironmentProblem SYNC_013 if it names others.
    """
    said = KeptReceipts(receipts=tuple(receipt for _id, receipt in shown))
    answer = transport.ask("/receipts", said, KeptReceiptsAnswer)
    lost = set(answer.gone)
    if not lost <= {instance_id for instance_id, _receipt in shown}:
        raise EnvironmentProblem("SYNC_013", host=transport.host, problem="it names other records")
    return tuple(instance_id for instance_id, _receipt in shown if instance_id in lost)
