"""Controls on their own: what they show, what they tell, what they refuse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fieldapp.ui import themes
from fieldapp.ui.components import (
    Button,
    Chips,
    Choice,
    Combo,
    MultiChips,
    NumberEdit,
    Option,
    RadioCards,
    Row,
    RowList,
    Segmented,
    choice_for,
    down,
)
from fieldapp.ui.gallery import Gallery
from fieldapp.ui.themes.tokens import DENSITIES, THEMES
from tests.ui.hands import type_chinese


def options(*names: str) -> list[Option]:
    """Options whose name is their word."""
    return [Option(name, name) for name in names]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("有", "无"), Segmented),
        (("一", "二", "三", "四"), Segmented),
        (("一", "二", "三", "四", "五"), Chips),
        (("短", "这一项的文字很长很长"), RadioCards),
    ],
)
def test_the_form_of_a_choice_follows_from_its_options(
    qtbot: QtBot, words: tuple[str, ...], wanted: type[Choice]
) -> None:
    made = choice_for(options(*words), "问题")
    qtbot.addWidget(made)
    assert type(made) is wanted


def test_nothing_is_preselected_and_a_digit_chooses(qtbot: QtBot) -> None:
    made = Segmented(options("未发现", "有", "未查看"), "墙")
    qtbot.addWidget(made)
    assert made.selected() == ()
    with qtbot.waitSignal(made.chosen) as told:
        assert made.press(2)
    assert told.args == [("有",)]
    assert made.press(1)
    assert made.selected() == ("未发现",)
    assert not made.press(4)


def test_the_one_that_stands_alone_excludes_the_rest(qtbot: QtBot) -> None:
    made = MultiChips([*options("裂缝", "倾斜"), Option("无", "无", alone=True)], "现象")
    qtbot.addWidget(made)
    made.press(1)
    made.press(2)
    assert made.selected() == ("裂缝", "倾斜")
    made.press(3)
    assert made.selected() == ("无",)
    made.press(1)
    assert made.selected() == ("裂缝",)


@pytest.mark.parametrize("density", DENSITIES)
def test_chips_wrap_and_none_is_cut_off(qtbot: QtBot, density: str) -> None:
    themes.apply("light", density)
    made = Chips(options("自住", "出租居住", "群租房", "餐饮", "沿街店面", "空置"), "用途")
    column = QWidget()
    qtbot.addWidget(column)
    column.setLayout(down(made, None))
    column.resize(360, 500)
    column.show()
    qtbot.waitExposed(column)
    QApplication.processEvents()
    for button in made.buttons:
        assert made.rect().contains(button.geometry()), button.text()


def test_a_number_takes_comma_and_full_width_digits(qtbot: QtBot) -> None:
    made = NumberEdit("缝宽", "mm")
    qtbot.addWidget(made)
    qtbot.keyClicks(made, "1,4")
    assert made.text() == "1.4"
    made.clear()
    type_chinese(made, "１．６")
    assert made.text() == "1.6"
    qtbot.keyClicks(made, "abc")
    assert made.text() == "1.6"


def test_a_wheel_never_changes_a_choice(qtbot: QtBot) -> None:
    made = Combo([("a", "甲"), ("b", "乙")], "走向")
    qtbot.addWidget(made)
    made.select("a")
    made.show()
    down_ = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, -120), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(made, down_)
    assert made.currentData() == "a"


def test_a_refused_button_says_why(qtbot: QtBot) -> None:
    made = Button("定稿", "primary")
    qtbot.addWidget(made)
    made.refuse("先答完七项")
    assert not made.isEnabled()
    assert made.accessibleDescription() == "先答完七项"
    made.refuse("")
    assert made.isEnabled()


def test_a_row_is_opened_by_enter_and_spoken_whole(qtbot: QtBot) -> None:
    made = RowList("房屋", [Row("1", "亭店路12号", "石结构", pill=("major", "重大"))])
    qtbot.addWidget(made)
    made.setCurrentIndex(made.rows.index(0))
    with qtbot.waitSignal(made.opened) as told:
        qtbot.keyClick(made, Qt.Key.Key_Return)
    assert told.args == ["1"]
    assert made.rows.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == "亭店路12号，石结构，重大"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("density", DENSITIES)
def test_the_gallery_draws_every_control(qtbot: QtBot, theme: str, density: str) -> None:
    themes.apply(theme, density)
    made = Gallery(theme, density)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    drawn = made.grab().toImage()
    assert drawn.pixelColor(4, 4).name().upper() == themes.colours().app
