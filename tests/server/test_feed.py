"""The feed: numbers in the order of commits, nothing behind a cursor, streets, what became of records."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from django.test import Client

from districtserver import assignments, feed, inventory, register, tallies
from districtserver.models import Device, Entity, Tally
from districtserver.writing import writing
from fieldapp.domain.marks import plain_json, row_mark
from fieldapp.sync.protocol import Pull, PullPage, SubmissionsAnswer
from tests.server.calls import batch_of, enrolled, enrolled_over_tls, post, send, trusting
from tests.server.district import DistrictServer
from tests.server.laptop import BUILDING, Draft, Laptop

HERE, THERE = "350502001", "350502002"
JSON = {"Content-Type": "application/json"}


def pull(client: Client, laptop: Laptop, after: int = 0, subset: str = "") -> PullPage:
    answer = post(client, "/pull", Pull(after=after, subset=subset), laptop)
    assert answer.status_code == 200, answer.content
    return PullPage.model_validate_json(answer.content)


def house(name: str, street: str = HERE, **facts: str) -> dict[str, str]:
    return {"name": name, "label": name, "street": street} | facts


def test_everything_then_only_what_changed(client: Client, inside: Laptop) -> None:
    register.import_rows("buildings", [house("a"), house("b")])
    first = pull(client, inside)
    assert [row.id for row in first.rows] == [str(BUILDING), "a", "b"]
    assert first.upto == first.head == first.rows[-1].change_no
    assert [(one.list, one.count) for one in first.digests] == [("buildings", 3)]
    mark = 0
    for row in first.rows:
        mark ^= row_mark(row.list, row.id, row.version, row.label, plain_json(row.data))
    assert first.digests[0].mark == mark
    register.import_rows("buildings", [house("b", floors_up="4"), house("a")])
    later = pull(client, inside, first.upto, first.subset)
    assert [(row.id, row.version, row.data["floors_up"]) for row in later.rows] == [("b", 2, "4")]
    assert pull(client, inside, later.upto, later.subset).rows == ()


def test_pages_end_nowhere_in_particular(
    client: Client, inside: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "PAGE", 3)
    register.import_rows("buildings", [house(f"h{number}") for number in range(8)])
    at, seen, subset = 0, [], ""
    while True:
        page = pull(client, inside, at, subset)
        seen += [row.id for row in page.rows]
        assert (page.upto == page.head) is bool(page.digests)
        at, subset = page.upto, page.subset
        if page.upto == page.head:
            break
    assert seen == [str(BUILDING), *(f"h{number}" for number in range(8))]


def test_what_became_of_own_records(client: Client, inside: Laptop) -> None:
    other = enrolled(client)
    applied, held = Draft(floors="3"), Draft(floors="99999")
    send(client, inside, applied, held)
    conflict = Draft(floors="5")  # based on version 1, which is gone
    send(client, other, conflict)
    mine = {one.instance_id: one.state for one in pull(client, inside).submissions}
    assert mine == {applied.instance_id: "applied", held.instance_id: "held"}
    theirs = {one.instance_id: one.state for one in pull(client, other).submissions}
    assert theirs == {conflict.instance_id: "conflict"}


def test_a_laptop_carries_its_streets(client: Client, inside: Laptop) -> None:
    register.import_rows("buildings", [house("a"), house("b", THERE)])
    device = Device.objects.get(pk=inside.device_id)
    before = pull(client, inside)
    assignments.assign(device, [HERE])
    assert pull(client, inside, before.upto, before.subset).anew
    mine = pull(client, inside)
    assert [row.id for row in mine.rows] == ["a"]
    assert mine.digests[0].count == 1
    register.import_rows("buildings", [house("a", THERE), house("b", HERE)])
    moved = pull(client, inside, mine.upto, mine.subset)
    assert [row.id for row in moved.rows] == ["b"]
    assert moved.gone == (("buildings", "a"),)
    register.import_rows("buildings", [house("a", HERE)])
    back = pull(client, inside, moved.upto, moved.subset)
    assert ([row.id for row in back.rows], back.gone) == (["a"], ())
    with pytest.raises(ValueError, match="nowhere"):
        assignments.assign(device, ["nowhere"])


def test_a_tombstone_travels(client: Client, inside: Laptop) -> None:
    first = pull(client, inside)
    with writing():
        row = Entity.objects.get(list="buildings", id=str(BUILDING))
        register.write(row, row.label, row.data, who="office", deleted=True)
    later = pull(client, inside, first.upto, first.subset)
    assert [(row.id, row.deleted) for row in later.rows] == [(str(BUILDING), True)]
    assert later.digests == ()


def test_what_is_counted_row_by_row_is_what_is_there(client: Client, inside: Laptop) -> None:
    """Rows that come, change, move to another street, go and come back, one by one and in bulk."""
    register.import_rows("buildings", [house("a"), house("b", THERE), house("c")])
    register.import_rows("buildings", [house("a", THERE), house("b", THERE, floors_up="9"), house("d")])
    with writing():
        row = Entity.objects.get(list="buildings", id="c")
        register.write(row, row.label, row.data, who="office", deleted=True)
    send(client, inside, Draft(floors="3"))
    assert tallies.recount() == ()
    with writing():
        register.write(row, row.label, row.data, who="office")
    assert tallies.recount() == ()
    counted = {one.list: one.count for one in pull(client, inside).digests}
    assert sum(counted.values()) == Entity.objects.filter(deleted=False).count()


def test_a_wrong_count_is_told_and_put_right(inside: Laptop) -> None:
    del inside
    right = tallies.digests(())
    Tally.objects.update(mark=1)
    Entity.objects.update(label="another")
    assert inventory.check()["broken"] == ["register buildings: counted wrongly, put right"]
    assert inventory.check()["broken"] == []
    assert tallies.digests(()) != right  # the label is part of what is compared


def test_a_cursor_of_a_newer_database_begins_anew(client: Client, inside: Laptop) -> None:
    """The server was put back from a backup: its numbers begin again below what the laptop has seen."""
    page = pull(client, inside)
    assert pull(client, inside, page.head + 1, page.subset).anew


def test_no_change_hides_behind_a_cursor(district: DistrictServer) -> None:
    """Four laptops send at the same moment and pull all the while, from a real process on a real database:
    what commits late must not be numbered below a cursor that has passed. Every own record is told once.
    """

    def work(number: int) -> tuple[list[UUID], list[UUID]]:
        with trusting(district) as line:
            laptop = enrolled_over_tls(district, line)
            sent: list[UUID] = []
            seen: list[UUID] = []
            at, subset = 0, ""

            def look() -> tuple[int, str]:
                asked = Pull(after=at, subset=subset).model_dump_json()
                answer = line.post("/pull", content=asked, headers=laptop.bearer | JSON)
                page = PullPage.model_validate_json(answer.content)
                seen.extend(one.instance_id for one in page.submissions)
                return page.upto, page.subset

            for turn in range(8):
                draft = Draft(floors=str(1 + (number + turn) % 9), photos=())
                envelope = laptop.envelope(draft)
                answer = line.post(
                    "/submissions", content=batch_of(envelope).model_dump_json(), headers=laptop.bearer | JSON
                )
                assert SubmissionsAnswer.model_validate_json(answer.content).items[0].state == "stored"
                sent.append(draft.instance_id)
                at, subset = look()
            look()
            return sent, seen

    with ThreadPoolExecutor(4) as pool:
        for sent, seen in pool.map(work, range(4)):
            assert sorted(seen) == sorted(sent)


def test_the_command_assigns(client: Client, inside: Laptop, capsys: pytest.CaptureFixture[str]) -> None:
    from districtserver.cli import main

    assert main(["assign", str(inside.device_id), "--street", HERE]) == 0
    assert feed.streets(Device.objects.get(pk=inside.device_id)) == (HERE,)
    assert main(["assign", str(inside.device_id), "--street", "x"]) == 1
    assert "or building x" in capsys.readouterr().err
    assert main(["assign", str(uuid4())]) == 1
