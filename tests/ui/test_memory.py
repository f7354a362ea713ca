"""What was shown and locked goes: no desk, and nothing that a job was for, stays in memory."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from fieldapp.services.access import Access
from fieldapp.ui.desk import Desk
from fieldapp.ui.jobs import Jobs
from fieldapp.ui.pages import BEHIND, PLACES
from fieldapp.ui.window import Window
from tests.store.building import INSPECTOR, PASSPHRASE

ROUNDS = 5


def desks() -> list[Desk]:
    """Every one that lives, whether its widgets do or not."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    return [one for one in gc.get_objects() if type(one) is Desk]


def everywhere(qtbot: QtBot, desk: Desk) -> None:
    """Look at every place."""
    for place in (*PLACES, *BEHIND):
        desk.go(place.name)
        qtbot.waitUntil(lambda: not desk.jobs.running, timeout=30_000)


def test_no_desk_outlives_its_lock(qtbot: QtBot, new_window: Callable[[], Window], access: Access) -> None:
    window = new_window()
    before = len(desks())
    for _round in range(ROUNDS):
        window.show_desk(access.unlock(INSPECTOR.inspector_id, PASSPHRASE))
        assert window.desk is not None
        everywhere(qtbot, window.desk)
        assert window.lock()
    assert len(desks()) - before == 0


class Work:
    """What a job is for."""

    def __call__(self, _job: object) -> int:
        return 1


def test_nothing_that_a_job_was_for_outlives_it(qtbot: QtBot) -> None:
    jobs = Jobs(lambda error: None)
    held = []
    for _number in range(200):
        work = Work()
        held.append(weakref.ref(work))
        jobs.start(work)
    del work
    qtbot.waitUntil(lambda: not jobs.running, timeout=30_000)
    gc.collect()
    assert [one for one in held if one() is not None] == []
