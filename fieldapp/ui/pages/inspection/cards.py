"""Instances of a repeat as cards: essential numbers in the head, fields in columns, photographs below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from fieldapp.forms import NodeView
from fieldapp.i18n import _, ngettext
from fieldapp.services.editing import Editing
from fieldapp.ui.components import Button, Card, across, down, label
from fieldapp.ui.components.elided import ElidedLabel
from fieldapp.ui.controls import Surroundings, name_and_unit
from fieldapp.ui.pages.inspection.answering import Answering
from fieldapp.ui.pages.inspection.questions import QuestionRow
from fieldapp.ui.pages.inspection.sections import ITEM, Part, Section, placed_at

COLUMNS = 3
#: Answers that tell one card from another while it is folded up.
_TELLING = ("d_part", "d_crack_dir", "d_crack_w", "d_crack_l", "d_tilt_mm", "d_defl_mm", "d_note")
_PLACE = ("d_part",)
#: A column is at least so wide; a name that needs more, with what was said last time, gets two.
_COLUMN = 178
Removed = Callable[[str], object]


class InstanceCard(Card):
    """One instance. Folded up it is one line; a card with something open is never folded by itself."""

    def __init__(
        self, answering: Answering, instance: str, around: Surroundings, title: str, *, placed: bool
    ) -> None:
        super().__init__(look="sunken", gap=12)
        self.instance, self.placed = instance, placed
        self._answering, self._around, self._title = answering, around, title
        self.rows: dict[str, QuestionRow] = {}
        self._shown: tuple[str, ...] = ()
        self._name = label("", bold=True)
        self._place = ElidedLabel("text2")
        self.fold = Button.of_icon("up", _("Fold up"), self._turn, size="small")
        self.copy = Button(_("Copy"), "plain", icon="copy", size="small", on_click=self._copy)
        self.remove = Button(_("Delete"), "plain", icon="delete", size="small", on_click=self._remove)
        self.holds = Button(_("Still holds"), key="Ctrl =", size="small", on_click=self.confirm)
        self.removed: Removed = lambda _title: None
        self.copied: Removed = lambda _path: None
        head = across(self._name, self._place, self.holds, self.copy, self.remove, self.fold, gap=8)
        head.setStretch(1, 1)
        self.body.addLayout(head)
        self._inner = QWidget()
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(10)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self._photos = across(gap=12)
        self._inner.setLayout(down(self._grid, self._photos, gap=12))
        self.body.addWidget(self._inner)
        self.refresh()
        if not any(path.startswith(f"{instance}/") for path in answering.wrong):
            self._turn()

    @property
    def folded(self) -> bool:
        """Whether only its head is seen."""
        return self._inner.isHidden()

    def unfold(self) -> None:
        """Show its fields."""
        if self.folded:
            self._turn()

    def _turn(self) -> None:
        folded = not self.folded
        self._inner.setVisible(not folded)
        self.fold.picture = "down" if folded else "up"
        words = _("Unfold") if folded else _("Fold up")
        self.fold.setAccessibleName(f"{self._title} {words}")
        self.fold.setToolTip(words)
        self.fold.update()
        self._say_place(self._questions())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a folded card unfolds it."""
        if event.button() == Qt.MouseButton.LeftButton and self.folded:
            self._turn()

    def _questions(self) -> list[NodeView]:
        return [
            node
            for node in self._answering.node(self.instance).children
            if node.kind == "question"
            and node.relevant
            and not node.readonly
            and not (self.placed and node.name == ITEM)
        ]

    def refresh(self) -> None:
        """Show what the form says now; questions come and go."""
        nodes = self._questions()
        shown = tuple(node.path for node in nodes)
        for node in nodes:
            if node.path in self.rows:
                self.rows[node.path].refresh()
            else:
                self.rows[node.path] = QuestionRow(self._answering, node.path, self._around, compact=True)
        if shown != self._shown:
            self._shown = shown
            self._arrange(nodes)
        self._name.setText(self._title)
        self._say_place(nodes)
        self.holds.setVisible(bool(self.waiting()))
        words = ((self.holds, _("Still holds")), (self.copy, _("Copy")), (self.remove, _("Delete")))
        for button, word in words:
            button.setAccessibleName(f"{self._title} {word}")

    def _say_place(self, nodes: list[NodeView]) -> None:
        """Where it is; folded up also what was measured there."""
        said = [_with_unit(node) for node in nodes if node.name in _TELLING and node.value]
        place = [node.text for node in nodes if node.name in _PLACE and node.value]
        pictures = sum(node.type == "binary" and bool(node.value) for node in nodes)
        told = (
            [*said, ngettext("{count} photograph", "{count} photographs", pictures).format(count=pictures)]
            if self.folded
            else place
        )
        self._place.setText("·".join(told))
        self._place.setToolTip(self._place.text())

    def _arrange(self, nodes: list[NodeView]) -> None:
        for layout in (self._grid, self._photos):
            while layout.count():
                layout.takeAt(0)
        for path, row in self.rows.items():
            if path not in self._shown:
                row.hide()
        line = column = 0
        fields = [node for node in nodes if node.type != "binary"]
        for node in nodes:
            row = self.rows[node.path]
            if node.type == "binary":
                row.setMinimumWidth(min(row.head_width(), _COLUMN))
                self._photos.addWidget(row, 0, Qt.AlignmentFlag.AlignTop)
                row.show()
                continue
            wide = max(row.control.columns(COLUMNS), 1 if row.head_width() <= _COLUMN else 2)
            if column + wide > COLUMNS:
                line, column = line + 1, 0
            if node is fields[-1] and row.control.words():
                wide = COLUMNS - column
            self._grid.addWidget(row, line, column, 1, wide, Qt.AlignmentFlag.AlignTop)
            row.show()
            column += wide
        self._photos.addStretch(1)

    def ordered(self) -> list[QuestionRow]:
        """Its rows in the order they stand; none while it is folded up."""
        return [] if self.folded else [self.rows[path] for path in self._shown]

    def waiting(self) -> list[str]:
        """Its answers that were carried over and nobody has looked at again."""
        return [path for path in self._answering.waiting if path.startswith(f"{self.instance}/")]

    def confirm(self) -> None:
        """All of it was looked at again and still holds."""
        self._answering.confirm(self.waiting())

    def _copy(self) -> None:
        made: list[str] = []
        self._answering.edit(lambda editing: made.append(editing.copy_repeat(self.instance)))
        self.copied(made[0])

    def _remove(self) -> None:
        self._answering.edit(lambda editing: editing.remove_repeat(self.instance))
        self.removed(self._title)


