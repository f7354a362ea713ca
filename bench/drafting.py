"""A draft of F02 in a store of its own, saved as the window saves it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bench.filled import DAY, hazard_inspection
from fieldapp.domain.visit import Visit
from fieldapp.forms import FormSession
from fieldapp.store import Inspector, KeyStrength, Store
from fieldapp.store.model import Chain

_VISIT = Visit(UUID(int=7), None, "recheck", (), (), DAY)


class Draft:
    """A session and its draft; ``save`` returns when the draft is on the disk."""

    def __init__(self, session: FormSession, store: Store) -> None:
        self.session = session
        self._store = store
        store.visits.create(_VISIT)

    def save(self) -> None:
        """Write the whole draft."""
        form, instance = self.session.definition, UUID(self.session.instance_id.removeprefix("uuid:"))
        self._store.drafts.save(
            _VISIT.visit_id,
            form.form_id,
            form.version,
            self.session.draft_xml(),
            "/data/g_check/wall_damage",
            Chain(instance, instance),
        )


@contextmanager
def opened_draft(folder: Path) -> Iterator[Draft]:
    """A new store in ``folder`` with one visit and its draft."""
    with Store.create(
        folder,
        Inspector("bench", "bench"),
        "a passphrase of the bench",
        recovery_key=X25519PrivateKey.generate().public_key().public_bytes_raw(),
        strength=KeyStrength(memory_kib=8 * 1024, passes=1, lanes=1),
        clock=lambda: DAY,
    ) as store:
        yield Draft(hazard_inspection(), store)
