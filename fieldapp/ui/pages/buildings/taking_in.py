"""台账导入: what an office's ledger would bring, what waits for a person (待核), and the way back.

Three lists at the left: the cells to be looked at of the file that was chosen, the rows that wait, the
ledgers taken in. At the right what is chosen, and what can be done with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from PySide6.QtWidgets import QStackedWidget, QWidget

from fieldapp.domain.ledger_import.remarks import remark_of, said
from fieldapp.errors import FieldappError
from fieldapp.i18n import _
from fieldapp.services.ledgers import Preview
from fieldapp.settings import ZONE
from fieldapp.store.ledgers import TakenLedger, TakenRow
from fieldapp.ui.components import (
    Button,
    Card,
    Chips,
    EmptyState,
    Option,
    Row,
    RowList,
    ScrollColumn,
    across,
    ask,
    down,
    label,
)
from fieldapp.ui.components.pills import PillKind
from fieldapp.ui.jobs import Job
from fieldapp.ui.page import Frame

View = Literal["file", "pending", "ledgers"]
#: Least and most width of the right side, logical pixels.
_SIDE = (360, 560)


class TakingInView(QWidget):
    """``look(file)`` reads a ledger and shows what would come of it; nothing is written before 导入."""

    def __init__(self, frame: Frame, back: Callable[[], object]) -> None:
        super().__init__()
        self._frame = frame
        self.preview: Preview | None = None
        self.view: View = "ledgers"
        self._pending: tuple[TakenRow, ...] = ()
        self._ledgers: tuple[TakenLedger, ...] = ()
        self._reading = 0
        self.views = Chips([Option("ledgers", _("Ledgers"))], _("Show"), digits=False)
        self.list = RowList(_("Ledgers of the offices"))
        self.list.picked.connect(self._pick)
        self._empty = EmptyState("", icon_name="papers")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._empty)
        self.side = ScrollColumn()
        self.side.setMinimumWidth(_SIDE[0])
        self.side.setMaximumWidth(_SIDE[1])
        self.choose = Button(_("Choose a ledger"), icon="add")
        self._head = across()
        left = down(self._head, Card(self._stack, gap=0, margin=1), gap=10)
        left.setStretch(1, 1)
        top = across(
            Button(_("Back"), icon="back", on_click=back),
            label(_("Ledgers of the offices"), "L"),
            None,
            self.choose,
            gap=12,
        )
        body = across(left, self.side, gap=20)
        body.setStretch(0, 3)
        body.setStretch(1, 2)
        whole = down(top, body, gap=12, margin=(24, 16, 24, 16))
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self._show_views()

    # -- reading --------------------------------------------------------------------------------------

    def look(self, file: Path) -> None:
        """Read a ledger, off the GUI thread, and show what would come of it."""
        ledgers = self._frame.laptop.ledgers
        self._say(_("{file} is read…").format(file=file.name))
        self._frame.jobs.start(
            lambda job: ledgers.look(file, progress=partial(_step, job)),
            done=self._looked,
            stepped=lambda _step, done, _total: self._say(_("{done} rows read").format(done=done)),
            failed=self._not_read,
            what="ledger",
        )

    def _looked(self, preview: Preview) -> None:
        self.preview = preview
        self.show_view("file")

    def _not_read(self, error: BaseException) -> None:
        self.preview = None
        self.refresh()
        self._frame.tell(error)

    def refresh(self) -> None:
        """Read anew what waits and what was taken in."""
        ledgers, store = self._frame.laptop.ledgers, self._frame.laptop.store
        self._reading += 1
        number = self._reading
        self._frame.jobs.start(
            lambda _job: (ledgers.pending(), store.ledgers.list()),
            done=lambda found: self._read(number, *found),
            what="ledgers",
        )

    def _read(self, number: int, pending: tuple[TakenRow, ...], ledgers: tuple[TakenLedger, ...]) -> None:
        if number != self._reading:
            return
        self._pending, self._ledgers = pending, ledgers
        self.show_view(self.view)

    # -- the lists ------------------------------------------------------------------------------------

    def show_view(self, view: View) -> None:
        """One of the three lists; the selection stays where it was if it can."""
        if view == "file" and self.preview is None:
            view = "ledgers"
        at = self.list.currentIndex().row() if view == self.view else 0
        self.view = view
        self._show_views()
        rows = {"file": self._file_rows, "pending": self._pending_rows, "ledgers": self._ledger_rows}[view]()
        self.list.show_rows(rows)
        words = {
            "file": _("Every cell is clear."),
            "pending": _("No row waits."),
            "ledgers": _("No ledger was taken in here."),
        }
        self._empty.say(words[view])
        self._stack.setCurrentWidget(self.list if rows else self._empty)
        if rows:
            self.list.setCurrentIndex(self.list.rows.index(max(0, min(at, len(rows) - 1))))
        if view == "file":
            self._show_file()
        elif not rows:
            self._fill_side()

    def _show_views(self) -> None:
        options = [
            Option("pending", _("To be looked at {count}").format(count=len(self._pending))),
            Option("ledgers", _("Taken in {count}").format(count=len(self._ledgers))),
        ]
        if self.preview is not None:
            options.insert(0, Option("file", self.preview.file))
        old, self.views = self.views, Chips(options, _("Show"), digits=False)
        self.views.select([self.view])
        self.views.chosen.connect(self._choose_view)
        self._head.removeWidget(old)
        old.hide()
        old.deleteLater()
        self._head.insertWidget(0, self.views)

    def _choose_view(self, names: tuple[str, ...]) -> None:
        views: dict[str, View] = {"file": "file", "pending": "pending", "ledgers": "ledgers"}
        self.show_view(views[names[0]] if names else self.view)

    def _file_rows(self) -> Sequence[Row]:
        assert self.preview is not None
        kinds: dict[str, tuple[PillKind, str]] = {
            "note": ("neutral", _("taken, look")),
            "refused": ("danger", _("not taken")),
            "doubt": ("warn", _("to be looked at")),
        }
        return [
            Row(
                str(number),
                f"{one.cell} {one.column}",
                f"{one.sheet}·{said(one)}",
                pill=kinds[one.kind],
                opens=False,
            )
            for number, one in enumerate(self.preview.plan.remarks)
        ]

    def _pending_rows(self) -> Sequence[Row]:
        return [
            Row(
                str(row.number),
                _named(row),
                "；".join(said(remark_of(one)) for one in row.remarks),
                opens=False,
            )
            for row in self._pending
        ]

    def _ledger_rows(self) -> Sequence[Row]:
        return [
            Row(
                one.ledger_id,
                one.file,
                f"{one.taken_at.astimezone(ZONE):%Y-%m-%d %H:%M}·{_counts(one)}",
                pill=("ok", _("taken in")) if one.state == "taken" else ("neutral", _("undone")),
                opens=False,
            )
            for one in self._ledgers
        ]

    # -- the right side -------------------------------------------------------------------------------

    def _pick(self, key: str) -> None:
        if self.view == "pending":
            self._show_row(next(row for row in self._pending if str(row.number) == key))
        elif self.view == "ledgers":
            self._show_ledger(next(one for one in self._ledgers if one.ledger_id == key))

    def _fill_side(self, *parts: QWidget) -> None:
        content = QWidget()
        content.setLayout(down(*parts, None, gap=10, margin=(0, 0, 12, 0)))
        self.side.setWidget(content)
        content.setAutoFillBackground(False)

    def _say(self, sentence: str) -> None:
        self._fill_side(label(sentence, wrap=True))

    def _show_file(self) -> None:
        preview = self.preview
        assert preview is not None
        plan = preview.plan
        parts: list[QWidget] = [label(preview.file, "L", wrap=True)]
        told = (
            (_("New houses"), plan.count("new")),
            (_("Known already"), plan.count("known")),
            (_("of them with new facts"), plan.count("filled")),
            (_("To be looked at (待核)"), plan.count("pending")),
        )
        parts += [label(f"{word}：{count}") for word, count in told]
        for sheet in preview.reading.sheets:
            if sheet.headings is None:
                parts.append(
                    label(
                        _("Sheet “{sheet}”: no headings, not read").format(sheet=sheet.name),
                        "S",
                        "warn",
                        wrap=True,
                    )
                )
            elif sheet.headings.unknown:
                unknown = "、".join(column.title for column in sheet.headings.unknown)
                words = _("Sheet “{sheet}”: not used: {headings}").format(sheet=sheet.name, headings=unknown)
                parts.append(label(words, "S", "text2", wrap=True))
        if preview.before is not None:
            day = preview.before.taken_at.astimezone(ZONE).date()
            words = _("This file was taken in on {day} already; nothing is changed.").format(day=day)
            parts.append(label(words, tone="warn", wrap=True))
        else:
            words = _("Nothing is written yet; afterwards the whole ledger can be undone.")
            parts.append(label(words, "S", "text2", wrap=True))
            self.take = Button(_("Take in"), "primary", size="main", on_click=self.take_in)
            parts.append(self.take)
        parts.append(Button(_("Put it away"), on_click=self._put_away))
        self._fill_side(*parts)

    def _show_row(self, row: TakenRow) -> None:
        parts: list[QWidget] = [
            label(_named(row), "L", wrap=True),
            label(_("Sheet “{sheet}”, row {row}").format(sheet=row.sheet, row=row.row), "S", "text2"),
        ]
        parts += [
            label(f"{remark.cell} {remark.column}：{said(remark)}", tone="warn", wrap=True)
            for remark in map(remark_of, row.remarks)
        ]
        parts.append(label("\n".join(f"{heading}：{text}" for heading, text in row.cells.items()), wrap=True))
        buildings = self._frame.laptop.buildings
        reasons = {
            "plate": _("same plate"), "address": _("same address"), "owner": _("same owner, same road"),
            "distance": _("within 15 m"),
        }  # fmt: skip
        houses = {one["id"]: reasons[one["why"]] for one in row.candidates}
        if not houses and self._frame.laptop.store.register.get("buildings", row.house) is not None:
            houses[row.house] = _("same code or address")
        for house, why in houses.items():
            known = buildings.get(house)
            words = _("It is {address} ({why})").format(address=known.label, why=why)
            parts.append(Button(words, on_click=partial(self.decide, row, house)))
        parts.append(Button(_("A house of its own"), "primary", on_click=partial(self.decide, row, "new")))
        parts.append(Button(_("Leave it out"), on_click=partial(self.decide, row, "skip")))
        self._fill_side(*parts)

    def _show_ledger(self, ledger: TakenLedger) -> None:
        parts: list[QWidget] = [
            label(ledger.file, "L", wrap=True),
            label(_counts(ledger), wrap=True),
            label(f"SHA-256 {ledger.sha256[:16]}…", "S", "text2"),
        ]
        if ledger.state == "taken":
            parts.append(
                Button(_("Undo the whole ledger"), "danger", on_click=partial(self._ask_undo, ledger))
            )
        self._fill_side(*parts)

    # -- doing ----------------------------------------------------------------------------------------

    def take_in(self) -> None:
        """Take in what was looked at."""
        preview, ledgers = self.preview, self._frame.laptop.ledgers
        if preview is None or preview.before is not None:
            return
        self._say(_("The houses are taken in…"))
        self._frame.jobs.start(
            lambda _job: ledgers.take(preview), done=self._taken, failed=self._not_read, what="ledger"
        )

    def _taken(self, ledger: TakenLedger) -> None:
        self.preview = None
        self.view = "pending" if ledger.counts.get("pending") else "ledgers"
        self._frame.toast(_counts(ledger))
        self.refresh()
        self._frame.changed()

    def _put_away(self) -> None:
        self.preview = None
        self.show_view("pending" if self._pending else "ledgers")

    def decide(self, row: TakenRow, house: str) -> None:
        """What a waiting row is; the next one comes in front."""
        try:
            self._frame.laptop.ledgers.decide(row.number, house)
        except FieldappError as error:
            self._frame.tell(error)
        self.refresh()

    def _ask_undo(self, ledger: TakenLedger) -> None:
        ask(
            self,
            _("Undo the whole ledger"),
            _(
                "What {file} brought is taken out of the register. Houses that a visit was built on stay."
            ).format(file=ledger.file),
            safe=_("Keep it"),
            verb=_("Undo"),
            then=partial(self.undo, ledger),
        )

    def undo(self, ledger: TakenLedger) -> None:
        """Take a ledger back."""
        store = self._frame.laptop.store
        self._frame.jobs.start(
            lambda _job: store.ledgers.undo(ledger.ledger_id),
            done=self._undone,
            failed=self._not_read,
            what="ledger",
        )

    def _undone(self, stay: tuple[str, ...]) -> None:
        words = _("The ledger is undone.")
        if stay:
            words += _("{count} houses stay: visits were built on them.").format(count=len(stay))
        self._frame.toast(words)
        self.refresh()
        self._frame.changed()


def _step(job: Job, done: int) -> None:
    job.check()
    job.report("rows", done, 0)


def _named(row: TakenRow) -> str:
    return row.values.get("address_detail") or "，".join(list(row.cells.values())[:3])


def _counts(ledger: TakenLedger) -> str:
    words = {
        "new": _("new {count}"), "known": _("known {count}"), "pending": _("to be looked at {count}"),
        "skipped": _("left out {count}"), "undone": _("undone {count}"),
    }  # fmt: skip
    return "，".join(
        word.format(count=ledger.counts[state]) for state, word in words.items() if state in ledger.counts
    )
