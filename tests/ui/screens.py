"""``make screens``: all screens in two languages, three themes, two sizes, at 100 and 200 %, into a folder.

Qt scales a process once, so each scale is a process of its own, both at once:
``python -m tests.ui.screens DIR [SCALE]``. ``python -m tests.ui.screens docs/screens main`` draws the few
anew that README shows and ``test_screens`` compares with.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event
from typing import NoReturn

from fieldapp.errors import EnvironmentProblem, FieldappError
from fieldapp.i18n import explain
from fieldapp.services.access import Access
from fieldapp.services.laptop import Laptop
from fieldapp.store import Inspector
from fieldapp.sync.problems import Cancelled
from fieldapp.ui import themes
from fieldapp.ui.gallery import Gallery
from fieldapp.ui.jobs import Job
from fieldapp.ui.pages.buildings import BuildingsPage
from fieldapp.ui.pages.inspection import InspectionPage, OpenVisit
from fieldapp.ui.pages.paper.printing import FOLDER
from fieldapp.ui.pages.sync import SyncPage
from fieldapp.ui.pages.sync.batch import Reporter
from fieldapp.ui.pages.today import TodayPage
from fieldapp.ui.preferences import LANGUAGES, Preferences
from fieldapp.ui.screens import Tour, grab, grab_screens, settle
from fieldapp.ui.themes.tokens import DENSITIES, THEMES
from fieldapp.ui.troubles import clock_behind
from fieldapp.ui.unlock import FirstRun
from tests.store.building import INSPECTOR, PASSPHRASE, WEAK
from tests.ui.sample import NOW, sample_laptop

SCALES = (1, 2)
#: A screen large enough for every size.
SCREEN = os.path.relpath(Path(__file__).with_name("screen.json"))
SIZES = ((1280, 800), (1920, 1080))
#: What README shows: light, Chinese, 1280 × 800 at 100 %.
MAIN = (
    "today", "field-mode", "buildings", "building-file", "conflict", "form-defects", "photos", "finalize",
    "papers",
)  # fmt: skip
DISTRICT = "泉州市鲤城区"
#: Who else works on the laptop.
OTHERS = (Inspector("wang", "王某"), Inspector("chen", "陈某某"))


class WholeTour(Tour):
    """Also what asks for a state of its own: a first run, a run of sync, a large picture, errors."""

    def inside(self) -> None:
        """All stops at the open desk; what changes the store comes last."""
        super().inside()
        self.unfinished()
        self.large()
        self.filters()
        self.notices()
        self.sync()
        self.answered()

    def unfinished(self) -> None:
        """A form of which most is open, and why it cannot be finalized yet."""
        store = self.desk.laptop.store
        drafts = [one for visit in store.visits.list("open") for one in store.drafts.list(visit.visit_id)]
        draft = min(drafts, key=lambda one: (one.form_id != "hazard_inspection", len(one.xml)))
        self.desk.go("inspection", OpenVisit(draft.visit_id, draft.form_id))
        self.take("form-open")
        self._inspection.show_final()
        self.take("finalize-open")
        self._inspection.to_list()

    def large(self) -> None:
        """An annotated photograph with the whole page to itself."""
        store = self.desk.laptop.store
        visit = max(store.visits.list("open"), key=lambda one: len(store.photos.for_visit(one.visit_id)))
        self.desk.go("inspection", OpenVisit(visit.visit_id, "hazard_inspection"))
        settle(self.window)
        self._inspection.show_photos()
        photos = self._inspection.photos
        assert photos is not None
        settle(self.window)
        drawn = next(number for number, tile in enumerate(photos.grid.tiles) if tile.annotated)
        photos.grid.setCurrentIndex(photos.grid.model().index(drawn, 0))
        self.take("photo-annotated")
        photos.picture.enlarge.click()
        self.take("photo-large")
        photos.picture.enlarge.click()
        self._inspection.to_list()

    @property
    def _inspection(self) -> InspectionPage:
        page = self.desk.page("inspection")
        assert isinstance(page, InspectionPage)
        return page

    def filters(self) -> None:
        """A filter while it is chosen, and what is found."""
        self.desk.go("buildings")
        page = self.desk.page("buildings")
        assert isinstance(page, BuildingsPage)
        chip = page.ledger.chips.several["structure_type"]
        chip.click()
        panel = chip.panel
        assert panel is not None
        panel.list.turned.emit(0)
        self.take("buildings-filter")
        panel.hide()
        page.ledger.clear_all()

    def notices(self) -> None:
        """What goes wrong."""
        self.desk.go("today")
        behind = clock_behind(NOW.replace(hour=11), NOW)
        assert behind is not None
        troubles: dict[str, FieldappError] = {"disk": EnvironmentProblem("STORE_020"), "clock": behind}
        for name, error in troubles.items():
            self.desk.tell(error)
            self.take(f"notice-{name}")
        self.window.unforeseen(ZeroDivisionError("drawn"))
        self.take("notice-accident")
        self.desk.notice.put_away()

    def sync(self) -> None:
        """A run in its middle, one without a network, all runs."""
        self.desk.go("sync")
        page = self.desk.page("sync")
        assert isinstance(page, SyncPage)
        settle(self.window)
        page.follow(partial(_half_a_run, page))
        self.take("sync-running", rounds=20)
        runs = self.desk.laptop.store.sync_runs
        _title, cause, remedy = explain(EnvironmentProblem("SYNC_001", host="safety.example.cn"))
        runs.end(
            runs.begin(), result="failed", sent=0, not_sent=0, bytes_sent=0, why=("SYNC_001", cause, remedy)
        )
        page.pause()
        self.take("sync-no-network")
        page.show_history()
        self.take("sync-history")

    def answered(self) -> None:
        """Field mode after the one key, one item turned to a finding."""
        self.desk.go("today")
        settle(self.window)
        self.desk.commands.trigger("today.walk")
        settle(self.window)
        page = self.desk.page("today")
        assert isinstance(page, TodayPage)
        assert page.field is not None
        page.field.items.clear.click()
        settle(self.window)
        page.field.items.rows["pc_finish"].choice.buttons[1].click()
        self.take("field-mode-answered")
        page.field.outcome("locked")
        self.take("field-mode-locked")


def _half_a_run(page: SyncPage, job: Job) -> NoReturn:
    """Tells what a run would tell, waits until it is paused."""
    paused = Event()
    job.on_cancel(paused.set)
    report = Reporter(job)
    for step in ("hello", "standing", "offer", "blobs"):
        report.step(step)
    first, *_others = page.batch.records.values()
    total = page.batch.total
    report.progress(0, total)
    report.item(first.instance_id, "sending")
    report.part(first.instance_id, first.size * 2 // 3, first.size)
    report.progress(total * 2 // 5, total)
    paused.wait(10)
    raise Cancelled


def first_run(
    made: Path, preferences: Preferences, file: Callable[[str], Path], size: tuple[int, int]
) -> int:
    """Before there is a store: empty, filled in, told that no server answers."""
    tour = Tour(_access(made / "none"), preferences, file, size)
    try:
        tour.take("first-run")
        door = tour.window.centralWidget()
        assert isinstance(door, FirstRun)
        given = {
            door.server: "https://127.0.0.1:9", door.code: "LC-7K3M-92QD", door.device: "江南街道 3 号机",
            door.inspector: "lin", door.name: "林某某", door.word: PASSPHRASE, door.again: PASSPHRASE,
        }  # fmt: skip
        for edit, text in given.items():
            edit.setText(text)
            edit.textEdited.emit(text)
        tour.take("first-run-filled")
        door.main.click()
        tour.take("first-run-refused")
    finally:
        tour.window.close()
        tour.window.deleteLater()
    return len(tour.made)


def gallery(folder: Path, scale: int) -> int:
    """Every control in every state: each theme, each density, as long as it is."""
    for theme, density in itertools.product(THEMES, DENSITIES):
        themes.apply(theme, density)
        shown = Gallery(theme, density)
        shown.show()
        content = shown.column.widget()
        shown.resize(1280, content.sizeHint().height() + 8)
        settle(shown)
        grab(shown, folder / f"gallery-{theme}-{density}-{scale}00.png")
        shown.close()
        shown.deleteLater()
    return len(THEMES) * len(DENSITIES)


def _access(folder: Path) -> Access:
    from fieldapp import app

    return app.access(folder, lambda: NOW, WEAK)


def _preferences(file: Path, language: str, theme: str) -> Preferences:
    made = Preferences(file)
    made.language, made.theme = language, theme
    made.keep_text("district", DISTRICT)
    made.keep_text(FOLDER, "/home/lin/documents/sheets")  # not that of whoever draws
    return made


def _opened(access: Access) -> Laptop:
    return access.unlock(INSPECTOR.inspector_id, PASSPHRASE)


def draw_main(folder: Path) -> None:
    """The main screens with a palette of 256 colours: small enough to be kept."""
    from PIL import Image

    with tempfile.TemporaryDirectory() as made:
        store, drawn = Path(made) / "laptop", Path(made) / "screens"
        sample_laptop(store).close()
        access = _access(store)
        preferences = _preferences(Path(made) / "window.ini", "zh_CN", "light")
        grab_screens(access, partial(_opened, access), preferences, drawn)
        folder.mkdir(parents=True, exist_ok=True)
        for name in MAIN:
            picture = Image.open(drawn / f"{name}.png").convert("RGB")
            picture.quantize(256).save(folder / f"{name}.png", optimize=True)


def draw(folder: Path, scale: int, languages: tuple[str, ...] = LANGUAGES) -> int:
    """All pictures of one scale, every tour on a copy of the same laptop; how many."""
    count = 0
    with tempfile.TemporaryDirectory() as kept:
        made = Path(kept)
        with sample_laptop(made / "sample") as laptop:  # the door is to show that one may choose
            for other in OTHERS:
                laptop.store.add_inspector(other, PASSPHRASE, WEAK)
        for language, theme, size in itertools.product(languages, THEMES, SIZES):
            tag = f"{language}-{theme}-{size[0]}x{size[1]}-{scale}00"
            preferences = _preferences(made / f"{tag}.ini", language, theme)

            def file(screen: str, tag: str = tag) -> Path:
                return folder / f"{screen}-{tag}.png"

            shutil.copytree(made / "sample", made / "laptop")
            access = _access(made / "laptop")
            tour = WholeTour(access, preferences, file, size)
            tour.go_round(partial(_opened, access))
            shutil.rmtree(made / "laptop")
            count += len(tour.made) + first_run(made, preferences, file, size)
        return count + gallery(folder, scale)


def main(folder: Path) -> int:
    """Every scale in a process of its own, at the same time."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.ui.screens", str(folder), str(scale)],
            env=os.environ
            | {"QT_QPA_PLATFORM": f"offscreen:configfile={SCREEN}", "QT_SCALE_FACTOR": str(scale)},
        )
        for scale in SCALES
    ]
    return max(one.wait() for one in running)


def _arguments() -> argparse.Namespace:
    told = argparse.ArgumentParser(prog="python -m tests.ui.screens", description="Draw the screens.")
    told.add_argument("folder", type=Path, help="where the pictures go")
    what = "main: the few that README shows; 1 or 2: all at that scale; nothing: all at both"
    told.add_argument("what", nargs="?", choices=["main", *map(str, SCALES)], help=what)
    return told.parse_args()


if __name__ == "__main__":
    said = _arguments()
    if said.what == "main":
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={SCREEN}"
        draw_main(said.folder)
    elif said.what:
        print(draw(said.folder, int(said.what)), "pictures")  # noqa: T201 - a command
    else:
        sys.exit(main(said.folder))
