"""Deciding a conflict in the browser: sides beside each other, one of them or new values, with a reason."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from districtserver.models import AuditEntry, Entity, EntityVersion
from districtserver.staff.releasing import release
from tests.server.calls import send
from tests.server.laptop import BUILDING, Draft, Laptop
from tests.server.staff.conftest import browser
from tests.server.staff.test_pages import text


def house() -> Entity:
    return Entity.objects.get(list="buildings", id=str(BUILDING))


def open_rows() -> list[Entity]:
    return list(Entity.objects.filter(list="conflicts", deleted=False))


@pytest.fixture
def address(reviewer: Client, client: Client, inside: Laptop) -> str:
    """Two told the floors of one house without knowing of each other; where that is decided."""
    held = Draft(floors="200", owner="乙")
    send(client, inside, held, Draft(floors="5"))
    release(held.instance_id, User.objects.get(), "seen on the photographs")
    assert house().data["floors_up"] == "5"
    floors = next(row for row in open_rows() if row.data["merge_group"] == "floors_up")
    return f"/staff/conflicts/{floors.id}"


def version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found[1]


def side_of(page: str, value: str) -> str:
    """The number of the side that told ``value``."""
    told = re.search(r"地上层数.*?</th>(.*?)</tr>", page, re.DOTALL)
    assert told is not None
    return str(re.findall(r"<td>([^<]*)</td>", told[1]).index(value))


def test_both_sides_stand_beside_each_other(reviewer: Client, address: str) -> None:
    assert "地上层数" in text(reviewer, "/staff/conflicts/")
    page = text(reviewer, address)
    assert {side_of(page, "5"), side_of(page, "200")} == {"0", "1"}
    assert page.count("核定前按此计") == 1
    assert "两处填写不一致" in text(reviewer, f"/staff/ledger/{BUILDING}")
    assert "地上层数" in text(reviewer, "/staff/conflicts/", row=str(BUILDING))
    assert "没有待核定" in text(reviewer, "/staff/conflicts/", row="another")
    unknown = "/staff/conflicts/00000000-0000-0000-0000-000000000000"
    assert reviewer.get(unknown).status_code == reviewer.post(f"{unknown}/decide").status_code == 404


def test_one_side_is_chosen_and_stays(reviewer: Client, address: str) -> None:
    page = text(reviewer, address)
    said = {"version": version(page), "side": side_of(page, "200"), "reason": "照片上\0数过"}
    reviewer.post(f"{address}/decide", said)
    assert house().data["floors_up"] == "200"
    newest = EntityVersion.objects.filter(list="buildings", entity_id=str(BUILDING)).latest("version")
    assert newest.who == "reviewer 某某"
    assert AuditEntry.objects.filter(event="conflict_decided").count() == 1
    assert not any(row.data["merge_group"] == "floors_up" for row in open_rows())
    assert reviewer.get(address)["Location"] == "/staff/conflicts/"
    reviewer.post(f"{address}/decide", said | {"side": "0", "reason": "again"})
    assert "未核定" in text(reviewer, "/staff/conflicts/")
    assert AuditEntry.objects.filter(event="conflict_decided").count() == 1


def test_a_new_value_counts_if_it_can_be_one(reviewer: Client, address: str) -> None:
    said = {"version": version(text(reviewer, address)), "side": "new", "reason": "现场重数"}
    reviewer.post(f"{address}/decide", said | {"new:floors_up": "six"})
    assert house().data["floors_up"] == "5"
    assert "地上层数" in text(reviewer, address)
    for missing in ({"reason": " "}, {"side": ""}, {"side": "7"}, {"version": "0"}, {"version": "x"}):
        reviewer.post(f"{address}/decide", said | {"new:floors_up": "6"} | missing)
        assert house().data["floors_up"] == "5", missing
    reviewer.post(f"{address}/decide", said | {"new:floors_up": "6"})
    assert house().data["floors_up"] == "6"


def test_readers_look_and_decide_nothing(reviewer: Client, address: str) -> None:
    reader = browser("reader")
    page = text(reader, address)
    assert 'name="side"' not in page
    assert "由审核人员核定" in page
    assert reader.post(f"{address}/decide", {"version": "1", "side": "0", "reason": "x"}).status_code == 403
    assert house().data["floors_up"] == "5"
