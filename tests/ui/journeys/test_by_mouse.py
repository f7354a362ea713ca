"""From the first run to the receipt by mouse: every step a click on what is seen, keys only for words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fieldapp.domain.record_code import RecordCode
from fieldapp.forms import NodeView
from fieldapp.store.model import Submission
from fieldapp.ui.components import Button
from fieldapp.ui.components.choices import OptionButton
from fieldapp.ui.controls.images import PhotoTile
from fieldapp.ui.controls.picking import PickPanel
from fieldapp.ui.controls.selects import PickCombo
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.buildings import BuildingsPage
from fieldapp.ui.pages.inspection import InspectionPage
from fieldapp.ui.pages.inspection.form import FormView
from fieldapp.ui.pages.inspection.photos import PhotosView
from fieldapp.ui.pages.inspection.questions import QuestionRow
from fieldapp.ui.pages.paper import PaperPage
from fieldapp.ui.pages.sync import SyncPage
from fieldapp.ui.pages.today import TodayPage
from fieldapp.ui.unlock import FirstRun
from fieldapp.ui.window import Window
from tests.server.district import DistrictServer
from tests.sheets.pdfs import pages, symbols, text
from tests.store.building import PASSPHRASE
from tests.ui.hands import Mouse
from tests.ui.journeys.conftest import HOUSES
from tests.ui.journeys.visit import (
    ANSWERS,
    CHECK,
    DEFECT,
    HOUSE,
    NEAR,
    RESULT,
    RESULTS,
    check_office,
    check_record,
)

PageOf = TypeVar("PageOf")


class Inspector:
    """Her eyes find things in the window, her hand only has the mouse."""

    def __init__(self, qtbot: QtBot, window: Window) -> None:
        self.window, self.mouse = window, Mouse(qtbot)

    @property
    def desk(self) -> Desk:
        """What the unlocked window shows."""
        assert self.window.desk is not None
        return self.window.desk

    def page(self, place: str, kind: type[PageOf]) -> PageOf:
        """The page in front, its jobs at rest."""
        self.mouse.wait(lambda: self.desk.place == place and not self.desk.jobs.running)
        found = self.desk.page(place)
        assert isinstance(found, kind)
        return found

    def go(self, place: str) -> None:
        """A click in the rail."""
        self.mouse.click(self.desk.rail.buttons[place])

    def button(self, words: str, within: QWidget | None = None) -> Button:
        """The button with these words."""
        seen = [
            one
            for one in (within or self.window).findChildren(Button)
            if one.text() == words and one.isVisible()
        ]
        assert len(seen) == 1, (words, len(seen))
        return seen[0]

    def choose_files(self, *files: Path) -> None:
        """In the dialog that is open: names are typed, its button is clicked."""
        self.mouse.wait(lambda: isinstance(QApplication.activeModalWidget(), QFileDialog))
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        name = dialog.findChild(QLineEdit, "fileNameEdit")
        box = dialog.findChild(QDialogButtonBox)
        assert isinstance(name, QLineEdit)
        assert isinstance(box, QDialogButtonBox)
        self.mouse.write(name, " ".join(f'"{file}"' for file in files) if len(files) > 1 else str(files[0]))
        accept = [one for one in box.buttons() if box.buttonRole(one) == box.ButtonRole.AcceptRole]
        assert isinstance(accept[0], QPushButton)
        if QApplication.activePopupWidget() is not None:  # names that Qt proposes; the first click closes it
            self.mouse.click(dialog)
        self.mouse.click(accept[0])
        self.mouse.wait(lambda: QApplication.activeModalWidget() is None)

    # -- a form ---------------------------------------------------------------------------------------

    @property
    def inspection(self) -> InspectionPage:
        """The page with the form."""
        return self.page("inspection", InspectionPage)

    def form(self) -> FormView:
        """The form in front, its section built."""
        page = self.inspection
        self.mouse.wait(lambda: page.form is not None and page.front() is page.form and page.form.view.whole)
        assert page.form is not None
        return page.form

    def section(self, key: str) -> FormView:
        """A click in the outline."""
        form = self.form()
        keys = [line.key for line in form.outline.lines]
        self.mouse.click_row(form.outline, keys.index(key))
        return self.form()

    def node(self, path: str) -> NodeView:
        """What the form says of a question."""
        return self.form().answering.node(path)

    def answer(self, path: str) -> None:
        """The question at ``path``, as its control wants it."""
        form = self.form()
        self.mouse.wait(lambda: any(row.path == path for row in form.view.rows()))
        row = next(row for row in form.view.rows() if row.path == path)
        self.say(row, ANSWERS[path])
        self.mouse.wait(lambda: form.view.whole)

    def say(self, row: QuestionRow, value: str) -> None:
        """Click an option, pick from a list, or write."""
        options = [one for one in row.control.findChildren(OptionButton) if one.isVisible()]
        combo, field = row.control.findChild(PickCombo), _field(row)
        if options:
            self.mouse.click(next(one for one in options if one.option.name == value))
        elif isinstance(combo, PickCombo):
            self.pick(combo, value)
        elif field is not None:
            self.mouse.write(field, value)
        else:  # several of a long list: it stays open until somebody clicks beside it
            self.mouse.click(self.button("选择…", row.control))
            for one in value.split():
                self.take(next(choice.label for choice in self.node(row.path).choices if choice.name == one))
            self.mouse.click(self.form().view.title)
            self.mouse.wait(lambda: self._list() is None)

    def pick(self, combo: PickCombo, value: str) -> None:
        """Open the list and click in it."""
        names = [combo.itemData(number) for number in range(combo.count())]
        self.mouse.click(combo)
        self.take(combo.itemText(names.index(value)))

    def take(self, words: str) -> None:
        """A click in the list that is open."""
        self.mouse.wait(lambda: self._list() is not None)
        listed = self._list()
        assert listed is not None
        at = next(number for number in range(listed.count()) if listed.item(number).text() == words)
        self.mouse.click_row(listed, at)

    def _list(self) -> QListWidget | None:
        panels = [one for one in self.window.findChildren(PickPanel) if one.isVisible()]
        return panels[0].list if panels else None


def _field(row: QuestionRow) -> QWidget | None:
    found: list[QWidget] = [
        *row.control.findChildren(QLineEdit), *row.control.findChildren(QPlainTextEdit),
    ]  # fmt: skip
    return next((one for one in found if one.isVisible()), None)


def first_run(her: Inspector, district: DistrictServer) -> None:
    """Registered with the code of the office."""
    door = her.window.centralWidget()
    assert isinstance(door, FirstRun)
    for field, words in (
        (door.server, district.url), (door.code, district.code()), (door.inspector, "lin"),
        (door.name, "林某某"), (door.word, PASSPHRASE), (door.again, PASSPHRASE),
    ):  # fmt: skip
        her.mouse.write(field, words)
    her.mouse.click(her.button("选择区里发的证书…"))
    her.choose_files(district.ca)
    her.mouse.click(door.main)
    her.mouse.wait(lambda: her.window.desk is not None)


def set_team(her: Inspector) -> None:
    """Who is out today stands in every record."""
    team = her.page("today", TodayPage).team
    her.mouse.click(team.change)
    for field, words in (
        (team.names[0], "林某某"), (team.certificates[0], "LC-0231"), (team.names[1], "王某"),
        (team.certificates[1], "LC-0248"), (team.unit, "江南街道办事处"),
    ):  # fmt: skip
        her.mouse.write(field, words)
    her.mouse.click(team.save)
    her.mouse.wait(lambda: len(her.desk.laptop.visits.team) == 2)


def take_in(her: Inspector, houses: Path) -> None:
    """The office's register file."""
    her.go("buildings")
    ledger = her.page("buildings", BuildingsPage).ledger
    her.mouse.click(her.button("导入房屋底册"))
    her.choose_files(houses)
    her.mouse.wait(lambda: ledger.model.rowCount() == HOUSES and not her.desk.jobs.running)


