"""Setting a laptop up: its registration with the district, its store, the forms it starts with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fieldapp import __version__
from fieldapp.errors import UserError
from fieldapp.services.publishing import build, list_forms
from fieldapp.store import Inspector, KeyStrength, Store
from fieldapp.store.keys import MIN_PASSPHRASE
from fieldapp.sync.enrolment import Enrolment, enrol
from fieldapp.sync.transport import Network, Transport

_SETTING = "enrolment"


def set_up(
    folder: Path,
    *,
    server: str,
    code: str,
    ca_pem: str,
    device_name: str,
    inspector: Inspector,
    passphrase: str,
    clock: Callable[[], datetime],
    strength: KeyStrength | None = None,
    network: Network | None = None,
) -> Store:
    """Register this laptop with the one-time ``code`` and make its store; the open store.

    What would stop the store from being made is looked at before the code is used. UserError STORE_005,
    STORE_011; SYNC_0.. for the registration.
    """
    if len(passphrase) < MIN_PASSPHRASE:
        raise UserError("STORE_005", least=MIN_PASSPHRASE)
    if folder.exists() and any(folder.iterdir()):
        raise UserError("STORE_011", folder=folder.name)
    forms = [build(form.path) for form in list_forms()]
    signing = Ed25519PrivateKey.generate()
    with Transport(server, ca_pem=ca_pem, network=network) as transport:
        enrolment = enrol(
            transport,
            code=code,
            device_name=device_name,
            public_key=signing.public_key().public_bytes_raw(),
            client=__version__,
        )
    store = Store.create(
        folder,
        inspector,
        passphrase,
        recovery_key=enrolment.recovery_key,
        signing=signing,
        settings={_SETTING: enrolment.as_json()},
        strength=strength,
        clock=clock,
    )
    try:
        for form in forms:
            store.forms.install(form.form_id, form.version, form.xform)
    except BaseException:
        store.close()
        raise
    return store


def enrolment_of(store: Store) -> Enrolment:
    """What the laptop knows and trusts of its district. UserError LAPTOP_001 if it is not registered."""
    kept = store.settings.get(_SETTING)
    if kept is None:
        raise UserError("LAPTOP_001")
    return Enrolment.from_json(kept)
