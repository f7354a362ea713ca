"""基本信息: what the register knows of a house, each with 「更正」."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QFrame, QWidget

from fieldapp.domain.codelists import codelists
from fieldapp.i18n import _
from fieldapp.services.building_file import BuildingFile
from fieldapp.ui.components import Button, ScrollColumn, across, down, hairline, label
from fieldapp.ui.components.fields import marked
from fieldapp.ui.pages.buildings.words import Words
from fieldapp.ui.themes import font

#: What can be corrected through a form's 更正, in the order in which an inspector looks.
CORRECTED = (
    "structure_type", "floor_type", "floors_up", "built_year", "area_m2", "building_use", "owner_name",
    "owner_phone", "user_name", "design_state", "build_state", "address_detail", "building_name",
    "plate_code",
)  # fmt: skip
#: What is only shown: it comes from other work, or is derived.
SHOWN = (
    "aliases", "self_built", "approval_state", "accept_state", "si_wu", "crowded_place", "is_business",
    "appraisal_grade", "plaque_state", "last_inspected", "last_patrol", "patrol_due", "annual_due",
    "open_tasks",
)  # fmt: skip


class FactRow(QWidget):
    """One fact: its word, its value, what the server's register has if that is something else."""

    def __init__(self, word: str, width: int, correct: Button | None) -> None:
        super().__init__()
        self._value = label("", wrap=True)
        self._former = label("", "S", "warn", wrap=True)
        named = label(word, "S", "text2", wrap=True)
        named.setFixedWidth(width)
        values = down(self._value, self._former, gap=0)
        row = across(named, values, gap=8, margin=(0, 7, 0, 7))
        row.setStretch(1, 1)
        row.setAlignment(named, Qt.AlignmentFlag.AlignTop)
        if correct is not None:
            row.addWidget(correct, 0, Qt.AlignmentFlag.AlignTop)
        self.setLayout(down(row, hairline(), gap=0))

    def show_value(self, value: str, former: str | None) -> None:
        """``former`` None: the server has the same."""
        self._value.setText(value or _("not recorded"))
        marked(self._value, "tone", "" if value else "text3")
        self._former.setVisible(former is not None)
        if former is not None:
            before = _("before: {value}").format(value=former or _("not recorded"))
            self._former.setText(f"{before}，{_('unconfirmed')}")


class FactsColumn(QFrame):
    """``corrected(fact)`` speaks when a fact shall be corrected."""

    corrected = Signal(str)

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.setObjectName("surface")
        self._words = words
        named = [self._name(fact) for fact in CORRECTED + SHOWN]
        metrics = QFontMetricsF(font("S"))
        width = min(104, round(max(metrics.horizontalAdvance(name) for name in named)) + 2)
        self.correct: dict[str, Button] = {}
        self._rows: dict[str, FactRow] = {}
        for fact in CORRECTED:
            button = Button(_("Correct"), "link", on_click=partial(self.corrected.emit, fact))
            button.setAccessibleName(_("Correct {fact}").format(fact=self._name(fact)))
            self.correct[fact] = button
            self._rows[fact] = FactRow(self._name(fact), width, button)
        for fact in SHOWN:
            self._rows[fact] = FactRow(self._name(fact), width, None)
        self._version = label("", "S", "text2")
        rows = [self._rows[fact] for fact in CORRECTED]
        others = [self._rows[fact] for fact in SHOWN]
        head = across(label(_("Basic facts"), bold=True), None, self._version)
        self._other = label(_("Further"), bold=True)
        column = ScrollColumn(
            head, 4, *rows, 16, self._other, 4, *others, None, gap=0, margin=(24, 16, 20, 16)
        )
        self.setLayout(down(column, gap=0))

    def _name(self, fact: str) -> str:
        item = codelists()["building_fact"].items.get(fact)
        return item.label(self._words.language) if item else self._words.name_of(fact)

    def show_file(self, file: BuildingFile) -> None:
        """The facts of a house."""
        values: Mapping[str, str] = file.row.values
        for fact, row in self._rows.items():
            former = self._words.said(fact, file.former[fact]) if fact in file.former else None
            row.show_value(self._words.said(fact, values.get(fact, "")), former)
            if fact in SHOWN:
                row.setVisible(bool(values.get(fact) or former))
        self._other.setVisible(any(values.get(fact) for fact in SHOWN))
        self._version.setText(_("register, version {number}").format(number=file.row.version))