def find_house(her: Inspector) -> None:
    """Found by two signs of its street, its file opened, a visit begun."""
    page = her.page("buildings", BuildingsPage)
    her.mouse.write(her.desk.search.field, HOUSE)

    def found() -> bool:
        first = page.ledger.model.row_at(0) if page.ledger.model.rowCount() < HOUSES else None
        return first is not None and first.label == HOUSE and not her.desk.jobs.running

    her.mouse.wait(found)
    her.mouse.click_row(page.ledger.table, 0)
    her.mouse.click(page.ledger.preview.open)
    her.mouse.wait(lambda: page.file.file is not None and not her.desk.jobs.running)
    her.mouse.click(page.file.start)


def fill(her: Inspector, photographs: tuple[Path, ...]) -> None:
    """Outcome, photographs, findings with their measures, judgement; the house is called in between."""
    her.section("/data/g_outcome")
    her.answer(RESULT)
    her.section("/data/g_photo")
    take_photographs(her, photographs[0], photographs[1], photographs[3])
    her.section("/data/g_check")
    for path in ANSWERS:
        if path.startswith((CHECK, DEFECT)):
            her.answer(path)
    photograph_defect(her, photographs[2])
    report_by_phone(her)
    her.section("/data/g_result")
    for path in ANSWERS:
        if path.startswith(RESULTS):
            her.answer(path)


