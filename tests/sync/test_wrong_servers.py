"""Servers and devices on the way that are not what they should be: each has its code, none gets anything."""

from __future__ import annotations

import errno
import socket
import ssl
import threading
import time
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from fieldapp.errors import FieldappError
from fieldapp.sync.enrolment import Enrolment, connected
from fieldapp.sync.problems import Cancelled, of_failure, worth_retrying
from fieldapp.sync.protocol import AUDIT_ORIGIN, HelloAnswer
from fieldapp.sync.run import run
from fieldapp.sync.transport import Timeouts, Transport, checked_url
from tests.server.laptop import Draft, Laptop
from tests.sync.folder_outbox import FolderOutbox
from tests.sync.impostor import Impostor, ca_of, certificate, http
from tests.sync.rounds import no_pause, now

LOGIN = b"<html><form action=login></form></html>"
TOKEN = "token-that-must-not-leak"


@pytest.fixture
def outbox(tmp_path: Path) -> FolderOutbox:
    found = FolderOutbox(tmp_path / "outbox")
    found.add(Laptop(), Draft())
    return found


def enrolment(url: str, ca_pem: str) -> Enrolment:
    return Enrolment(url, UUID(int=1), TOKEN, "d", (bytes(32),), bytes(32), ca_pem)


def failure(url: str, ca_pem: str, outbox: FolderOutbox) -> FieldappError:
    """The error of a run; nothing of the outbox may have changed by it."""
    enrolled = enrolment(url, ca_pem)
    before = outbox.pending(), outbox.links()
    with connected(enrolled, timeouts=Timeouts(3, 3, 3)) as transport, pytest.raises(FieldappError) as raised:
        run(transport, enrolled, outbox, client="0.1.0", clock=now, tries=3, pause=no_pause)
    assert (outbox.pending(), outbox.links()) == before
    assert not list((outbox.folder / "receipts").iterdir())
    return raised.value


def hello_with(**changes: object) -> bytes:
    answer = HelloAnswer(
        protocol=1, server="1", server_time=now(), minimum_client="0.1.0", forms=(), audit=AUDIT_ORIGIN
    )
    return http("200 OK", answer.model_copy(update=changes).model_dump_json().encode())


