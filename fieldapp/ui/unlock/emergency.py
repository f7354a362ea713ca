"""The emergency card: whom to call, how to get people out. It needs no unlocking and no network."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from fieldapp.i18n import _
from fieldapp.ui.components import Button, Card, ScrollColumn, across, down, hairline, label
from fieldapp.ui.components.feedback import IconLabel

WIDTH = 520


class EmergencyCard(QFrame):
    """A drawer over the right of the window; Esc puts it away. ``gone()`` is called then."""

    def __init__(self, window: QWidget, gone: Callable[[], object]) -> None:
        super().__init__(window)
        self.setObjectName("menu")
        self._gone = gone
        numbers = (
            ("119", _("Fire and rescue")),
            ("120", _("Ambulance")),
            ("110", _("Police")),
            ("12345", _("Government hotline: street and district duty office")),
        )
        steps = (
            _("Call everybody out of the house, also the floors above and the neighbours."),
            _("Nobody goes back in, not for belongings either."),
            _("Keep people at a distance of at least the height of the house; block the entrance."),
            _("Switch off electricity and gas only if it can be done from outside."),
            _("Call the duty office, say the address, what moves or cracks, how many people live there."),
            _("Stay until somebody takes over. Then fill in the form; photographs from a distance."),
        )
        rows = QGridLayout()
        rows.setHorizontalSpacing(16)
        rows.setVerticalSpacing(10)
        rows.setColumnStretch(1, 1)
        for row, (number, word) in enumerate(numbers):
            rows.addWidget(label(number, "L", "danger"), row, 0)
            rows.addWidget(label(word, wrap=True), row, 1)
        calls = Card(rows)
        ordered = Card(
            *(
                across(label(f"{number}.", bold=True), _wide(step), gap=8)
                for number, step in enumerate(steps, start=1)
            ),
            gap=10,
        )
        self._close = Button(_("Close"), key="Esc", on_click=self.put_away)
        head = across(
            IconLabel("emergency", "danger", 28), label(_("Emergency card"), "L"), None, self._close,
            gap=12, margin=(24, 16, 20, 16),
        )  # fmt: skip
        body = ScrollColumn(
            label(_("First call, then fill in the form"), bold=True),
            calls,
            label(_("Get people out"), bold=True),
            ordered,
            None,
        )
        self.setLayout(down(head, hairline(), body, gap=0))
        window.installEventFilter(self)

    def open(self) -> None:
        """Show it."""
        self._place()
        self.show()
        self.raise_()
        self._close.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _place(self) -> None:
        window = self.parentWidget()
        assert window is not None
        wide = min(WIDTH, window.width())
        self.setGeometry(window.width() - wide, 0, wide, window.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """As high as the window."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
            return
        super().keyPressEvent(event)

    def put_away(self) -> None:
        """It goes."""
        self.hide()
        self.deleteLater()
        self._gone()


def _wide(text: str) -> QWidget:
    made = label(text, wrap=True)
    made.setMinimumWidth(400)
    return made
