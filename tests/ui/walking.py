"""Walking a lane by keyboard through the real window; keys are counted (a key with its modifier is one)."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fieldapp.services.patrolling import Round
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.field.mode import FieldMode
from fieldapp.ui.pages.today import TodayPage
from tests.services.office import jpeg

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


class Walk:
    """An inspector in field mode. ``keys`` counts what she pressed."""

    def __init__(self, qtbot: QtBot, desk: Desk, folder: Path) -> None:
        self.qtbot, self.desk, self.folder = qtbot, desk, folder
        self.keys = 0
        self._shots = 0

    @property
    def today(self) -> TodayPage:
        """The page behind it."""
        page = self.desk.page("today")
        assert isinstance(page, TodayPage)
        return page

    @property
    def mode(self) -> FieldMode:
        """Field mode, once it was entered."""
        assert self.today.field is not None
        return self.today.field

    @property
    def round(self) -> Round:
        """The round of the house one is at."""
        found = self.mode.round
        assert found is not None
        return found

    def press(self, *keys: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press keys where the focus is, and let what they begin come to rest."""
        for key in keys:
            self.qtbot.keyClick(QApplication.focusWidget() or self.desk.window(), key, modifier)
            self.keys += 1
            self.rest()

    def rest(self) -> None:
        """Until no job runs any more."""
        self.qtbot.waitUntil(lambda: not self.desk.jobs.running, timeout=20_000)

    def enter(self) -> None:
        """From 今日 into field mode by F5."""
        self.rest()
        self.press(Qt.Key.Key_F5)
        self.keys = 0

    def photographed(self) -> Path:
        """A photograph that came from the camera lies on the clipboard, as a file manager copies it."""
        self._shots += 1
        file = self.folder / f"shot-{self._shots}.jpg"
        file.write_bytes(jpeg(self._shots, note=f"shot {self._shots}"))
        self.copy(file)
        return file

    def copy(self, *files: Path) -> None:
        """Files on the clipboard."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
        QGuiApplication.clipboard().setMimeData(data)

    def paste(self) -> None:
        """A new photograph, pasted."""
        self.photographed()
        self.press(Qt.Key.Key_V, modifier=CONTROL)

    def finish(self) -> None:
        """定稿并到下一户."""
        self.press(Qt.Key.Key_Return, modifier=CONTROL)
