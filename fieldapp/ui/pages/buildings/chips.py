"""Filters as chips: switches, and chips that open a list to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from fieldapp.domain.codelists import codelists
from fieldapp.i18n import _
from fieldapp.services.ledger import Filters, Ledger
from fieldapp.ui.components.choices import Option, OptionButton
from fieldapp.ui.components.flow import FlowLayout

SEVERAL = ("street", "community", "structure_type", "hazard_level")
SWITCHES = ("due", "crowded", "unseen")


class StayingMenu(QMenu):
    """A menu that stays open while several are chosen; Esc or a click beside it closes it."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click switches one on or off."""
        if not self._switch(self.activeAction()):
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and the space bar do as well."""
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event.key() not in keys or not self._switch(self.activeAction()):
            super().keyPressEvent(event)

    def _switch(self, action: QAction | None) -> bool:
        if action is None or not action.isCheckable():
            return False
        action.trigger()
        return True


class MenuChip(OptionButton):
    """Some of many. ``chosen(names)`` speaks when the inspector has changed it."""

    chosen = Signal(tuple)

    def __init__(self, word: str) -> None:
        super().__init__(Option(word, word), "", "chip")
        self._word = word
        self._options: tuple[Option, ...] = ()
        self._names: tuple[str, ...] = ()
        self.menu_of_options = StayingMenu(self)
        self.menu_of_options.setAccessibleName(word)
        self.clicked.connect(self._open)
        self._tell()

    def show_options(self, options: Sequence[Option], names: Sequence[str]) -> None:
        """Offer these; ``names`` are chosen."""
        self._options = tuple(options)
        known = {option.name for option in options}
        self._names = tuple(name for name in names if name in known)
        self.menu_of_options.clear()
        for option in options:
            action = self.menu_of_options.addAction(option.text)
            action.setCheckable(True)
            action.setChecked(option.name in self._names)
            action.triggered.connect(self._changed)
        self._tell()

    def _open(self) -> None:
        self._tell()  # a click toggled the button; it stands for what is chosen, not for having been clicked
        self.menu_of_options.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _changed(self) -> None:
        actions = self.menu_of_options.actions()
        pairs = zip(self._options, actions, strict=True)
        self._names = tuple(option.name for option, action in pairs if action.isChecked())
        self._tell()
        self.chosen.emit(self._names)

    def _tell(self) -> None:
        texts = [option.text for option in self._options if option.name in self._names]
        self.setText(texts[0] if len(texts) == 1 else f"{self._word} {len(texts)}" if texts else self._word)
        self.setChecked(bool(texts))
        self.setAccessibleName(f"{self._word}：{'、'.join(texts) or _('all')}")
        self.setToolTip("、".join(texts) if len(texts) > 1 else "")


class FilterChips(QWidget):
    """All filters of the ledger. ``changed(filters)`` speaks when the inspector has changed one."""

    changed = Signal(object)

    def __init__(self, ledger: Ledger, language: str) -> None:
        super().__init__()
        self._ledger, self._language = ledger, language
        self.filters = Filters()
        words = (_("Street"), _("Community"), _("Structure"), _("Judgement"))
        self.several = {name: MenuChip(word) for name, word in zip(SEVERAL, words, strict=True)}
        switched = (_("Due this month"), _("Crowded place"), _("Never inspected"))
        self.switches = {
            name: OptionButton(Option(name, word), "", "chip")
            for name, word in zip(SWITCHES, switched, strict=True)
        }
        flow = FlowLayout(gap=8)
        for name, chip in self.several.items():
            chip.chosen.connect(lambda names, name=name: self._set(name, names))
            flow.addWidget(chip)
        for name, switch in self.switches.items():
            switch.clicked.connect(lambda on, name=name: self._set(name, on))
            flow.addWidget(switch)
        self.setLayout(flow)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(_("Filters"))

    def show_filters(self, filters: Filters) -> None:
        """Show these as chosen."""
        self.filters = filters
        for name, chip in self.several.items():
            chip.show_options(self._offered(name), getattr(filters, name))
        for name, switch in self.switches.items():
            switch.setChecked(getattr(filters, name))

    def _offered(self, name: str) -> list[Option]:
        items = codelists()[name].items
        names: Sequence[str] = tuple(items)
        if name == "street":
            names = self._ledger.streets()
        elif name == "community":
            names = self._ledger.communities(self.filters.street)
        return [Option(one, items[one].label(self._language)) for one in names]

    def _set(self, name: str, value: object) -> None:
        chosen = replace(self.filters, **{name: value})  # type: ignore[arg-type]
        if name == "street":  # a community of another street would leave nothing
            there = set(self._ledger.communities(chosen.street))
            chosen = replace(chosen, community=tuple(one for one in chosen.community if one in there))
        self.filters = chosen
        if name == "street":
            self.several["community"].show_options(self._offered("community"), chosen.community)
        self.changed.emit(chosen)
