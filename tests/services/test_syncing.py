"""The real store against the real server: line cut, client killed, server killed, nothing lost or doubled."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fieldapp import app
from fieldapp.cli.demo.line import Line
from fieldapp.errors import EnvironmentProblem
from fieldapp.services import registration, safekeeping
from fieldapp.services.buildings import LIST
from fieldapp.services.laptop import Laptop
from fieldapp.services.syncing import Syncing
from fieldapp.settings import now
from fieldapp.store import Inspector, Store
from fieldapp.store.model import SignedText
from fieldapp.sync.problems import Cancelled
from fieldapp.sync.protocol import SignedStatement, verified
from tests.server.district import DistrictServer
from tests.services.office import HOUSES, LOCKED, MAJOR, filled, register_row, serving
from tests.store.building import INSPECTOR, PASSPHRASE, WEAK


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DistrictServer]:
    with serving(tmp_path_factory.mktemp("syncing"), houses=()) as server:
        yield server


def registered(folder: Path, district: DistrictServer, port: int, inspector: Inspector = INSPECTOR) -> Laptop:
    """A laptop that reaches the server through ``port``, knowing three houses."""
    from fieldapp.domain.sample import sample_district

    store = registration.set_up(
        folder,
        server=f"https://127.0.0.1:{port}",
        code=district.code(),
        ca_pem=district.ca.read_text("ascii"),
        device_name="test",
        inspector=inspector,
        passphrase=PASSPHRASE,
        clock=now,
        strength=WEAK,
    )
    rows = [row for row in sample_district() if row["building_code"] in HOUSES]
    store.register.import_rows(LIST, map(register_row, rows))
    return app.built(store)


def day(laptop: Laptop, visits: int) -> None:
    """Some finalized visits, a correction among them."""
    for number in range(visits):
        (record,) = laptop.visits.finalize(filled(laptop, (LOCKED, MAJOR)[number % 2]).visit_id)
        if number == 0:
            opened = laptop.filling.correct(record.chain.instance_id)
            opened.answer("/data/g_outcome/visit_reason", "住户外出务工")
            opened.settle()
            laptop.visits.finalize(opened.visit_id)


def client(folder: Path) -> subprocess.Popen[str]:
    environment = os.environ | {"FIELDAPP_PASSPHRASE": PASSPHRASE}
    command = [sys.executable, "-m", "fieldapp", "sync", "--json", "--data", str(folder)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def agree(laptop: Laptop, district: DistrictServer) -> None:
    """Both sides hold the same; every receipt is the server's and says what is here."""
    held, stored = safekeeping.inventory(laptop.store), district.run("export")
    mine = {entry["instance_id"] for entry in held["submissions"]}
    for what in ("submissions", "attachments", "receipts"):
        here = sorted(json.dumps(_said(what, entry)) for entry in held[what])
        there = sorted(
            json.dumps(_said(what, entry)) for entry in stored[what] if entry["instance_id"] in mine
        )
        assert here == there, what
        assert here
    trusted = laptop.syncing.enrolment
    for submission in laptop.store.submissions.list():
        receipt = laptop.store.outbox.receipt(submission.chain.instance_id)
        assert receipt is not None
        assert json.loads(receipt.statement)["sha256"] == submission.sha256
        key = trusted.server_key(receipt.key_id)
        assert key is not None
        assert verified(_wire(receipt), key)
    assert district.run("check")["broken"] == []
    assert [step.finding for step in laptop.store.verify() if step.finding] == []


def _said(what: str, entry: dict[str, Any]) -> list[str]:
    names = ("instance_id", "name", "sha256") if what == "attachments" else ("instance_id", "sha256")
    return [str(entry[name]) for name in names]


def _wire(text: SignedText) -> SignedStatement:
    return SignedStatement(key_id=text.key_id, statement=text.statement, signature=text.signature)


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(n, marks=pytest.mark.campaign) for n in range(2, 20))])
def test_killed_and_cut_at_random_places(tmp_path: Path, district: DistrictServer, seed: int) -> None:
    chance = random.Random(seed)
    line, folder = Line(district.port), tmp_path / "laptop"
    try:
        with registered(folder, district, line.port) as laptop:
            day(laptop, 4)
            size = sum(file.size for one in laptop.store.outbox.pending() for file in one.attachments)
        for _attempt in range(2):
            line.cut_at(line.out + chance.randrange(2_000, size))
            dead = line.reached(line.out + chance.randrange(2_000, size))
            process = client(folder)
            while process.poll() is None and not dead.wait(0.01):
                pass
            process.send_signal(signal.SIGKILL)
            process.communicate()
            if seed == 0:
                district.kill()
                district.start()
        process = client(folder)
        said, complaint = process.communicate(timeout=120)
        assert process.returncode == 0, said + complaint
        assert json.loads(said)["unsent"] == []
        with app.unlock(folder, INSPECTOR.inspector_id, PASSPHRASE) as laptop:
            agree(laptop, district)
    finally:
        line.close()


