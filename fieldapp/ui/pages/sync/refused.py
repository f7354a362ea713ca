"""One record that was not sent: why, what to do next, and the button for it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel

from fieldapp.i18n import _
from fieldapp.store.outbox import TransferRecord
from fieldapp.ui.components import Button, across, down, label
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.pages.sync.rows import state_width
from fieldapp.ui.pages.sync.words import form_of, name_of, size

#: What may come of a file or a record that this laptop holds no longer as it was finalized.
_OF_DATA = frozenset({"SYNC_042", "SYNC_045", "SYNC_047"})


class RefusedPanel(QFrame):
    """Stands above the list while one was refused; the others stay in the list."""

    def __init__(
        self,
        on_retry: Callable[[], object],
        on_open: Callable[[UUID], object],
        on_check: Callable[[], object],
    ) -> None:
        super().__init__()
        self.setObjectName("refused")
        self.record: TransferRecord | None = None
        self._name, self._note = label("", "M", bold=True), label("", "S", "text2")
        self._size = label("", "S", "text2")
        self._cause, self._remedy = label("", "M", wrap=True), label("", "M", wrap=True)
        self._rest = label("", "S", "text2", wrap=True)
        self.retry = Button(_("Try again"), icon="again", on_click=on_retry)
        self.look = Button(_("Look at the record"), icon="papers", on_click=lambda: self._open(on_open))
        state = label(_("Not sent"), "M", "danger", bold=True)
        state.setFixedWidth(state_width())
        for column in (self._size, state):
            column.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        mark = IconLabel("refused", "danger", 20)
        first = across(mark, self._name, self._note, None, self._size, 12, state, gap=10)
        self.check = Button(_("Check your data"), icon="encrypted", on_click=on_check)
        buttons = across(self.retry, self.check, self.look, self._rest, gap=8)
        buttons.setStretch(3, 1)
        words = down(
            across(_named(_("Cause")), self._cause, gap=12),
            across(_named(_("Next step")), self._remedy, gap=12),
            4,
            buttons,
            gap=4,
            margin=(33, 0, 0, 0),
        )
        self.setLayout(down(first, words, gap=10, margin=(11, 14, 16, 14)))
        self.hide()

    def show_record(self, record: TransferRecord | None, others: int, *, running: bool) -> None:
        """Show this one, or nothing; ``others`` of the batch are not touched by it."""
        self.record = record
        self.setVisible(record is not None)
        if record is None:
            return
        self._name.setText(name_of(record))
        self._note.setText(form_of(record))
        self._size.setText(size(record.size))
        self._cause.setText(record.message)
        self._remedy.setText(record.remedy)
        self._rest.setText(_("The other {count} are not affected").format(count=others) if others else "")
        self.retry.refuse(_("A run is going on.") if running else "")
        self.retry.setVisible(record.retryable)
        self.check.setVisible(record.code in _OF_DATA or record.code.startswith("STORE"))
        self.setAccessibleName(f"{name_of(record)}：{record.message}{record.remedy}")
        self._fit()

    def say(self, sentence: str) -> None:
        """A word beside the buttons."""
        self._rest.setText(sentence)
        self._fit()

    @property
    def said(self) -> str:
        """That word."""
        return self._rest.text()

    def _fit(self) -> None:
        """As high as its sentences need: beside a list the layout would press it together."""
        layout = self.layout()
        if layout is not None:
            self.setFixedHeight(layout.totalHeightForWidth(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width breaks the sentences elsewhere."""
        super().resizeEvent(event)
        self._fit()

    def _open(self, on_open: Callable[[UUID], object]) -> None:
        if self.record is not None:
            on_open(self.record.instance_id)


def _named(word: str) -> QLabel:
    made = label(word, "M", bold=True)
    made.setFixedWidth(76)
    return made
