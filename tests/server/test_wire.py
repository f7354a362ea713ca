"""The wire as it really is: a process behind TLS, broken requests, kills, many at once."""

from __future__ import annotations

import os
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from districtserver import tls
from fieldapp.sync.protocol import (
    API,
    BLOB_PART_BYTES,
    COMPLETE_HEADER,
    MAX_REQUEST_BYTES,
    OFFSET_HEADER,
    SubmissionsAnswer,
    sha256_of,
)
from tests.server import raw
from tests.server.calls import batch_of, enrolled_over_tls, patch_headers, said_hello, trusting
from tests.server.district import DistrictServer
from tests.server.laptop import BUILDING, Draft, Laptop

MIB = 1024 * 1024


def offset(line: httpx.Client, laptop: Laptop, sha256: str) -> tuple[int, str]:
    answer = line.head(f"/blobs/{sha256}", headers=laptop.bearer)
    assert answer.status_code == 200
    return int(answer.headers[OFFSET_HEADER]), answer.headers[COMPLETE_HEADER]


def reached(line: httpx.Client, laptop: Laptop, sha256: str, wanted: int) -> None:
    """Wait until so many bytes are on the server's disk."""
    until = time.monotonic() + 5
    while offset(line, laptop, sha256)[0] < wanted and time.monotonic() < until:
        time.sleep(0.02)


def patch(line: httpx.Client, laptop: Laptop, content: bytes, start: int, end: int) -> httpx.Response:
    headers = patch_headers(laptop, start, len(content))
    return line.patch(f"/blobs/{sha256_of(content)}", content=content[start:end], headers=headers)


@pytest.mark.parametrize("path", ["/hello", "/submissions", "/nowhere"])
def test_chunked_is_refused_everywhere(line: httpx.Client, laptop: Laptop, path: str) -> None:
    answer = line.post(path, content=iter([b"{}", b"{}"]), headers=laptop.bearer)
    assert (answer.status_code, answer.json()["code"]) == (411, "length_required")


def test_oversize_is_refused_before_it_is_sent(district: DistrictServer, laptop: Laptop) -> None:
    for path, limit, method in (
        ("/submissions", MAX_REQUEST_BYTES, "POST"),
        (f"/blobs/{'0' * 64}", BLOB_PART_BYTES, "PATCH"),
    ):
        with raw.connect(district) as connection:
            connection.sendall(raw.head(method, path, laptop.bearer | {"Content-Length": str(limit + 1)}))
            assert raw.status(connection) == 413


def test_token_is_asked_before_the_body(district: DistrictServer) -> None:
    with raw.connect(district) as connection:
        connection.sendall(raw.head("PATCH", f"/blobs/{'0' * 64}", {"Content-Length": "1000"}))
        assert raw.status(connection) == 401
    assert not (district.folder / "staging" / f"{'0' * 64}.part").exists()


def test_short_body_keeps_what_came_and_is_never_2xx(
    district: DistrictServer, line: httpx.Client, laptop: Laptop
) -> None:
    content = os.urandom(3 * MIB)
    sent = 2 * MIB + 1234
    headers = patch_headers(laptop, 0, len(content)) | {"Content-Length": str(len(content))}
    with raw.connect(district) as connection:
        connection.sendall(raw.head("PATCH", f"/blobs/{sha256_of(content)}", headers) + content[:sent])
        reached(line, laptop, sha256_of(content), 2 * MIB)
    reached(line, laptop, sha256_of(content), sent)
    here, complete = offset(line, laptop, sha256_of(content))
    assert here == sent
    assert complete == "?0"
    assert patch(line, laptop, content, here, len(content)).status_code == 204
    stored = district.folder / "blobs" / sha256_of(content)[:2] / sha256_of(content)
    assert stored.read_bytes() == content


def test_kill_9_in_the_middle_of_a_file(district: DistrictServer, laptop: Laptop) -> None:
    content = os.urandom(6 * MIB)
    name = sha256_of(content)
    with trusting(district) as line:
        assert patch(line, laptop, content, 0, 4 * MIB).status_code == 204
    headers = patch_headers(laptop, 4 * MIB, len(content)) | {"Content-Length": str(2 * MIB)}
    connection = raw.connect(district)
    connection.sendall(raw.head("PATCH", f"/blobs/{name}", headers) + content[4 * MIB : 5 * MIB + 777])
    part = district.folder / "staging" / f"{name}.part"
    until = time.monotonic() + 5
    while part.stat().st_size < 5 * MIB and time.monotonic() < until:
        time.sleep(0.01)
    district.kill()
    connection.close()
    began = time.monotonic()
    district.start()
    with trusting(district) as line:
        here, complete = offset(line, laptop, name)
        assert (complete, here >= 5 * MIB) == ("?0", True)
        answer = patch(line, laptop, content, here, len(content))
    assert (answer.status_code, answer.headers[COMPLETE_HEADER]) == (204, "?1")
    assert time.monotonic() - began < 10
    assert district.run("check")["broken"] == []