def test_cancelled_within_a_tenth_of_a_second(tmp_path: Path, district: DistrictServer) -> None:
    line = Line(district.port)
    with registered(tmp_path / "laptop", district, line.port) as laptop:
        day(laptop, 2)
        begun, ended = threading.Event(), []

        class Told:
            def step(self, name: str) -> None:
                if name == "blobs":
                    begun.set()
                    time.sleep(0.05)

            def progress(self, done: int, total: int) -> None:
                assert 0 <= done <= total

            def part(self, instance_id: object, done: int, total: int) -> None:
                assert 0 <= done <= total

            def item(self, instance_id: object, state: str) -> None:
                assert state in {"sending", "sent", "not_sent"}

        def work() -> None:
            try:
                laptop.syncing.run(Told())
            except Cancelled:
                ended.append(time.monotonic())

        thread = threading.Thread(target=work)
        thread.start()
        assert begun.wait(20)
        cancelled = time.monotonic()
        laptop.syncing.cancel()
        thread.join(10)
        assert ended
        assert ended[0] - cancelled < 0.15
        assert laptop.store.outbox.unsent() > 0
        laptop.syncing.run()
        assert laptop.store.outbox.unsent() == 0
        agree(laptop, district)
    line.close()


def test_the_register_keeps_the_newest_version_on_both_sides(
    tmp_path: Path, district: DistrictServer
) -> None:
    with registered(tmp_path / "laptop", district, district.port) as laptop:
        day(laptop, 1)
        result = laptop.syncing.run()
        assert len(result.sent) == 2
        assert laptop.syncing.run().sent == ()
        record_id = laptop.store.submissions.list()[0].chain.record_id
        versions = laptop.store.submissions.for_record(record_id)
        assert [(one.chain.version, one.record, one.transfer) for one in versions] == [
            (1, "superseded", "sent"),
            (2, "finalized", "sent"),
        ]


def test_runs_stand_in_the_history_with_receipts_and_clock(tmp_path: Path, district: DistrictServer) -> None:
    with registered(tmp_path / "laptop", district, district.port) as laptop:
        day(laptop, 1)
        laptop.syncing.run()
        elsewhere = replace(laptop.syncing.enrolment, url="https://127.0.0.1:9")
        laptop.store.settings.set("enrolment", elsewhere.as_json())
        with pytest.raises(EnvironmentProblem, match="SYNC_003"):
            laptop.syncing.run()
        failed, complete = laptop.store.sync_runs.list()
        assert (failed.result, failed.code, failed.sent) == ("failed", "SYNC_003", 0)
        assert failed.message
        assert failed.remedy
        assert (complete.result, complete.sent, complete.not_sent) == ("complete", 2, 0)
        assert complete.bytes_sent > 0
        assert complete.clock_offset is not None
        assert abs(complete.clock_offset) < 5
        received = laptop.store.outbox.received(complete.number)
        assert {one.instance_id for one in received} == {
            one.chain.instance_id for one in laptop.store.submissions.list()
        }
        content = laptop.syncing.receipt(received[0].instance_id)
        assert content is not None
        assert content.valid
        assert content.receipt.instance_id == received[0].instance_id
        assert "hazard_inspection" not in {one.form_id for one in laptop.syncing.form_differences()}


def test_a_server_with_another_clock_and_another_form_is_noticed(
    tmp_path: Path, district: DistrictServer
) -> None:
    with registered(tmp_path / "laptop", district, district.port) as laptop:
        slow = Syncing(laptop.store, lambda: now() - timedelta(minutes=14))
        slow.run()
        (run,) = laptop.store.sync_runs.list()
        assert run.clock_offset == pytest.approx(14 * 60, abs=5)
        laptop.store.forms.install("own_form", "1", b"<h/>")
        laptop.store.forms.install("hazard_inspection", "2099010101", b"<h/>")
        assert [(one.form_id, one.kind) for one in laptop.syncing.form_differences()] == [
            ("building_profile", "unpublished"),
            ("hazard_inspection", "version"),
            ("own_form", "unpublished"),
            ("periodic_check", "unpublished"),
        ]


def test_a_cancelled_run_stands_in_the_history(tmp_path: Path, district: DistrictServer) -> None:
    class Stop:
        def step(self, name: str) -> None:
            if name == "offer":
                raise Cancelled

        def progress(self, done: int, total: int) -> None: ...

        def part(self, instance_id: object, done: int, total: int) -> None: ...

        def item(self, instance_id: object, state: str) -> None: ...

    with registered(tmp_path / "laptop", district, district.port) as laptop:
        day(laptop, 1)
        with pytest.raises(Cancelled):
            laptop.syncing.run(Stop())
        assert [run.result for run in laptop.store.sync_runs.list()] == ["cancelled"]


def test_an_unregistered_store_says_so(tmp_path: Path) -> None:
    from fieldapp.errors import UserError
    from tests.store.building import new_store

    with new_store(tmp_path / "laptop") as store, pytest.raises(UserError, match="LAPTOP_001"):
        app.built(store).syncing.run()
    assert isinstance(store, Store)
