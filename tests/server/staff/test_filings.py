"""Joining, parting and putting back in the browser: candidates, files beside each other, every choice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from districtserver.models import Filing
from tests.server.staff.conftest import browser
from tests.server.staff.test_pages import text
from tests.server.test_filing import CHOSEN, ONE, STREET, TWO, Two, row, told, two

__all__ = ["two"]
LIST = "/staff/filings/"
JOIN = f"/staff/filings/join/{ONE}"


def version(page: str, name: str = "version") -> str:
    found = re.search(rf'name="{name}" value="(\d+)"', page)
    assert found is not None
    return found[1]


def said(client: Client, address: str, form: dict[str, str]) -> str:
    """What the page says after the form was sent."""
    answer = client.post(address, form, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def joined_by(client: Client, **changes: str) -> str:
    page = text(client, f"{JOIN}?other={TWO}")
    form = {f"group:{name}": choice for name, choice in CHOSEN.items()}
    versions = {"version": version(page), "other_version": version(page, "other_version")}
    return said(client, JOIN, {**form, **versions, "other": TWO, "reason": "同一栋", **changes})


def test_candidates_are_compared_and_joined(reviewer: Client, two: Two) -> None:
    listed = text(reviewer, f"{LIST}?street={STREET}")
    assert "亭店路12号之1" in listed
    assert f"{JOIN}?other={TWO}" in listed
    page = text(reviewer, f"{JOIN}?other={TWO}")
    assert "地上层数" in page
    assert re.search(r'name="group:floors_up" value="keep" required', page), "nothing is chosen beforehand"
    assert "没有写明理由" in joined_by(reviewer, reason=" ")
    assert "floors_up" in joined_by(reviewer, **{"group:floors_up": ""})
    assert not row(TWO).deleted
    shown = joined_by(reviewer)
    assert "已并入本档" in shown
    assert "C2" in shown
    assert "同一栋" in shown
    assert (row(TWO).deleted, row(ONE).data["floors_up"]) == (True, "2")
    assert reviewer.get(f"/staff/ledger/{TWO}")["Location"] == f"/staff/ledger/{ONE}"
    assert ONE in text(reviewer, "/staff/ledger/?q=P2"), "the old plate finds the file that stands"


def test_what_changed_since_it_was_shown_is_looked_at_again(reviewer: Client, two: Two) -> None:
    page = joined_by(reviewer, other_version="7")
    assert "显示后已有变动" in page
    assert not Filing.objects.exists()


def test_what_came_in_between_is_placed_on_the_page(reviewer: Client, two: Two) -> None:
    joined_by(reviewer)
    between = told(two[0], ONE, {"floors_up": "7"}, "2").visit
    filing = Filing.objects.get()
    address = f"/staff/filings/{filing.pk}/undo"
    page = text(reviewer, address)
    assert f'name="visit:{between.pk}" value="{ONE}" checked' in page
    place = {f"visit:{between.pk}": TWO}
    again = reviewer.post(address, {**place, "again": "yes"}).content.decode()
    options = re.search(r'name="others:floors_up".*?</select>', again, re.DOTALL)
    assert options is not None
    chosen = re.search(r'value="(\d+)" selected>([^<]*)', options[0])
    assert chosen is not None
    assert chosen[2].strip().startswith("7")
    form = {**place, "others:floors_up": chosen[1], "mine:floors_up": "0", "version": version(again)}
    assert "已恢复原状" in said(reviewer, address, {**form, "reason": "两栋"})
    assert (row(ONE).data["floors_up"], row(TWO).data["floors_up"]) == ("2", "7")
    assert "两栋" in text(reviewer, LIST)


def test_a_file_is_parted_on_the_page(reviewer: Client, two: Two) -> None:
    visit = told(two[0], ONE, {"owner_phone": "1"}).visit
    address = f"/staff/filings/part/{ONE}"
    page = text(reviewer, address)
    form = {
        "new:address_detail": "亭店路12号之9", "new:building_code": "C9", "group:floors_up": "go",
        "row:units/u1": "go", f"visit:{visit.pk}": "go", "version": version(page), "reason": "两栋",
    }  # fmt: skip
    assert "已分档" in said(reviewer, address, form)
    new = row(Filing.objects.get().other)
    assert (new.label, new.data["floors_up"], row("u1", "units").data["building"]) == (
        "亭店路12号之9",
        "2",
        new.id,
    )
    visit.refresh_from_db()
    assert str(visit.filed_under) == new.id
    assert "C9" in text(reviewer, f"/staff/ledger/{new.id}")


@pytest.mark.parametrize("address", [JOIN, f"/staff/filings/part/{ONE}"])
def test_readers_see_what_was_joined_and_join_nothing(folder: Path, two: Two, address: str) -> None:
    client = browser("reader")
    assert client.get(LIST).status_code == 200
    assert client.get(address).status_code == 403
    assert client.post(address, {"other": TWO, "reason": "x"}).status_code == 403
