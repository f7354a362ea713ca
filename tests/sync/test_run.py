"""A run against the real server, with somebody in between where the server alone would not do wrong."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fieldapp.errors import EnvironmentProblem, FieldappError
from fieldapp.sync.enrolment import connected
from fieldapp.sync.problems import Cancelled
from fieldapp.sync.protocol import MAX_REQUEST_BYTES, Receipt, SignedStatement, sha256_of, signed
from fieldapp.sync.run import Cause, Refusal, run
from fieldapp.sync.transport import Transport
from tests.server.laptop import Draft, small_ref
from tests.sync.between import Between, answer, problem
from tests.sync.conftest import Parties
from tests.sync.cutting_line import CuttingLine
from tests.sync.folder_outbox import FolderOutbox
from tests.sync.rounds import TIMEOUTS, check, no_pause, now, once

pytestmark = pytest.mark.xdist_group("sync-server")


class Heard:
    """A listener that keeps what it heard, and in which thread."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.bytes: list[tuple[int, int]] = []
        self.items: list[tuple[UUID, str]] = []
        self.threads: set[int] = set()

    def step(self, name: str) -> None:
        self.steps.append(name)
        self.threads.add(threading.get_ident())

    def progress(self, done: int, total: int) -> None:
        self.bytes.append((done, total))
        self.threads.add(threading.get_ident())

    def item(self, instance_id: UUID, state: str) -> None:
        self.items.append((instance_id, state))
        self.threads.add(threading.get_ident())


