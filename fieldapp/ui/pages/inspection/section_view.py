"""One section of the form on the page: its parts built when they are first relevant, a few at a time."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from fieldapp.forms import NodeView
from fieldapp.ui.components import ScrollColumn, label
from fieldapp.ui.controls import Surroundings
from fieldapp.ui.pages.inspection.answering import Answering
from fieldapp.ui.pages.inspection.cards import Cards, InstanceCard
from fieldapp.ui.pages.inspection.facts import FACT, Corrections, Facts, KnownFact
from fieldapp.ui.pages.inspection.photo_strip import PhotoStrip
from fieldapp.ui.pages.inspection.questions import QuestionRow
from fieldapp.ui.pages.inspection.sections import NEW, Part, Section, placed_at

#: Parts are built for so long in one go, so that the thread is never held, in seconds.
SLICE = 0.020
#: Lines of a form are read best up to this width.
WIDEST = 760
Piece = QuestionRow | Cards | Facts | KnownFact | PhotoStrip


class SectionView(ScrollColumn):
    """``led(step)``: Enter at the last question, Shift+Enter at the first; ``built`` when all stands."""

    led = Signal(int)
    built = Signal()

    def __init__(
        self,
        answering: Answering,
        section: Section,
        around: Surroundings,
        *,
        removed: Callable[[str], object],
        open_photos: Callable[[str], object],
    ) -> None:
        super().__init__(gap=16, margin=(24, 16, 24, 24))
        self.section, self._answering, self._around = section, answering, around
        self._removed, self._open_photos = removed, open_photos
        self._pieces: dict[Part, Piece] = {}
        self._corrections = Corrections.of(answering)
        self._wish: tuple[str, bool] | None = None
        self._entering: bool | None = None
        widget = self.widget()
        widget.setMaximumWidth(WIDEST)
        self.title = label("", "S", "text3")
        self.body.addWidget(self.title)
        self.body.addStretch(1)
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self._build)
        self._more.start()

    # -- building -------------------------------------------------------------------------------------

    def _relevant(self, part: Part) -> bool:
        if not self._answering.has(part.path) and part.kind != "cards":
            return False
        if part.kind == "question":
            node = self._answering.node(part.path)
            return node.relevant and (node.appearance != FACT or self._known(node))
        if part.kind == "cards":
            piece = self._pieces.get(part)
            return piece.wanted() if isinstance(piece, Cards) else self._has_cards(part)
        return True

    def _known(self, node: NodeView) -> bool:
        """A fact stands here if the register has it, with its new value below while it is corrected; or if
        the form derives it. What the register lacks is asked instead.
        """
        above, _slash, name = node.path.rpartition("/")
        asked = f"{above}/{NEW}{name}"
        if self._corrections is not None and name in self._corrections.fixed():
            return True
        return bool(node.value) and not (self._answering.has(asked) and self._answering.node(asked).relevant)

    def _has_cards(self, part: Part) -> bool:
        if not self._answering.node(part.path.rpartition("/")[0]).relevant:
            return False
        return any(
            placed_at(self._answering.session, self._answering.sections, node.path) == part.item
            for node in self._answering.editing.instances(part.path)
        )

    def _missing(self) -> list[Part]:
        return [part for part in self.section.parts if part not in self._pieces and self._relevant(part)]

    def _build(self) -> None:
        began = time.perf_counter()
        for part in self._missing():
            piece = self._make(part)
            self._pieces[part] = piece
            above = self.section.parts[: self.section.parts.index(part)]
            self.body.insertWidget(sum(one in self._pieces for one in above) + 1, piece)
            piece.show()
            if time.perf_counter() - began > SLICE:
                break
        if self._missing():
            self._more.start()
            return
        self._say_title()
        if self._wish is not None:
            (path, insist), self._wish = self._wish, None
            self.show_question(path, insist=insist)
        if self._entering is not None:
            self.enter(from_end=self._entering)
        self.built.emit()

    def _make(self, part: Part) -> Piece:
        if part.kind == "facts" and self._corrections is not None:
            facts = Facts(self._answering, part, self._corrections, self._around)
            facts.leads = lambda step: self.lead(step)
            return facts
        if part.kind == "cards":
            return Cards(self._answering, part, self._around, self._removed, self.show_question)
        if part.kind == "photos":
            return PhotoStrip(self._answering, part.path, self._around, self._open_photos)
        if self._corrections is not None and self._answering.node(part.path).appearance == FACT:
            known = KnownFact(self._answering, part.path, self._corrections)
            known.corrects.connect(self.show_question)
            return known
        row = QuestionRow(self._answering, part.path, self._around)
        row.leads.connect(self.lead)
        return row

    def _say_title(self) -> None:
        node = self._answering.node(self.section.path)
        self.title.setText(node.label)

    # -- showing --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show what the form says now; new questions are built, others hidden."""
        for part, piece in self._pieces.items():
            shown = self._relevant(part)
            piece.setVisible(shown)
            if shown:
                piece.refresh()
                self._connect_cards(piece)
        if self._pieces and self._missing():
            self._build()
        self._say_title()

    def _connect_cards(self, piece: Piece) -> None:
        if isinstance(piece, Cards):
            for card in piece.cards:
                self._connect_rows(card)

    def _connect_rows(self, card: InstanceCard) -> None:
        for row in card.rows.values():
            if not row.property("led"):
                row.setProperty("led", True)
                row.leads.connect(self.lead)

    @property
    def whole(self) -> bool:
        """Whether everything that is relevant stands."""
        return not self._missing()

    def rows(self) -> list[QuestionRow]:
        """The questions that can be answered now, in the order they stand."""
        found: list[QuestionRow] = []
        for part in self.section.parts:
            piece = self._pieces.get(part)
            if piece is None or not piece.isVisibleTo(self.widget()):
                continue
            if isinstance(piece, QuestionRow):
                found += [] if self._answering.node(piece.path).readonly else [piece]
            else:
                self._connect_cards(piece)
                found += piece.ordered()
        return found

    def unreadable(self) -> QuestionRow | None:
        """The first question in whose field something stands that is no answer."""
        return next((row for row in self.rows() if row.unreadable), None)

    def show_question(self, path: str, *, insist: bool = False) -> None:
        """Bring a question into sight, with the keyboard on it; once built, if it is not yet."""
        for piece in self._pieces.values():
            if isinstance(piece, Cards):
                piece.unfold(path)
                self._connect_cards(piece)
        strips = [piece for piece in self._pieces.values() if isinstance(piece, PhotoStrip)]
        if any(strip.lead_to(path, insist=insist) for strip in strips):
            self._answering.stand_at(path)
            return
        wanted = [row for row in self.rows() if row.path == path or row.path.startswith(f"{path}/")]
        if not wanted:
            if not self.whole:
                self._wish = (path, insist)
            return
        if insist:
            wanted[0].insist()
        wanted[0].control.setFocus(Qt.FocusReason.ShortcutFocusReason)
        QTimer.singleShot(0, self, lambda: self._scroll_to(wanted[0]))

    def _scroll_to(self, row: QWidget) -> None:
        above = min(96, self.viewport().height() // 4)
        self.ensureWidgetVisible(row, 0, above)
        self.horizontalScrollBar().setValue(0)

    def row_of(self, widget: QWidget | None) -> QuestionRow | None:
        """The question around a widget."""
        while widget is not None and widget is not self:
            if isinstance(widget, QuestionRow):
                return widget
            widget = widget.parentWidget()
        return None

    def card_of(self, row: QuestionRow | None) -> InstanceCard | None:
        """The card around a question, None for one outside of cards."""
        cards = [card for piece in self._pieces.values() if isinstance(piece, Cards) for card in piece.cards]
        return next((card for card in cards if row is not None and card.isAncestorOf(row)), None)

    def lead(self, step: int) -> None:
        """To the next question (1) or the one before (-1); ``led`` tells where there is none."""
        rows = self.rows()
        here = self.row_of(QApplication.focusWidget())
        at = rows.index(here) if here in rows else -1
        if not 0 <= at + step < len(rows):
            self.led.emit(step)
            return
        target = rows[at + step]
        target.control.setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll_to(target)

    def enter(self, *, from_end: bool = False) -> None:
        """The keyboard comes to the first question, or to the last; once built, if it is not yet."""
        rows = self.rows()
        self._entering = from_end if not self.whole and (from_end or not rows) else None
        if rows and self._entering is None:
            target = rows[-1] if from_end else rows[0]
            target.control.setFocus(Qt.FocusReason.TabFocusReason)
            self._scroll_to(target)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes from question to question in reading order, whenever they were built."""
        rows = self.rows()
        here = self.row_of(QApplication.focusWidget())
        at = rows.index(here) if here in rows else None
        if at is not None and 0 <= at + (1 if forward else -1) < len(rows):
            self.lead(1 if forward else -1)
            return True
        return super().focusNextPrevChild(forward)
