"""Starts the window: the Qt application, its texts and its look, and what happens to accidents."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import TracebackType

from PySide6.QtCore import QLibraryInfo, QProcess, QTranslator
from PySide6.QtWidgets import QApplication

from fieldapp.services.access import Access
from fieldapp.ui.ending import Ending
from fieldapp.ui.preferences import Preferences
from fieldapp.ui.window import Window


def application(arguments: Sequence[str] = ("fieldapp",)) -> QApplication:
    """The application of this process, made once."""
    there = QApplication.instance()
    if isinstance(there, QApplication):
        return there
    app = QApplication(list(arguments))
    app.setApplicationName("fieldapp")
    return app


def start(access: Access, preferences: Preferences) -> int:
    """Show the window until it is closed; the exit code."""
    app = application(sys.argv[:1])
    texts = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if preferences.language == "zh_CN" and texts.load("qtbase_zh_CN", folder):
        app.installTranslator(texts)
    window = Window(access, preferences, _restart)
    window.show()
    return run(window)


def run(window: Window) -> int:
    """Show what happens to ``window`` until it is closed, by whomever; the exit code."""
    app = application()
    hear_accidents(window)
    ending = Ending(window, app.quit)
    code = app.exec()
    ending.deafen()
    return code


def hear_accidents(window: Window) -> None:
    """What nobody foresaw, in a slot or on the way, is told by ``window``."""

    def unforeseen(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        window.unforeseen(error)

    sys.excepthook = unforeseen


def _restart() -> None:
    QProcess.startDetached(sys.executable, sys.argv)
    application().quit()
