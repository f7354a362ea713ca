"""Merging by merge group: what counts, what stands open, what waits, and that no value is lost."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from districtserver import clock, deciding, published, register
from districtserver.models import AuditEntry, Device, Entity, EntityVersion, Submission, Visit
from districtserver.writing import writing
from fieldapp.domain.conflicts import CONFLICTS, Standing, conflict_id, rank
from fieldapp.forms import EntityEffect
from fieldapp.sync.protocol import TeamMemberHead, canonical
from tests.server.laptop import Draft, Laptop, small_form, small_ref

HOUSE = "house"


def judged(level: str, basis: str) -> dict[str, str]:
    return {"hazard_level": level, "hazard_basis": basis}


def device(name: str) -> Device:
    return Device.objects.create(
        name=name, public_key=name, token_sha256=name, client="", enrolled_at=clock.now()
    )


def tell(
    by: Device,
    values: dict[str, str],
    base: str,
    *,
    action: str = "update",
    row: str = HOUSE,
    held: bool = False,
) -> Submission:
    """A submission with one effect comes in."""
    form = published.find(small_ref())
    assert form is not None
    number = uuid4()
    plain = Laptop().manifest(Draft())
    team = (TeamMemberHead(name=by.name, unit="", certificate=""),)
    manifest = plain.model_copy(update={"visit": plain.visit.model_copy(update={"team": team})})
    with writing():
        visit = Visit.objects.create(id=uuid4(), started_at=clock.now(), head="{}")
        submission = Submission.objects.create(
            instance_id=number,
            record_id=number,
            version=1,
            visit=visit,
            device=by,
            form=form,
            xml=b"",
            sha256="",
            manifest=canonical(manifest),
            signature="",
            flags=[],
            held=held,
            received_at=clock.now(),
        )
        register.apply(submission, [EntityEffect("buildings", row, action, base, "", values)])
    return submission


def state(submission: Submission) -> str:
    return submission.effects.get().state


def row(identity: str = HOUSE) -> Entity:
    return Entity.objects.get(list="buildings", id=identity)


def conflict(group: str, identity: str = HOUSE) -> Entity:
    return Entity.objects.get(list=CONFLICTS, id=conflict_id("buildings", identity, group))


def sides(group: str) -> list[tuple[str, dict[str, str]]]:
    found = Standing.from_text(conflict(group).data["standing"]).sides
    return [(side.who, {name: text for name, text in side.values.items() if text}) for side in found]


@pytest.fixture
def three(folder: Path) -> tuple[Device, Device, Device]:
    published.publish(small_form())
    register.import_rows(
        "buildings",
        [{"name": HOUSE, "label": "一号", "floors_up": "2", "street": "350502006", **judged("pending", "")}],
    )
    return device("甲"), device("乙"), device("丙")


Three = tuple[Device, Device, Device]


def test_the_danger_of_a_group_is_that_of_the_declaration() -> None:
    level = [
        rank("buildings", {"hazard_level": name}) for name in ("major", "general", "pending", "basic_safe")
    ]
    assert level[0] > level[1]
    assert level[2] > level[3]
    assert rank("buildings", {"owner_name": "a"}) == rank("buildings", {"owner_name": "b"})


def test_one_side_and_equal_changes_are_no_conflict(three: Three) -> None:
    one, other, third = three
    tell(one, {"floors_up": "3"}, "1")
    tell(other, {"user_name": "王"}, "1")
    again = tell(third, {"floors_up": "3", "user_name": ""}, "1")
    assert state(again) == "applied"
    assert (row().data["floors_up"], row().data["user_name"]) == ("3", "王")
    assert not Entity.objects.filter(list=CONFLICTS, deleted=False).exists()


@pytest.mark.parametrize("turned", [False, True])
def test_the_more_dangerous_group_counts_whole(three: Three, turned: bool) -> None:
    told = [(three[0], judged("major", "裂缝")), (three[1], judged("basic_safe", "无") | {"floors_up": "4"})]
    for by, values in told[::-1] if turned else told:
        tell(by, values, "1")
    assert {name: row().data[name] for name in judged("", "")} == judged("major", "裂缝")
    assert row().data["floors_up"] == "4"
    assert sorted(sides("judgement")) == sorted((by.name, judged(*(
        values["hazard_level"], values["hazard_basis"]))) for by, values in told)  # fmt: skip
    assert conflict("judgement").street == "350502006"


def test_without_an_order_the_server_counts(three: Three) -> None:
    tell(three[0], {"user_phone": "1"}, "1")
    late = tell(three[1], {"user_phone": "2"}, "1")
    assert (row().data["user_phone"], state(late)) == ("1", "conflict")
    assert sides("user") == [("甲", {"user_phone": "1"}), ("乙", {"user_phone": "2"})]


def test_a_chain_of_one_laptop_is_no_conflict_with_itself(three: Three) -> None:
    """Its second record counts the first as a version, though another laptop's came between."""
    one, other, _ = three
    tell(other, {"user_phone": "1"}, "1")
    tell(one, {"floors_up": "3"}, "1")  # becomes version 3, the laptop takes it for version 2
    after = tell(one, {"floors_up": "4"}, "2")
    assert (state(after), row().data["floors_up"], row().data["user_phone"]) == ("applied", "4", "1")
    against = tell(one, {"user_phone": "9"}, "2")
    assert (state(against), row().data["user_phone"]) == ("conflict", "1")


