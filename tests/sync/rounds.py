"""What a round is: a random batch, a run over it until all is sent, and what must be true afterwards."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from fieldapp.errors import FieldappError
from fieldapp.sync.enrolment import Enrolment, connected
from fieldapp.sync.protocol import Receipt, sha256_of, verified
from fieldapp.sync.run import Listener, RunResult, run
from fieldapp.sync.transport import Network, Timeouts
from tests.server.laptop import BUILDING, Draft, Laptop
from tests.sync.conftest import Parties
from tests.sync.folder_outbox import FolderOutbox

#: Short, so that a broken test ends; long enough for a busy machine.
TIMEOUTS = Timeouts(connect=10, write=10, read=30)


def now() -> datetime:
    return datetime.now(UTC)


def no_pause(_: float) -> None:
    return


def batch(laptop: Laptop, folder: Path, seed: int, first: int = 0, largest: int = 60_000) -> FolderOutbox:
    """One to four submissions with up to four files each, corrections and files in common among them.

    ``first`` bytes: the size of one more file in a submission before them, none if 0.
    """
    chance = random.Random(seed)
    outbox = FolderOutbox(folder)
    drafts = [_draft(chance, (chance.randbytes(first),))] if first else []
    for _ in range(chance.randint(1, 4)):
        photos = tuple(
            chance.randbytes(chance.choice((0, 1, chance.randint(2, 500), chance.randint(500, largest))))
            for _ in range(chance.randint(0, 4))
        )
        if drafts and drafts[-1].photos and chance.random() < 0.3:
            photos = (*photos, drafts[-1].photos[0])
        photos = tuple(dict.fromkeys(photos))  # within one submission a name is there once
        draft = _draft(chance, photos)
        if drafts and drafts[-1].version == 1 and chance.random() < 0.3:
            draft = drafts[-1].correction(
                instance_id=draft.instance_id, visit_id=draft.visit_id, photos=photos, floors="4"
            )
        drafts.append(draft)
    for draft in drafts:
        outbox.add(laptop, draft)
    return outbox


def _draft(chance: random.Random, photos: tuple[bytes, ...]) -> Draft:
    return Draft(
        instance_id=UUID(int=chance.getrandbits(128), version=4),
        visit_id=UUID(int=chance.getrandbits(128), version=4),
        building=chance.choice((None, BUILDING)),
        photos=photos,
    )


def once(
    enrolment: Enrolment,
    outbox: FolderOutbox,
    *,
    network: Network | None = None,
    listener: Listener | None = None,
    pause: Callable[[float], None] | None = no_pause,
) -> RunResult:
    """One run."""
    with connected(enrolment, timeouts=TIMEOUTS, network=network) as transport:
        return run(transport, enrolment, outbox, client="0.1.0", clock=now, listener=listener, pause=pause)


def until_sent(
    enrolment: Enrolment,
    outbox: FolderOutbox,
    *,
    network: Callable[[], Network] | None = None,
    pause: Callable[[float], None] | None = no_pause,
) -> int:
    """Runs until nothing is pending; how many. A run that fails must fail with a catalogue error."""
    for number in range(1, 30):
        try:
            once(enrolment, outbox, network=network() if network else None, pause=pause)
        except FieldappError as error:
            if not error.code.startswith("SYNC_"):
                raise
        if not outbox.pending():
            return number
    raise AssertionError([str(cause) for cause in outbox.causes.values()])


def check(parties: Parties, outbox: FolderOutbox) -> None:
    """Nothing lost, nothing doubled, every receipt verifies, every byte on the server is equal."""
    for item in outbox.all():
        rows = parties.district.rows(
            "SELECT xml, manifest, sha256 FROM districtserver_submission WHERE instance_id = %s",
            item.instance_id,
        )
        assert len(rows) == 1, item.instance_id
        assert bytes(rows[0][0]) == outbox.instance_xml(item.instance_id)
        assert rows[0][1:] == (item.manifest.statement, item.sha256)
        effects = parties.district.rows(
            "SELECT count(*) FROM districtserver_effect WHERE submission_id = %s", item.instance_id
        )
        assert effects == [(1,)]
        statement = outbox.receipt(item.instance_id)
        assert statement is not None
        assert any(verified(statement, key) for key in parties.enrolment.server_keys)
        receipt = Receipt.model_validate_json(statement.statement)
        assert (receipt.instance_id, receipt.sha256) == (item.instance_id, item.sha256)
        assert [(file.sha256, file.size) for file in receipt.attachments] == [
            (file.sha256, file.size) for file in item.files
        ]
        for file in item.files:
            stored = parties.district.folder / "blobs" / file.sha256[:2] / file.sha256
            assert stored.read_bytes() == outbox.blob(file.sha256)
            assert sha256_of(stored.read_bytes()) == file.sha256
            staged = parties.district.folder / "staging" / f"{file.sha256}.part"
            assert not staged.exists()
