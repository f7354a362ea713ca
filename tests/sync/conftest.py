"""One real server process for this folder and one laptop enrolled with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from fieldapp.sync.enrolment import Enrolment, enrol
from fieldapp.sync.transport import Transport
from tests.server.databases import Databases
from tests.server.district import DistrictServer
from tests.server.laptop import BUILDING, Laptop, small_form

#: Of the seeded rounds every fourth runs on PostgreSQL too; the campaign runs all of them.
_EVERY = 4


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each seed meets SQLite; the database makes no difference to most of what can go wrong on the line."""
    spared = []
    for item in items:
        chosen = (
            item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        )
        if (
            chosen.get("databases") == "postgresql"
            and int(str(chosen.get("seed", 0))) % _EVERY
            and item.get_closest_marker("campaign") is None
        ):
            spared.append(item)
    if spared:
        config.hook.pytest_deselected(items=spared)
        items[:] = [item for item in items if item not in spared]


@dataclass
class Parties:
    """A running server, a laptop enrolled with it and the folder for the laptop's outboxes."""

    district: DistrictServer
    laptop: Laptop
    enrolment: Enrolment
    folder: Path

    def through(self, port: int) -> Enrolment:
        """The enrolment over another port: that of a line in between."""
        return replace(self.enrolment, url=f"https://127.0.0.1:{port}")


def enrolled(district: DistrictServer, laptop: Laptop) -> Enrolment:
    """Enrol ``laptop`` with the laptop's own code."""
    with Transport(district.url, ca_pem=district.ca.read_text(encoding="ascii")) as transport:
        enrolment = enrol(
            transport,
            code=district.code(),
            device_name="laptop",
            public_key=laptop.key.public_key().public_bytes_raw(),
            client="0.1.0",
        )
    laptop.device_id, laptop.token = enrolment.device_id, enrolment.token
    return enrolment


@pytest.fixture(scope="session")
def parties(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[Parties]:
    """Server and laptop. Tests that kill the server start it again."""
    folder = tmp_path_factory.mktemp("sync")
    (folder / "small.xml").write_bytes(small_form())
    (folder / "buildings.csv").write_text(
        f"name,label,floors_up,owner_name\n{BUILDING},一号楼,2,甲\n", encoding="utf-8"
    )
    url = databases.create("sync")
    server = DistrictServer(folder / "data", (folder / "small.xml",), folder / "buildings.csv", url).start()
    laptop = Laptop()
    yield Parties(server, laptop, enrolled(server, laptop), folder)
    server.kill()
