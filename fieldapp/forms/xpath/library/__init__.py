"""The function library of ODK XForms, by subject; importing this package fills the registry."""

from __future__ import annotations

from fieldapp.forms.xpath.library import control, form, geo, moments, nodesets, numbers, texts
from fieldapp.forms.xpath.library.registry import LIBRARY, SPECIALS, Builtin, Special

__all__ = [
    "LIBRARY",
    "SPECIALS",
    "Builtin",
    "Special",
    "control",
    "form",
    "geo",
    "moments",
    "nodesets",
    "numbers",
    "texts",
]
