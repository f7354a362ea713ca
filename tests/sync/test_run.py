"""A run against the real server: the good way, and how runs end."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from fieldapp.errors import EnvironmentProblem
from fieldapp.sync.enrolment import connected
from fieldapp.sync.problems import Cancelled
from fieldapp.sync.protocol import MAX_REQUEST_BYTES, SignedStatement
from fieldapp.sync.run import run
from fieldapp.sync.transport import Transport
from tests.server.laptop import Draft, small_ref
from tests.sync.batches import Heard, code_of, draft, outbox_of, photo
from tests.sync.between import Between, answer, brings, problem
from tests.sync.conftest import Parties
from tests.sync.cutting_line import CuttingLine
from tests.sync.folder_outbox import FolderOutbox
from tests.sync.rounds import TIMEOUTS, check, no_pause, now, once


def test_a_batch_from_hello_to_receipts(parties: Parties, tmp_path: Path) -> None:
    drafts = [draft(2), draft(0, floors=""), draft(1, size=150_000)]
    outbox, heard = outbox_of(parties, tmp_path, *drafts), Heard()
    network = Between(parties.enrolment)
    result = once(parties.enrolment, outbox, listener=heard, network=network)
    assert sorted(result.sent) == sorted(d.instance_id for d in drafts)
    assert (result.not_sent, result.ended) == ({}, None)
    assert result.flags == {drafts[1].instance_id: ("required:/data/floors",)}
    assert small_ref() in result.forms
    assert abs((result.server_time - now()).total_seconds()) < 60
    payload = sum(len(d.bytes()) + sum(map(len, d.photos)) for d in drafts)
    assert result.bytes_total == payload
    assert result.bytes_sent == sum(
        size
        for method, path, size in network.requests
        if method != "HEAD" and path.startswith(("/blobs", "/submissions"))
    )
    assert heard.steps[:3] == ["hello", "offer", "blobs"]
    assert heard.bytes[-1] == (payload, payload)
    assert all(0 <= done <= total == payload for done, total in heard.bytes)
    sizes = {d.instance_id: sum(map(len, d.photos)) for d in drafts if d.photos}
    assert heard.parts.keys() == sizes.keys()
    for instance_id, told in heard.parts.items():
        assert all(0 <= done <= total == sizes[instance_id] for done, total in told)
    assert heard.threads == {threading.get_ident()}
    assert {(d.instance_id, state) for d in drafts for state in ("sending", "sent")} == set(heard.items)
    check(parties, outbox)
    again = once(parties.enrolment, outbox, network=(quiet := Between(parties.enrolment)))
    assert (again.sent, again.bytes_sent, again.bytes_total) == ((), 0, 0)
    assert [path for _, path, _ in quiet.requests] == ["/hello", "/receipts", "/offer"]
    once(parties.enrolment, outbox, network=(third := Between(parties.enrolment)))
    assert [path for _, path, _ in third.requests] == ["/hello", "/offer"]


def test_what_the_server_has_is_done_at_once(parties: Parties, tmp_path: Path) -> None:
    one = draft(2, size=100_000)
    outbox = outbox_of(parties, tmp_path, one)

    def no_submissions(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        return problem(401, "token_unknown") if path == "/submissions" else None

    once(parties.enrolment, outbox, network=Between(parties.enrolment, no_submissions))
    heard = Heard()
    result = once(parties.enrolment, outbox, listener=heard)
    assert heard.bytes[0][0] == 200_000
    assert result.bytes_sent < 10_000
    assert heard.bytes[-1][0] == heard.bytes[-1][1]


def test_many_small_files(parties: Parties, tmp_path: Path) -> None:
    outbox = outbox_of(parties, tmp_path, *(draft(3, size=20) for _ in range(60)))
    result = once(parties.enrolment, outbox)
    assert len(result.sent) == 60
    check(parties, outbox)


def test_requests_stay_under_the_limit(parties: Parties, tmp_path: Path) -> None:
    def large(size: int) -> Draft:
        plain = draft(0)
        return replace(plain, xml=replace(plain, owner="甲" * (size // 3)).bytes())

    too_large = large(7_000_000)
    outbox = outbox_of(parties, tmp_path, too_large, *(large(2_500_000) for _ in range(4)))
    network = Between(parties.enrolment)
    result = once(parties.enrolment, outbox, network=network)
    assert len(result.sent) == 4
    assert code_of(result.not_sent[too_large.instance_id]) == "SYNC_044"
    sizes = [size for _, path, size in network.requests if path == "/submissions"]
    assert len(sizes) == 2
    assert max(sizes) <= MAX_REQUEST_BYTES


def test_versions_of_a_record_go_in_order(parties: Parties, tmp_path: Path) -> None:
    """The first version's file is by far the largest, and yet the corrections wait."""
    first = draft(1, size=3_000_000)
    second = first.correction(photos=(photo(),), visit_id=uuid4())
    third = second.correction(photos=(photo(),), visit_id=uuid4())
    outbox = outbox_of(parties, tmp_path, first, second, third)
    result = once(parties.enrolment, outbox)
    assert result.sent == (first.instance_id, second.instance_id, third.instance_id)
    assert result.flags == {}
    check(parties, outbox)


