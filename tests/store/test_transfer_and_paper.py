"""Lists of what waits and what was received, the history of runs, the print queue and its log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from fieldapp.store import Store
from fieldapp.store.model import Attachment, RegisterRow, SignedText
from tests.store.building import frozen, new_store, visit

RECEIPT = SignedText("{}", "k", "s")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "laptop") as made:
        made.register.import_rows("buildings", [RegisterRow(str(UUID(int=9_000)), "亭店路12号", {})])
        yield made


def record(store: Store, number: int, size: int = 10) -> UUID:
    store.visits.create(visit(number))
    content = b"%010d" % number * (size // 10)
    sha256 = store.vault.put(content)
    file = Attachment(f"{sha256}.jpg", sha256, len(content), "image/jpeg")
    store.submissions.finalize(frozen(number, b"<data>%d</data>" % number, attachments=(file,)))
    return UUID(int=number)


def test_refused_ones_are_listed_first_with_cause_and_remedy(store: Store) -> None:
    first, second = record(store, 1), record(store, 2, size=200)
    store.outbox.record_refusal(second, "SYNC_045", "cause", remedy="remedy", retryable=False)
    listed = store.outbox.waiting()
    assert [one.instance_id for one in listed] == [second, first]
    assert (listed[0].label, listed[0].files, listed[0].size) == (
        "亭店路12号",
        1,
        200 + len("<data>2</data>"),
    )
    assert (listed[0].code, listed[0].message, listed[0].remedy) == ("SYNC_045", "cause", "remedy")
    assert not listed[0].retryable
    assert listed[1].tries == 0


def test_receipts_belong_to_the_run_that_brought_them(store: Store) -> None:
    one, two, three = (record(store, number) for number in (1, 2, 3))
    first = store.sync_runs.begin()
    store.outbox.record_receipt(one, RECEIPT)
    store.sync_runs.end(first, result="partial", sent=1, not_sent=0, bytes_sent=10, clock_offset=1.5)
    second = store.sync_runs.begin()
    store.outbox.record_receipt(two, RECEIPT)
    store.outbox.record_receipt(one, RECEIPT)  # again: it stays where it was
    store.sync_runs.end(second, result="complete", sent=1, not_sent=0, bytes_sent=10)
    store.outbox.record_receipt(three, RECEIPT)  # outside of any run
    assert [item.instance_id for item in store.outbox.received(first)] == [one]
    assert [item.instance_id for item in store.outbox.received(second)] == [two]
    assert [(run.number, run.result) for run in store.sync_runs.list()] == [
        (second, "complete"),
        (first, "partial"),
    ]
    last = store.sync_runs.last_complete()
    assert last is not None
    assert last.number == second


def test_a_run_that_was_killed_stays_as_broken(store: Store) -> None:
    store.sync_runs.begin()
    (run,) = store.sync_runs.list()
    assert (run.result, run.ended_at, run.seconds) == ("broken", None, None)


def test_printing_moves_the_state_and_empties_the_queue(store: Store) -> None:
    one, two = record(store, 1), record(store, 2)
    store.papers.enqueue(one, "onsite", 1)
    store.papers.enqueue(one, "onsite", 2)
    store.papers.enqueue(two, "archive", 1)
    assert [(item.instance_id, item.copies) for item in store.papers.queue()] == [(one, 2), (two, 1)]
    store.submissions.record_print(one, "onsite", "a" * 64, 2)
    store.submissions.record_print(one, "onsite", "b" * 64)
    store.papers.dequeue(two, "archive")
    assert store.papers.queue() == ()
    assert [(item.times, item.copies, item.sha256[0]) for item in store.papers.log()] == [
        (2, 1, "b"),
        (1, 2, "a"),
    ]
    assert store.papers.counts() == {"none": 1, "printed": 1, "signed": 0}
    (printed,) = store.papers.records("printed")
    assert (printed.instance_id, printed.label, printed.onsite, printed.archive) == (one, "亭店路12号", 2, 0)
    assert store.papers.record(two) in store.papers.records("none")
    assert len(store.papers.records()) == 2
