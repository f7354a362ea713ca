"""F02 itself: the five sample visits, filled as on a laptop, judged again with the server's register."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client

from districtserver import published, register
from districtserver.models import Effect, Entity, Submission
from fieldapp.domain.sample import sample_district
from fieldapp.services.publishing import built_form
from fieldapp.settings import resources
from fieldapp.sync.protocol import FormRef
from tests.resources.filling import form, opened
from tests.resources.filling import register as laptop_register
from tests.server.calls import put_inside, submit
from tests.server.laptop import PHOTO, Draft, Laptop

VISITS = sorted((resources() / "samples" / "visits").glob("*.json"))


def filled(file: Path) -> tuple[str, bytes]:
    """A sample visit: id of its building, and the instance XML. Every photograph is the same one."""
    visit = json.loads(file.read_text(encoding="utf-8"))
    code = visit["building"]["code"]
    session = opened(code, visit["visit"]["kind"])
    for step in visit["answers"]:
        if isinstance(step, dict):
            session.add_repeat(step["add"])
        else:
            path, value = step
            session.answer(path, Draft().names()[0] if value.startswith("photo:") else value)
    assert session.validate() == ()
    return laptop_register().by_code[code]["name"], session.to_xml()


@pytest.mark.parametrize("file", VISITS, ids=lambda file: file.stem)
def test_the_server_comes_to_the_same_judgement(client: Client, inside: Laptop, file: Path) -> None:
    published.publish(built_form("hazard_inspection"))
    register.import_rows("buildings", sample_district())
    building, xml = filled(file)
    definition = form()
    ref = FormRef(form_id=definition.form_id, version=definition.version, sha256=definition.sha256)
    put_inside(client, inside, PHOTO)
    draft = Draft(instance_id=UUID(int=1), form=ref, xml=xml)
    (answer,) = submit(client, inside, inside.envelope(draft))
    assert answer.state == "stored", answer
    assert Submission.objects.get().flags == []
    assert set(Effect.objects.values_list("list", "state")) <= {("buildings", "applied")}
    assert Entity.objects.get(id=building).version == 1 + Effect.objects.filter(entity_id=building).count()
