"""The place itself: lists at the left, the sheet and its buttons at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from fieldapp.errors import FieldappError
from fieldapp.i18n import _, explain
from fieldapp.services.paper import Sheet
from fieldapp.ui.actions import Action
from fieldapp.ui.components import Button, Card, Chips, EmptyState, Option, Row, RowList, across, down, label
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.jobs import Job
from fieldapp.ui.page import Frame, Page
from fieldapp.ui.pages.paper import reading
from fieldapp.ui.pages.paper.desk import SheetDesk
from fieldapp.ui.pages.paper.printers import Printers
from fieldapp.ui.pages.paper.printing import FOLDER, PRINTER, pdf_folder, print_sheet, save_sheet
from fieldapp.ui.pages.paper.reading import Facts, Wanted, kind_of, kind_word
from fieldapp.ui.pages.paper.rows import PaperDelegate, log_row, queue_row, record_row

View = Literal["sign", "queue", "all", "log"]
VIEWS: tuple[View, ...] = ("sign", "queue", "all", "log")
#: So long the sheet is not drawn while the list is run through by the arrow keys, milliseconds.
_PATIENCE = 80
#: Least and most width of the sheet's side, logical pixels.
_DESK = (440, 720)


class PaperPage(Page):
    """``view`` is the list in front; ``facts`` what was read last."""

    def __init__(self, frame: Frame, printers: Printers | None = None) -> None:
        super().__init__(frame)
        self.view: View = "sign"
        self.facts = Facts((), (), (), {})
        self._printers = printers or Printers()
        self._names: tuple[str, ...] | None = None
        self._wanted: UUID | None = None
        self._chosen = ""
        self._reading = self._drawing = 0
        self._busy = False
        words = _view_words()
        self.views = Chips([Option(view, words[view]) for view in VIEWS], _("Show"), digits=False)
        self.views.chosen.connect(self._choose_view)
        self.list = RowList(_("Records"))
        self.list.setItemDelegate(PaperDelegate(self.list))
        self.list.picked.connect(self._pick)
        self.desk = SheetDesk(
            on_choice=self._redraw,
            on_print=self.print_now,
            on_save=self.save_pdf,
            on_queue=self.print_later,
            on_folder=self._choose_folder,
            on_search=self._search_printers,
            on_printer=lambda name: self.frame.preferences.keep_text(PRINTER, name),
        )
        self.desk.setMinimumWidth(_DESK[0])
        self.desk.setMaximumWidth(_DESK[1])
        self.remove = Button(_("Take out of the queue"), icon="close", on_click=self._remove)
        self.correct = Button(_("Correct this record"), icon="correct", on_click=self._correct)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE)
        self._patience.timeout.connect(self._redraw)
        self._lay_out()

    def _lay_out(self) -> None:
        self._empties: dict[View, str] = {
            "sign": _("No finalized record waits for a signature."),
            "queue": _("Nothing waits for a printer. Print later puts a sheet here."),
            "all": _("Finalized records stand here with their sheets."),
            "log": _("Every print stands here: what, how often, when and by whom."),
        }
        self._empty = EmptyState("", icon_name="papers")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._empty)
        card = Card(self._stack, gap=0, margin=1)
        later = label(
            _("Notices with their numbers and filing of signed pages by scan come with a later version. "
              "Keep signed sheets with the building's file until then."),
            "S", "text2", wrap=True,
        )  # fmt: skip
        note = across(IconLabel("info", "text3", 18), later, gap=8)
        note.setStretch(1, 1)
        head = across(self.views, self.remove, self.correct, gap=12)
        head.setStretch(0, 1)
        left = down(head, card, note, gap=10)
        left.setStretch(1, 1)
        row = across(left, self.desk, gap=20, margin=(24, 16, 24, 16))
        row.setStretch(0, 3)
        row.setStretch(1, 2)
        content = QWidget()
        content.setLayout(row)
        content.setMaximumWidth(1720)
        self.setLayout(across(content))

    # -- the frame's ----------------------------------------------------------------------------------

    def title(self) -> str:
        """文书."""
        return _("Papers")

    def actions_of_page(self) -> Sequence[Action]:
        """Printing, saving, queueing, the lists."""
        return (
            Action("papers.print", _("Print"), self.print_now, ("Ctrl+Return", "Ctrl+Enter"),
                   reason=self._why_not_print),
            Action("papers.save", _("Save as PDF"), self.save_pdf, ("Ctrl+S",), reason=self._why_not),
            Action("papers.later", _("Print later"), self.print_later, ("Ctrl+D",), reason=self._why_not),
            Action("papers.sign", _("To be signed"), lambda: self.show_view("sign")),
            Action("papers.queue", _("Print queue"), lambda: self.show_view("queue")),
            Action("papers.log", _("Print log"), lambda: self.show_view("log")),
        )  # fmt: skip

    def open(self, argument: object = None) -> None:
        """``argument``: a view's name, or the instance id of a record to be shown."""
        self.list.setFocus()
        if self._names is None:
            self._search_printers()
        if argument in VIEWS:
            self.show_view(argument)
        elif isinstance(argument, str) and argument:
            self._wanted, self._chosen, self.view = UUID(argument), "", "all"

    def refresh(self) -> None:
        """Read the store anew, off the GUI thread."""
        self._reading += 1
        number, laptop, wanted = self._reading, self.frame.laptop, self._wanted

        def work(_job: Job) -> tuple[Facts, UUID | None]:
            found = None if wanted is None else reading.newest(laptop, wanted)
            return reading.read(laptop, found), found

        self.frame.jobs.start(work, done=lambda read: self._take(number, *read))

    def _take(self, number: int, facts: Facts, wanted: UUID | None) -> None:
        if number != self._reading:
            return  # a newer reading is on its way
        self.facts, self._wanted = facts, None
        if wanted is not None:
            self._chosen = str(wanted)
        self.show_view(self.view)

    # -- lists ----------------------------------------------------------------------------------------

    def show_view(self, view: View) -> None:
        """One of the lists; what was chosen stays chosen if it is in it."""
        self.view = view
        now, facts = self.frame.laptop.clock(), self.facts
        unsigned = [one for one in facts.records if one.record.paper != "signed"]
        people = {one.inspector_id: one.name for one in self.frame.laptop.store.key_file.inspectors()}
        rows: dict[View, Sequence[Row]] = {
            "sign": [record_row(one, now) for one in unsigned],
            "queue": [queue_row(one, facts, now) for one in facts.queue],
            "all": [record_row(one, now) for one in facts.records],
            "log": [log_row(one, facts, people, now) for one in facts.log],
        }
        words = _view_words()
        for button, name in zip(self.views.buttons, VIEWS, strict=True):
            button.setText(f"{words[name]} {len(rows[name])}")
            button.updateGeometry()
        self.views.select((view,))
        shown = rows[view]
        self.list.setAccessibleName(words[view])
        self.list.show_rows(shown)
        self._stack.setCurrentIndex(0 if shown else 1)
        self._empty.say(self._empties[view])
        keys = [row.key for row in shown]
        at = keys.index(self._chosen) if self._chosen in keys else 0
        self._chosen = keys[at] if keys else ""
        if keys:
            self.list.setCurrentIndex(self.list.rows.index(at))
        self._redraw()

    def _choose_view(self, names: tuple[str, ...]) -> None:
        self.show_view(next((view for view in VIEWS if view in names), self.view))

    def _pick(self, key: str) -> None:
        if key != self._chosen:
            self._chosen = key
            self._patience.start()

    def chosen(self) -> Wanted | None:
        """The sheet that is chosen; of the log none, for what was printed is not made again."""
        key, _colon, kind = self._chosen.partition(":")
        if self.view == "queue":
            return next(
                (one for one in self._queue() if (str(one.instance_id), one.kind) == (key, kind)), None
            )
        records = () if self.view == "log" else self.facts.records
        return next(
            (
                Wanted(one.record.instance_id, one.record.label, self.desk.kind, self.desk.count)
                for one in records
                if str(one.record.instance_id) == key
            ),
            None,
        )

    def _queue(self) -> list[Wanted]:
        queue = self.facts.queue
        return [Wanted(one.instance_id, one.label, kind_of(one.kind), one.copies) for one in queue]

    # -- the sheet ------------------------------------------------------------------------------------

    def _redraw(self) -> None:
        """Draw the sheet of what is chosen, off the GUI thread."""
        self._patience.stop()
        self._drawing += 1
        self._tell_buttons()
        number, chosen = self._drawing, self.chosen()
        if self.view == "log":
            self._show_logged()
            return
        if chosen is None:
            self.desk.pdf.say(_("Choose a record: its sheet is shown here."))
            return
        laptop = self.frame.laptop

        def work(_job: Job) -> Sheet:
            submission = laptop.store.submissions.get(chosen.instance_id)
            return laptop.paper.sheet(submission, chosen.kind, chosen.copies)

        self.frame.jobs.start(
            work,
            done=lambda sheet: self._show(number, sheet),
            failed=lambda error: self._not_drawn(number, error),
        )

    def _show(self, number: int, sheet: Sheet) -> None:
        if number == self._drawing:
            self.desk.pdf.show_pdf(sheet.pdf)

    def _not_drawn(self, number: int, error: BaseException) -> None:
        if not isinstance(error, FieldappError):
            self.frame.tell(error)
        elif number == self._drawing:
            self.desk.pdf.say("\n".join(explain(error)))

    def _show_logged(self) -> None:
        logged = next((one for one in self.facts.log if str(one.number) == self._chosen), None)
        if logged is None:
            self.desk.pdf.say(_("Choose a print: what it was stands here."))
            return
        told = _("{sheet} of {house}: print {times} of this version.\nSHA-256 of the PDF\n{sha256}")
        digits = " ".join(logged.sha256[at : at + 8] for at in range(0, 64, 8))
        self.desk.pdf.say(
            told.format(sheet=kind_word(logged.kind), house=logged.label, times=logged.times, sha256=digits)
        )

    def _tell_buttons(self) -> None:
        queue = self.view == "queue"
        self.desk.print.setText(_("Print all") if queue else _("Print"))
        self.desk.save.setText(_("Save all as PDF") if queue else _("Save as PDF"))
        self.desk.print.refuse(self._why_not_print())
        for button in (self.desk.save, self.desk.queue):
            button.refuse(self._why_not())
            button.updateGeometry()
        self.desk.queue.setVisible(not queue)
        self.remove.setVisible(queue and bool(self._chosen))
        self.correct.setVisible(self.view in {"sign", "all"} and bool(self._chosen))
        self.desk.choices.setVisible(self.view in {"sign", "all"})  # the queue's rows say it themselves

    # -- printing -------------------------------------------------------------------------------------

    def _why_not(self) -> str:
        if self._busy:
            return _("Sheets are being printed.")
        if self.view == "queue":
            return "" if self.facts.queue else self._empties["queue"]
        return "" if self.chosen() is not None else _("Choose a record first.")

    def _why_not_print(self) -> str:
        return self._why_not() or ("" if self._names else _("No printer is connected."))

    def _search_printers(self) -> None:
        self._names = self._names or ()
        self.desk.search.refuse(_("Looking for printers…"))
        self.frame.jobs.start(lambda _job: self._printers.names(), done=self._take_printers)

    def _take_printers(self, names: tuple[str, ...]) -> None:
        self._names = names
        kept = self.frame.preferences.text(PRINTER)
        self.desk.show_printers(names, kept if kept in names else names[0] if names else "")
        self.desk.show_folder(str(self.folder))
        self.desk.search.refuse("")
        self._tell_buttons()

    @property
    def folder(self) -> Path:
        """Where PDFs are saved: the folder used last, at first one among the user's documents."""
        return pdf_folder(self.frame.preferences)

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, _("Folder for PDFs"), str(self.folder))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.use_folder)
        dialog.open()

    def use_folder(self, folder: str) -> None:
        """Save PDFs there from now on."""
        self.frame.preferences.keep_text(FOLDER, folder)
        self.desk.show_folder(folder)

    def print_now(self) -> None:
        """Print what is chosen, or the whole queue, on the printer that is chosen."""
        name = str(self.desk.printer.currentData() or "")
        laptop, printers = self.frame.laptop, self._printers

        def one(wanted: Wanted) -> None:
            print_sheet(laptop, printers, name, wanted)

        if not self._why_not_print():
            self._work(one, _("{count} sheets are with the printer."))

    def save_pdf(self) -> None:
        """Write what is chosen, or the whole queue, into the folder; logged like a print."""
        laptop, folder = self.frame.laptop, self.folder

        def one(wanted: Wanted) -> None:
            save_sheet(laptop, folder, wanted)

        if not self._why_not():
            self._work(one, _("{count} sheets are saved as PDF."))

    def _work(self, one: Callable[[Wanted], None], said: str) -> None:
        chosen = self.chosen()
        sheets = self._queue() if self.view == "queue" else [chosen] if chosen is not None else []
        self._busy = True
        self._tell_buttons()

        def work(job: Job) -> int:
            for number, wanted in enumerate(sheets, start=1):
                job.check()
                one(wanted)
                job.report("printed", number, len(sheets))
            return len(sheets)

        self.frame.jobs.start(
            work,
            done=lambda count: self._worked(said.format(count=count)),
            failed=self._failed,
            stopped=lambda: self._worked(""),
            what="print",
        )

    def _worked(self, said: str) -> None:
        self._busy = False
        if said:
            self.frame.toast(said)
        self.frame.changed()

    def _failed(self, error: BaseException) -> None:
        self._worked("")
        self.frame.tell(error)

    # -- queue ----------------------------------------------------------------------------------------

    def print_later(self) -> None:
        """Put what is chosen into the queue."""
        chosen = self.chosen()
        if chosen is None or self._why_not():
            return
        paper = self.frame.laptop.paper
        self.frame.jobs.start(
            lambda _job: paper.later(chosen.instance_id, chosen.kind, chosen.copies),
            done=lambda _none: self._queued(chosen),
        )

    def _queued(self, chosen: Wanted) -> None:
        self.frame.toast(_("Waits in the print queue."), lambda: self._take_out(chosen))
        self.frame.changed()

    def _correct(self) -> None:
        """补正: the record opens as a new version; the one that is final stays as it is."""
        chosen = self.chosen()
        if chosen is not None:
            self.frame.go("inspection", f"correct:{chosen.instance_id}")

    def _remove(self) -> None:
        chosen = self.chosen()
        if chosen is not None:
            self._take_out(chosen)

    def _take_out(self, wanted: Wanted) -> None:
        paper = self.frame.laptop.paper
        self.frame.jobs.start(
            lambda _job: paper.not_later(wanted.instance_id, wanted.kind),
            done=lambda _none: self.frame.changed(),
        )


def _view_words() -> dict[View, str]:
    return {"sign": _("To be signed"), "queue": _("Print queue"), "all": _("All"), "log": _("Print log")}