def test_what_waits_for_a_version_follows_it(three: Three) -> None:
    one, other, _ = three
    early = tell(other, {"floors_up": "5"}, "2")
    assert (state(early), row().version) == ("unknown", 1)
    tell(one, {"user_phone": "1"}, "1")
    assert (state(early), row().data["floors_up"], row().version) == ("applied", "5", 3)


@pytest.mark.parametrize("how", ["import", "create"])
def test_what_waits_for_a_row_follows_it(three: Three, how: str) -> None:
    one, other, _ = three
    early = [tell(one, {"floors_up": "7"}, "1", row="new"), tell(one, {"bays": "3"}, "2", row="new")]
    number = Submission.objects.get(pk=early[0].pk).change_no
    if how == "import":
        register.import_rows("buildings", [{"name": "new", "floors_up": "6"}])
    else:
        tell(other, {"floors_up": "6"}, "", action="create", row="new")
    assert [state(one) for one in early] == ["applied", "applied"]
    assert (row("new").data["floors_up"], row("new").data["bays"]) == ("7", "3")
    assert Submission.objects.get(pk=early[0].pk).change_no > number  # its laptop hears of it


def test_a_held_record_lends_nothing_to_the_next(three: Three) -> None:
    one = three[0]
    tell(one, {"floors_up": "99"}, "1", held=True)
    after = tell(one, {"floors_up": "99", "bays": "3"}, "2")
    assert (state(after), row().data["floors_up"], row().data["bays"]) == ("applied", "2", "3")


def test_a_decision_stays(three: Three) -> None:
    one, other, third = three
    tell(one, judged("major", "裂缝"), "1")
    against = tell(other, judged("basic_safe", "无"), "1")
    by = User.objects.create_user("person", first_name="核定人")
    open_row = conflict("judgement")
    values = Standing.from_text(open_row.data["standing"]).sides[1].values
    version = deciding.decide(open_row.id, open_row.version, values, by, "看过现场")
    assert (row().version, row().data["hazard_level"]) == (version, "basic_safe")
    assert EntityVersion.objects.get(list="buildings", entity_id=HOUSE, version=version).who == "核定人"
    assert state(against) == "decided"
    assert conflict("judgement").deleted
    assert AuditEntry.objects.filter(event="conflict_decided").count() == 1
    with pytest.raises(deciding.NotOpenError):
        deciding.decide(open_row.id, open_row.version, values, by, "again")
    tell(third, judged("major", "裂缝"), "1")  # as known as the decision
    assert (row().data["hazard_level"], conflict("judgement").deleted) == ("basic_safe", True)
    tell(third, judged("general", "渗漏"), "1")  # new, and blind for the decision
    assert (row().data["hazard_level"], conflict("judgement").deleted) == ("general", False)


def test_a_value_told_in_view_of_the_decision_counts(three: Three) -> None:
    tell(three[0], {"floors_up": "3"}, "1")
    tell(three[1], {"floors_up": "4"}, "1")
    by, kept = User.objects.create_user("person"), conflict("floors_up")
    deciding.decide(kept.id, kept.version, {"floors_up": "2"}, by, "counted")
    late = tell(three[2], {"floors_up": "4"}, "1")
    assert (row().data["floors_up"], state(late)) == ("2", "applied")
    tell(three[0], {"floors_up": "4"}, str(row().version))
    assert (row().data["floors_up"], conflict("floors_up").deleted) == ("4", True)


def test_a_decision_needs_a_reason_and_the_whole_group(three: Three) -> None:
    tell(three[0], {"user_phone": "1"}, "1")
    tell(three[1], {"user_phone": "2"}, "1")
    by, kept = User.objects.create_user("person"), conflict("user")
    for values, reason in (({"user_name": "", "user_phone": "1"}, " "), ({"user_phone": "1"}, "seen")):
        with pytest.raises(ValueError, match="decision"):
            deciding.decide(kept.id, kept.version, values, by, reason)
