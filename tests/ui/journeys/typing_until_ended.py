"""A window of its own process: unlocked and led to a form by keys, then typing without end till it is ended.

``python -m tests.ui.journeys.typing_until_ended STORE``: each time the window shows 「已存」 a line of JSON
tells which question has the focus and what every answer is that was shown as saved. A program that ends in
order tells last what was typed in all.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # tests import this, too, and have a screen of theirs

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest

from fieldapp import app
from fieldapp.ui.application import application, run
from fieldapp.ui.pages.inspection import InspectionPage
from fieldapp.ui.pages.inspection.form import FormView
from fieldapp.ui.preferences import Preferences
from fieldapp.ui.unlock import Unlock
from fieldapp.ui.window import Window
from tests.services.office import MORNING
from tests.store.building import PASSPHRASE, WEAK
from tests.ui.hands import spell

RESULT, REASON = "/data/g_outcome/visit_result", "/data/g_outcome/visit_reason"
#: Milliseconds from sign to sign: faster than any pause after which something might be saved.
PACE = 20
CONTROL = Qt.KeyboardModifier.ControlModifier


class Typist:
    """Presses what comes next whenever the timer asks and the window is ready for it."""

    def __init__(self, window: Window) -> None:
        self.window, self.typed = window, ""
        self._step = self._unlock
        self._timer = QTimer(window, interval=PACE)
        self._timer.timeout.connect(lambda: self._step())
        self._timer.start()

    @property
    def _keys(self) -> QWindow:
        return self.window.windowHandle()

    def _unlock(self) -> None:
        door = self.window.centralWidget()
        if isinstance(door, Unlock) and door.word.hasFocus():
            spell(self._keys, PASSPHRASE)
            QTest.keyClick(self._keys, Qt.Key.Key_Return)
            self._step = self._no_pin

    def _no_pin(self) -> None:
        door = self.window.centralWidget()
        if isinstance(door, Unlock) and door.asks_for_pin:
            door.other.setFocus()
            QTest.keyClick(self._keys, Qt.Key.Key_Space)
            self._step = self._open

    def _open(self) -> None:
        if self.window.desk is not None:
            QTest.keyClick(self._keys, Qt.Key.Key_3, CONTROL)
            self._step = self._choose

    def _choose(self) -> None:
        page = self._page()
        if page.visits.list.rows.rowCount() and page.visits.list.hasFocus():
            QTest.keyClick(self._keys, Qt.Key.Key_Return)
            self._step = self._answer

    def _page(self) -> InspectionPage:
        assert self.window.desk is not None
        page = self.window.desk.page("inspection")
        assert isinstance(page, InspectionPage)
        return page

    def _at(self, form: FormView) -> str:
        row = form.view.row_of(self.window.focusWidget())
        return "" if row is None else row.path

    def _answer(self) -> None:
        form = self._page().form
        if form is None or self._at(form) != RESULT:
            return
        form.answering.saved.connect(lambda _moment: self._tell(form))
        QTest.keyClick(self._keys, Qt.Key.Key_3)  # 锁门
        QTest.keyClick(self._keys, Qt.Key.Key_Return)
        self._step = self._type

    def _type(self) -> None:
        form = self._page().form
        if form is not None and self._at(form) == REASON:
            sign = "abcdefghij"[len(self.typed) % 10]
            spell(self._keys, sign)
            self.typed += sign

    def _tell(self, form: FormView) -> None:
        session = form.answering.session
        told = {path: session.value(path) for path in (RESULT, REASON)}
        sys.stdout.write(json.dumps({"at": self._at(form), "answers": told}) + "\n")
        sys.stdout.flush()


def main(store: Path) -> None:
    """Until somebody ends it."""
    application()
    window = Window(app.access(store, lambda: MORNING, WEAK), Preferences(store.with_name("killed.ini")))
    window.resize(1280, 800)
    window.show()
    window.activateWindow()
    typist = Typist(window)
    code = run(window)
    sys.stdout.write(json.dumps({"typed": typist.typed}) + "\n")
    sys.exit(code)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
