"""Files by content, in process: offsets, hashes, full disks."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from districtserver import blobs, inventory
from districtserver.models import Blob
from districtserver.problems import Refusal
from fieldapp.sync.protocol import COMPLETE_HEADER, MAX_BLOB_BYTES, OFFSET_HEADER, sha256_of
from tests.server.calls import patch_inside, put_inside, send
from tests.server.laptop import PHOTO, Draft, Laptop

NAME = sha256_of(PHOTO)


def test_parts_end_in_the_named_file(client: Client, inside: Laptop, folder: Path) -> None:
    first = patch_inside(client, inside, NAME, PHOTO[:100], 0, len(PHOTO))
    assert (first.status_code, first[OFFSET_HEADER], first[COMPLETE_HEADER]) == (204, "100", "?0")
    wrong = patch_inside(client, inside, NAME, PHOTO[50:], 50, len(PHOTO))
    assert (wrong.status_code, wrong.json()["code"], wrong[OFFSET_HEADER]) == (409, "offset_differs", "100")
    last = patch_inside(client, inside, NAME, PHOTO[100:], 100, len(PHOTO))
    assert (last.status_code, last[COMPLETE_HEADER]) == (204, "?1")
    assert (folder / "blobs" / NAME[:2] / NAME).read_bytes() == PHOTO
    assert not list((folder / "staging").glob("*.part"))
    again = patch_inside(client, inside, NAME, PHOTO, 0, len(PHOTO))
    assert (again.status_code, again[OFFSET_HEADER]) == (409, str(len(PHOTO)))
    assert blobs.append(NAME, len(PHOTO), len(PHOTO), [], 0) == blobs.Progress(len(PHOTO), True)


def test_other_content_is_thrown_away(client: Client, inside: Laptop, folder: Path) -> None:
    answer = patch_inside(client, inside, "0" * 64, b"something else")
    assert (answer.status_code, answer.json()["code"], answer[OFFSET_HEADER]) == (
        422,
        "content_mismatch",
        "0",
    )
    assert not list((folder / "staging").glob("*.part"))
    assert not Blob.objects.exists()


def test_partial_that_is_longer_than_the_file_is_thrown_away(
    client: Client, inside: Laptop, folder: Path
) -> None:
    """Left by a sender who told another length: it must not block the file for ever."""
    assert patch_inside(client, inside, NAME, b"x" * 500, 0, 1000).status_code == 204
    part = folder / "staging" / f"{NAME}.part"
    part.write_bytes(b"x" * (len(PHOTO) + 1))
    answer = put_inside(client, inside, PHOTO)
    assert (answer.status_code, answer.json()["code"], answer[OFFSET_HEADER]) == (
        422,
        "content_mismatch",
        "0",
    )
    assert put_inside(client, inside, PHOTO)[COMPLETE_HEADER] == "?1"


def test_a_file_of_no_bytes(inside: Laptop) -> None:
    assert blobs.append(sha256_of(b""), 0, 0, [], 0) == blobs.Progress(0, True)
    assert blobs.size_of(sha256_of(b"")) == 0


@pytest.mark.parametrize(
    ("name", "offset", "length", "status"),
    [
        ("../../etc/passwd", 0, 10, 404),
        ("A" * 64, 0, 10, 404),
        ("0" * 64, -1, 10, 400),
        ("0" * 64, 8, 10, 400),
        ("0" * 64, 0, MAX_BLOB_BYTES + 1, 413),
    ],
)
def test_broken_requests(
    client: Client, inside: Laptop, folder: Path, name: str, offset: int, length: int, status: int
) -> None:
    answer = patch_inside(client, inside, name, b"abc", offset, length)
    assert answer.status_code == status
    assert not (folder / "staging" / f"{'0' * 64}.part").exists()


def test_full_disk_is_said_and_nothing_is_lost(
    client: Client, inside: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert patch_inside(client, inside, NAME, PHOTO[:100], 0, len(PHOTO)).status_code == 204

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr("districtserver.blobs.os.fsync", full)
        answer = patch_inside(client, inside, NAME, PHOTO[100:200], 100, len(PHOTO))
    assert (answer.status_code, answer.json()["code"], answer.json()["retryable"]) == (507, "disk_full", True)
    here = blobs.progress(NAME).offset
    assert patch_inside(client, inside, NAME, PHOTO[here:], here, len(PHOTO))[COMPLETE_HEADER] == "?1"


def test_files_get_their_row_with_the_submission_and_are_checked_before(
    client: Client, inside: Laptop, folder: Path
) -> None:
    put_inside(client, inside, PHOTO)
    assert not Blob.objects.exists()
    stored = folder / "blobs" / NAME[:2] / NAME
    stored.write_bytes(PHOTO[:-1] + b"x")
    assert inventory.check() == {
        "blobs": 1,
        "submissions": 0,
        "partial": 0,
        "broken": [f"blob {NAME}: altered"],
    }
    stored.write_bytes(PHOTO)
    send(client, inside, Draft(), Draft(base="2"))
    assert Blob.objects.get().sha256 == NAME
    assert inventory.check()["broken"] == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(min_size=1, max_size=300), cuts=st.lists(st.integers(0, 300), max_size=6))
def test_any_cuts_in_any_order_end_right(folder: Path, content: bytes, cuts: list[int]) -> None:
    """Whatever parts come, in whatever order and however short: only the right bytes are ever stored."""
    name, total = sha256_of(content), len(content)
    steps: list[Any] = [*(cut for cut in cuts if cut <= total), None]
    for step in steps:
        here = blobs.progress(name)
        if here.stored:
            break
        start = here.offset if step is None else step
        body = content[start:] if step is None else content[start : start + 50]
        if start == here.offset:
            blobs.append(name, start, total, [body] if body else [], len(body))
        else:
            with pytest.raises(Refusal, match="offset_differs"):
                blobs.append(name, start, total, [body] if body else [], len(body))
    assert blobs.progress(name) == blobs.Progress(total, True)
    assert blobs.stored_path(name).read_bytes() == content
