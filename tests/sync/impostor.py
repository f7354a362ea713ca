"""A server that is not what it should be: any certificate, any answer, every byte it was sent kept."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Impostor:
    """Listens on ``port``; gives ``answer`` to every request and closes. ``certificate`` None: plain text."""

    def __init__(
        self, answer: bytes, certificate: Path | None, version: ssl.TLSVersion | None = None
    ) -> None:
        self._answer = answer
        self._context: ssl.SSLContext | None = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate)
            if version is not None:
                self._context.set_ciphers("DEFAULT:@SECLEVEL=0")
                self._context.minimum_version = self._context.maximum_version = version
        self.heard = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> Impostor:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):  # a laptop that refuses us hangs up
                connection.settimeout(10)
                if self._context is None:
                    self._speak(connection)
                else:
                    with self._context.wrap_socket(connection, server_side=True) as secure:
                        self._speak(secure)

    def _speak(self, connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            part = connection.recv(65536)
            self.heard += part
            request += part
            if not part or not request.startswith((b"POST", b"HEAD", b"PATCH")[: len(request)]):
                break
        head, _, body = request.partition(b"\r\n\r\n")
        left = next(
            (
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-l")
            ),
            0,
        ) - len(body)
        while left > 0 and (part := connection.recv(65536)):
            self.heard += part
            left -= len(part)
        connection.sendall(self._answer)


def certificate(folder: Path, *, host: str = "127.0.0.1", expired: bool = False) -> Path:
    """A self-made certificate with its key in one PEM file; it is its own CA (``ca_of``)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "impostor")])
    start = datetime.now(UTC) - timedelta(days=10)
    try:
        called: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        called = x509.DNSName(host)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=1 if expired else 100))
        .add_extension(x509.SubjectAlternativeName([called]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "impostor.pem"
    path.write_bytes(
        made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path


def ca_of(path: Path) -> str:
    """The certificate alone, to be trusted."""
    return path.read_text(encoding="ascii").partition("-----BEGIN PRIVATE KEY-----")[0]


def http(
    status: str, body: bytes = b"", kind: str = "application/json", length: int = -1, more: str = ""
) -> bytes:
    """An HTTP answer; ``length`` may lie."""
    said = len(body) if length < 0 else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {said}\r\n{more}"
    return f"{head}Connection: close\r\n\r\n".encode() + body
