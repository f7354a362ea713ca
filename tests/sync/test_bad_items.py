"""One bad item: it is named with its cause, and holds back no other."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from fieldapp.sync.protocol import sha256_of
from fieldapp.sync.run import Refusal
from tests.server.laptop import small_ref
from tests.sync.batches import Heard, code_of, draft, outbox_of
from tests.sync.between import Between, answer, brings
from tests.sync.conftest import Parties
from tests.sync.folder_outbox import FolderOutbox
from tests.sync.rounds import once


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
        return answer(500, b"", "text/html") if path.endswith(name) or brings(request, name) else None

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
