"""The look in force: one theme, one density, applied to the whole application at once."""

from fieldapp.ui.themes.look import apply, apply_within, colours, colours_named, dress, font, on_tint, sizes
from fieldapp.ui.themes.tokens import Colours, Sizes

__all__ = [
    "Colours",
    "Sizes",
    "apply",
    "apply_within",
    "colours",
    "colours_named",
    "dress",
    "font",
    "on_tint",
    "sizes",
]