PROBLEM = b'{"code": "%b", "message": "\xe4\xb8\xad", "remedy": "", "retryable": false}'
ANSWERS = [
    ("SYNC_028", http("500 Internal Server Error", b"<html>", "text/html")),
    ("SYNC_028", http("503 Service Unavailable", PROBLEM % b"busy")),
    ("SYNC_020", http("401 Unauthorized", PROBLEM % b"token_unknown")),
    ("SYNC_021", http("403 Forbidden", PROBLEM % b"device_revoked")),
    ("SYNC_022", http("403 Forbidden", LOGIN, "text/html")),
    ("SYNC_023", http("404 Not Found", b"", "text/html")),
    ("SYNC_024", http("411 Length Required", PROBLEM % b"length_required")),
    ("SYNC_025", http("413 Payload Too Large", b"", "text/html")),
    ("SYNC_026", http("423 Locked")),
    ("SYNC_027", http("429 Too Many Requests", more="Retry-After: 0\r\n")),
    ("SYNC_029", http("507 Insufficient Storage", PROBLEM % b"disk_full")),
    ("SYNC_030", http("409 Conflict", PROBLEM % b"protocol_differs")),
    ("SYNC_030", hello_with(protocol=2)),
    ("SYNC_031", hello_with(minimum_client="0.2")),
    ("SYNC_032", http("418 Teapot")),
    ("SYNC_013", hello_with(minimum_client="newest")),
    ("SYNC_008", http("200 OK", b'{"protocol"', length=400)),
    ("SYNC_008", b""),
    ("SYNC_011", http("302 Found", b"", more="Location: https://portal.example/\r\n")),
    ("SYNC_012", http("200 OK", LOGIN, "text/html")),
    ("SYNC_012", http("511 Network Authentication Required", LOGIN, "text/html")),
    ("SYNC_012", http("200 OK", b"\x1f\x8b", more="Content-Encoding: gzip\r\n")),
    ("SYNC_012", b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    ("SYNC_013", http("200 OK", b"{}")),
    ("SYNC_013", http("200 OK", b"")),
]


@pytest.mark.parametrize(
    ("code", "answer"), ANSWERS, ids=[f"{code}-{place}" for place, (code, _) in enumerate(ANSWERS)]
)
def test_answers(tmp_path: Path, outbox: FolderOutbox, code: str, answer: bytes) -> None:
    pem = certificate(tmp_path)
    with Impostor(answer, pem) as impostor:
        error = failure(f"https://127.0.0.1:{impostor.port}", ca_of(pem), outbox)
    assert error.code == code
    assert LOGIN.decode() not in str(error)


def test_other_ca(tmp_path: Path, outbox: FolderOutbox) -> None:
    pem = certificate(tmp_path)
    (tmp_path / "other").mkdir()
    with Impostor(hello_with(), pem) as impostor:
        error = failure(f"https://127.0.0.1:{impostor.port}", ca_of(certificate(tmp_path / "other")), outbox)
        assert (error.code, impostor.heard) == ("SYNC_004", b"")
        # the system's trust knows this one neither
        error = failure(f"https://127.0.0.1:{impostor.port}", "", outbox)
        assert (error.code, impostor.heard) == ("SYNC_004", b"")


@pytest.mark.parametrize(
    ("code", "host", "expired"), [("SYNC_005", "example.org", False), ("SYNC_006", "127.0.0.1", True)]
)
def test_wrong_host_and_expired(
    tmp_path: Path, outbox: FolderOutbox, code: str, host: str, expired: bool
) -> None:
    pem = certificate(tmp_path, host=host, expired=expired)
    with Impostor(hello_with(), pem) as impostor:
        error = failure(f"https://127.0.0.1:{impostor.port}", ca_of(pem), outbox)
        assert (error.code, impostor.heard) == (code, b"")


def test_old_tls(tmp_path: Path, outbox: FolderOutbox) -> None:
    pem = certificate(tmp_path)
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old = Impostor(hello_with(), pem, ssl.TLSVersion.TLSv1_1)
    with old as impostor:
        error = failure(f"https://127.0.0.1:{impostor.port}", ca_of(pem), outbox)
        assert (error.code, impostor.heard) == ("SYNC_007", b"")


def test_plain_text_server_hears_no_secret(tmp_path: Path, outbox: FolderOutbox) -> None:
    with Impostor(hello_with(), None) as impostor:
        error = failure(f"https://127.0.0.1:{impostor.port}", ca_of(certificate(tmp_path)), outbox)
        assert error.code == "SYNC_007"
        assert TOKEN.encode() not in impostor.heard


def test_redirect_leads_nowhere(tmp_path: Path, outbox: FolderOutbox) -> None:
    pem = certificate(tmp_path)
    with Impostor(hello_with(), pem) as other:
        away = http("307 Temporary Redirect", more=f"Location: https://127.0.0.1:{other.port}/\r\n")
        with Impostor(away, pem) as impostor:
            assert failure(f"https://127.0.0.1:{impostor.port}", ca_of(pem), outbox).code == "SYNC_011"
        assert other.heard == b""


def test_nobody_there(tmp_path: Path, outbox: FolderOutbox) -> None:
    ca = ca_of(certificate(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert failure(f"https://127.0.0.1:{port}", ca, outbox).code == "SYNC_003"
    assert failure("https://no-such-host.invalid", ca, outbox).code in {"SYNC_001", "SYNC_002"}


def test_silence_has_its_time(tmp_path: Path, outbox: FolderOutbox) -> None:
    """A listener that accepts and says nothing."""
    ca = ca_of(certificate(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        enrolled = enrolment(url, ca)
        with (
            connected(enrolled, timeouts=Timeouts(0.2, 0.2, 0.2)) as transport,
            pytest.raises(FieldappError) as raised,
        ):
            run(transport, enrolled, outbox, client="0.1.0", clock=now, tries=2, pause=no_pause)
    assert raised.value.code == "SYNC_003"


@pytest.mark.parametrize(
    "url",
    [
        "http://district.example",
        "district.example",
        "https://",
        "https://a/path",
        "https://u:p@a",
        "https://a?x=1",
        "https://a b",
        "https://a:99999",
        "https://[::1",
        "file:///etc/passwd",
    ],
)
def test_addresses_refused(url: str) -> None:
    with pytest.raises(FieldappError) as raised:
        Transport(url)
    assert raised.value.code == "SYNC_010"


def test_addresses_taken() -> None:
    assert checked_url(" https://District.example/ ") == "https://district.example"
    assert checked_url("https://[::1]:8443") == "https://[::1]:8443"


def test_broken_ca_is_said() -> None:
    with pytest.raises(FieldappError) as raised:
        Transport("https://a", ca_pem="-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n")
    assert raised.value.code == "SYNC_014"


def test_cancel_while_connecting(tmp_path: Path, outbox: FolderOutbox) -> None:
    """Nobody answers the handshake for 30 s; the user does not wait for that."""
    ca = ca_of(certificate(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        assert min(_seconds_to_cancel(url, ca, outbox) for _ in range(3)) < 0.1


def _seconds_to_cancel(url: str, ca: str, outbox: FolderOutbox) -> float:
    moments: list[float] = []
    with Transport(url, ca_pem=ca, timeouts=Timeouts(30, 30, 30)) as transport:

        def abort() -> None:
            moments.append(time.monotonic())
            transport.abort()

        timer = threading.Timer(0.1, abort)
        timer.start()
        with pytest.raises(Cancelled):
            run(transport, enrolment(url, ca), outbox, client="0.1.0", clock=now)
        moments.append(time.monotonic())
        timer.join()
    return moments[1] - moments[0]


def test_a_line_cut_before_the_handshake_is_worth_another_try() -> None:
    """What Python's ssl raises for a socket that ended with bytes unread; it looks like a wrong protocol."""
    ended = ssl.SSLError(errno.ENOTCONN, "Closed before TLS handshake with data in recv buffer.")
    failed = httpx.ConnectError(str(ended))
    failed.__cause__ = ended
    error = of_failure(failed, "district.example", 5)
    assert error.code == "SYNC_008"
    assert worth_retrying(error)