def photos_page(her: Inspector) -> PhotosView:
    """The page of photographs, nothing being taken in."""
    page = her.inspection
    her.mouse.wait(lambda: page.photos is not None and page.front() is page.photos)
    assert page.photos is not None
    return page.photos


def take_photographs(her: Inspector, *files: Path) -> None:
    """Files of the card; the third one is told what it shows."""
    her.mouse.click(her.button("照片", her.form().view))
    photos = photos_page(her)
    her.mouse.click(photos.files)
    her.choose_files(*files)
    her.mouse.wait(lambda: len(photos.grid.tiles) == len(files) and not her.desk.jobs.running)
    her.mouse.click_row(photos.grid, len(files) - 1)
    her.mouse.wait(lambda: photos.picture.path.startswith(photos.grid.tiles[-1].path))
    kinds = [one for one in photos.picture.findChildren(QuestionRow) if one.path.endswith("/photo_kind")]
    combo = kinds[0].control.findChild(PickCombo)
    assert isinstance(combo, PickCombo)
    her.pick(combo, "whole")
    her.mouse.click(her.button("返回表单", photos))


def photograph_defect(her: Inspector, file: Path) -> None:
    """The close-up belongs to the defect whose tile was clicked."""
    form = her.form()
    row = next(row for row in form.view.rows() if row.path == NEAR)
    tile = row.control.findChild(PhotoTile)
    assert isinstance(tile, PhotoTile)
    her.mouse.click(tile)
    her.choose_files(file)
    photos = photos_page(her)
    her.mouse.wait(lambda: bool(form.answering.session.value(NEAR)) and not her.desk.jobs.running)
    her.mouse.click(her.button("返回表单", photos))


def report_by_phone(her: Inspector) -> None:
    """The rules say 重大: the red panel asks whom was called."""
    major = her.form().context.major
    her.mouse.write(major.to, "江南街道值班室")
    her.mouse.click(major.called)
    her.mouse.wait(lambda: major.filled)


def finalize(her: Inspector) -> Submission:
    """定稿, the sheet seen before."""
    page = her.inspection
    form = her.form()
    her.mouse.wait(lambda: not form.answering.open)
    her.mouse.click(form.primary)
    her.mouse.wait(lambda: page.final is not None and page.final.preview.pages == 1)
    assert page.final is not None
    her.mouse.click(page.final.finalize)
    her.mouse.wait(lambda: page.final is not None and page.final.records)
    (record,) = page.final.records
    her.mouse.click(page.final.print)
    return record


def print_sheet(her: Inspector, folder: Path, record: Submission) -> None:
    """Seen, then saved as PDF into a folder of her choice."""
    folder.mkdir()
    page = her.page("papers", PaperPage)
    her.mouse.wait(lambda: page.desk.pdf.drawn())
    her.mouse.click(page.desk.folder)
    her.choose_files(folder)
    her.mouse.click(page.desk.save)
    her.mouse.wait(lambda: list(folder.glob("*.pdf")) and not her.desk.jobs.running)
    (file,) = folder.glob("*.pdf")
    printed = file.read_bytes()
    assert HOUSE in text(printed)
    code = RecordCode.parse(symbols(pages(printed)[0])[0])
    assert code is not None
    assert code.record_id == record.chain.record_id


def send(her: Inspector, record: Submission) -> None:
    """立即同步, then the receipt in the history."""
    her.go("sync")
    page = her.page("sync", SyncPage)
    her.mouse.wait(lambda: len(page.batch.records) == 1)
    her.mouse.click(page.head.sync)
    her.mouse.wait(lambda: page.job is None and page.batch.count("sent") == 1)
    assert page.head.title_text == "全部已送达"
    her.mouse.click(page.side.runs.all)
    her.mouse.wait(lambda: page.history.receipts.rows.rowCount() == 1)
    her.mouse.click_row(page.history.receipts, 0)

    def said() -> str:
        return "".join(one.text() for one in page.history.receipt.findChildren(QLabel)).replace(" ", "")

    her.mouse.wait(lambda: record.sha256 in said())
    assert all(file.sha256 in said() for file in record.attachments)


def test_first_run_to_receipt(
    new_window: Callable[[], Window],
    qtbot: QtBot,
    district: DistrictServer,
    houses: Path,
    photographs: tuple[Path, ...],
    tmp_path: Path,
) -> None:
    her = Inspector(qtbot, new_window())
    first_run(her, district)
    set_team(her)
    take_in(her, houses)
    find_house(her)
    fill(her, photographs)
    record = finalize(her)
    laptop = her.desk.laptop
    check_record(laptop, record, photographs)
    print_sheet(her, tmp_path / "papers", record)
    send(her, record)
    check_office(district, laptop, record)
