"""The declaration of register lists, typed building facts, and addresses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from fieldapp.domain.codelists import codelists
from fieldapp.domain.register import Building, load_schema, normal_address, order_key, schema
from fieldapp.domain.sample import sample_district
from fieldapp.errors import UserError
from fieldapp.settings import resources

BUILDINGS = resources() / "register" / "buildings.toml"


def test_code_properties_name_lists_that_exist() -> None:
    lists = codelists()
    for one in schema("buildings").properties.values():
        if one.codes:
            assert one.codes in lists, one.name
            assert set(one.danger) <= set(lists[one.codes].items), one.name


def test_a_judgement_is_merged_as_one() -> None:
    group = schema("buildings").merge_groups()["judgement"]
    assert group == ("hazard_level", "hazard_basis", "hazard_rules", "hazard_deadline")


def test_the_more_dangerous_value_counts() -> None:
    level = schema("buildings").properties["hazard_level"]
    assert level.more_dangerous("major", "general") == "major"
    assert level.more_dangerous("basic_safe", "pending") == "pending"
    assert schema("buildings").properties["owner_name"].more_dangerous("a", "b") == "b"


def test_owners_are_personal_and_streets_cut_the_subset() -> None:
    buildings = schema("buildings")
    assert buildings.personal() == {"owner_name", "owner_phone", "user_name"}
    assert buildings.subset == "street"
    assert "address_detail" in buildings.searched()
    assert buildings.unknown({"street", "colour"}) == ("colour",)


def test_an_undeclared_list_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        schema("ships")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('type = "text"', 'type = "prose"'),
        ('codes = "street"', ""),
        ("search = true", "serach = true"),
        ('subset = "street"', 'subset = "lane"'),
        ('list = "buildings"', ""),
        ("[properties.street]", "[properties.street"),
    ],
)
def test_broken_declarations_are_named(tmp_path: Path, old: str, new: str) -> None:
    broken = tmp_path / "buildings.toml"
    broken.write_text(BUILDINGS.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(UserError) as caught:
        load_schema(broken)
    assert caught.value.code == "DOMAIN_003"
    assert "buildings.toml" in str(caught.value)


def test_a_building_of_a_row() -> None:
    row = {
        "name": "u1",
        "building_code": "350502006019-0001",
        "address_detail": "亭店路12号",
        "floors_up": "3",
        "area_m2": "412.5",
        "built_year": "1998年左右",
        "building_use": "shop res_rent",
        "last_inspected": "2022-12-08",
    }
    building = Building.of(row)
    assert (building.floors, building.area_m2, building.built_year) == (3, Decimal("412.5"), None)
    assert building.uses == ("shop", "res_rent")
    assert building.last_inspected == date(2022, 12, 8)
    assert building.facts["built_year"] == "1998年左右"
    assert Building.of({"area_m2": "120平"}).area_m2 is None
    assert Building.of({"last_inspected": "去年"}).last_inspected is None


@pytest.mark.parametrize(
    ("address", "normal"),
    [
        ("12号之1", "12-1号"),
        ("12-1号", "12-1号"),
        ("12之1号", "12-1号"),
        ("12号附1号", "12-1号"),
        ("亭店路１２号", "亭店路12号"),
        ("亭店路 12 号", "亭店路12号"),
        ("亭店路12", "亭店路12号"),
        ("福建省泉州市鲤城区亭店路12号", "亭店路12号"),
        ("涂门街一百二十三号", "涂门街123号"),
        ("涂门街十二号", "涂门街12号"),
        ("东街二〇三号", "东街203号"),
        ("三千路5号", "三千路5号"),
        ("新门街3弄12号2栋", "新门街3弄12号2幢"),
    ],
)
def test_one_address_has_one_normal_form(address: str, normal: str) -> None:
    assert normal_address(address) == normal
    assert normal_address(normal) == normal


def test_doors_sort_in_lane_order() -> None:
    doors = ["亭店路102号", "亭店路12-1号", "亭店路2号", "亭店路12号", "亭店路12号之2", "亭店路13号"]
    assert sorted(doors, key=order_key) == [
        "亭店路2号", "亭店路12号", "亭店路12-1号", "亭店路12号之2", "亭店路13号", "亭店路102号",
    ]  # fmt: skip


class TestSampleDistrict:
    def test_two_thousand_houses_in_all_communities(self) -> None:
        rows = sample_district()
        assert len(rows) == 2000
        assert {row["community"] for row in rows} == set(codelists()["community"].items)
        assert {row["street"] for row in rows} == set(codelists()["street"].items)
        assert len({row["name"] for row in rows}) == 2000
        assert len({(row["community"], row["address_norm"]) for row in rows}) == 2000

    def test_every_value_is_declared_and_of_its_list(self) -> None:
        properties, lists = schema("buildings").properties, codelists()
        for row in sample_district():
            for name, value in row.items():
                if name not in {"name", "label"}:
                    codes = properties[name].codes
                    assert not codes or set(value.split()) <= set(lists[codes].items), (name, value)

    def test_it_says_that_it_is_a_sample(self) -> None:
        for row in sample_district():
            assert row["sample"] == "yes"
            assert row["owner_name"].endswith("某某（示例）")
            assert row["owner_phone"].startswith("0595-0000")

    def test_it_is_the_same_on_every_run(self) -> None:
        assert sample_district() == sample_district()
        assert sample_district(81)[0] == sample_district()[0]
        row = next(row for row in sample_district() if row["address_detail"] == "亭店路12号")
        assert (row["building_code"], row["structure_type"]) == ("350502006019-0001", "stone")

    def test_it_has_what_the_plan_is_about(self) -> None:
        structures = [row["structure_type"] for row in sample_district()]
        assert sum(name.startswith("steel") for name in structures) >= 100
        assert sum(name.startswith("stone") for name in structures) >= 200
        assert sum(row["crowded_place"] == "yes" for row in sample_district()) >= 100
