"""The bar over a form that goes on with a partial visit: of which day, what was unseen, what waits."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QSizePolicy

from fieldapp.i18n import _, ngettext
from fieldapp.ui.components import Button, across, label
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.components.fields import marked
from fieldapp.ui.pages.inspection.answering import Answering


class CarriedBar(QFrame):
    """``sentence`` is what it says; ``confirm`` the one key for what is no finding in the section."""

    def __init__(self, answering: Answering, confirm: Callable[[], object]) -> None:
        super().__init__()
        self._answering = answering
        self.setProperty("banner", "warn")
        self._icon, self._words = IconLabel("again", "warn"), label("", wrap=True)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.confirm = Button(_("Section still holds"), key="Ctrl =", on_click=confirm)
        self.confirm.setToolTip(_("What is no finding in this section; findings are looked at one by one."))
        self.setMinimumHeight(48)
        self.setLayout(across(self._icon, self._words, self.confirm, gap=12, margin=(24, 6, 24, 6)))
        self.refresh()

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._words.text()

    def refresh(self) -> None:
        """Say what still waits."""
        answering = self._answering
        root, waiting = answering.session.definition.root.path, len(answering.waiting)
        unseen = answering.session.value(f"{root}/unseen_before")
        day = answering.carried_day
        told = [_("Goes on with the partial visit of {day}.").format(day=day)]
        told += [_("Not seen then: {parts}.").format(parts=unseen)] if unseen else []
        told.append(
            ngettext(
                "{count} answer of then is to be looked at again.",
                "{count} answers of then are to be looked at again.",
                waiting,
            ).format(count=waiting)
            if waiting
            else _("All answers of then have been looked at again.")
        )
        self._words.setText("".join(told))
        self.setAccessibleName(self.sentence)
        self._icon.show_icon("again" if waiting else "done", "warn" if waiting else "ok")
        marked(self, "banner", "warn" if waiting else "ok")
        self.confirm.setVisible(bool(waiting))
