"""After the rows of a pull: small copies of photographs that other laptops took, a few in a request.

Every copy is kept before the next are asked for, so a cut or a cancel costs nothing; what is left comes with
the next run. A copy that is not what its hash says, or that the laptop cannot use, is refused alone.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from fieldapp.errors import EnvironmentProblem, FieldappError, UserError
from fieldapp.sync.protocol import (
    MOST_THUMBNAILS,
    Thumbnail,
    ThumbnailsAnswer,
    WantedThumbnails,
    sha256_of,
)
from fieldapp.sync.transport import Transport

#: Told after every request: copies so far, copies wanted, bytes so far.
Progress = Callable[[int, int, int], None]


@dataclass(slots=True)
class Copies:
    """What came: how many copies and bytes; ``refused`` has, by original, why one is not here; ``left`` are
    for the next run. ``ended``: what cut it short."""

    came: int = 0
    size: int = 0
    left: int = 0
    refused: dict[str, FieldappError] = field(default_factory=dict)
    ended: FieldappError | None = None


def thumbnails(
    transport: Transport,
    wanted: Sequence[str],
    keep: Callable[[str, bytes], None],
    *,
    room: int,
    progress: Progress,
    copies: Copies,
) -> None:
    """Fetch small copies of these originals until ``room`` bytes have come; ``copies`` tells of it, also if
    this raises.

    ``keep`` takes the original's hash and the JPEG, durable on return; a UserError that it raises refuses
    that one. Raises the catalogue's SYNC errors, ``Cancelled`` after ``transport.abort``.
    """
    copies.left = len(wanted)
    for start in range(0, len(wanted), MOST_THUMBNAILS):
        progress(copies.came, len(wanted), copies.size)
        if copies.size >= room:
            return
        some = tuple(wanted[start : start + MOST_THUMBNAILS])
        answer = transport.ask("/thumbnails", WantedThumbnails(files=some), ThumbnailsAnswer)
        if tuple(one.sha256 for one in answer.files) != some:
            raise EnvironmentProblem("SYNC_013", host=transport.host, problem="files")
        for one in answer.files:
            copies.left -= 1
            try:
                content = _content(one)
                keep(one.sha256, content)
            except UserError as error:
                copies.refused[one.sha256] = error
            else:
                copies.came += 1
                copies.size += len(content)
    progress(copies.came, len(wanted), copies.size)


def _content(one: Thumbnail) -> bytes:
    """The copy. UserError SYNC_070, SYNC_071, SYNC_073 as the server says; SYNC_072 for another content than
    its hash says."""
    if one.code:
        codes = {"file_missing": "SYNC_070", "file_not_assigned": "SYNC_071"}
        raise UserError(codes.get(one.code, "SYNC_073"))
    try:
        content = base64.b64decode(one.jpeg, validate=True)
    except binascii.Error as error:
        raise UserError("SYNC_072") from error
    if sha256_of(content) != one.jpeg_sha256:
        raise UserError("SYNC_072")
    return content