def test_a_stalled_sender_holds_no_lock(district: DistrictServer, line: httpx.Client, laptop: Laptop) -> None:
    content = os.urandom(MIB)
    headers = patch_headers(laptop, 0, len(content)) | {"Content-Length": str(len(content))}
    with raw.connect(district) as stalled:
        stalled.sendall(raw.head("PATCH", f"/blobs/{sha256_of(content)}", headers) + content[:1000])
        began = time.monotonic()
        assert patch(line, laptop, content, 0, MIB).status_code == 204
        assert time.monotonic() - began < 5


def test_the_same_file_from_many_at_once(
    district: DistrictServer, line: httpx.Client, laptop: Laptop
) -> None:
    content = os.urandom(2 * MIB)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: patch(line, laptop, content, 0, len(content)), range(6)))
    codes = {answer.status_code for answer in answers}
    assert 204 in codes
    assert codes <= {204, 409}
    assert offset(line, laptop, sha256_of(content)) == (len(content), "?1")
    stored = district.folder / "blobs" / sha256_of(content)[:2] / sha256_of(content)
    assert stored.read_bytes() == content


def test_eight_identical_posts_get_one_receipt(
    district: DistrictServer, line: httpx.Client, laptop: Laptop
) -> None:
    for _ in range(3):
        draft = Draft(photos=())
        body = batch_of(laptop.envelope(draft)).model_dump_json()

        def post(_: int, body: str = body) -> httpx.Response:
            with trusting(district) as own:
                return own.post("/submissions", content=body, headers=laptop.bearer)

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(post, range(8)))
        assert {answer.status_code for answer in answers} == {200}, district.log
        items = [SubmissionsAnswer.model_validate_json(answer.content).items[0] for answer in answers]
        assert {item.state for item in items} == {"stored"}
        assert len({item.receipt for item in items}) == 1


def test_many_writers_at_once_leave_one_chain_and_every_version(
    district: DistrictServer, line: httpx.Client, laptop: Laptop
) -> None:
    """Submissions on one row and on rows apart, in the same moment: none is lost, the audit chain holds."""
    drafts = [Draft(photos=(), floors=str(number + 10), base="1") for number in range(4)]
    for _ in range(12):
        apart = Draft(photos=())
        xml = apart.bytes().replace(str(BUILDING).encode(), str(uuid4()).encode())
        drafts.append(replace(apart, xml=xml))
    versions = "SELECT version FROM districtserver_entityversion WHERE list = 'buildings' ORDER BY version"
    before = len(district.rows(versions))

    def post(draft: Draft) -> httpx.Response:
        with trusting(district) as own:
            body = batch_of(laptop.envelope(draft)).model_dump_json()
            return own.post("/submissions", content=body, headers=laptop.bearer)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(post, drafts))
    assert {answer.status_code for answer in answers} == {200}, district.log
    assert {answer.json()["items"][0]["state"] for answer in answers} == {"stored"}
    after = [version for (version,) in district.rows(versions)]
    assert after == list(range(1, len(after) + 1))
    assert len(after) == before + 4  # each told the row something
    told = district.rows("SELECT data FROM districtserver_entityversion WHERE list = 'conflicts'")
    assert all(draft.floors in str(told) for draft in drafts[:4])
    unknown = district.rows("SELECT 1 FROM districtserver_effect WHERE state = 'unknown'")
    assert len(unknown) == 12
    assert district.run("check")["broken"] == []


def test_receipt_is_the_same_after_kill_9(district: DistrictServer, laptop: Laptop) -> None:
    body = batch_of(laptop.envelope(Draft(photos=()))).model_dump_json()
    with trusting(district) as line:
        before = line.post("/submissions", content=body, headers=laptop.bearer).json()["items"]
    district.kill()
    with pytest.raises(ConnectionRefusedError):
        raw.connect(district)
    district.start()
    with trusting(district) as line:
        again = line.post("/submissions", content=body, headers=laptop.bearer).json()["items"]
    assert again == before
    assert before[0]["state"] == "stored"


def test_sigterm_ends_it_in_order(district: DistrictServer) -> None:
    assert district.stop() == 0
    district.start()


def test_revoked_is_refused_at_once(district: DistrictServer, line: httpx.Client) -> None:
    stolen = enrolled_over_tls(district, line)
    district.run("revoke", str(stolen.device_id))
    answer = line.post("/hello", content=said_hello().model_dump_json(), headers=stolen.bearer)
    assert (answer.status_code, answer.json()["code"]) == (403, "device_revoked")
    with raw.connect(district) as connection:
        headers = stolen.bearer | {"Content-Length": "1000"}
        connection.sendall(raw.head("PATCH", f"/blobs/{'1' * 64}", headers))
        assert raw.status(connection) == 403


def test_another_ca_is_not_believed(district: DistrictServer, tmp_path: Path) -> None:
    tls.make_missing(tmp_path)
    stranger = ssl.create_default_context(cafile=str(tmp_path / tls.CA))
    with (
        httpx.Client(base_url=district.url + API, verify=stranger, trust_env=False) as client,
        pytest.raises(httpx.ConnectError),
    ):
        client.get("/health")


def test_secrets_are_for_the_owner_only(district: DistrictServer) -> None:
    secret = [
        "keys/signing.key",
        "keys/tokens.key",
        "tls/ca.key",
        "tls/server.key",
        "recovery-offline/recovery.pem",
    ]
    assert {oct((district.folder / name).stat().st_mode & 0o777) for name in secret} == {"0o600"}
