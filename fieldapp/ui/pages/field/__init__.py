"""现场模式: one lane, one house, one next step (``ui.md``, mockups 03 and 14)."""
