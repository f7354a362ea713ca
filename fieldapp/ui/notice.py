"""What went wrong, in calm words: what happened, what to do, and a way on. It stays until it is put away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from fieldapp.errors import EnvironmentProblem, FieldappError
from fieldapp.i18n import _, explain
from fieldapp.ui.components.buttons import Button
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.components.layout import across, down, label

#: Danger to work or people is red; what only hinders is not.
_GRAVE = ("STORE_02", "STORE_03", "STORE_04", "BUG_")


class Notice(QWidget):
    """At most one banner, the newest, under the top bar."""

    def __init__(self) -> None:
        super().__init__()
        self._column: QVBoxLayout = down(margin=(24, 12, 24, 0))
        self.setLayout(self._column)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.code = ""
        self.hide()

    def tell(
        self, error: FieldappError, action: str = "", on_action: Callable[[], object] | None = None
    ) -> None:
        """Show an error of the catalogue; ``action`` is the word of a way on."""
        title, message, remedy = explain(error)
        kind = "neutral" if isinstance(error, EnvironmentProblem) else "warn"
        if error.code.startswith(_GRAVE):
            kind = "danger"
        self._empty()
        texts = QWidget()
        texts.setLayout(
            down(
                label(title, bold=True, wrap=True),
                label(f"{_('Cause')}  {message}", "S", wrap=True),
                label(f"{_('Next step')}  {remedy}", "S", wrap=True),
                gap=2,
                margin=(0, 4, 0, 4),
            )
        )
        buttons = across(gap=8)
        if action:
            buttons.addWidget(Button(action, on_click=on_action))
        buttons.addWidget(Button(_("Put away"), "quiet", key="Esc", on_click=self.put_away))
        banner = QFrame()
        banner.setProperty("banner", kind)
        banner.setAccessibleName(f"{title}：{message}{remedy}")
        picture = {"danger": "major", "warn": "general", "neutral": "info"}[kind]
        row = across(IconLabel(picture, kind), texts, buttons, gap=12, margin=(16, 6, 8, 6))
        row.setStretch(1, 1)
        banner.setLayout(row)
        self._column.addWidget(banner)
        self.code = error.code
        self.show()

    def put_away(self) -> None:
        """It was read."""
        self._empty()
        self.code = ""
        self.hide()

    def _empty(self) -> None:
        while self._column.count():
            widget = self._column.takeAt(0).widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
