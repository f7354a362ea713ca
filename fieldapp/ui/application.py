"""Starts the window: the Qt application, its texts and its look, and what happens to accidents."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import TracebackType

from PySide6.QtCore import QLibraryInfo, QProcess, QTranslator
from PySide6.QtWidgets import QApplication

from fieldapp.services.access import Access
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

    hear_accidents(window)
    window.show()
    return app.exec()


def hear_accidents(window: Window) -> None:
    """What nobody foresaw, in a slot or on the way, is told by ``window``; Ctrl+C closes it."""

    def unforeseen(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            window.close()
        else:
            window.unforeseen(error)

    sys.excepthook = unforeseen


def _restart() -> None:
    QProcess.startDetached(sys.executable, sys.argv)
    application().quit()
