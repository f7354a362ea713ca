"""Staff of the district with their browsers, and houses, submissions and photographs to look at."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from districtserver import published, register
from districtserver.staff.roles import add_user
from fieldapp.domain.sample import sample_district
from fieldapp.services.publishing import built_form
from fieldapp.settings import resources
from fieldapp.sync.protocol import FormRef
from tests.resources.filling import form
from tests.server.calls import send
from tests.server.laptop import Draft, Laptop
from tests.server.test_hazard_inspection import filled

PASSWORD = "Tulip-4-Brave"
MAJOR = resources() / "samples" / "visits" / "1-major-hazard.json"


def picture(colour: str = "red", size: tuple[int, int] = (800, 600)) -> bytes:
    """A photograph that can be decoded."""
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "JPEG")
    return stream.getvalue()


PHOTO = picture()


def browser(role: str) -> Client:
    """A browser in which a new user of ``role`` has signed in, by the form as a person does."""
    add_user(role, PASSWORD, role, f"{role} 某某")
    client = Client(headers={"Accept": "text/html"})
    answer = client.post("/staff/sign-in", {"username": role, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    """Passwords are hashed as always, with fewer rounds: half a second each adds up."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def work_within_the_request(settings: Settings) -> None:
    """A test's transaction is seen by no other thread; threads are tested on a running server."""
    settings.STAFF_WORK_THREADS = 0


@pytest.fixture
def reviewer(folder: Path) -> Client:
    return browser("reviewer")


@pytest.fixture
def reader(folder: Path) -> Client:
    return browser("reader")


@pytest.fixture
def admin(folder: Path) -> Client:
    return browser("admin")


@pytest.fixture
def inspection(folder: Path, client: Client, inside: Laptop) -> Callable[[], Draft]:
    """Sends the sample visit with the major hazard (F02) of a house of the sample district."""

    def sent() -> Draft:
        published.publish(built_form("hazard_inspection"))
        register.import_rows("buildings", sample_district())
        building, xml = filled(MAJOR)
        definition = form()
        ref = FormRef(form_id=definition.form_id, version=definition.version, sha256=definition.sha256)
        old = Draft().names()[0].encode()
        draft = Draft(instance_id=UUID(int=1), form=ref, photos=(PHOTO,), building=UUID(building))
        draft = Draft(
            instance_id=draft.instance_id,
            form=ref,
            photos=(PHOTO,),
            building=draft.building,
            xml=xml.replace(old, draft.names()[0].encode()),
        )
        (answer,) = send(client, inside, draft)
        assert answer.state == "stored", answer
        return draft

    return sent


def code_of_sample() -> str:
    return str(json.loads(MAJOR.read_text(encoding="utf-8"))["building"]["code"])
