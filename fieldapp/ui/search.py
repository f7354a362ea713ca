"""What Ctrl+K finds: buildings, their records, commands; a list below the search field.

The store is read in a job: it may be busy with a long list at that moment, and typing waits for nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from fieldapp.domain.codelists import codelists
from fieldapp.domain.conflicts import CONFLICTS
from fieldapp.domain.record_code import RecordCode
from fieldapp.i18n import _
from fieldapp.services.laptop import Laptop
from fieldapp.services.wording import form_title
from fieldapp.store.model import ShownRow, Submission
from fieldapp.store.search import initials
from fieldapp.ui.actions import Actions, shown_key
from fieldapp.ui.components.layout import down, label
from fieldapp.ui.components.lists import Row, RowList
from fieldapp.ui.jobs import Job, Jobs
from fieldapp.ui.page import Page
from fieldapp.ui.topbar import SearchField

MOST, RECORDS_OF, COMMANDS = 8, 2, 12


class Search:
    """Rows for what was typed; each key says what opening it does: ``buildings:id``, ``record:id``, …"""

    def __init__(self, laptop: Laptop, actions: Actions) -> None:
        self._laptop = laptop
        self._actions = actions

    def commands(self) -> tuple[Row, ...]:
        """What can be done now. For the GUI thread: the reasons against it lie in widgets."""
        return tuple(
            Row(f"action:{action.name}", action.text, " ", icon="command", word=shown_key(action))
            for action in self._actions.all()
            if not action.reason()
        )

    def rows(self, text: str, commands: Sequence[Row]) -> tuple[Row, ...]:
        """At most a screenful; nothing typed shows the commands. For any thread."""
        wanted = text.strip()
        if not wanted:
            return tuple(commands[:COMMANDS])
        found = self._laptop.buildings.find(wanted, MOST) if len(wanted) > 1 else ()
        houses = [self._house(row, wanted) for row in found[:MOST]]
        register = self._laptop.store.register
        disputed = [
            Row(
                f"conflicts:{row.id}",
                row.label,
                _("Told differently in two places, to be decided"),
                icon="conflict",
                icon_tone="warn",
            )
            for row in found[:MOST]
            if register.holds(CONFLICTS, "of_row", row.id)
        ]
        records = [self._record(one) for one in self._records(wanted, found)]
        fitting = [row for row in commands if _named(row.text, wanted)]
        return (*houses, *disputed, *records, *fitting[:COMMANDS])

    def _house(self, row: ShownRow, wanted: str) -> Row:
        lists = codelists()
        parts = (
            lists.text("community", row.values.get("community", "")),
            lists.text("structure_type", row.values.get("structure_type", "")),
            row.values.get("building_code", ""),
        )
        hit = wanted if wanted in row.label else ""
        note = "·".join(part for part in parts if part)
        return Row(f"buildings:{row.id}", row.label, note, icon="buildings", hit=hit)

    def _records(self, wanted: str, found: tuple[ShownRow, ...]) -> list[Submission]:
        code = RecordCode.parse(wanted)
        submissions = self._laptop.store.submissions
        if code is not None:
            return list(submissions.for_record(code.record_id))[-1:]
        return [one for row in found[:RECORDS_OF] for one in submissions.list(building_id=UUID(row.id))[:3]]

    def _record(self, one: Submission) -> Row:
        when = one.finalized_at.astimezone(self._laptop.clock().tzinfo)
        definition = self._laptop.filling.definition(one.form_id, one.form_version)
        note = _("Record of {when}").format(when=f"{when:%Y-%m-%d %H:%M}")
        return Row(f"record:{one.chain.instance_id}", form_title(definition), note, icon="finalized")


def _named(text: str, wanted: str) -> bool:
    """Whether a command is meant: by a part of its words, or by their initials (``tb`` is 同步)."""
    typed = wanted.casefold()
    return typed in text.casefold() or typed in initials(text).replace(" ", "")


class SearchPanel(QFrame):
    """The list below the field. ``opened(key)`` is called for Enter or a click; ``in_front()`` is the page
    that may show itself what fits."""

    def __init__(
        self,
        parent: QWidget,
        search: Search,
        opened: Callable[[str], object],
        in_front: Callable[[], Page | None],
        jobs: Jobs,
    ) -> None:
        super().__init__(parent)
        self._in_front, self._jobs = in_front, jobs
        self._job: Job | None = None
        #: Enter came before what fits was read: the first of it is opened then.
        self._at_once = False
        self.setObjectName("menu")
        self.field = SearchField(self.key)
        self._search = search
        self._opened = opened
        self.list = RowList(_("Found"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(False)
        self._none = label("", "S", "text2")
        self.setLayout(down(self._none, self.list, gap=0, margin=(2, 4, 2, 4)))
        self.field.textEdited.connect(self.look)
        self.list.opened.connect(self._open)
        self.hide()

    def begin(self) -> None:
        """The keyboard goes to the field; the list opens."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self.look(self.field.text())

    def look(self, text: str) -> None:
        """Show what fits ``text``, here or in the page in front."""
        self._forget()
        page = self._in_front()
        if page is not None and page.look(text):
            self.hide()
            return
        search, commands = self._search, self._search.commands()
        self._job = self._jobs.start(
            lambda _job: search.rows(text, commands), done=partial(self._show_found, text), what="search"
        )

    def _forget(self) -> None:
        if self._job is not None:
            self._job.cancel()
        self._job, self._at_once = None, False

    def _show_found(self, text: str, rows: tuple[Row, ...]) -> None:
        at_once = self._at_once
        self._forget()
        if at_once and rows:
            self._open(rows[0].key)
            return
        self.list.show_rows(rows)
        self._none.setText("" if rows else _("Nothing found for “{text}”.").format(text=text.strip()))
        self._none.setVisible(not rows)
        self._none.setContentsMargins(14, 8, 14, 8)
        self.list.setVisible(bool(rows))
        if rows:
            self.list.setCurrentIndex(self.list.rows.index(0))
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        desk = self.parentWidget()
        assert desk is not None
        corner = self.field.mapTo(desk, QPoint(0, self.field.height() + 4))
        room = desk.height() - corner.y() - 24
        high = sum(self.list.sizeHintForRow(row) for row in range(self.list.rows.rowCount()))
        wide = max(self.field.width(), 480)
        self.setGeometry(corner.x(), corner.y(), wide, min(room, (high or 40) + 14))

    def key(self, event: QKeyEvent) -> bool:
        """A key in the field; True if it was ours."""
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.field.clearFocus()
            return True
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if self._job is not None and enter:
            self._at_once = True
            return True
        if not self.isVisible():
            page = self._in_front()
            return bool(self.field.text()) and page is not None and page.look_key(event)
        row, last = self.list.currentIndex().row(), self.list.rows.rowCount() - 1
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self.list.setCurrentIndex(self.list.rows.index(min(max(row + step, 0), max(last, 0))))
            return True
        if enter:
            if row >= 0:
                self._open(self.list.rows.rows[row].key)
            return True
        return False

    def _open(self, key: str) -> None:
        self.end()
        self.field.clear()
        self._opened(key)

    def clear(self) -> None:
        """Nothing is searched for any more, here or in the page in front."""
        self.end()
        self.field.clear()
        page = self._in_front()
        if page is not None:
            page.look("")

    def end(self) -> None:
        """The list goes."""
        self._forget()
        self.hide()
