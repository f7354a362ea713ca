"""The place sync on a bad line: unplugged half way, a server that hangs, paused at once."""

from __future__ import annotations

import socket
import time
from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fieldapp.services.laptop import Laptop
from fieldapp.ui.pages.sync import SyncPage
from tests.server.district import DistrictServer
from tests.sync.cutting_line import CuttingLine
from tests.ui.test_sync import access, district, page

__all__ = ["access", "district", "page"]
CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
#: From the click to the end of the run, seconds; a tenth is promised, the rest is the shared machine's.
SOON = 0.25


def through(laptop: Laptop, port: int) -> None:
    """The same server by another way."""
    there = replace(laptop.syncing.enrolment, url=f"https://127.0.0.1:{port}")
    laptop.store.settings.set("enrolment", there.as_json())


def test_unplugged_half_way_and_plugged_in_again(
    qtbot: QtBot, laptop: Laptop, page: SyncPage, district: DistrictServer
) -> None:
    plugged = [False]
    with CuttingLine(district.port, lambda: None if plugged[0] else 9_000 if line.cuts == 0 else 1) as line:
        through(laptop, line.port)
        qtbot.mouseClick(page.head.sync, LEFT)
        qtbot.waitUntil(lambda: page.head.note_text == "断线，正在重试…", timeout=20_000)
        qtbot.waitUntil(lambda: page.job is None and bool(page.facts.runs), timeout=40_000)
        assert line.cuts
        assert laptop.store.outbox.unsent() > 0
        cause, remedy = page.head.why_text
        assert cause
        assert remedy
        assert page.facts.runs[0].result in {"failed", "partial"}
        assert page.head.sync.isEnabled()
        plugged[0] = True
        qtbot.keyClick(page, Qt.Key.Key_Return, CONTROL)
        qtbot.waitUntil(lambda: page.job is None and laptop.store.outbox.unsent() == 0, timeout=20_000)
        qtbot.waitUntil(lambda: page.head.title_text == "全部已送达")
        assert page.head.why_text == ("", "")


def test_a_hanging_server_is_left_at_once(qtbot: QtBot, laptop: Laptop, page: SyncPage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        through(laptop, int(silent.getsockname()[1]))
        qtbot.mouseClick(page.head.sync, LEFT)
        qtbot.wait(300)
        assert page.job is not None
        assert page.head.title_text == "正在连接…"
        begun = time.monotonic()
        qtbot.mouseClick(page.head.pause, LEFT)
        qtbot.waitUntil(lambda: page.job is None)
        assert time.monotonic() - begun < SOON
    qtbot.waitUntil(lambda: bool(page.facts.runs))
    assert page.facts.runs[0].result == "cancelled"
    assert page.head.title_text == "已暂停，还有 2 项待上传"


def test_paused_in_the_middle_and_gone_on(qtbot: QtBot, laptop: Laptop, page: SyncPage) -> None:
    qtbot.mouseClick(page.head.sync, LEFT)
    qtbot.waitUntil(lambda: page.batch.count("sending") + page.batch.count("sent") > 0, timeout=20_000)
    if page.job is not None:
        qtbot.mouseClick(page.head.pause, LEFT)
    qtbot.waitUntil(lambda: page.job is None)
    whole = page.facts.runs[0].result == "complete"
    assert ("pull" in page.side.steps.passed) is whole  # what was not reached is not ticked
    qtbot.keyClick(page, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: page.job is None and laptop.store.outbox.unsent() == 0, timeout=20_000)
    qtbot.waitUntil(lambda: page.facts.runs[0].result == "complete")
    assert page.head.title_text == "全部已送达"
    assert page.side.steps.passed == ("hello", "offer", "transfer", "pull")