@pytest.mark.parametrize(
    ("code", "status", "body", "kind"),
    [
        ("SYNC_020", 401, b'{"code": "token_unknown", "message": ""}', "application/json"),
        ("SYNC_021", 403, b'{"code": "device_revoked", "message": ""}', "application/json"),
        ("SYNC_012", 200, b"<html>login</html>", "text/html"),
        ("SYNC_011", 302, b"", "text/html"),
        ("SYNC_024", 411, b"", "text/html"),
        ("SYNC_029", 507, b"", "text/html"),
    ],
)
def test_what_ends_a_run_half_way(
    parties: Parties, tmp_path: Path, code: str, status: int, body: bytes, kind: str
) -> None:
    outbox = outbox_of(parties, tmp_path, first := draft(0), *(draft(3) for _ in range(3)))
    stored = threading.Event()

    def act(path: str, request: httpx.Request, content: bytes) -> httpx.Response | None:
        if path == "/submissions" and not stored.is_set():
            said = network.said(request, content)
            stored.set()
            return answer(200, said)
        if brings(request):
            stored.wait(10)
            time.sleep(0.2)  # the first receipt is on its way
            return answer(status, body, kind)
        return None

    network = Between(parties.enrolment, act)
    result = once(parties.enrolment, outbox, network=network)
    assert result.sent == (first.instance_id,)
    assert code_of(result.ended) == code
    assert {code_of(cause) for cause in result.not_sent.values()} == {code}
    assert len(result.not_sent) == len(outbox.pending()) == 3
    assert len([1 for _, path, _ in network.requests if path.startswith("/blobs")]) <= 4
    assert len(once(parties.enrolment, outbox).sent) == 3


def test_patience_has_an_end_and_grows(parties: Parties, tmp_path: Path) -> None:
    outbox = outbox_of(parties, tmp_path, draft(3))
    pauses: list[float] = []

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        if path in {"/hello", "/offer"}:
            return None
        raise httpx.ConnectError("nobody there", request=request)

    result = once(parties.enrolment, outbox, network=Between(parties.enrolment, act), pause=pauses.append)
    assert code_of(result.ended) == "SYNC_003"
    assert [seconds for seconds in pauses if seconds] == [0.5, 1, 2, 4, 8]
    assert len(outbox.pending()) == 1


def test_no_network_is_said_soon(parties: Parties, tmp_path: Path) -> None:
    """Nothing is under way before hello, and somebody waits."""
    pauses: list[float] = []

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        raise httpx.ConnectError("nobody there", request=request)

    outbox = outbox_of(parties, tmp_path, draft(0))
    with pytest.raises(EnvironmentProblem) as caught:
        once(parties.enrolment, outbox, network=Between(parties.enrolment, act), pause=pauses.append)
    assert (caught.value.code, [seconds for seconds in pauses if seconds]) == ("SYNC_003", [0.5, 1, 2])


def test_slow_progress_has_no_end(parties: Parties, tmp_path: Path) -> None:
    """Thirty connections that each carry little: more failures than any patience, but each with progress."""
    outbox = outbox_of(parties, tmp_path, draft(1, size=2_000_000))
    left = [30]

    def budget() -> int | None:
        left[0] -= 1
        return 70_000 if left[0] > 0 else None

    with CuttingLine(parties.district.port, budget) as line:
        result = once(parties.through(line.port), outbox)
        assert line.cuts > 10
    assert (result.not_sent, result.ended) == ({}, None)
    check(parties, outbox)


