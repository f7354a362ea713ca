"""Filters as chips: switches, and chips that open a list to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from fieldapp.domain.codelists import codelists
from fieldapp.domain.register import schema
from fieldapp.i18n import _
from fieldapp.services.buildings import LIST
from fieldapp.services.ledger import SPANS, Filters, Ledger, code_filters, day_filters
from fieldapp.ui import themes
from fieldapp.ui.components.buttons import Button
from fieldapp.ui.components.choices import Option, OptionButton
from fieldapp.ui.components.flow import FlowLayout
from fieldapp.ui.components.layout import down
from fieldapp.ui.components.lists import Index, Row, RowList
from fieldapp.ui.themes import font, sizes

#: A property with this code list is a switch, chosen or not; one with any other opens a list.
_YES_NO, _YES = "yes_no", ("yes",)
#: What stands first: of which part of the district the list is.
_WHERE = ("street", "community")


class OptionList(RowList):
    """Rows to tick: a click, Enter or Space turns one."""

    turned = Signal(int)

    def _open(self, index: Index) -> None:
        self.turned.emit(index.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space does what Enter does."""
        if event.key() == Qt.Key.Key_Space and self.currentIndex().isValid():
            self._open(self.currentIndex())
            return
        super().keyPressEvent(event)


class OptionPanel(QFrame):
    """A list of options to tick, over the page; Esc or a click elsewhere closes it."""

    changed = Signal(tuple)

    def __init__(self, beside: QWidget, name: str) -> None:
        super().__init__(beside.window())
        self.setObjectName("menu")
        self._beside = beside
        self._options: tuple[Option, ...] = ()
        self._ticked: set[str] = set()
        self.list = OptionList(name)
        self.list.turned.connect(self._turn)
        self.list.installEventFilter(self)
        self.setLayout(down(self.list, gap=0, margin=(2, 4, 2, 4)))
        self.hide()

    def open(self, options: Sequence[Option], names: Sequence[str]) -> None:
        """Offer these below the chip, with the keyboard on them."""
        themes.dress(self)
        self._options, self._ticked = tuple(options), set(names)
        self.list.show_rows([self._row(option) for option in options])
        window = self._beside.window()
        corner = self._beside.mapTo(window, self._beside.rect().bottomLeft())
        longest = max((QFontMetricsF(font()).horizontalAdvance(one.text) for one in options), default=0)
        wide = max(round(longest) + 140, self._beside.width())
        high = min(len(options) * sizes().row_single + 10, window.height() - corner.y() - 24)
        self.setGeometry(min(corner.x(), window.width() - wide - 8), corner.y() + 5, wide, high)
        self.show()
        self.raise_()
        self.list.setCurrentIndex(self.list.rows.index(0))
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def tick(self, names: Sequence[str]) -> None:
        """Tick these and no others, where it stands open."""
        self._ticked = set(names)
        for place, option in enumerate(self._options):
            self.list.rows.change(place, self._row(option))

    def _row(self, option: Option) -> Row:
        ticked = option.name in self._ticked
        word = _("chosen") if ticked else ""
        icon, tone = ("done", "accent") if ticked else ("open", "text2")
        return Row(option.name, option.text, icon=icon, icon_tone=tone, word=word, opens=False)

    def _turn(self, place: int) -> None:
        self._ticked ^= {self._options[place].name}
        self.list.rows.change(place, self._row(self._options[place]))
        self.changed.emit(tuple(option.name for option in self._options if option.name in self._ticked))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc closes it; it goes as well when the keyboard goes elsewhere."""
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Escape:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self.hide()
            self._beside.setFocus(Qt.FocusReason.PopupFocusReason)
        return True


class MenuChip(OptionButton):
    """Some of many. ``chosen(names)`` speaks when the inspector has changed it."""

    chosen = Signal(tuple)

    def __init__(self, word: str) -> None:
        super().__init__(Option(word, word), "", "chip")
        self._word = word
        self._options: tuple[Option, ...] = ()
        self._names: tuple[str, ...] = ()
        self.setAccessibleName(word)
        self.panel: OptionPanel | None = None
        self.clicked.connect(self._open)
        self._tell()

    @property
    def options(self) -> tuple[Option, ...]:
        """What it offers."""
        return self._options

    def show_options(self, options: Sequence[Option], names: Sequence[str]) -> None:
        """Offer these; ``names`` are chosen."""
        self._options = tuple(options)
        known = {option.name for option in options}
        self._names = tuple(name for name in names if name in known)
        self._tell()

    def turn_to(self, names: tuple[str, ...]) -> None:
        """Only these are chosen; an open list shows it."""
        self.show_options(self._options, names)
        if self.panel is not None:
            self.panel.tick(names)

    def _open(self) -> None:
        self._tell()  # a click toggled the button; it stands for what is chosen, not for having been clicked
        if self.panel is None:
            self.panel = OptionPanel(self, self._word)
            self.panel.changed.connect(self._changed)
        self.panel.open(self._options, self._names)

    def _changed(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._tell()
        self.chosen.emit(self._names)

    def _tell(self) -> None:
        texts = [option.text for option in self._options if option.name in self._names]
        self.setText(texts[0] if len(texts) == 1 else f"{self._word} {len(texts)}" if texts else self._word)
        self.setChecked(bool(texts))
        self.setAccessibleName(f"{self._word}：{'、'.join(texts) or _('all')}")
        self.setToolTip("、".join(texts) if len(texts) > 1 else "")


class FilterChips(QWidget):
    """All filters of the ledger: those that the register declares, and two of days. Those that have no room
    in a line stand behind 「更多条件」. ``changed(filters)`` speaks when the inspector has changed one."""

    changed = Signal(object)

    def __init__(self, ledger: Ledger, language: str) -> None:
        super().__init__()
        self._ledger, self._language = ledger, language
        self.filters = Filters()
        declared = (*code_filters(), *day_filters())
        words = {one.name: one.title(language) for one in declared}
        self._codes = {one.name: one.codes for one in declared}
        self.several = {
            name: MenuChip(words[name]) for name, codes in self._codes.items() if codes != _YES_NO
        }
        switched = {"due": _("Due this month"), "unseen": _("Never inspected")}
        switched |= {name: words[name] for name in words if name not in self.several}
        self.switches = {
            name: OptionButton(Option(name, word), "", "chip") for name, word in switched.items()
        }
        for name, chip in self.several.items():
            chip.chosen.connect(lambda names, name=name: self._choose(name, names))
        for name, switch in self.switches.items():
            switch.clicked.connect(lambda on, name=name: self._switch(name, on))
        self.more = Button(_("More filters"), "quiet", icon="filter", on_click=self._unfold)
        self.unfolded = False
        flow = FlowLayout(gap=8)
        for part in (*self._chips(), self.more):
            flow.addWidget(part)
        self.setLayout(flow)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(_("Filters"))

    def _chips(self) -> list[OptionButton]:
        """In their order: where, what is to be done, what lists show, what else the register declares."""
        chips: dict[str, OptionButton] = {**self.several, **self.switches}
        shown = schema(LIST).columns
        first = [*_WHERE, "due", "unseen", *(name for name in shown if self._codes.get(name))]
        return [chips[name] for name in dict.fromkeys([*first, *chips]) if name in chips]

    # -- which have room ------------------------------------------------------------------------------

    def _unfold(self) -> None:
        self.unfolded = not self.unfolded
        self._share()

    def _share(self) -> None:
        """Show what has room in a line, or all; what narrows unseen is counted on the button."""
        chips, gap = self._chips(), 8
        hidden = 0 if self.unfolded else len(chips) - self._fitting(chips, gap)
        for place, chip in enumerate(chips):
            chip.setVisible(place < len(chips) - hidden)
        unseen = sum(chip.isChecked() for chip in chips[len(chips) - hidden :])
        word = _("Fewer filters") if self.unfolded else _("More filters")
        self.more.setText(f"{word} {unseen}" if unseen else word)
        self.more.setAccessibleName(self.more.text())
        self.more.setVisible(self.unfolded or hidden > 0)
        self.more.updateGeometry()

    def _fitting(self, chips: Sequence[QWidget], gap: int) -> int:
        """How many chips stand in one line, with the button behind them if not all do."""
        wide = [chip.sizeHint().width() for chip in chips]
        if sum(wide) + gap * (len(wide) - 1) <= self.width():
            return len(chips)
        room, count = self.width() - self.more.sizeHint().width() - 20, 0
        while count < len(wide) and wide[count] + gap <= room:
            room -= wide[count] + gap
            count += 1
        return count

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer have room."""
        super().resizeEvent(event)
        self._share()

    # -- what is chosen -------------------------------------------------------------------------------

    def show_filters(self, filters: Filters) -> None:
        """Show these as chosen."""
        self.filters = filters
        for name, chip in self.several.items():
            chip.show_options(self._offered(name), filters.of(name))
        for name, switch in self.switches.items():
            said = bool(filters.of(name)) if name in self._codes else getattr(filters, name)
            switch.setChecked(said)
        self._share()

    def _offered(self, name: str) -> list[Option]:
        if not self._codes[name]:
            return _spans()
        items = codelists()[self._codes[name]].items
        names: Sequence[str] = tuple(items)
        if name == "street":
            names = self._ledger.streets()
        elif name == "community":
            names = self._ledger.communities(self.filters.of("street"))
        return [Option(one, items[one].label(self._language)) for one in names]

    def _choose(self, name: str, codes: tuple[str, ...]) -> None:
        if not self._codes[name] and len(codes) > 1:  # a day is narrowed to one span
            codes = tuple(code for code in codes if code not in self.filters.of(name))
            self.several[name].turn_to(codes)
        chosen = self.filters.choosing(name, codes)
        if name == "street":  # a community of another street would leave nothing
            there = set(self._ledger.communities(codes))
            chosen = chosen.choosing("community", (one for one in chosen.of("community") if one in there))
        self.filters = chosen
        if name == "street":
            self.several["community"].show_options(self._offered("community"), chosen.of("community"))
        self._share()
        self.changed.emit(chosen)

    def _switch(self, name: str, on: bool) -> None:
        if name in self._codes:
            self._choose(name, _YES if on else ())
            return
        self.filters = replace(self.filters, **{name: on})  # type: ignore[arg-type]
        self._share()
        self.changed.emit(self.filters)


def _spans() -> list[Option]:
    told = {
        "past": _("Past"), "month": _("This month"), "later": _("Later"), "none": _("No day recorded"),
    }  # fmt: skip
    return [Option(span, told[span]) for span in SPANS]
