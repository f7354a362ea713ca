"""Rows, columns, cards, lines and labels: how a page is put together on the 4-pixel grid."""

from __future__ import annotations

from typing import Literal, TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from fieldapp.ui.themes import sizes
from fieldapp.ui.themes.tokens import GAP, GAP_CARD, PAGE_SIDE

Box = TypeVar("Box", bound=QBoxLayout)
Part = QWidget | QLayout | QSpacerItem | int | None
Role = Literal["S", "M", "L"]
Tone = Literal["", "text2", "text3", "accent", "ok", "warn", "danger", "on_accent", "on_danger"]


def down(*parts: Part, gap: int = GAP, margin: int | tuple[int, int, int, int] = 0) -> QVBoxLayout:
    """Parts one below the other; a number is a fixed space, None takes what is left."""
    return _filled(QVBoxLayout(), parts, gap, margin)


def across(*parts: Part, gap: int = GAP, margin: int | tuple[int, int, int, int] = 0) -> QHBoxLayout:
    """Parts side by side; a number is a fixed space, None takes what is left."""
    return _filled(QHBoxLayout(), parts, gap, margin)


def _filled(box: Box, parts: tuple[Part, ...], gap: int, margin: int | tuple[int, int, int, int]) -> Box:
    box.setSpacing(gap)
    left, top, right, bottom = (margin,) * 4 if isinstance(margin, int) else margin
    box.setContentsMargins(left, top, right, bottom)
    for part in parts:
        if part is None:
            box.addStretch(1)
        elif isinstance(part, int):
            box.addSpacing(part)
        elif isinstance(part, QLayout):
            box.addLayout(part)
        elif isinstance(part, QSpacerItem):
            box.addItem(part)
        else:
            box.addWidget(part)
    return box


def spacer() -> QSpacerItem:
    """Takes what is left in both directions."""
    return QSpacerItem(0, 0, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)


def label(
    text: str = "", role: Role = "M", tone: Tone = "", *, bold: bool = False, wrap: bool = False
) -> QLabel:
    """A text in one of the three sizes; never rich text, so that no answer can become markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    if tone:
        made.setProperty("tone", tone)
    if bold:
        made.setProperty("bold", "true")
    made.setWordWrap(wrap)
    if not wrap:
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return made


def hairline(*, upright: bool = False) -> QFrame:
    """A line one pixel wide."""
    made = QFrame()
    made.setObjectName("line")
    made.setFixedWidth(1) if upright else made.setFixedHeight(1)
    return made


class Card(QFrame):
    """A surface with a hairline round it, for what can be moved or opened as one thing.

    ``look``: ``plain``, ``sunken`` (a repeat), ``next`` (what to go on with). ``body`` takes the parts.
    """

    def __init__(
        self,
        *parts: Part,
        look: Literal["plain", "sunken", "next"] = "plain",
        gap: int = GAP,
        margin: int | tuple[int, int, int, int] = GAP_CARD,
    ) -> None:
        super().__init__()
        self.setProperty("card", look)
        self.body = down(*parts, gap=gap, margin=margin)
        self.setLayout(self.body)


class ScrollColumn(QScrollArea):
    """A column of parts that scrolls up and down only; ``body`` takes the parts."""

    def __init__(
        self,
        *parts: Part,
        gap: int = GAP_CARD,
        margin: int | tuple[int, int, int, int] = (PAGE_SIDE, GAP_CARD, PAGE_SIDE, GAP_CARD),
        widest: int = 0,
    ) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        content = QWidget()
        self.body = down(*parts, gap=gap, margin=margin)
        content.setLayout(self.body)
        if widest:
            content.setMaximumWidth(widest)
            self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setWidget(content)
        content.setAutoFillBackground(False)  # setWidget turns it on


class FixedBar(QFrame):
    """A bar of fixed height with the given object name (``topbar``, ``actionbar``); follows the density."""

    def __init__(self, name: str, row: QHBoxLayout, normal: int, field: int) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setLayout(row)
        self._heights = {"normal": normal, "field": field}
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self._heights[sizes().name])

    def changeEvent(self, event: QEvent) -> None:
        """Another density."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fit()
