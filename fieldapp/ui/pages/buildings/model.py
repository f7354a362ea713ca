"""The table's model: numbers of rows in order, and a window of rows that have been read."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt

from fieldapp.domain.codelists import codelists
from fieldapp.domain.register import schema
from fieldapp.i18n import _
from fieldapp.services.buildings import LIST
from fieldapp.services.ledger import Ledger, Newest
from fieldapp.store.model import ShownRow
from fieldapp.ui.components.lists import Index
from fieldapp.ui.components.pills import PillKind
from fieldapp.ui.pages.buildings.words import Tone, Words

CELL = Qt.ItemDataRole.UserRole + 2
#: Rows are read so many at a time (under a millisecond), and so many such reads are kept.
_READ, _KEPT = 16, 128
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a cell: what, in which tone, which of its characters were searched for."""

    text: str
    tone: Tone = ""
    bold: bool = False
    hits: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows: a pill or a line above, a small line below."""

    first: Line
    second: Line | None = None
    pill: tuple[PillKind, str, str] | None = None

    def spoken(self) -> str:
        """In words."""
        pill = self.pill[1] if self.pill else ""
        second = self.second.text if self.second else ""
        return "，".join(part for part in (pill, self.first.text, second) if part)


class HousesModel(QAbstractTableModel):
    """Houses by number. A row is read when it is painted, with its neighbours."""

    def __init__(self, ledger: Ledger, words: Words) -> None:
        super().__init__()
        self._ledger, self._words = ledger, words
        self._declared = schema(LIST)
        self.numbers: Sequence[int] = array("q")
        self._typed = ""
        self._newest: Mapping[str, Newest] = {}
        self._windows: OrderedDict[int, dict[int, ShownRow]] = OrderedDict()
        self._cells: dict[int, tuple[Cell, ...]] = {}
        #: Names of the properties that are shown, in their order.
        self.columns: tuple[str, ...] = ledger.columns()

    def show_columns(self, names: Sequence[str]) -> None:
        """Other columns; the rows stay."""
        self.beginResetModel()
        self.columns = tuple(names)
        self._cells.clear()
        self.endResetModel()

    @property
    def long_words(self) -> bool:
        """Whether words are those of a language that needs more room."""
        return self._words.language == "en"

    def kind(self, name: str) -> str:
        """The type of a property."""
        return self._declared.properties[name].type

    def vocabulary(self, name: str) -> tuple[str, ...]:
        """All that a column with one code can say, nothing for any other."""
        one = self._declared.properties[name]
        items = codelists()[one.codes].items if one.type == "code" else ()
        return tuple(self._words.short(name, item) for item in items)

    def show_numbers(
        self, numbers: Sequence[int], typed: str = "", newest: Mapping[str, Newest] | None = None
    ) -> None:
        """Other rows, read anew; ``typed`` is marked in them, ``newest`` stays as it was unless given."""
        self.beginResetModel()
        self.numbers, self._typed = numbers, typed
        if newest is not None:
            self._newest = newest
        self._windows.clear()
        self._cells.clear()
        self.endResetModel()

    def row_at(self, place: int) -> ShownRow | None:
        """The row at a place of the list, None for one that has gone since."""
        if not 0 <= place < len(self.numbers):
            return None
        window = place // _READ
        if window not in self._windows:
            begin = window * _READ
            self._windows[window] = dict(self._ledger.rows(self.numbers[begin : begin + _READ]))
            if len(self._windows) > _KEPT:
                self._windows.popitem(last=False)
                self._cells.clear()
        return self._windows[window].get(self.numbers[place])

    def cells(self, place: int) -> tuple[Cell, ...]:
        """What the row at a place shows, column by column."""
        made = self._cells.get(place)
        if made is None:
            row = self.row_at(place)
            made = (Cell(Line("")),) * len(self.columns) if row is None else self._made(row)
            self._cells[place] = made
        return made

    def _made(self, row: ShownRow) -> tuple[Cell, ...]:
        return tuple(self._cell(name, row) for name in self.columns)

    def _cell(self, name: str, row: ShownRow) -> Cell:
        """What a column shows of a row: some say more than their own property."""
        words, values = self._words, row.values
        value = values.get(name, "")
        if name == self._declared.label:
            return self._address(row)
        if name == "hazard_level":
            return self._level(row)
        if name == "last_inspected":
            last, state, tone = words.last(values, self._newest.get(row.id))
            return Cell(Line(last, tone if not state else "text2"), Line(state, tone) if state else None)
        if name == "community":
            return Cell(Line(words.community(values), "text2"))
        if name == "green_code" and not value:
            return Cell(Line(_("Not assigned"), "text3"))
        if name == "open_tasks":
            return Cell(Line(words.tasks(values)))
        declared = self._declared.properties[name]
        if declared.type == "codes":
            return Cell(Line(words.first(name, value)))
        below = "·".join(filter(None, (words.said(one, values.get(one, "")) for one in declared.below)))
        told = (
            words.short(name, value) if declared.codes else words.said(name, value, self._labels(row, name))
        )
        return Cell(Line(told, hits=self._hits(told)), Line(below, "text2") if below else None)

    def _labels(self, row: ShownRow, name: str) -> Mapping[str, str]:
        return self._ledger.labels(row, name) if self._declared.properties[name].to else {}

    def _hits(self, text: str) -> tuple[Span, ...]:
        return self._ledger.hits(text, self._typed) if self._typed and text else ()

    def _address(self, row: ShownRow) -> Cell:
        """The address; below it what else was found by, else the name of the building."""
        first = Line(row.label, bold=True, hits=self._hits(row.label))
        if self._typed and not first.hits:
            for fact in self._declared.searched():
                value = self._words.said(fact, row.values.get(fact, ""))
                hits = self._hits(value)
                if hits:
                    return Cell(first, Line(value, "text2", hits=hits))
        if row.values.get("life_state", "in_use") not in ("", "in_use"):
            return Cell(first, Line(self._words.said("life_state", row.values["life_state"]), "warn"))
        name = row.values.get("building_name", "")
        return Cell(first, Line(name, "text2") if name else None)

    def _level(self, row: ShownRow) -> Cell:
        level = self._words.level(row.values.get("hazard_level", ""))
        until, tone = self._words.deadline(row.values.get("hazard_deadline", ""))
        below = Line(until, tone) if until else None
        if level is not None:
            word = "·".join((level.word, _("unconfirmed"))) if row.unconfirmed else level.word
            return Cell(Line(""), below, (level.kind, word, level.icon))
        said = self._words.said("hazard_level", row.values.get("hazard_level", ""))
        told = [said or _("Not judged"), *([_("unconfirmed")] if row.unconfirmed else [])]
        return Cell(Line("·".join(told), "text2" if said else "text3"), below)

    # -- Qt's side ------------------------------------------------------------------------------------

    def rowCount(self, parent: Index | None = None) -> int:
        """How many houses."""
        return 0 if parent is not None and parent.isValid() else len(self.numbers)

    def columnCount(self, parent: Index | None = None) -> int:
        """All columns; the view hides those that have no room."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The cell for the delegate; words for everybody else."""
        if role == CELL:
            return self.cells(index.row())[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.cells(index.row())[index.column()].spoken()
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The heads of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words.head(self.columns[section])
        return None

    def index_of(self, number: int) -> QModelIndex:
        """Where a row stands, invalid if it is not in the list."""
        try:
            return self.index(self.numbers.index(number), 0)
        except ValueError:
            return QModelIndex()
