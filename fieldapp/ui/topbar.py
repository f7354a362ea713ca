"""The bar at the top: search, what is unsent, the line, today's team, lock."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from fieldapp.i18n import _
from fieldapp.ui.components.buttons import Button, cap_width, paint_cap
from fieldapp.ui.components.fields import LineEdit
from fieldapp.ui.components.layout import FixedBar, across, hairline, label
from fieldapp.ui.themes import colours_named

SEARCH_WIDTH = 420


class SearchField(LineEdit):
    """The one search field; its keys move in the list of what was found."""

    def __init__(self, on_key: Callable[[QKeyEvent], bool]) -> None:
        super().__init__(name=_("Search"), icon_name="search", hint=_("Search buildings, records, commands"))
        self._on_key = on_key
        self.setMinimumWidth(240)
        self.setMaximumWidth(SEARCH_WIDTH)
        self.keep_free(round(cap_width(_KEY)) + 4)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Enter and Esc belong to what was found."""
        if not self._on_key(event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The key that leads here."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        at = QPointF(self.width() - cap_width(_KEY) - 11, self.height() / 2)
        paint_cap(painter, at, _KEY, colours_named("text2"))


_KEY = "Ctrl K"


class TopBar(FixedBar):
    """Search at the left; what one must always know at the right."""

    def __init__(
        self,
        search: SearchField,
        *,
        on_unsent: Callable[[], object],
        on_team: Callable[[], object],
        on_lock: Callable[[], object],
    ) -> None:
        self.search = search
        self._sample = QLabel(_("Sample"))
        self._sample.setObjectName("sample")
        self._sample.setFixedHeight(22)
        self._sample.hide()
        self.unsent = Button("", "mark", icon="unsent", size="small", on_click=on_unsent)
        self._line = label("", "S", "text2")
        self._team = Button("", "plain", icon="team", size="small", on_click=on_team)
        lock = Button(_("Lock screen"), icon="lock", size="small", on_click=on_lock)
        lock.setToolTip("Ctrl+L")
        row = across(
            search, self._sample, None, self.unsent, self._line, 4, hairline(upright=True), self._team, lock,
            gap=8, margin=(20, 7, 20, 7),
        )  # fmt: skip
        row.setStretchFactor(search, 100)
        super().__init__("topbar", row, 52, 64)

    def show_unsent(self, count: int, *, sending: int | None, refused: bool) -> None:
        """How many records wait; while a run goes on, how many per cent are sent; whether one was refused."""
        self.unsent.setText(_("Unsent {count}").format(count=count) if count else _("Nothing unsent"))
        self.unsent.picture = "refused" if refused else "sending" if sending is not None else "unsent"
        self.unsent.picture_tone = "danger" if refused else "accent" if sending is not None else ""
        self.unsent.updateGeometry()
        self.unsent.update()
        self._line.setText(
            _("Sending {percent} %").format(percent=sending) if sending is not None else _("Offline")
        )

    def show_team(self, names: str) -> None:
        """Today's team."""
        self._team.setText(names)
        self._team.setToolTip(_("Today's team"))

    def show_sample(self, on: bool) -> None:
        """Whether the register holds sample buildings."""
        self._sample.setVisible(on)
