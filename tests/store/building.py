"""A real store in a folder, and small records for it; also a process to be killed."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from fieldapp.domain.visit import TeamMember, Visit
from fieldapp.store import Inspector, KeyStrength, Store
from fieldapp.store.model import Attachment, Chain, Effect, FinalizedSubmission, FinalizedVisit, SignedText

#: A guess costs next to nothing: tests only.
WEAK = KeyStrength(64, 1, 1)
PASSPHRASE = "long enough"
INSPECTOR = Inspector("w1", "W")
RECOVERY = X25519PrivateKey.from_private_bytes(bytes(range(32)))
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Change:
    """An effect on a building."""

    id: str
    values: dict[str, str]
    list: str = "buildings"
    action: str = "update"
    base_version: str = "1"
    label: str = ""
    extra: dict[str, str] = field(default_factory=dict)


def new_store(folder: Path) -> Store:
    """A store with one inspector."""
    return Store.create(
        folder,
        INSPECTOR,
        PASSPHRASE,
        recovery_key=RECOVERY.public_key().public_bytes_raw(),
        strength=WEAK,
        clock=lambda: NOON,
    )


def open_store(folder: Path) -> Store:
    """The same store again."""
    return Store.unlock(folder, "w1", PASSPHRASE, clock=lambda: NOON)


def visit(number: int) -> Visit:
    """Visit ``number``."""
    team = (TeamMember("OWNERMARKER name", "U", "1"),)
    return Visit(UUID(int=number), UUID(int=9_000), "first", ("T1",), team, NOON)


def frozen(
    number: int,
    xml: bytes,
    *,
    chain: Chain | None = None,
    attachments: tuple[Attachment, ...] = (),
    effects: tuple[Effect, ...] = (),
) -> FinalizedVisit:
    """Visit ``number`` with one submission."""
    chain = chain or Chain(UUID(int=number), UUID(int=number))
    sha256 = hashlib.sha256(xml).hexdigest()
    said = json.dumps({"sha256": sha256, "instance_id": str(chain.instance_id)})
    one = FinalizedSubmission(
        chain, "f", "1", xml, sha256, SignedText(said, "k", "s"), NOON, attachments, effects
    )
    return FinalizedVisit(visit(number), (one,))


def work_until_killed(folder: Path, first: int) -> None:
    """Visits, drafts, photographs and records without end; each named on stdout once acknowledged."""
    with open_store(folder) as store:
        for number in range(first, first + 100_000):
            store.visits.create(visit(number))
            for save in range(3):
                chain = Chain(UUID(int=number), UUID(int=number))
                store.drafts.save(
                    visit(number).visit_id, "f", "1", b"%d %d" % (number, save), "/data/a", chain
                )
                sys.stdout.write(f"draft {number} {save}\n")
                sys.stdout.flush()
            content = b"photo %d" % number
            sha256 = store.vault.put(content)
            file = Attachment(f"{sha256}.jpg", sha256, len(content), "image/jpeg")
            store.submissions.finalize(frozen(number, b"<data>%d</data>" % number, attachments=(file,)))
            sys.stdout.write(f"record {number} 0\n")
            sys.stdout.flush()


if __name__ == "__main__":
    work_until_killed(Path(sys.argv[1]), int(sys.argv[2]))
