"""The controls of the window (``ui.md`` 4). Each is made with its word, which is its accessible name too.

``pdf.PdfView`` is not among them: it loads Qt's PDF, which few pages need.
"""

from fieldapp.ui.components.buttons import Button, paint_cap
from fieldapp.ui.components.choices import (
    Chips,
    Choice,
    MultiChips,
    Option,
    RadioCards,
    Segmented,
    choice_for,
)
from fieldapp.ui.components.dialogs import Dialog, ask
from fieldapp.ui.components.feedback import Banner, EmptyState, Progress, Segment, SegmentBar, Toast
from fieldapp.ui.components.fields import Combo, Field, LineEdit, LongText, NumberEdit
from fieldapp.ui.components.focus import FocusRing
from fieldapp.ui.components.layout import Card, ScrollColumn, across, down, hairline, label, spacer
from fieldapp.ui.components.lists import Row, RowDelegate, RowList, RowModel
from fieldapp.ui.components.pills import Pill, paint_pill, pill_width
from fieldapp.ui.components.stepper import Stepper

__all__ = [
    "Banner",
    "Button",
    "Card",
    "Chips",
    "Choice",
    "Combo",
    "Dialog",
    "EmptyState",
    "Field",
    "FocusRing",
    "LineEdit",
    "LongText",
    "MultiChips",
    "NumberEdit",
    "Option",
    "Pill",
    "Progress",
    "RadioCards",
    "Row",
    "RowDelegate",
    "RowList",
    "RowModel",
    "ScrollColumn",
    "Segment",
    "SegmentBar",
    "Segmented",
    "Stepper",
    "Toast",
    "across",
    "ask",
    "choice_for",
    "down",
    "hairline",
    "label",
    "paint_cap",
    "paint_pill",
    "pill_width",
    "spacer",
]
