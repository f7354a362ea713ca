"""Scrolling the list of houses at 100,000, against a bare ``QTableView`` over a model of the same shape.

The bare one has the same size, columns and rows, shows the facts as they are in the application's face, and
reads them from plain SQLite, a hundred rows at a time.
"""

from __future__ import annotations

import random
import sqlite3
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QTableView

from bench.timing import Figure, side_by_side
from bench.windows import opened, until
from fieldapp.domain.sample import sample_district
from fieldapp.ui.pages.buildings import BuildingsPage
from fieldapp.ui.pages.buildings.table import HousesTable

BUILDINGS = 100_000
GOAL = 2.0
_READ, _STEPS = 100, 200

Index = QModelIndex | QPersistentModelIndex


class PlainModel(QAbstractTableModel):
    """The same houses as texts."""

    def __init__(self, file: Path, columns: int) -> None:
        super().__init__()
        self._connection = sqlite3.connect(file)
        self._columns = columns
        self._begin, self._rows = -1, [tuple[str, ...]()]

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: ARG002, N802
        """All."""
        return BUILDINGS

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: ARG002, N802
        """As many as ours shows."""
        return self._columns

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """One text."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        begin = index.row() // _READ * _READ
        if begin != self._begin:
            self._begin = begin
            self._rows = self._connection.execute(
                "SELECT * FROM house WHERE rowid > ? ORDER BY rowid LIMIT ?", (begin, _READ)
            ).fetchall()
        return self._rows[index.row() - begin][index.column()]


def measure() -> list[Figure]:
    """Jumps to places all over the list, and a wheel that turns; every step painted at once."""
    with TemporaryDirectory(prefix="fieldapp-bench-") as folder, opened(BUILDINGS) as desk:
        page = desk.page("buildings")
        assert isinstance(page, BuildingsPage)
        table = page.ledger.table
        until(lambda: table.houses.rowCount() == BUILDINGS)
        bare = _bare(Path(folder) / "houses.sqlite3", table)
        figures = []
        for what, steps in (("jumps", _jumps()), ("row by row", _turns())):
            ours, its = side_by_side(partial(_scroll, table, steps), partial(_scroll, bare, steps))
            note = f"{table.viewport().height() // table.rowHeight(0)} rows in sight"
            figures.append(Figure(f"scrolling, {what}", ours, "bare QTableView", its, GOAL, note))
        bare.close()
    return figures


def _bare(file: Path, table: HousesTable) -> QTableView:
    columns = table.houses.columns
    shown = [column for column in range(len(columns)) if not table.isColumnHidden(column)]
    with sqlite3.connect(file) as connection:
        connection.execute(f"CREATE TABLE house ({', '.join(columns[column] for column in shown)})")
        connection.executemany(
            f"INSERT INTO house VALUES ({', '.join('?' * len(shown))})",
            ([row.get(columns[column], "") for column in shown] for row in sample_district(BUILDINGS)),
        )
    bare = QTableView()
    bare.setModel(PlainModel(file, len(shown)))
    bare.verticalHeader().hide()
    bare.verticalHeader().setDefaultSectionSize(table.rowHeight(0))
    bare.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
    bare.resize(table.size())
    for place, column in enumerate(shown):
        bare.setColumnWidth(place, table.columnWidth(column))
    bare.show()
    until(bare.isVisible)
    return bare


def _jumps() -> tuple[float, ...]:
    chance = random.Random(1)
    return tuple(chance.random() for _ in range(_STEPS))


def _turns() -> tuple[float, ...]:
    """A row a step, from the middle of the list on."""
    return tuple(0.5 + step / BUILDINGS for step in range(_STEPS))


def _scroll(table: QTableView, places: tuple[float, ...]) -> None:
    bar = table.verticalScrollBar()
    for place in places:
        bar.setValue(round(place * bar.maximum()))
        table.viewport().repaint()
