"""The place itself: starts a run, follows it, shows the batch between runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from fieldapp.errors import FieldappError
from fieldapp.i18n import _
from fieldapp.services.revocation import REFUSED
from fieldapp.services.syncing import ReceiptContent
from fieldapp.store.outbox import TransferRecord
from fieldapp.sync.outgoing import RunResult
from fieldapp.ui.actions import Action
from fieldapp.ui.components import (
    Card,
    EmptyState,
    Option,
    RowList,
    ScrollColumn,
    Segmented,
    across,
    down,
    label,
)
from fieldapp.ui.jobs import Job
from fieldapp.ui.page import Frame, Page
from fieldapp.ui.pages.checking import check_kept
from fieldapp.ui.pages.sync import batch as batches
from fieldapp.ui.pages.sync.batch import Batch, Facts, Rate, Reporter
from fieldapp.ui.pages.sync.head import Head
from fieldapp.ui.pages.sync.history import History
from fieldapp.ui.pages.sync.refused import RefusedPanel
from fieldapp.ui.pages.sync.rows import TransferDelegate, row_of
from fieldapp.ui.pages.sync.side import Side
from fieldapp.ui.troubles import wrong_clock

#: How often figures are written anew while a run goes on, milliseconds.
_TICK = 250
_SIDE, _BAR = 300, 12
_FILTERS = ("all", "refused", "waiting", "sent")


class SyncPage(Page):
    """``batch`` is what the list shows; ``job`` the run that goes on, None between runs."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.job: Job | None = None
        self.batch, self.facts = Batch(), Facts((), (), (), None, 0, ())
        self._pace, self._step, self._filter = Rate(), "", "all"
        self._wanted_panel: UUID | None = None
        self._reading = 0
        self._over = self._passed = False
        self._brought: RunResult | None = None
        self.head = Head(self.sync_now, self.pause)
        self.side = Side(self.show_history)
        self.panel = RefusedPanel(
            self.sync_now, lambda key: self.frame.go("papers", str(key)), self._check_kept
        )
        self.list = RowList(_("Records of this batch"))
        self.list.setItemDelegate(TransferDelegate(self.list))
        self.list.opened.connect(self._open)
        self.nothing = EmptyState(
            _("Finalized records stand here until the server has given its receipt."), icon_name="sync"
        )
        self.history = History(self.show_batch, self._read_receipts, self._read_receipt)
        self.below = QStackedWidget()
        self.below.addWidget(self._batch_view())
        self.below.addWidget(self.history)
        top = across(self.head, margin=(0, 0, _BAR, 0))
        column = down(top, self.below, gap=16, margin=(24, 18, 24 - _BAR, 18))
        column.setStretch(1, 1)
        content = QWidget()
        content.setLayout(column)
        content.setMaximumWidth(1720)
        self.setLayout(across(content))
        self._ticker = QTimer(self, interval=_TICK)
        self._ticker.timeout.connect(self._tick)

    def _batch_view(self) -> QWidget:
        self._count = label("", bold=True)
        words = _filter_words()
        self.filters = Segmented([Option(one, words[one]) for one in _FILTERS], _("Show"), digits=False)
        self.filters.select((self._filter,))
        self.filters.chosen.connect(self._choose)
        stack = QStackedWidget()
        stack.addWidget(self.list)
        stack.addWidget(self.nothing)
        self._stack = stack
        card = Card(self.panel, stack, gap=0, margin=1)
        card.body.setStretch(1, 1)
        left = down(across(self._count, None, self.filters), card, gap=6)
        left.setStretch(1, 1)
        right = ScrollColumn(self.side, margin=0)
        right.setFixedWidth(_SIDE + _BAR)
        # Beside the cards is room for the bar, so that they stay where they are when it comes.
        right.verticalScrollBar().rangeChanged.connect(
            lambda _least, most: right.body.setContentsMargins(0, 0, 0 if most else _BAR, 0)
        )
        right.body.setContentsMargins(0, 0, _BAR, 0)
        row = across(left, right, gap=20)
        row.setStretch(0, 1)
        made = QWidget()
        made.setLayout(row)
        return made

    # -- the frame's ----------------------------------------------------------------------------------

    def title(self) -> str:
        """同步."""
        return _("Sync")

    def actions_of_page(self) -> Sequence[Action]:
        """The one key of the page and the history."""
        busy = _("A run is going on.")
        return (
            Action(
                "sync.now", _("Sync now"), self.sync_now, ("Ctrl+Return", "Ctrl+Enter"),
                reason=lambda: busy if self.job is not None else "",
            ),
            Action(
                "sync.pause", _("Pause the sync"), self.pause,
                reason=lambda: "" if self.job is not None else _("No run is going on."),
            ),
            Action("sync.history", _("All runs and receipts"), self.show_history),
        )  # fmt: skip

    def open(self, argument: object = None) -> None:
        """The keyboard begins at the one button."""
        (self.head.pause if self.job is not None else self.head.sync).setFocus()

    def refresh(self) -> None:
        """Read the store anew, off the GUI thread."""
        self._reading += 1
        number, laptop = self._reading, self.frame.laptop
        self.frame.jobs.start(lambda _job: batches.read(laptop), done=lambda facts: self._take(number, facts))

    def _take(self, number: int, facts: Facts) -> None:
        if number != self._reading:
            return  # a newer reading is on its way
        self.facts = facts
        self.side.show_facts(facts, self.frame.laptop.clock(), self._brought)
        if self.job is not None and not self._over:
            return  # the run itself tells how the batch is
        self.batch = Batch.of(facts)
        if self.job is not None:
            self._settle()
        else:
            self._show()

    # -- a run ----------------------------------------------------------------------------------------

    def sync_now(self) -> None:
        """立即同步. While a run goes on it does nothing."""
        if self.job is not None:
            return
        syncing = self.frame.laptop.syncing

        def work(job: Job) -> RunResult:
            job.on_cancel(syncing.cancel)
            reporter = Reporter(job)
            return syncing.run(reporter, copies=reporter.copies)

        self.follow(work)

    def follow(self, work: Callable[[Job], RunResult]) -> None:
        """Start a run, which reports through a ``Reporter``, and show how it goes."""
        self.batch.begin()
        self._pace, self._step = Rate(), ""
        self._over = self._passed = False
        self.job = self.frame.jobs.start(
            work,
            done=self._done,
            failed=self._failed,
            stepped=self._stepped,
            stopped=self._end,
            what="sync",
        )
        self.show_batch()
        self._show()
        self.head.pause.setFocus()
        self.frame.set_unsent(0)
        self._ticker.start()

    def pause(self) -> None:
        """Break the run off; what has arrived stays arrived."""
        if self.job is not None and not self._over:
            self.job.cancel()
            self._show_head()

    def _stepped(self, step: tuple[object, ...], done: int, total: int) -> None:
        if step[0] == "step":
            self._step = str(step[1])
            self._show_head()
        elif step[0] == "bytes":
            self.batch.done, self.batch.total = done, total
            self._pace.note(done)
        elif step[0] == "copies" and isinstance(step[1], int):
            self.batch.copies = (done, total, step[1])
        elif step[0] == "part" and isinstance(step[1], UUID):
            self.batch.parts[step[1]] = (done, total)
        elif isinstance(step[1], UUID):
            self.batch.move(step[1], str(step[2]))
            self._show()

    def _tick(self) -> None:
        if self.frame.jobs.stopped:  # the store is locked, and nobody tells of the end of the run
            self._ticker.stop()
            return
        self._show_head()
        states, records, parts = self.batch.states, self.batch.records, self.batch.parts
        for number, row in enumerate(self.list.rows.rows):
            key = UUID(row.key)
            if states.get(key) == "sending":
                self.list.rows.change(number, row_of(records[key], "sending", parts.get(key)))
        if self.batch.total:
            self.frame.set_unsent(min(99, 100 * self.batch.done // self.batch.total))

    def _done(self, result: RunResult) -> None:
        self._brought = result
        if result.ended is not None and result.ended.code == REFUSED:
            self.frame.seal(result.ended)
        self._end()

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, FieldappError) and error.code == REFUSED:
            self.frame.seal(error)
        if not isinstance(error, FieldappError) or error.code.startswith(("BUG", "STORE", "LAPTOP")):
            self.frame.tell(error)  # what concerns the line stands in the head of this page
        self._end()

    def _end(self) -> None:
        """The run is over; it counts as going on until the store has been read."""
        self._over = True
        self._ticker.stop()
        self.frame.set_unsent(None)
        self.refresh()

    def _settle(self) -> None:
        self.job = None
        last = self.facts.runs[0] if self.facts.runs else None
        self._passed = last is not None and last.result in {"complete", "partial"}
        self._show()
        if self.isVisible():
            self.head.sync.setFocus()
        offset = last.clock_offset if last is not None else None
        trouble = self.facts.notice or (wrong_clock(timedelta(seconds=offset)) if offset else None)
        if trouble is not None:
            self.frame.tell(trouble)
        self.frame.changed()

    # -- showing --------------------------------------------------------------------------------------

    def _show_head(self) -> None:
        if self.job is not None:
            self.head.show_running(self.batch, self._pace, self._step, pausing=self.job.cancelled)
        else:
            last = self.facts.runs[0] if self.facts.runs else None
            self.head.show_idle(self.batch, last, self.frame.laptop.clock())
        done = self.job is None and self._passed
        self.side.steps.show_run(self._step, self.batch, running=self.job is not None, done=done)

    def _show(self) -> None:
        self._show_head()
        records, states = self.batch.records, self.batch.states
        self._count.setText(_("{count} in this batch").format(count=len(records)))
        words = _filter_words()
        for button, name in zip(self.filters.buttons, _FILTERS, strict=True):
            word = words[name]
            count = len(records) if name == "all" else self._of(name)
            button.setText(f"{word} {count}")
            button.updateGeometry()
        panel = self._panel_record()
        others = len(records) - 1
        self.panel.show_record(panel, others, running=self.job is not None)
        shown = [
            record
            for key, record in records.items()
            if self._passes(key) and (panel is None or key != panel.instance_id)
        ]
        self._stack.setCurrentIndex(0 if shown or panel is not None else 1)
        parts = self.batch.parts
        rows = [row_of(one, states[one.instance_id], parts.get(one.instance_id)) for one in shown]
        if [row.key for row in rows] == [row.key for row in self.list.rows.rows]:
            for number, row in enumerate(rows):
                self.list.rows.change(number, row)
        else:
            self.list.show_rows(rows)

    def _of(self, name: str) -> int:
        if name == "waiting":
            return self.batch.count("waiting") + self.batch.count("sending")
        return self.batch.count("refused" if name == "refused" else "sent")

    def _passes(self, key: UUID) -> bool:
        state = self.batch.states[key]
        return self._filter in {"all", state} or (self._filter == "waiting" and state == "sending")

    def _panel_record(self) -> TransferRecord | None:
        """The refused record that is explained: the one asked for, else the first."""
        refused = [key for key, state in self.batch.states.items() if state == "refused"]
        if not refused or self._filter not in {"all", "refused"}:
            return None
        chosen = self._wanted_panel if self._wanted_panel in refused else refused[0]
        record = self.batch.records[chosen]
        return record if record.message else None  # its cause is read when the run has ended

    def _check_kept(self) -> None:
        check_kept(self.frame, self.panel.say)

    def _choose(self, names: tuple[str, ...]) -> None:
        self._filter = names[0] if names else "all"
        self.filters.select((self._filter,))
        self._show()

    def _open(self, key: str) -> None:
        if self.batch.states.get(UUID(key)) == "refused":
            self._wanted_panel = UUID(key)
            self._show()
            self.panel.look.setFocus()

    def show_batch(self) -> None:
        """What is on its way."""
        self.below.setCurrentIndex(0)

    def show_history(self) -> None:
        """All runs."""
        self.history.show_runs(self.facts.runs, self.frame.laptop.clock())
        self.below.setCurrentIndex(1)
        self.history.runs.setFocus()

    def _read_receipts(self, run: int, then: Callable[[Sequence[TransferRecord]], object]) -> None:
        store = self.frame.laptop.store
        self.frame.jobs.start(lambda _job: store.outbox.received(run), done=then)

    def _read_receipt(self, key: UUID, then: Callable[[ReceiptContent | None], object]) -> None:
        syncing = self.frame.laptop.syncing
        self.frame.jobs.start(lambda _job: syncing.receipt(key), done=then)


def _filter_words() -> dict[str, str]:
    return {"all": _("All"), "refused": _("Not sent"), "waiting": _("Unsent"), "sent": _("Arrived")}
