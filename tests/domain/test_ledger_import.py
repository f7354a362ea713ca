"""台账导入: six ledgers, each messy in its own way, read into houses with every doubtful cell named."""

from __future__ import annotations

import pytest

from fieldapp.domain.codelists import codelists
from fieldapp.domain.ledger_import.headings import read_template, write_template
from fieldapp.domain.ledger_import.plan import House, Houses, Plan, plan
from fieldapp.domain.ledger_import.reading import LedgerRow, Reading, read_ledger
from fieldapp.domain.ledger_import.workbook import letters, read_workbook
from fieldapp.domain.register import normal_address
from fieldapp.errors import UserError
from tests.domain import messy_ledgers

COMMUNITIES = {item.zh: item.name for item in codelists()["community"].items.values()}
TINGDIAN, JINSHAN = COMMUNITIES["亭店社区"], COMMUNITIES["金山社区"]
TEMPLATE = """
[columns]
"屋主大名" = "owner_name"
"坐落何处" = "address_detail"
"几层" = "floors_up"
"哪个社区" = "community"
"""


def reading(name: str, template: dict[str, str] | None = None) -> Reading:
    return read_ledger(read_workbook(messy_ledgers.ALL[name](), name), template)


def told(row: LedgerRow) -> list[tuple[str, str, str]]:
    return [(one.cell, one.kind, str(one.said)) for one in row.remarks]


def beside(read: Reading, *houses: House) -> Plan:
    return plan(read, Houses(houses))


def house(identity: str, **values: str) -> House:
    derived = {"address_norm": normal_address(values.get("address_detail", ""))}
    return House(identity, 1, {"community": TINGDIAN} | derived | values)


def test_titles_units_words_around_numbers_and_totals() -> None:
    read = reading("titled.xlsx")
    assert [row.number for row in read.rows] == [4, 5, 6]
    assert read.sheets[0].skipped == (8, 9)
    first, second, third = read.rows
    assert first.values["community"] == TINGDIAN  # from the title
    assert first.values["street"] == codelists()["community"].items[TINGDIAN].columns["street"]
    assert (first.values["structure_type"], first.values["floors_up"]) == ("masonry", "3")
    assert (first.values["area_m2"], first.values["built_year"]) == ("120", "1998")
    assert told(first) == [("G4", "note", "“1998年左右” taken as 1998")]
    assert second.values["address_norm"] == "亭店路12-1号"
    assert (second.values["area_m2"], second.values["built_year"]) == ("86.5", "1980")
    assert third.values["address_detail"] == "亭店路12号之1"  # 同上
    assert third.values["building_use"] == "shop res_self"
    assert (third.values["floors_up"], third.values["area_m2"]) == ("4", "200")
    assert first.cells["备注"] == "屋面渗水"


def test_headings_of_two_rows_and_rounded_numbers() -> None:
    read = reading("two_rows.xlsx")
    headings = read.sheets[0].headings
    assert headings is not None
    assert {one.title: one.means for one in headings.columns}["产权人姓名"] == "owner_name"
    first, second, third = read.rows
    assert first.values["owner_phone"] == "13959712345"
    assert first.values["address_detail"] == "亭店路7"
    assert (first.values["longitude"], first.values["latitude"]) == ("118.5712", "24.9031")
    assert [(one[0], one[1]) for one in told(first)] == [("E3", "refused")]
    assert not first.doubtful  # the house is a house; its owner's number is not kept anyway
    assert second.values["owner_phone"] == "0595-22345678"
    assert told(second) == []
    assert "350502196505051234" not in str(second.cells) + str(second.values)
    assert [(one[0], one[1]) for one in told(third)] == [
        ("B5", "doubt"), ("D5", "doubt"), ("E5", "refused"), ("H5", "doubt"), ("5", "doubt"),
    ]  # fmt: skip
    assert "built_year" not in third.values  # 不详 is no doubt, it is nothing
    assert (third.values["longitude"], third.values["latitude"]) == ("118.5714", "24.9035")


def test_a_sheet_for_each_community_and_one_that_is_no_ledger() -> None:
    read = reading("by_community.xlsx")
    assert [one.headings is None for one in read.sheets] == [True, False, False]
    assert [row.values["community"] for row in read.rows] == [TINGDIAN] * 3 + [JINSHAN] * 3
    assert {row.values["building_use"] for row in read.rows} == {"mixed_res_shop"}
    assert len({row.house_id for row in read.rows}) == 6
    assert beside(read).count("new") == 6


def test_dittos_dates_as_numbers_and_repeated_headings() -> None:
    read = reading("dittos.xlsx")
    assert read.sheets[0].skipped == (5,)
    assert [row.values.get("structure_type") for row in read.rows] == ["masonry"] * 4
    assert [row.values["community"] for row in read.rows] == [TINGDIAN] * 3 + [JINSHAN]
    assert [row.values.get("last_inspected") for row in read.rows] == [
        "2022-05-06",
        "2022-05-06",
        "2022-05-08",
        None,
    ]
    assert told(read.rows[1]) == [("E3", "note", "the number 44687 taken as 2022-05-06")]
    assert [(one[0], one[1]) for one in told(read.rows[3])] == [("E6", "doubt"), ("F6", "doubt")]
    assert read.rows[3].values["owner_name"] == "庄三"
    assert [row.values.get("hazard_level") for row in read.rows] == ["basic_safe", "general", "major", None]


