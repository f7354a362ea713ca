"""Enrolment: a one-time code of the district office for the laptop's public key, once per laptop."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from fieldapp.errors import EnvironmentProblem
from fieldapp.sync.protocol import Enrol, EnrolAnswer, key_id_of
from fieldapp.sync.transport import Network, Timeouts, Transport, trust


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a laptop knows and trusts after enrolling. ``token`` is a secret: keep it in the locked store.

    ``server_keys``: raw Ed25519 keys whose receipts count. ``recovery_key``: raw X25519 key of the district.
    ``ca_pem``: the CA to trust, empty for the system's own trust.
    """

    url: str
    device_id: UUID
    token: str = field(repr=False)
    district: str
    server_keys: tuple[bytes, ...]
    recovery_key: bytes
    ca_pem: str = field(repr=False)

    def server_key(self, key_id: str) -> bytes | None:
        """The trusted key called ``key_id``."""
        return next((key for key in self.server_keys if key_id_of(key) == key_id), None)

    def as_json(self) -> dict[str, object]:
        """JSON values, for the store's settings; ``from_json`` reads them back."""
        return {
            "url": self.url,
            "device_id": str(self.device_id),
            "token": self.token,
            "district": self.district,
            "server_keys": [base64.b64encode(key).decode() for key in self.server_keys],
            "recovery_key": base64.b64encode(self.recovery_key).decode(),
            "ca_pem": self.ca_pem,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> Enrolment:
        """The enrolment that ``as_json`` wrote. KeyError, ValueError if it is something else."""
        keys = kept["server_keys"]
        if not isinstance(keys, list):
            raise ValueError("server_keys")
        return cls(
            url=str(kept["url"]),
            device_id=UUID(str(kept["device_id"])),
            token=str(kept["token"]),
            district=str(kept["district"]),
            server_keys=tuple(base64.b64decode(str(key), validate=True) for key in keys),
            recovery_key=base64.b64decode(str(kept["recovery_key"]), validate=True),
            ca_pem=str(kept["ca_pem"]),
        )


def enrol(transport: Transport, *, code: str, device_name: str, public_key: bytes, client: str) -> Enrolment:
    """Register ``public_key`` (raw 32 bytes of Ed25519) with the one-time ``code``.

    Repeatable with the same code and key until the first hello, so a lost answer loses nothing.
    UserError SYNC_050 to SYNC_052 for codes; SYNC_013 if the answer's keys are broken.
    """
    answer = transport.ask(
        "/enrol",
        Enrol(
            code=code.strip(),
            device_name=device_name,
            public_key=base64.b64encode(public_key).decode(),
            client=client,
        ),
        EnrolAnswer,
    )
    return Enrolment(
        url=transport.url,
        device_id=answer.device_id,
        token=answer.token,
        district=answer.district,
        server_keys=_server_keys(answer, transport.host),
        recovery_key=_recovery_key(answer, transport.host),
        ca_pem=_authority(answer),
    )


def connected(
    enrolment: Enrolment, *, timeouts: Timeouts | None = None, network: Network | None = None
) -> Transport:
    """The transport of an enrolled laptop, for one run."""
    return Transport(
        enrolment.url, ca_pem=enrolment.ca_pem, token=enrolment.token, timeouts=timeouts, network=network
    )


def _server_keys(answer: EnrolAnswer, host: str) -> tuple[bytes, ...]:
    try:
        keys = tuple(base64.b64decode(key, validate=True) for key in answer.server_keys)
        for key in keys:
            Ed25519PublicKey.from_public_bytes(key)
    except (binascii.Error, ValueError) as error:
        raise EnvironmentProblem("SYNC_013", host=host, problem="server_keys") from error
    if not keys:
        raise EnvironmentProblem("SYNC_013", host=host, problem="server_keys")
    return keys


def _recovery_key(answer: EnrolAnswer, host: str) -> bytes:
    try:
        key = base64.b64decode(answer.recovery_key, validate=True)
        X25519PublicKey.from_public_bytes(key)
    except (binascii.Error, ValueError) as error:
        raise EnvironmentProblem("SYNC_013", host=host, problem="recovery_key") from error
    return key


def _authority(answer: EnrolAnswer) -> str:
    """The CA to trust from now on, seen to be readable before anything relies on it."""
    if answer.ca_pem:
        trust(answer.ca_pem)
    return answer.ca_pem
