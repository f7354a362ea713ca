"""A process of its own: the window until 今日 can be used, or a bare window until it is painted.

``python -m bench.usable [FOLDER INSPECTOR PASSPHRASE]`` prints that moment by the monotonic clock, in
seconds. The window is opened as ``fieldapp.app.window`` opens it. Its door is built but nobody stands at it:
the passphrase is given at once, so what counts is the program, not the fingers of who opens it.
"""

from __future__ import annotations

import gc
import sys
import time


def bare() -> float:
    """When a bare ``QMainWindow`` was painted."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Window(QMainWindow):
        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
            super().paintEvent(event)
            QTimer.singleShot(0, app.quit)

    app = QApplication([])
    window = Window()
    window.resize(1280, 800)
    window.show()
    app.exec()
    return time.monotonic()


def ours(folder: str, inspector: str, passphrase: str) -> float:
    """When 今日 of the laptop in ``folder`` showed what it had read."""
    gc.disable()  # as the window's own entry point does
    from pathlib import Path

    from PySide6.QtCore import QTimer

    from fieldapp.app import access
    from fieldapp.ui.application import application
    from fieldapp.ui.preferences import Preferences
    from fieldapp.ui.window import Window

    app = application()
    place = Path(folder)
    door = access(place)
    window = Window(door, Preferences(place.with_name(f"{place.name}-window.ini")))
    window.show_desk(door.unlock(inspector, passphrase))
    window.show()
    desk = window.desk
    assert desk is not None

    moments: list[float] = []

    def look() -> None:
        if not desk.jobs.running:  # what was read has been told; it is painted at once
            app.processEvents()
            moments.append(time.monotonic())
            app.quit()  # closes the window, which is no part of its start

    watch = QTimer(interval=1)
    watch.timeout.connect(look)
    watch.start()
    app.exec()
    return moments[0]


if __name__ == "__main__":
    print(ours(*sys.argv[1:]) if len(sys.argv) > 1 else bare())
