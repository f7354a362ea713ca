"""A place whose page is not there yet says so."""

from __future__ import annotations

from collections.abc import Callable

from fieldapp.i18n import _
from fieldapp.ui.components import EmptyState, down
from fieldapp.ui.page import Frame, Page


class UnbuiltPage(Page):
    """One honest sentence and a way to what can be done."""

    def __init__(self, frame: Frame, place: str) -> None:
        super().__init__(frame)
        self.place = place
        sentence = _("This place comes with the next version. Everything recorded stays where it is.")
        self.setLayout(down(EmptyState(sentence, icon_name=place)))

    def title(self) -> str:
        """Nothing to head."""
        return ""


def unbuilt(place: str) -> Callable[[Frame], Page]:
    """What builds the empty page of ``place``."""
    return lambda frame: UnbuiltPage(frame, place)
