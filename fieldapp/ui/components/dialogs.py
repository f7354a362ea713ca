"""The one dialog: to leave, void, delete for good, wipe. It says what is lost; the safe answer has focus."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from fieldapp.ui.components.buttons import Button, Kind
from fieldapp.ui.components.layout import across, down, label


class Dialog(QDialog):
    """Title, what is lost, verbs. ``answer`` is the name of the verb that was chosen, empty for none.

    ``verbs`` are ``(name, word, kind)``; the first is the safe one.
    """

    def __init__(
        self, parent: QWidget, title: str, sentence: str, verbs: list[tuple[str, str, Kind]]
    ) -> None:
        super().__init__(parent)
        self.answer = ""
        self.setWindowTitle(title)
        self.setModal(True)
        words = label(sentence, wrap=True)
        words.setMinimumWidth(420)
        self.buttons = [
            Button(word, kind, on_click=partial(self._choose, name)) for name, word, kind in verbs
        ]
        row = across(None, *reversed(self.buttons), gap=8)
        self.setLayout(down(label(title, "L"), words, row, gap=16, margin=24))
        self.setWindowFlag(Qt.WindowType.WindowContextHelpButtonHint, on=False)
        self.buttons[0].setDefault(True)
        self.buttons[0].setFocus()

    def _choose(self, name: str) -> None:
        self.answer = name
        self.accept()


def ask(
    parent: QWidget,
    title: str,
    sentence: str,
    *,
    safe: str,
    verb: str,
    then: Callable[[], object],
) -> Dialog:
    """Open the dialog without blocking; ``then`` runs if ``verb`` is chosen, ``safe`` does nothing."""
    dialog = Dialog(parent, title, sentence, [("safe", safe, "secondary"), ("verb", verb, "danger")])
    dialog.finished.connect(lambda _result: then() if dialog.answer == "verb" else None)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
