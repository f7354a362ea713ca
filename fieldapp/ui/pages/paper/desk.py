"""The right side of the place: which sheet, how many copies, the sheet itself, and what to do with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fieldapp.i18n import _
from fieldapp.services.paper import Kind
from fieldapp.ui.components import (
    Button,
    Card,
    Combo,
    Option,
    Segmented,
    across,
    down,
    hairline,
    label,
)
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.components.pdf import PdfView
from fieldapp.ui.pages.paper.reading import copies_word, kind_of, kind_word


class SheetDesk(QWidget):
    """Preview above, printer and buttons below. What the buttons do is given by the page."""

    def __init__(
        self,
        *,
        on_choice: Callable[[], object],
        on_print: Callable[[], object],
        on_save: Callable[[], object],
        on_queue: Callable[[], object],
        on_folder: Callable[[], object],
        on_search: Callable[[], object],
        on_printer: Callable[[str], object],
    ) -> None:
        super().__init__()
        self._on_choice = on_choice
        self.kinds = Segmented(
            [Option("onsite", kind_word("onsite")), Option("archive", kind_word("archive"))],
            _("Which sheet"), digits=False,
        )  # fmt: skip
        self.copies = Segmented(
            [Option("2", copies_word(2)), Option("1", copies_word(1))], _("Copies"), digits=False
        )
        self._in_force = {self.kinds: "onsite", self.copies: "2"}
        for choice, usual in self._in_force.items():
            choice.select((usual,))
            choice.chosen.connect(partial(self._chosen, choice))
        self.pdf = PdfView(_("Sheet"), sentence=_("Choose a record: its sheet is shown here."))
        self.printer = Combo([], _("Printer"), hint=_("Choose a printer"))
        self.printer.setMinimumWidth(180)
        self.printer.activated.connect(lambda _index: on_printer(str(self.printer.currentData())))
        self._mark = IconLabel("refused", "danger", 18)
        self._says = label("", "S", "text2", wrap=True)
        self.search = Button(_("Look again"), "quiet", icon="again", size="small", on_click=on_search)
        self._folder = label("", "S", "text2", wrap=True)
        self.folder = Button(_("Other folder"), "link", on_click=on_folder)
        self.save = Button(_("Save as PDF"), icon="folder", on_click=on_save)
        self.queue = Button(_("Print later"), icon="overdue", on_click=on_queue)
        self.print = Button(
            _("Print"), "primary", icon="print", key="Ctrl Enter", size="main", on_click=on_print
        )
        self._lay_out()

    def _lay_out(self) -> None:
        self.choices = QWidget()
        row = across(self.kinds, None, self.copies, gap=12, margin=(12, 10, 12, 10))
        self.choices.setLayout(down(row, hairline(), gap=0))
        paper = Card(self.choices, self.pdf, gap=0, margin=1)
        paper.body.setStretch(1, 1)
        told = across(self._mark, self._says, self.printer, self.search, gap=8)
        told.setStretch(1, 1)
        where = across(self._folder, self.folder, gap=8)
        where.setStretch(0, 1)
        buttons = across(self.save, self.queue, None, self.print, gap=8)
        column = down(paper, told, where, buttons, gap=8)
        column.setStretch(0, 1)
        self.setLayout(column)

    def _chosen(self, choice: Segmented, names: Sequence[str]) -> None:
        if not names:  # pressed again: one of them always is in force
            choice.select((self._in_force[choice],))
            return
        self._in_force[choice] = names[0]
        self._on_choice()

    @property
    def kind(self) -> Kind:
        """Which sheet is chosen."""
        return kind_of(self._in_force[self.kinds])

    @property
    def count(self) -> int:
        """Of how many copies."""
        return int(self._in_force[self.copies])

    def show_printers(self, names: Sequence[str], chosen: str) -> None:
        """The printers there are; none is said in words with what to do."""
        self.printer.offer([(name, name) for name in names])
        self.printer.select(chosen)
        self.printer.setVisible(bool(names))
        self._mark.setVisible(not names)
        self._says.setText(
            _("Sheets go in order; every print is logged.")
            if names
            else _("No printer is connected. Connect one and look again, or save as PDF and print elsewhere.")
        )

    def show_folder(self, folder: str) -> None:
        """Where PDFs are saved."""
        self._folder.setText(_("PDFs go to {folder}").format(folder=folder))
        self._folder.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
