"""The cards at the right: steps of a run, the last runs, clock and forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fieldapp.errors import FieldappError
from fieldapp.i18n import _, explain
from fieldapp.services.paper import FORM_CODES
from fieldapp.services.syncing import FormDifference
from fieldapp.store.sync_runs import SyncRun
from fieldapp.sync.outgoing import RunResult
from fieldapp.ui.components import Button, Card, Pill, across, down, hairline, label
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.pages.sync.batch import Batch, Facts
from fieldapp.ui.pages.sync.words import lasting, result_of, when

#: Steps of a run as the inspector sees them; files and records travel side by side and are one of them.
STEPS = ("hello", "offer", "transfer", "pull")
_SHOWN = {
    "hello": "hello",
    "standing": "hello",
    "offer": "offer",
    "blobs": "transfer",
    "submissions": "transfer",
    "pull": "pull",
    "forms": "pull",
    "thumbnails": "pull",
}
#: A clock that differs by more is told, seconds; less is the way of the message.
CLOCK_TOLERANCE = 60
_RUNS = 2


class StepsCard(Card):
    """Which step a run is at. ``passed`` are the steps that are behind it."""

    def __init__(self) -> None:
        super().__init__(label(_("Steps"), bold=True), gap=10)
        words = {
            "hello": _("Connect, compare versions"),
            "offer": _("Hand in the list"),
            "transfer": _("Send one by one, fetch signed receipts"),
            "pull": _("Fetch the register"),
        }
        self._marks, self._words, self._facts = {}, {}, {}
        self.passed: tuple[str, ...] = ()
        for step in STEPS:
            self._marks[step] = IconLabel("waiting", "text3", 20)
            self._words[step], self._facts[step] = label(words[step], wrap=True), label("", "S", "text2")
            row = across(self._marks[step], self._words[step], self._facts[step], gap=12)
            row.setStretch(1, 1)
            self.body.addLayout(row)

    def show_run(self, step: str, batch: Batch, *, running: bool, done: bool) -> None:
        """``step`` of the protocol, empty before the first; ``done`` once a run has passed them all."""
        at = STEPS.index(_SHOWN[step]) if step else -1
        files = sum(record.files for record in batch.records.values())
        facts = {
            "offer": _("{count} records, {files} files").format(count=len(batch.records), files=files),
            "transfer": f"{batch.count('sent')} / {len(batch.records)}",
        }
        if not batch.records:
            facts = {}
        came, wanted, size = batch.copies
        if wanted:
            facts["pull"] = _("photographs {came} / {wanted}, {size:.1f} MB").format(
                came=came, wanted=wanted, size=size / 1e6
            )
        self.passed = tuple(name for number, name in enumerate(STEPS) if done or number < at)
        for number, name in enumerate(STEPS):
            passed = name in self.passed
            here = running and number == at
            icon, tone = ("sent", "code_green") if passed else ("sending", "accent") if here else (
                "waiting", "text3")  # fmt: skip
            self._marks[name].show_icon(icon, tone)
            self._words[name].setProperty("bold", "true" if here else "false")
            self._words[name].style().polish(self._words[name])
            told = facts.get(name, "") if passed or here else ""
            self._facts[name].setText(told)


class AgreementCard(Card):
    """Whether clock and forms are those of the server, and what of it has to be known."""

    def __init__(self) -> None:
        super().__init__(label(_("Clock and forms"), bold=True), gap=8)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self.body.addLayout(self._rows)
        self.words: tuple[str, ...] = ()

    def show_facts(
        self,
        runs: Sequence[SyncRun],
        differences: Sequence[FormDifference],
        notice: FieldappError | None = None,
        brought: RunResult | None = None,
    ) -> None:
        """As of the last run that reached the server; ``notice`` first, then what that run ``brought``."""
        offset = next((run.clock_offset for run in runs if run.clock_offset is not None), None)
        told = [*_brought(brought), _clock(offset), *map(_form, differences)]
        if notice is not None:
            told.insert(0, ("general", "warn", *explain(notice)[1:]))
        if offset is not None and not differences:
            told.append(("sent", "code_green", _("The forms are those of the server."), ""))
        empty(self._rows)
        for icon, tone, words, note in told:
            texts = down(label(words, "S", wrap=True), gap=2)
            if note:
                texts.addWidget(label(note, "S", "text2", wrap=True))
            row = across(IconLabel(icon, tone, 18), texts, gap=10)
            row.setStretch(1, 1)
            self._rows.addWidget(holding(row))
        self.words = tuple(words for _icon, _tone, words, _note in told)


def _clock(offset: float | None) -> tuple[str, str, str, str]:
    if offset is None:
        return ("waiting", "text3", _("Compared with the server at the next sync."), "")
    if abs(offset) <= CLOCK_TOLERANCE:
        return ("sent", "code_green", _("The clock agrees with the server's."), "")
    span = lasting(abs(offset))
    words = (
        _("This laptop's clock is {span} slow.") if offset > 0 else _("This laptop's clock is {span} fast.")
    )
    note = _("Set date and time in the system's settings. Records keep the times they have.")
    return ("general", "warn", words.format(span=span), note)


def _brought(result: RunResult | None) -> list[tuple[str, str, str, str]]:
    """New versions of forms, those that were refused, small photographs that are still to come."""
    if result is None:
        return []
    told = []
    for one in result.forms_taken:
        words = _("{form}: new version {version} installed.")
        form = FORM_CODES.get(one.form_id, one.form_id)
        note = _("Forms that are open stay on the version they were begun with.")
        told.append(("sent", "code_green", words.format(form=form, version=one.version), note))
    told += [("general", "warn", *explain(error)[1:]) for error in result.forms_refused]
    copies = result.copies
    if copies is not None and copies.left:
        words = _("{count} small photographs of other laptops follow with the next sync.")
        note = explain(result.not_brought)[1] if result.not_brought is not None else ""
        told.append(("waiting", "text3", words.format(count=copies.left), note))
    if copies is not None and copies.refused:
        words = _("{count} small photographs could not be fetched.").format(count=len(copies.refused))
        told.append(("general", "warn", words, explain(next(iter(copies.refused.values())))[1]))
    return told


def _form(one: FormDifference) -> tuple[str, str, str, str]:
    if one.kind == "unpublished":
        words = _("{form}: the server has not published it.")
        note = _("Records of it stay here until it has.")
    elif one.kind == "missing":
        words, note = _("{form}: not on this laptop."), _("Update the program.")
    elif one.kind == "version":
        words = _("{form}: here {own}, at the server {server}.")
        note = _("Records of the older version are taken as they are.")
    else:
        words, note = _("{form}: same version, other content."), _("Tell the district office.")
    return (
        "general",
        "warn",
        words.format(form=FORM_CODES.get(one.form_id, one.form_id), own=one.own, server=one.server),
        note,
    )


class RunsCard(Card):
    """The last runs, the way to all of them, when everything was sent last."""

    def __init__(self, on_all: Callable[[], object]) -> None:
        super().__init__(gap=8)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self.all = Button(_("All runs and receipts"), "link", on_click=on_all)
        self._when, self._note = label("", "S"), label("", "S", "text3", wrap=True)
        complete = across(label(_("Last complete sync"), "S", "text2"), None, self._when, gap=8)
        self.body.addLayout(across(label(_("History"), bold=True), None, self.all, gap=8))
        self.body.addLayout(self._rows)
        self.body.addWidget(hairline())
        self.body.addLayout(down(complete, self._note, gap=2))

    def show_runs(self, runs: Sequence[SyncRun], complete: SyncRun | None, now: datetime) -> None:
        """The newest few; ``complete`` is the last that sent everything, None if there was none yet."""
        empty(self._rows)
        for run in runs[:_RUNS]:
            texts = down(
                label(when(run.begun_at, now), "S"),
                label(_("{count} sent").format(count=run.sent), "S", "text3"),
                gap=0,
            )
            self._rows.addWidget(holding(across(texts, None, Pill(*result_of(run)), gap=8)))
        if not runs:
            self._rows.addWidget(label(_("No run yet."), "S", "text2"))
        self.all.refuse("" if runs else _("No run yet."))
        self._when.setText(_("Not yet") if complete is None else when(complete.begun_at, now))
        if complete is None:
            self._note.setText(_("Everything recorded stays on this laptop until it has a receipt."))
        elif complete.sent:
            words = _("All {count} have a receipt that lists every file.")
            self._note.setText(words.format(count=complete.sent))
        else:
            self._note.setText(_("Nothing was waiting."))


class Side(QWidget):
    """All three, one below the other; what may grow stands last."""

    def __init__(self, on_history: Callable[[], object]) -> None:
        super().__init__()
        self.steps, self.runs, self.agreement = StepsCard(), RunsCard(on_history), AgreementCard()
        self.setLayout(down(self.steps, self.runs, self.agreement, None, gap=16))

    def show_facts(self, facts: Facts, now: datetime, brought: RunResult | None = None) -> None:
        """What the store says, and what the last run brought."""
        self.runs.show_runs(facts.runs, facts.complete, now)
        self.agreement.show_facts(facts.runs, facts.differences, facts.notice, brought)


def holding(row: QHBoxLayout) -> QWidget:
    """A row as a widget, so that it goes as a whole."""
    made = QWidget()
    made.setLayout(row)
    return made


def empty(box: QVBoxLayout) -> None:
    """Take all widgets out of a column."""
    while box.count():
        widget = box.takeAt(0).widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