def photo(size: int = 2000) -> bytes:
    """New bytes every time: nothing of them is known anywhere."""
    return (uuid4().bytes * (size // 16 + 1))[:size]


def draft(count: int = 1, size: int = 2000, **changes: object) -> Draft:
    """A submission about no building with ``count`` new photographs."""
    photos = tuple(photo(size) for _ in range(count))
    return replace(Draft(building=None, photos=photos), **changes)  # type: ignore[arg-type]  # fields by name


def outbox_of(parties: Parties, folder: Path, *drafts: Draft) -> FolderOutbox:
    outbox = FolderOutbox(folder)
    for one in drafts:
        outbox.add(parties.laptop, one)
    return outbox


def code_of(cause: Cause | None) -> str:
    assert cause is not None
    return cause.code


# --- the good way -----------------------------------------------------------------------------------------


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
        size for method, path, size in network.requests if method == "PATCH" or path == "/submissions"
    )
    assert heard.steps[:3] == ["hello", "offer", "blobs"]
    assert heard.bytes[-1] == (payload, payload)
    assert all(0 <= done <= total == payload for done, total in heard.bytes)
    assert heard.threads == {threading.get_ident()}
    assert {(d.instance_id, state) for d in drafts for state in ("sending", "sent")} == set(heard.items)
    check(parties, outbox)
    again = once(parties.enrolment, outbox, network=(quiet := Between(parties.enrolment)))
    assert (again.sent, again.bytes_sent, again.bytes_total) == ((), 0, 0)
    assert [path for _, path, _ in quiet.requests] == ["/hello", "/offer"]


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


# --- one bad item ----------------------------------------------------------------------------------------


def test_refused_item_holds_back_no_other(parties: Parties, tmp_path: Path) -> None:
    bad, good = draft(form=small_ref("9")), draft()
    outbox, heard = outbox_of(parties, tmp_path, bad, good), Heard()
    result = once(parties.enrolment, outbox, listener=heard)
    assert result.sent == (good.instance_id,)
    cause = result.not_sent[bad.instance_id]
    assert isinstance(cause, Refusal)
    assert (cause.code, cause.retryable) == ("form_unknown", True)
    assert "表单" in cause.message
    assert outbox.causes == {bad.instance_id: cause}
    assert (bad.instance_id, "not_sent") in heard.items
    assert heard.bytes[-1][0] < heard.bytes[-1][1]


def test_correction_waits_for_a_version_that_may_still_pass(parties: Parties, tmp_path: Path) -> None:
    first = draft(form=small_ref("9"))
    second = first.correction(form=small_ref(), visit_id=uuid4())
    third = second.correction(visit_id=uuid4())
    result = once(parties.enrolment, outbox_of(parties, tmp_path, first, second, third))
    assert [code_of(result.not_sent[d.instance_id]) for d in (first, second, third)] == [
        "form_unknown",
        "SYNC_046",
        "SYNC_046",
    ]


def test_correction_of_a_version_refused_for_good_goes(parties: Parties, tmp_path: Path) -> None:
    first = draft(xml=b"<data")
    second = first.correction(xml=None, visit_id=uuid4())
    result = once(parties.enrolment, outbox_of(parties, tmp_path, first, second))
    assert code_of(result.not_sent[first.instance_id]) == "xml_malformed"
    assert result.sent == (second.instance_id,)
    assert result.flags == {second.instance_id: ("stale_base",)}


@pytest.mark.parametrize("damage", ["altered", "missing"])
def test_damaged_file_holds_back_its_own_submission(parties: Parties, tmp_path: Path, damage: str) -> None:
    bad, good = draft(2), draft()
    outbox = outbox_of(parties, tmp_path, bad, good)
    path = tmp_path / "content" / sha256_of(bad.photos[1])
    if damage == "altered":
        path.write_bytes(b"x" + path.read_bytes()[1:])
    else:
        path.unlink()
    result = once(parties.enrolment, outbox)
    assert result.sent == (good.instance_id,)
    assert code_of(result.not_sent[bad.instance_id]) == ("STORE_032" if damage == "altered" else "STORE_031")
    assert result.ended is None


class Careless(FolderOutbox):
    """Gives out whatever is in its files."""

    def blob(self, sha256: str) -> bytes:
        return (self.folder / "content" / sha256).read_bytes()


def test_the_run_checks_content_itself(parties: Parties, tmp_path: Path) -> None:
    bad_photo, bad_xml, good = draft(), draft(), draft()
    outbox = Careless(tmp_path)
    for one in (bad_photo, bad_xml, good):
        outbox.add(parties.laptop, one)
    for content in (bad_photo.photos[0], bad_xml.bytes()):
        (tmp_path / "content" / sha256_of(content)).write_bytes(content[:-1] + b"?")
    result = once(parties.enrolment, outbox)
    assert code_of(result.not_sent[bad_photo.instance_id]) == "SYNC_045"
    assert code_of(result.not_sent[bad_xml.instance_id]) == "SYNC_047"
    assert result.sent == (good.instance_id,)


def test_queue_that_does_not_fit_the_manifest(parties: Parties, tmp_path: Path) -> None:
    bad, good = draft(2), draft()
    outbox = outbox_of(parties, tmp_path, bad, good)
    path = tmp_path / "queue" / "00000.json"
    entry = json.loads(path.read_text())
    for change in (
        {"files": entry["files"][:1]},
        {"sha256": "0" * 64},
        {"manifest": {**entry["manifest"], "statement": "{}"}},
    ):
        path.write_text(json.dumps(entry | change))
        result = once(parties.enrolment, outbox)
        assert code_of(result.not_sent[bad.instance_id]) == "SYNC_047"
    path.write_text(json.dumps(entry))
    assert once(parties.enrolment, outbox).sent == (bad.instance_id,)


def test_a_file_that_always_fails_holds_back_its_own_submission(parties: Parties, tmp_path: Path) -> None:
    bad, *good = (draft(2) for _ in range(6))
    name = sha256_of(bad.photos[0])

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        return answer(500, b"", "text/html") if path.endswith(name) else None

    outbox = outbox_of(parties, tmp_path, bad, *good)
    result = once(parties.enrolment, outbox, network=Between(parties.enrolment, act))
    assert code_of(result.not_sent[bad.instance_id]) == "SYNC_028"
    assert sorted(result.sent) == sorted(d.instance_id for d in good)
    assert once(parties.enrolment, outbox).sent == (bad.instance_id,)


@pytest.mark.parametrize("status", [400, 500])
def test_a_submission_that_breaks_the_request_is_found(parties: Parties, tmp_path: Path, status: int) -> None:
    bad, *good = (draft(0) for _ in range(6))
    network = Between(parties.enrolment)

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        return answer(status) if path == "/submissions" and str(bad.instance_id).encode() in body else None

    network = Between(parties.enrolment, act)
    outbox = outbox_of(parties, tmp_path, bad, *good)
    result = once(parties.enrolment, outbox, network=network)
    assert code_of(result.not_sent[bad.instance_id]) == ("SYNC_032" if status == 400 else "SYNC_028")
    assert sorted(result.sent) == sorted(d.instance_id for d in good)


# --- receipts --------------------------------------------------------------------------------------------


def altered_receipt(parties: Parties, field: str, item: dict[str, object]) -> dict[str, object] | None:
    """The item's receipt with one field changed; signed by the server's own key where that is possible."""
    given = SignedStatement.model_validate(item["receipt"])
    receipt = Receipt.model_validate_json(given.statement)
    key = Ed25519PrivateKey.from_private_bytes((parties.district.folder / "keys/signing.key").read_bytes())
    if field == "none":
        return None
    if field == "signature":
        return given.model_copy(
            update={"statement": given.statement.replace('"version":1', '"version":2')}
        ).model_dump()
    if field == "key_id":
        return signed(receipt, Ed25519PrivateKey.generate()).model_dump()
    if field == "statement":
        return signed(receipt.audit, key).model_dump()
    changed: dict[str, object] = {
        "instance_id": uuid4(),
        "record_id": uuid4(),
        "version": 2,
        "sha256": "0" * 64,
        "device_id": uuid4(),
        "attachments": receipt.attachments[:-1],
    }
    return signed(receipt.model_copy(update={field: changed[field]}), key).model_dump()


FORGERIES = [
    "none",
    "signature",
    "key_id",
    "statement",
    "instance_id",
    "record_id",
    "version",
    "sha256",
    "device_id",
    "attachments",
]


@pytest.mark.parametrize("field", FORGERIES)
def test_nothing_counts_as_sent_without_its_receipt(parties: Parties, tmp_path: Path, field: str) -> None:
    bad, good = draft(2), draft()
    outbox = outbox_of(parties, tmp_path, bad, good)

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        if path != "/submissions":
            return None
        said = network.said(request, body)
        for item in said["items"]:
            if item["instance_id"] == str(bad.instance_id):
                item["receipt"] = altered_receipt(parties, field, item)
        return answer(200, said)

    network = Between(parties.enrolment, act)
    result = once(parties.enrolment, outbox, network=network)
    cause = result.not_sent[bad.instance_id]
    assert isinstance(cause, FieldappError)
    if field == "none":
        assert cause.code == "SYNC_040"
    else:
        assert (cause.code, cause.slots) == ("SYNC_041", {"problem": field})
    assert result.sent == (good.instance_id,)
    assert [item.instance_id for item in outbox.pending()] == [bad.instance_id]
    assert once(parties.enrolment, outbox).sent == (bad.instance_id,)
    check(parties, outbox)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("SYNC_040", {"items": []}),
        ("SYNC_013", {"batch_id": str(uuid4())}),
        ("SYNC_013", {"items": None}),
    ],
)
def test_answers_to_something_else(
    parties: Parties, tmp_path: Path, code: str, change: dict[str, object]
) -> None:
    outbox = outbox_of(parties, tmp_path, draft())

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        return answer(200, network.said(request, body) | change) if path == "/submissions" else None

    network = Between(parties.enrolment, act)
    result = once(parties.enrolment, outbox, network=network)
    assert [code_of(cause) for cause in result.not_sent.values()] == [code]
    assert len(outbox.pending()) == 1


