"""The one registry of what can be done: name, word, keys, place in the menu of commands, and why not now.

Search (Ctrl+K) lists them as commands, F1 shows the keys of a page, a test looks that each has what it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

#: Where a command stands in the list of keys.
Menu = Literal["go", "page", "visit", "photos", "window"]


def _always() -> str:
    return ""


@dataclass(frozen=True)
class Action:
    """Something that can be done.

    ``keys`` are written as Qt does (``"F2"``, ``"Ctrl+T"``); every F key has a Ctrl twin, because laptops
    lock Fn. ``reason()`` is empty if it can be done now, else why not, in words. ``text`` is translated
    already: actions are made anew when the language changes.
    """

    name: str
    text: str
    run: Callable[[], object]
    keys: tuple[str, ...] = ()
    menu: Menu = "page"
    reason: Callable[[], str] = _always


class Actions:
    """The actions of a window; each with keys is a shortcut of ``owner``."""

    def __init__(self, owner: QWidget, refused: Callable[[str], object]) -> None:
        self._owner = owner
        self._refused = refused
        self._known: dict[str, tuple[Action, QAction]] = {}

    def add(self, actions: Iterable[Action], scope: QWidget | None = None) -> None:
        """Register; their keys work within ``scope`` (a page), by default in the whole window.

        ValueError for a name that is taken.
        """
        for action in actions:
            if action.name in self._known:
                raise ValueError(action.name)
            made = QAction(action.text, scope or self._owner)
            made.setShortcuts([QKeySequence(key) for key in action.keys])
            made.setShortcutContext(
                Qt.ShortcutContext.WindowShortcut
                if scope is None
                else Qt.ShortcutContext.WidgetWithChildrenShortcut
            )
            made.triggered.connect(lambda _on=False, name=action.name: self.trigger(name))
            (scope or self._owner).addAction(made)
            self._known[action.name] = (action, made)

    def remove(self, names: Iterable[str]) -> None:
        """Take actions out again."""
        for name in names:
            _action, made = self._known.pop(name)
            for owner in made.associatedObjects():
                if isinstance(owner, QWidget):
                    owner.removeAction(made)
            made.deleteLater()

    def clear(self) -> None:
        """Take all out: the language changes, or the store is locked."""
        self.remove(tuple(self._known))

    def all(self) -> tuple[Action, ...]:
        """Every action, in the order they came."""
        return tuple(action for action, _made in self._known.values())

    def get(self, name: str) -> Action:
        """One action. KeyError for an unknown name."""
        return self._known[name][0]

    def trigger(self, name: str) -> None:
        """Do it, or say why it cannot be done now."""
        action = self.get(name)
        why = action.reason()
        if why:
            self._refused(why)
        else:
            action.run()


def shown_key(action: Action) -> str:
    """The first key as a cap shows it (``Ctrl K``), empty for none."""
    return action.keys[0].replace("+", " ").replace("Return", "Enter") if action.keys else ""
