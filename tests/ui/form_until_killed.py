"""A window of its own process: opens a form, answers by keys, tells when it is on the disk, waits for a kill.

``python -m tests.ui.form_until_killed STORE VISIT``
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from uuid import UUID

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from fieldapp import app
from fieldapp.ui.application import application
from fieldapp.ui.pages.inspection import InspectionPage, OpenVisit
from fieldapp.ui.preferences import Preferences
from fieldapp.ui.window import Window
from tests.services.office import FORM, MORNING
from tests.store.building import INSPECTOR, PASSPHRASE, WEAK

QUESTION = "/data/g_check/beam_damage"


def main(store: Path, visit: UUID) -> None:
    """Press ``3`` (未查看) at the question about beams."""
    loop = application()
    access = app.access(store, lambda: MORNING, WEAK)
    window = Window(access, Preferences(store.with_name("killed.ini")))
    window.resize(1280, 800)
    window.show()
    window.show_desk(access.unlock(INSPECTOR.inspector_id, PASSPHRASE))
    desk = window.desk
    assert desk is not None
    desk.go("inspection", OpenVisit(visit, FORM))
    page = desk.page("inspection")
    assert isinstance(page, InspectionPage)
    state = {"step": "open"}

    def look() -> None:
        form = page.form
        if form is None:
            return
        if state["step"] == "open":
            form.go_to(QUESTION)
            state["step"] = "there"
        row = form.view.row_of(window.focusWidget())
        if state["step"] == "there" and row is not None and row.path == QUESTION:
            QTest.keyClick(window.focusWidget(), Qt.Key.Key_3)
            state["step"] = "pressed"
        elif state["step"] == "pressed" and form.answering.editing.form.saved():
            state["step"] = "told"
            sys.stdout.write("on the disk\n")
            sys.stdout.flush()

    timer = QTimer(window, interval=30)
    timer.timeout.connect(look)
    timer.start()
    loop.exec()


if __name__ == "__main__":
    main(Path(sys.argv[1]), UUID(sys.argv[2]))
