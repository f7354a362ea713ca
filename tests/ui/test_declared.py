"""A property that is declared in the register's files is a column, filter, fact, index, mask and ``save_to``
at once: nothing else has to be written."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fieldapp.domain import filings, register
from fieldapp.domain.register import schema
from fieldapp.errors import UserError
from fieldapp.services.laptop import Laptop
from fieldapp.services.ledger import Filters
from fieldapp.services.publishing import build
from fieldapp.settings import resources
from fieldapp.store import shown
from fieldapp.store.model import RegisterRow
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.buildings import BuildingsPage
from tests.services.lane import house

_PEOPLE = 'index = true, group = "people"'
NEW = (
    'guard_phone = { zh = "看护人电话", en = "Guard", type = "text", personal = "phone", search = true, '
    f"{_PEOPLE} }}\n"
    'guard_kind = { zh = "看护情况", en = "Guarded", type = "code", codes = "yes_no_unk", filter = true, '
    f"{_PEOPLE} }}\n"
)
SECRET = "0595-00007777"
FORM = """# A form

| survey |
| | type | name | label::中文(zh) | label::English(en) | calculation | save_to |
| | calculate | told | | | 'x' | {target} |

| entities |
| | list_name | entity_id |
| | buildings | ${{told}} |

| settings |
| | form_title | form_id | version | default_language | name |
| | 小表 | small | 1 | 中文(zh) | data |
"""


def form(folder: Path, target: str) -> Path:
    """A form that saves to a property of buildings."""
    (folder / "small.md").write_text(FORM.format(target=target), "utf-8")
    return folder / "small.md"


def forget() -> None:
    """Nothing read from the declarations is remembered, as in a program just started."""
    for remembered in (schema, shown._searched, filings.referring):
        remembered.cache_clear()


@pytest.fixture
def declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The program reads a copy of its declarations with two properties more."""
    with pytest.raises(UserError, match="guard_phone"):
        build(form(tmp_path, "guard_phone"))
    shutil.copytree(resources() / "register", tmp_path / "copy" / "register")
    file = tmp_path / "copy" / "register" / "buildings.toml"
    file.write_text(file.read_text("utf-8") + NEW, "utf-8")
    monkeypatch.setattr(register, "resources", lambda: tmp_path / "copy")
    forget()
    yield
    forget()


def test_a_declared_property_is_everywhere(
    declared: None, qtbot: QtBot, laptop: Laptop, desk: Desk, tmp_path: Path
) -> None:
    guarded = house("2号", guard_phone=SECRET, guard_kind="yes")
    laptop.store.register.import_rows("buildings", [guarded, house("4号", guard_kind="no")])

    def settle() -> None:
        qtbot.waitUntil(lambda: not desk.jobs.running, timeout=15000)

    # index: made when rows are taken in, and it is what a look-up goes by
    sql = laptop.store.register.lookup_sql("buildings", "guard_phone")
    plan = laptop.store.register._database.read(f"EXPLAIN QUERY PLAN {sql}", (SECRET,))
    assert any("USING INDEX" in str(step[3]) and "guard_phone" in str(step[3]) for step in plan)
    # search
    numbers = laptop.ledger.matching("0000777")
    assert numbers is not None
    assert [row.label for row in laptop.ledger.rows(numbers).values()] == ["示范路2号"]
    # filter
    found = laptop.ledger.numbers(Filters({"guard_kind": ("yes",)}))
    assert [row.label for row in laptop.ledger.rows(found).values()] == ["示范路2号"]
    desk.go("buildings")
    page = desk.page("buildings")
    assert isinstance(page, BuildingsPage)
    settle()
    assert page.ledger.chips.several["guard_kind"].text() == "看护情况"
    page.ledger.chips.several["guard_kind"].chosen.emit(("yes",))
    qtbot.waitUntil(lambda: page.ledger.model.rowCount() == 1 and not desk.jobs.running)
    # column, masked
    page.ledger.table.show_columns(["address_detail", "guard_phone", "guard_kind"])
    assert page.ledger.model.headerData(1, Qt.Orientation.Horizontal) == "看护人电话"
    assert [cell.first.text for cell in page.ledger.model.cells(0)] == ["示范路2号", "059****7777", "是"]
    # file, masked, and in full when asked for, which is logged
    desk.go("buildings", guarded.id)
    settle()
    rows = page.file.facts.groups["people"].rows
    qtbot.waitUntil(lambda: "guard_phone" in rows)

    def words() -> list[str]:
        return [one.text() for one in rows["guard_phone"].findChildren(QLabel)]

    assert words() == ["看护人电话", "059****7777"] or words() == ["059****7777", "看护人电话"]
    page.file.facts.call.click()
    qtbot.waitUntil(lambda: SECRET in words())
    (said,) = [
        one.entry["detail"] for one in laptop.store.audit.entries() if one.entry["event"] == "personal.shown"
    ]
    assert said["id"] == guarded.id
    assert "guard_phone" in said["properties"]
    assert SECRET not in str(said)
    # export, masked
    laptop.exports.write("buildings", tmp_path / "a.csv", found, ["guard_phone"])
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream)) == [["看护人电话", "未确认"], ["059****7777", ""]]
    # forms may write it
    assert build(form(tmp_path, "guard_phone")).form_id == "small"


