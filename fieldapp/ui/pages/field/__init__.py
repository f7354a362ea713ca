"""现场模式: one lane, one house, one next step (``ui.md``, mockups 03 and 14)."""

from fieldapp.ui.pages.field.mode import FieldMode

__all__ = ["FieldMode"]
