"""What laptops of communities and single buildings carry: rows enter and leave one by one."""

from __future__ import annotations

from functools import reduce

import pytest
from django.test import Client

from districtserver import assignments, feed, register
from districtserver.models import AuditEntry, Carried, Device, Entity, Share
from districtserver.writing import writing
from fieldapp.domain.marks import plain_json, row_mark
from fieldapp.sync.protocol import ChangedRow, Pull, PullPage
from tests.server.calls import post
from tests.server.laptop import Laptop

STREET, OTHER = "350502001", "350502002"
HERE, THERE = "350502001001", "350502001002"


class Carrier:
    """A laptop that pulls to the end and keeps what it was told."""

    def __init__(self, client: Client, laptop: Laptop) -> None:
        self._client, self._laptop = client, laptop
        self.device = Device.objects.get(pk=laptop.device_id)
        self.rows: dict[tuple[str, str], ChangedRow] = {}
        self.after, self.subset = 0, ""
        self.anew = self.came = 0

    def pull(self) -> list[str]:
        """Pull until there is no more; ids of the buildings that it has then. It must have what the server
        counts."""
        self.came = 0
        while True:
            asked = Pull(after=self.after, subset=self.subset)
            answer = post(self._client, "/pull", asked, self._laptop)
            assert answer.status_code == 200, answer.content
            page = PullPage.model_validate_json(answer.content)
            if page.anew:
                self.rows, self.after, self.subset = {}, 0, ""
                self.anew += 1
                continue
            self.came += len(page.rows)
            for row in page.rows:
                self.rows[row.list, row.id] = row
            for key in page.gone:
                self.rows.pop(key, None)
            self.after, self.subset = page.upto, page.subset
            if page.upto == page.head:
                break
        counted = {one.list: (one.count, one.mark) for one in page.digests}
        own = {name: self._counted(name) for name in {row.list for row in self.rows.values()}}
        assert counted == {name: sums for name, sums in own.items() if sums[0]}
        return sorted(key for name, key in self.rows if name == "buildings")

    def _counted(self, name: str) -> tuple[int, int]:
        rows = [row for row in self.rows.values() if row.list == name and not row.deleted]
        marks = (row_mark(row.list, row.id, row.version, row.label, plain_json(row.data)) for row in rows)
        return len(rows), reduce(lambda left, right: left ^ right, marks, 0)

    def units(self) -> list[str]:
        return sorted(key for name, key in self.rows if name == "units")


def house(name: str, community: str = HERE, street: str = STREET, **facts: str) -> dict[str, str]:
    return {"name": name, "label": name, "street": street, "community": community} | facts


@pytest.fixture
def carrier(client: Client, inside: Laptop) -> Carrier:
    """Four houses in two communities of a street and one elsewhere, a unit in each of two, areas, a firm."""
    register.import_rows(
        "buildings",
        [
            house("a"),
            house("b", THERE, building_code="B-1"),
            house("c"),
            house("d", THERE),
            house("e", "350502002001", OTHER),
        ],
    )
    unit = {"street": STREET}
    register.import_rows(
        "units", [{"name": "u1", "building": "a"} | unit, {"name": "u2", "building": "b"} | unit]
    )
    register.import_rows("plates", [{"name": "p1", "buildings": "d b"} | unit])
    register.import_rows("areas", [{"name": "r1", "street": STREET}, {"name": "r2", "street": OTHER}])
    register.import_rows("firms", [{"name": "f1"}])
    return Carrier(client, inside)


def test_a_community_and_single_houses(carrier: Carrier) -> None:
    found = assignments.assign(carrier.device, [], [HERE], ["B-1"])
    assert (found.communities, found.houses) == ((HERE,), ("b",))
    assert carrier.pull() == ["a", "b", "c"]
    assert carrier.units() == ["u1", "u2"]
    assert ("firms", "f1") in carrier.rows
    assert ("plates", "p1") in carrier.rows
    assert ("areas", "r1") in carrier.rows
    assert ("areas", "r2") not in carrier.rows
    assert AuditEntry.objects.filter(event="streets_assigned", detail__houses=["b"]).exists()


