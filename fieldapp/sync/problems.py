"""Failures of the line and refusals of the server as errors of the catalogue, each with what to do.

Nothing a server or a proxy says reaches the user unread: only codes and numbers of its answer are used, and
the district server's own texts only when they came as a ``Problem``.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

import httpx
from pydantic import ValidationError

from fieldapp.errors import BugError, EnvironmentProblem, FieldappError, UserError
from fieldapp.sync.protocol import PROTOCOL, Problem

#: Waiting asked for by the server is obeyed up to this many seconds within a run.
LONGEST_WAIT = 60
_NO_NETWORK = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}
#: OpenSSL's verification codes: hostname and address mismatch; not yet valid and expired.
_OTHER_HOST, _OTHER_TIME = {62, 64}, {9, 10}
#: What a second try within the same run can heal.
_WORTH_RETRYING = frozenset(
    f"SYNC_{number}" for number in ("001", "002", "003", "008", "009", "026", "027", "028")
)
_ENROLMENT = {"code_unknown": "SYNC_050", "code_expired": "SYNC_051", "code_used": "SYNC_052"}
_FILES = {"file_missing": "SYNC_070", "file_not_assigned": "SYNC_071"}


class Cancelled(Exception):  # noqa: N818 - the user's wish, not a failure
    """The user cancelled the run."""


def worth_retrying(error: FieldappError) -> bool:
    """Whether the same request may pass within the same run."""
    return error.code in _WORTH_RETRYING


def wait_of(error: FieldappError) -> float:
    """Seconds the server asked to wait, 0 if it did not."""
    seconds = error.slots.get("seconds", 0) if error.code == "SYNC_027" else 0
    return float(seconds) if isinstance(seconds, int) else 0.0


def of_failure(error: httpx.TransportError, host: str, seconds: float) -> FieldappError:
    """The catalogue error of a request that got no complete answer. ``seconds``: the time-out in force."""
    for cause in _chain(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _of_certificate(cause, host)
        if isinstance(cause, socket.gaierror):
            return EnvironmentProblem(
                "SYNC_001" if cause.errno == socket.EAI_AGAIN else "SYNC_002", host=host
            )
        if isinstance(cause, OSError) and cause.errno in _NO_NETWORK:
            return EnvironmentProblem("SYNC_001", host=host)
    if isinstance(error, httpx.ConnectTimeout):
        return EnvironmentProblem("SYNC_003", host=host)
    if isinstance(error, httpx.TimeoutException):
        return EnvironmentProblem("SYNC_009", host=host, seconds=round(seconds))
    if isinstance(error, httpx.ConnectError):
        return _of_connecting(error, host)
    if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        return BugError("BUG_001", what=f"request against the rules of HTTP: {type(error).__name__}")
    if isinstance(error, httpx.RemoteProtocolError) and not _ended_early(error):
        return EnvironmentProblem("SYNC_012", host=host)
    return EnvironmentProblem("SYNC_008", host=host)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    for _ in range(10):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def _of_certificate(error: ssl.SSLCertVerificationError, host: str) -> FieldappError:
    if error.verify_code in _OTHER_HOST:
        return EnvironmentProblem("SYNC_005", host=host)
    return EnvironmentProblem("SYNC_006" if error.verify_code in _OTHER_TIME else "SYNC_004", host=host)


def _of_connecting(error: httpx.ConnectError, host: str) -> FieldappError:
    for cause in _chain(error):
        if isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError | ConnectionResetError):
            return EnvironmentProblem("SYNC_008", host=host)  # cut in the middle of the handshake
        if isinstance(cause, ssl.SSLError) and cause.errno == errno.ENOTCONN:
            return EnvironmentProblem("SYNC_008", host=host)  # cut before it, with bytes still to be read
        if isinstance(cause, ssl.SSLError):
            return EnvironmentProblem("SYNC_007", host=host)
    return EnvironmentProblem("SYNC_003", host=host)


def _ended_early(error: httpx.RemoteProtocolError) -> bool:
    """Whether the answer was cut short; otherwise what came is no HTTP at all."""
    return "disconnected" in str(error) or "peer closed" in str(error)


def problem_in(body: bytes) -> Problem | None:
    """The server's own ``Problem``, if the body is one."""
    try:
        return Problem.model_validate_json(body)
    except ValidationError:
        return None


def of_status(status: int, body: bytes, retry_after: str, host: str) -> FieldappError:
    """The catalogue error of an answer that is not the one hoped for."""
    said = problem_in(body)
    reason = said.code if said else "-"
    if status < 400 or status == 511:
        return EnvironmentProblem("SYNC_011" if 300 <= status < 400 else "SYNC_012", host=host)
    if reason in _ENROLMENT:
        return UserError(_ENROLMENT[reason])
    if reason in _FILES:
        return UserError(_FILES[reason])
    if reason == "device_revoked":
        return UserError("SYNC_021")
    if reason == "protocol_differs":
        return UserError("SYNC_030", server="?", own=PROTOCOL)
    if reason == "body_short":
        return EnvironmentProblem("SYNC_008", host=host)
    if status == 507 or reason == "disk_full":
        return EnvironmentProblem("SYNC_029")
    return _of_plain_status(status, reason, retry_after, host, retryable=said is not None and said.retryable)


def _of_plain_status(
    status: int, reason: str, retry_after: str, host: str, *, retryable: bool
) -> FieldappError:
    if status >= 500:
        return EnvironmentProblem("SYNC_028", status=status)
    if status == 429:
        seconds = int(retry_after) if retry_after.isascii() and retry_after.isdigit() else 1
        return EnvironmentProblem("SYNC_027", seconds=min(seconds, LONGEST_WAIT))
    if status == 401:
        return UserError("SYNC_020")
    if status == 403:
        return EnvironmentProblem("SYNC_022", host=host, reason=reason)
    environment = {411: "SYNC_024", 413: "SYNC_025", 423: "SYNC_026"}
    if status in environment:
        return EnvironmentProblem(environment[status])
    if status == 404:
        return UserError("SYNC_023")
    kind = EnvironmentProblem if retryable else UserError
    return kind("SYNC_032", status=status, reason=reason)


def text_of(error: FieldappError) -> str:
    """The error's English sentence with its slots filled."""
    return error.detail.message.format(**error.slots)
