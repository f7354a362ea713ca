"""One server process for this folder, and the application in process where a process adds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.core.management import call_command
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import Client
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from districtserver import keys, published, register
from districtserver.settings import database
from tests.server.calls import enrolled, enrolled_over_tls, trusting
from tests.server.databases import Databases
from tests.server.district import DistrictServer
from tests.server.laptop import BUILDING, Laptop, small_form


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[DistrictServer]:
    """A running server with the small form and one building. Tests that kill it start it again."""
    folder = tmp_path_factory.mktemp("district")
    (folder / "small.xml").write_bytes(small_form())
    (folder / "buildings.csv").write_text(
        f"name,label,floors_up,owner_name\n{BUILDING},一号楼,2,甲\n", encoding="utf-8"
    )
    url = databases.create("wire")
    server = DistrictServer(folder / "data", (folder / "small.xml",), folder / "buildings.csv", url)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def line(district: DistrictServer) -> Iterator[httpx.Client]:
    """An HTTPS connection that trusts the district's CA."""
    with trusting(district) as client:
        yield client


@pytest.fixture
def laptop(district: DistrictServer, line: httpx.Client) -> Laptop:
    """A laptop enrolled with the running server."""
    return enrolled_over_tls(district, line)


@pytest.fixture(scope="session")
def own_database(
    databases: Databases, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The application in process stands on the database whose turn it is."""
    if databases.cluster is None:
        yield
        return
    options = {"default": database(databases.create("inside"))}
    connections.configure_settings(options)
    before, connections["default"] = connections["default"], DatabaseWrapper(options["default"], "default")
    with django_db_blocker.unblock():
        call_command("migrate", verbosity=0, interactive=False)
        yield
        connections["default"].close()
    connections["default"] = before


@pytest.fixture
def folder(tmp_path: Path, settings: Settings, own_database: None, db: None) -> Path:
    """The data folder of the application in process, with keys, the small form and one building."""
    settings.DISTRICT_FOLDER = tmp_path / "data"
    keys.make_missing(tmp_path / "data")
    keys.register()
    published.publish(small_form())
    register.import_rows(
        "buildings", [{"name": str(BUILDING), "label": "一号楼", "floors_up": "2", "owner_name": "甲"}]
    )
    return tmp_path / "data"


@pytest.fixture
def inside(folder: Path, client: Client) -> Laptop:
    """A laptop enrolled with the application in process."""
    return enrolled(client)
