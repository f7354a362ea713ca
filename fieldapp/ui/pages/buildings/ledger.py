"""The list of houses: filters, count, table, preview. What is typed into the search field narrows it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from fieldapp.domain.register import schema
from fieldapp.i18n import _
from fieldapp.services.buildings import LIST
from fieldapp.services.ledger import Filters, Ledger, Newest
from fieldapp.store.model import ShownRow
from fieldapp.ui.components import Button, EmptyState, across, down, hairline, label
from fieldapp.ui.jobs import Job
from fieldapp.ui.keys import KeyCap
from fieldapp.ui.page import Frame
from fieldapp.ui.pages.buildings.chips import FilterChips
from fieldapp.ui.pages.buildings.columns import ColumnsPanel
from fieldapp.ui.pages.buildings.export import ExportPanel
from fieldapp.ui.pages.buildings.model import HousesModel
from fieldapp.ui.pages.buildings.preview import Preview
from fieldapp.ui.pages.buildings.table import HousesTable
from fieldapp.ui.pages.buildings.words import Words

#: Below this width of the page the preview has no room; from the second on it is wide.
_NARROW, _WIDE = 1060, 1700
_PREVIEW, _PREVIEW_WIDE = 328, 480


@dataclass(frozen=True, slots=True)
class _Found:
    """What a job has read: rows in order, those that were typed for (None: all), newest work."""

    all: array[int]
    matching: frozenset[int] | None
    newest: Mapping[str, Newest] | None = None

    def shown(self, ledger: Ledger) -> Sequence[int]:
        """The rows to show."""
        return self.all if self.matching is None else ledger.among(self.all, self.matching)


class _Keeping:
    """Keeps what was chosen last: one write at a time, so that none comes after a newer one."""

    def __init__(self, frame: Frame, what: str) -> None:
        self._frame, self._what = frame, what
        self._next: Callable[[], object] | None = None
        self._busy = False

    def keep(self, write: Callable[[], object]) -> None:
        """``write`` in a job, once the one before is over; of several that wait the last."""
        self._next = write
        if not self._busy:
            self._start()

    def _start(self) -> None:
        write, self._next = self._next, None
        self._busy = write is not None
        if write is not None:
            self._frame.jobs.start(
                lambda _job: write(), done=lambda _none: self._start(), failed=self._failed, what=self._what
            )

    def _failed(self, error: BaseException) -> None:
        self._start()
        self._frame.tell(error)


class LedgerView(QWidget):
    """``opened(id)`` speaks when a file shall be opened, ``started(id)`` when an inspection shall begin,
    ``wants_houses`` when there are none and a register shall be taken in.
    """

    opened = Signal(str)
    started = Signal(str)
    wants_houses = Signal()

    def __init__(self, frame: Frame, words: Words) -> None:
        super().__init__()
        self._frame, self._words = frame, words
        self._ledger = frame.laptop.ledger
        self._typed, self._all = "", array("q")
        self._job: Job | None = None
        self._filters_kept, self._columns_kept = _Keeping(frame, "filters"), _Keeping(frame, "columns")
        #: Whether the running job reads the whole list.
        self._reading = False
        #: What Enter shall do once what was typed has been found, None for nothing.
        self._at_once: Callable[[], object] | None = None
        self.chips = FilterChips(self._ledger, words.language)
        self.chips.show_filters(self._ledger.filters())
        self.chips.changed.connect(self._filtered)
        self.count = label("", "S", "text2")
        self.clear = Button(_("Clear all"), "quiet", size="small", on_click=self.clear_all)
        policy = self.clear.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # nothing below moves when it comes
        self.clear.setSizePolicy(policy)
        self.columns = Button(_("Columns"), "quiet", size="small", icon="list", on_click=self._choose_columns)
        self.panel: ColumnsPanel | None = None
        self.export = Button(_("Export"), "quiet", size="small", icon="papers", on_click=self._ask_export)
        self.exporting: ExportPanel | None = None
        self.model = HousesModel(self._ledger, words)
        self.table = HousesTable(self.model)
        self.table.picked.connect(self._picked)
        self.table.opened.connect(lambda _place: self.open())
        self.preview = Preview(frame, words, self.start, self.open)
        self._side = QWidget()
        self._side.setLayout(across(hairline(upright=True), self.preview, gap=0))
        row = across(self._left(), self._side, gap=0)
        row.setStretch(0, 1)
        self.setLayout(row)
        self._picked(-1)

    def _left(self) -> QWidget:
        card = QFrame()
        card.setProperty("card", "plain")
        card.setLayout(down(self.table, gap=0, margin=1))
        nothing = EmptyState(_("No house meets all of this."), _("Clear all"), self.clear_all)
        empty = EmptyState(
            _("No houses yet. Take in the register file that the district office gave you."),
            _("Take in a register file"),
            self.wants_houses.emit,
        )
        self._stack = QStackedWidget()
        for part in (card, nothing, empty):
            self._stack.addWidget(part)
        hints = across(gap=4)
        for keys, word in (
            (("↑", "↓"), _("choose")),
            (("Enter",), _("open file")),
            (("Ctrl Enter",), _("start inspection")),
        ):
            for key in keys:
                hints.addWidget(KeyCap(key))
            hints.addWidget(label(word, "S", "text2"))
            hints.addSpacing(12)
        hints.addStretch(1)
        self._steps = (
            Button(_("Open file"), on_click=self.open),
            Button(_("Start inspection"), "primary", icon="note", on_click=self.start),
        )
        for button in self._steps:
            hints.addWidget(button)
            hints.addSpacing(4)
        line = across(8, self.count, None, self.clear, self.columns, self.export)
        line.setSpacing(8)
        column: QVBoxLayout = down(self.chips, line, self._stack, hints, gap=8, margin=(24, 18, 20, 12))
        column.setStretchFactor(self._stack, 1)
        left = QWidget()
        left.setLayout(column)
        return left

    # -- what is shown --------------------------------------------------------------------------------

    @property
    def row(self) -> ShownRow | None:
        """The house that is chosen, None once the store is locked."""
        return None if self._frame.jobs.stopped else self.model.row_at(self.table.place)

    @property
    def typed(self) -> str:
        """What the list is narrowed to."""
        return self._typed

    def refresh(self) -> None:
        """Read the list anew; what was chosen stays chosen."""
        filters, typed, ledger = self.chips.filters, self._typed, self._ledger

        def read(job: Job) -> _Found:
            newest = ledger.newest()
            sent = False

            def grown(found: array[int]) -> None:
                nonlocal sent
                job.check()
                if not sent and not typed:
                    sent = True
                    job.report(_Found(array("q", found), None, newest), len(found), 0)

            return _Found(ledger.numbers(filters, grown), ledger.matching(typed), newest)

        self._run(read, stepped=lambda found, _done, _total: self._begin(found))
        self._reading = True

    def look(self, typed: str) -> None:
        """Narrow the list to what was typed, empty for all of it. The order is at hand already.

        One letter or digit narrows nothing: nearly every house has it somewhere.
        """
        wanted = typed.strip()
        if len(wanted) == 1 and wanted.isascii():
            wanted = ""
        if wanted == self._typed:
            return
        self._typed, self._at_once = wanted, None
        if self._reading:
            self.refresh()
            return
        everything, ledger = self._all, self._ledger
        self._run(lambda _job: _Found(everything, ledger.matching(wanted)))

    def _run(
        self, read: Callable[[Job], _Found], stepped: Callable[[_Found, int, int], object] | None = None
    ) -> None:
        if self._job is not None:
            self._job.cancel()
        ledger = self._ledger
        self._job = self._frame.jobs.start(
            lambda job: _sorted_out(ledger, read(job)), done=self._read, stepped=stepped, what="ledger"
        )

    def _read(self, found: tuple[_Found, Sequence[int]]) -> None:
        self._job, self._reading = None, False
        self._all = found[0].all
        self._put(found[1], found[0].newest)
        self._tell(len(found[1]))
        meant, self._at_once = self._at_once, None
        if meant is not None:
            meant()

    def _begin(self, found: _Found) -> None:
        """The first screenful of a list of which nothing is shown yet."""
        if not self._all:
            self._put(found.all, found.newest)
            self.count.setText(_("Reading…"))

    def _put(self, numbers: Sequence[int], newest: Mapping[str, Newest] | None) -> None:
        place = self.table.place
        chosen = self.model.numbers[place] if 0 <= place < len(self.model.numbers) else None
        self.model.show_numbers(numbers, self._typed, newest)
        if numbers:
            index = self.model.index_of(chosen) if chosen is not None else None
            self.table.choose(index.row() if index is not None and index.isValid() else 0)
            self._stack.setCurrentIndex(0)
        else:
            self._picked(-1)
            narrowed = self._typed or self.chips.filters
            self._stack.setCurrentIndex(1 if narrowed else 2)

    def _tell(self, count: int) -> None:
        total = len(self._all)
        if self._typed:
            words = _("“{text}”: {count} of {total} buildings found").format(
                text=self._typed, count=f"{count:,}", total=f"{total:,}"
            )
        else:
            words = _("{count} buildings").format(count=f"{total:,}")
        self.count.setText(words)
        self.clear.setVisible(bool(self._typed or self.chips.filters))

    def _filtered(self, filters: Filters) -> None:
        ledger = self._ledger
        self._filters_kept.keep(lambda: ledger.keep(filters))
        self._all = array("q")
        self.refresh()

    # -- columns, export ------------------------------------------------------------------------------

    def _choose_columns(self) -> None:
        if self.panel is None:
            titles = {one.name: self._words.head(one.name) for one in schema(LIST).shown()}
            self.panel = ColumnsPanel(self.columns, titles)
            self.panel.changed.connect(self._show_columns)
        self.panel.open(self.model.columns)

    def _show_columns(self, names: tuple[str, ...]) -> None:
        """Show these and remember them, none for the standard ones."""
        ledger, label = self._ledger, schema(LIST).label
        shown = tuple(dict.fromkeys([label, *(names or schema(LIST).columns)]))
        self.table.show_columns(shown)
        if self.panel is not None and not names:
            self.panel.show_names(shown)
        self._tell_columns()
        self._columns_kept.keep(lambda: ledger.keep_columns(names))

    def _tell_columns(self) -> None:
        """The columns that have no room are counted on their button."""
        hidden = self.table.no_room
        self.columns.setToolTip(_("{count} columns have no room").format(count=hidden) if hidden else "")

    def _ask_export(self) -> None:
        if self.exporting is None:
            self.exporting = ExportPanel(self._frame, self.export)
        self.exporting.open(self.model.numbers, self.model.columns)

    def clear_all(self) -> None:
        """Everything again."""
        self._frame.clear_search()
        self._typed = ""
        self.chips.show_filters(Filters())
        self._filtered(Filters())

    def leave(self) -> None:
        """Another place comes to the front: what was typed is over, nothing is read any more."""
        self._typed, self._at_once = "", None
        self.preview.leave()

    # -- what is chosen -------------------------------------------------------------------------------

    def _picked(self, place: int) -> None:
        if self._frame.jobs.stopped:  # the store is locked; the keyboard only moves on as the page goes
            return
        row = self.model.row_at(place)
        drafts = () if row is None else self._frame.laptop.files.drafts(UUID(row.id))
        self.preview.show_row(row, drafts[0] if drafts else None)

    def open(self) -> None:
        """Open the file of the chosen house."""
        if self.row is not None:
            self.opened.emit(self.row.id)

    def start(self) -> None:
        """Begin an inspection of the chosen house, or go on with the one that is open."""
        if self.row is not None:
            self.started.emit(self.row.id)

    def key(self, event: QKeyEvent) -> bool:
        """A key of the search field; True if it was for the list."""
        keys = Qt.Key
        if event.key() in (keys.Key_Return, keys.Key_Enter):
            meant = self.start if event.modifiers() & Qt.KeyboardModifier.ControlModifier else self.open
            if self._job is None:
                meant()
            else:  # the list is still that of what was typed before
                self._at_once = meant
            return True
        steps = {keys.Key_Down: 1, keys.Key_Up: -1, keys.Key_PageDown: 8, keys.Key_PageUp: -8}
        if event.key() in steps and self.model.rowCount():
            last = self.model.rowCount() - 1
            self.table.choose(min(max(self.table.place + steps[Qt.Key(event.key())], 0), last))
            return True
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The preview is wide, narrow or not there."""
        super().resizeEvent(event)
        self._side.setVisible(self.width() >= _NARROW)
        for button in self._steps:
            button.setVisible(self.width() < _NARROW)
        self._side.setFixedWidth(_PREVIEW_WIDE if self.width() >= _WIDE else _PREVIEW)


def _sorted_out(ledger: Ledger, found: _Found) -> tuple[_Found, Sequence[int]]:
    return found, found.shown(ledger)
