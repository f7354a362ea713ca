"""The middle of a house's file: the open hazard, and what was done (经过)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QStyleOptionViewItem

from fieldapp.domain.codelists import codelists
from fieldapp.i18n import _, ngettext
from fieldapp.services.building_file import BuildingFile, Work
from fieldapp.services.conflicts import Decision
from fieldapp.services.pictures import ForeignPhoto
from fieldapp.settings import ZONE
from fieldapp.store.model import Photo
from fieldapp.ui.components import (
    Card,
    Option,
    Pill,
    Row,
    RowDelegate,
    RowList,
    ScrollColumn,
    Segmented,
    Stepper,
    across,
    label,
)
from fieldapp.ui.components.fields import marked
from fieldapp.ui.components.lists import Index
from fieldapp.ui.components.pills import PillKind
from fieldapp.ui.pages.buildings.words import Words, standing
from fieldapp.ui.themes import colours_named, sizes

_PILLS: dict[str, tuple[PillKind, str]] = {
    "draft": ("accent", "draft"),
    "queued": ("neutral", "unsent"),
    "refused": ("danger", "refused"),
    "sent": ("ok", "sent"),
    "accepted": ("ok", "accepted"),
    "returned": ("danger", "returned"),
    "superseded": ("neutral", "history"),
}
_RESULT_ICONS = {"locked": "locked_door", "refused": "refused_entry"}


class HazardCard(Card):
    """The hazard that is open at a house."""

    def __init__(self, words: Words) -> None:
        super().__init__(gap=8)
        self._words = words
        self._basis = label("", bold=True, wrap=True)
        self._basis.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._level = Pill("neutral", "")
        self._until = label("", "S", "text2")
        self._rules = label("", "S", "text2", wrap=True)
        self._own = label("", "S", "warn", wrap=True)
        states = codelists()["hazard_control_state"].items
        self._states = tuple(states)
        self._control = Stepper(
            _("Control"), [item.label(words.language) for item in states.values()], "warn"
        )
        self.body.addWidget(self._basis)
        self.body.addLayout(across(self._level, None, self._until))
        self.body.addWidget(self._rules)
        self.body.addWidget(self._control)
        self.body.addWidget(self._own)

    def show_file(self, file: BuildingFile) -> bool:
        """Show the open hazard; False if there is none."""
        values, words = file.row.values, self._words
        level = words.level(values.get("hazard_level", ""))
        if level is None:
            return False
        full = words.said("hazard_level", values["hazard_level"])
        self._basis.setText(values.get("hazard_basis", "") or full)
        self._level.show_state(level.kind, full.partition("（")[0], level.icon)
        until, tone = words.deadline(values.get("hazard_deadline", ""))
        self._until.setText(until or _("no deadline"))
        marked(self._until, "tone", tone or "text2")
        rules = values.get("hazard_rules", "")
        self._rules.setVisible(bool(rules))
        self._rules.setText(_("Rules met (advice only): {rules}").format(rules=rules))
        self._control.setVisible(bool(file.control))
        if file.control:
            self._control.show_step(self._states.index(file.control))
        self._own.setVisible("hazard_level" in file.former)
        self._own.setText(_("As this laptop recorded it; the server has not confirmed it yet."))
        return True


class TimelineDelegate(RowDelegate):
    """Rows whose icons hang on one line."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The row, then the line between its icon and its neighbours'."""
        super().paint(painter, option, index)
        box: QRect = option.rect  # type: ignore[attr-defined]
        across_at = box.left() + 16 + sizes().icon / 2
        half = sizes().icon / 2 + 3
        painter.setPen(QPen(colours_named("edge"), 1))
        middle = box.center().y()
        if index.row() > 0:
            painter.drawLine(QPointF(across_at, box.top()), QPointF(across_at, middle - half))
        if index.row() < index.model().rowCount() - 1:
            painter.drawLine(QPointF(across_at, middle + half), QPointF(across_at, box.bottom()))


