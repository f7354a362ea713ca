"""台账导入 from the command line, as a person in the office would do it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fieldapp.cli.output import Exit
from fieldapp.i18n import use
from tests.cli.conftest import Desk
from tests.domain import messy_ledgers


def test_look_take_decide_and_undo(ready: Desk, tmp_path: Path) -> None:
    ledger, mapping = tmp_path / "two_rows.xlsx", tmp_path / "map.toml"
    ledger.write_bytes(messy_ledgers.two_rows())
    dry = ready.run("buildings", "import", ledger, "--dry-run", "--write-map", mapping)
    assert (dry.code, dry.said["new"], dry.said["pending"]) == (0, 2, 1)
    assert '"产权人姓名" = "owner_name"' in mapping.read_text("utf-8")
    assert ready.run("buildings", "ledgers").said == {"ledgers": []}
    taken = ready.run("buildings", "import", ledger, "--map", mapping).said
    row = ready.run("buildings", "pending", "--ledger", taken["ledger_id"][:8]).said["pending"][0]
    assert [one["cell"] for one in row["remarks"]] == ["B5", "D5", "E5", "H5", "5"]
    assert ready.run("buildings", "decide", str(row["number"]), "--as", "nothing").code == Exit.USER
    decided = ready.run("buildings", "decide", str(row["number"]), "--as", "skip")
    assert (decided.code, decided.said["state"]) == (0, "skipped")
    again = ready.run("buildings", "import", ledger).said
    assert (again["ledger_id"], again["taken_before"]) == (taken["ledger_id"], True)
    assert ready.run("buildings", "undo", taken["ledger_id"]).said["stay"] == []
    assert ready.run("buildings", "find", "亭店路9").said["buildings"] == []


def test_the_report_is_read_in_chinese(ready: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = tmp_path / "dittos.xlsx"
    ledger.write_bytes(messy_ledgers.dittos())
    monkeypatch.setenv("FIELDAPP_LANGUAGE", "zh_CN")
    use("zh_CN")
    try:
        _, said, _ = ready.text("buildings", "import", ledger)
        _, waits, _ = ready.text("buildings", "pending")
    finally:
        monkeypatch.undo()
        use("en")
    assert re.search("名册 +E6 +排查时间 +待核 +“2022年5月”不是日期", said)
    assert re.search("名册 +F6 +排查结论 +待核 +“存在疑问”不在“初步判定”的选项中", said)
    assert "新增房屋 3 处" in said
    assert "社区：金山社区" in waits
