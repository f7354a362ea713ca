"""The declaration of register lists, typed building facts, and addresses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from fieldapp.domain.codelists import codelists
from fieldapp.domain.register import (
    Building,
    list_names,
    load_schema,
    normal_address,
    order_key,
    schema,
    share_of,
)
from fieldapp.domain.sample import sample_district
from fieldapp.errors import UserError
from fieldapp.settings import resources

BUILDINGS = resources() / "register" / "buildings.toml"


#: The lists of a building's file and what stands beside it (product 4).
LISTS = (
    "aliases", "appraisals", "areas", "buildings", "conflicts", "contacts", "filings", "firms",
    "hazards", "monitor_points", "permits", "photographs", "plates", "projects", "provincial_ids", "readings",
    "units",
)  # fmt: skip
#: What must never be taken from two sides: the property that leads, and those that go with it.
WHOLE = {
    ("buildings", "hazard_level"): {"hazard_basis", "hazard_rules", "hazard_deadline"},
    ("buildings", "address_detail"): {"street", "community", "address_norm", "address_order"},
    ("buildings", "building_use"): {"is_business", "crowded_place"},
    ("buildings", "design_state"): {"build_state", "approval_state", "accept_state", "si_wu"},
    ("buildings", "appraisal_grade"): {"appraisal_year", "appraisal_scheme"},
    ("hazards", "hazard_level"): {"hazard_basis", "hazard_rules", "hazard_deadline"},
    ("hazards", "disposal_state"): {"disposal", "close_reason", "closed_on"},
    ("hazards", "control_state"): {"control_taken", "sealed_on", "people_out"},
    ("appraisals", "appraisal_grade"): {"appraisal_scheme", "report_no", "delivered_on", "valid_until"},
    ("permits", "permit_status"): {"permit_no", "issued_on", "expires_on", "mismatch"},
    ("readings", "value"): {"read_at", "rate", "alarm"},
    ("projects", "stage"): {"kind", "stage_on"},
    ("provincial_ids", "entry_state"): {"provincial_no", "entered_on", "return_reason"},
}


def test_all_lists_of_the_register_are_declared() -> None:
    assert list_names() == LISTS
    assert all(schema(name).name == name for name in LISTS)


@pytest.mark.parametrize("name", LISTS)
def test_code_lists_and_references_exist_and_dangers_are_codes(name: str) -> None:
    lists, declared = codelists(), schema(name)
    for one in declared.properties.values():
        assert (one.codes in lists) == (one.type in {"code", "codes"}), one.name
        assert (one.to in LISTS) == (one.type in {"reference", "references"}), one.name
        assert one.zh, one.name
        assert one.en.isascii() or "²" in one.en, one.name
        if one.danger:
            assert set(one.danger) <= set(lists[one.codes].items), one.name
            assert len(set(one.danger)) == len(one.danger), one.name
    # Two properties with one title could not be told apart in a ledger.
    titles = [one.zh for one in declared.properties.values()]
    assert len(set(titles)) == len(titles)


def test_an_order_of_danger_leaves_no_code_out() -> None:
    """A value without a rank would lose against any other without a word."""
    lists = codelists()
    for name in LISTS:
        for one in schema(name).properties.values():
            if one.danger:
                assert set(one.danger) == set(lists[one.codes].items), (name, one.name)


@pytest.mark.parametrize(("leads", "others"), WHOLE.items())
def test_a_merge_group_is_whole(leads: tuple[str, str], others: set[str]) -> None:
    name, leader = leads
    properties = schema(name).properties
    together = set(schema(name).merge_groups()[properties[leader].merge]) - {leader}
    assert others <= together


@pytest.mark.parametrize("name", LISTS)
def test_no_property_is_alone_in_a_group_of_another_name(name: str) -> None:
    """A group with one member is a group whose name was written wrong."""
    for group, members in schema(name).merge_groups().items():
        assert len(members) > 1 or members == (group,), group


def test_what_is_said_of_people_is_personal() -> None:
    """Names, telephones and numbers of persons are masked outside the case work (domain 11A)."""
    personal = {name: schema(name).personal() for name in LISTS if schema(name).personal()}
    assert personal == {
        "buildings": {"owner_name", "owner_phone", "owner_idno", "user_name", "user_phone"},
        "units": {"occupant", "occupant_phone"},
        "conflicts": {"standing", "decision"},
        "photographs": {"pictures"},
        "contacts": {"mobile"},
        "permits": {"holder"},
        "projects": {"subject"},
        "firms": {"contact", "phone"},
    }


def test_names_are_seen_on_the_case_and_numbers_by_nobody_unasked() -> None:
    declared = schema("buildings").properties
    name, phone = declared["owner_name"], declared["owner_phone"]
    assert (name.at_work("林某某"), name.masked("林某某")) == ("林某某", "林**")
    assert (phone.at_work("13812340012"), phone.masked("13812340012")) == ("138****0012",) * 2
    assert declared["owner_idno"].at_work("350502190001010000") == "350****0000"
    assert declared["address_detail"].masked("亭店路12号") == "亭店路12号"
    kinds = {schema(name).properties[one].personal for name in LISTS for one in schema(name).personal()}
    assert kinds == {"name", "phone", "number", "text"}


def test_a_file_shows_every_property_once_and_lists_begin_with_the_house() -> None:
    for name in LISTS:
        declared = schema(name)
        shown = [one.name for group in declared.grouped().values() for one in group]
        assert sorted(shown) == sorted(one.name for one in declared.shown())
        assert len(set(declared.columns)) == len(declared.columns)
    buildings = schema("buildings")
    assert buildings.columns[0] == buildings.label
    hidden = {one.name for one in buildings.properties.values()} - {one.name for one in buildings.shown()}
    assert hidden == {"address_norm", "address_order"}
    area = buildings.properties["area_m2"]
    assert (area.title("zh"), area.title("en"), area.unit) == ("建筑面积", "Floor area", "m²")
    assert buildings.properties["building_name"].title("zh") == "建筑（小区）名称"


def test_whose_laptops_carry_a_row_follows_from_its_list() -> None:
    row = {"street": "350502006"}
    assert (share_of("units", row), share_of("contacts", row), share_of("ships", row)) == (
        "350502006",
        "",
        "",
    )


def test_a_plate_stands_for_several_buildings_and_a_building_has_several() -> None:
    plates = schema("plates").properties["buildings"]
    assert (plates.type, plates.to) == ("references", "buildings")
    assert all(schema(name).subset in {"street", ""} for name in LISTS)
    assert {name for name in LISTS if not schema(name).subset} == {"contacts", "filings", "firms"}


def test_a_judgement_is_merged_as_one() -> None:
    group = schema("buildings").merge_groups()["judgement"]
    assert group == ("hazard_level", "hazard_basis", "hazard_rules", "hazard_deadline")


def test_streets_cut_the_subset_and_unknown_properties_are_named() -> None:
    buildings = schema("buildings")
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
        ('personal = "name"', 'personal = "face"'),
        ('group = "place"', 'group = "elsewhere"'),
        ('"address_detail", "community",', '"address_detail", "colour",'),
        ('below = ["floors_up"', 'below = ["colour"'),
        (', codes = "street"', ""),
        (', to = "areas"', ""),
        ("search = true", "serach = true"),
        ('subset = "street"', 'subset = "lane"'),
        ('label = "address_detail"', 'label = ""'),
        ('list = "buildings"', ""),
        ("[properties]", "[properties"),
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
