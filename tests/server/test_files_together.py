"""Several whole files in one request: each is taken, refused or kept in part as if it had come alone."""

from __future__ import annotations

import os
import time

import httpx
import pytest

from fieldapp.sync.protocol import (
    BLOB_PART_BYTES,
    COMPLETE_HEADER,
    FILES_HEADER,
    MOST_FILES,
    OFFSET_HEADER,
    FilesAnswer,
    sha256_of,
)
from tests.server import raw
from tests.server.calls import patch_headers
from tests.server.district import DistrictServer
from tests.server.laptop import Laptop


def announced(*contents: bytes) -> str:
    return " ".join(f"{sha256_of(content)}:{len(content)}" for content in contents)


def post(line: httpx.Client, laptop: Laptop, said: str, body: bytes) -> httpx.Response:
    return line.post("/blobs", content=body, headers=laptop.bearer | {FILES_HEADER: said})


def test_each_is_answered_for_itself(district: DistrictServer, line: httpx.Client, laptop: Laptop) -> None:
    whole, known, begun, altered, empty, last = (os.urandom(size) for size in (400_000, 9, 700_000, 80, 0, 5))
    line.patch(f"/blobs/{sha256_of(known)}", content=known, headers=patch_headers(laptop, 0, len(known)))
    part = patch_headers(laptop, 0, len(begun))
    line.patch(f"/blobs/{sha256_of(begun)}", content=begun[:300_000], headers=part)
    files = (whole, known, begun, altered, empty, last)
    body = b"".join(b"?" * 80 if content is altered else content for content in files)
    answer = post(line, laptop, announced(*files), body)
    assert answer.status_code == 200
    told = FilesAnswer.model_validate_json(answer.content).files
    assert [file.sha256 for file in told] == [sha256_of(content) for content in files]
    assert [(file.offset, file.stored, file.code) for file in told] == [
        (400_000, True, ""),
        (9, True, ""),
        (300_000, False, "offset_differs"),
        (0, False, "content_mismatch"),
        (0, True, ""),
        (5, True, ""),
    ]
    for content in (whole, known, last):
        stored = district.folder / "blobs" / sha256_of(content)[:2] / sha256_of(content)
        assert stored.read_bytes() == content


def test_of_a_cut_request_what_came_is_kept(
    district: DistrictServer, line: httpx.Client, laptop: Laptop
) -> None:
    first, second, third = (os.urandom(500_000) for _ in range(3))
    headers = laptop.bearer | {
        FILES_HEADER: announced(first, second, third),
        "Content-Length": str(1_500_000),
    }
    with raw.connect(district) as connection:
        connection.sendall(raw.head("POST", "/blobs", headers) + first + second[:123_456])
        until = time.monotonic() + 5
        while not (district.folder / "blobs" / sha256_of(first)[:2] / sha256_of(first)).exists():
            assert time.monotonic() < until
            time.sleep(0.02)
        time.sleep(0.3)  # the rest is read by then
    until = time.monotonic() + 5
    at = ("0", "?0")
    while at == ("0", "?0") and time.monotonic() < until:
        asked = line.head(f"/blobs/{sha256_of(second)}", headers=laptop.bearer)
        at = (asked.headers[OFFSET_HEADER], asked.headers[COMPLETE_HEADER])
    assert at == ("123456", "?0")
    asked = line.head(f"/blobs/{sha256_of(third)}", headers=laptop.bearer)
    assert (asked.headers[OFFSET_HEADER], asked.headers[COMPLETE_HEADER]) == ("0", "?0")


@pytest.mark.parametrize(
    "said",
    [
        "",
        "nonsense",
        f"{'0' * 64}",
        f"{'0' * 64}:4  {'1' * 64}:0",
        f"{'0' * 64}:5",
        f"../{'0' * 61}:4",
        " ".join([f"{'0' * 64}:4", *[f"{'1' * 64}:0"] * MOST_FILES]),
    ],
)
def test_a_list_that_does_not_fit_is_refused(line: httpx.Client, laptop: Laptop, said: str) -> None:
    answer = post(line, laptop, said, b"1234")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_its_size_and_its_token_are_looked_at_first(district: DistrictServer, laptop: Laptop) -> None:
    for headers, length, status in ((laptop.bearer, BLOB_PART_BYTES + 1, 413), ({}, 4, 401)):
        with raw.connect(district) as connection:
            connection.sendall(raw.head("POST", "/blobs", headers | {"Content-Length": str(length)}))
            assert raw.status(connection) == status
