"""The card at the top: how far the run is, what it says in words, the one button."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from fieldapp.errors import CATALOGUE
from fieldapp.i18n import _
from fieldapp.store.sync_runs import SyncRun
from fieldapp.ui.components import Button, Card, Progress, across, down, label
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.pages.sync.batch import Batch, Rate, State
from fieldapp.ui.pages.sync.rows import ICONS, STATES, TONES, state_word
from fieldapp.ui.pages.sync.words import lasting, rate, size, when

#: A card of so many logical pixels has room for the note beside the figures.
_ROOMY = 1000


class Tally(QWidget):
    """A state with its count: icon, word, figure. Its room stays the same."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._icon = IconLabel(ICONS[state], TONES[state], 18)
        self._words = label("", "M")
        self.setLayout(across(self._icon, self._words, gap=6))

    def show_count(self, count: int) -> None:
        """So many; a refused one is bold and red, none is not."""
        words = f"{state_word(self._state)} {count}"
        grave = self._state == "refused" and count > 0
        self._words.setText(words)
        self._words.setProperty("bold", "true" if grave else "false")
        self._words.setProperty("tone", "danger" if grave else "text2" if count == 0 else "")
        self._words.style().polish(self._words)
        self._icon.show_icon(ICONS[self._state], TONES[self._state] if count else "text3")
        self.setAccessibleName(words)


class Head(Card):
    """``show_idle`` between runs, ``show_running`` while one goes on."""

    def __init__(self, on_sync: Callable[[], object], on_pause: Callable[[], object]) -> None:
        super().__init__(gap=12, margin=20)
        self._title, self._beside = label("", "L"), label("", "M", "text2")
        self.sync = Button(
            _("Sync now"), "primary", icon="sync", key="Ctrl Enter", size="main", on_click=on_sync
        )
        self.pause = Button(_("Pause"), icon="pause", size="main", on_click=on_pause)
        self._buttons = QStackedWidget()
        for button in (self.sync, self.pause):
            holder = QWidget()
            holder.setLayout(across(None, button, gap=0))
            self._buttons.addWidget(holder)
        self._buttons.setFixedHeight(self.sync.sizeHint().height())
        self._buttons.setFixedWidth(max(self.sync.sizeHint().width(), self.pause.sizeHint().width()))
        self.bar = Progress(_("Sent so far"), height=14)
        self._bytes, self._rate = label("", "M", bold=True), label("", "M", "text2")
        self._note = label("", "M", "text2")
        self._tallies = [Tally(state) for state in STATES]
        self._cause, self._remedy = label("", "M", wrap=True), label("", "M", wrap=True)
        self._why = QWidget()
        self._why.setLayout(
            down(
                across(_named(_("Cause")), self._cause, gap=12),
                across(_named(_("Next step")), self._remedy, gap=12),
                gap=4,
            )
        )
        self._why.hide()
        figures = across(self._bytes, self._rate, self._note, None, *self._tallies, gap=16)
        for part in (
            across(self._title, self._beside, None, self._buttons, gap=12), self.bar, figures, self._why
        ):  # fmt: skip
            if isinstance(part, QWidget):
                self.body.addWidget(part)
            else:
                self.body.addLayout(part)

    def show_running(self, batch: Batch, pace: Rate, step: str, *, pausing: bool) -> None:
        """While a run goes on."""
        self._buttons.setCurrentIndex(1)
        self.pause.refuse(_("Pausing…") if pausing else "")
        settled, count = batch.count("sent") + batch.count("refused"), len(batch.records)
        left, speed = batch.total - batch.done, pace.per_second()
        beside = ""
        if pausing:
            title = _("Pausing…")
        elif step in {"", "hello", "standing"}:
            title = _("Connecting…")
        elif not count:
            title = _("Comparing with the server…")
        else:
            title = _("Sending {number} of {count}").format(number=min(settled + 1, count), count=count)
            beside = _("about {span}").format(span=lasting(left / speed)) if speed > 0 and left else ""
        self._show(title, beside, batch)
        self._rate.setText(rate(speed) if speed > 0 else "")
        self._note.setText(
            _("The line is cut, trying again…") if pace.stalled else _("After a cut it goes on from there")
        )
        self._why.hide()

    def show_idle(self, batch: Batch, last: SyncRun | None, now: datetime) -> None:
        """Between runs: what waits, and how the last run ended if it did not reach the end."""
        self._buttons.setCurrentIndex(0)
        waiting = batch.count("waiting") + batch.count("refused")
        beside = _("Last run {when}").format(when=when(last.begun_at, now)) if last is not None else ""
        title = _("{count} waiting to be sent").format(count=waiting) if waiting else _("Everything is sent")
        failed = last is not None and bool(last.code) and bool(waiting or last.result == "failed")
        if failed and last is not None:
            title = _(CATALOGUE[last.code].title) if last.code in CATALOGUE else title
        elif last is not None and last.result == "cancelled" and waiting:
            title = _("Paused, {count} still to be sent").format(count=waiting)
        self._show(title, beside, batch)
        self._rate.setText("")
        self._note.setText("" if waiting else _("Everything recorded has a receipt of the server"))
        if failed and last is not None:
            self._cause.setText(last.message)
            self._remedy.setText(last.remedy)
        self._why.setVisible(failed)

    def _show(self, title: str, beside: str, batch: Batch) -> None:
        self._title.setText(title)
        self._beside.setText(beside)
        figures = f"{size(batch.done)} / {size(batch.total)}" if batch.total else ""
        self._bytes.setText(figures)
        share = batch.done / batch.total if batch.total else (0.0 if batch.records else 1.0)
        self.bar.show_share(share, f"{title} {figures}")
        for state, tally in zip(STATES, self._tallies, strict=True):
            tally.show_count(batch.count(state))
        self.setAccessibleName(title)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow card leaves the note out, never a figure."""
        super().resizeEvent(event)
        self._note.setVisible(self.width() > _ROOMY)

    @property
    def title_text(self) -> str:
        """What the title says now."""
        return self._title.text()

    @property
    def note_text(self) -> str:
        """What stands beside the rate."""
        return self._note.text()

    @property
    def why_text(self) -> tuple[str, str]:
        """Cause and next step of the last run, empty if it came to its end."""
        return (self._cause.text(), self._remedy.text()) if self._why.isVisibleTo(self) else ("", "")


def _named(word: str) -> QLabel:
    made = label(word, "M", bold=True)
    made.setFixedWidth(76)
    return made