def _with_unit(node: NodeView) -> str:
    unit = name_and_unit(node.label)[1] if node.type in ("int", "decimal") else ""
    return f"{node.text} {unit}".strip()


class Cards(QWidget):
    """All instances of a part, and the button for one more."""

    def __init__(
        self,
        answering: Answering,
        part: Part,
        around: Surroundings,
        removed: Removed,
        added: Callable[[str], object],
    ) -> None:
        super().__init__()
        self._answering, self.part, self._around = answering, part, around
        self._removed, self._added = removed, added
        self._cards: list[InstanceCard] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(12)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._noun = answering.node(part.path).label if answering.has(part.path) else ""
        words = _("One more: {what}").format(what=self._noun or _("entry"))
        self.add = Button(words, "quiet", icon="add", on_click=self._add)
        self.setLayout(down(self._column, across(self.add, None, gap=0), gap=4))
        self.refresh()

    def _instances(self) -> list[str]:
        if not self._answering.has(self.part.path.rpartition("/")[0]):
            return []
        sections: tuple[Section, ...] = self._answering.sections
        return [
            node.path
            for node in self._answering.editing.instances(self.part.path)
            if placed_at(self._answering.session, sections, node.path) == self.part.item
        ]

    def wanted(self) -> bool:
        """Whether there is anything to show: cards, or an item that may have some."""
        if self.part.item:
            return bool(self._instances())
        return bool(self._instances()) and self._answering.node(self.part.path).relevant

    def refresh(self) -> None:
        """Cards for the instances there are. Paths move up when one goes, so that cards are made anew."""
        there = self._instances()
        if [card.instance for card in self._cards] == there:
            for card in self._cards:
                card.refresh()
            return
        known = {card.instance: card for card in self._cards}
        kept = there[: len(known)] == [card.instance for card in self._cards]
        if not kept:
            for card in self._cards:
                self._column.removeWidget(card)
                card.hide()
                card.deleteLater()
            self._cards = []
        for number, instance in enumerate(there, start=1):
            if number <= len(self._cards):
                self._cards[number - 1].refresh()
                continue
            title = f"{self._noun} {instance.rpartition('[')[2].rstrip(']')}"
            card = InstanceCard(self._answering, instance, self._around, title, placed=bool(self.part.item))
            card.removed, card.copied = self._removed, self._added
            self._cards.append(card)
            self._column.addWidget(card)

    def ordered(self) -> list[QuestionRow]:
        """Rows of all cards."""
        return [row for card in self._cards for row in card.ordered()]

    def unfold(self, path: str) -> None:
        """Show the card around a question."""
        for card in self._cards:
            if path.startswith(f"{card.instance}/") or path == card.instance:
                card.unfold()

    @property
    def cards(self) -> tuple[InstanceCard, ...]:
        """The cards, in order."""
        return tuple(self._cards)

    def _add(self) -> None:
        made: list[str] = []
        first = {ITEM: self.part.item} if self.part.item else {}

        def work(editing: Editing) -> None:
            made.append(editing.add_repeat(self.part.path, first))

        self._answering.edit(work)
        self._added(made[0])