class StoryColumn(ScrollColumn):
    """``opened(key)`` speaks with ``draft:visit:form``, ``record:instance`` or ``photos:visit``."""

    opened = Signal(str)

    def __init__(self, words: Words) -> None:
        super().__init__(gap=10, margin=(24, 16, 24, 16))
        self._words = words
        self._works: tuple[Work, ...] = ()
        self._photos: tuple[Photo, ...] = ()
        self._decisions: tuple[Decision, ...] = ()
        self._open = label("", "S", "text2")
        self.hazard = HazardCard(words)
        self.kinds = Segmented(
            [Option("all", _("All")), Option("visits", _("Visits")), Option("fixes", _("Corrections"))],
            _("Show"), digits=False,
        )  # fmt: skip
        self.kinds.select(("all",))
        self.kinds.chosen.connect(self._choose)
        self.timeline = RowList(_("What was done"))
        self.timeline.setItemDelegate(TimelineDelegate(self.timeline))
        self.timeline.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.timeline.opened.connect(self.opened)
        self._nothing = label(_("Nobody was here with this laptop yet."), "S", "text2")
        self._card = Card(self.timeline, gap=0, margin=1)
        self.body.addLayout(across(label(_("Hazards"), bold=True), None, self._open))
        self.body.addWidget(self.hazard)
        self.body.addSpacing(6)
        self.body.addLayout(across(label(_("What was done"), bold=True), None, self.kinds))
        self.body.addWidget(self._nothing)
        self.body.addWidget(self._card)
        self.body.addStretch(1)

    def show_file(self, file: BuildingFile) -> None:
        """The story of a house."""
        self._works, self._decisions, self._photos = file.works, file.decisions, file.photos
        self.hazard.setVisible(self.hazard.show_file(file))
        said = self._words.said("hazard_level", file.row.values.get("hazard_level", ""))
        self._open.setText("" if self.hazard.isVisibleTo(self) else said or _("not judged yet"))
        self._tell()

    def _choose(self, names: tuple[str, ...]) -> None:
        if not names:
            self.kinds.select(("all",))
        self._tell()

    def _tell(self) -> None:
        kind = (self.kinds.selected() or ("all",))[0]
        rows: list[Row] = []
        beside = self._beside(kind)
        for work in self._works:
            while beside and work.standing != "draft" and beside[0][0] > work.at:
                rows.append(beside.pop(0)[1])
            if kind != "fixes":
                rows.append(self._row(work))
            if kind != "visits":
                rows += [self._fix(work, fact) for fact in work.fixes]
        rows += [row for _at, row in beside]
        self.timeline.show_rows(rows)
        self._nothing.setVisible(not rows)
        self._card.setVisible(bool(rows))
        self._nothing.setText(
            _("Nothing was corrected here with this laptop.")
            if kind == "fixes"
            else _("Nobody was here with this laptop yet.")
        )
        self.timeline.setFixedHeight(max(1, len(rows) * sizes().row - 1))

    def _row(self, work: Work) -> Row:
        words = self._words
        said = (
            codelists().text("visit_result", work.result, words.language).rpartition("/")[2]
            if work.result not in ("", "done")
            else words.said("hazard_level", work.level)
        )
        parts = ["、".join(work.team)]
        if work.standing == "draft":
            parts.append(
                ngettext("{count} question open", "{count} questions open", work.left).format(count=work.left)
            )
        if work.paper != "none":
            parts.append(_("signed") if work.paper == "signed" else _("printed"))
        if work.version > 1:
            parts.append(_("version {number}").format(number=work.version))
        if work.standing != "draft" and not work.confirmed:
            parts.append(_("unconfirmed"))
        parts.append(work.cause)
        draft = work.standing == "draft"
        key = f"draft:{work.visit_id}:{work.form_id}" if draft else f"record:{work.instance_id}"
        kind, icon = _PILLS[work.standing]
        return Row(
            key,
            "，".join(part for part in (work.title, said) if part),
            "·".join(part for part in parts if part),
            icon="draft" if draft else _RESULT_ICONS.get(work.result, "inspection"),
            icon_tone="accent" if draft else "text2",
            pill=(kind, standing(work.standing)[0]),
            pill_icon=icon,
            word=self._moment(work.at),
            word_tone="text2",
        )

    def _fix(self, work: Work, fact: str) -> Row:
        before, after = (self._words.said(fact, value) for value in work.fixes[fact])
        item = codelists()["building_fact"].items[fact].label(self._words.language)
        return Row(
            f"record:{work.instance_id}",
            _("Corrected: {fact}").format(fact=item),
            f"{before or _('not recorded')} → {after or _('not recorded')}",
            icon="correct",
            word=self._moment(work.at),
            word_tone="text2",
        )

    def _beside(self, kind: str) -> list[tuple[datetime, Row]]:
        """What was done by others than this laptop, newest first: decisions, and visits by what they took."""
        found = [(one.at, self._decided(one)) for one in self._decisions if kind != "visits"]
        visits: dict[UUID, list[ForeignPhoto]] = {}
        for photo in self._photos if kind != "fixes" else ():
            if isinstance(photo, ForeignPhoto):
                visits.setdefault(photo.visit_id, []).append(photo)
        found += [(photos[0].added_at, self._taken(photos)) for photos in visits.values()]
        return sorted(found, key=lambda one: one[0], reverse=True)

    def _taken(self, photos: list[ForeignPhoto]) -> Row:
        return Row(
            f"photos:{photos[0].visit_id}",
            ngettext(
                "{count} photograph of another laptop", "{count} photographs of another laptop", len(photos)
            ).format(count=len(photos)),
            photos[0].who,
            icon="image",
            icon_tone="text2",
            word=self._moment(photos[0].added_at),
            word_tone="text2",
        )

    def _decided(self, one: Decision) -> Row:
        told = "、".join(f"{name} {text}" for name, text in zip(one.labels, one.texts, strict=True))
        others = " / ".join("、".join(texts) for texts in one.others)
        against = _("not: {texts}").format(texts=others) if others else ""
        return Row(
            f"decision:{one.id}",
            _("Decided: {facts}").format(facts=told),
            "·".join(part for part in (one.who, one.reason, against) if part),
            icon="accepted",
            word=self._moment(one.at),
            word_tone="text2",
            opens=False,
        )

    def _moment(self, at: datetime) -> str:
        local = at.astimezone(ZONE)
        day = self._words.day(local.date())
        return f"{day} {local:%H:%M}" if local.date() == self._words.today else day