def test_a_table_of_excel_in_gb_18030() -> None:
    read = reading("gbk.csv")
    first, second, third = read.rows
    assert first.values["address_detail"] == "亭店路２１号"
    assert first.values["address_norm"] == "亭店路21号"
    assert first.values["area_m2"] == "333.33"
    assert first.values["built_year"] == "1988"
    assert second.values["area_m2"] == "1250"
    assert second.values["owner_phone"] == "13805950002、22771234"
    assert [(one[0], one[1]) for one in told(second)] == [("H3", "doubt")]
    planned = beside(read)
    assert [one.state for one in planned.rows] == ["new", "pending", "pending"]
    assert "row 2 already" in str(planned.rows[2].row.remarks[-1].said)
    assert third.values["building_code"] == "TD0001"


def test_an_offices_own_headings_by_its_template() -> None:
    with pytest.raises(UserError, match="LEDGER_003"):
        reading("unusual.xlsx", {"门牌号": ""})
    template = read_template(TEMPLATE.encode(), "t.toml", "buildings")
    read = reading("unusual.xlsx", template)
    first, second = read.rows
    assert (first.values["owner_name"], first.values["address_detail"]) == ("郑和", "新门街108号")
    assert [(one[0], one[1]) for one in told(first)] == [("C2", "doubt")]
    assert [(one[0], one[1]) for one in told(second)] == [("C3", "doubt"), ("3", "doubt")]
    headings = read.sheets[0].headings
    assert headings is not None
    again = read_template(write_template(headings).encode(), "t.toml", "buildings")
    assert again["屋主大名"] == "owner_name"
    assert again["门牌号"] == "+address"


def test_a_template_is_checked() -> None:
    with pytest.raises(UserError, match=r"LEDGER_002.*shoe_size"):
        read_template('[columns]\n"鞋码" = "shoe_size"\n'.encode(), "t.toml", "buildings")
    with pytest.raises(UserError, match="LEDGER_002"):
        read_template(b"columns = 3", "t.toml", "buildings")


def test_what_the_register_knows_is_only_filled_in() -> None:
    known = house("a", address_detail="亭店路12号", owner_name="王小明", floors_up="3")
    planned = beside(reading("titled.xlsx"), known)
    first = planned.rows[0]
    assert (first.state, first.house) == ("known", "a")
    assert dict(first.values) == {
        "structure_type": "masonry", "area_m2": "120", "built_year": "1998", "building_use": "res_self",
        "street": codelists()["community"].items[TINGDIAN].columns["street"],
    }  # fmt: skip
    assert planned.count("filled") == 1


def test_a_fact_that_differs_waits_for_a_person() -> None:
    known = house("a", address_detail="亭店路12号", owner_name="王大明", floors_up="4")
    first = beside(reading("titled.xlsx"), known).rows[0]
    assert first.state == "pending"
    assert [str(one.said) for one in first.row.remarks if one.kind == "doubt"] == [
        "owner_name differs from what the register has", "floors_up differs from what the register has",
    ]  # fmt: skip


def test_twelve_zhi_one_is_twelve_dash_one() -> None:
    known = house("a", address_detail="亭店路12-1号")
    planned = beside(reading("titled.xlsx"), known)
    assert (planned.rows[1].state, planned.rows[1].house) == ("known", "a")


def test_candidates_are_proposed_and_never_taken() -> None:
    houses = (
        house("owner", address_detail="亭店路99号", owner_name="黄丽"),
        house("near", address_detail="后巷3号", longitude="118.57121", latitude="24.90315"),
        house("far", address_detail="后巷5号", longitude="118.5722", latitude="24.9031"),
        house("other place", address_detail="亭店路7号", community=JINSHAN),
    )
    first = beside(reading("two_rows.xlsx"), *houses).rows[0]
    assert first.state == "pending"
    assert {(one.id, one.why) for one in first.candidates} == {("owner", "owner"), ("near", "distance")}


def test_another_code_at_the_same_address_is_a_doubt() -> None:
    known = house("a", address_detail="亭店路21号", building_code="OLD-1")
    first = beside(reading("gbk.csv"), known).rows[0]
    assert (first.state, first.house) == ("pending", "a")


def test_the_same_ledger_makes_the_same_houses() -> None:
    one, other = beside(reading("by_community.xlsx")), beside(reading("by_community.xlsx"))
    assert [row.house for row in one.rows] == [row.house for row in other.rows]
    held = [House(row.house, 1, row.values) for row in one.rows]
    again = beside(reading("by_community.xlsx"), *held)
    assert {row.state for row in again.rows} == {"known"}
    assert again.count("filled") == 0


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"PK\x03\x04 not a workbook", "a.xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old.xls"),
        (b"\xff\xfe\x00\x00\x01\x80", "picture.csv"),
    ],
)
def test_what_is_no_ledger_is_refused_with_the_reason(content: bytes, name: str) -> None:
    with pytest.raises(UserError, match="LEDGER_001"):
        read_workbook(content, name)


def test_names_of_columns() -> None:
    assert [letters(number) for number in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]
