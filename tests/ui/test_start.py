"""What is loaded before 今日 can be used; the rest waits until somebody has seen it, and holds nobody up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services.office import new_laptop
from tests.store.building import INSPECTOR, PASSPHRASE

#: The network, its messages, the engine of forms, pictures, PDF, workbooks: none of them is on 今日.
LATER = {
    "httpx",
    "pydantic",
    "fieldapp.sync.protocol",
    "fieldapp.forms",
    "lxml",
    "PIL",
    "reportlab",
    "openpyxl",
}
_SEEN = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from fieldapp.app import access
from fieldapp.ui.application import application
from fieldapp.ui.preferences import Preferences
from fieldapp.ui.window import Window

folder, inspector, passphrase = Path(sys.argv[1]), *sys.argv[2:]
app, door = application(), access(folder)
window = Window(door, Preferences(folder.with_name("window.ini")))
window.show_desk(door.unlock(inspector, passphrase))
window.show()
window._preloading.stop()  # on a busy machine the rest would come before 今日 is read

def look():
    if not window.desk.jobs.running:
        app.processEvents()
        print(window.desk.place, *sys.modules)
        app.quit()

watch = QTimer(interval=1)
watch.timeout.connect(look)
watch.start()
app.exec()
"""


def test_today_is_shown_before_anything_heavy_is_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "laptop"
    new_laptop(folder).close()
    said = subprocess.run(
        [sys.executable, "-c", _SEEN, str(folder), INSPECTOR.inspector_id, PASSPHRASE],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    place, *loaded = said.stdout.split()
    assert place == "today"
    assert "fieldapp.ui.pages.today.page" in loaded
    assert LATER & set(loaded) == set()


_EARLY = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from fieldapp.app import access
from fieldapp.ui.application import application
from fieldapp.ui.preferences import Preferences
from fieldapp.ui.window import Window
from tests.ui.heartbeat import Heartbeat

folder, inspector, passphrase = Path(sys.argv[1]), *sys.argv[2:4]
place, argument = sys.argv[4], sys.argv[5] or None
app, door = application(), access(folder)
window = Window(door, Preferences(folder.with_name("window.ini")))
window.resize(1280, 800)
window.show()
laptop = door.unlock(inspector, passphrase)  # not what is measured
beat = Heartbeat()
beat.start()

def opened():
    window.show_desk(laptop)
    from fieldapp.ui.pages import PLACES
    wanted = {one.name: one for one in PLACES}[place]
    print(wanted.loaded(argument))
    window.desk.go(place, argument)
    look()

def look():
    if window.desk.jobs.running:
        QTimer.singleShot(20, look)
        return
    beat.stop()
    shown = window.desk.page(place)
    print(window.desk.place, shown.isVisible(), *beat.stalls, sep="\\n")
    window.close()
    app.quit()

window._preloading.then(opened)
app.exec()
"""


@pytest.mark.parametrize("place", ["inspection", "buildings", "papers", "sync", "today field"])
def test_a_place_opened_right_after_unlocking_holds_nobody_up(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "laptop"
    new_laptop(folder).close()
    name, _space, argument = place.partition(" ")
    said = subprocess.run(
        [sys.executable, "-c", _EARLY, str(folder), INSPECTOR.inspector_id, PASSPHRASE, name, argument],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines() == ["False", name, "True"]
