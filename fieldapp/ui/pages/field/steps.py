"""A few questions in a row inside field mode: a locked door, why an item was not seen, one defect.

Each step is a question of the form; digits choose for the step one stands at, Enter goes to the next. What
field mode has no steps for is answered in the form itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldapp.domain.codelists import codelists
from fieldapp.i18n import _
from fieldapp.services.patrolling import LEVEL, NEXT_VISIT, REASON, RESULT, VISIT_DATE, Round
from fieldapp.ui.components import Button, Chips, Field, LineEdit, Option, across, down, label
from fieldapp.ui.pages.field.lane import result_word

_DAYS = (1, 3, 7, 15, 30)
_OTHERS = ("partial", "demolished", "notfound")
DEADLINE = "/data/g_result/deadline"
DOWNGRADE = "/data/g_result/downgrade_reason"
UNSEEN_PARTS = "/data/g_outcome/unseen_parts"


@dataclass(frozen=True, slots=True)
class Step:
    """One question: where, in which words, how it is answered, what is offered (name stored, words shown)."""

    path: str
    words: str
    kind: Literal["text", "date", "choice", "photo"]
    options: tuple[tuple[str, str], ...] = ()


def steps_of(mode: str, found: Round, language: str) -> tuple[str, tuple[Step, ...]]:
    """Title and steps of ``outcome``, ``other`` (results), ``defects`` or ``why:<item>``."""
    if mode == "outcome":
        return result_word(found.result, language), outcome_steps(found, language)
    if mode == "other":
        return _("Other result"), other_steps(language)
    if mode == "defects":
        return _("Defects"), defect_steps(found, language)
    return _("Not seen"), unseen_steps(mode.partition(":")[2], language)


def outcome_steps(found: Round, language: str) -> tuple[Step, ...]:
    """What a locked door and its sisters ask: a phrase, and the next date where one comes again."""
    steps = [Step(REASON, _("Why not done"), "text", _phrases("phrase_visit_reason", language))]
    if found.result == "partial":
        steps.append(Step(UNSEEN_PARTS, _("Floors and units not seen"), "text"))
    if found.result in ("locked", "refused", "partial"):
        steps.append(Step(NEXT_VISIT, _("Next visit"), "date", _days(found)))
    return tuple(steps)


def other_steps(language: str) -> tuple[Step, ...]:
    """Results that have no button of their own."""
    offered = tuple((name, result_word(name, language)) for name in _OTHERS)
    return (Step(RESULT, _("Result of the visit"), "choice", offered),)


def unseen_steps(item: str, language: str) -> tuple[Step, ...]:
    """Why an item was not seen."""
    path = f"/data/g_items/{item}_why"
    return (Step(path, _("Why not seen"), "text", _phrases("phrase_unseen", language)),)


def defect_steps(found: Round, language: str) -> tuple[Step, ...]:
    """Place, what is seen and photograph of every defect; after the last the judgement."""
    steps: list[Step] = []
    for one in found.findings:
        item = codelists().label("patrol_item", one.item, language)
        steps += [
            Step(f"{one.path}/d_part", _("{item}: where").format(item=item), "text"),
            Step(f"{one.path}/d_note", _("What is seen"), "text", _phrases("phrase_patrol_found", language)),
            Step(f"{one.path}/d_photo_near", _("Close-up"), "photo"),
        ]
    levels = codelists()["hazard_level"].items.values()
    offered = tuple((one.name, one.label(language)) for one in levels)
    steps.append(Step(LEVEL, _("Preliminary judgement"), "choice", offered))
    for path, words, kind in (
        (DOWNGRADE, _("Why lower than suggested"), "text"),
        (DEADLINE, _("Deadline"), "date"),
    ):
        if found.form.session.node(path).relevant:
            offered = _days(found) if kind == "date" else ()
            steps.append(Step(path, words, kind, offered))  # type: ignore[arg-type] # the two kinds just above
    return tuple(steps)


def _days(found: Round) -> tuple[tuple[str, str], ...]:
    """Days after the visit, by their dates."""
    day = date.fromisoformat(found.value(VISIT_DATE))
    words = _("{days} days")
    return tuple(((day + timedelta(days=days)).isoformat(), words.format(days=days)) for days in _DAYS)


def _phrases(list_name: str, language: str) -> tuple[tuple[str, str], ...]:
    words = (one.label(language) for one in codelists()[list_name].items.values())
    return tuple((word, word) for word in words)


def typed_date(text: str, today: date) -> str:
    """``3.20``, ``320``, ``+15`` or an ISO date as an ISO date, the next one that comes; else the text."""
    text = text.strip()
    ahead = re.fullmatch(r"\+(\d{1,3})", text)
    if ahead is not None:
        return (today + timedelta(days=int(ahead[1]))).isoformat()
    day = re.fullmatch(r"(\d{1,2})[.\-/月]?(\d{2}|(?<=[.\-/月])\d)日?", text)
    if day is None:
        return text
    month, number = int(day[1]), int(day[2])
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, number)
        except ValueError:
            return text
        if found >= today:
            return found.isoformat()
    return text


class StepControl(QWidget):
    """One step on the screen."""

    def __init__(
        self, step: Step, on_answer: Callable[[str, str], object], on_photo: Callable[[str], object]
    ) -> None:
        super().__init__()
        self.step = step
        self._answer = on_answer
        self.chips: Chips | None = None
        self.edit: LineEdit | None = None
        self.photo: Button | None = None
        parts: list[QWidget] = []
        options = step.options
        if options:
            self.chips = Chips([Option(name, words) for name, words in options], step.words)
            self.chips.chosen.connect(self._chosen)
            parts.append(self.chips)
        if step.kind in ("text", "date"):
            hint = _("Or in your own words") if options else ""
            self.edit = LineEdit(name=step.words, hint=_("Or 3.20, +15") if step.kind == "date" else hint)
            self.edit.left.connect(self._typed)
            parts.append(self.edit)
        if step.kind == "photo":
            self.photo = Button(
                _("Add photograph"), icon="camera", key="F2", on_click=lambda: on_photo(step.path)
            )
            parts.append(self.photo)
        box = QWidget()
        box.setLayout(across(*parts, None) if step.kind == "photo" else down(*parts, gap=6))
        self._field = Field(step.words, box, bold=True)
        self.setLayout(down(self._field, gap=0))
        self.setAccessibleName(step.words)

    def _chosen(self, names: tuple[str, ...]) -> None:
        self._answer(self.step.path, names[0] if names else "")

    def _typed(self, text: str) -> None:
        self._answer(self.step.path, text.strip())

    def show_answer(self, value: str, wrong: str) -> None:
        """The answer as it stands, and what is wrong with it."""
        if self.chips is not None:
            self.chips.select((value,) if value else ())
        if self.edit is not None and not self.edit.hasFocus():
            offered = {name for name, _words in self.step.options}
            self.edit.setText("" if value in offered else value)
        if self.photo is not None:
            self.photo.setText(_("Photograph is there") if value else _("Add photograph"))
            self.photo.picture = "done" if value else "camera"
            self.photo.updateGeometry()
        self._field.complain(wrong)

    def first(self) -> QWidget:
        """What takes the focus."""
        if self.chips is not None:
            return self.chips.buttons[0]
        found = self.edit or self.photo
        assert found is not None
        return found


class StepsPanel(QWidget):
    """Steps below each other; the first one without an answer is where digits go."""

    def __init__(
        self,
        *,
        on_answer: Callable[[str, str], object],
        on_photo: Callable[[str], object],
        on_back: Callable[[], object],
    ) -> None:
        super().__init__()
        self._on_answer, self._on_photo = on_answer, on_photo
        self._title = label("", "L")
        self._back = Button(_("Back to the items"), icon="back", on_click=on_back)
        self._column = QVBoxLayout()
        self._column.setSpacing(12)
        self.steps: list[StepControl] = []
        head = across(self._title, None, self._back)
        self.setLayout(down(head, self._column, None, gap=12, margin=(24, 8, 24, 8)))

    def show_steps(self, title: str, steps: Sequence[Step], found: Round) -> None:
        """These steps with their answers; the same ones keep their controls."""
        self._title.setText(title)
        if [one.step for one in self.steps] != list(steps):
            for old in self.steps:
                old.hide()
                old.deleteLater()
            self.steps = [StepControl(step, self._on_answer, self._on_photo) for step in steps]
            for one in self.steps:
                self._column.addWidget(one)
        for one in self.steps:
            path = one.step.path
            said = found.value(path)
            wrong = next((v.message for v in found.form.session.check(path) if v.kind != "required"), "")
            one.show_answer(said, wrong if said else "")

    def standing(self, found: Round) -> StepControl | None:
        """The step that has the focus, else the first without an answer."""
        for one in self.steps:
            focus = one.focusWidget()
            if focus is not None and focus.hasFocus() and one.isAncestorOf(focus):
                return one
        return self.open(found)

    def open(self, found: Round) -> StepControl | None:
        """The first step without an answer."""
        return next((one for one in self.steps if not found.value(one.step.path)), None)

    def go_on(self, found: Round) -> bool:
        """Stand at the next step that is open; False if none is."""
        step = self.open(found)
        if step is not None:
            step.first().setFocus(Qt.FocusReason.ShortcutFocusReason)
        return step is not None
