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
from fieldapp.ui.jobs import Jobs
from fieldapp.ui.pages import BEHIND, PLACES
from fieldapp.ui.pages.conflicts import ConflictsPage
from fieldapp.ui.pages.inspection import InspectionPage, OpenVisit
from fieldapp.ui.pages.inspection.section_view import SectionView
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


def settle(window: QWidget, rounds: int = _ROUNDS) -> None:
    """Let events, layouts and jobs come to rest; after ``rounds`` turns it is left as it is."""
    app = application()
    quiet = 0
    for _round in range(rounds):
        app.processEvents()
        busy = any(jobs.running for jobs in window.findChildren(Jobs)) or _drawing(window)
        busy = busy or any(view.isVisible() and not view.whole for view in window.findChildren(SectionView))
        quiet = 0 if busy else quiet + 1
        if quiet > _QUIET:
            break
        app.thread().msleep(25 if busy else 4)
    app.processEvents()


def _drawing(window: QWidget) -> bool:
    """Whether a sheet in sight is still being drawn; that is no job but a thread of Qt's."""
    return any(view.isVisible() and view.pages and not view.drawn() for view in window.findChildren(PdfView))


def grab(widget: QWidget, file: Path) -> Path:
    """What is to be seen of a widget, as PNG. OSError if it cannot be written."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not widget.grab().save(str(file)):
        raise OSError(file.name)
    return file


def grab_screens(
    access: Access, open_laptop: Callable[[], Laptop], preferences: Preferences, folder: Path
) -> tuple[Path, ...]:
    """The door, every place and what opens from it, as PNG files of 1280 × 800 in ``folder``.

    ``open_laptop`` unlocks the store again after the door was drawn. A form, its photographs and its
    finalizing are drawn if a visit is open. Needs an offscreen or real platform; nothing recorded is changed.
    """
    tour = Tour(access, preferences, lambda screen: folder / f"{screen}.png", (1280, 800))
    tour.go_round(open_laptop)
    return tuple(tour.made)


class Tour:
    """Walks through a window and takes a picture at every stop. ``file`` names the file of a screen."""

    def __init__(
        self, access: Access, preferences: Preferences, file: Callable[[str], Path], size: tuple[int, int]
    ) -> None:
        application()
        for place in (*PLACES, *BEHIND):  # nobody waits here, and no picture is to show an empty frame
            place.load()
        self.window = Window(access, preferences)
        self.window.resize(*size)
        self.window.show()
        self._file = file
        self.made: list[Path] = []

    def go_round(self, open_laptop: Callable[[], Laptop]) -> None:
        """All stops; the window is closed at the end."""
        try:
            self.door()
            self.window.show_desk(open_laptop())
            self.inside()
        finally:
            self.window.close()
            self.window.deleteLater()

    def inside(self) -> None:
        """The stops at the open desk."""
        self.places()
        self.building()
        self.conflicts()
        self.visit()
        self.field()
        self.above_all()

    @property
    def desk(self) -> Desk:
        """The open desk."""
        assert self.window.desk is not None
        return self.window.desk

    def take(self, screen: str, rounds: int = _ROUNDS) -> None:
        """A picture, when the window has come to rest or after ``rounds``."""
        settle(self.window, rounds)
        self.made.append(grab(self.window, self._file(screen)))

    def door(self) -> None:
        """The door and the emergency card, which needs no unlocking."""
        self.take("unlock")
        self.window.show_emergency()
        self.take("emergency")
        if self.window.card is not None:
            self.window.card.put_away()

    def places(self) -> None:
        """Every place as it is found."""
        for place in PLACES:
            self.desk.go(place.name)
            self.take(place.name)

    def building(self) -> None:
        """The file of the house with the most photographs, the ledgers of the offices."""
        store = self.desk.laptop.store
        visits = [one for one in store.visits.list() if one.building_id is not None]
        if visits:
            most = max(visits, key=lambda one: len(store.photos.for_visit(one.visit_id)))
            self.desk.go("buildings", most.building_id)
            self.take("building-file")
        self.desk.go("buildings")
        self.desk.commands.trigger("buildings.ledgers")
        self.take("ledgers")
        self.desk.go("buildings")

    def conflicts(self) -> None:
        """What was told differently: the list, and the sides of the gravest."""
        self.desk.go("conflicts")
        self.take("conflicts")
        page = self.desk.page("conflicts")
        assert isinstance(page, ConflictsPage)
        if page.houses:
            self.desk.go("conflicts", page.houses[0].key)
            self.take("conflict")

    def visit(self) -> None:
        """The open form that says most: its first section, its defects, photographs, finalizing."""
        store = self.desk.laptop.store
        drafts = [one for visit in store.visits.list("open") for one in store.drafts.list(visit.visit_id)]
        if not drafts:
            return
        draft = max(drafts, key=lambda one: len(one.xml))
        self.desk.go("inspection", OpenVisit(draft.visit_id, draft.form_id))
        page = self.desk.page("inspection")
        assert isinstance(page, InspectionPage)
        settle(self.window)
        if page.form is None:
            return
        self.take("form")
        defects = [node for node in page.form.answering.session.root.children if node.name == "g_defect"]
        instances = [one for group in defects for one in group.children if one.path.endswith("]")]
        if instances:
            page.form.go_to(instances[0].path)
            self.take("form-defects")
        page.show_photos()
        self.take("photos")
        page.show_final()
        self.take("finalize")
        page.to_list()

    def field(self) -> None:
        """Field mode on the lane that is next."""
        self.desk.go("today")
        settle(self.window)
        self.desk.commands.trigger("today.walk")
        self.take("field-mode")
        self.desk.commands.trigger("go.back")
        settle(self.window)

    def above_all(self) -> None:
        """What opens over any place: search, keys."""
        self.desk.go("today")
        self.desk.commands.trigger("go.search")
        self.desk.search.field.setText("tdl12")
        self.desk.search.look("tdl12")
        self.take("search")
        self.desk.search.clear()
        self.desk.search.end()
        self.desk.commands.trigger("window.keys")
        self.take("keys")
