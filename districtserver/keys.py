"""The server's keys: the Ed25519 key that signs receipts, the recovery key pair, the secret behind tokens.

Private halves are files 0600 under ``keys/`` of the data folder; the recovery private key is written apart
(``recovery-offline/``), to be carried away from the machine.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings

from districtserver import clock
from districtserver.files import write_public, write_secret
from districtserver.models import ServerKey
from fieldapp.sync.protocol import key_id_of

SIGNING, TOKENS, RECOVERY_PUBLIC = "keys/signing.key", "keys/tokens.key", "keys/recovery.pub"
#: Signs the sessions of staff; the settings read it.
WEB = "keys/web.key"
RECOVERY_PRIVATE = "recovery-offline/recovery.pem"


def folder() -> Path:
    """The data folder as set now."""
    return Path(settings.DISTRICT_FOLDER)


def make_missing(base: Path) -> None:
    """Make the key files that ``base`` does not have yet; existing ones are never replaced."""
    if not (base / SIGNING).exists():
        write_secret(base / SIGNING, Ed25519PrivateKey.generate().private_bytes_raw())
    for secret in (TOKENS, WEB):
        if not (base / secret).exists():
            write_secret(base / secret, secrets.token_bytes(32))
    if not (base / RECOVERY_PUBLIC).exists():
        private = X25519PrivateKey.generate()
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_secret(base / RECOVERY_PRIVATE, pem)
        write_public(base / RECOVERY_PUBLIC, base64.b64encode(private.public_key().public_bytes_raw()))


def register() -> None:
    """Enter the public half of the signing key into the database, once."""
    public = signing_key(folder()).public_key().public_bytes_raw()
    ServerKey.objects.get_or_create(
        key_id=key_id_of(public),
        defaults={"public_key": base64.b64encode(public).decode(), "created_at": clock.now()},
    )


@lru_cache(maxsize=4)
def signing_key(base: Path) -> Ed25519PrivateKey:
    """The key that signs receipts."""
    return Ed25519PrivateKey.from_private_bytes((base / SIGNING).read_bytes())


def recovery_key(base: Path) -> str:
    """The district's X25519 public key, base64 of raw bytes."""
    return (base / RECOVERY_PUBLIC).read_text(encoding="ascii").strip()


@lru_cache(maxsize=4)
def _token_secret(base: Path) -> bytes:
    return (base / TOKENS).read_bytes()


def token_for(base: Path, code_sha256: str, public_key: str) -> str:
    """The token that ``code`` gives to ``public_key``: derived, so a repeated enrolment gets the same."""
    text = f"fieldapp token 1\n{code_sha256}\n{public_key}".encode()
    digest = hmac.new(_token_secret(base), text, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
