"""The main window: the door while the store is sealed, the desk while it is open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QCloseEvent, QIcon, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from fieldapp import i18n
from fieldapp.errors import FieldappError, UserError
from fieldapp.i18n import _
from fieldapp.services.access import Access
from fieldapp.ui import reports, themes
from fieldapp.ui.actions import Action
from fieldapp.ui.components import FocusRing
from fieldapp.ui.covered import Covered
from fieldapp.ui.icons import icon
from fieldapp.ui.idling import Idle
from fieldapp.ui.jobs import Jobs
from fieldapp.ui.preferences import Preferences
from fieldapp.ui.preloading import Preloading
from fieldapp.ui.unlock import EmergencyCard, FirstRun, Unlock

if TYPE_CHECKING:
    from fieldapp.services.laptop import Laptop
    from fieldapp.ui.desk import Desk

LEAST = (1024, 640)
USUAL = (1280, 800)
#: After the desk is shown, the other places are loaded.
_LATER_MS = 400


class Window(QMainWindow):
    """``desk`` is None while the store is sealed. ``restart`` starts the program anew after an accident."""

    def __init__(
        self, access: Access, preferences: Preferences, restart: Callable[[], object] = lambda: None
    ) -> None:
        super().__init__()
        self.access, self.preferences = access, preferences
        self._restart = restart
        self.desk: Desk | None = None
        #: While the store is sealed for the eye only: what the disk does not take waits behind the door.
        self.covered: Covered | None = None
        self._door: QWidget | None = None
        self._came_from: tuple[str, object] = ("today", None)
        self.card: EmergencyCard | None = None
        self._given_up = False
        self.setMinimumSize(*LEAST)
        if not self.restoreGeometry(preferences.layout("window")):
            self.resize(*USUAL)
        self._ring = FocusRing(self)
        self.idle = Idle(self, self._ring.by_key)
        self.idle.timeout.connect(self.lock_alone)
        self._sealed_keys = [QShortcut(QKeySequence(key), self) for key in ("F9", "Ctrl+E")]
        for shortcut in self._sealed_keys:
            shortcut.activated.connect(self.show_emergency)
        self.set_appearance()
        self._jobs = Jobs(self.unforeseen, self)
        self._preloading = Preloading(self._jobs, self)
        self.show_door()
        self._preloading.start(0)

    # -- appearance -----------------------------------------------------------------------------------

    def set_appearance(self) -> None:
        """Theme, density and lock time as the preferences say; a changed language builds the desk anew."""
        i18n.use(self.preferences.language)
        themes.apply(self.preferences.theme, self.preferences.density)
        self.setWindowTitle(_("Building safety inspection"))
        self.setWindowIcon(QIcon(icon("buildings", themes.colours().accent, filled=True)))
        self._dress()
        self._wake()

    def _dress(self) -> None:
        for part in (self.card, self._door):
            if part is not None:
                themes.dress(part)
        if self.desk is not None:
            self.desk.dress()

    def rebuild(self) -> None:
        """The language has changed: everything is made anew, at the same place."""
        self.set_appearance()
        if self.desk is None:
            self.show_door()
        elif self.desk.kept():  # else the pages hold what the disk does not take; they stay as they are
            laptop, trail = self.desk.laptop, self.desk.trail
            self.desk.leave_pages()
            self._came_from = trail
            self.show_desk(laptop)

    # -- door and desk --------------------------------------------------------------------------------

    def show_door(self, message: str = "") -> None:
        """Who is it; or the first run if there is no store yet."""
        door: QWidget
        if self.access.exists():
            behind = None if self.covered is None else self.covered.laptop
            door = Unlock(self.access, self.preferences, self._opened, self.show_emergency, message, behind)
        else:
            door = FirstRun(self.access, self._opened_first)
        self._door = door
        themes.dress(door)
        self._take(door)
        for shortcut in self._sealed_keys:
            shortcut.setEnabled(True)
        self.idle.stop()

    def _opened_first(self, laptop: Laptop) -> None:
        self.preferences.keep_text("district", self.access.district_of(laptop))
        self._opened(laptop)

    def _opened(self, laptop: Laptop) -> None:
        self._preloading.then(lambda: self.show_desk(laptop))

    def show_desk(self, laptop: Laptop) -> None:
        """The store is open: show it, at the place where one was."""
        from fieldapp.ui.desk import Desk

        for shortcut in self._sealed_keys:
            shortcut.setEnabled(False)
        if self.covered is not None:
            self.desk, self.covered = self.covered.uncovered(), None
            self._door = None
            self._take(self.desk)
            self.desk.dress()
            self.desk.notice.tell(UserError("WINDOW_006"))
            self._wake()
            return
        self._preloading.start(_LATER_MS)  # the page that is seen first comes first
        laptop.language = "en" if self.preferences.language == "en" else "zh"
        self.desk = Desk(
            laptop,
            self.access,
            self.preferences,
            window_actions=self._actions(),
            unforeseen=self.unforeseen,
            appearance=self.set_appearance,
            rebuild=self.rebuild,
            emergency=self.show_emergency,
            sealed=self.seal,
        )
        self._door = None
        self._take(self.desk)
        self.desk.go(*self._came_from)
        self.desk.look_at_clock()
        self._wake()

    def _take(self, widget: QWidget) -> None:
        old = self.takeCentralWidget()
        self.setCentralWidget(widget)
        if old is not None and (self.covered is None or old is not self.covered.desk):
            old.deleteLater()
        self._ring.raise_()

    def _actions(self) -> list[Action]:
        return [
            Action("window.lock", _("Lock"), self.lock, ("Ctrl+L",), "window"),
            Action("window.theme", _("Next theme: light, dark, sunlight"), self._next_theme, (), "window"),
            Action("window.field", _("Large controls on or off"), self._next_density, (), "window"),
            Action("window.quit", _("Quit"), self.close, ("Ctrl+Q",), "window"),
        ]

    def _next_theme(self) -> None:
        self.preferences.turn_theme()
        self.set_appearance()

    def _next_density(self) -> None:
        self.preferences.turn_density()
        self.set_appearance()

    # -- lock -----------------------------------------------------------------------------------------

    def seal(self, error: FieldappError) -> None:
        """The district has disabled this laptop: lock, forget every PIN, say why."""
        self.access.forget_pins()
        self.lock_alone("".join(i18n.explain(error)[1:]))

    def lock(self) -> bool:
        """Somebody wants it locked: keep what is half typed, close the store, show the door. Returns whether
        it is: while the disk does not take answers they are nowhere else, so it stays open and says so.
        """
        if self.desk is not None and self.kept():
            self.lock_alone()
        self._wake()
        return self.desk is None and self.covered is None

    def kept(self) -> bool:
        """Whether all that is typed is on the disk; if not, it is told."""
        if self.covered is not None:
            return self.covered.lock()
        if self.desk is None or self.desk.kept():
            return True
        self.desk.notice.tell(UserError("WINDOW_006"))
        return False

    def lock_alone(self, message: str = "") -> None:
        """Nobody may be there: what is shown goes behind the door at once, with ``message`` if one is to be
        read. What the disk does not take waits there; the store is closed as soon as it does.
        """
        desk = self.desk
        if desk is not None:
            self._came_from = desk.trail
            desk.tell_door()
            if desk.kept():
                desk.close_store()
            else:
                self.covered = Covered(desk, self._saved_behind, self._letting_in, self)
            self.desk = None
        self.show_door(message)

    def _letting_in(self) -> bool:
        return isinstance(self._door, Unlock) and self._door.busy

    def _saved_behind(self) -> None:
        self.covered = None
        self.show_door()

    def showEvent(self, event: QShowEvent) -> None:
        """Keys and mouse put the lock off."""
        super().showEvent(event)
        self.idle.listen(self.windowHandle())

    def _wake(self) -> None:
        if self.desk is not None:
            self.idle.start(self.preferences.lock_minutes * 60_000)

    # -- accidents ------------------------------------------------------------------------------------

    def unforeseen(self, error: BaseException) -> None:
        """Nobody foresaw it: drafts are kept, a report without answers is written, a restart is offered."""
        desk = self.desk if self.covered is None else self.covered.desk
        if desk is not None:
            try:
                desk.keep_drafts()
            except Exception as again:  # noqa: BLE001 - the page may be what is broken; both are reported
                again.__cause__, error = error, again
        told = reports.told(error, self.report_folder())
        if self.desk is not None:
            self.desk.notice.tell(told, _("Restart"), self.start_anew)
        else:
            self.show_door(" ".join(i18n.explain(told)[:2]))

    def report_folder(self) -> Path:
        """Where reports of accidents go: beside the store, which stays sealed."""
        return self.access.folder.with_name(f"{self.access.folder.name}-reports")

    def start_anew(self) -> None:
        """Close everything and start the program again."""
        if self.lock():
            self._restart()

    # -- emergency card -------------------------------------------------------------------------------

    def show_emergency(self) -> None:
        """Whom to call and how to get people out; also while the store is sealed."""
        if self.card is None:
            self.card = EmergencyCard(self, self._card_gone)
            themes.dress(self.card)
        self.card.open()

    def _card_gone(self) -> None:
        self.card = None

    def closeEvent(self, event: QCloseEvent) -> None:
        """Everything is kept already, or one is asked; sizes are remembered."""
        if not self._may_close():
            event.ignore()
            return
        self.preferences.keep_layout("window", self.saveGeometry())
        self._preloading.stop()
        self._jobs.stop()
        if isinstance(self._door, Unlock):
            self._door.put_away()
        if self.desk is not None:
            self.desk.tell_door()
            self.desk.close_store()
            self.desk = None
            self.takeCentralWidget()
        self.preferences.save()
        super().closeEvent(event)

    def _may_close(self) -> bool:
        if self._given_up or self.kept():
            return True
        if self.desk is not None:  # who is not let in cannot say that it may be lost
            self.desk.notice.tell(UserError("WINDOW_006"), _("Close and lose them"), self._give_up)
        return False

    def _give_up(self) -> None:
        """The person wants to go though what was typed since the last saving is lost."""
        self._given_up = True
        self.close()
