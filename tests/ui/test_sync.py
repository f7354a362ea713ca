"""The place sync against a real server process: sent by mouse and by keyboard, receipts to be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fieldapp import app as composition
from fieldapp.services.access import Access
from fieldapp.services.laptop import Laptop
from fieldapp.settings import now
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.sync import SyncPage
from fieldapp.ui.unlock import Unlock
from fieldapp.ui.window import Window
from tests.server.district import DistrictServer
from tests.services.office import LOCKED, MAJOR, filled, serving
from tests.services.test_syncing import registered
from tests.store.building import INSPECTOR, PASSPHRASE, WEAK

CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DistrictServer]:
    with serving(tmp_path_factory.mktemp("sync"), houses=()) as server:
        yield server


@pytest.fixture
def access(tmp_path: Path, district: DistrictServer) -> Access:
    """The door of a laptop of this district with two records to be sent."""
    with registered(tmp_path / "laptop", district, district.port) as laptop:
        for name in (LOCKED, MAJOR):
            laptop.visits.finalize(filled(laptop, name).visit_id)
    return composition.access(tmp_path / "laptop", now, WEAK)


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> SyncPage:
    """The place, in front and read."""
    desk.go("sync")
    made = desk.page("sync")
    assert isinstance(made, SyncPage)
    qtbot.waitUntil(lambda: len(made.batch.records) == 2)
    return made


def sent(page: SyncPage) -> bool:
    """Whether the run is over and the store has been read again."""
    return page.job is None and page.batch.count("sent") == 2


def shown(page: SyncPage) -> list[tuple[str, str]]:
    return [(row.text, row.word) for row in page.list.rows.rows]


def texts(widget: QLabel) -> str:
    return "".join(label.text() for label in widget.findChildren(QLabel))


def test_sent_by_mouse_and_the_receipt_read(qtbot: QtBot, desk: Desk, laptop: Laptop, page: SyncPage) -> None:
    assert page.head.title_text == "待上传 2 项"
    assert shown(page) == [("聚宝街21号", "待上传"), ("延陵路8号", "待上传")]
    qtbot.mouseClick(page.head.sync, LEFT)
    assert page.job is not None
    assert page.head.pause.isVisible()
    qtbot.waitUntil(lambda: sent(page), timeout=20_000)
    assert page.head.title_text == "全部已送达"
    assert page.head.bar.share == 1.0
    assert {word for _name, word in shown(page)} == {"已送达（有回执）"}
    assert laptop.store.outbox.unsent() == 0
    assert desk.rail.buttons["sync"].accessibleName() == "同步"
    qtbot.mouseClick(page.side.runs.all, LEFT)
    history = page.history
    qtbot.waitUntil(lambda: history.receipts.rows.rowCount() == 2)
    first = history.receipts.visualRect(history.receipts.rows.index(1)).center()
    qtbot.mouseClick(history.receipts.viewport(), LEFT, pos=first)
    record = laptop.store.submissions.get(UUID(history.receipts.rows.rows[1].key))
    qtbot.waitUntil(lambda: record.sha256 in texts(history.receipt).replace(" ", ""))  # type: ignore[arg-type]
    said = texts(history.receipt).replace(" ", "")  # type: ignore[arg-type]
    for file in record.attachments:
        assert file.sha256 in said
    assert laptop.syncing.enrolment.server_keys
    qtbot.mouseClick(history.back, LEFT)
    assert page.below.currentIndex() == 0


def test_sent_by_keyboard_alone(qtbot: QtBot, window: Window, desk: Desk, page: SyncPage) -> None:
    desk.go("settings")
    qtbot.keyClick(window, Qt.Key.Key_6, CONTROL)
    assert desk.place == "sync"
    qtbot.keyClick(page, Qt.Key.Key_Return, CONTROL)
    assert page.job is not None
    assert window.focusWidget() is page.head.pause
    qtbot.keyClick(page, Qt.Key.Key_Return, CONTROL)  # a second time while it runs: said, nothing done
    qtbot.waitUntil(lambda: sent(page), timeout=20_000)
    assert window.focusWidget() is page.head.sync
    page.side.runs.all.setFocus()
    qtbot.keyClick(page.side.runs.all, Qt.Key.Key_Space)
    assert window.focusWidget() is page.history.runs
    qtbot.waitUntil(lambda: page.history.receipts.rows.rowCount() == 2)
    assert len(page.facts.runs) == 1


def test_steps_clock_and_forms_are_told(qtbot: QtBot, page: SyncPage) -> None:
    assert page.side.agreement.words == ("下次同步时与服务器核对。",)
    qtbot.mouseClick(page.head.sync, LEFT)
    qtbot.waitUntil(lambda: sent(page), timeout=20_000)
    words = page.side.agreement.words
    assert words[0] == "本机时钟与服务器一致。"
    assert "F18：服务器尚未发布。" in words
    assert page.facts.complete is not None
    assert page.facts.complete.sent == 2


def test_a_wrong_clock_is_told_after_the_run(
    qtbot: QtBot, access: Access, new_window: Callable[[], Window]
) -> None:
    slow = composition.access(access.folder, lambda: now() - timedelta(minutes=14), WEAK)
    window = new_window()
    window.show_desk(slow.unlock(INSPECTOR.inspector_id, PASSPHRASE))
    assert window.desk is not None
    window.desk.go("sync")
    page = window.desk.page("sync")
    assert isinstance(page, SyncPage)
    qtbot.waitUntil(lambda: len(page.batch.records) == 2)
    window.desk.notice.put_away()
    qtbot.mouseClick(page.head.sync, LEFT)
    qtbot.waitUntil(lambda: sent(page), timeout=20_000)
    assert window.desk.notice.code == "WINDOW_002"


def test_a_refused_record_says_why_and_what_to_do(
    qtbot: QtBot, laptop: Laptop, desk: Desk, page: SyncPage
) -> None:
    (broken,) = [one for one in laptop.store.submissions.list() if len(one.attachments) > 1]
    photo = laptop.store.vault.path(broken.attachments[0].sha256)
    whole = photo.read_bytes()
    photo.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    qtbot.mouseClick(page.head.sync, LEFT)
    qtbot.waitUntil(
        lambda: page.job is None and page.batch.count("refused") == 1 and page.panel.record is not None,
        timeout=20_000,
    )
    assert page.batch.count("sent") == 1
    assert page.panel.isVisible()
    assert page.panel.record is not None
    assert page.panel.record.instance_id == broken.chain.instance_id
    assert page.panel.record.message
    assert page.panel.record.remedy
    assert shown(page) == [("聚宝街21号", "已送达（有回执）")]
    qtbot.mouseClick(page.panel.check, LEFT)
    qtbot.waitUntil(lambda: page.panel.said.startswith("自检完成，发现 1 处"))
    qtbot.mouseClick(page.filters.buttons[3], LEFT)
    assert not page.panel.isVisible()
    qtbot.mouseClick(page.filters.buttons[0], LEFT)
    photo.write_bytes(whole)  # put back from the backup
    qtbot.keyClick(page, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: page.job is None and laptop.store.outbox.unsent() == 0, timeout=20_000)
    qtbot.waitUntil(lambda: not page.panel.isVisible())


def test_the_record_can_be_looked_at(qtbot: QtBot, laptop: Laptop, desk: Desk, page: SyncPage) -> None:
    instance = laptop.store.submissions.list()[0].chain.instance_id
    laptop.store.outbox.record_refusal(instance, "SYNC_047", "原因", remedy="下一步", retryable=False)
    desk.changed()
    qtbot.waitUntil(page.panel.isVisible)
    assert not page.panel.retry.isVisible()  # it would be in vain
    qtbot.mouseClick(page.panel.look, LEFT)
    assert desk.trail == ("papers", str(instance))


def test_leaving_and_locking_in_the_middle_loses_nothing(
    qtbot: QtBot, window: Window, desk: Desk, laptop: Laptop, access: Access, page: SyncPage
) -> None:
    qtbot.mouseClick(page.head.sync, LEFT)
    desk.go("settings")
    window.lock()
    again = access.unlock("w1", "long enough")
    try:
        assert again.store.sync_runs.list()[0].result in {"cancelled", "complete", "partial"}
        again.syncing.run()
        assert again.store.outbox.unsent() == 0
    finally:
        again.close()


def test_nothing_to_send_says_so(qtbot: QtBot, laptop: Laptop, page: SyncPage) -> None:
    qtbot.mouseClick(page.head.sync, LEFT)
    qtbot.waitUntil(lambda: sent(page), timeout=20_000)
    qtbot.mouseClick(page.head.sync, LEFT)
    qtbot.waitUntil(lambda: page.job is None and len(page.facts.runs) == 2, timeout=20_000)
    qtbot.waitUntil(page.nothing.isVisible)
    assert page.head.title_text == "全部已送达"


def test_an_unknown_laptop_is_told_calmly(qtbot: QtBot, laptop: Laptop, page: SyncPage) -> None:
    stranger = replace(laptop.syncing.enrolment, token="somebody else's")
    laptop.store.settings.set("enrolment", stranger.as_json())
    qtbot.mouseClick(page.head.sync, LEFT)
    qtbot.waitUntil(lambda: page.job is None and bool(page.facts.runs), timeout=20_000)
    cause, remedy = page.head.why_text
    assert cause
    assert remedy
    assert "SYNC_020" not in page.head.title_text
    assert laptop.store.outbox.unsent() == 2


def test_records_that_the_server_lost_are_told_and_sent_again(
    qtbot: QtBot, desk: Desk, laptop: Laptop, page: SyncPage, district: DistrictServer
) -> None:
    qtbot.mouseClick(page.head.sync, LEFT)
    qtbot.waitUntil(lambda: sent(page), timeout=30_000)
    record = max(laptop.store.submissions.list(), key=lambda one: len(one.attachments))
    name = record.attachments[0].sha256
    (district.folder / "blobs" / name[:2] / name).unlink()
    qtbot.keyClick(page, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: page.job is None and desk.notice.code == "SYNC_060", timeout=30_000)
    assert "1 条" in page.side.agreement.words[0]
    assert laptop.store.outbox.unsent() == 0
    assert (district.folder / "blobs" / name[:2] / name).is_file()


def test_a_disabled_laptop_locks_and_says_so(
    qtbot: QtBot, desk: Desk, laptop: Laptop, page: SyncPage, district: DistrictServer, window: Window
) -> None:
    device = str(laptop.syncing.enrolment.device_id)
    district.run("revoke", device)
    qtbot.mouseClick(page.head.sync, LEFT)
    qtbot.waitUntil(lambda: window.desk is None, timeout=30_000)
    door = window.centralWidget()
    assert isinstance(door, Unlock)
    assert "停用" in door.said
    assert "停用" in window.preferences.text("revoked")
    assert not door.other.isVisible(), "no PIN opens it"
    qtbot.keyClicks(door.word, PASSPHRASE)
    qtbot.keyClick(door.word, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "仍不接受" in door.said, timeout=30_000)
    district.run("readmit", device)
    qtbot.keyClicks(door.word, PASSPHRASE)
    qtbot.keyClick(door.word, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: door.asks_for_pin, timeout=30_000)
    qtbot.mouseClick(door.other, LEFT)
    assert window.desk is not None
    assert window.desk.laptop.store.outbox.unsent() == 2
    window.lock()
    assert window.preferences.text("revoked") == ""
