"""Step 3, blobs: files by content, in parts at an offset. The server's offset is the truth, always."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fieldapp.errors import EnvironmentProblem, UserError
from fieldapp.sync.problems import problem_in
from fieldapp.sync.protocol import (
    COMPLETE_HEADER,
    FILES_HEADER,
    LENGTH_HEADER,
    OFFSET_HEADER,
    BlobState,
    FileAnswer,
    FilesAnswer,
    sha256_of,
)
from fieldapp.sync.transport import Answer, Transport

_NUMBER = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The whole file arrived with other content; the server threw it away and begins at 0."""

    sha256: str


def checked(content: bytes, sha256: str, size: int) -> bytes:
    """``content`` if it is what was finalized; else UserError SYNC_045."""
    if len(content) != size or sha256_of(content) != sha256:
        raise UserError("SYNC_045", sha256=sha256)
    return content


def ask(transport: Transport, sha256: str) -> BlobState:
    """How far the file has come at the server."""
    answer = transport.request("HEAD", f"/blobs/{sha256}")
    if answer.status != 200:
        raise transport.refusal(answer)
    return _state(transport, answer, sha256)


def send(
    transport: Transport, sha256: str, part: bytes, *, offset: int, size: int, sent: Callable[[int], None]
) -> BlobState | Mismatch:
    """Send ``part`` of a file of ``size`` bytes; where the file goes on now, also if not at ``offset``."""
    headers = {
        OFFSET_HEADER: str(offset),
        LENGTH_HEADER: str(size),
        "Content-Type": "application/octet-stream",
    }
    answer = transport.request("PATCH", f"/blobs/{sha256}", body=part, headers=headers, sent=sent)
    if answer.status == 204:
        return _state(transport, answer, sha256)
    said = problem_in(answer.body)
    if answer.status == 409 and said is not None and said.code == "offset_differs":
        return BlobState(sha256=sha256, offset=_offset(transport, answer), stored=False)
    if answer.status == 422 and said is not None and said.code == "content_mismatch":
        return Mismatch(sha256)
    raise transport.refusal(answer)


def send_files(
    transport: Transport, files: Sequence[tuple[str, bytes]], sent: Callable[[str, int], None]
) -> dict[str, FileAnswer]:
    """Send whole files, by hash and content, in one request; what became of each.

    ``sent`` hears bytes by hash. EnvironmentProblem SYNC_013 if the answer speaks of other files.
    """
    answer = transport.post(
        "/blobs",
        b"".join(content for _, content in files),
        FilesAnswer,
        sent=_by_file([(sha256, len(content)) for sha256, content in files], sent),
        headers={
            FILES_HEADER: " ".join(f"{sha256}:{len(content)}" for sha256, content in files),
            "Content-Type": "application/octet-stream",
        },
    )
    if [file.sha256 for file in answer.files] != [sha256 for sha256, _ in files]:
        raise EnvironmentProblem("SYNC_013", host=transport.host, problem="files")
    return {file.sha256: file for file in answer.files}


def _by_file(sizes: Sequence[tuple[str, int]], sent: Callable[[str, int], None]) -> Callable[[int], None]:
    """Tells bytes that left one after the other as bytes of the files that they belong to."""
    left = list(sizes)

    def count(size: int) -> None:
        while size:
            sha256, more = left.pop(0)
            part = min(size, more)
            sent(sha256, part)
            size -= part
            if part < more:
                left.insert(0, (sha256, more - part))

    return count


def _state(transport: Transport, answer: Answer, sha256: str) -> BlobState:
    complete = answer.headers.get(COMPLETE_HEADER.lower())
    if complete not in {"?0", "?1"}:
        raise EnvironmentProblem("SYNC_012", host=transport.host)
    return BlobState(sha256=sha256, offset=_offset(transport, answer), stored=complete == "?1")


def _offset(transport: Transport, answer: Answer) -> int:
    text = answer.headers.get(OFFSET_HEADER.lower(), "")
    if _NUMBER.fullmatch(text) is None:
        raise EnvironmentProblem("SYNC_013", host=transport.host, problem=OFFSET_HEADER)
    return int(text)
