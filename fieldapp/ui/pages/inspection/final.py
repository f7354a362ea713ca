"""定稿: what is open, what becomes fixed, what can still be done; the sheet beside it. Then: what now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLayout, QSizePolicy, QVBoxLayout, QWidget
from shiboken6 import isValid

from fieldapp.domain.codelists import codelists
from fieldapp.i18n import _, ngettext
from fieldapp.services import carried
from fieldapp.services.finishing import Finishing, Outlook
from fieldapp.services.laptop import Laptop
from fieldapp.services.paper import FORM_CODES, Kind
from fieldapp.services.visits import OpenQuestion
from fieldapp.settings import ZONE
from fieldapp.store.model import Submission
from fieldapp.ui.components import (
    Banner,
    Button,
    Option,
    Pill,
    ScrollColumn,
    Segmented,
    across,
    down,
    hairline,
    label,
)
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.components.layout import FixedBar
from fieldapp.ui.components.pdf import PdfView
from fieldapp.ui.components.pills import PillKind
from fieldapp.ui.jobs import Jobs
from fieldapp.ui.pages.inspection.print_panel import PrintPanel
from fieldapp.ui.pages.paper.printers import Printers
from fieldapp.ui.preferences import Preferences

#: Open questions listed one by one; the rest is told as a number.
MOST = 8
#: A reason up to so many characters stands beside its question.
_SHORT = 12
_PILLS: dict[str, PillKind] = {"major": "major", "general": "warn", "pending": "neutral", "basic_safe": "ok"}


class FinalView(QWidget):
    """``back`` to the form, ``wants(form_id, path)`` to a question, ``finalized`` once it is on the disk,
    ``wants_paper(instance_id)`` to print, ``wants_correction(instance_id)`` for 补正, ``wants_list`` when all
    is done.
    """

    back = Signal()
    wants = Signal(str, str)
    finalized = Signal()
    wants_paper = Signal(str)
    wants_correction = Signal(str)
    wants_list = Signal()

    def __init__(
        self,
        laptop: Laptop,
        jobs: Jobs,
        visit_id: UUID,
        form_id: str,
        *,
        address: str,
        preferences: Preferences,
        printers: Printers,
        failed: Callable[[BaseException], object],
    ) -> None:
        super().__init__()
        self._laptop, self._jobs, self._failed = laptop, jobs, failed
        self._visit_id, self._form_id, self._address = visit_id, form_id, address
        self._preferences, self._printers = preferences, printers
        self.panel: PrintPanel | None = None
        self._finishing = Finishing(laptop.store, laptop.clock, laptop.filling, laptop.visits, laptop.paper)
        self.outlook: Outlook | None = None
        self.records: tuple[Submission, ...] = ()
        self._busy = False
        self._drawing = 0
        self._build()

    # -- built once -----------------------------------------------------------------------------------

    def _build(self) -> None:
        self._head = QVBoxLayout()
        self._body = QVBoxLayout()
        self._body.setSpacing(0)
        column = ScrollColumn(self._head, self._body, None, gap=12, margin=(24, 16, 28, 16))
        self._back = Button(_("Back to the form"), icon="back", size="main", on_click=self.back.emit)
        self._says = label("", "S", "text2", wrap=True)
        self.go_on = Button("", "primary", key="F8", size="main", on_click=self.next_open)
        self.hold = Button(_("Finalize"), key="Ctrl Enter", size="main")
        self.finalize = Button(
            _("Finalize"), "primary", icon="frozen", key="Ctrl Enter", size="main", on_click=self.run
        )
        self.amend = Button(_("Correct this record"), icon="correct", size="main", on_click=self._amend)
        self.to_list = Button(_("To the open visits"), size="main", on_click=self.wants_list.emit)
        self.print = Button(
            _("Print the sheet…"),
            "primary",
            icon="print",
            key="Ctrl Enter",
            size="main",
            on_click=self._print,
        )
        foot = across(
            self._back, self._says, None, self.hold, self.amend, self.to_list, self.go_on, self.finalize,
            self.print,
            gap=12, margin=(24, 0, 28, 0),
        )  # fmt: skip
        left = QFrame()
        left.setObjectName("surface")
        stacked = down(column, FixedBar("actionbar", foot, 76, 92), gap=0)
        stacked.setStretch(0, 1)
        left.setLayout(stacked)
        kinds = [Option("onsite", _("On-site page")), Option("archive", _("Archive copy"))]
        self.kinds = Segmented(kinds, _("Sheet"), digits=False)
        self.kinds.select(("onsite",))
        self.kinds.chosen.connect(self._choose_kind)
        self._preview_title = label("", bold=True)
        self.preview = PdfView(_("Preview of the sheet"), sentence=_("Being drawn…"))
        right = QWidget()
        head = across(self._preview_title, None, self.kinds, gap=12, margin=(24, 16, 24, 8))
        inner = down(head, self.preview, gap=0)
        inner.setStretch(1, 1)
        right.setLayout(inner)
        row = across(left, hairline(upright=True), right, gap=0)
        row.setStretch(0, 640)
        row.setStretch(2, 564)
        self.setLayout(row)
        self._show_buttons()

    # -- reading --------------------------------------------------------------------------------------

    def enter(self) -> None:
        """It comes to the front: everything is read anew."""
        if self.records:
            return
        finishing, visit = self._finishing, self._visit_id
        self._jobs.start(lambda _job: finishing.outlook(visit), done=self._show, failed=self._failed)
        self._draw()

    def _choose_kind(self, names: tuple[str, ...]) -> None:
        self.kinds.select(names or ("onsite",))
        if self.panel is not None:
            self.panel.kind = self.kind
        self._draw()

    @property
    def kind(self) -> Kind:
        """Which sheet is looked at."""
        return "archive" if self.kinds.selected() == ("archive",) else "onsite"

    def _draw(self) -> None:
        self._drawing += 1
        number, kind, record = self._drawing, self.kind, self._record()
        finishing, paper = self._finishing, self._laptop.paper
        visit, form = self._visit_id, self._form_id
        final = record is not None
        self._preview_title.setText(_("The sheet") if final else _("Preview, not final"))
        self.preview.say(_("Being drawn…"))

        def work(_job: object) -> bytes:
            if record is not None:
                return paper.sheet(record, kind).pdf
            return finishing.preview(visit, form, kind)

        def failed(error: BaseException) -> None:
            self.preview.say(_("This sheet cannot be drawn yet."))
            self._failed(error)

        self._jobs.start(work, done=lambda pdf: self._drawn(number, pdf), failed=failed)

    def _drawn(self, number: int, pdf: bytes) -> None:
        if isValid(self) and number == self._drawing:
            self.preview.show_pdf(pdf)

    def _record(self) -> Submission | None:
        return next((one for one in self.records if one.form_id == self._form_id), None)

    # -- before ---------------------------------------------------------------------------------------

    def _show(self, outlook: Outlook) -> None:
        if not isValid(self):
            return
        self.outlook = outlook
        _clear(self._head)
        _clear(self._body)
        level = outlook.level or outlook.suggested
        title = across(label(_("Finalize {address}").format(address=self._address), "L"), gap=12)
        if level:
            words = codelists().label("hazard_level", level, self._preferences.language)
            title.addWidget(Pill(_PILLS.get(level, "neutral"), words))
        title.addStretch(1)
        forms = "、".join(FORM_CODES.get(one, one) for one in outlook.forms)
        team = "、".join(member.name for member in outlook.visit.team)
        by = _("{forms}. Preliminary judgement by {team}").format(forms=forms, team=team)
        self._head.addLayout(title)
        self._head.addWidget(label(by, "M", "text2", wrap=True))
        waiting = [one for one in outlook.open if one.kind == carried.KIND]
        open_ones = [one for one in outlook.open if one.kind != carried.KIND]
        self._head.addWidget(Banner("warn" if outlook.open else "ok", self._sentence()))
        for question in open_ones[:MOST]:
            self._body.addWidget(self._open_line(question))
        if len(open_ones) > MOST:
            more = _("and {count} more").format(count=len(open_ones) - MOST)
            self._body.addWidget(label(more, "S", "text2"))
        if waiting:
            self._body.addWidget(self._waiting_line(waiting))
        for odd in outlook.unprintable:
            self._body.addWidget(self._line("general", odd.warning))
        self._say_fixed(outlook)
        self._say_later(outlook)
        self._show_buttons()
        QTimer.singleShot(0, self, self._focus)

    def _sentence(self) -> str:
        open_ones = () if self.outlook is None else self.outlook.open
        waiting = sum(one.kind == carried.KIND for one in open_ones)
        number = len(open_ones) - waiting
        if waiting:
            words = _("{count} open, {waiting} carried over and to be looked at again before finalizing")
            return words.format(count=number, waiting=waiting)
        if number:
            return _("{count} open: fill them in to finalize").format(count=number)
        return _("Everything is filled in")

    def _waiting_line(self, waiting: Sequence[OpenQuestion]) -> QWidget:
        """What was carried over from a partial visit: one line for all of it."""
        words = ngettext(
            "{count} answer of the partial visit is to be looked at again",
            "{count} answers of the partial visit are to be looked at again",
            len(waiting),
        ).format(count=len(waiting))
        first = waiting[0]
        go = Button(_("Look at them"), "link", on_click=partial(self.wants.emit, first.form_id, first.path))
        go.setAccessibleName(f"{words} {go.text()}")
        row = across(IconLabel("again", "warn", 20), label(words, bold=True), None, go, gap=10,
                     margin=(0, 9, 0, 9))  # fmt: skip
        made = QWidget()
        made.setLayout(down(row, hairline(), gap=0))
        return made

    def _open_line(self, question: OpenQuestion) -> QWidget:
        made = QWidget()
        words = label(question.label, bold=True)
        words.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        why = question.message or (_("Required") if question.kind == "required" else "")
        go = Button(_("Fill in"), "link", on_click=partial(self.wants.emit, question.form_id, question.path))
        go.setAccessibleName(f"{question.label} {_('Fill in')}")
        short = len(why) <= _SHORT
        texts = across(words, label(why, "S", "text2"), None, gap=12) if short else down(words, gap=0)
        if not short:
            texts.addWidget(label(why, "S", "text2", wrap=True))
        row = across(IconLabel("open", "code_yellow", 20), texts, go, gap=10, margin=(0, 9, 0, 9))
        row.setStretch(1, 1)
        made.setLayout(down(row, hairline(), gap=0))
        return made

    def _line(self, icon: str, words: str, second: str = "") -> QWidget:
        made = QWidget()
        texts = down(label(words, wrap=True), gap=0)
        if second:
            texts.addWidget(label(second, "S", "text2", wrap=True))
        row = across(IconLabel(icon, "text2", 22), texts, gap=12, margin=(0, 8, 0, 8))
        row.setStretch(1, 1)
        made.setLayout(down(row, hairline(), gap=0))
        return made

    def _heading(self, words: str) -> None:
        self._body.addSpacing(18)
        self._body.addWidget(label(words, bold=True))

    def _say_fixed(self, outlook: Outlook) -> None:
        self._heading(_("Once finalized it cannot be changed, only corrected by a new version"))
        fixed = _("{answers} answers, {photos} photographs, suggestion and preliminary judgement").format(
            answers=outlook.answers, photos=outlook.photos
        )
        self._body.addWidget(self._line("frozen", fixed, _("Bound by a hash that this laptop's key signs")))
        started = outlook.visit.started_at.astimezone(ZONE)
        time = _("Inspected from {start}; the end is the moment of finalizing").format(
            start=f"{started:%Y-%m-%d %H:%M}"
        )
        actor = self._laptop.store.keys.actor.name
        self._body.addWidget(self._line("overdue", time, actor))
        if outlook.corrections:
            words = ngettext(
                "{count} correction of the register",
                "{count} corrections of the register",
                len(outlook.corrections),
            ).format(count=len(outlook.corrections))
            told = "，".join(
                _("{fact} from {old} to {new}").format(fact=one.label, old=one.old or "—", new=one.new)
                for one in outlook.corrections
            )
            self._body.addWidget(self._line("correct", words, told))

    def _say_later(self, outlook: Outlook) -> None:
        self._heading(_("What can still be done afterwards"))
        two = "major" in (outlook.level, outlook.suggested)
        who = (
            _("Signatures: two inspectors, owner or user")
            if two
            else _("Signatures: inspector, owner or user")
        )
        why = _("A major hazard needs two inspectors' signatures. Signed pages can be filed later.")
        later = _("Signed pages can be filed later.")
        self._body.addWidget(self._line("signing", who, why if two else later))
        self._body.addWidget(self._line("print", _("Print the on-site page, in two copies")))

    # -- buttons --------------------------------------------------------------------------------------

    def _show_buttons(self) -> None:
        final = bool(self.records)
        number = len(self.outlook.open) if self.outlook is not None else 0
        known = self.outlook is not None
        self._back.setVisible(not final)
        self.go_on.setVisible(not final and number > 0)
        self.go_on.setText(_("Fill in {count} open").format(count=number))
        self.go_on.updateGeometry()
        self.hold.setVisible(not final and number > 0)
        self.hold.refuse(self._sentence() if number else "")
        self.finalize.setVisible(not final and known and number == 0)
        self.finalize.setEnabled(not self._busy)
        self.print.setVisible(final)
        self.amend.setVisible(final)
        self.to_list.setVisible(final)
        self._says.setText(_("Being signed and written…") if self._busy else "")
        here = self.panel is not None and self.panel.has_printer
        self.print.setText(_("Print") if here else _("Print the sheet…"))
        self.print.updateGeometry()

    def _focus(self) -> None:
        if not self.isVisible():
            return
        for button in (self.go_on, self.finalize, self.print):
            if button.isVisibleTo(self):
                button.setFocus(Qt.FocusReason.OtherFocusReason)

    def press(self) -> None:
        """Ctrl+Enter: the primary button, if it can be pressed."""
        for button in (self.go_on, self.finalize, self.print):
            if button.isVisibleTo(self) and button.isEnabled():
                button.click()
                return

    def next_open(self) -> None:
        """F8: to the first open question."""
        if self.outlook is not None and self.outlook.open:
            first = self.outlook.open[0]
            self.wants.emit(first.form_id, first.path)

    # -- finalizing -----------------------------------------------------------------------------------

    def run(self) -> None:
        """定稿: in one transaction; nothing has changed if it fails."""
        if self._busy:
            return
        self._busy = True
        self._show_buttons()
        visits, visit = self._laptop.visits, self._visit_id
        self._jobs.start(lambda _job: visits.finalize(visit), done=self._done, failed=self._not_done)

    def _not_done(self, error: BaseException) -> None:
        self._busy = False
        self._show_buttons()
        self._failed(error)
        self.enter()

    def _done(self, records: Sequence[Submission]) -> None:
        self._busy = False
        self.records = tuple(records)
        _clear(self._head)
        _clear(self._body)
        self._head.addLayout(across(label(_("{address} is final").format(address=self._address), "L"), None))
        waits = _("Kept and signed. It waits to be sent at the next sync.")
        self._head.addWidget(Banner("ok", waits, icon_name="frozen"))
        for record in self.records:
            code = FORM_CODES.get(record.form_id, record.form_id)
            when = record.finalized_at.astimezone(ZONE)
            words = _("{form} final at {time}").format(form=code, time=f"{when:%Y-%m-%d %H:%M:%S}")
            self._body.addWidget(self._line("finalized", words, f"SHA-256 {record.sha256[:16]}…"))
        self._heading(_("What now"))
        self._body.addWidget(self._line("signing", _("Have it signed; file the signed page later")))
        self._body.addWidget(self._line("sync", _("Send it: place Sync")))
        self._offer_prints()
        self._show_buttons()
        self._draw()
        self._focus()
        self.finalized.emit()

    def _offer_prints(self) -> None:
        record = self._record()
        if record is None:
            return
        self._heading(_("Print the on-site page, in two copies"))
        self.panel = PrintPanel(
            self._laptop, self._jobs, self._preferences, self._printers,
            record=record, address=self._address, known=self._show_buttons, failed=self._failed,
        )  # fmt: skip
        self._body.addSpacing(8)
        self._body.addWidget(self.panel)

    def _amend(self) -> None:
        record = self._record()
        if record is not None:
            self.wants_correction.emit(str(record.chain.instance_id))

    def _print(self) -> None:
        record = self._record()
        if self.panel is not None and self.panel.has_printer:
            self.panel.kind = self.kind
            self.panel.print_now()
        elif record is not None:
            self.wants_paper.emit(str(record.chain.instance_id))


def _clear(box: QLayout) -> None:
    while box.count():
        item = box.takeAt(0)
        inner = None if item is None else item.layout()
        if inner is not None:
            _clear(inner)
        widget = None if item is None else item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