def test_rows_enter_and_leave_with_the_assignment(carrier: Carrier) -> None:
    assignments.assign(carrier.device, [], [HERE])
    carrier.pull()
    assignments.assign(carrier.device, [], [HERE], ["b"])
    assert carrier.pull() == ["a", "b", "c"]
    assert (carrier.came, carrier.units()) == (3, ["u1", "u2"])  # the house, its unit and plate, no more
    assignments.assign(carrier.device, [], [], ["b"])
    assert carrier.pull() == ["b"]
    assert (carrier.came, carrier.units()) == (0, ["u2"])
    assignments.assign(carrier.device, [OTHER], [], ["b"])
    assert carrier.pull() == ["b", "e"]
    assert ("areas", "r2") in carrier.rows
    assert carrier.anew == 0


def test_rows_follow_their_building(carrier: Carrier) -> None:
    """A building changes its community: it leaves with its unit, which itself did not change, and comes
    back. What changes in a row that is carried comes alone."""
    assignments.assign(carrier.device, [], [HERE])
    carrier.pull()
    register.import_rows("buildings", [house("a", THERE), house("c", floors_up="3")])
    assert carrier.pull() == ["c"]
    assert (carrier.came, carrier.units()) == (1, [])
    register.import_rows("buildings", [house("a", floors_up="2")])
    assert carrier.pull() == ["a", "c"]
    assert (carrier.came, carrier.units()) == (2, ["u1"])
    assert carrier.pull() == ["a", "c"]
    assert carrier.came == 0


def test_an_answer_that_was_lost_is_given_again(carrier: Carrier) -> None:
    assignments.assign(carrier.device, [], [HERE])
    carrier.pull()
    before = dict(carrier.rows), carrier.after
    assignments.assign(carrier.device, [], [THERE])
    assert carrier.pull() == ["b", "d"]
    carrier.rows, carrier.after = before
    assert carrier.pull() == ["b", "d"]


def test_pages_of_few_rows(carrier: Carrier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "PAGE", 2)
    assignments.assign(carrier.device, [], [HERE], ["b", "e"])
    assert carrier.pull() == ["a", "b", "c", "e"]
    assignments.assign(carrier.device, [], [THERE])
    assert carrier.pull() == ["b", "d"]
    assert carrier.units() == ["u2"]


def test_a_tombstone_travels_and_enters_nowhere(carrier: Carrier) -> None:
    assignments.assign(carrier.device, [], [HERE])
    carrier.pull()
    for key in ("a", "b"):
        with writing():
            row = Entity.objects.get(list="buildings", id=key)
            register.write(row, row.label, row.data, who="office", deleted=True)
    carrier.pull()
    assert carrier.rows["buildings", "a"].deleted
    assert ("buildings", "b") not in carrier.rows


def test_from_the_street_to_houses_and_back_begins_anew(carrier: Carrier) -> None:
    assignments.assign(carrier.device, [STREET])
    assert carrier.pull() == ["a", "b", "c", "d"]
    assignments.assign(carrier.device, [STREET], [], ["e"])
    assert carrier.pull() == ["a", "b", "c", "d", "e"]
    assert carrier.anew == 1
    assignments.assign(carrier.device, [])
    assert set(carrier.pull()) > {"a", "e"}
    assert carrier.anew == 2
    assert not Share.objects.exists()
    assert not Carried.objects.exists()


def test_what_is_not_known_is_refused(carrier: Carrier) -> None:
    with pytest.raises(ValueError, match="nowhere"):
        assignments.assign(carrier.device, [], ["nowhere"])
    with pytest.raises(ValueError, match="X-9"):
        assignments.assign(carrier.device, [], [], ["X-9"])
    assert assignments.assigned(carrier.device) == assignments.Assigned()
