"""Who asks: enrolment by one-time code, bearer tokens, revocation."""

from __future__ import annotations

import base64
import binascii
import secrets
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.http import HttpRequest

from districtserver import audit, clock, keys, tls
from districtserver.models import Device, EnrolmentCode, ServerKey
from districtserver.problems import Refusal
from districtserver.writing import writing
from fieldapp.domain.record_code import crockford
from fieldapp.sync.protocol import PROTOCOL, Enrol, EnrolAnswer, sha256_of

#: Random bits of a code; it lives for days and can be tried only over the network.
CODE_BITS = 60


def new_code(name: str) -> tuple[str, EnrolmentCode]:
    """A one-time code for a laptop to be called ``name``: the code, shown once, and its row."""
    digits = crockford(secrets.randbits(CODE_BITS), CODE_BITS // 5)
    code = "-".join(digits[start : start + 4] for start in range(0, len(digits), 4))
    now = clock.now()
    with writing():
        row = EnrolmentCode.objects.create(
            code_sha256=_code_hash(code),
            name=name,
            created_at=now,
            expires_at=now + timedelta(hours=settings.ENROLMENT_HOURS),
        )
        audit.append("code_made", None, {})
    return code, row


def _code_hash(code: str) -> str:
    plain = (
        "".join(code.upper().split()).replace("-", "").replace("O", "0").replace("I", "1").replace("L", "1")
    )
    return sha256_of(plain.encode())


def enrol(asked: Enrol) -> EnrolAnswer:
    """Register the laptop's key and give it its token; the same request again gets the same answer."""
    if asked.protocol != PROTOCOL:
        raise Refusal("protocol_differs")
    _check_key(asked.public_key)
    base, code_hash = keys.folder(), _code_hash(asked.code)
    token = keys.token_for(base, code_hash, asked.public_key)
    with writing():
        code = EnrolmentCode.objects.select_for_update().filter(code_sha256=code_hash).first()
        if code is None:
            raise Refusal("code_unknown")
        device = code.device
        if device is None:
            if code.expires_at <= clock.now():
                raise Refusal("code_expired")
            device = Device.objects.create(
                name=asked.device_name or code.name,
                public_key=asked.public_key,
                token_sha256=sha256_of(token.encode()),
                client=asked.client,
                enrolled_at=clock.now(),
            )
            code.device = device
            code.save(update_fields=["device"])
            audit.append("device_enrolled", device, {})
        elif device.revoked_at is not None:
            raise Refusal("device_revoked")
        elif device.public_key != asked.public_key or device.first_hello_at is not None:
            raise Refusal("code_used")
    return EnrolAnswer(
        device_id=device.id,
        token=token,
        district=settings.DISTRICT_NAME,
        server_keys=tuple(
            ServerKey.objects.filter(retired_at=None)
            .order_by("created_at")
            .values_list("public_key", flat=True)
        ),
        recovery_key=keys.recovery_key(base),
        ca_pem=tls.ca_pem(base),
    )


def _check_key(public_key: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
    except (binascii.Error, ValueError) as error:
        raise Refusal("malformed", problem="public_key") from error


def authorised(request: HttpRequest) -> Device:
    """The laptop behind the bearer token; the body has not been touched yet.

    Refusals: ``token_missing``, ``token_unknown``, ``device_revoked``.
    """
    scheme, _, token = str(request.META.get("HTTP_AUTHORIZATION") or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refusal("token_missing")
    device = Device.objects.filter(token_sha256=sha256_of(token.strip().encode())).first()
    if device is None:
        raise Refusal("token_unknown")
    if device.revoked_at is not None:
        raise Refusal("device_revoked")
    return device


def revoke(device: Device) -> None:
    """From the next request on the laptop is refused."""
    with writing():
        device.revoked_at = clock.now()
        device.save(update_fields=["revoked_at"])
        audit.append("device_revoked", device, {})


def readmit(device: Device) -> None:
    """From the next request on the laptop is welcome again, with the token it has."""
    with writing():
        device.revoked_at = None
        device.save(update_fields=["revoked_at"])
        audit.append("device_readmitted", device, {})