def test_answers_in_another_order_find_their_items(parties: Parties, tmp_path: Path) -> None:
    drafts = [draft(0) for _ in range(4)]
    outbox = outbox_of(parties, tmp_path, *drafts)

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        if path != "/submissions":
            return None
        said = network.said(request, body)
        said["items"].reverse()
        return answer(200, said)

    network = Between(parties.enrolment, act)
    assert len(once(parties.enrolment, outbox, network=network).sent) == 4
    check(parties, outbox)


# --- files ------------------------------------------------------------------------------------------------


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
        if request.method == "PATCH" and path.endswith(name) and body and len(altered) < times:
            altered.append(body)
            return network.passed_on(request, body[:-1] + bytes([body[-1] ^ 1]))
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
        if request.method == "PATCH" and not done:
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
        return answer(413, b"", "text/html") if request.method == "PATCH" and len(body) > 1_000_000 else None

    result = once(parties.enrolment, outbox, network=Between(parties.enrolment, act))
    assert result.not_sent == {}
    check(parties, outbox)


def test_parts_do_not_shrink_for_ever(parties: Parties, tmp_path: Path) -> None:
    outbox = outbox_of(parties, tmp_path, one := draft(1, size=500_000), two := draft(0))

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        return answer(413, b"", "text/html") if request.method == "PATCH" else None

    result = once(parties.enrolment, outbox, network=Between(parties.enrolment, act))
    assert code_of(result.not_sent[one.instance_id]) == "SYNC_025"
    assert result.sent == (two.instance_id,)


# --- ends -------------------------------------------------------------------------------------------------


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
        if request.method == "PATCH":
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
    assert len([1 for method, _, _ in network.requests if method == "PATCH"]) <= 4
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
    """Cancels the run from another thread once ``after`` bytes are done."""

    def __init__(self, transport: Transport, after: int) -> None:
        super().__init__()
        self._transport = transport
        self._after = after
        self.at = 0.0

    def progress(self, done: int, total: int) -> None:
        super().progress(done, total)
        if done >= self._after and not self.at:
            self.at = time.monotonic()
            threading.Thread(target=self._transport.abort).start()


def test_cancelled_in_the_middle_and_sent_later(parties: Parties, tmp_path: Path) -> None:
    outbox = outbox_of(parties, tmp_path, *(draft(2, size=2_000_000) for _ in range(4)))
    seconds = []
    for after in (1_000_000, 5_000_000, 9_000_000):
        with connected(parties.enrolment, timeouts=TIMEOUTS) as transport:
            heard = Aborts(transport, after)
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
