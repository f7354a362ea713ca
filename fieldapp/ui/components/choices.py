"""Choosing one or several options; which control it is follows from number and length of the options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QWidget

from fieldapp.ui.components.buttons import Button, paint_cap
from fieldapp.ui.components.flow import FlowLayout
from fieldapp.ui.components.layout import across, down
from fieldapp.ui.themes import colours_named, font, sizes

#: Options shorter than this many characters are short (``ui.md`` 4).
SHORT = 8


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its name in the answers, its word, an explanation, whether choosing it is a finding."""

    name: str
    text: str
    note: str = ""
    finding: bool = False
    #: Excludes all others of a multiple choice (无).
    alone: bool = False


class OptionButton(Button):
    """One option as a button that stays pressed."""

    def __init__(self, option: Option, digit: str, form: str) -> None:
        super().__init__(option.text)
        self.option, self.form = option, form
        self.setCheckable(True)
        self.leading_cap = digit
        self.setProperty("choice", form)
        self.setProperty("finding", "true" if option.finding else "false")
        self.setAccessibleDescription(option.note)
        if option.note and form != "radio":
            self.setToolTip(option.note)
        self.toggled.connect(self._mark)

    def _mark(self, on: bool) -> None:
        if self.form == "radio":
            return
        plain = not self.leading_cap or self.form == "chip"
        self.picture = "" if not on else "general" if self.option.finding else "check" if plain else ""
        self.updateGeometry()
        self.update()

    def text_colour(self) -> QColor:
        """Selected: on its tint."""
        if self.isChecked() and self.isEnabled():
            return colours_named("warn" if self.option.finding else "on_tint")
        return super().text_colour()

    def sizeHint(self) -> QSize:
        """A radio card is 64 high and as wide as its column."""
        if self.form == "radio":
            return QSize(240, 64 if self.option.note else sizes().main)
        return super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """A card's texts are elided, an option's word never."""
        return self.sizeHint()

    def _paint_content(self, painter: QPainter, left: float) -> None:
        if self.form != "radio":
            super()._paint_content(painter, left)
            return
        colour = self.text_colour()
        middle = self.height() / 2
        painter.setPen(QPen(colour, 2 if self.isChecked() else 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ring = QRectF(left, middle - 9, 18, 18)
        painter.drawEllipse(ring)
        if self.isChecked():
            painter.setBrush(colour)
            painter.drawEllipse(ring.adjusted(5, 5, -5, -5))
        left += 18 + 12
        room = self.width() - left - 16 - (28 if self.leading_cap else 0)
        lines = [(self.text(), font("M", bold=self.isChecked()), colour)]
        if self.option.note:
            second = colour if self.isChecked() else colours_named("text3")
            lines.append((self.option.note, font("S"), second))
        heights = [QFontMetricsF(face).lineSpacing() for _text, face, _colour in lines]
        top = middle - sum(heights) / 2
        for (text, face, shade), height in zip(lines, heights, strict=True):
            painter.setFont(face)
            painter.setPen(shade)
            told = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, room)
            box = QRectF(left, top, room, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, told)
            top += height
        if self.leading_cap:
            at = QRectF(self.width() - 36, 0, 1, self.height()).center()
            paint_cap(painter, at, self.leading_cap, colour)


class Choice(QWidget):
    """One or several of some options. ``chosen(names)`` speaks when the inspector has changed it.

    ``select`` sets it without speaking; ``press(digit)`` is what a digit key does. Nothing is preselected.
    """

    chosen = Signal(tuple)
    several = False
    form: Literal["seg", "chip", "radio"] = "chip"

    def __init__(self, options: Sequence[Option], name: str, *, digits: bool = True) -> None:
        super().__init__()
        self.options = tuple(options)
        self.setAccessibleName(name)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(self.form == "chip")  # chips wrap: no option may be cut off
        self.setSizePolicy(policy)
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        self.buttons: list[OptionButton] = []
        for number, option in enumerate(self.options, start=1):
            digit = str(number) if digits and number <= 9 else ""
            button = OptionButton(option, digit, self.form)
            self._group.addButton(button)
            button.clicked.connect(lambda _on, pressed=button: self._clicked(pressed))
            self.buttons.append(button)
        self._arrange()

    def _arrange(self) -> None:
        flow = FlowLayout(gap=8)
        for button in self.buttons:
            flow.addWidget(button)
        self.setLayout(flow)

    def _clicked(self, pressed: OptionButton) -> None:
        on = pressed.isChecked()
        for button in self.buttons:
            if button is pressed:
                continue
            if not self.several or (on and (pressed.option.alone or button.option.alone)):
                button.setChecked(False)
        self.chosen.emit(self.selected())

    def selected(self) -> tuple[str, ...]:
        """The names chosen, in the order of the options."""
        return tuple(button.option.name for button in self.buttons if button.isChecked())

    def select(self, names: Sequence[str]) -> None:
        """Show these as chosen."""
        for button in self.buttons:
            button.setChecked(button.option.name in names)

    def press(self, digit: int) -> bool:
        """Choose (or toggle) option ``digit`` (1–9); False if there is none."""
        if not 1 <= digit <= min(9, len(self.buttons)):
            return False
        self.buttons[digit - 1].click()
        return True


class Segmented(Choice):
    """Two to four short options in one bar."""

    form = "seg"

    def _arrange(self) -> None:
        last = len(self.buttons) - 1
        for number, button in enumerate(self.buttons):
            place = "only" if last == 0 else "first" if number == 0 else "last" if number == last else "mid"
            button.setProperty("seg", place)
        self.setLayout(across(*self.buttons, None, gap=0))


class Chips(Choice):
    """Five to nine short options, wrapping."""

    form = "chip"


class MultiChips(Chips):
    """Several of some options."""

    several = True


class RadioCards(Choice):
    """Options that are long or need an explanation."""

    form = "radio"

    def _arrange(self) -> None:
        for button in self.buttons:
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setLayout(down(*self.buttons, gap=8))


def choice_for(options: Sequence[Option], name: str, *, several: bool = False) -> Choice:
    """The control that number and length of ``options`` ask for (fewer than ten; else a ``Combo``)."""
    if several:
        return MultiChips(options, name)
    if any(option.note or len(option.text) > SHORT for option in options):
        return RadioCards(options, name)
    return Segmented(options, name) if len(options) <= 4 else Chips(options, name)
