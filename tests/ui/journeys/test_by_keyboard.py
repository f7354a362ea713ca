"""From the first run to the receipt by keyboard alone: no event of a mouse, the focus always seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from fieldapp.domain.record_code import RecordCode
from fieldapp.store.model import Submission
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
from tests.ui.hands import Keyboard, NoMouse
from tests.ui.journeys.conftest import HOUSES
from tests.ui.journeys.visit import ANSWERS, HOUSE, NEAR, RESULT, RESULTS, check_office, check_record

PageOf = TypeVar("PageOf")
CONTROL = Qt.KeyboardModifier.ControlModifier
KEY = Qt.Key
#: Beside the words that are written; 138 were counted. More, and the way has become longer.
STROKES = 145
#: The red panel has its own fields; by keyboard the same questions are answered where they stand.
SAID = ANSWERS | {f"{RESULTS}/phoned_to": "江南街道值班室", f"{RESULTS}/phoned_at": "0940"}


@pytest.fixture
def no_mouse(qapp: QApplication) -> Iterator[NoMouse]:
    """Fails the test if an event of a mouse arrives anywhere."""
    watching = NoMouse(qapp)
    yield watching
    qapp.removeEventFilter(watching)
    assert watching.seen == []


class Inspector:
    """Her eyes see what has the focus; both hands are on the keys."""

    def __init__(self, qtbot: QtBot, window: Window) -> None:
        self.window = window
        self.keys = Keyboard(qtbot, window, lambda: window.desk is None or not window.desk.jobs.running)

    @property
    def desk(self) -> Desk:
        """What the unlocked window shows."""
        assert self.window.desk is not None
        return self.window.desk

    def page(self, place: str, kind: type[PageOf]) -> PageOf:
        """The page in front."""
        self.keys.wait(lambda: self.desk.place == place)
        self.keys.rest()
        found = self.desk.page(place)
        assert isinstance(found, kind)
        return found

    def command(self, words: str) -> None:
        """Ctrl+K, its words, Enter."""
        self.keys.press(KEY.Key_K, modifier=CONTROL)
        self.keys.write(words)
        self.keys.press(KEY.Key_Return)

    def choose_files(self, *files: Path) -> None:
        """Into the dialog that is open."""
        self.keys.wait(lambda: isinstance(QApplication.activeModalWidget(), QFileDialog))
        self.keys.wait(lambda: QApplication.focusWidget() is not None)
        self.keys.write(" ".join(f'"{file}"' for file in files) if len(files) > 1 else str(files[0]))
        self.keys.press(KEY.Key_Return)
        self.keys.wait(lambda: QApplication.activeModalWidget() is None)
        self.keys.rest()


def first_run(her: Inspector, district: DistrictServer) -> None:
    """Registered with the code of the office."""
    door, keys = her.window.centralWidget(), her.keys
    assert isinstance(door, FirstRun)
    keys.rest()
    assert QApplication.focusWidget() is door.server
    keys.clear()
    keys.write(district.url)
    keys.press(KEY.Key_Tab)
    keys.write(district.code())
    keys.press(KEY.Key_Tab, KEY.Key_Tab, KEY.Key_Space)
    her.choose_files(district.ca)
    for words in ("lin", "林某某", PASSPHRASE, PASSPHRASE):
        keys.press(KEY.Key_Tab)
        keys.write(words)
    keys.press(KEY.Key_Return)
    keys.wait(lambda: her.window.desk is not None)


def set_team(her: Inspector) -> None:
    """Who is out today stands in every record."""
    her.page("today", TodayPage)
    her.command("更改今天的小组")
    for words in ("林某某", "LC-0231", "王某", "LC-0248", "江南街道办事处"):
        her.keys.write(words)
        her.keys.press(KEY.Key_Tab)
    team = her.page("today", TodayPage).team
    her.keys.tab_to(team.save)
    her.keys.press(KEY.Key_Space)
    her.keys.wait(lambda: len(her.desk.laptop.visits.team) == 2)


def take_in(her: Inspector, houses: Path) -> None:
    """The office's register file."""
    her.keys.press(KEY.Key_2, modifier=CONTROL)
    ledger = her.page("buildings", BuildingsPage).ledger
    her.keys.press(KEY.Key_Space)
    her.choose_files(houses)
    her.keys.wait(lambda: ledger.model.rowCount() == HOUSES)


def find_house(her: Inspector) -> None:
    """Found by its name, its file opened, a visit begun."""
    her.keys.press(KEY.Key_K, modifier=CONTROL)
    her.keys.write(HOUSE)
    her.keys.press(KEY.Key_Return)
    file = her.page("buildings", BuildingsPage).file
    her.keys.wait(lambda: file.file is not None)
    her.keys.press(KEY.Key_Return, modifier=CONTROL)


def form_of(her: Inspector) -> FormView:
    """The form in front, its section built."""
    page = her.page("inspection", InspectionPage)
    her.keys.wait(lambda: page.form is not None and page.front() is page.form and page.form.view.whole)
    assert page.form is not None
    her.keys.rest()
    return page.form


def row_in(view: QWidget) -> QuestionRow | None:
    """The question that has the focus."""
    widget = QApplication.focusWidget()
    while widget is not None and not isinstance(widget, QuestionRow):
        widget = widget.parentWidget()
    return widget if widget is not None and view.isAncestorOf(widget) else None


def at(form: FormView) -> str:
    """The path of the question that has the focus, empty for none."""
    row = row_in(form)
    return "" if row is None else row.path


