"""Submissions to send, and a listener that keeps what it hears."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

from fieldapp.sync.run import Cause
from tests.server.laptop import Draft
from tests.sync.conftest import Parties
from tests.sync.folder_outbox import FolderOutbox


class Heard:
    """A listener that keeps what it heard, and in which thread."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.bytes: list[tuple[int, int]] = []
        self.items: list[tuple[UUID, str]] = []
        self.parts: dict[UUID, list[tuple[int, int]]] = {}
        self.threads: set[int] = set()

    def step(self, name: str) -> None:
        self.steps.append(name)
        self.threads.add(threading.get_ident())

    def progress(self, done: int, total: int) -> None:
        self.bytes.append((done, total))
        self.threads.add(threading.get_ident())

    def part(self, instance_id: UUID, done: int, total: int) -> None:
        self.parts.setdefault(instance_id, []).append((done, total))
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
