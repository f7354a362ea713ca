"""What an unlocked laptop shows: rail, top bar, notice, and the pages; the ``Frame`` of every page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from fieldapp.errors import FieldappError
from fieldapp.i18n import _, ngettext
from fieldapp.services.access import Access
from fieldapp.services.laptop import Laptop
from fieldapp.services.revocation import revoked_at
from fieldapp.store.sync_runs import LAST_SYNC
from fieldapp.ui import themes
from fieldapp.ui.actions import Action, Actions
from fieldapp.ui.components import Toast, across, down
from fieldapp.ui.jobs import Jobs
from fieldapp.ui.keys import KeysPanel
from fieldapp.ui.notice import Notice
from fieldapp.ui.page import Page
from fieldapp.ui.pages import BEHIND, PLACES, Place
from fieldapp.ui.preferences import Preferences
from fieldapp.ui.rail import Rail
from fieldapp.ui.search import Search, SearchPanel
from fieldapp.ui.topbar import TopBar
from fieldapp.ui.troubles import clock_behind

#: Setting: by place, what an inspector had half typed there when the store was locked.
HALF_TYPED = "half_typed {}"


class Desk(QWidget):
    """Builds a page the first time it is asked for; keeps where one was, for 「返回」."""

    def __init__(
        self,
        laptop: Laptop,
        access: Access,
        preferences: Preferences,
        *,
        window_actions: Iterable[Action],
        unforeseen: Callable[[BaseException], object],
        appearance: Callable[[], object],
        rebuild: Callable[[], object],
        emergency: Callable[[], object],
        sealed: Callable[[FieldappError], object],
    ) -> None:
        super().__init__()
        self.laptop, self.access, self.preferences = laptop, access, preferences
        self._appearance, self._rebuild, self._emergency = appearance, rebuild, emergency
        self._unforeseen, self._sealed = unforeseen, sealed
        self.jobs = Jobs(self.tell, self)
        self.commands = Actions(self, lambda why: self.toast(why))
        self._pages: dict[str, Page] = {}
        self._page_actions: tuple[str, ...] = ()
        self._trail: list[tuple[str, object]] = []
        self._sending: int | None = None
        self._half_typed_key = HALF_TYPED.format(laptop.store.keys.actor.inspector_id)
        self._half_typed: dict[str, dict[str, str]] = laptop.store.settings.get(self._half_typed_key, {})
        self.search = SearchPanel(
            self,
            Search(laptop, self.commands),
            self._open_found,
            lambda: self._pages.get(self.place),
            self.jobs,
        )
        self.rail = Rail([(one.name, _(one.word), one.icon) for one in PLACES], self.go)
        self.topbar = TopBar(
            self.search.field,
            on_unsent=lambda: self.go("sync"),
            on_team=lambda: self.go("today", "team"),
            on_lock=lambda: self.commands.trigger("window.lock"),
        )
        self.notice = Notice()
        self._stack = QStackedWidget()
        self._empty = QWidget()
        self._stack.addWidget(self._empty)
        right = down(self.topbar, self.notice, self._stack, gap=0)
        right.setStretchFactor(self._stack, 1)
        row = across(self.rail, right, gap=0)
        row.setStretch(1, 1)
        self.setLayout(row)
        self._toast = Toast(self)
        self._keys = KeysPanel(self, self.commands)
        self.commands.add((*self._own_actions(), *window_actions))
        self.dress()
        self.changed()

    def _own_actions(self) -> list[Action]:
        places = [
            Action(f"go.{one.name}", _(one.word), partial(self.go, one.name), (f"Ctrl+{number}",), "go")
            for number, one in enumerate(PLACES, start=1)
        ]
        places += [
            Action(f"go.{one.name}", _(one.word), partial(self.go, one.name), (), "go") for one in BEHIND
        ]
        return [
            *places,
            Action("go.search", _("Search"), self.search.begin, ("Ctrl+K", "/"), "go"),
            Action("go.back", _("Back"), self._escape, ("Escape",), "go"),
            Action("window.keys", _("Keys of this page"), self._keys.open, ("F1",), "window"),
            Action("window.emergency", _("Emergency card"), self.emergency, ("F9", "Ctrl+E"), "window"),
        ]

    def dress(self) -> None:
        """The theme or density has changed: what is in sight follows, the rest when it comes to the front."""
        for part in (self.rail, self.topbar, self.notice, self.search, self._toast, self._keys):
            themes.dress(part)
        if self._trail:
            themes.dress(self._stack.currentWidget())

    # -- the frame that pages see ---------------------------------------------------------------------

    @property
    def place(self) -> str:
        """Where one is."""
        return self._trail[-1][0] if self._trail else ""

    @property
    def trail(self) -> tuple[str, object]:
        """Where one is and what it shows, to come back to after unlocking."""
        return self._trail[-1] if self._trail else ("today", None)

    def page(self, place: str) -> Page:
        """The page of a place, built if it was not yet. KeyError for an unknown place."""
        if place not in self._pages:
            wanted = _place(place)
            made = wanted.load()(self)
            made.place = place
            made.setAccessibleName(made.title() or _(wanted.word))
            self._pages[place] = made
            self._stack.addWidget(made)
            typed = self._half_typed.get(place)
            if typed:
                made.type_again(typed)
        return self._pages[place]

    def go(self, place: str, argument: object = None) -> None:
        """Show a place; one that is not loaded yet comes behind an empty frame, loaded in a job."""
        wanted = _place(place)
        if self.place in self._pages and self.place != place:
            self._pages[self.place].leave()
            self.search.field.clear()
        came = (place, argument)
        self._trail = [*self._trail[-19:], came]
        self.rail.show_place(wanted.under or place)
        self.commands.remove(self._page_actions)
        self._page_actions = ()
        self.search.end()
        self._keys.hide()
        if wanted.loaded(argument):
            self._arrive(came)
            return
        self._stack.setCurrentWidget(self._pages.get(place, self._empty))
        self.jobs.start(
            lambda _job: wanted.load(argument), done=lambda _built: self._arrive(came), what=place
        )

    def _arrive(self, came: tuple[str, object]) -> None:
        if self._trail[-1] is not came:  # one has gone elsewhere meanwhile
            return
        place, argument = came
        built = place in self._pages
        page = self.page(place)
        themes.dress(page)
        if argument is not None and not built:  # to build it and to show so much is too much for one turn
            self.jobs.start(lambda _job: None, done=lambda _none: self._arrive(came), what=place)
            return
        self._stack.setCurrentWidget(page)
        own = tuple(page.actions_of_page())
        self.commands.add(own, page)
        self._page_actions = tuple(action.name for action in own)
        page.open(argument)
        page.refresh()

    def back(self) -> None:
        """Show what was shown before."""
        if len(self._trail) > 1:
            self._trail.pop()
            place, argument = self._trail.pop()
            self.go(place, argument)

    def toast(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """A word in passing."""
        self._toast.say(text, undo)

    def tell(self, error: BaseException) -> None:
        """An error of the catalogue stays in the notice; one that nobody foresaw is reported."""
        if isinstance(error, FieldappError) and error.code != "BUG_001":
            self.notice.tell(error)
        else:
            self._unforeseen(error)

    def look_at_clock(self) -> None:
        """Tell if it stands before what was written already."""
        behind = clock_behind(self.laptop.store.audit.latest(), self.laptop.clock())
        if behind is not None:
            self.tell(behind)

    def seal(self, error: FieldappError) -> None:
        """Lock, and let the door say why, once the present event is over."""
        QTimer.singleShot(0, lambda: self._sealed(error))

    def changed(self) -> None:
        """Read counts anew and the page in front."""
        store = self.laptop.store
        pending = store.outbox.pending()
        refused = any(one.code for one in pending)
        self.topbar.show_unsent(len(pending), sending=self._sending, refused=refused)
        self.rail.buttons["sync"].show_count(len(pending), grave=refused)
        self.rail.buttons["inspection"].show_count(len(store.drafts.list()))
        self.topbar.show_team("、".join(member.name for member in self.laptop.today.team))
        self.topbar.show_sample(self.laptop.buildings.has_sample())
        hazards, major = self.laptop.ledger.hazard_counts()
        self.rail.buttons["hazards"].show_count(hazards, grave=major > 0)
        if self.place in self._pages:
            self._pages[self.place].refresh()

    def clear_search(self) -> None:
        """Nothing is searched for any more."""
        self.search.clear()

    def full_page(self, on: bool) -> None:
        """Hide rail and top bar, or show them."""
        self.rail.setVisible(not on)
        self.topbar.setVisible(not on)

    def set_unsent(self, sending: int | None) -> None:
        """Per cent that a running sync has sent."""
        self._sending = sending
        pending = self.laptop.store.outbox.pending()
        self.topbar.show_unsent(len(pending), sending=sending, refused=any(one.code for one in pending))

    def appearance(self) -> None:
        """Put the preferences in force."""
        self._appearance()

    def rebuild(self) -> None:
        """Make the window anew, once the present event is over."""
        QTimer.singleShot(0, self._rebuild)

    def emergency(self) -> None:
        """Show the emergency card."""
        self._emergency()

    def tell_door(self) -> None:
        """Leave word for the door: counts and times, nothing of a person."""
        for name, text in self.facts_for_door().items():
            self.preferences.keep_text(name, text)

    def facts_for_door(self) -> dict[str, str]:
        """What may be shown while sealed: the district, how much waits, when it was last sent."""
        enrolment = self.laptop.syncing.enrolment
        waiting = self.laptop.store.outbox.unsent()
        kept = self.laptop.store.settings.get(LAST_SYNC)
        revoked = revoked_at(self.laptop.store)
        when = datetime.fromisoformat(kept).astimezone(self.laptop.clock().tzinfo) if kept else None
        return {
            "district": enrolment.district,
            "revoked": ""
            if revoked is None
            else _("Disabled by the district since {when}").format(
                when=f"{revoked.astimezone(self.laptop.clock().tzinfo):%Y-%m-%d %H:%M}"
            ),
            "device": _("Laptop {id}").format(id=str(enrolment.device_id)[:8]),
            "unsent": ngettext("{count} record not sent yet", "{count} records not sent yet", waiting).format(
                count=waiting
            )
            if waiting
            else "",
            "synced": _("Last sync {when}").format(when=f"{when:%Y-%m-%d %H:%M}") if when else "",
        }

    # -- ways -----------------------------------------------------------------------------------------

    def _open_found(self, key: str) -> None:
        kind, _colon, rest = key.partition(":")
        if kind == "action":
            self.commands.trigger(rest)
        elif kind == "record":
            self.go("papers", rest)
        else:
            self.go(kind, rest)

    def _escape(self) -> None:
        if self.search.isVisible():
            self.search.end()
        elif self.search.field.text():
            self.search.clear()
        elif self._keys.isVisible():
            self._keys.hide()
        elif self.notice.isVisible():
            self.notice.put_away()
        else:
            self.back()

    def keep_drafts(self) -> None:
        """Every page keeps what is half typed."""
        for page in self._pages.values():
            page.leave()

    def kept(self) -> bool:
        """Whether all that was typed is on the disk; if not, why is told."""
        answers = [
            self._half_typed_kept(),
            *(page.kept() for page in self._pages.values()),
        ]  # each is asked, also after one that says no
        return all(answers)

    def _half_typed_kept(self) -> bool:
        typed = {name: dict(page.half_typed()) for name, page in self._pages.items()}
        typed = {name: said for name, said in {**self._half_typed, **typed}.items() if said}
        if typed == self._half_typed:
            return True
        try:
            self.laptop.store.settings.set(self._half_typed_key, typed)
        except FieldappError as error:
            self.tell(error)
            return False
        self._half_typed = typed
        return True

    def leave_pages(self) -> None:
        """Nothing of this desk is used any more, the store stays open."""
        self.keep_drafts()
        self.jobs.stop()
        self.commands.clear()

    def close_store(self) -> None:
        """Keep what is half typed, end jobs, lock the store."""
        self.leave_pages()
        self.laptop.close()


def _place(name: str) -> Place:
    return {one.name: one for one in (*PLACES, *BEHIND)}[name]
