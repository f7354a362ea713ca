"""台账导入 on a laptop: taken in, waiting rows decided, undone as a whole; the register never loses by it."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from fieldapp.errors import UserError
from fieldapp.services.laptop import Laptop
from fieldapp.services.ledgers import is_ledger
from fieldapp.store.model import RegisterRow
from tests.domain import messy_ledgers
from tests.services.office import FORM

LIST = "buildings"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """All messy ledgers as files."""
    for name, content in messy_ledgers.ALL.items():
        (tmp_path / name).write_bytes(content())
    return tmp_path


def count(laptop: Laptop) -> int:
    return laptop.store.register.count(LIST)


def test_a_look_writes_nothing(laptop: Laptop, files: Path) -> None:
    before, head = count(laptop), laptop.store.audit.head()
    preview = laptop.ledgers.look(files / "by_community.xlsx")
    assert preview.plan.count("new") == 6
    assert (count(laptop), laptop.store.audit.head()) == (before, head)
    assert laptop.store.ledgers.list() == ()


def test_houses_of_a_ledger_are_there_and_marked(laptop: Laptop, files: Path) -> None:
    before = count(laptop)
    taken = laptop.ledgers.take(laptop.ledgers.look(files / "by_community.xlsx"))
    assert (count(laptop) - before, taken.counts) == (6, {"new": 6})
    found = laptop.buildings.find("中心路2号")
    assert {row.values["owner_name"] for row in found} == {"苏2", "蔡2"}
    assert {row.unconfirmed for row in found} == {1}
    assert laptop.store.vault.get(taken.sha256) == (files / "by_community.xlsx").read_bytes()
    assert all(step.finding is None for step in laptop.store.verify())


def test_the_same_file_again_changes_nothing(laptop: Laptop, files: Path) -> None:
    first = laptop.ledgers.take(laptop.ledgers.look(files / "gbk.csv"))
    total = count(laptop)
    again = laptop.ledgers.look(files / "gbk.csv")
    assert again.before is not None
    assert laptop.ledgers.take(again).ledger_id == first.ledger_id
    (files / "copy.csv").write_bytes((files / "gbk.csv").read_bytes() + b"\r\n")
    laptop.ledgers.take(laptop.ledgers.look(files / "copy.csv"))
    assert count(laptop) == total
    assert len(laptop.ledgers.pending()) == 2  # not asked a second time


def test_waiting_rows_are_decided(laptop: Laptop, files: Path) -> None:
    taken = laptop.ledgers.take(laptop.ledgers.look(files / "gbk.csv"))
    years, twin = laptop.ledgers.pending()
    before = count(laptop)
    assert laptop.ledgers.decide(years.number, "new").state == "new"
    other = laptop.ledgers.decide(twin.number, "new")
    assert other.house not in {twin.house}  # another house than the one whose code it bears
    assert count(laptop) == before + 2
    assert laptop.ledgers.pending() == ()
    assert laptop.store.ledgers.get(taken.ledger_id[:8]).counts == {"new": 3}
    with pytest.raises(UserError, match="LEDGER_005"):
        laptop.ledgers.decide(years.number, "skip")


def test_a_row_decided_to_be_a_house_only_fills_what_is_empty(laptop: Laptop, files: Path) -> None:
    laptop.ledgers.take(laptop.ledgers.look(files / "gbk.csv"))
    row = laptop.ledgers.pending()[0]
    house = next(laptop.store.register.all(LIST))
    with pytest.raises(UserError, match="LEDGER_007"):
        laptop.ledgers.decide(row.number, "no such code")
    laptop.ledgers.decide(row.number, house.values["building_code"])
    after = laptop.buildings.get(house.id)
    assert {name: after.values[name] for name in house.values} == dict(house.values)


def test_undo_takes_everything_back(laptop: Laptop, files: Path) -> None:
    before = {row.id: row for row in laptop.store.register.all(LIST)}
    taken = laptop.ledgers.take(laptop.ledgers.look(files / "titled.xlsx"))
    assert count(laptop) > len(before)
    assert laptop.store.ledgers.undo(taken.ledger_id) == ()
    assert {row.id: row for row in laptop.store.register.all(LIST)} == before
    assert laptop.buildings.find("亭店路12号之1") == ()
    assert laptop.ledgers.pending() == ()
    with pytest.raises(UserError, match="LEDGER_006"):
        laptop.store.ledgers.undo(taken.ledger_id)
    again = laptop.ledgers.take(laptop.ledgers.look(files / "titled.xlsx"))
    assert again.ledger_id != taken.ledger_id


def test_what_a_visit_was_built_on_stays(laptop: Laptop, files: Path) -> None:
    taken = laptop.ledgers.take(laptop.ledgers.look(files / "by_community.xlsx"))
    house = laptop.store.ledgers.rows(taken.ledger_id, "new")[0].house
    laptop.visits.begin(UUID(house), [FORM])
    assert laptop.store.ledgers.undo(taken.ledger_id) == (house,)
    assert laptop.buildings.get(house).values["owner_name"] == "蔡1"
    assert laptop.store.ledgers.get(taken.ledger_id).counts == {"new": 1, "undone": 5}


def test_what_the_server_says_later_comes_first(laptop: Laptop, files: Path) -> None:
    """T04: a pull neither wipes what a ledger brought nor is overruled by it."""
    taken = laptop.ledgers.take(laptop.ledgers.look(files / "by_community.xlsx"))
    row = laptop.store.ledgers.rows(taken.ledger_id, "new")[0]
    confirmed = dict(row.values) | {"owner_name": "另一人"}
    del confirmed["floors_up"]
    laptop.store.register.import_rows(LIST, [RegisterRow(row.house, "中心路1号", confirmed, 4)])
    shown = laptop.buildings.get(row.house)
    assert (shown.values["owner_name"], shown.values["floors_up"], shown.version) == ("另一人", "1", 4)
    assert shown.unconfirmed == 0
    laptop.store.ledgers.undo(taken.ledger_id)
    shown = laptop.buildings.get(row.house)
    assert (shown.values["owner_name"], "floors_up" in shown.values) == ("另一人", False)


def test_a_mapping_is_remembered(laptop: Laptop, files: Path) -> None:
    with pytest.raises(UserError, match="LEDGER_003"):
        laptop.ledgers.look(_plain(files))
    template = files / "map.toml"
    template.write_text('[columns]\n"坐落何处" = "address_detail"\n"哪个社区" = "community"\n', "utf-8")
    laptop.ledgers.take(laptop.ledgers.look(_plain(files), template))
    later = files / "later.csv"
    later.write_text("坐落何处,哪个社区\n新门街9号,金山社区\n", "utf-8")
    assert laptop.ledgers.look(later).plan.count("new") == 1


def _plain(files: Path) -> Path:
    file = files / "plain.csv"
    file.write_text("坐落何处,哪个社区\n新门街7号,金山社区\n", "utf-8")
    return file


def test_what_is_a_ledger(files: Path) -> None:
    assert all(is_ledger(files / name) for name in messy_ledgers.ALL)
    rows = files / "rows.csv"
    rows.write_text("building_code,address_detail\nA,B\n", "utf-8")
    assert not is_ledger(rows)
