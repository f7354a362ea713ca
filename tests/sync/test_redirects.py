"""A file is joined to another while a laptop is out: drafts, records and visits for the old one are found
and sent as before, land in the file that stands, and go back when that is undone. On the real server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from fieldapp.services.buildings import LIST
from fieldapp.services.filling import OpenForm
from fieldapp.services.laptop import Laptop
from fieldapp.store.ledgers import TakenRow
from tests.server.databases import Databases
from tests.server.district import DistrictServer
from tests.services.office import FORM, HOUSES, LOCKED, MAJOR, filled, serving
from tests.services.test_syncing import registered

#: Of the demonstration visits, one finds the door of the first locked, the other sees all of the second.
STANDS, JOINED = HOUSES[1], HOUSES[0]
FIX = "/data/g_fix"


@pytest.fixture
def district(tmp_path: Path, databases: Databases) -> Iterator[DistrictServer]:
    """A server with three houses, of which two will turn out to be one."""
    with serving(tmp_path, url=databases.create("redirects")) as server:
        yield server


@pytest.fixture
def laptop(district: DistrictServer, tmp_path: Path) -> Iterator[Laptop]:
    with registered(tmp_path / "laptop", district, district.port) as made:
        made.syncing.run()
        yield made


def join(district: DistrictServer) -> dict[str, str]:
    """The office joins the files; where they differ, what the file that stands says counts."""
    found = district.run("compare-files", STANDS, JOINED)
    take = [part for one in found["differences"] for part in ("--take", f"{one['group']}=keep")]
    return district.run("join-files", STANDS, JOINED, *take, "--reason", "现场为同一栋")


def undo(district: DistrictServer, filing: str, *more: str) -> None:
    district.run("undo-filing", filing, *more, "--reason", "现场为两栋")


def corrected(opened: OpenForm, storeys: str) -> OpenForm:
    """The storeys of the house are told otherwise."""
    opened.answer(f"{FIX}/fix_facts", "floors_up")
    opened.answer(f"{FIX}/new_floors_up", storeys)
    opened.answer(f"{FIX}/fix_reason", "现场核对")
    opened.settle()
    return opened


def ids(laptop: Laptop) -> tuple[UUID, UUID]:
    stands, joined = (UUID(laptop.buildings.get(code).id) for code in (STANDS, JOINED))
    return stands, joined


def row_on_server(district: DistrictServer, house: UUID) -> tuple[bool, str]:
    query = "SELECT deleted, version FROM districtserver_entity WHERE list = %s AND id = %s"
    ((deleted, version),) = district.rows(query, LIST, str(house))
    return bool(deleted), str(version)


def landed(district: DistrictServer, record: UUID) -> set[tuple[str, str, str]]:
    """Of the effects on buildings of a record: what they told, where they landed, and their state."""
    query = (
        "SELECT entity_id, landed, state FROM districtserver_effect WHERE list = %s AND submission_id = %s"
    )
    return {(told, row, state) for told, row, state in district.rows(query, LIST, record)}


def filed_under(district: DistrictServer, visit: UUID) -> str:
    ((under,),) = district.rows("SELECT filed_under FROM districtserver_visit WHERE id = %s", visit)
    return str(UUID(str(under)))


def test_what_was_begun_and_finalized_for_the_old_file_lands_in_the_one_that_stands(
    district: DistrictServer, laptop: Laptop
) -> None:
    stands, joined = ids(laptop)
    before = laptop.store.register.get(LIST, str(joined))
    assert before is not None
    (record,) = laptop.visits.finalize(corrected(filled(laptop, MAJOR), "7").visit_id)
    draft = corrected(filled(laptop, MAJOR), "8")
    filing = join(district)
    result = laptop.syncing.run()
    assert result.ended is None
    kept = laptop.store.submissions.get(record.chain.instance_id)
    assert (kept.sha256, kept.xml, kept.building_id) == (record.sha256, record.xml, joined)
    assert {row[:2] for row in landed(district, record.chain.instance_id)} == {(str(joined), str(stands))}
    assert filed_under(district, record.visit_id) == str(stands)

    shown = laptop.buildings.get(str(joined))
    assert shown.id == str(stands)
    assert laptop.buildings.get(JOINED).id == str(stands), "the old code finds the file that stands"
    assert {one.id for one in laptop.buildings.find(before.label)} == {str(stands)}
    file = laptop.files.read(joined)
    assert {(one.visit_id, one.standing) for one in file.works} == {
        (record.visit_id, "sent"), (draft.visit_id, "draft")}  # fmt: skip
    assert {photo.visit_id for photo in file.photos} >= {draft.visit_id}
    (told,) = file.filings
    assert (told.kind, told.leads, told.who, told.reason) == (
        "join",
        str(joined),
        "districtserver",
        "现场为同一栋",
    )
    assert told.other_code == JOINED

    again = laptop.filling.open(draft.visit_id, FORM)
    assert again.session.value("/data/g_visit/building_ref") == str(joined), "a draft is not written anew"
    (late,) = laptop.visits.finalize(draft.visit_id)
    overlaid = laptop.buildings.get(STANDS)
    assert (overlaid.values["floors_up"], overlaid.unconfirmed) == ("8", 1)
    assert laptop.syncing.run().ended is None
    assert {row[:2] for row in landed(district, late.chain.instance_id)} == {(str(joined), str(stands))}
    assert {row[2] for row in landed(district, late.chain.instance_id)} <= {"applied", "conflict"}
    assert laptop.buildings.get(STANDS).unconfirmed == 0

    undo(district, filing["filing"])
    laptop.syncing.run()
    assert row_on_server(district, joined)[0] is False
    back = laptop.buildings.get(JOINED)
    assert (back.id, back.values["floors_up"]) == (str(joined), "8")
    assert laptop.buildings.get(STANDS).values["floors_up"] != "8"
    for visit in (record.visit_id, late.visit_id):
        assert filed_under(district, visit) == str(joined)
    assert {one.visit_id for one in laptop.files.read(joined).works} == {record.visit_id, late.visit_id}
    assert laptop.files.read(stands).works == ()
    assert laptop.files.read(joined).filings[0].undone_reason == "现场为两栋"


def test_sent_only_after_all_is_undone_it_belongs_to_its_own_file(
    district: DistrictServer, laptop: Laptop
) -> None:
    stands, joined = ids(laptop)
    (record,) = laptop.visits.finalize(corrected(filled(laptop, MAJOR), "7").visit_id)
    undo(district, join(district)["filing"])
    laptop.syncing.run()
    assert landed(district, record.chain.instance_id) == {(str(joined), "", "applied")}
    assert laptop.buildings.get(JOINED).values["floors_up"] == "7"
    assert (laptop.buildings.get(JOINED).unconfirmed, laptop.files.read(stands).works) == (0, ())


def test_a_person_says_whose_a_visit_is(district: DistrictServer, laptop: Laptop) -> None:
    """The laptop knew only the file that stands; what it found there was the other house."""
    stands, joined = ids(laptop)
    filing = join(district)["filing"]
    laptop.syncing.run()
    (record,) = laptop.visits.finalize(filled(laptop, LOCKED).visit_id)
    assert record.building_id == stands
    laptop.syncing.run()
    suggested = district.run("look-undo", filing)["visits"]
    assert [(one["visit"], one["suggested"]) for one in suggested] == [(str(record.visit_id), str(stands))]
    undo(district, filing, "--visit", f"{record.visit_id}={joined}")
    laptop.syncing.run()
    assert {one.visit_id for one in laptop.files.read(joined).works} == {record.visit_id}
    assert laptop.files.read(stands).works == ()
    assert laptop.buildings.get(JOINED).values["last_result"] == "locked"
    assert laptop.buildings.get(STANDS).values.get("last_result", "") != "locked"


def test_a_laptop_that_pulls_anew_knows_it_too(
    district: DistrictServer, laptop: Laptop, tmp_path: Path
) -> None:
    _stands, joined = ids(laptop)
    join(district)
    with closing(registered(tmp_path / "other", district, district.port)) as other:
        other.syncing.run()
        assert other.buildings.get(str(joined)).values["building_code"] == STANDS
        assert other.store.register.count(LIST) == 2


def test_a_parted_file_is_two_and_its_visits_are_where_they_were_put(
    district: DistrictServer, laptop: Laptop
) -> None:
    stands, _joined = ids(laptop)
    (record,) = laptop.visits.finalize(filled(laptop, LOCKED).visit_id)
    laptop.syncing.run()
    filing = district.run(
        "part-file", STANDS,
        "--set", "address_detail=聚宝街21号之1", "--set", "building_code=350502002006-0901",
        "--facts", "judgement=go", "--visit", str(record.visit_id), "--reason", "现场为两栋",
    )  # fmt: skip
    laptop.syncing.run()
    new = laptop.buildings.get("350502002006-0901")
    assert (new.id, new.label) == (filing["other"], "聚宝街21号之1")
    assert [one.visit_id for one in laptop.files.read(UUID(new.id)).works] == [record.visit_id]
    assert laptop.files.read(stands).works == ()
    assert {one.kind for one in laptop.files.read(stands).filings} == {"part"}
    undo(district, filing["filing"])
    laptop.syncing.run()
    assert laptop.buildings.get(new.id).id == str(stands)
    assert [one.visit_id for one in laptop.files.read(stands).works] == [record.visit_id]


def test_what_a_ledger_on_this_laptop_says_of_the_old_file_is_shown_in_the_one_that_stands(
    district: DistrictServer, laptop: Laptop, tmp_path: Path
) -> None:
    stands, joined = ids(laptop)
    ledger = tmp_path / "ledger.csv"
    ledger.write_text(f"房屋编号,地址,物业有无\n{JOINED},,\n", encoding="utf-8")
    rows = laptop.store.ledgers
    fact = "wall_material"
    assert fact not in laptop.buildings.get(STANDS).values
    row = TakenRow(0, "", "1", 2, {"墙体": "条石"}, [], "known", str(joined), {fact: "条石"}, [])
    rows.take(ledger.name, ledger.read_bytes(), "{}", [row])
    assert laptop.buildings.get(JOINED).values[fact] == "条石"
    filing = join(district)["filing"]
    laptop.syncing.run()
    assert laptop.buildings.get(STANDS).values[fact] == "条石"
    assert laptop.store.redirects.joined() == {str(joined)}
    undo(district, filing)
    laptop.syncing.run()
    assert fact not in laptop.buildings.get(STANDS).values
    assert laptop.store.register.get(LIST, str(joined)) is not None
    assert laptop.buildings.get(JOINED).values[fact] == "条石"
    assert laptop.buildings.get(STANDS).id == str(stands)