def test_a_fact_that_another_house_lacks_is_not_shown_there(qtbot: QtBot, laptop: Laptop, desk: Desk) -> None:
    one = house("2号", title_no="示例 0001")
    laptop.store.register.import_rows("buildings", [one, replace(house("4号"), version=1)])
    desk.go("buildings", one.id)
    page = desk.page("buildings")
    assert isinstance(page, BuildingsPage)
    rows = page.file.facts.groups["kind"].rows
    qtbot.waitUntil(lambda: "title_no" in rows and rows["title_no"].isVisibleTo(page.file))
    desk.go("buildings", house("4号").id)
    qtbot.waitUntil(lambda: not rows["title_no"].isVisibleTo(page.file))


def test_units_plates_and_contacts_stand_in_the_file(qtbot: QtBot, laptop: Laptop, desk: Desk) -> None:
    first, second = house("2号"), house("4号")
    laptop.store.register.import_rows("buildings", [first, second])
    unit = {"building": first.id, "street": "350502006", "kind": "flat", "floor": "2", "unit_no": "201"}
    unit |= {"occupant": "陈某某", "occupant_phone": SECRET, "persons": "3", "unit_order": "102-201"}
    units = [RegisterRow(first.id[:-1] + last, number, unit | {"unit_no": number, "unit_order": number})
             for last, number in (("a", "202"), ("b", "201"))]  # fmt: skip
    laptop.store.register.import_rows("units", units)
    plate = {"buildings": f"{second.id} {first.id}", "street": "350502006", "plate_code": "示例-1"}
    laptop.store.register.import_rows("plates", [RegisterRow(second.id, "示例-1", plate)])
    duty = {"kind": "duty", "contact_name": "区值班室", "phone": "0595-00001111", "mobile": SECRET}
    other = duty | {"contact_name": "别街", "street": "350502001"}
    laptop.store.register.import_rows(
        "contacts", [RegisterRow(first.id, "区值班室", duty), RegisterRow(second.id, "别街", other)]
    )
    desk.go("buildings", first.id)
    page = desk.page("buildings")
    assert isinstance(page, BuildingsPage)
    related = page.file.facts.related
    qtbot.waitUntil(lambda: set(related) == {"units", "plates", "contacts"})
    assert related["units"].head.text() == "户、间、店 2"
    assert [row.text for row in related["units"].list.rows.rows] == ["201", "202"]
    assert related["units"].list.rows.rows[0].note == "楼层 2·人数 3·陈某某·户"
    assert [row.key for row in related["contacts"].list.rows.rows] == [first.id]
    assert SECRET not in str(related["contacts"].list.rows.rows)
    related["plates"].open(second.id)
    words = [one.text() for one in related["plates"].detail.findChildren(QLabel)]
    assert "示范路4号、示范路2号" in words
    section = related["contacts"]
    section.list.setCurrentIndex(section.list.rows.index(0))
    qtbot.keyClick(section.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: section.detail.isVisibleTo(page.file))
    assert SECRET not in [one.text() for one in section.detail.findChildren(QLabel)]
    qtbot.waitUntil(lambda: section.call.height() > 10)  # laid out, so that the mouse can meet it
    qtbot.mouseClick(section.call, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: SECRET in [one.text() for one in section.detail.findChildren(QLabel)])
    qtbot.keyClick(section.list, Qt.Key.Key_Return)
    assert not section.detail.isVisibleTo(page.file)
