"""Facts of the register, each with 「更正」 in its place: old value, new value, and one reason for all.

``Facts`` is the group of a form that shows all it knows together; ``KnownFact`` stands alone, among
the questions of a form whose facts stand in groups (appearance ``fact``), its new value asked by the next.
"""

from __future__ import annotations

import re
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from fieldapp.forms import NodeView
from fieldapp.i18n import _
from fieldapp.ui.components import Button, across, down, hairline, label
from fieldapp.ui.components.fields import marked
from fieldapp.ui.controls import Surroundings
from fieldapp.ui.controls.selects import toggled
from fieldapp.ui.pages.inspection.answering import Answering
from fieldapp.ui.pages.inspection.questions import QuestionRow
from fieldapp.ui.pages.inspection.sections import FIX, NEW, Part

COLUMNS = 2
#: The appearance of what the register says, shown to be corrected.
FACT = "fact"


class Corrections:
    """Which facts of a form are being corrected: the answers to its question ``fix_facts``, at ``path``."""

    def __init__(self, answering: Answering, path: str) -> None:
        self._answering, self.path = answering, path

    @classmethod
    def of(cls, answering: Answering) -> Corrections | None:
        """Those of the form, None for a form that corrects nothing."""
        nodes = answering.session.definition.nodes
        path = next((path for path in nodes if path.endswith(f"/{FIX}")), None)
        return None if path is None else cls(answering, path)

    @property
    def allowed(self) -> bool:
        """Whether facts can be corrected yet: only by who was inside."""
        return self._answering.node(self.path).relevant

    def offered(self) -> tuple[str, ...]:
        """The facts that can be corrected now, in the form's order."""
        return tuple(one.name for one in self._answering.node(self.path).choices)

    def fixed(self) -> tuple[str, ...]:
        """The facts that are being corrected."""
        return tuple(self._answering.session.value(self.path).split())

    def turn(self, fact: str) -> None:
        """Begin to correct a fact, or take the correction back (its new value is not thrown away)."""
        self._answering.answer(self.path, " ".join(toggled(self.fixed(), fact, self.offered())))

    def was(self, path: str) -> str:
        """What the register says of the fact shown at ``path``, in words, as the form keeps it."""
        definition = self._answering.session.definition
        kept = [one for one in definition.nodes if one.endswith(f"/reg_{path.rpartition('/')[2]}")]
        if not kept:
            return ""
        value = self._answering.session.value(kept[0])
        words = {one.name: one.label for one in self._answering.node(path).choices}
        return "、".join(words.get(name, name) for name in value.split()) if words else value


class KnownFact(QWidget):
    """A fact among questions: its name, what the register says, 「更正」. ``corrects(path)`` names the
    question for the new value when one shall be given."""

    corrects = Signal(str)

    def __init__(self, answering: Answering, path: str, corrections: Corrections) -> None:
        super().__init__()
        self.path, self.fact = path, path.rpartition("/")[2]
        self._answering, self._corrections = answering, corrections
        self._name = label("", bold=True, wrap=True)
        self._value = label("", wrap=True)
        self._value.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = Button(_("Correct"), "link", on_click=self.correct)
        value = across(self._value, self.button, gap=8)
        value.setStretch(0, 1)
        self.setLayout(down(self._name, value, gap=2))
        self.refresh()

    def refresh(self) -> None:
        """Show what the register says, and that it was so while another value is asked below."""
        fixed = self.fact in self._corrections.fixed()
        node = self._answering.node(self.path)
        words = re.sub(r"\s+", " ", node.label)
        was = self._corrections.was(self.path) or "—"
        self._name.setText(words)
        self._value.setText(_("Was {value}").format(value=was) if fixed else node.text)
        marked(self._value, "tone", "warn" if fixed else "")
        self.button.setVisible(fixed or self.fact in self._corrections.offered())
        self.button.setText(_("Take back") if fixed else _("Correct"))
        self.button.setAccessibleName(f"{words} {self.button.text()}")

    def correct(self) -> None:
        """Ask for the new value, or take the correction back."""
        self._corrections.turn(self.fact)
        if self.fact in self._corrections.fixed():
            self.corrects.emit(f"{self.path.rpartition('/')[0]}/{NEW}{self.fact}")

    def ordered(self) -> list[QuestionRow]:
        """No question of its own: the new value is asked by the next one."""
        return []


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

    def __init__(
        self, answering: Answering, part: Part, corrections: Corrections, around: Surroundings
    ) -> None:
        super().__init__()
        self._answering, self._around, self._corrections = answering, around, corrections
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
        return f"{self._corrections.path.rpartition('/')[0]}/{NEW}{fact}"

    def was(self, fact: str) -> str:
        """What the register says of a fact, as the form keeps it (``reg_<fact>``), in words."""
        cell = next((one for one in self.cells if one.fact == fact), None)
        return "" if cell is None else self._corrections.was(cell.path)

    def refresh(self) -> None:
        """Show all facts; why they cannot be corrected yet is said once, above."""
        why = (
            ""
            if self._corrections.allowed
            else _("Facts can be corrected once the result of the visit says that you were inside.")
        )
        self._says.setText(why or _("From the register. What is different on site is corrected here."))
        fixed = self._corrections.fixed()
        for cell in self.cells:
            cell.refresh(self._answering, self._around, fixed=cell.fact in fixed, why_not=why)

    def correct(self, fact: str) -> None:
        """Begin to correct a fact, or take the correction back (its new value is not thrown away)."""
        self._corrections.turn(fact)
        cell = next(one for one in self.cells if one.fact == fact)
        if cell.row is not None and cell.row.isVisibleTo(self):
            cell.row.control.setFocus(Qt.FocusReason.OtherFocusReason)

    def ordered(self) -> list[QuestionRow]:
        """Rows of what is being corrected."""
        return [cell.row for cell in self.cells if cell.row is not None and cell.row.isVisibleTo(self)]
