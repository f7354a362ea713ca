"""房屋: the ledger, and the file of a house."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget

from fieldapp.i18n import _, ngettext
from fieldapp.services.ledgers import is_ledger
from fieldapp.ui.actions import Action
from fieldapp.ui.components import down
from fieldapp.ui.page import Frame, Page
from fieldapp.ui.pages.buildings.file import FileView
from fieldapp.ui.pages.buildings.ledger import LedgerView
from fieldapp.ui.pages.buildings.taking_in import TakingInView
from fieldapp.ui.pages.buildings.words import Words
from fieldapp.ui.pages.inspection import FIRST_FORM, PROFILE, NewVisit, OpenVisit

_START = ("Ctrl+Return", "Ctrl+Enter")


class BuildingsPage(Page):
    """``open(id)`` shows the file of a house, ``open(None)`` the list as it was left."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        language = "en" if frame.preferences.language == "en" else "zh"
        self._words = Words(language, frame.laptop.ledger.today)
        self.ledger = LedgerView(frame, self._words)
        self.ledger.opened.connect(lambda building: self.frame.go("buildings", building))
        self.ledger.started.connect(lambda building: self.start(UUID(building)))
        self.ledger.wants_houses.connect(self.choose_register)
        self._file: FileView | None = None
        self._taking_in: TakingInView | None = None
        self._stack = QStackedWidget()
        self._stack.addWidget(self.ledger)
        self.setLayout(down(self._stack, gap=0))

    @property
    def file(self) -> FileView:
        """The file of a house, built when the first one is opened."""
        if self._file is None:
            self._file = FileView(self.frame, self._words, self.frame.back)
            self._file.started.connect(self._start_shown)
            self._file.corrected.connect(self.correct)
            self._file.profiled.connect(self._profile_shown)
            self._file.compared.connect(self.compare_shown)
            self._file.opened.connect(self._open_work)
            self._stack.addWidget(self._file)
        return self._file

    @property
    def taking_in(self) -> TakingInView:
        """台账导入, built when it is first asked for."""
        if self._taking_in is None:
            self._taking_in = TakingInView(self.frame, self.open)
            self._taking_in.choose.clicked.connect(self.choose_register)
            self._stack.addWidget(self._taking_in)
        return self._taking_in

    def title(self) -> str:
        """房屋."""
        return _("Buildings")

    def actions_of_page(self) -> Sequence[Action]:
        """Its next step."""
        return (
            Action("buildings.start", _("Start inspection"), self._start_shown, _START),
            Action("buildings.new", _("File a new house"), self.file_new_house),
            Action("buildings.new_survey", _("File a new house and inspect it"), self.survey_new_house),
            Action("buildings.survey", _("First survey: file and inspection"), self.survey_shown),
            Action("buildings.clear", _("Clear all filters"), self.ledger.clear_all),
            Action("buildings.register", _("Take in a register file"), self.choose_register),
            Action("buildings.ledgers", _("Ledgers of the offices"), self.show_ledgers),
        )

    # -- coming and going -----------------------------------------------------------------------------

    def open(self, argument: object = None) -> None:
        """Show the list, or the file of a house."""
        if argument is None:
            self._stack.setCurrentWidget(self.ledger)
            self.ledger.table.setFocus()
        else:
            self.file.show_building(argument if isinstance(argument, UUID) else UUID(str(argument)))
            self._stack.setCurrentWidget(self.file)
            self.file.start.setFocus()

    def refresh(self) -> None:
        """The store has changed."""
        if self._stack.currentWidget() is self.ledger:
            self.ledger.refresh()
        elif self._stack.currentWidget() is self._taking_in:
            self.taking_in.refresh()
        else:
            self.file.refresh()

    def leave(self) -> None:
        """Nothing is read any more until it comes back."""
        self.ledger.leave()

    def look(self, typed: str) -> bool:
        """What is typed into the search field narrows the list, while the list is in front."""
        if self._stack.currentWidget() is not self.ledger:
            return False
        self.ledger.look(typed)
        return bool(typed.strip())

    def look_key(self, event: QKeyEvent) -> bool:
        """Arrows and Enter of the search field move in the list."""
        return self._stack.currentWidget() is self.ledger and self.ledger.key(event)

    # -- houses come in -------------------------------------------------------------------------------

    def choose_register(self) -> None:
        """Ask for the file with the district's houses; the dialog does not hold the program up."""
        dialog = QFileDialog(self, _("Register file"), "", "XLSX, CSV, JSON (*.xlsx *.csv *.json)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.take_in(Path(name)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def take_in(self, file: Path) -> None:
        """An office's ledger is shown first; rows with the register's own names are taken in, all or none."""
        if is_ledger(file):
            self.show_ledgers()
            self.taking_in.look(file)
            return
        buildings, frame = self.frame.laptop.buildings, self.frame
        frame.toast(_("The houses are taken in…"))
        frame.jobs.start(lambda _job: buildings.import_file(file), done=self._taken_in, what="register")

    def show_ledgers(self) -> None:
        """台账导入: what was taken in, what waits."""
        self._stack.setCurrentWidget(self.taking_in)
        self.taking_in.refresh()
        self.taking_in.choose.setFocus()

    def _taken_in(self, count: int) -> None:
        self.frame.toast(
            ngettext("{count} house taken in.", "{count} houses taken in.", count).format(count=count)
        )
        self.frame.changed()

    # -- what leads on --------------------------------------------------------------------------------

    def _start_shown(self) -> None:
        if self._stack.currentWidget() is self.ledger:
            self.ledger.start()
        elif self._stack.currentWidget() is self._file and self.file.building is not None:
            self.start(self.file.building)

    def start(self, building_id: UUID, fact: str = "") -> None:
        """Begin an inspection, or go on with the one that is open; at the correction of a fact if named."""
        drafts = self.frame.laptop.files.drafts(building_id)
        if drafts:
            self.frame.go("inspection", OpenVisit(drafts[0].visit_id, drafts[0].form_id, fact))
        else:
            self.frame.go("inspection", NewVisit(building_id, fact=fact))

    def _profile_shown(self) -> None:
        if self.file.building is not None:
            self.frame.go("inspection", NewVisit(self.file.building, PROFILE))

    def file_new_house(self) -> None:
        """建档: a house that the register does not have."""
        self.frame.go("inspection", NewVisit(None, PROFILE))

    def survey_new_house(self) -> None:
        """F01 and F02 on one visit, for a house that the register does not have."""
        self.frame.go("inspection", NewVisit(None, PROFILE, beside=(FIRST_FORM,)))

    def survey_shown(self) -> None:
        """F01 and F02 on one visit, for the house whose file is shown or that is chosen in the list."""
        if self._stack.currentWidget() is self._file:
            house = self.file.building
        else:
            house = None if self.ledger.row is None else UUID(self.ledger.row.id)
        if house is not None:
            self.frame.go("inspection", NewVisit(house, PROFILE, beside=(FIRST_FORM,)))

    def compare_shown(self) -> None:
        """The sides of what was told differently of the house whose file is shown."""
        if self._file is not None and self._file.building is not None:
            self.frame.go("conflicts", str(self._file.building))

    def correct(self, fact: str) -> None:
        """Facts are corrected through the form of a visit: who, when and why stand in a record."""
        if self.file.building is not None:
            self.start(self.file.building, fact)

    def _open_work(self, key: str) -> None:
        kind, _colon, rest = key.partition(":")
        if kind == "draft":
            visit, _colon, form = rest.partition(":")
            self.frame.go("inspection", OpenVisit(UUID(visit), form))
        else:
            self.frame.go("papers", rest)
