"""Files of buildings joined and parted: what moves, what leads where, and that undoing restores it."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User

from districtserver import audit, clock, published, redirects, register, tallies
from districtserver.filing import joining, parting, undoing
from districtserver.models import (
    AuditEntry,
    Device,
    Entity,
    EntityVersion,
    Filing,
    Submission,
    Visit,
)
from districtserver.staff.releasing import release
from districtserver.writing import writing
from fieldapp.domain.conflicts import CONFLICTS
from fieldapp.domain.filings import FILINGS, Filed
from fieldapp.errors import UserError
from fieldapp.forms import EntityEffect
from fieldapp.sync.protocol import TeamMemberHead, canonical
from tests.server.laptop import Draft, Laptop, small_form, small_ref
from tests.server.test_merge import device

ONE, TWO = str(UUID(int=101)), str(UUID(int=102))
STREET, NEXT = "350502006", "350502007"
HOUSES = (
    {"name": ONE, "label": "亭店路12号", "building_code": "C1", "street": STREET,
     "address_detail": "亭店路12号", "floors_up": "2", "owner_name": "王", "areas": "x y"},
    {"name": TWO, "label": "亭店路12号之1", "building_code": "C2", "street": STREET,
     "address_detail": "亭店路12号之1", "floors_up": "3", "owner_name": "王", "plate_code": "P2",
     "areas": "y z"},
)  # fmt: skip
UNITS = (
    {"name": "u1", "label": "101", "unit_no": "101", "building": ONE, "street": STREET},
    {"name": "u2", "label": "201", "unit_no": "201", "building": TWO, "street": STREET},
)
PLATES = (
    {"name": "p1", "label": "P1", "buildings": f"{ONE} {TWO}", "street": STREET},
    {"name": "p2", "label": "P2", "buildings": TWO, "street": STREET},
)
CHOSEN = {"floors_up": "keep", "address": "keep", "building_code": "keep", "areas": "both"}


def told(
    by: Device,
    house: str,
    values: dict[str, str],
    base: str = "1",
    *,
    list_name: str = "buildings",
    row: str = "",
    action: str = "update",
    held: bool = False,
) -> Submission:
    """A visit of ``house`` comes in with one effect."""
    form = published.find(small_ref())
    assert form is not None
    number, visit_id = uuid4(), uuid4()
    plain = Laptop().manifest(Draft())
    team = (TeamMemberHead(name=by.name, unit="", certificate=""),)
    head = plain.visit.model_copy(update={"team": team, "building_id": UUID(house), "visit_id": visit_id})
    manifest = plain.model_copy(update={"visit": head})
    with writing():
        visit = Visit.objects.create(
            id=visit_id,
            building_id=UUID(house),
            filed_under=redirects.file_of(UUID(house)),
            started_at=clock.now(),
            head="{}",
        )
        submission = Submission.objects.create(
            instance_id=number, record_id=number, version=1, visit=visit, device=by, form=form, xml=b"",
            sha256="", manifest=canonical(manifest), signature="", flags=[], held=held,
            received_at=clock.now(),
        )  # fmt: skip
        register.apply(submission, [EntityEffect(list_name, row or house, action, base, "", values)])
    return submission


def row(identity: str, list_name: str = "buildings") -> Entity:
    return Entity.objects.get(list=list_name, id=identity)


def snapshot() -> dict[tuple[str, str], tuple[str, dict[str, str], bool, str]]:
    """The register without what tells of filings and conflicts, and the file of each visit."""
    rows = Entity.objects.exclude(list__in=[FILINGS, CONFLICTS])
    found = {(one.list, one.id): (one.label, one.data, one.deleted, one.street) for one in rows}
    for one in Visit.objects.all():
        found["visit", str(one.pk)] = (str(one.filed_under), {}, False, "")
    return found


def filed(filing: Filing) -> Filed:
    return Filed.of(str(filing.pk), row(str(filing.pk), FILINGS).data)


@pytest.fixture
def two(folder: Path) -> tuple[Device, Device]:
    published.publish(small_form())
    register.import_rows("buildings", HOUSES)
    register.import_rows("units", UNITS)
    register.import_rows("plates", PLATES)
    return device("甲"), device("乙")


Two = tuple[Device, Device]


def joined() -> Filing:
    return joining.join(ONE, TWO, CHOSEN, "office", "同一栋")


def test_two_files_become_one_and_nothing_is_lost(two: Two) -> None:
    visit = told(two[0], TWO, {"owner_phone": "1"}).visit
    filing = joined()
    one, other = row(ONE), row(TWO)
    assert (one.data["floors_up"], one.data["areas"], one.data["owner_phone"]) == ("2", "x y z", "1")
    assert one.data["plate_code"] == "P2", "what only one of them tells is taken"
    assert other.deleted
    assert (other.data["floors_up"], other.data["merged_into"]) == ("3", ONE)
    assert row("u2", "units").data["building"] == ONE
    assert (row("p1", "plates").data["buildings"], row("p2", "plates").data["buildings"]) == (ONE, ONE)
    visit.refresh_from_db()
    assert (str(visit.filed_under), str(visit.building_id)) == (ONE, TWO)
    assert redirects.now("buildings", TWO) == ONE
    assert "C2" in one.data["joined_files"]
    assert "P2" in one.data["joined_files"]
    said = filed(filing)
    assert (said.kind, said.leads, said.other_code, said.who, said.reason) == (
        "join",
        TWO,
        "C2",
        "office",
        "同一栋",
    )
    assert AuditEntry.objects.filter(event="files_joined").count() == 1
    assert audit.first_broken() is None
    assert tallies.recount() == ()


def test_what_both_tell_differently_is_chosen_one_by_one(two: Two) -> None:
    before = snapshot()
    open_ones = {one.group for one in joining.compare("C1", "C2").differences if one.open}
    assert open_ones == {"address", "building_code", "floors_up", "areas"}
    with pytest.raises(UserError, match=r"FILING_003.*floors_up"):
        joining.join(ONE, TWO, {**CHOSEN, "floors_up": ""}, "office", "同一栋")
    with pytest.raises(UserError, match=r"FILING_008.*floors_up"):
        joining.join(ONE, TWO, {**CHOSEN, "floors_up": "both"}, "office", "同一栋")
    with pytest.raises(UserError, match="FILING_004"):
        joining.join(ONE, TWO, CHOSEN, "office", " ")
    with pytest.raises(UserError, match="FILING_001"):
        joining.join(ONE, "C1", CHOSEN, "office", "同一栋")
    with pytest.raises(UserError, match="FILING_005"):
        joining.join(ONE, TWO, CHOSEN, "office", "同一栋", shown=(1, 7))
    assert snapshot() == before
    other_facts = joining.join(ONE, TWO, dict.fromkeys(CHOSEN, "other"), "office", "同一栋", shown=(1, 1))
    assert (row(ONE).label, row(ONE).data["floors_up"]) == ("亭店路12号之1", "3")
    assert filed(other_facts).other_label == "亭店路12号之1"


def test_what_is_open_is_decided_first(two: Two) -> None:
    told(two[0], TWO, {"floors_up": "4"})
    told(two[1], TWO, {"floors_up": "5"})
    with pytest.raises(UserError, match="FILING_002"):
        joined()


def test_undone_at_once_it_is_exactly_as_before(two: Two) -> None:
    told(two[0], TWO, {"owner_phone": "1"})
    before = snapshot()
    filing = joined()
    assert snapshot() != before
    undoing.undo(filing.pk, undoing.Choices(), "office", "两栋")
    assert snapshot() == before
    assert redirects.now("buildings", TWO) == TWO
    said = filed(filing)
    assert (said.leads, said.undone_by, said.undone_reason) == ("", "office", "两栋")
    assert tallies.recount() == ()
    with pytest.raises(UserError, match="FILING_006"):
        undoing.undo(filing.pk, undoing.Choices(), "office", "两栋")


def test_a_visit_for_the_old_id_lands_in_the_file_that_stands(two: Two) -> None:
    filing = joined()
    late = told(two[0], TWO, {"user_phone": "9", "floors_up": "4"})
    effect = late.effects.get()
    assert (effect.entity_id, effect.landed, effect.state) == (TWO, ONE, "conflict")
    assert row(ONE).data["user_phone"] == "9"
    open_now = Entity.objects.filter(list=CONFLICTS, deleted=False)
    assert [(one.data["of_row"], one.data["merge_group"]) for one in open_now] == [(ONE, "floors_up")]
    assert str(late.visit.filed_under) == ONE
    again = told(two[0], TWO, {"user_phone": "10"}, "2")
    assert (again.effects.get().state, row(ONE).data["user_phone"]) == ("applied", "10")
    assert row(TWO).version == 2, "the file that stands no more is not written"
    undoing.undo(filing.pk, undoing.Choices(), "office", "两栋")
    assert (row(TWO).data["user_phone"], row(TWO).data["floors_up"]) == ("10", "4")
    assert "user_phone" not in row(ONE).data
    assert row(ONE).data["floors_up"] == "2"
    assert not Entity.objects.filter(list=CONFLICTS, deleted=False).exists()
    late.visit.refresh_from_db()
    assert str(late.visit.filed_under) == TWO
    after = told(two[0], TWO, {"user_phone": "11"}, "3")
    assert (after.effects.get().state, row(TWO).data["user_phone"]) == ("applied", "11")


def test_rows_that_come_for_the_old_id_belong_to_the_file_that_stands(two: Two) -> None:
    filing = joined()
    told(two[0], TWO, {"building": TWO, "unit_no": "301"}, "", list_name="units", row="u3", action="create")
    kept = told(two[1], TWO, {"building": TWO, "unit_no": "202"}, "1", list_name="units", row="u2")
    assert (row("u3", "units").data["building"], row("u2", "units").data["building"]) == (ONE, ONE)
    assert kept.effects.get().state == "applied"
    assert kept.effects.get().values["building"] == TWO, "what was told stays as told"
    undoing.undo(filing.pk, undoing.Choices(), "office", "两栋")
    assert {name: row(name, "units").data["building"] for name in ("u1", "u2", "u3")} == {
        "u1": ONE, "u2": TWO, "u3": TWO}  # fmt: skip
    assert row("u2", "units").data["unit_no"] == "202"


def test_what_came_in_between_goes_where_a_person_says(two: Two) -> None:
    """The laptop knew only the file that stands; the house that was visited is the other."""
    filing = joined()
    between = told(two[0], ONE, {"floors_up": "7", "user_phone": "5"}, "2")
    seen = undoing.look(filing.pk)
    assert [(one.what.pk, one.building) for one in seen.visits] == [(between.visit_id, ONE)]
    assert {one.group for one in seen.facts} == {"floors_up", "user"}
    moved = undoing.look(filing.pk, {between.visit_id: TWO})
    by_group = {one.group: one for one in moved.facts}
    pair = [
        by_group["floors_up"].options[place].values["floors_up"] for place in by_group["floors_up"].suggested
    ]
    assert pair == ["2", "7"]
    with pytest.raises(UserError, match="FILING_009"):
        undoing.look(filing.pk, {uuid4(): TWO})
    undoing.undo(filing.pk, undoing.Choices(visits={between.visit_id: TWO}), "office", "两栋", shown=3)
    assert (row(ONE).data["floors_up"], row(TWO).data["floors_up"]) == ("2", "7")
    assert row(TWO).data["user_phone"] == "5"
    between.visit.refresh_from_db()
    assert str(between.visit.filed_under) == TWO
    assert filed(filing).visits == {str(between.visit_id): TWO}


def test_a_fact_can_go_to_either_whatever_told_it(two: Two) -> None:
    filing = joined()
    told(two[0], ONE, {"floors_up": "7"}, "2")
    facts = {one.group: one for one in undoing.look(filing.pk).facts}["floors_up"]
    seven = next(place for place, one in enumerate(facts.options) if one.values["floors_up"] == "7")
    undoing.undo(filing.pk, undoing.Choices(facts={"floors_up": (0, seven)}), "office", "两栋")
    assert (row(ONE).data["floors_up"], row(TWO).data["floors_up"]) == ("2", "7")


def test_one_file_of_two_houses_becomes_two(two: Two) -> None:
    visit = told(two[0], ONE, {"owner_phone": "1"}).visit
    before = snapshot()
    facts = parting.divided(
        row(ONE).data,
        {"floors_up": "go"},
        {"floors_up": "1"},
        {"address_detail": "亭店路12号之2", "building_code": "C9"},
    )
    with pytest.raises(UserError, match="FILING_009"):
        parting.part(ONE, facts, {("units", "u2"): "go"}, [], "office", "两栋房屋")
    with pytest.raises(UserError, match="FILING_008"):
        parting.part(ONE, facts, {("units", "u1"): "both"}, [], "office", "两栋房屋")
    filing = parting.part(
        ONE, facts, {("units", "u1"): "go", ("plates", "p1"): "both"}, [visit.pk], "office", "两栋房屋"
    )
    new = row(filing.other)
    assert (new.label, new.data["floors_up"], new.data["owner_name"]) == ("亭店路12号之2", "2", "王")
    assert (new.street, new.data["building_code"], new.data["address_norm"]) == (STREET, "C9", "亭店路12-2号")
    assert (row(ONE).data["floors_up"], row(ONE).data["building_code"]) == ("1", "C1")
    assert row("u1", "units").data["building"] == new.id
    assert row("p1", "plates").data["buildings"].split() == [ONE, new.id, TWO]
    visit.refresh_from_db()
    assert str(visit.filed_under) == new.id
    assert filed(filing).visits == {str(visit.pk): new.id}
    assert filed(filing).leads == ""
    undoing.undo(filing.pk, undoing.Choices(), "office", "看错了")
    after = snapshot()
    gone = after.pop(("buildings", new.id))
    assert (gone[2], gone[1]["merged_into"], redirects.now("buildings", new.id)) == (True, ONE, ONE)
    assert after == before
    late = told(two[0], new.id, {"user_phone": "8"})
    assert (late.effects.get().landed, row(ONE).data["user_phone"]) == (ONE, "8")
    assert tallies.recount() == ()


def test_of_a_parted_file_what_both_tell_since_is_chosen(two: Two) -> None:
    facts = parting.divided(row(ONE).data, {}, {}, {"address_detail": "亭店路12号之2"})
    filing = parting.part(ONE, facts, {}, [], "office", "两栋房屋")
    told(two[0], ONE, {"floors_up": "5", "user_phone": "1"}, "2")
    told(two[1], filing.other, {"floors_up": "6", "residents": "4"}, "1")
    assert [one.group for one in undoing.look(filing.pk).differences] == ["floors_up"]
    with pytest.raises(UserError, match="FILING_003"):
        undoing.undo(filing.pk, undoing.Choices(), "office", "看错了")
    undoing.undo(filing.pk, undoing.Choices(differences={"floors_up": "other"}), "office", "看错了")
    data = row(ONE).data
    assert (data["floors_up"], data["user_phone"], data["residents"]) == ("6", "1", "4")
    assert data["address_detail"] == "亭店路12号"


def test_a_later_one_is_undone_first(two: Two) -> None:
    third = str(UUID(int=103))
    register.import_rows("buildings", [{"name": third, "label": "13号", "street": NEXT, "floors_up": "1"}])
    before = snapshot()
    first = joined()
    every = dict.fromkeys((one.group for one in joining.compare(third, ONE).differences), "keep")
    second = joining.join(third, ONE, every, "office", "同一栋")
    assert redirects.now("buildings", TWO) == third
    assert redirects.former("buildings", {third}) == {ONE, TWO}
    assert (row("u2", "units").data["building"], row("u2", "units").street) == (third, NEXT)
    with pytest.raises(UserError, match="FILING_007"):
        undoing.look(first.pk)
    visit = told(two[0], TWO, {"user_phone": "3"}).visit
    undoing.undo(second.pk, undoing.Choices(), "office", "两栋")
    visit.refresh_from_db()
    assert str(visit.filed_under) == ONE
    undoing.undo(first.pk, undoing.Choices(), "office", "两栋")
    after = snapshot()
    assert after.pop(("visit", str(visit.pk)))[0] == TWO
    assert after[("buildings", TWO)][1].pop("user_phone") == "3"
    assert after == before


def test_an_import_does_not_bring_a_joined_file_back(two: Two) -> None:
    joined()
    done = register.import_rows("buildings", HOUSES)
    assert (done.created, done.joined) == (0, 1)
    assert row(TWO).deleted


def test_what_waited_for_the_old_id_follows(two: Two) -> None:
    early = told(two[0], TWO, {"user_phone": "6"}, "2")
    assert early.effects.get().state == "unknown"
    joined()
    assert (early.effects.get().state, row(ONE).data["user_phone"]) == ("applied", "6")


def test_nothing_of_it_is_written_if_something_of_it_fails(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    before, versions = snapshot(), EntityVersion.objects.count()

    def full(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(audit, "append", full)
    with pytest.raises(OSError, match="no room"):
        joined()
    assert (snapshot(), EntityVersion.objects.count(), Filing.objects.count()) == (before, versions, 0)


def test_a_held_record_that_is_released_later_lands_there_too(two: Two) -> None:
    waiting = told(two[0], TWO, {"user_phone": "6"}, held=True)
    filing = joined()
    assert "user_phone" not in row(ONE).data
    release(waiting.pk, User.objects.create_user("reviewer"), "照片属实")
    effect = waiting.effects.get()
    assert (effect.entity_id, effect.landed, effect.state) == (TWO, ONE, "applied")
    assert row(ONE).data["user_phone"] == "6"
    undoing.undo(filing.pk, undoing.Choices(), "office", "两栋")
    assert (row(TWO).data["user_phone"], row(ONE).data.get("user_phone")) == ("6", None)
