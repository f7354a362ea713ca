"""A ledger taken in at the district is seen on a real laptop after its next sync, and gone when undone."""

from __future__ import annotations

from pathlib import Path

from tests.domain import messy_ledgers
from tests.server.databases import Databases
from tests.server.district import DistrictServer
from tests.services.test_syncing import registered


def test_a_laptop_sees_what_the_district_took_in(tmp_path: Path, databases: Databases) -> None:
    file = tmp_path / "by_community.xlsx"
    file.write_bytes(messy_ledgers.by_community())
    district = DistrictServer(tmp_path / "data", database_url=databases.create("ledgers"))
    district.start()
    try:
        with registered(tmp_path / "laptop", district, district.port) as laptop:
            assert laptop.buildings.find("中心路2号") == ()
            taken = district.run("take-in", str(file))
            assert taken["new"] == 6
            laptop.syncing.run()
            found = laptop.buildings.find("中心路2号")
            assert {row.values["owner_name"] for row in found} == {"苏2", "蔡2"}
            assert {row.unconfirmed for row in found} == {0}
            assert district.run("undo-ledger", taken["ledger"])["stay"] == []
            laptop.syncing.run()
            assert laptop.buildings.find("中心路2号") == ()
    finally:
        district.kill()
