"""A district server put back from an older backup: the laptop notices, says so, sends again what is gone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from fieldapp.cli.demo.line import Line
from fieldapp.errors import FieldappError
from fieldapp.services.laptop import Laptop
from fieldapp.sync.outgoing import Listener
from tests.server.district import DistrictServer
from tests.services.office import serving
from tests.services.test_syncing import agree, day, registered


class Kept:
    """A district server and backups of its folder."""

    def __init__(self, server: DistrictServer, place: Path) -> None:
        self.server = server
        self._place = place

    def back_up(self) -> None:
        """A copy of the folder as it is; nobody writes at this moment."""
        shutil.rmtree(self._place, ignore_errors=True)
        shutil.copytree(self.server.folder, self._place)

    def put_back(self) -> None:
        """The server as it was at the backup."""
        self.server.kill()
        shutil.rmtree(self.server.folder)
        shutil.copytree(self._place, self.server.folder)
        self.server.start()

    def noted(self) -> list[dict[str, Any]]:
        """What the server's audit log says of records that are gone."""
        query = "SELECT detail FROM districtserver_auditentry WHERE event = 'records_gone' ORDER BY seq"
        return [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in self.server.rows(query)]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with serving(tmp_path, houses=()) as server:
        yield Kept(server, tmp_path / "server-backup")


class At:
    """A listener that does something when a step begins."""

    def __init__(self, step: str, work: Callable[[], object]) -> None:
        self._step, self._work = step, work

    def step(self, name: str) -> None:
        if name == self._step:
            self._work()

    def progress(self, done: int, total: int) -> None: ...

    def part(self, instance_id: UUID, done: int, total: int) -> None: ...

    def item(self, instance_id: UUID, state: str) -> None: ...


def ids(laptop: Laptop) -> set[UUID]:
    return {one.chain.instance_id for one in laptop.store.submissions.list()}


def events(laptop: Laptop) -> list[str]:
    return [str(one.entry["event"]) for one in laptop.store.audit.entries()]


def test_what_is_gone_is_sent_again_and_said(tmp_path: Path, kept: Kept) -> None:
    with registered(tmp_path / "laptop", kept.server, kept.server.port) as laptop:
        day(laptop, 1)
        laptop.syncing.run()
        early = ids(laptop)
        kept.back_up()
        day(laptop, 2)
        assert len(laptop.syncing.run().sent) == 3
        late = ids(laptop) - early
        first = {one: laptop.store.outbox.receipt(one) for one in late}
        runs = laptop.store.sync_runs.list()
        kept.put_back()

        result = laptop.syncing.run()
        assert set(result.lost) == set(result.sent) == late
        assert result.audit_extends
        agree(laptop, kept.server)
        run = laptop.store.sync_runs.list()[0]
        assert (run.lost, run.sent, run.result) == (3, 3, "complete")
        notice = laptop.syncing.notice()
        assert notice is not None
        assert (notice.code, notice.slots["count"]) == ("SYNC_060", 3)
        log = events(laptop)
        assert log.count("submission.lost_by_server") == 3
        assert log.count("server.went_back") == 1
        (noted,) = kept.noted()
        assert set(noted["instance_ids"]) == {str(one) for one in late}
        assert noted["proven"] == 3
        assert noted["known_seq"] < noted["signed_seq"]
        # the old receipts stay in the history of the run that brought them
        assert {one.instance_id for one in laptop.store.outbox.received(runs[0].number)} == late
        for one in late:
            again = laptop.store.outbox.receipt(one)
            assert again is not None
            assert again != first[one]

        assert laptop.syncing.run().lost == ()
        assert laptop.syncing.notice() is None
        assert len(kept.noted()) == 1


def test_a_backup_made_while_records_came_in(tmp_path: Path, kept: Kept) -> None:
    """The server knows the very head that the receipts have signed, and not the records."""
    with registered(tmp_path / "laptop", kept.server, kept.server.port) as laptop:
        day(laptop, 2)
        seen: Listener = At("blobs", kept.back_up)
        assert len(laptop.syncing.run(seen).sent) == 3
        kept.put_back()
        result = laptop.syncing.run()
        assert set(result.lost) == ids(laptop)
        agree(laptop, kept.server)


def test_a_lost_file_is_noticed_like_a_lost_record(tmp_path: Path, kept: Kept) -> None:
    with registered(tmp_path / "laptop", kept.server, kept.server.port) as laptop:
        day(laptop, 2)
        laptop.syncing.run()
        record = max(laptop.store.submissions.list(), key=lambda one: len(one.attachments))
        name = record.attachments[0].sha256
        (kept.server.folder / "blobs" / name[:2] / name).unlink()
        assert laptop.syncing.run().lost == (record.chain.instance_id,)
        agree(laptop, kept.server)


def test_cut_off_in_the_middle_nothing_is_forgotten(tmp_path: Path, kept: Kept) -> None:
    """Wherever the run breaks off after the server went back, the next ones send everything."""
    line = Line(kept.server.port)
    try:
        with registered(tmp_path / "laptop", kept.server, line.port) as laptop:
            kept.back_up()
            day(laptop, 2)
            laptop.syncing.run()
            for step in ("standing", "offer", "blobs", "submissions"):
                kept.put_back()
                with pytest.raises(RuntimeError, match=step):
                    laptop.syncing.run(At(step, partial(_break, step)))
            result = laptop.syncing.run()
            assert laptop.store.outbox.unsent() == 0, result
            agree(laptop, kept.server)
            assert len(kept.noted()) <= 1
    finally:
        line.close()


def _break(step: str) -> None:
    raise RuntimeError(step)


def test_the_server_forgets_who_shows_receipts_of_others(tmp_path: Path, kept: Kept) -> None:
    """A receipt of another laptop is refused; nothing is noted."""
    with registered(tmp_path / "one", kept.server, kept.server.port) as laptop:
        day(laptop, 1)
        laptop.syncing.run()
        held = laptop.store.outbox.receipts_from(0)
    with registered(tmp_path / "two", kept.server, kept.server.port) as other:
        day(other, 1)
        other.syncing.run()
        (mine, _receipt), *_rest = other.store.outbox.receipts_from(0)
        other.store.database.write(
            lambda rows: rows.execute(
                "UPDATE receipts SET statement = ?, audit_seq = 10000 WHERE instance_id = ?",
                (held[0][1].to_json(), str(mine)),
            )
        )
        with pytest.raises(FieldappError) as refused:
            other.syncing.run()
        assert refused.value.code == "SYNC_032"
    assert kept.noted() == []
