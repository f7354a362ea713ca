"""Laptops with a sample district of any size, made once for a run of the bench."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from fieldapp import app
from fieldapp.domain.sample import sample_district
from fieldapp.services.access import Access
from fieldapp.store import Inspector, KeyStrength, Store
from fieldapp.store.pulled import PulledRow
from fieldapp.sync.enrolment import Enrolment

INSPECTOR = Inspector("bench", "bench")
PASSPHRASE = "a passphrase of the bench"
#: Stretching the passphrase is no part of what is measured: it takes as long as its strength says.
WEAK = KeyStrength(memory_kib=64, passes=1, lanes=1)
#: Houses that are made up one by one; a larger register repeats them with other numbers.
_MADE, _PAGE = 100_000, 1_000
#: Deleted when the process ends.
_FOLDER = tempfile.TemporaryDirectory(prefix="fieldapp-bench-")


@cache
def laptop_folder(buildings: int) -> Path:
    """The folder of a store that has pulled so many buildings; nothing else was done there."""
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
        rows = _rows(buildings)
        store.pulled.begin_anew()
        while page := list(islice(rows, _PAGE)):
            store.pulled.keep(store.pulled.ready(page, (), {}, page[-1].change_no, ""))
        store.pulled.finish()
    return folder


def _rows(buildings: int) -> Iterator[PulledRow]:
    """Houses of the sample district; behind the first ``_MADE`` the same in other lanes' numbers (12-3号)."""
    made = sample_district(min(buildings, _MADE))
    for number in range(buildings):
        time, row = divmod(number, len(made))
        values = {key: value for key, value in made[row].items() if value and key not in {"name", "label"}}
        identity, label = made[row]["name"], made[row]["label"]
        if time:
            identity = str(uuid5(NAMESPACE_URL, f"{identity}-{time}"))
            label = label.replace("号", f"-{time}号")
            values |= {
                "address_detail": label,
                "address_norm": label,
                "address_order": values["address_order"].replace("!", f"-{time:06}!"),
                "building_code": f"{values['building_code']}-{time}",
            }
        yield PulledRow("buildings", identity, 1, label, values, False, number + 1)


def access_to(folder: Path) -> Access:
    """The door of such a laptop; ``INSPECTOR`` opens it with ``PASSPHRASE``."""
    return app.access(folder, strength=WEAK)
