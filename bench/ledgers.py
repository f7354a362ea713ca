"""Laptops with a sample district of any size, made once for a run of the bench."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from fieldapp import app
from fieldapp.services.access import Access
from fieldapp.services.buildings import Buildings
from fieldapp.store import Inspector, KeyStrength, Store
from fieldapp.sync.enrolment import Enrolment

INSPECTOR = Inspector("bench", "bench")
PASSPHRASE = "a passphrase of the bench"
#: Stretching the passphrase is no part of what is measured: it takes as long as its strength says.
WEAK = KeyStrength(memory_kib=64, passes=1, lanes=1)
#: Deleted when the process ends.
_FOLDER = tempfile.TemporaryDirectory(prefix="fieldapp-bench-")


@cache
def laptop_folder(buildings: int) -> Path:
    """The folder of a store with so many buildings of the sample district; nothing else was done there."""
    recovery = X25519PrivateKey.generate().public_key().public_bytes_raw()
    folder = Path(_FOLDER.name) / f"laptop-{buildings}"
    nowhere = Enrolment("https://127.0.0.1:9", UUID(int=1), "", "bench", (), recovery, "")
    with Store.create(
        folder,
        INSPECTOR,
        PASSPHRASE,
        recovery_key=recovery,
        settings={"enrolment": nowhere.as_json()},
        strength=WEAK,
        clock=lambda: datetime.now(UTC),
    ) as store:
        Buildings(store).import_sample(buildings)
    return folder


def access_to(folder: Path) -> Access:
    """The door of such a laptop; ``INSPECTOR`` opens it with ``PASSPHRASE``."""
    return app.access(folder, strength=WEAK)
