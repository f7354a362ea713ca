"""The peer of uploads: nginx taking PUT over TLS, and curl sending, both from the system."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_CONFIGURATION = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  client_max_body_size 1g; keepalive_requests 100000;
  server {{
    listen 127.0.0.1:{port} ssl; ssl_protocols TLSv1.3;
    ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    location / {{ root {folder}/stored; dav_methods PUT; create_full_put_path on; }}
  }}
}}
"""


def missing() -> str:
    """What of the peer is not installed, empty when all is there."""
    return ", ".join(name for name in ("nginx", "curl") if not (shutil.which(name) or _system(name)))


def _system(name: str) -> str | None:
    return shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/bin")


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def certificate(folder: Path) -> None:
    """``cert.pem`` and ``key.pem`` for 127.0.0.1 in ``folder``, valid for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bench")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


@contextmanager
def running(folder: Path) -> Iterator[int]:
    """nginx with its files in ``folder``; gives its port, ends the process it started."""
    (folder / "stored").mkdir(parents=True)
    certificate(folder)
    port = free_port()
    (folder / "nginx.conf").write_text(_CONFIGURATION.format(folder=folder, port=port))
    program = shutil.which("nginx") or _system("nginx")
    if program is None:
        raise FileNotFoundError("nginx")
    # Started by root it would give its worker's files to nobody; one process keeps ours.
    process = subprocess.Popen(
        [program, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process, folder / "cert.pem")
        yield port
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port: int, process: subprocess.Popen[bytes], authority: Path, seconds: float = 20) -> None:
    """Until a TLS handshake succeeds. Raises RuntimeError when the process ends or time runs out."""
    context = ssl.create_default_context(cafile=str(authority))
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        try:
            with (
                socket.create_connection(("127.0.0.1", port), 1) as plain,
                context.wrap_socket(plain, server_hostname="127.0.0.1"),
            ):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the server did not start (exit code {process.poll()})")


def send(files: list[Path], port: int, authority: Path, run: int) -> None:
    """PUT all files with one curl, four at a time over kept connections. Raises when one fails."""
    arguments = [
        "curl",
        "-sS",
        "--fail",
        "--cacert",
        str(authority),
        "-Z",
        "--parallel-max",
        "4",
        "-o",
        "/dev/null",
    ]
    for path in files:
        arguments += ["-T", str(path), f"https://127.0.0.1:{port}/{run}/{path.name}"]
    # Many transfers at once draw a progress meter on stderr whatever -s says.
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
