"""Pictures of the screens, made offscreen: for the demonstration, and for looking (``make screens``)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from fieldapp.services.access import Access
from fieldapp.services.laptop import Laptop
from fieldapp.ui.application import application
from fieldapp.ui.components.pdf import PdfView
from fieldapp.ui.pages import PLACES
from fieldapp.ui.preferences import Preferences
from fieldapp.ui.window import Window

#: What a page may need to draw itself whole: layouts settle, jobs end.
_ROUNDS = 40


def offscreen() -> None:
    """Draw without a display; to be called before there is an application."""
    if QApplication.instance() is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


def settle(window: Window) -> None:
    """Let events, layouts and jobs come to rest."""
    app = application()
    for number in range(_ROUNDS):
        app.processEvents()
        busy = window.desk is not None and (bool(window.desk.jobs.running) or _drawing(window))
        if number > 4 and not busy:
            break
        if busy:
            app.thread().msleep(25)
    app.processEvents()


def _drawing(window: Window) -> bool:
    """Whether a sheet in sight is still being drawn; that is no job but a thread of Qt's."""
    return any(view.isVisible() and view.pages and not view.drawn() for view in window.findChildren(PdfView))


def _grab(widget: QWidget, file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    if not widget.grab().save(str(file)):
        raise OSError(file.name)
    return file


def grab_screens(
    access: Access,
    open_laptop: Callable[[], Laptop],
    preferences: Preferences,
    folder: Path,
    *,
    size: tuple[int, int] = (1280, 800),
    name: Callable[[str], str] = lambda screen: f"{screen}.png",
) -> tuple[Path, ...]:
    """Every place, the door, search, keys and the emergency card of a store, as PNG files in ``folder``.

    ``open_laptop`` unlocks the store again after the door was drawn; ``name`` makes a file's name from the
    screen's. Needs an offscreen or real platform; nothing of the store is changed.
    """
    application()
    window = Window(access, preferences)
    window.resize(*size)
    window.show()
    made = []

    def take(screen: str) -> None:
        settle(window)
        made.append(_grab(window, folder / name(screen)))

    try:
        take("unlock")
        window.show_emergency()
        take("emergency")
        if window.card is not None:
            window.card.put_away()
        window.show_desk(open_laptop())
        desk = window.desk
        assert desk is not None
        for place in PLACES:
            desk.go(place.name)
            take(place.name)
        desk.commands.trigger("go.search")
        desk.search.field.setText("tdl12")
        desk.search.look("tdl12")
        take("search")
        desk.search.end()
        desk.commands.trigger("window.keys")
        take("keys")
    finally:
        window.close()
        window.deleteLater()
    return tuple(made)
