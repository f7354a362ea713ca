"""Colours: contrast computed from the tokens, and no colour anywhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor

from fieldapp.ui.icons import NAMES, icon
from fieldapp.ui.themes.look import style_sheet
from fieldapp.ui.themes.tokens import DENSITIES, FIELD, NORMAL, SUNLIGHT, THEMES, Colours

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [
    *((front, back) for front in ("text", "text2", "text3") for back in ("app", "rail", "surface", "sunken")),
    *((kind, f"{kind}_tint") for kind in ("ok", "warn", "danger", "neutral")),
    ("on_tint", "accent_tint"),
    ("on_accent", "accent_fill"),
    ("on_danger", "danger_fill"),
    ("on_badge", "badge"),
    *((kind, back) for kind in ("warn", "danger", "ok", "accent") for back in ("surface", "sunken", "app")),
    ("text2", "neutral_tint"),
]
MARKS = [
    *(("edge", back) for back in ("surface", "sunken", "app")),
    ("accent", "surface"),
    *(
        (code, back)
        for code in ("code_green", "code_yellow", "code_red", "code_grey")
        for back in ("surface",)
    ),
    *((code, "rail") for code in ("code_green", "code_yellow", "code_red", "code_grey")),
]


def luminance(colour: str) -> float:
    """WCAG's relative luminance."""
    asked = QColor(colour)
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
        for part in (asked.redF(), asked.greenF(), asked.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_what_wcag_says() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
@pytest.mark.parametrize(("front", "back"), TEXTS)
def test_texts_can_be_read(theme: Colours, front: str, back: str) -> None:
    least = 7.0 if theme is SUNLIGHT else 4.5
    assert contrast(getattr(theme, front), getattr(theme, back)) >= least


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
@pytest.mark.parametrize(("front", "back"), MARKS)
def test_icons_and_edges_can_be_seen(theme: Colours, front: str, back: str) -> None:
    assert contrast(getattr(theme, front), getattr(theme, back)) >= 3.0


def test_no_colour_stands_outside_the_tokens() -> None:
    """The white of paper is ``tokens.PAPER``."""
    found = []
    files = [*(ROOT / "fieldapp" / "ui").rglob("*.py"), ROOT / "resources" / "themes" / "app.qss.tmpl"]
    for file in files:
        if file.name == "tokens.py":
            continue
        text = file.read_text("utf-8")
        found += [f"{file.name}: {hit}" for hit in re.findall(r"#[0-9A-Fa-f]{3,8}\b", text)]
        found += [
            f"{file.name}: {hit}" for hit in re.findall(r"GlobalColor\.(?!transparent)\w+|rgba?\(", text)
        ]
    assert found == []


def test_every_target_is_large_enough() -> None:
    assert NORMAL.target >= 28
    assert FIELD.target >= 44
    assert min(FIELD.control, FIELD.row_single, FIELD.main) >= 44


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
@pytest.mark.parametrize("density", DENSITIES.values(), ids=lambda density: density.name)
def test_the_style_sheet_is_filled(theme: Colours, density: object) -> None:
    sheet = style_sheet(theme, density)  # type: ignore[arg-type]
    assert "$" not in sheet
    assert theme.accent_fill in sheet


def test_every_meaning_has_a_picture(qapp: object) -> None:
    for name in NAMES:
        assert not icon(name).pixmap(20, 20).toImage().isNull()
    with pytest.raises(KeyError):
        icon("no such meaning")
