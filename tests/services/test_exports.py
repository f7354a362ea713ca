"""Lists as files for a spreadsheet: words, masks, reasons, formulas, the log."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook

from fieldapp.domain.register import schema
from fieldapp.errors import UserError
from fieldapp.services.laptop import Laptop
from fieldapp.services.ledger import Filters
from fieldapp.store.model import RegisterRow
from tests.services.lane import house

COLUMNS = (
    "address_detail",
    "owner_name",
    "owner_phone",
    "owner_idno",
    "area_m2",
    "floors_down",
    "hazard_level",
)
PERSON = {
    "owner_name": "林某某（示例）",
    "owner_phone": "0595-00001234",
    "owner_idno": "350502190001010000",
    "floors_down": "-1",
    "hazard_level": "major",
}


def lines(file: Path) -> list[list[str]]:
    """A CSV's rows."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def exported(laptop: Laptop) -> list[dict[str, object]]:
    """What the log says of exports."""
    return [
        one.entry["detail"]
        for one in laptop.store.audit.entries()
        if one.entry["event"] == "register.exported"
    ]


@pytest.fixture
def one(laptop: Laptop) -> list[int]:
    """The number of a house whose owner is known, and of one that is called like a formula."""
    rows = [house("2号", **PERSON), house("4号", building_name='=HYPERLINK("http://x")')]
    laptop.store.register.import_rows("buildings", rows)
    return list(laptop.ledger.numbers(Filters({"community": ("350502006019",)})))[-2:]


def test_persons_are_masked_unless_a_reason_is_given(laptop: Laptop, one: list[int], tmp_path: Path) -> None:
    file = tmp_path / "houses.csv"
    assert laptop.exports.write("buildings", file, one, COLUMNS) == 2
    head, row, _other = lines(file)
    declared = schema("buildings").properties
    assert head[:4] == [declared[name].zh for name in COLUMNS[:4]]
    assert head[4:] == ["建筑面积（m²）", "地下层数", "初步判定", "未确认"]
    assert row == [
        "示范路2号", "林***", "059****1234", "350****0000", "186", "-1", "重大安全隐患", "",
    ]  # fmt: skip
    laptop.exports.write("buildings", file, one, COLUMNS, reason=" 送达 文书 ")
    assert lines(file)[1][1:4] == [PERSON["owner_name"], PERSON["owner_phone"], PERSON["owner_idno"]]
    assert [(said["rows"], said["columns"], said["reason"]) for said in exported(laptop)] == [
        (2, list(COLUMNS), ""),
        (2, list(COLUMNS), "送达 文书"),
    ]


def test_blanks_are_no_reason(laptop: Laptop, one: list[int], tmp_path: Path) -> None:
    laptop.exports.write("buildings", tmp_path / "houses.csv", one, COLUMNS, reason="  ")
    assert lines(tmp_path / "houses.csv")[1][1] == "林***"


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "@SUM(A1)", "-2+3", "\t=1", "\r=1"])
def test_no_text_becomes_a_formula(laptop: Laptop, tmp_path: Path, text: str) -> None:
    laptop.store.register.import_rows("buildings", [house("6号", building_name=text)])
    (number,) = [
        place
        for place, row in laptop.ledger.rows(laptop.ledger.numbers(Filters())).items()
        if row.label == "示范路6号"
    ]
    laptop.exports.write("buildings", tmp_path / "a.csv", [number], ["building_name", "floors_up"])
    assert lines(tmp_path / "a.csv")[1][:2] == [f"'{text}", "2"]
    laptop.exports.write("buildings", tmp_path / "a.xlsx", [number], ["building_name", "floors_up"])
    sheet = load_workbook(tmp_path / "a.xlsx").worksheets[0]
    name, floors = sheet["A2"], sheet["B2"]
    assert name.data_type == "s"
    assert name.value.strip() == text.strip()
    assert (floors.data_type, floors.value) == ("n", 2)
    assert sheet.title == "房屋"


def test_rows_keep_their_order_and_every_list_can_be_written(laptop: Laptop, tmp_path: Path) -> None:
    numbers = list(laptop.ledger.numbers(Filters()))
    laptop.exports.write("buildings", tmp_path / "a.csv", reversed(numbers), ["address_detail"])
    there = [row.label for row in laptop.ledger.rows(numbers).values()]
    assert sorted(row[0] for row in lines(tmp_path / "a.csv")[1:]) == sorted(there)
    assert lines(tmp_path / "a.csv")[-1][0] == laptop.ledger.rows(numbers[:1])[numbers[0]].label
    home = laptop.buildings.get("亭店路12号").id
    unit = {"building": home, "street": "350502006", "unit_no": "201", "occupant": "陈某某", "floor": "2"}
    laptop.store.register.import_rows(
        "units", [RegisterRow("6f1d1c1e-5f0e-5b7a-9a55-350502000001", "201", unit)]
    )
    assert laptop.exports.write("units", tmp_path / "u.csv", columns=["building", "unit_no", "occupant"]) == 1
    assert lines(tmp_path / "u.csv")[1] == ["亭店路12号", "201", "陈**", ""]


def test_a_file_that_cannot_be_written_leaves_nothing(laptop: Laptop, one: list[int], tmp_path: Path) -> None:
    for file in (tmp_path / "none" / "a.csv", tmp_path / "a.pdf"):
        with pytest.raises(UserError) as caught:
            laptop.exports.write("buildings", file, one)
        assert caught.value.code == "CLI_003"
    kept = tmp_path / "a.csv"
    kept.write_text("before", "utf-8")

    class Enough(Exception):  # noqa: N818 - not a failure
        pass

    def stop(_rows: int) -> None:
        raise Enough

    with pytest.raises(Enough):
        laptop.exports.write("buildings", kept, one, told=stop)
    assert kept.read_text("utf-8") == "before"
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".part"] == []


def test_what_is_only_this_laptops_word_is_marked(laptop: Laptop, tmp_path: Path) -> None:
    from tests.services.office import MAJOR, filled

    laptop.visits.finalize(filled(laptop, MAJOR).visit_id)
    laptop.exports.write("buildings", tmp_path / "a.csv", laptop.ledger.numbers(Filters()), ["hazard_level"])
    assert sorted(row[1] for row in lines(tmp_path / "a.csv")[1:]) == ["", "", "未确认"]
