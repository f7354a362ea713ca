"""The real window over a laptop of the bench, drawn without a display, at the usual size."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.ledgers import INSPECTOR, PASSPHRASE, access_to, laptop_folder

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from fieldapp.ui.application import application
from fieldapp.ui.desk import Desk
from fieldapp.ui.preferences import Preferences
from fieldapp.ui.window import USUAL, Window


def until(ready: Callable[[], bool]) -> None:
    """Let the event loop run until ``ready()``, and paint what is to be painted.

    The loop sleeps between events as the program's own does: one that spins would take turns with the jobs.
    """
    awake = QTimer(interval=1)
    awake.start()
    while not ready():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    QApplication.processEvents()


@contextmanager
def opened(buildings: int) -> Iterator[Desk]:
    """The desk of a window on so many buildings, everything loaded and at rest; closed in the end."""
    application()
    folder = laptop_folder(buildings)
    door = access_to(folder)
    window = Window(door, Preferences(folder.with_name(f"{folder.name}-window.ini")))
    window.resize(*USUAL)
    window.show_desk(door.unlock(INSPECTOR.inspector_id, PASSPHRASE))
    window.show()
    assert window.desk is not None
    desk = window.desk
    desk.go("buildings")
    until(lambda: not desk.jobs.running)
    try:
        yield desk
    finally:
        window.close()
