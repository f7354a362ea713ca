"""Colours and sizes of the window: the only place where either stands (a test greps for hex elsewhere).

Three themes and two densities, each a frozen dataclass. The style sheet, the palette and every painter take
them from here. Contrast is computed from these values by a test (WCAG: text ≥ 4.5, edges and icons ≥ 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Colours:
    """One theme. Names say the use: ``x_tint`` lies behind ``x``, ``x_fill`` behind ``on_x``."""

    name: str
    app: str
    rail: str
    surface: str
    sunken: str
    line: str
    edge: str
    text: str
    text2: str
    text3: str
    accent: str
    accent_fill: str
    on_accent: str
    accent_tint: str
    on_tint: str
    ok: str
    ok_tint: str
    warn: str
    warn_tint: str
    danger: str
    danger_tint: str
    danger_fill: str
    on_danger: str
    neutral: str
    neutral_tint: str
    badge: str
    on_badge: str
    code_green: str
    code_yellow: str
    code_red: str
    code_grey: str
    #: How wide the edges of controls are, in logical pixels.
    edge_width: int = 1


LIGHT = Colours(
    name="light",
    app="#F2F4F1",
    rail="#E7EAE6",
    surface="#FFFFFF",
    sunken="#F8F9F7",
    line="#D6DBD5",
    edge="#828B85",
    text="#191D1B",
    text2="#4A524E",
    text3="#636B66",
    accent="#1B4F91",
    accent_fill="#1B4F91",
    on_accent="#FFFFFF",
    accent_tint="#E6EEF8",
    on_tint="#1B4F91",
    ok="#1C6638",
    ok_tint="#E2F1E7",
    warn="#7A4700",
    warn_tint="#FCEFCF",
    danger="#AE1C15",
    danger_tint="#FCE9E6",
    danger_fill="#AE1C15",
    on_danger="#FFFFFF",
    neutral="#4A524E",
    neutral_tint="#EBEEEA",
    badge="#4A524E",
    on_badge="#FFFFFF",
    code_green="#2A8A4C",
    code_yellow="#B87800",
    code_red="#C4281F",
    code_grey="#7C857F",
)

DARK = Colours(
    name="dark",
    app="#14171A",
    rail="#0F1214",
    surface="#1C2023",
    sunken="#171B1D",
    line="#343B40",
    edge="#7B868C",
    text="#E9ECEA",
    text2="#B9C1BE",
    text3="#97A19D",
    accent="#8DBBF5",
    accent_fill="#2A64AE",
    on_accent="#FFFFFF",
    accent_tint="#1D2D42",
    on_tint="#8DBBF5",
    ok="#7FD09A",
    ok_tint="#16301F",
    warn="#F2C566",
    warn_tint="#362A10",
    danger="#FF9D92",
    danger_tint="#3B1A18",
    danger_fill="#B5352B",
    on_danger="#FFFFFF",
    neutral="#B9C1BE",
    neutral_tint="#272D31",
    badge="#B9C1BE",
    on_badge="#14171A",
    code_green="#5CC07F",
    code_yellow="#E8B23C",
    code_red="#FF7468",
    code_grey="#8C9692",
)

SUNLIGHT = Colours(
    name="sunlight",
    app="#FFFFFF",
    rail="#FFFFFF",
    surface="#FFFFFF",
    sunken="#FFFFFF",
    line="#000000",
    edge="#000000",
    text="#000000",
    text2="#000000",
    text3="#2B2B2B",
    accent="#00327A",
    accent_fill="#00327A",
    on_accent="#FFFFFF",
    accent_tint="#000000",
    on_tint="#FFFFFF",
    ok="#004D1C",
    ok_tint="#FFFFFF",
    warn="#000000",
    warn_tint="#FFC400",
    danger="#9A0000",
    danger_tint="#FFFFFF",
    danger_fill="#9A0000",
    on_danger="#FFFFFF",
    neutral="#000000",
    neutral_tint="#FFFFFF",
    badge="#000000",
    on_badge="#FFFFFF",
    code_green="#006B2A",
    code_yellow="#000000",
    code_red="#9A0000",
    code_grey="#000000",
    edge_width=2,
)

THEMES = MappingProxyType({theme.name: theme for theme in (LIGHT, DARK, SUNLIGHT)})


@dataclass(frozen=True, slots=True)
class Sizes:
    """One density, in logical pixels. ``small``, ``medium``, ``large`` are the three sizes of type."""

    name: str
    small: int
    medium: int
    large: int
    cap: int
    control: int
    main: int
    row: int
    row_single: int
    target: int
    icon: int = 20
    icon_pill: int = 15
    icon_place: int = 24
    pill: int = 24
    radius_cap: int = 4
    radius: int = 6
    radius_card: int = 8


NORMAL = Sizes("normal", 13, 15, 20, 12, control=36, main=44, row=56, row_single=44, target=28)
FIELD = Sizes("field", 15, 18, 26, 12, control=48, main=60, row=60, row_single=50, target=44)
DENSITIES = MappingProxyType({sizes.name: sizes for sizes in (NORMAL, FIELD)})

#: Paper is white in every theme.
PAPER = "#FFFFFF"
#: The 4-pixel grid of spaces.
GAP_TIGHT, GAP_SMALL, GAP, GAP_CARD, GAP_LARGE, PAGE_SIDE, GAP_SECTION = 4, 8, 12, 16, 20, 24, 32
