"""Facts of the register, each with 「更正」 in its place: old value, new value, and one reason for all."""

from __future__ import annotations

import re
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from fieldapp.forms import NodeView
from fieldapp.i18n import _
from fieldapp.ui.components import Button, across, down, hairline, label
from fieldapp.ui.controls import Surroundings
from fieldapp.ui.controls.selects import toggled
from fieldapp.ui.pages.inspection.answering import Answering
from fieldapp.ui.pages.inspection.questions import QuestionRow
from fieldapp.ui.pages.inspection.sections import FIX, NEW, Part

COLUMNS = 2


class FactCell(QWidget):
    """One fact: its name, its value, 「更正」; the new value below while it is corrected."""

    def __init__(self, facts: Facts, node: NodeView) -> None:
        super().__init__()
        self.path, self.fact = node.path, node.name
        self._facts = facts
        self.row: QuestionRow | None = None
        self._name = label("", "S", "text3")
        self._value = label("", wrap=True)
        self._value.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._was = label("", "S", "warn", wrap=True)
        self._was.hide()
        self.button = Button(_("Correct"), "link", on_click=partial(facts.correct, node.name))
        self._new = QVBoxLayout()
        value = across(self._value, self.button, gap=8)
        value.setStretch(0, 1)
        self.setLayout(down(self._name, value, self._new, self._was, None, gap=2, margin=(0, 4, 0, 4)))

    def refresh(self, answering: Answering, around: Surroundings, *, fixed: bool, why_not: str) -> None:
        """Show what the form says; ``fixed``: it is being corrected, ``why_not``: it cannot be."""
        node = answering.node(self.path)
        words = re.sub(r"\s+", " ", node.label)
        self._name.setText(words)
        self._value.setText(node.text or "—")
        correctable = self.fact in self._facts.correctable
        self.button.setVisible(correctable)
        self.button.setText(_("Take back") if fixed else _("Correct"))
        self.button.setAccessibleName(f"{words} {self.button.text()}")
        self.button.refuse(why_not)
        new = self._facts.new_path(self.fact)
        if fixed and self.row is None:
            self.row = QuestionRow(answering, new, around, compact=True)
            self.row.leads.connect(self._facts.leads)
            self._new.addWidget(self.row)
        if self.row is not None:
            self.row.setVisible(fixed)
            if fixed:
                self.row.refresh()
        was = self._facts.was(self.fact)
        self._was.setText(_("Was {value}").format(value=was or "—"))
        self._was.setVisible(fixed and node.text != was)


class Facts(QWidget):
    """The facts in two columns."""

    def __init__(self, answering: Answering, part: Part, fixes: str, around: Surroundings) -> None:
        super().__init__()
        self._answering, self._around, self._fixes = answering, around, fixes
        self.leads = lambda _step: None
        names = {path.rpartition("/")[2] for path in answering.session.definition.nodes}
        self.correctable = frozenset(name.removeprefix(NEW) for name in names if name.startswith(NEW))
        self._says = label("", "S", "text2", wrap=True)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        nodes = [node for node in answering.node(part.path).children if node.kind == "question"]
        self.cells = [FactCell(self, node) for node in nodes]
        for number, cell in enumerate(self.cells):
            line, column = divmod(number, COLUMNS)
            grid.addWidget(cell, line, column, Qt.AlignmentFlag.AlignTop)
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
        self.setLayout(down(self._says, grid, hairline(), gap=8))
        self.refresh()

    def new_path(self, fact: str) -> str:
        """Where the new value of a fact is answered."""
        return f"{self._fixes}/{NEW}{fact}"

    def was(self, fact: str) -> str:
        """What the register says of a fact, as the form keeps it (``reg_<fact>``), in words."""
        cell = next((one for one in self.cells if one.fact == fact), None)
        if cell is None:
            return ""
        above = cell.path.rpartition("/")[0]
        kept = f"{above}/reg_{fact}"
        if kept not in self._answering.session.definition.nodes:
            return ""
        value = self._answering.session.value(kept)
        words = {one.name: one.label for one in self._answering.node(cell.path).choices}
        return "、".join(words.get(name, name) for name in value.split()) if words else value

    def _fixed(self) -> tuple[str, ...]:
        return tuple(self._answering.session.value(f"{self._fixes}/{FIX}").split())

    def refresh(self) -> None:
        """Show all facts; why they cannot be corrected yet is said once, above."""
        allowed = self._answering.node(f"{self._fixes}/{FIX}").relevant
        why = (
            ""
            if allowed
            else _("Facts can be corrected once the result of the visit says that you were inside.")
        )
        self._says.setText(why or _("From the register. What is different on site is corrected here."))
        fixed = self._fixed()
        for cell in self.cells:
            cell.refresh(self._answering, self._around, fixed=cell.fact in fixed, why_not=why)

    def correct(self, fact: str) -> None:
        """Begin to correct a fact, or take the correction back (its new value is not thrown away)."""
        path = f"{self._fixes}/{FIX}"
        order = [one.name for one in self._answering.node(path).choices]
        self._answering.answer(path, " ".join(toggled(self._fixed(), fact, order)))
        cell = next(one for one in self.cells if one.fact == fact)
        if cell.row is not None and cell.row.isVisibleTo(self):
            cell.row.control.setFocus(Qt.FocusReason.OtherFocusReason)

    def ordered(self) -> list[QuestionRow]:
        """Rows of what is being corrected."""
        return [cell.row for cell in self.cells if cell.row is not None and cell.row.isVisibleTo(self)]
