"""Line cut at random places, either side killed, requests lost, repeated, late: nothing lost or doubled."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from fieldapp.sync.transport import trust
from tests.sync.conftest import Parties
from tests.sync.cutting_line import CuttingLine, random_cuts
from tests.sync.faulty_network import FAULTS, FaultyNetwork
from tests.sync.rounds import batch, check, until_sent

ROOT = Path(__file__).resolve().parents[2]


def cut_round(parties: Parties, folder: Path, seed: int) -> int:
    """A line that breaks a few connections; how many it broke."""
    outbox = batch(parties.laptop, folder, seed)
    chance = random.Random(seed)
    with CuttingLine(parties.district.port, random_cuts(seed, chance.randint(1, 8)), seed) as line:
        until_sent(parties.through(line.port), outbox)
        cuts = line.cuts
    check(parties, outbox)
    return cuts


def fault_round(parties: Parties, folder: Path, seed: int) -> FaultyNetwork:
    """A network that loses, repeats, delays and breaks requests and answers."""
    outbox = batch(parties.laptop, folder, seed)
    context = trust(parties.enrolment.ca_pem)
    networks: list[FaultyNetwork] = []

    def network() -> FaultyNetwork:
        networks.append(FaultyNetwork(httpx.HTTPTransport(verify=context), seed + len(networks), faults=12))
        return networks[-1]

    until_sent(parties.enrolment, outbox, network=network)
    check(parties, outbox)
    return networks[0]


def server_kill_round(parties: Parties, folder: Path, seed: int) -> None:
    """``kill -9`` of the server while files and submissions come in; it starts again, the run goes on."""
    outbox = batch(parties.laptop, folder, seed, first=600_000)
    chance = random.Random(seed)
    reached = chance.randint(5_000, 600_000)
    with CuttingLine(parties.district.port, lambda: None) as line:

        def kill_and_start() -> None:
            until = time.monotonic() + 20
            while line.up < reached and time.monotonic() < until:
                time.sleep(0.001)
            assert line.up >= reached
            parties.district.kill()
            parties.district.start()

        killer = threading.Thread(target=kill_and_start)
        killer.start()
        try:
            until_sent(parties.through(line.port), outbox, pause=lambda seconds: time.sleep(min(seconds, 1)))
        finally:
            killer.join()
    check(parties, outbox)


def client_kill_round(parties: Parties, folder: Path, seed: int, kills: int = 2) -> None:
    """``kill -9`` of a laptop process in the middle of its run, then again, then left to finish."""
    outbox = batch(parties.laptop, folder, seed, first=900_000)
    chance = random.Random(seed)
    with CuttingLine(parties.district.port, lambda: None) as line:
        (folder / "enrolment.json").write_text(json.dumps(parties.through(line.port).as_json()))
        for number in range(kills + 1):
            process = subprocess.Popen([sys.executable, "-m", "tests.sync.client", str(folder)], cwd=ROOT)
            if number == kills:
                assert process.wait(60) == 0
                break
            reached = line.up + chance.randint(1_000, 300_000)
            while line.up < reached and process.poll() is None:
                time.sleep(0.001)
            process.kill()
            assert process.wait(20) == -signal.SIGKILL or number > 0
    assert not outbox.pending()
    check(parties, outbox)


@pytest.mark.parametrize("seed", range(24))
def test_cut_line(parties: Parties, tmp_path: Path, seed: int) -> None:
    cut_round(parties, tmp_path, seed)


@pytest.mark.parametrize("seed", range(1000, 1020))
def test_faulty_network(parties: Parties, tmp_path: Path, seed: int) -> None:
    fault_round(parties, tmp_path, seed)


@pytest.mark.parametrize("seed", range(2000, 2006))
def test_server_killed(parties: Parties, tmp_path: Path, seed: int) -> None:
    server_kill_round(parties, tmp_path, seed)


@pytest.mark.parametrize("seed", range(3000, 3006))
def test_laptop_killed(parties: Parties, tmp_path: Path, seed: int) -> None:
    client_kill_round(parties, tmp_path, seed)


def test_the_rounds_do_meet_every_fault(parties: Parties, tmp_path: Path) -> None:
    """A campaign whose faults never happen would prove nothing."""
    met = fault_round(parties, tmp_path / "a", 5_000).met
    for seed in range(5_001, 5_005):
        met += fault_round(parties, tmp_path / str(seed), seed).met
    assert set(met) == set(FAULTS)
    assert sum(cut_round(parties, tmp_path / f"cut{seed}", seed) for seed in range(4)) >= 4


def test_server_is_whole_afterwards(parties: Parties) -> None:
    found = parties.district.run("check")
    assert found["broken"] == []
    assert found["partial"] == 0


@pytest.mark.campaign
@pytest.mark.parametrize("start", range(100_000, 102_000, 100))
def test_campaign_of_cuts_and_faults(parties: Parties, tmp_path: Path, start: int) -> None:
    for seed in range(start, start + 100):
        (cut_round if seed % 2 else fault_round)(parties, tmp_path / str(seed), seed)
    assert parties.district.run("check")["broken"] == []


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(200_000, 200_100))
def test_campaign_of_kills(parties: Parties, tmp_path: Path, seed: int) -> None:
    server_kill_round(parties, tmp_path / "server", seed)
    client_kill_round(parties, tmp_path / "laptop", seed + 1000)
    assert parties.district.run("check")["broken"] == []
