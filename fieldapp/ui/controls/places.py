"""A position: taken from a photograph, or typed as degrees north and east."""

from __future__ import annotations

import re

from PySide6.QtWidgets import QSizePolicy

from fieldapp.forms import NodeView
from fieldapp.i18n import _
from fieldapp.ui.components import LineEdit, across, label
from fieldapp.ui.controls.control import Surroundings
from fieldapp.ui.controls.texts import TypedControl

_FIGURES = re.compile(r"-?\d+(?:\.\d+)?")


class PlaceControl(TypedControl):
    """``24.907600, 118.586200``; laptops have no satellites, photographs often do."""

    def __init__(self, node: NodeView, around: Surroundings, *, compact: bool) -> None:
        super().__init__(node, around, compact=compact)
        self._edit = LineEdit(name=node.label, icon_name="map")
        self._edit.setFixedWidth(240)
        self._edit.left.connect(lambda _text: self.commit())
        words = _("Degrees north, east; filled from the first photograph that knows them")
        says = label(words, "S", "text3", wrap=True)
        says.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setLayout(across(self._edit, says, gap=12))
        self.setFocusProxy(self._edit)

    def text(self) -> str:
        """As the form stores it: north, east, height, accuracy."""
        typed = self._edit.text().strip()
        return place_of(typed) or typed

    def commit(self) -> None:
        """Read it, or say that it cannot be read."""
        text = self.text()
        readable = not text or bool(place_of(text))
        sentence = _("Write degrees north and east: 24.9076, 118.5862.")
        if self._judge(readable=readable, sentence=sentence):
            super().commit()

    def show_answer(self, node: NodeView) -> None:
        """North and east."""
        if self._stays(node):
            return
        if not self._edit.hasFocus() or not self._edit.text():
            self._edit.setText(", ".join(node.value.split()[:2]))
        self._told = node.value


def place_of(typed: str) -> str:
    """``north east 0 0`` of two numbers within the globe, empty for anything else."""
    figures = _FIGURES.findall(typed)
    if len(figures) < 2 or abs(float(figures[0])) > 90 or abs(float(figures[1])) > 180:
        return ""
    return f"{figures[0]} {figures[1]} 0 0"
