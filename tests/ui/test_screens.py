"""The main screens look as they did when a person last looked at them.

Renew the stored pictures with ``python -m tests.ui.screens docs/screens main``, look at each, commit them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from tests.ui.screens import MAIN

STORED = Path(__file__).parents[2] / "docs" / "screens"
#: A pixel is another one if a channel differs by more: the stored pictures have a palette.
FAR = 48
#: Ids, free space and the symbols of sheets differ from run to run; a wrong colour or a moved column is more.
SHARE = 0.015


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The main screens, drawn now in a process of their own."""
    folder = tmp_path_factory.mktemp("screens")
    subprocess.run([sys.executable, "-m", "tests.ui.screens", str(folder), "main"], check=True, timeout=120)
    return folder


def differing(one: Path, other: Path) -> float:
    """The share of pixels that differ."""
    with Image.open(one) as first, Image.open(other) as second:
        assert first.size == second.size
        channels = ImageChops.difference(first.convert("RGB"), second.convert("RGB")).split()
    farthest = channels[0]
    for channel in channels[1:]:
        farthest = ImageChops.lighter(farthest, channel)
    return sum(farthest.histogram()[FAR + 1 :]) / (farthest.width * farthest.height)


@pytest.mark.parametrize("name", MAIN)
def test_a_screen_looks_as_it_did(name: str, drawn: Path) -> None:
    assert differing(drawn / f"{name}.png", STORED / f"{name}.png") < SHARE


def test_a_moved_column_would_be_noticed(drawn: Path, tmp_path: Path) -> None:
    """The comparison can fail: eight pixels to the right are seen on every screen."""
    for name in MAIN:
        with Image.open(drawn / f"{name}.png") as picture:
            ImageChops.offset(picture.convert("RGB"), 8, 0).save(tmp_path / "moved.png")
        assert differing(tmp_path / "moved.png", STORED / f"{name}.png") > SHARE
