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
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages import PLACES
from fieldapp.ui.pages.inspection import InspectionPage, OpenVisit
from fieldapp.ui.preferences import Preferences
from fieldapp.ui.window import Window

#: What a page may need to draw itself whole: layouts settle, jobs end.
_ROUNDS = 60
#: Turns of the event loop without work after which nothing more is expected: layouts follow each other.
_QUIET = 12


def offscreen() -> None:
    """Draw without a display; to be called before there is an application."""
    if QApplication.instance() is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


def settle(window: Window) -> None:
    """Let events, layouts and jobs come to rest."""
    app = application()
    quiet = 0
    for _round in range(_ROUNDS):
        app.processEvents()
        busy = window.desk is not None and (bool(window.desk.jobs.running) or _drawing(window))
        quiet = 0 if busy else quiet + 1
        if quiet > _QUIET:
            break
        app.thread().msleep(25 if busy else 4)
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
    """The door, every place and what opens from it, as PNG files in ``folder``.

    ``open_laptop`` unlocks the store again after the door was drawn; ``name`` makes a file's name from the
    screen's. A form, its photographs and its finalizing are drawn if a visit is open. Needs an offscreen or
    real platform; nothing of the store is changed.
    """
    application()
    window = Window(access, preferences)
    window.resize(*size)
    window.show()
    tour = _Tour(window, folder, name)
    try:
        tour.door()
        window.show_desk(open_laptop())
        tour.places()
        tour.building()
        tour.visit()
        tour.field()
        tour.above_all()
    finally:
        window.close()
        window.deleteLater()
    return tuple(tour.made)


class _Tour:
    """Walks through a window and takes a picture at every stop."""

    def __init__(self, window: Window, folder: Path, name: Callable[[str], str]) -> None:
        self._window, self._folder, self._name = window, folder, name
        self.made: list[Path] = []

    @property
    def _desk(self) -> Desk:
        assert self._window.desk is not None
        return self._window.desk

    def _take(self, screen: str) -> None:
        settle(self._window)
        self.made.append(_grab(self._window, self._folder / self._name(screen)))

    def door(self) -> None:
        """The door and the emergency card, which needs no unlocking."""
        self._take("unlock")
        self._window.show_emergency()
        self._take("emergency")
        if self._window.card is not None:
            self._window.card.put_away()

    def places(self) -> None:
        """Every place as it is found."""
        for place in PLACES:
            self._desk.go(place.name)
            self._take(place.name)

    def building(self) -> None:
        """The file of the house with the most photographs, the ledgers of the offices."""
        store = self._desk.laptop.store
        visits = [one for one in store.visits.list() if one.building_id is not None]
        if visits:
            most = max(visits, key=lambda one: len(store.photos.for_visit(one.visit_id)))
            self._desk.go("buildings", most.building_id)
            self._take("building-file")
        self._desk.go("buildings")
        self._desk.commands.trigger("buildings.ledgers")
        self._take("ledgers")

    def visit(self) -> None:
        """The open form that says most: its first section, its defects, photographs, finalizing."""
        store = self._desk.laptop.store
        drafts = [one for visit in store.visits.list("open") for one in store.drafts.list(visit.visit_id)]
        if not drafts:
            return
        draft = max(drafts, key=lambda one: len(one.xml))
        self._desk.go("inspection", OpenVisit(draft.visit_id, draft.form_id))
        page = self._desk.page("inspection")
        assert isinstance(page, InspectionPage)
        settle(self._window)
        if page.form is None:
            return
        self._take("form")
        defects = [node for node in page.form.answering.session.root.children if node.name == "g_defect"]
        instances = [one for group in defects for one in group.children if one.path.endswith("]")]
        if instances:
            page.form.go_to(instances[0].path)
            self._take("form-defects")
        page.show_photos()
        self._take("photos")
        page.show_final()
        self._take("finalize")
        page.to_list()

    def field(self) -> None:
        """Field mode on the lane that is next."""
        self._desk.go("today")
        settle(self._window)
        self._desk.commands.trigger("today.walk")
        self._take("field-mode")
        self._desk.commands.trigger("go.back")
        settle(self._window)

    def above_all(self) -> None:
        """What opens over any place: search, keys, a notice."""
        self._desk.go("today")
        self._desk.commands.trigger("go.search")
        self._desk.search.field.setText("tdl12")
        self._desk.search.look("tdl12")
        self._take("search")
        self._desk.search.end()
        self._desk.commands.trigger("window.keys")
        self._take("keys")
