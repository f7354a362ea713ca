"""Printing beside the record that was just finalized: copies, printer, PDF, and every print so far."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from fieldapp.i18n import _
from fieldapp.services.laptop import Laptop
from fieldapp.services.paper import Kind
from fieldapp.store.model import Submission
from fieldapp.store.papers import LoggedPrint
from fieldapp.ui.components import Button, Combo, Option, Segmented, across, down, hairline, label
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.jobs import Job, Jobs
from fieldapp.ui.pages.paper.printers import Printers
from fieldapp.ui.pages.paper.printing import PRINTER, pdf_folder, print_sheet, save_sheet
from fieldapp.ui.pages.paper.reading import Wanted, copies_word, kind_word
from fieldapp.ui.pages.sync.words import when
from fieldapp.ui.preferences import Preferences


class PrintPanel(QWidget):
    """``known`` is called once it is known whether there is a printer; ``prints`` are those so far."""

    def __init__(
        self,
        laptop: Laptop,
        jobs: Jobs,
        preferences: Preferences,
        printers: Printers,
        *,
        record: Submission,
        address: str,
        known: Callable[[], object],
        failed: Callable[[BaseException], object],
    ) -> None:
        super().__init__()
        self._laptop, self._jobs, self._preferences, self._printers = laptop, jobs, preferences, printers
        self._record, self._address = record, address
        self._known, self._failed = known, failed
        self.kind: Kind = "onsite"
        self.prints: tuple[LoggedPrint, ...] = ()
        self._busy = False
        copies = [Option("2", copies_word(2)), Option("1", copies_word(1))]
        self.copies = Segmented(copies, _("Copies"), digits=False)
        self.copies.select(("2",))
        self.copies.chosen.connect(lambda names: self.copies.select(names or ("2",)))
        self.printer = Combo([], _("Printer"), hint=_("Choose a printer"))
        self.printer.setMinimumWidth(180)
        self.printer.activated.connect(
            lambda _index: preferences.keep_text(PRINTER, str(self.printer.currentData()))
        )
        self.printer.hide()
        self.save = Button(_("Save as PDF"), icon="folder", on_click=self.save_pdf)
        self._says = label("", "S", "text2", wrap=True)
        self._log = QVBoxLayout()
        self._log.setSpacing(0)
        row = across(self.copies, self.printer, self.save, None, gap=12)
        self.setLayout(down(row, self._says, self._log, gap=8))
        jobs.start(lambda _job: (printers.names(), self._read()), done=self._take)

    @property
    def has_printer(self) -> bool:
        """Whether something can be printed here and now."""
        return self.printer.count() > 0

    def _read(self) -> tuple[LoggedPrint, ...]:
        instance_id = self._record.chain.instance_id
        return tuple(one for one in self._laptop.store.papers.log() if one.instance_id == instance_id)

    def _take(self, read: tuple[tuple[str, ...], tuple[LoggedPrint, ...]]) -> None:
        if not isValid(self):
            return
        names, prints = read
        kept = self._preferences.text(PRINTER)
        self.printer.offer([(name, name) for name in names])
        self.printer.select(kept if kept in names else names[0] if names else "")
        self.printer.setVisible(bool(names))
        self._says.setText(
            _("Every print is logged.")
            if names
            else _("No printer is connected. Connect one and look again, or save as PDF and print elsewhere.")
        )
        self._show(prints)
        self._known()

    def _show(self, prints: tuple[LoggedPrint, ...]) -> None:
        self.prints = prints
        while self._log.count():
            item = self._log.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        people = {one.inspector_id: one.name for one in self._laptop.store.key_file.inspectors()}
        now = self._laptop.clock()
        for one in prints:
            words = _("{sheet}, {copies}: print {times}").format(
                sheet=kind_word(one.kind), copies=copies_word(one.copies), times=one.times
            )
            told = f"{when(one.printed_at, now)}·{people.get(one.actor, one.actor)}"
            self._log.addWidget(_line(words, told))
        if not prints:
            self._log.addWidget(_line(_("Not printed yet"), ""))

    # -- work -----------------------------------------------------------------------------------------

    def print_now(self) -> None:
        """The sheet that is looked at, on the printer that is chosen."""
        name = str(self.printer.currentData() or "")
        self._work(partial(print_sheet, self._laptop, self._printers, name))

    def save_pdf(self) -> None:
        """The same into the folder for PDFs, logged like a print."""
        self._work(partial(save_sheet, self._laptop, pdf_folder(self._preferences)))

    def _work(self, one: Callable[[Wanted], object]) -> None:
        if self._busy:
            return
        self._busy = True
        self.save.refuse(_("Sheets are being printed."))
        copies = int((self.copies.selected() or ("2",))[0])
        wanted = Wanted(self._record.chain.instance_id, self._address, self.kind, copies)

        def work(_job: Job) -> tuple[LoggedPrint, ...]:
            one(wanted)
            return self._read()

        self._jobs.start(work, done=self._worked, failed=self._not_worked, what="print")

    def _worked(self, prints: tuple[LoggedPrint, ...]) -> None:
        if isValid(self):
            self._busy = False
            self.save.refuse("")
            self._show(prints)

    def _not_worked(self, error: BaseException) -> None:
        if isValid(self):
            self._busy = False
            self.save.refuse("")
        self._failed(error)


def _line(words: str, second: str) -> QWidget:
    made = QWidget()
    row = across(
        IconLabel("print", "text2", 20), label(words), None, label(second, "S", "text2"),
        gap=12, margin=(0, 8, 0, 8),
    )  # fmt: skip
    made.setLayout(down(row, hairline(), gap=0))
    return made