def answer(her: Inspector, form: FormView, path: str, value: str) -> None:
    """The question that has the focus: digits choose, words are written."""
    names = [choice.name for choice in form.answering.node(path).choices]
    if not names:
        her.keys.clear()
        her.keys.write(value)
        return
    for one in value.split():
        place = names.index(one) + 1
        assert place <= 9, path
        her.keys.press(Qt.Key(KEY.Key_0.value + place))


def fill(her: Inspector, photographs: tuple[Path, ...]) -> None:
    """Question by question with Enter, the photographs where they are asked for."""
    form = form_of(her)
    assert at(form) == RESULT
    here = ""
    while here != f"{RESULTS}/advice":
        come_on(her, form, here)
        here = at(form)
        if here in SAID:
            answer(her, form, here, SAID[here])
        elif here == NEAR:
            photograph_defect(her, form, photographs[2])
        if here == RESULT:
            take_photographs(her, form, photographs[0], photographs[1], photographs[3])
        her.keys.press(KEY.Key_Return)


def come_on(her: Inspector, form: FormView, before: str) -> None:
    """The focus has come to another question, and all of its section stands."""
    her.keys.wait(lambda: at(form) not in ("", before) and form.view.whole)


def photos_page(her: Inspector) -> PhotosView:
    """The page of photographs, nothing being taken in."""
    page = her.page("inspection", InspectionPage)
    her.keys.wait(lambda: page.photos is not None and page.front() is page.photos)
    assert page.photos is not None
    her.keys.rest()
    return page.photos


def take_photographs(her: Inspector, form: FormView, *files: Path) -> None:
    """F3, files of the card; the last one is told what it shows."""
    keys = her.keys
    keys.press(KEY.Key_F3)
    photos = photos_page(her)
    keys.press(KEY.Key_Return, modifier=CONTROL)
    her.choose_files(*files)
    keys.wait(lambda: len(photos.grid.tiles) == len(files))
    keys.tab_to(photos.grid)
    keys.press(KEY.Key_End)
    path = photos.grid.tiles[-1].path
    assert photos.picture.path == path
    kind = f"{path.rpartition('/')[0]}/photo_kind"
    for _key in range(12):
        row = row_in(photos)
        if row is not None and row.path == kind:
            break
        keys.press(KEY.Key_Tab)
    answer(her, form, kind, "whole")
    keys.press(KEY.Key_Escape)
    assert at(form) == RESULT


def photograph_defect(her: Inspector, form: FormView, file: Path) -> None:
    """Space on the empty tile asks for the file; Esc leads back to it."""
    her.keys.press(KEY.Key_Space)
    her.choose_files(file)
    her.keys.wait(lambda: form.answering.session.value(NEAR))
    photos_page(her)
    her.keys.press(KEY.Key_Escape)
    assert at(form) == NEAR


def finalize(her: Inspector, form: FormView) -> Submission:
    """定稿, the sheet seen before."""
    page = her.page("inspection", InspectionPage)
    assert form.answering.open == ()
    her.keys.press(KEY.Key_Return, modifier=CONTROL)
    her.keys.wait(lambda: page.final is not None and page.final.preview.pages == 1)
    final = page.final
    assert final is not None
    her.keys.wait(final.finalize.isVisible)
    her.keys.press(KEY.Key_Return, modifier=CONTROL)
    her.keys.wait(lambda: final.records)
    (record,) = final.records
    her.keys.rest()
    her.keys.press(KEY.Key_Return, modifier=CONTROL)
    return record


def print_sheet(her: Inspector, folder: Path, record: Submission) -> None:
    """Seen, then saved as PDF into a folder of her choice."""
    folder.mkdir()
    page = her.page("papers", PaperPage)
    her.keys.wait(lambda: page.desk.pdf.drawn())
    her.keys.tab_to(page.desk.folder)
    her.keys.press(KEY.Key_Space)
    her.choose_files(folder)
    her.keys.press(KEY.Key_S, modifier=CONTROL)
    her.keys.wait(lambda: list(folder.glob("*.pdf")))
    (file,) = folder.glob("*.pdf")
    printed = file.read_bytes()
    assert HOUSE in text(printed)
    code = RecordCode.parse(symbols(pages(printed)[0])[0])
    assert code is not None
    assert code.record_id == record.chain.record_id


def send(her: Inspector, record: Submission) -> None:
    """立即同步, then the receipt in the history."""
    her.keys.press(KEY.Key_6, modifier=CONTROL)
    page = her.page("sync", SyncPage)
    her.keys.wait(lambda: len(page.batch.records) == 1)
    her.keys.press(KEY.Key_Return, modifier=CONTROL)
    her.keys.wait(lambda: page.job is None and page.batch.count("sent") == 1)
    her.keys.rest()
    assert page.head.title_text == "全部已送达"
    her.command("全部历史与回执")
    her.keys.wait(lambda: page.history.receipts.rows.rowCount() == 1)
    assert QApplication.focusWidget() is page.history.runs

    def said() -> str:
        return "".join(one.text() for one in page.history.receipt.findChildren(QLabel)).replace(" ", "")

    her.keys.wait(lambda: record.sha256 in said())
    assert all(file.sha256 in said() for file in record.attachments)


def test_first_run_to_receipt(
    new_window: Callable[[], Window],
    qtbot: QtBot,
    record_property: Callable[[str, object], None],
    no_mouse: NoMouse,
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
    laptop = her.desk.laptop
    record = finalize(her, form_of(her))
    check_record(laptop, record, photographs)
    print_sheet(her, tmp_path / "papers", record)
    send(her, record)
    check_office(district, laptop, record)
    record_property("keys", her.keys.keys)
    record_property("signs", her.keys.signs)
    assert her.keys.keys <= STROKES
