"""What a page is, and what the frame around it gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fieldapp.errors import FieldappError
from fieldapp.services.access import Access
from fieldapp.services.laptop import Laptop
from fieldapp.ui.actions import Action, Actions
from fieldapp.ui.jobs import Jobs
from fieldapp.ui.preferences import Preferences


class Frame(Protocol):
    """What pages see of the window."""

    laptop: Laptop
    access: Access
    jobs: Jobs
    commands: Actions
    preferences: Preferences

    def go(self, place: str, argument: object = None) -> None:
        """Show a place (a name of ``pages.PLACES`` or ``BEHIND``), with what it shall show."""

    def back(self) -> None:
        """Show what was shown before."""

    def toast(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """A word in passing; never for errors."""

    def tell(self, error: BaseException) -> None:
        """An error in calm words: what happened, what to do. One that nobody foresaw is reported as such."""

    def seal(self, error: FieldappError) -> None:
        """The store must not stay open: it is locked once the present event is over, the door says why, and
        no PIN opens it any more.
        """

    def changed(self) -> None:
        """The store has changed: counts and the page in front are read anew."""

    def clear_search(self) -> None:
        """Nothing is searched for any more: the field is emptied, the page in front told."""

    def full_page(self, on: bool) -> None:
        """Hide rail and top bar (field mode), or show them."""

    def appearance(self) -> None:
        """Theme, density or lock time have changed in the preferences: put them in force."""

    def rebuild(self) -> None:
        """The language has changed: the window is made anew, once the present event is over."""

    def emergency(self) -> None:
        """Show the emergency card."""

    def set_unsent(self, sending: int | None) -> None:
        """Per cent that a running sync has sent, None when none runs."""


class Page(QWidget):
    """A place of the window. Subclasses set ``place`` and override what they need."""

    #: The name in ``pages.PLACES``.
    place = ""

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self.frame = frame

    def title(self) -> str:
        """The heading, in the user's language; also the accessible name of the page."""
        return ""

    def actions_of_page(self) -> Sequence[Action]:
        """Its keys and commands; they work while it is in front."""
        return ()

    def open(self, argument: object = None) -> None:
        """It comes to the front. ``argument`` says what to show, None for what it showed last."""

    def refresh(self) -> None:
        """The store has changed while it is in front, or it comes to the front."""

    def leave(self) -> None:
        """It goes from the front, or the store is about to be locked: keep what is half typed."""

    def kept(self) -> bool:
        """Whether nothing of it would be lost if it went now; if something would, why is told."""
        return True

    def half_typed(self) -> Mapping[str, str]:
        """What stands in fields that nobody has sent off yet, by any names: it comes back by ``type_again``
        after the store was locked. Never a passphrase.
        """
        return {}

    def type_again(self, typed: Mapping[str, str]) -> None:
        """What ``half_typed`` gave when the store was locked."""

    def look(self, typed: str) -> bool:
        """What is typed into the search field while it is in front; True if the page shows itself what fits,
        so that no list of what was found opens."""
        return False

    def look_key(self, event: QKeyEvent) -> bool:
        """A key in the search field while the page shows what fits; True if it was for the page."""
        return False
