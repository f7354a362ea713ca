"""Choosing one or several: bar, chips, cards or a list to search, by number and length of the options."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy

from fieldapp.forms import NodeView
from fieldapp.i18n import _
from fieldapp.services.recollection import FOUND
from fieldapp.ui.components import (
    Button,
    Chips,
    Choice,
    Combo,
    MultiChips,
    Option,
    RadioCards,
    Segmented,
    across,
    down,
    label,
)
from fieldapp.ui.controls.control import Control, Surroundings
from fieldapp.ui.controls.picking import PickPanel
from fieldapp.ui.themes import font

#: From so many options on, a list to search.
MANY = 10
#: What stands in a bar besides each word: cap, gap and padding. Bars wider than the column are chips.
_ROUND_WORD, _COLUMN, _LONG = 56, 600, 300
#: A column of a card.
_IN_CARD = 190
_NONE = "none"
Named = tuple[tuple[str, str], ...]


def _options(node: NodeView) -> list[Option]:
    return [
        Option(one.name, one.label, finding=one.name == FOUND, alone=one.name == _NONE)
        for one in node.choices
    ]


def choice_of(
    options: Sequence[Option], name: str, *, several: bool, digits: bool = True, room: int = _COLUMN
) -> Choice:
    """The control for fewer than ten options: measured, not guessed from the number of characters.

    ``room`` is how wide a bar may be, in pixels.
    """
    if several:
        return MultiChips(options, name, digits=digits)
    bold = QFontMetricsF(font("M", bold=True))
    wide = [bold.horizontalAdvance(option.text) + _ROUND_WORD for option in options]
    if max(wide, default=0) > _LONG:
        return RadioCards(options, name, digits=digits)
    made = Segmented if len(options) <= 4 and sum(wide) <= room else Chips
    return made(options, name, digits=digits)


class ChoiceControl(Control):
    """Up to nine options on the page; one stop for Tab, arrows move within, digits choose."""

    def __init__(self, node: NodeView, around: Surroundings, *, compact: bool) -> None:
        super().__init__(node, around, compact=compact)
        self._several = node.control == "select"
        self._named: Named | None = None
        self._choice: Choice | None = None
        self._row = down(gap=0)
        self.setLayout(self._row)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_answer(self, node: NodeView) -> None:
        """Options and answer."""
        named = tuple((one.name, one.label) for one in node.choices)
        if named != self._named or self._choice is None:
            self._named = named
            self._build(node)
        assert self._choice is not None
        self._choice.select(tuple(node.value.split()))
        self._one_stop()

    def _build(self, node: NodeView) -> None:
        if self._choice is not None:
            self._row.removeWidget(self._choice)
            self._choice.deleteLater()
        room = _IN_CARD * self.columns(2) if self.compact else _COLUMN
        digits = not self.compact
        options = _options(node)
        self._choice = choice_of(options, node.label, several=self._several, digits=digits, room=room)
        self._choice.chosen.connect(lambda names: self._tell(names))
        self._row.addWidget(self._choice)
        for button in self._choice.buttons:
            button.setAutoDefault(False)

    def _tell(self, names: tuple[str, ...]) -> None:
        self.answered.emit(" ".join(names), False)
        self._one_stop()

    def _one_stop(self) -> None:
        assert self._choice is not None
        buttons = self._choice.buttons
        stop = next((button for button in buttons if button.isChecked()), buttons[0] if buttons else None)
        for button in buttons:
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if button is stop else Qt.FocusPolicy.ClickFocus)
        if stop is not None:
            self.setFocusProxy(stop)

    def columns(self, most: int) -> int:
        """Three words need two columns, chips all."""
        if self._several:
            return most
        return 1 if self._named is None or len(self._named) < 3 else min(2, most)

    def press(self, digit: int) -> bool:
        """Choose, or toggle."""
        return self._choice is not None and self._choice.press(digit)


class PickCombo(Combo):
    """A combo whose list can be searched."""

    def __init__(self, options: Sequence[tuple[str, str]], name: str, hint: str = "") -> None:
        self._all = tuple(options)
        super().__init__(options, name, hint)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)

    def offer(self, options: Sequence[tuple[str, str]]) -> None:
        """Other options."""
        self._all = tuple(options)
        super().offer(options)

    def showPopup(self) -> None:
        """Type to search."""
        panel = PickPanel(self, self.accessibleName(), self._all)
        panel.picked.connect(self._take)
        panel.open_below(self, (str(self.currentData() or ""),))

    def _take(self, name: str) -> None:
        self.select(name)
        self.chosen.emit(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits and Enter belong to the question; the list opens by arrows and Space."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Space):
            self.showPopup()
        else:
            event.ignore()


class ComboControl(Control):
    """One of ten or more, or of several within a card."""

    def __init__(self, node: NodeView, around: Surroundings, *, compact: bool) -> None:
        super().__init__(node, around, compact=compact)
        self._named: Named | None = None
        self._combo = PickCombo((), node.label, _("Choose"))
        self._combo.chosen.connect(lambda name: self.answered.emit(name, False))
        self.setLayout(across(self._combo, gap=0))
        if not compact:
            self.setMaximumWidth(360)
        self.setFocusProxy(self._combo)

    def show_answer(self, node: NodeView) -> None:
        """Options and answer; an answer that is no option any more is shown as nothing."""
        named = tuple((one.name, one.label) for one in node.choices)
        if named != self._named:
            self._named = named
            self._combo.offer(named)
        self._combo.select(node.value)

    def press(self, digit: int) -> bool:
        """The first nine by their number."""
        if self._named is None or digit > len(self._named) or digit < 1:
            return False
        self.answered.emit(self._named[digit - 1][0], False)
        return True


class ManyControl(Control):
    """Several of ten or more: what is chosen as words, and a list to search."""

    def __init__(self, node: NodeView, around: Surroundings, *, compact: bool) -> None:
        super().__init__(node, around, compact=compact)
        self._named: Named = ()
        self._chosen: tuple[str, ...] = ()
        self._name = node.label
        self._words = label("", bold=True, wrap=True)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._button = Button(_("Choose…"), icon="list", on_click=self._open)
        self._button.setAccessibleName(f"{node.label}：{_('Choose…')}")
        self._button.setAutoDefault(False)
        row = across(self._button, self._words, gap=12)
        row.setStretch(1, 1)
        self.setLayout(row)
        self.setFocusProxy(self._button)

    def show_answer(self, node: NodeView) -> None:
        """The words of what is chosen."""
        self._named = tuple((one.name, one.label) for one in node.choices)
        self._chosen = tuple(node.value.split())
        self._words.setText(node.text)
        self._button.setAccessibleDescription(node.text)

    def columns(self, most: int) -> int:
        """The words of what is chosen may be long."""
        return most

    def _open(self) -> None:
        panel = PickPanel(self, self._name, self._named, several=True)
        panel.picked.connect(self._toggle)
        panel.open_below(self._button, self._chosen)

    def _toggle(self, name: str) -> None:
        self._chosen = toggled(self._chosen, name, [one for one, _text in self._named])
        self.answered.emit(" ".join(self._chosen), False)

    def press(self, digit: int) -> bool:
        """The first nine by their number."""
        if not 1 <= digit <= len(self._named):
            return False
        self._toggle(self._named[digit - 1][0])
        return True


def toggled(chosen: Sequence[str], name: str, order: Sequence[str]) -> tuple[str, ...]:
    """``chosen`` with ``name`` put in or taken out, in the order of the list; 「无」 stands alone."""
    now = set(chosen) ^ {name}
    if name in now:
        now = {name} if name == _NONE else now - {_NONE}
    return tuple(one for one in order if one in now)


def select_control(node: NodeView, around: Surroundings, *, compact: bool) -> Control:
    """The control that number, length and place of the options ask for."""
    several = node.control == "select"
    number = len(node.choices)
    if several:
        made: type[Control] = ManyControl if number >= MANY else ChoiceControl
    elif compact:
        made = ChoiceControl if number <= 3 else ComboControl
    else:
        made = ComboControl if number >= MANY else ChoiceControl
    return made(node, around, compact=compact)
