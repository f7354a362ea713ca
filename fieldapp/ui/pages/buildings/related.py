"""Rows of other lists in a building's file: units, plates with their houses, contacts; one opened at once."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from fieldapp.domain.register import ListSchema, schema
from fieldapp.i18n import _
from fieldapp.services.buildings import LIST
from fieldapp.services.related import Related
from fieldapp.services.wording import said
from fieldapp.store.model import ShownRow
from fieldapp.ui.components import Button, across, down, label
from fieldapp.ui.components.lists import Row, RowList
from fieldapp.ui.themes import sizes


class RelatedSection(QWidget):
    """The rows of one list. ``asked(list, id)`` speaks when the numbers of a row's persons are wanted."""

    asked = Signal(str, str)

    def __init__(self, list_name: str, language: str) -> None:
        super().__init__()
        self._declared: ListSchema = schema(list_name)
        self._language = language
        self._related: Related | None = None
        self._open = ""
        #: What was asked for of the row that is open; masked again when it is closed.
        self._told: Mapping[str, str] = {}
        self.head = label("", bold=True)
        self.list = RowList(self._declared.title(language))
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(False)
        self.list.opened.connect(self.open)
        self.detail = QFrame()
        self.detail.setProperty("card", "plain")
        self._place = down(gap=0)
        self._body: QWidget | None = None
        self.call = Button(_("Show numbers"), "link", on_click=self._ask)
        self.call.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.detail.setLayout(down(self._place, self.call, gap=8, margin=12))
        self.detail.hide()
        self.setLayout(down(self.head, self.list, self.detail, gap=4, margin=(0, 8, 0, 8)))

    def show_rows(self, related: Related) -> None:
        """These rows; one that was open stays open."""
        self._related = related
        self.head.setText(f"{self._declared.title(self._language)} {len(related.rows)}")
        self.list.show_rows([self._row(row) for row in related.rows])
        self.list.setFixedHeight(max(1, sum(self._high(row) for row in self.list.rows.rows)))
        self._show_open()

    def _high(self, row: Row) -> int:
        return sizes().row if row.note else sizes().row_single

    def _row(self, row: ShownRow) -> Row:
        """The first column, the others below it."""
        first, *others = self._declared.columns
        below = "·".join(filter(None, (self._said(one, row) for one in others)))
        mark = _("unconfirmed") if row.unconfirmed else ""
        return Row(row.id, self._said(first, row) or row.label, below, word=mark, word_tone="text2")

    def _said(self, name: str, row: ShownRow) -> str:
        one, value = self._declared.properties[name], row.values.get(name, "")
        labels = {} if self._related is None else self._related.labels
        word = said(one, value, self._language, labels)
        return f"{one.title(self._language)} {word}" if word and one.type in {"integer", "decimal"} else word

    # -- one row ---------------------------------------------------------------------------------------

    def open(self, item: str) -> None:
        """Show all that is known of a row, or hide it again."""
        self._open, self._told = "" if item == self._open else item, {}
        self._show_open()

    def _show_open(self) -> None:
        rows = () if self._related is None else self._related.rows
        row = next((one for one in rows if one.id == self._open), None)
        self.detail.setVisible(row is not None)
        if self._body is not None:
            self._place.removeWidget(self._body)
            self._body.deleteLater()
            self._body = None
        if row is None or self._related is None:
            return
        masked, lines = False, down(gap=4)
        for one in self._declared.shown():
            value = row.values.get(one.name, "")
            if not value or (one.to == LIST and value == row.values.get("building")):
                continue
            full = self._told.get(one.name, "")
            word = full or said(one, value, self._language, self._related.labels)
            masked = masked or (word != full and word != value and bool(one.personal))
            name, text = label(one.title(self._language), "S", "text2", wrap=True), label(word, wrap=True)
            name.setFixedWidth(96)
            lines.addLayout(across(name, text, gap=8))
        self._body = QWidget()
        self._body.setLayout(lines)
        self._place.addWidget(self._body)
        self.call.setVisible(masked)

    def _ask(self) -> None:
        self.asked.emit(self._declared.name, self._open)

    def tell(self, item: str, told: Mapping[str, str]) -> None:
        """The numbers that were asked for."""
        if item == self._open:
            self._told = told
            self._show_open()
