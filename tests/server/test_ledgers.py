"""台账导入 on the server: looked at, taken in, decided, undone; and what a laptop gets of it."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from districtserver import audit, blobs, feed, inventory, register
from districtserver.cli import main
from districtserver.filing import joining
from districtserver.ledgers import taking
from districtserver.ledgers.models import Ledger, LedgerRow, LedgerTemplate
from districtserver.models import AuditEntry, Entity
from fieldapp.errors import UserError
from tests.domain import messy_ledgers
from tests.server.laptop import Laptop
from tests.server.test_feed import pull
from tests.server.test_filing import CHOSEN, HOUSES, ONE, TWO

LIST = "buildings"
#: What the office of ``unusual.xlsx`` calls its columns; every other ledger needs no mapping.
MAPPINGS = {
    "unusual.xlsx": {
        "屋主大名": "owner_name",
        "坐落何处": "address_detail",
        "几层": "floors_up",
        "哪个社区": "community",
    }
}
pytestmark = pytest.mark.usefixtures("folder")


@lru_cache
def messy(name: str) -> bytes:
    """The workbook's bytes, made once: a workbook tells when it was made."""
    return messy_ledgers.ALL[name]()


def look(name: str) -> taking.Preview:
    return taking.look(name, messy(name), MAPPINGS.get(name))


def register_now() -> dict[str, dict[str, str]]:
    return {row.id: row.data for row in Entity.objects.filter(list=LIST, deleted=False)}


@pytest.mark.parametrize("name", messy_ledgers.ALL)
def test_a_look_writes_nothing_and_taking_in_does_what_it_said(name: str) -> None:
    before, entries, last = register_now(), AuditEntry.objects.count(), feed.numbers(0)
    preview = look(name)
    assert (register_now(), AuditEntry.objects.count(), feed.numbers(0)) == (before, entries, last)
    ledger = taking.take(preview, "office")
    counts = taking.counts(ledger)
    for state in ("new", "known", "pending"):
        assert counts.get(state, 0) == preview.plan.count(state)
    assert sum(counts.values()) == len(preview.reading.rows) > 0
    assert len(register_now()) - len(before) == counts.get("new", 0)
    assert blobs.stored_path(ledger.blob_id).read_bytes() == messy(name)
    assert inventory.check()["broken"] == []
    assert audit.first_broken() is None
    assert taking.undo(ledger, "office") == ()
    told = [entry.event for entry in AuditEntry.objects.order_by("seq")[entries:]]
    assert told == ["ledger_taken", "ledger_undone"]
    assert register_now() == before
    assert taking.counts(ledger) == {"undone": len(preview.reading.rows)}
    assert inventory.check()["broken"] == []


@pytest.mark.parametrize("name", messy_ledgers.ALL)
def test_the_same_file_again_changes_nothing(name: str) -> None:
    first = taking.take(look(name), "office")
    now, last = register_now(), feed.numbers(0)
    again = look(name)
    assert again.before == first
    assert taking.take(again, "office") == first
    assert (register_now(), feed.numbers(0), Ledger.objects.count()) == (now, last, 1)


def test_an_undone_ledger_can_be_taken_in_again() -> None:
    first = taking.take(look("by_community.xlsx"), "office")
    now = register_now()
    taking.undo(first, "office")
    with pytest.raises(UserError, match="LEDGER_006"):
        taking.undo(first, "office")
    again = taking.take(look("by_community.xlsx"), "office")
    assert again != first
    assert register_now() == now
    assert {row.version for row in again.rows.all()} == {3}
    assert taking.undo(again, "office") == ()


def test_a_house_that_a_person_put_away_does_not_come_back_by_itself() -> None:
    first = taking.take(look("by_community.xlsx"), "office")
    gone = first.rows.order_by("id")[0].house
    row = Entity.objects.get(list=LIST, id=gone)
    register.write(row, row.label, row.data, who="office", deleted=True)
    assert taking.undo(first, "office") == (gone,)
    preview = look("by_community.xlsx")
    assert (preview.plan.count("new"), preview.plan.count("pending")) == (5, 1)


def test_waiting_rows_are_decided_one_by_one() -> None:
    taking.take(look("gbk.csv"), "office")
    years, twin = LedgerRow.objects.filter(state="pending").order_by("id")
    before = len(register_now())
    with pytest.raises(UserError, match="LEDGER_008"):
        taking.decide(years.pk, "skip", "office", " ")
    with pytest.raises(UserError, match="LEDGER_007"):
        taking.decide(years.pk, "no such house", "office")
    skipped = taking.decide(years.pk, "skip", "office", "一房两记")
    assert (skipped.state, skipped.reason, skipped.decided_by) == ("skipped", "一房两记", "office")
    other = taking.decide(twin.pk, "new", "office")
    assert other.house != twin.house  # another house than the one whose code it bears
    assert len(register_now()) == before + 1
    with pytest.raises(UserError, match="LEDGER_005"):
        taking.decide(years.pk, "new", "office")


