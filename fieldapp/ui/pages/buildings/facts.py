"""基本信息: what the register knows of a house, each with 「更正」."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from time import monotonic

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from fieldapp.domain.codelists import codelists
from fieldapp.domain.register import schema
from fieldapp.i18n import _
from fieldapp.services.building_file import BuildingFile
from fieldapp.services.buildings import LIST
from fieldapp.ui.components import Button, ScrollColumn, across, down, label
from fieldapp.ui.components.fields import marked
from fieldapp.ui.pages.buildings.related import RelatedSection
from fieldapp.ui.pages.buildings.words import Words
from fieldapp.ui.themes import colours_named, font

#: So many of the groups stand above what belongs to the house in other lists.
_ABOVE = 2
#: Seconds that rows are made in before the window may draw again: one takes some milliseconds.
_AT_ONCE = 0.02


#: What no line can break, and would make the column wider than it is: codes, addresses of the web.
_LONG = re.compile(r"[!-~]{15,}")


def _broken(run: re.Match[str]) -> str:
    """May be broken behind what divides it, else anywhere: an empty blank is never seen."""
    return re.sub(r"([-/.:_])" if re.search(r"[-/.:_]", run[0]) else r"(.{6})", "\\1\u200b", run[0])


class FactRow(QWidget):
    """One fact: its word, its value, what the server's register has if that is something else, whether it
    was told differently in two places."""

    def __init__(self, word: str, width: int, correct: Button | None) -> None:
        super().__init__()
        self._value = label("", wrap=True)
        self._former: QLabel | None = None
        named = label(word, "S", "text2", wrap=True)
        named.setFixedWidth(width)
        self._values = down(self._value, gap=0)
        row = across(named, self._values, gap=8, margin=(0, 7, 0, 8))
        row.setStretch(1, 1)
        row.setAlignment(named, Qt.AlignmentFlag.AlignTop)
        if correct is not None:
            row.addWidget(correct, 0, Qt.AlignmentFlag.AlignTop)
        self.setLayout(row)

    def show_value(self, value: str, former: str | None, *, disputed: bool) -> None:
        """``former`` None: the server has the same."""
        self._value.setText(_LONG.sub(_broken, value) or _("not recorded"))
        marked(self._value, "tone", "" if value else "text3")
        below = []
        if former is not None:
            before = _("before: {value}").format(value=former or _("not recorded"))
            below.append(f"{before}，{_('unconfirmed')}")
        if disputed:
            below.append(_("Told differently in two places, to be decided"))
        if below and self._former is None:
            self._former = label("", "S", "warn", wrap=True)
            self._values.addWidget(self._former)
        if self._former is not None:
            self._former.setVisible(bool(below))
            self._former.setText("\n".join(below))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A hairline below it."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, colours_named("line"))


class FactGroup(QWidget):
    """The facts of one group: those that can be corrected always, the others where they are known."""

    def __init__(self, title: str, facts: Sequence[str], column: FactsColumn) -> None:
        super().__init__()
        self._facts, self._column = tuple(facts), column
        self.rows: dict[str, FactRow] = {}
        self.head = across(label(title, bold=True), None)
        self._lines = down(gap=0)
        self.setLayout(down(self.head, self._lines, gap=4, margin=(0, 0, 0, 12)))

    def show_file(self, file: BuildingFile, told: Mapping[str, str]) -> Iterator[None]:
        """The facts of a house, one a step; ``told`` are those of persons that were asked for."""
        words, values = self._column.words, file.row.values
        self.setVisible(any(self._wanted(fact, file) for fact in self._facts))
        differ = {
            line.name for one in file.conflicts if one.list == LIST for line in one.lines if line.differ
        }
        for fact in self._facts:
            wanted = self._wanted(fact, file)
            if wanted and fact not in self.rows:
                before = sum(other in self.rows for other in self._facts[: self._facts.index(fact)])
                self.rows[fact] = self._column.row(fact)
                self._lines.insertWidget(before, self.rows[fact])
            if fact in self.rows:
                self.rows[fact].setVisible(wanted)
                former = words.said(fact, file.former[fact], file.labels) if fact in file.former else None
                value = told.get(fact) or words.said(fact, values.get(fact, ""), file.labels)
                self.rows[fact].show_value(value, former, disputed=fact in differ)
                yield

    def _wanted(self, fact: str, file: BuildingFile) -> bool:
        return fact in self._column.correct or bool(file.row.values.get(fact) or file.former.get(fact))


class FactsColumn(QFrame):
    """``corrected(fact)`` speaks when a fact shall be corrected, ``asked(list, id)`` when numbers of persons
    are wanted."""

    corrected = Signal(str)
    asked = Signal(str, str)

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.setObjectName("surface")
        self.words = words
        declared = schema(LIST)
        metrics = QFontMetricsF(font("S"))
        named = [self._name(one.name) for one in declared.shown()]
        self._width = min(104, round(max(metrics.horizontalAdvance(name) for name in named)) + 2)
        self.correct: dict[str, Button] = {}
        for fact in codelists()["building_fact"].items:
            button = Button(_("Correct"), "link", on_click=partial(self.corrected.emit, fact))
            button.setAccessibleName(_("Correct {fact}").format(fact=self._name(fact)))
            self.correct[fact] = button
        self.groups = {
            name: FactGroup(
                declared.groups[name][words.language == "en"], [one.name for one in properties], self
            )
            for name, properties in declared.grouped().items()
        }
        self._version = label("", "S", "text2")
        self.call = Button(_("Show numbers"), "link", on_click=self._ask)
        next(iter(self.groups.values())).head.addWidget(self._version)
        for name, properties in declared.grouped().items():
            if any(one.personal for one in properties):
                self.groups[name].head.addWidget(self.call)
        self.related: dict[str, RelatedSection] = {}
        self._others = down(gap=4, margin=(0, 0, 0, 12))
        groups = list(self.groups.values())
        column = ScrollColumn(
            *groups[:_ABOVE], self._others, *groups[_ABOVE:], None, gap=0, margin=(24, 16, 20, 16)
        )
        self.setLayout(down(column, gap=0))
        self._file: BuildingFile | None = None
        self._told: Mapping[str, str] = {}
        self._steps: Iterator[None] = iter(())
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._go_on)

    def row(self, fact: str) -> FactRow:
        """A row for a fact."""
        return FactRow(self._name(fact), self._width, self.correct.get(fact))

    def _name(self, fact: str) -> str:
        item = codelists()["building_fact"].items.get(fact)
        return item.label(self.words.language) if item else self.words.name_of(fact)

    def show_file(self, file: BuildingFile) -> None:
        """The facts of a house, and what belongs to it in other lists. What was asked for of its persons is
        masked again when another house is shown."""
        if self._file is None or self._file.row.id != file.row.id:
            self._told = {}
        self._file = file
        self._version.setText(_("register, version {number}").format(number=file.row.version))
        self._show(file)

    def _show(self, file: BuildingFile) -> None:
        self._steps = self._shown(file, self._told)
        self._go_on()

    def _go_on(self) -> None:
        """As much as has time before the window wants to draw; the rest when it has drawn."""
        begun = monotonic()
        for _step in self._steps:
            if monotonic() - begun > _AT_ONCE:
                self._soon.start()
                return

    def _shown(self, file: BuildingFile, told: Mapping[str, str]) -> Iterator[None]:
        groups = list(self.groups.values())
        self._offer(file, told)
        for group in groups[:_ABOVE]:
            yield from group.show_file(file, told)
        there = {one.list_name for one in file.related}
        for name, section in self.related.items():
            section.setVisible(name in there)
        for one in file.related:
            if one.list_name not in self.related:
                section = RelatedSection(one.list_name, self.words.language)
                section.asked.connect(self.asked)
                self.related[one.list_name] = section
                self._others.addWidget(section)
            self.related[one.list_name].show_rows(one)
            yield
        for group in groups[_ABOVE:]:
            yield from group.show_file(file, told)

    def _offer(self, file: BuildingFile, told: Mapping[str, str]) -> None:
        """Numbers of persons can be asked for while some are masked."""
        values = file.row.values
        personal = ((one, values.get(one.name, "")) for one in schema(LIST).shown() if one.personal)
        masked = any(one.at_work(value) != value for one, value in personal)
        self.call.setVisible(masked and not told)

    def _ask(self) -> None:
        if self._file is not None:
            self.asked.emit(LIST, self._file.row.id)

    def tell(self, list_name: str, item: str, told: Mapping[str, str]) -> None:
        """What was asked for."""
        if list_name != LIST:
            self.related[list_name].tell(item, told)
        elif self._file is not None and self._file.row.id == item:
            self._told = told
            self._show(self._file)
