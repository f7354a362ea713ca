"""Requests that no well-behaved client sends: bytes on a TLS socket."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping

from fieldapp.sync.protocol import API
from tests.server.district import DistrictServer


def connect(district: DistrictServer) -> ssl.SSLSocket:
    """A TLS connection to the server."""
    trust = ssl.create_default_context(cafile=str(district.ca))
    plain = socket.create_connection(("127.0.0.1", district.port), timeout=10)
    return trust.wrap_socket(plain, server_hostname="127.0.0.1")


def head(method: str, path: str, headers: Mapping[str, str]) -> bytes:
    """Request line and headers."""
    lines = [f"{method} {API}{path} HTTP/1.1", "Host: 127.0.0.1", *(f"{k}: {v}" for k, v in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def status(connection: ssl.SSLSocket) -> int:
    """Status of the answer."""
    got = b""
    while b"\r\n" not in got:
        part = connection.recv(4096)
        assert part, "connection closed without an answer"
        got += part
    return int(got.split(b" ", 2)[1])
