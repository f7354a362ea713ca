"""An original on demand: fetched in parts by its hash, checked as a whole."""

from __future__ import annotations

from collections.abc import Callable

from fieldapp.errors import FieldappError, UserError
from fieldapp.sync.problems import worth_retrying
from fieldapp.sync.protocol import BLOB_PART_BYTES, sha256_of
from fieldapp.sync.transport import Transport

#: Failures in a row without a byte more that end it.
TRIES = 3
#: Seconds between them.
PAUSE = 1.0


def original(transport: Transport, sha256: str, size: int, progress: Callable[[int, int], None]) -> bytes:
    """The ``size`` bytes whose hash is ``sha256``; ``progress`` hears bytes so far and all.

    A line that is cut is taken up where it broke. UserError SYNC_070 if the server does not have it, SYNC_071
    if it is of a house of others; SYNC_072 if what came is another file. Raises the
    catalogue's other SYNC errors, ``Cancelled`` after ``transport.abort``.
    """
    content, failures = bytearray(), 0

    def take(piece: bytes) -> None:
        content.extend(piece)
        progress(min(len(content), size), size)

    while len(content) < size:
        before = len(content)
        try:
            _part(transport, sha256, before, min(before + BLOB_PART_BYTES, size) - 1, take)
        except FieldappError as error:
            failures = failures + 1 if len(content) == before else 1
            if not worth_retrying(error) or failures == TRIES:
                raise
            transport.pause(PAUSE)
    if sha256_of(bytes(content)) != sha256:
        raise UserError("SYNC_072")
    return bytes(content)


def _part(transport: Transport, sha256: str, first: int, last: int, take: Callable[[bytes], None]) -> None:
    answer = transport.request(
        "GET", f"/originals/{sha256}", headers={"Range": f"bytes={first}-{last}"}, received=take
    )
    if answer.status != 206:
        raise transport.refusal(answer)
    if not answer.headers.get("content-range", "").startswith(f"bytes {first}-{last}/"):
        raise UserError("SYNC_072")
