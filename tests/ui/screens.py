"""``make screens``: all screens in two languages, three themes, two sizes, at 100 and 200 %, into a folder.

Qt scales a process once, so each scale is a process of its own: ``python -m tests.ui.screens DIR [SCALE]``.
``python -m tests.ui.screens docs/screens main`` draws the few anew that README shows and
``test_screens`` compares with.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SCALES = (1, 2)
#: A screen large enough for every size.
SCREEN = os.path.relpath(Path(__file__).with_name("screen.json"))
SIZES = ((1280, 800), (1920, 1080))


#: What README shows: light, Chinese, 1280 × 800 at 100 %.
MAIN = ("today", "field-mode", "buildings", "building-file", "form-defects", "photos", "finalize", "papers")


def draw_main(folder: Path) -> None:
    """The main screens with a palette of 256 colours: small enough to be kept."""
    from PIL import Image

    from fieldapp import app
    from fieldapp.ui.preferences import Preferences
    from fieldapp.ui.screens import grab_screens
    from tests.services.office import MORNING
    from tests.store.building import INSPECTOR, PASSPHRASE, WEAK
    from tests.ui.sample import sample_laptop

    with tempfile.TemporaryDirectory() as made:
        store, drawn = Path(made) / "laptop", Path(made) / "screens"
        sample_laptop(store).close()
        access = app.access(store, lambda: MORNING, WEAK)
        preferences = Preferences(Path(made) / "window.ini")
        preferences.language, preferences.theme = "zh_CN", "light"
        preferences.keep_text("district", "泉州市鲤城区")
        grab_screens(access, lambda: access.unlock(INSPECTOR.inspector_id, PASSPHRASE), preferences, drawn)
        folder.mkdir(parents=True, exist_ok=True)
        for name in MAIN:
            picture = Image.open(drawn / f"{name}.png").convert("RGB")
            picture.quantize(256).save(folder / f"{name}.png", optimize=True)


def draw(folder: Path, scale: int) -> int:
    """All pictures of one scale; how many."""
    from fieldapp import app
    from fieldapp.ui.preferences import LANGUAGES, Preferences
    from fieldapp.ui.screens import grab_screens
    from fieldapp.ui.themes.tokens import THEMES
    from tests.services.office import MORNING
    from tests.store.building import INSPECTOR, PASSPHRASE, WEAK
    from tests.ui.sample import sample_laptop

    count = 0
    with tempfile.TemporaryDirectory() as made:
        store = Path(made) / "laptop"
        sample_laptop(store).close()
        access = app.access(store, lambda: MORNING, WEAK)
        for language, theme, size in itertools.product(LANGUAGES, THEMES, SIZES):
            preferences = Preferences(Path(made) / f"{language}-{theme}-{size[0]}.ini")
            preferences.language, preferences.theme = language, theme
            preferences.keep_text("district", "泉州市鲤城区")
            tag = f"{language}-{theme}-{size[0]}x{size[1]}-{scale}00"
            drawn = grab_screens(
                access,
                lambda: access.unlock(INSPECTOR.inspector_id, PASSPHRASE),
                preferences,
                folder,
                size=size,
                name=lambda screen, tag=tag: f"{screen}-{tag}.png",  # type: ignore[misc]
            )
            count += len(drawn)
    return count


def main(folder: Path) -> None:
    """Every scale in a process of its own."""
    for scale in SCALES:
        subprocess.run(
            [sys.executable, "-m", "tests.ui.screens", str(folder), str(scale)],
            env=os.environ
            | {"QT_QPA_PLATFORM": f"offscreen:configfile={SCREEN}", "QT_SCALE_FACTOR": str(scale)},
            check=True,
        )


if __name__ == "__main__":
    if sys.argv[2:] == ["main"]:
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={SCREEN}"
        draw_main(Path(sys.argv[1]))
    elif len(sys.argv) > 2:
        print(draw(Path(sys.argv[1]), int(sys.argv[2])), "pictures")  # noqa: T201 - a command
    else:
        main(Path(sys.argv[1]))
