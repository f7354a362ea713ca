"""F01 on the server: a house is filed with all that belongs to it, and corrected."""

from __future__ import annotations

from uuid import UUID

from django.test import Client

from districtserver import published, register
from districtserver.models import Effect, Entity, Submission
from fieldapp.forms import FormSession
from fieldapp.sync.protocol import FormRef
from tests.resources.test_building_profile import (
    ADDRESS,
    ALIAS,
    FIX,
    HOUSE,
    NEW,
    OF_THE_LEDGER,
    OWNER,
    PLACE,
    PLATE,
    PROFILE,
    SIZE,
    UNIT,
    begun,
    form,
    xform,
)
from tests.resources.test_hazard_inspection import answer_all
from tests.server.calls import submit
from tests.server.laptop import Draft, Laptop


def sent(client: Client, laptop: Laptop, session: FormSession) -> Submission:
    """The session as a submission of its own, stored without a flag."""
    definition = session.definition
    ref = FormRef(form_id=definition.form_id, version=definition.version, sha256=definition.sha256)
    draft = Draft(instance_id=UUID(int=1), form=ref, xml=session.to_xml(), photos=())
    (answer,) = submit(client, laptop, laptop.envelope(draft))
    assert answer.state == "stored", answer
    stored = Submission.objects.get(instance_id=UUID(int=1))
    assert stored.flags == []
    return stored


def test_a_new_house_and_all_that_belongs_to_it_is_filed(client: Client, inside: Laptop) -> None:
    published.publish(xform())
    session = begun(form(), NEW, other="hazard_inspection")
    answer_all(session, PROFILE | PLACE)
    for path, value in {
        f"{UNIT}[1]/unit_kind": "flat",
        f"{UNIT}[1]/unit_no": "201",
        f"{PLATE}[1]/plate_no": "QZ-7",
        f"{ALIAS}[1]/alias": "老当铺",
    }.items():
        session.answer(path, value)
    assert session.validate() == ()
    stored = sent(client, inside, session)
    filed = Effect.objects.filter(submission=stored).values_list("list", "action", "state")
    assert set(filed) == {(name, "create", "applied") for name in ("buildings", "units", "plates", "aliases")}
    house = Entity.objects.get(list="buildings", id=NEW)
    assert (house.label, house.street, house.data["aliases"]) == ("亭店路12号之1", "350502006", "老当铺")
    for name in ("units", "plates", "aliases"):
        row = Entity.objects.get(list=name)
        assert (row.street, row.data.get("building", row.data.get("buildings"))) == ("350502006", NEW)


def test_facts_are_corrected_and_what_others_changed_meanwhile_stays(client: Client, inside: Laptop) -> None:
    published.publish(xform())
    known = {name: value for name, value in OF_THE_LEDGER.items() if name != "__version"}
    register.import_rows("buildings", [known])
    laptop_row = known | {"__version": "1"}
    session = begun(form(laptop_row), HOUSE, other="hazard_inspection")
    answer_all(session, PROFILE)
    session.answer(FIX + "fix_facts", "owner_name")
    session.answer(OWNER + "new_owner_name", "王某某（示例）")
    session.answer(FIX + "fix_reason", "产权人变更")
    register.import_rows("buildings", [known | {"building_name": "示例大厦", "user_phone": "13911111111"}])
    stored = sent(client, inside, session)
    row = Entity.objects.get(list="buildings", id=HOUSE)
    assert row.version == 3
    assert Effect.objects.get(submission=stored).state == "applied"
    assert row.data["owner_name"] == "王某某（示例）"
    assert (row.data["building_name"], row.data["user_phone"]) == ("示例大厦", "13911111111")
    assert (row.data["floors_up"], row.data["community"]) == ("4", "350502006019")
    assert session.value(SIZE + "floors_up") == "4"
    assert session.value(ADDRESS + "address_detail") == "亭店路12号"