def test_cuts_cost_little(parties: Parties, tmp_path: Path) -> None:
    """R8 of the faults: what has arrived is not sent again."""
    outbox = outbox_of(parties, tmp_path, *(draft(4, size=1_500_000) for _ in range(8)))
    left = [6]

    def budget() -> int | None:
        left[0] -= 1
        return 3_000_000 if left[0] >= 0 else None

    with CuttingLine(parties.district.port, budget) as line:
        result = once(parties.through(line.port), outbox, pause=lambda seconds: time.sleep(min(seconds, 0.2)))
        assert line.cuts >= 5
        assert line.up <= result.bytes_total * 1.05
    assert result.not_sent == {}
    assert result.bytes_sent <= result.bytes_total * 1.05
    check(parties, outbox)


class Aborts(Heard):
    """Cancels the run from another thread once ``share`` of the bytes of this run is done.

    The run waits for that thread here: on a fast line the rest would otherwise have gone before it ran.
    """

    def __init__(self, transport: Transport, share: float) -> None:
        super().__init__()
        self._transport = transport
        self._share = share
        self.at = 0.0

    def progress(self, done: int, total: int) -> None:
        super().progress(done, total)
        if done >= total * self._share and not self.at:
            self.at = time.monotonic()
            canceller = threading.Thread(target=self._transport.abort)
            canceller.start()
            canceller.join()


def test_cancelled_in_the_middle_and_sent_later(parties: Parties, tmp_path: Path) -> None:
    outbox = outbox_of(parties, tmp_path, *(draft(2, size=2_000_000) for _ in range(8)))
    seconds = []
    for share in (0.06, 0.3, 0.55):
        with connected(parties.enrolment, timeouts=TIMEOUTS) as transport:
            heard = Aborts(transport, share)
            with pytest.raises(Cancelled):
                run(transport, parties.enrolment, outbox, client="0.1.0", clock=now, listener=heard)
            seconds.append(time.monotonic() - heard.at)
            with pytest.raises(Cancelled):
                transport.request("HEAD", "/blobs/" + "0" * 64)
    assert min(seconds) < 0.1
    assert outbox.causes == {}
    result = once(parties.enrolment, outbox)
    assert result.not_sent == {}
    check(parties, outbox)


def test_two_runs_at_once(parties: Parties, tmp_path: Path) -> None:
    outbox = outbox_of(parties, tmp_path, *(draft(3, size=100_000) for _ in range(6)))
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: once(parties.enrolment, outbox), range(2)))
    assert all(result.ended is None for result in results)
    while outbox.pending():
        assert once(parties.enrolment, outbox).ended is None
    check(parties, outbox)


def test_audit_chain_that_does_not_go_on_is_said(parties: Parties, tmp_path: Path) -> None:
    """Every outbox here has a chain of its own, as a laptop would that was put back from a backup."""
    outbox = outbox_of(parties, tmp_path / "a", draft(0))
    once(parties.enrolment, outbox)
    assert once(parties.enrolment, outbox).audit_extends
    other = outbox_of(parties, tmp_path / "b", draft(0))
    assert not once(parties.enrolment, other).audit_extends
    assert other.pending() == []


def test_what_the_store_cannot_keep_is_not_sent(parties: Parties, tmp_path: Path) -> None:
    class Full(FolderOutbox):
        def sent(self, instance_id: UUID, receipt: SignedStatement) -> None:
            raise EnvironmentProblem("STORE_020")

    outbox = Full(tmp_path)
    outbox.add(parties.laptop, one := draft())
    with pytest.raises(EnvironmentProblem, match="STORE_020"):
        once(parties.enrolment, outbox)
    later = FolderOutbox(tmp_path)
    assert once(parties.enrolment, later).sent == (one.instance_id,)
    check(parties, later)


def test_unknown_acts_are_not_kept(parties: Parties, tmp_path: Path) -> None:
    """A mistake of our own comes out as it is, not as a failure of the line."""

    class Broken(FolderOutbox):
        def blob(self, sha256: str) -> bytes:
            raise ZeroDivisionError

    outbox = Broken(tmp_path)
    outbox.add(parties.laptop, draft())
    with pytest.raises(ZeroDivisionError):
        once(parties.enrolment, outbox, pause=no_pause)
