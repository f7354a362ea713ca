"""隐患: houses with an open hazard, what is overdue first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QStackedWidget

from fieldapp.domain.codelists import codelists
from fieldapp.i18n import _
from fieldapp.services.ledger import OpenHazard
from fieldapp.ui.actions import Action
from fieldapp.ui.components import EmptyState, Option, Row, RowList, Segmented, across, down, label
from fieldapp.ui.page import Frame, Page
from fieldapp.ui.pages.buildings.words import Words

_KINDS = ("all", "overdue", "major", "general")


class HazardsPage(Page):
    """One list; Enter or a click opens the file of the house."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        language = "en" if frame.preferences.language == "en" else "zh"
        self._words = Words(language, frame.laptop.ledger.today)
        self._hazards: tuple[OpenHazard, ...] = ()
        words = (_("All"), _("Overdue"), _("Major"), _("General"))
        self.kinds = Segmented(
            [Option(name, word) for name, word in zip(_KINDS, words, strict=True)], _("Show"), digits=False
        )
        self.kinds.select(("all",))
        self.kinds.chosen.connect(self._choose)
        self._count = label("", "S", "text2")
        self.list = RowList(_("Open hazards"))
        self.list.opened.connect(lambda building: self.frame.go("buildings", building))
        card = QFrame()
        card.setProperty("card", "plain")
        card.setLayout(down(self.list, gap=0, margin=1))
        none = _("No house here has an open hazard. One that you judge general or major stands here at once.")
        self._nothing = EmptyState(
            none, _("To the buildings"), lambda: frame.go("buildings"), icon_name="hazards"
        )
        self._no_such = EmptyState(_("None of the open hazards is of this kind."), _("All"), self.show_all)
        self._stack = QStackedWidget()
        for part in (card, self._nothing, self._no_such):
            self._stack.addWidget(part)
        note = label(
            _("From the register: level, deadline, basis. Closure comes from the district office."),
            "S", "text2", wrap=True,
        )  # fmt: skip
        head = across(label(self.title(), "L"), 4, self._count, None, self.kinds, gap=12)
        column = down(head, self._stack, note, gap=12, margin=(24, 16, 24, 16))
        column.setStretchFactor(self._stack, 1)
        self.setLayout(column)

    def title(self) -> str:
        """隐患."""
        return _("Hazards")

    def actions_of_page(self) -> Sequence[Action]:
        """The list as a whole again."""
        return (Action("hazards.all", _("All open hazards"), self.show_all),)

    def open(self, argument: object = None) -> None:
        """It comes to the front."""
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Read them anew."""
        ledger = self.frame.laptop.ledger
        self.frame.jobs.start(lambda _job: ledger.hazards(), done=self._read, what="hazards")

    def show_all(self) -> None:
        """Every kind."""
        self.kinds.select(("all",))
        self._tell()

    def _choose(self, names: tuple[str, ...]) -> None:
        if not names:
            self.kinds.select(("all",))
        self._tell()

    def _read(self, hazards: tuple[OpenHazard, ...]) -> None:
        self._hazards = hazards
        self._tell()

    def _tell(self) -> None:
        kind = (self.kinds.selected() or ("all",))[0]
        rows = [self._row(one) for one in self._hazards if _is(one, kind)]
        place = self.list.currentIndex().row()
        self.list.show_rows(rows)
        if rows:
            self.list.setCurrentIndex(self.list.rows.index(min(max(place, 0), len(rows) - 1)))
        self._stack.setCurrentIndex(0 if rows else 2 if self._hazards else 1)
        overdue = sum(_is(one, "overdue") for one in self._hazards)
        major = sum(_is(one, "major") for one in self._hazards)
        self._count.setText(
            _("{count} open, {major} major, {overdue} overdue").format(
                count=len(self._hazards), major=major, overdue=overdue
            )
            if self._hazards
            else ""
        )

    def _row(self, one: OpenHazard) -> Row:
        words, values = self._words, one.row.values
        level = words.level(one.level)
        assert level is not None
        until, tone = words.deadline(values.get("hazard_deadline", ""))
        lists = codelists()
        community = lists.text("community", values.get("community", ""), words.language)
        parts = (community, *words.structure(values), values.get("hazard_basis", ""))
        pill = "·".join((level.word, _("unconfirmed"))) if one.own else level.word
        return Row(
            one.row.id,
            one.row.label,
            "·".join(part for part in parts if part),
            icon=level.icon,
            icon_tone="danger" if one.level == "major" else "warn",
            pill=(level.kind, pill),
            pill_icon=level.icon,
            word=until or _("no deadline"),
            word_tone=tone or "text2",
        )


def _is(one: OpenHazard, kind: str) -> bool:
    if kind == "overdue":
        return one.days is not None and one.days < 0
    return kind in ("all", one.level)
