"""台账导入 in the window: a look before anything is written, rows that wait, the way back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fieldapp.services.laptop import Laptop
from fieldapp.ui.components import Button, Dialog
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.buildings import BuildingsPage
from fieldapp.ui.pages.buildings.taking_in import TakingInView
from tests.domain import messy_ledgers

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(desk: Desk) -> BuildingsPage:
    """房屋 in front."""
    desk.go("buildings")
    page = desk.page("buildings")
    assert isinstance(page, BuildingsPage)
    return page


def settle(qtbot: QtBot, desk: Desk) -> None:
    qtbot.waitUntil(lambda: not desk.jobs.running, timeout=15000)


def press(qtbot: QtBot, view: TakingInView, word: str) -> None:
    """A click on the button at the right whose word begins so."""
    found = [one for one in view.side.findChildren(Button) if one.text().startswith(word) and one.isVisible()]
    assert found, [one.text() for one in view.side.findChildren(Button)]
    view.side.ensureWidgetVisible(found[0])
    qtbot.mouseClick(found[0], LEFT)


def said(view: TakingInView) -> str:
    return "\n".join(one.text() for one in view.side.findChildren(QLabel))


def rows(view: TakingInView) -> list[str]:
    return [f"{row.text} {row.note}" for row in view.list.rows.rows]


def test_from_the_look_to_the_undo(
    qtbot: QtBot, desk: Desk, page: BuildingsPage, laptop: Laptop, tmp_path: Path
) -> None:
    ledger = tmp_path / "江南台账.xlsx"
    ledger.write_bytes(messy_ledgers.dittos())
    before = laptop.store.register.count("buildings")
    page.take_in(ledger)
    view = page.taking_in
    settle(qtbot, desk)
    assert view.isVisible()
    assert "新房屋：3" in said(view)
    assert [row.partition(" ")[0] for row in rows(view)] == ["E3", "E6", "F6"]
    assert "“2022年5月”不是日期" in rows(view)[1]
    assert laptop.store.register.count("buildings") == before

    press(qtbot, view, "导入")
    settle(qtbot, desk)
    assert laptop.store.register.count("buildings") == before + 3
    assert view.view == "pending"
    assert "社区：金山社区" in said(view)
    press(qtbot, view, "另一处房屋")
    settle(qtbot, desk)
    assert rows(view) == []
    assert laptop.store.register.count("buildings") == before + 4

    view.show_view("ledgers")
    press(qtbot, view, "整批撤销")
    qtbot.waitUntil(lambda: bool(view.findChildren(Dialog)), timeout=15000)
    dialog = view.findChildren(Dialog)[0]
    qtbot.waitUntil(dialog.buttons[0].hasFocus, timeout=15000)  # the safe answer
    qtbot.mouseClick(dialog.buttons[1], LEFT)
    settle(qtbot, desk)
    assert laptop.store.register.count("buildings") == before
    assert view.list.rows.rows[0].pill == ("neutral", "已撤销")


def test_a_file_that_is_no_ledger_is_told_calmly(
    qtbot: QtBot, desk: Desk, page: BuildingsPage, tmp_path: Path
) -> None:
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04broken")
    page.take_in(broken)
    settle(qtbot, desk)
    assert page.taking_in.preview is None
    texts = " ".join(one.text() for one in desk.window().findChildren(QLabel) if one.isVisible())
    assert "台账无法读取" in texts


def test_it_is_reached_by_its_command(qtbot: QtBot, desk: Desk, page: BuildingsPage) -> None:
    desk.commands.trigger("buildings.ledgers")
    settle(qtbot, desk)
    assert page.taking_in.isVisible()
    assert page.taking_in.choose.hasFocus()
