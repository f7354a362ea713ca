"""今日: what comes next, what is due, the team, what waits; by mouse and by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fieldapp import app as composition
from fieldapp.domain.visit import TeamMember
from fieldapp.services.access import Access
from fieldapp.services.patrolling import NEXT_VISIT, REASON
from fieldapp.services.today import Lane
from fieldapp.ui.components import Banner
from fieldapp.ui.desk import Desk
from tests.services.lane import COMMUNITY, LANE, house, lane_laptop
from tests.services.office import MAJOR, MORNING, filled
from tests.services.test_patrolling import photographed
from tests.store.building import WEAK
from tests.ui.hands import type_chinese
from tests.ui.walking import CONTROL, Walk

KEY = Qt.Key
CLICK = Qt.MouseButton.LeftButton


@pytest.fixture
def access(tmp_path: Path) -> Access:
    """A lane of six houses, one of them locked today, some things due, a major draft; locked."""
    with lane_laptop(tmp_path / "laptop", 6, last_patrol="2022-11-08", patrol_due="2022-12-08") as laptop:
        laptop.store.register.import_rows(
            "buildings",
            [
                house(
                    "41号", hazard_level="general", hazard_deadline="2022-12-05", hazard_basis="屋面未修缮"
                ),
                house("43号", annual_due="2022-12-20"),
            ],
        )
        laptop.visits.set_team([TeamMember("林某某", "江南街道办事处", "LC-0231")])
        locked = photographed(laptop, "2号")
        locked.outcome("locked")
        locked.answer(REASON, "无人在家")
        locked.answer(NEXT_VISIT, "2022-12-08")
        laptop.patrolling.finalize(locked)
        filled(laptop, MAJOR)
    return composition.access(tmp_path / "laptop", lambda: MORNING, WEAK)


@pytest.fixture
def walk(qtbot: QtBot, desk: Desk, tmp_path: Path) -> Walk:
    """The page as it has read the day."""
    found = Walk(qtbot, desk, tmp_path)
    found.rest()
    return found


def rows(walk: Walk) -> list[tuple[str, str]]:
    """House and deadline of the list."""
    return [(row.text, row.pill[1] if row.pill else row.word) for row in walk.today.due.rows.rows]


def words(walk: Walk) -> str:
    """Every text of the page that is seen."""
    return " ".join(one.text() for one in walk.today.findChildren(QLabel) if one.isVisible())


def test_what_is_due_by_day_week_and_month(walk: Walk) -> None:
    assert rows(walk) == [("示范路41号", "逾期 3 天"), ("示范路2号", "今天")]
    buttons = walk.today.spans.buttons
    assert [button.text()[-1] for button in buttons] == ["2", "2", "3"]
    walk.qtbot.mouseClick(buttons[2], CLICK)
    assert rows(walk)[2] == ("示范路43号", "12月20日")
    walk.qtbot.mouseClick(walk.today.all, CLICK)
    assert {"延陵路8号", "亭店路12号"} <= {text for text, _word in rows(walk)}


def test_a_due_house_opens_its_file_by_keyboard(walk: Walk) -> None:
    walk.today.due.setFocus()
    walk.today.due.setCurrentIndex(walk.today.due.rows.index(0))
    walk.press(KEY.Key_Down, KEY.Key_Return)
    assert walk.desk.place == "buildings"
    assert walk.desk.trail[1] == house("2号").id


def test_the_major_draft_stands_on_top_and_leads_to_its_form(walk: Walk) -> None:
    (banner,) = walk.today.findChildren(Banner)
    assert "延陵路8号" in banner.accessibleName()
    assert "09:40" in banner.accessibleName()
    (button,) = banner.findChildren(type(walk.today.all))
    walk.qtbot.mouseClick(button, CLICK)
    assert walk.desk.place == "inspection"


def test_the_lane_says_how_far_and_where_to_go_on(walk: Walk) -> None:
    card = walk.today.next
    assert "4号" in card.walk.text()
    assert "示范路" in words(walk)
    walk.qtbot.mouseClick(card.walk, CLICK)
    walk.rest()
    assert walk.mode.current is not None
    assert walk.mode.current.number == "4号"


@pytest.mark.parametrize(
    ("key", "modifier"),
    [(KEY.Key_F5, Qt.KeyboardModifier.NoModifier), (KEY.Key_M, CONTROL), (KEY.Key_Return, CONTROL)],
)
def test_the_next_step_has_keys(walk: Walk, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    walk.press(key, modifier=modifier)
    assert walk.desk.trail == ("today", "field")


def test_another_lane_is_chosen_in_place(walk: Walk) -> None:
    walk.qtbot.mouseClick(walk.today.next.other, CLICK)
    walk.rest()
    chooser = walk.today.next.chooser
    names = [row.text for row in chooser.roads.rows.rows]
    assert "示范路" in names
    chooser.roads.setCurrentIndex(chooser.roads.rows.index(names.index("亭店路")))
    chooser.roads.setFocus()
    walk.press(KEY.Key_Return)
    assert walk.desk.laptop.today.lane == Lane(COMMUNITY, "亭店路")
    assert "亭店路" in words(walk)
    assert "12号" in walk.today.next.walk.text()


def test_without_a_lane_the_button_chooses_one(walk: Walk) -> None:
    walk.desk.laptop.today.set_lane(Lane(COMMUNITY, "没有这条路"))
    walk.desk.changed()
    walk.rest()
    walk.press(KEY.Key_F5)
    assert walk.desk.trail == ("today", None)
    assert walk.today.next.chooser.isVisible()
    assert walk.desk.laptop.today.lane != LANE


def test_the_team_is_set_once_and_stands_in_the_next_visit(walk: Walk) -> None:
    walk.desk.go("today", "team")
    team = walk.today.team
    assert team.names[0].text() == "林某某"
    team.names[1].setFocus()
    type_chinese(team.names[1], "王某")
    walk.qtbot.mouseClick(team.save, CLICK)
    walk.rest()
    assert [one.name for one in walk.desk.laptop.visits.team] == ["林某某", "王某"]
    assert "王某" in words(walk)
    walk.enter()
    assert [one.name for one in walk.round.visit.team] == ["林某某", "王某"]


def test_a_team_of_nobody_is_refused(walk: Walk) -> None:
    team = walk.today.team
    walk.qtbot.mouseClick(team.change, CLICK)
    team.names[0].clear()
    walk.qtbot.mouseClick(team.save, CLICK)
    walk.rest()
    assert team.save.isVisible()
    assert [one.name for one in walk.desk.laptop.visits.team] == ["林某某"]


def test_what_waits_is_counted_and_leads_on(walk: Walk) -> None:
    waiting = walk.today.waiting.list
    assert [(row.key, row.count) for row in waiting.rows.rows] == [("papers", "1"), ("inspection", "1")]
    (record,) = walk.desk.laptop.store.submissions.list()
    walk.desk.laptop.store.submissions.set_state(record.chain.instance_id, paper="signed", review="returned")
    walk.desk.changed()
    walk.rest()
    assert [row.icon for row in waiting.rows.rows] == ["returned", "note"]
    waiting.setFocus()
    waiting.setCurrentIndex(waiting.rows.index(1))
    walk.press(KEY.Key_Return)
    assert walk.desk.place == "inspection"


def test_the_laptop_says_what_is_unsent(walk: Walk) -> None:
    said = words(walk)
    assert "GB" in said
    assert "1 份记录" in said


def test_all_data_is_checked_from_here(walk: Walk) -> None:
    """自检数据: whole first, then a damaged file is told."""
    walk.qtbot.mouseClick(walk.today.machine.check, CLICK)
    walk.rest()
    assert "本机数据完好" in words(walk)
    (file,) = [one for one in (walk.desk.laptop.store.folder / "vault").rglob("*") if one.is_file()][:1]
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.chmod(0o600)
    file.write_bytes(bytes(content))
    walk.qtbot.mouseClick(walk.today.machine.check, CLICK)
    walk.rest()
    assert "发现 1 处问题" in words(walk)
