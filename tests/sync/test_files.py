"""Files on the way: lost, altered, moved on by others, limited by devices."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from fieldapp.errors import EnvironmentProblem
from fieldapp.sync.protocol import sha256_of
from tests.sync.batches import code_of, draft, outbox_of
from tests.sync.between import Between, answer, brings
from tests.sync.conftest import Parties
from tests.sync.rounds import check, once


def test_file_lost_on_the_server_is_sent_again(parties: Parties, tmp_path: Path) -> None:
    one = draft(2)
    name = sha256_of(one.photos[0])
    lost: list[str] = []

    def act(path: str, request: httpx.Request, body: bytes) -> None:
        if path == "/submissions" and not lost:
            (parties.district.folder / "blobs" / name[:2] / name).unlink()
            lost.append(name)

    outbox = outbox_of(parties, tmp_path, one)
    assert once(parties.enrolment, outbox, network=Between(parties.enrolment, act)).sent == (one.instance_id,)
    check(parties, outbox)


def test_server_that_always_lacks_files(parties: Parties, tmp_path: Path) -> None:
    one = draft(2)
    missing = [sha256_of(content) for content in one.photos]

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        if path != "/submissions":
            return None
        item = {"instance_id": str(one.instance_id), "index": 0, "state": "incomplete", "missing": missing}
        return answer(200, {"batch_id": json.loads(body)["batch_id"], "items": [item]})

    outbox = outbox_of(parties, tmp_path, one)
    result = once(parties.enrolment, outbox, network=Between(parties.enrolment, act))
    assert code_of(result.not_sent[one.instance_id]) == "SYNC_043"


@pytest.mark.parametrize("times", [1, 100])
def test_bytes_altered_on_the_way(parties: Parties, tmp_path: Path, times: int) -> None:
    bad, good = draft(1, size=5000), draft()
    name = sha256_of(bad.photos[0])
    altered: list[bytes] = []

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        if brings(request, name) and len(altered) < times:
            altered.append(body)
            last = body.index(bad.photos[0]) + len(bad.photos[0]) - 1
            return network.passed_on(request, body[:last] + bytes([body[last] ^ 1]) + body[last + 1 :])
        return None

    network = Between(parties.enrolment, act)
    outbox = outbox_of(parties, tmp_path, bad, good)
    result = once(parties.enrolment, outbox, network=network)
    if times == 1:
        assert result.not_sent == {}
        check(parties, outbox)
    else:
        cause = result.not_sent[bad.instance_id]
        assert isinstance(cause, EnvironmentProblem)
        assert (cause.code, cause.slots) == ("SYNC_042", {"sha256": name, "times": 2})
        assert result.sent == (good.instance_id,)


@pytest.mark.parametrize("there", ["beginning", "other bytes", "other and longer"])
def test_offset_moves_after_the_offer(parties: Parties, tmp_path: Path, there: str) -> None:
    """Another sender, or the rest of one, has left bytes of the file in the meantime."""
    one = draft(1, size=50_000)
    name = sha256_of(one.photos[0])
    left = {"beginning": one.photos[0][:20_000], "other bytes": b"x" * 777, "other and longer": b"x" * 60_000}
    done: list[str] = []

    def act(path: str, request: httpx.Request, body: bytes) -> None:
        if brings(request, name) and not done:
            (parties.district.folder / "staging" / f"{name}.part").write_bytes(left[there])
            done.append(path)

    outbox = outbox_of(parties, tmp_path, one)
    result = once(parties.enrolment, outbox, network=Between(parties.enrolment, act))
    assert result.not_sent == {}
    check(parties, outbox)


def test_a_longer_rest_at_the_offer(parties: Parties, tmp_path: Path) -> None:
    one = draft(1, size=5000)
    (parties.district.folder / "staging" / f"{sha256_of(one.photos[0])}.part").write_bytes(b"x" * 6000)
    outbox = outbox_of(parties, tmp_path, one)
    assert once(parties.enrolment, outbox).not_sent == {}
    check(parties, outbox)


def test_parts_shrink_where_a_device_limits_them(parties: Parties, tmp_path: Path) -> None:
    outbox = outbox_of(parties, tmp_path, *(draft(1, size=2_500_000) for _ in range(2)))

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        return answer(413, b"", "text/html") if brings(request) and len(body) > 1_000_000 else None

    result = once(parties.enrolment, outbox, network=Between(parties.enrolment, act))
    assert result.not_sent == {}
    check(parties, outbox)


def test_parts_do_not_shrink_for_ever(parties: Parties, tmp_path: Path) -> None:
    outbox = outbox_of(parties, tmp_path, one := draft(1, size=500_000), two := draft(0))

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        return answer(413, b"", "text/html") if brings(request) else None

    result = once(parties.enrolment, outbox, network=Between(parties.enrolment, act))
    assert code_of(result.not_sent[one.instance_id]) == "SYNC_025"
    assert result.sent == (two.instance_id,)
