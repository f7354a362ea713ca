"""The keys of field mode (``ui.md`` 5): all of it can be done without a mouse."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from fieldapp.i18n import _
from fieldapp.ui.actions import Action


class Walker(Protocol):
    """What the keys do."""

    def digit(self, number: int) -> None: ...
    def enter(self) -> None: ...
    def next_step(self) -> None: ...
    def step_house(self, by: int) -> None: ...
    def outcome(self, result: str) -> None: ...
    def choose_photo(self, path: str = "") -> None: ...
    def paste(self) -> None: ...
    def undo(self) -> None: ...
    def sunlight(self) -> None: ...
    def open_other(self) -> None: ...


def field_actions(mode: Walker) -> tuple[Action, ...]:
    """Registered while field mode is in front; digits reach it only while no text field has the focus."""
    words = _("Item {number}: found, or not")
    items = [
        Action(f"field.item{n}", words.format(number=n), partial(mode.digit, n), (str(n),), "visit")
        for n in range(1, 8)
    ]
    return (
        Action("field.clear", _("Nothing found on all seven items"), partial(mode.digit, 0), ("0",), "visit"),
        *items,
        Action("field.plaque", _("Safety plaque updated"), partial(mode.digit, 8), ("8",), "visit"),
        Action("field.no_plaque", _("No safety plaque"), partial(mode.digit, 9), ("9",), "visit"),
        Action("field.enter", _("Next question"), mode.enter, ("Return", "Enter"), "visit"),
        Action(
            "field.next", _("Finalize, next house"), mode.next_step, ("Ctrl+Return", "Ctrl+Enter"), "visit"
        ),
        Action("field.previous", _("Previous house"), partial(mode.step_house, -1), ("Alt+Up",), "go"),
        Action("field.following", _("Next house"), partial(mode.step_house, 1), ("Alt+Down",), "go"),
        Action("field.locked", _("Locked"), partial(mode.outcome, "locked"), ("F6", "Ctrl+D"), "visit"),
        Action("field.refused", _("Refused"), partial(mode.outcome, "refused"), ("F7", "Ctrl+R"), "visit"),
        Action("field.other", _("Other result"), mode.open_other, ("Ctrl+O",), "visit"),
        Action("field.photo", _("Add photograph"), mode.choose_photo, ("F2", "Ctrl+T"), "photos"),
        Action("field.paste", _("Paste photograph"), mode.paste, ("Ctrl+V",), "photos"),
        Action("field.undo", _("Undo"), mode.undo, ("Ctrl+Z",), "visit"),
        Action("field.sunlight", _("Sunlight"), mode.sunlight, ("Ctrl+B",), "window"),
    )