def test_a_row_decided_to_be_a_house_only_fills_what_is_empty() -> None:
    ledger = taking.take(look("gbk.csv"), "office")
    waiting = LedgerRow.objects.filter(state="pending").order_by("id")[0]
    house = Entity.objects.exclude(id=waiting.house).order_by("id")[0]
    before = dict(house.data)
    decided = taking.decide(waiting.pk, house.id, "office")
    house.refresh_from_db()
    assert {name: house.data[name] for name in before} == before
    assert set(house.data) - set(before) == set(decided.values)
    assert decided.values
    assert taking.undo(ledger, "office") == (
        (house.id,) if ledger.rows.filter(house=house.id, state="new") else ()
    )


def test_what_was_built_on_is_named_and_stays(client: Client, inside: Laptop) -> None:
    ledger = taking.take(look("by_community.xlsx"), "office")
    changed = ledger.rows.order_by("id")[0].house
    row = Entity.objects.get(list=LIST, id=changed)
    register.write(row, row.label, row.data | {"floors_up": "9"}, who="office")
    assert taking.undo(ledger, "office") == (changed,)
    assert taking.counts(ledger) == {"new": 1, "undone": 5}
    assert register_now()[changed]["floors_up"] == "9"


def test_rows_travel_to_laptops_and_back(client: Client, inside: Laptop) -> None:
    first = pull(client, inside)
    ledger = taking.take(look("by_community.xlsx"), "office")
    came = pull(client, inside, first.upto, first.subset)
    assert {row.id for row in came.rows} == {row.house for row in ledger.rows.all()}
    assert {row.data["street"] for row in came.rows} == {
        row.street for row in Entity.objects.filter(id__in=[one.id for one in came.rows])
    }
    taking.undo(ledger, "office")
    gone = pull(client, inside, came.upto, came.subset)
    assert {row.id for row in gone.rows if row.deleted} == {row.id for row in came.rows}


def test_a_mapping_is_kept_by_its_headings() -> None:
    def plain(number: int) -> bytes:
        return f"坐落何处,哪个社区\n新门街{number}号,金山社区\n".encode()

    with pytest.raises(UserError, match="LEDGER_003"):
        taking.look("a.csv", plain(7))
    mapping = {"坐落何处": "address_detail", "哪个社区": "community"}
    taking.take(taking.look("a.csv", plain(7), mapping), "office")
    assert LedgerTemplate.objects.get().columns == mapping
    assert taking.look("later.csv", plain(9)).plan.count("new") == 1
    with pytest.raises(UserError, match="LEDGER_003"):
        taking.look("other.csv", "坐落何处,备考\n新门街7号,\n".encode())


def test_long_names_and_reasons_are_kept_whole() -> None:
    content = "地址,社区,层数\n新门街7号,金山社区,两层半\n".encode()
    taking.take(taking.look("泉" * 200 + ".csv", content), "office")
    (row,) = LedgerRow.objects.all()
    assert (row.sheet, row.state) == ("泉" * 200, "pending")
    register.import_rows(LIST, [{"name": "bare", "label": "no code", "building_code": ""}])
    with pytest.raises(UserError, match="LEDGER_007"):
        taking.decide(row.pk, "", "office")
    assert (
        LedgerRow.objects.get(pk=taking.decide(row.pk, "skip", "office", "重" * 900).pk).reason == "重" * 900
    )


def test_the_old_code_of_a_joined_file_leads_to_the_one_that_stands() -> None:
    """A row that names it waits for a person and makes no second house."""
    one, two = ONE, TWO
    places = {"street": "350502006", "community": "350502006019"}
    register.import_rows(LIST, [{**row, **places} for row in HOUSES])
    joining.join(one, two, CHOSEN, "office", "一房两档")
    before = len(register_now())
    content = "房屋编号,地址,社区,层数\nC2,亭店路12号之1,亭店社区,3\n".encode()
    preview = taking.look("old.csv", content)
    assert (preview.plan.count("new"), preview.plan.count("pending")) == (0, 1)
    assert preview.plan.rows[0].house == one
    taking.take(preview, "office")
    (row,) = LedgerRow.objects.all()
    for name in ("C2", two):
        spot = transaction.savepoint()
        assert taking.decide(row.pk, name, "office").house == one
        transaction.savepoint_rollback(spot)
    assert len(register_now()) == before


def test_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: str) -> dict[str, Any]:
        assert main(arguments) == 0, capsys.readouterr().err
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        return answer

    file, before = tmp_path / "gbk.csv", register_now()
    file.write_bytes(messy_ledgers.gbk_csv())
    looked = run("take-in", str(file), "--dry-run", "--write-map", str(tmp_path / "map.toml"))
    assert (looked["pending"], register_now()) == (2, before)
    assert all(one["cell"] and one["said"] for one in looked["remarks"])
    assert "address_detail" in (tmp_path / "map.toml").read_text("utf-8")
    taken = run("take-in", str(file), "--map", str(tmp_path / "map.toml"))
    assert run("take-in", str(file))["taken_before"] is True
    years, _twin = run("ledger-rows")["pending"]
    assert [text for _heading, text in years["cells"]]
    assert main(["decide-row", str(years["number"]), "--as", "skip"]) == 1
    assert "LEDGER_008" in capsys.readouterr().err
    decided = run("decide-row", str(years["number"]), "--as", "skip", "--reason", "不是房屋")
    assert decided["state"] == "skipped"
    assert run("ledgers")["ledgers"][0]["counts"]["skipped"] == 1
    assert run("undo-ledger", taken["ledger"][:8])["stay"] == []
    assert register_now() == before
