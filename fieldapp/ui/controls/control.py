"""What a control of a question is, and what is around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.forms import NodeView
from fieldapp.ui.controls.thumbnails import Thumbnails


@dataclass(frozen=True)
class Surroundings:
    """What controls may ask of the form around them.

    ``phrases(list)`` are the phrases of a list in the form's language; ``wants_photo(path)`` is called when
    the inspector wants to answer the question at ``path`` with a photograph, ``dropped(path, files)`` when
    files were dropped on it.
    """

    phrases: Callable[[str], Sequence[str]]
    now: Callable[[], datetime]
    thumbnails: Thumbnails
    wants_photo: Callable[[str], object]
    dropped: Callable[[str, Sequence[Path]], object]


class Control(QWidget):
    """The control of one question.

    ``answered(value, typing)`` tells an answer as the form stores it; ``typing`` is True while it may still
    go on. ``note(sentence)`` tells what the control cannot read, empty once it can.
    """

    answered = Signal(str, bool)
    note = Signal(str)

    def __init__(self, node: NodeView, around: Surroundings, *, compact: bool) -> None:
        super().__init__()
        self.path = node.path
        self.around = around
        self.compact = compact

    def show_answer(self, node: NodeView) -> None:
        """Show what ``node`` says now; not while the inspector is typing the same."""
        raise NotImplementedError

    def press(self, digit: int) -> bool:
        """A digit key while no text has the focus; False if it means nothing here."""
        del digit
        return False

    def commit(self) -> None:
        """Tell what is typed and not told yet."""

    def columns(self, most: int) -> int:
        """How many of a card's columns it needs."""
        del most
        return 1

    def words(self) -> bool:
        """Whether plain keys (``=``, digits) are text here."""
        return False
