"""Puts a theme and a density in force: fonts, palette, style sheet; and says which are in force.

The style sheet lies on parts of the window (``dress``), never on the application or the whole window: Qt
styles every widget below it anew, those of hidden pages too, and for an application several times over.
"""

from __future__ import annotations

from dataclasses import asdict
from string import Template

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from fieldapp import settings
from fieldapp.errors import UserError
from fieldapp.ui.themes.tokens import DENSITIES, LIGHT, NORMAL, THEMES, Colours, Sizes

FAMILY = "Noto Sans SC"
FACES = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")
_in_force: tuple[Colours, Sizes] = (LIGHT, NORMAL)
#: What ``apply`` put in force last, which ``apply_within`` leaves as it is, and its style sheet.
_applied = _in_force
_sheet = ""
_carried: list[int] = []


def colours() -> Colours:
    """The theme in force."""
    return _in_force[0]


def sizes() -> Sizes:
    """The density in force."""
    return _in_force[1]


def colours_named(token: str) -> QColor:
    """The colour of a token (``"danger"``) in the theme in force. AttributeError for an unknown one."""
    return QColor(getattr(colours(), token))


def on_tint(kind: str) -> tuple[QColor, QColor]:
    """Foreground and background of a kind: ``ok``, ``warn``, ``danger``, ``neutral``, ``accent``, ``major``.

    ``major`` is the solid red that only 重大 has.
    """
    if kind == "major":
        return colours_named("on_danger"), colours_named("danger_fill")
    if kind == "accent":
        return colours_named("on_tint"), colours_named("accent_tint")
    return colours_named(kind), colours_named(f"{kind}_tint")


def font(role: str = "M", *, bold: bool = False) -> QFont:
    """The carried face in one of the sizes ``cap``, ``S``, ``M``, ``L`` of the density in force."""
    dense = sizes()
    made = QFont(FAMILY)
    made.setPixelSize({"cap": dense.cap, "S": dense.small, "M": dense.medium, "L": dense.large}[role])
    made.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def apply(theme: str, density: str = "normal") -> None:
    """Put ``theme`` and ``density`` (their names; the default for one that is not known) in force.

    Parts of a window follow when they are dressed again.

    UserError MEDIA_021 if a carried face cannot be read.
    """
    global _in_force, _applied, _sheet
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    before, wanted = _applied, (THEMES.get(theme, LIGHT), DENSITIES.get(density, NORMAL))
    _in_force = _applied = wanted
    if wanted == before and _sheet:
        return
    first = not _carried
    if first:
        _carry_fonts()
        app.setStyle(QStyleFactory.create("Fusion"))
    if first or before[1] != wanted[1]:
        app.setFont(font())
    app.setPalette(_palette(colours()))
    _sheet = style_sheet(*_in_force)


def dress(part: QWidget) -> None:
    """Give ``part`` and all in it the style sheet of what ``apply`` put in force, unless it wears it already.

    For what has no parent that is dressed: a page, a bar, a panel over the window. A page that is hidden is
    dressed when it comes to the front.
    """
    if part.styleSheet() != _sheet:
        part.setStyleSheet(_sheet)


def apply_within(part: QWidget, theme: str, density: str) -> None:
    """Put a theme and a density in force for ``part`` alone, which hides the rest of the window.

    What is painted follows; everything else keeps its style sheet. The part is styled once for each theme;
    ``apply`` ends it.
    """
    global _in_force
    _in_force = (THEMES.get(theme, LIGHT), DENSITIES.get(density, NORMAL))
    colour, size = colours().text, sizes().medium
    # Where two sheets say ``*``, Qt lets the application's win.
    sheet = f"{style_sheet(*_in_force)}\nQWidget {{ font-size: {size}px; color: {colour}; }}"
    if part.styleSheet() != sheet:
        part.setStyleSheet(sheet)


def style_sheet(theme: Colours, density: Sizes) -> str:
    """The template filled with one theme and one density."""
    template = (settings.resources() / "themes" / "app.qss.tmpl").read_text(encoding="utf-8")
    values: dict[str, object] = {name: value for name, value in asdict(theme).items() if name != "name"}
    values |= {f"px_{name}": value for name, value in asdict(density).items() if name != "name"}
    # What is selected has an edge of 2, so its content moves by nothing when the padding gives one up.
    # Sunlight has no fainter line to say "not now" with: the edge is broken instead.
    values["off_edge"] = "dashed" if theme.line == theme.edge else "solid"
    values["pad"] = 12 - theme.edge_width
    return Template(template).substitute(values)


def _carry_fonts() -> None:
    for face in FACES:
        number = QFontDatabase.addApplicationFont(str(settings.resources() / "fonts" / face))
        if number < 0:
            raise UserError("MEDIA_021", file=face)
        _carried.append(number)


def _palette(theme: Colours) -> QPalette:
    """Menus, tooltips, selections and disabled texts, which the style sheet does not reach."""
    roles = QPalette.ColorRole
    told = {
        roles.Window: theme.app,
        roles.WindowText: theme.text,
        roles.Base: theme.surface,
        roles.AlternateBase: theme.sunken,
        roles.Text: theme.text,
        roles.PlaceholderText: theme.text3,
        roles.Button: theme.surface,
        roles.ButtonText: theme.text,
        roles.ToolTipBase: theme.surface,
        roles.ToolTipText: theme.text,
        roles.Highlight: theme.accent_fill,
        roles.HighlightedText: theme.on_accent,
        roles.Link: theme.accent,
        roles.LinkVisited: theme.accent,
        roles.Accent: theme.accent_fill,
        roles.Light: theme.surface,
        roles.Midlight: theme.line,
        roles.Mid: theme.line,
        roles.Dark: theme.edge,
        roles.Shadow: theme.edge,
    }
    palette = QPalette()
    for role, colour in told.items():
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.text3))
    return palette
