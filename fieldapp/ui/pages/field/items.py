"""The seven items: number, words, last answer, three buttons; and the one key above them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QSizePolicy, QStackedLayout, QWidget

from fieldapp.domain.codelists import codelists
from fieldapp.domain.patrol import ITEMS
from fieldapp.i18n import _, ngettext
from fieldapp.services.patrolling import PLAQUE, Round
from fieldapp.ui.components import Button, Option, Segmented, across, down, hairline, label
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.components.fields import marked
from fieldapp.ui.themes import colours, colours_named, font, sizes

#: Wide enough for the tick, so that nothing moves when an answer is given.
_OPTION = 112


class KeyMark(QWidget):
    """The digit of an item in a cap."""

    def __init__(self, digit: str) -> None:
        super().__init__()
        self._digit = digit
        self.setFixedSize(34, 34)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cap."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(colours_named("edge"), colours().edge_width))
        painter.drawRoundedRect(box, sizes().radius_cap, sizes().radius_cap)
        painter.setPen(colours_named("text"))
        painter.setFont(font("M", bold=True))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._digit)


class ItemRow(QFrame):
    """One item. ``chosen(state)`` when a button was pressed; a finding colours the whole row."""

    def __init__(
        self, number: int, words: str, options: list[Option], on_chosen: Callable[[str], object]
    ) -> None:
        super().__init__()
        self._finding = False
        self._words = label(words, wrap=True)
        self._second = label("", "S", bold=True)
        self._second.hide()
        self._last = label("", "S", "text3")
        self.choice = Segmented(options, words, digits=False)
        for button in self.choice.buttons:
            button.setMinimumWidth(_OPTION)
        self.choice.chosen.connect(lambda names: on_chosen(names[0] if names else ""))
        texts = down(None, self._words, self._second, None, gap=0)
        row = across(KeyMark(str(number)), texts, self._last, self.choice, gap=14, margin=(24, 0, 24, 0))
        row.setStretch(1, 1)
        self.setLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._fit()

    def show_state(self, state: str, last: str, second: str) -> None:
        """The answer, the last one as a word, and a second line."""
        self.choice.select((state,) if state else ())
        self._finding = state == "have"
        self._last.setText(last)
        self._second.setText(second)
        self._second.setVisible(bool(second))
        marked(self._words, "bold", "true" if state == "have" else "false")
        self.update()

    def _fit(self) -> None:
        self.setFixedHeight(sizes().control + 6)

    def changeEvent(self, event: QEvent) -> None:
        """Another density."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "choice"):
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground of a finding, and the hairline below."""
        painter = QPainter(self)
        if self._finding:
            painter.fillRect(self.rect(), colours_named("warn_tint"))
        painter.fillRect(24, self.height() - 1, self.width() - 48, 1, colours_named("line"))


class ItemsPanel(QWidget):
    """One key, seven items, the plaque."""

    def __init__(
        self,
        *,
        on_clear: Callable[[], object],
        on_undo: Callable[[], object],
        on_item: Callable[[str, str], object],
        on_plaque: Callable[[str], object],
        language: str,
    ) -> None:
        super().__init__()
        self._photo_icon = IconLabel("done", "ok")
        self._photo_says = label("", "S", "ok", bold=True)
        hint = label(_("Digits 1–7 turn a single item to “found”"), "S", "text2")
        says = across(self._photo_icon, self._photo_says, None, hint, gap=6, margin=(24, 0, 24, 0))
        self.clear = Button("", "primary", icon="checks", key="0", size="main", on_click=on_clear)
        self._done = label("", bold=True)
        self._how = label("", "M", "text2")
        self.undo = Button(_("Undo"), icon="undo", key="Ctrl Z", on_click=on_undo)
        answered = QWidget()
        answered.setLayout(across(IconLabel("check", "text"), self._done, self._how, None, self.undo, gap=14))
        strip = QWidget()
        strip.setFixedHeight(66)
        self._strip = QStackedLayout(strip)
        one = QWidget()
        self.clear.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        one.setLayout(across(self.clear))
        self._strip.addWidget(one)
        self._strip.addWidget(answered)
        states = codelists()["patrol_state"].items.values()
        options = [Option(one.name, one.label(language), finding=one.name == "have") for one in states]
        self.rows: dict[str, ItemRow] = {}
        for number, item in enumerate(ITEMS, start=1):
            words = codelists().label("patrol_item", item, language)
            self.rows[item] = ItemRow(number, words, options, partial(on_item, item))
        plaque = [Option(one.name, one.label(language)) for one in codelists()["plaque_state"].items.values()]
        self.plaque = Segmented(plaque, _("Safety plaque"), digits=False)
        for button, key in zip(self.plaque.buttons, ("8", "", "9"), strict=True):
            button.leading_cap = key
        self.plaque.chosen.connect(lambda names: on_plaque(names[0] if names else ""))
        self._plaque_row = QWidget()
        self._plaque_row.setLayout(
            across(48, label(_("Safety plaque")), None, self.plaque, gap=0, margin=(24, 8, 24, 0))
        )
        column = down(says, gap=0)
        column.addSpacing(6)
        framed = across(strip, margin=(24, 0, 24, 0))
        column.addLayout(framed)
        column.addSpacing(4)
        column.addWidget(_line())
        for row in self.rows.values():
            column.addWidget(row)
        column.addWidget(self._plaque_row)
        column.addStretch(1)
        column.setSpacing(0)
        self.setLayout(column)

    def show_round(self, found: Round, photo_time: str, language: str) -> None:
        """All answers of a round."""
        photos = bool(found.photos)
        self._photo_icon.show_icon("done" if photos else "camera", "ok" if photos else "warn")
        marked(self._photo_says, "tone", "ok" if photos else "warn")
        at = f"，{photo_time}" if photo_time else ""
        self._photo_says.setText(
            _("Front photograph is there{at}").format(at=at)
            if photos
            else _("Take the front photograph first: F2, paste or drop")
        )
        items = found.items
        self._show_strip(found, items, photos=photos)
        lists, last = codelists(), found.last
        for item, row in self.rows.items():
            word = lists.label("patrol_state", last[item], language) if last[item] else ""
            second = ""
            if items[item] == "have":
                changed = _("Not as last time, ") if last[item] == "ok" else ""
                second = changed + _("one defect to record")
                if any(one.item == item and one.part and one.note and one.photo for one in found.findings):
                    second = changed + _("defect recorded")
            elif items[item] == "unseen":
                second = found.value(f"/data/g_items/{item}_why") or _("Why not seen?")
            row.show_state(items[item], _("Last {state}").format(state=word) if word else "", second)
        self._plaque_row.setVisible(found.plaque_asked)
        state = found.value(PLAQUE)
        self.plaque.select((state,) if state else ())

    def _show_strip(self, found: Round, items: dict[str, str], *, photos: bool) -> None:
        left = sum(not state for state in items.values())
        found_count = sum(state == "have" for state in items.values())
        whole = left == len(items)
        self.clear.setText(
            _("Nothing found on all seven items")
            if whole
            else ngettext(
                "Nothing found on the other {count} item", "Nothing found on the other {count} items", left
            ).format(count=left)
        )
        self.clear.updateGeometry()
        self.clear.refuse("" if photos else _("The photograph comes first"))
        self._strip.setCurrentIndex(0 if left else 1)
        self._done.setText(_("Seven items answered"))
        at = found.one_key_at
        how = _("one key at {time}").format(time=f"{at:%H:%M}") if at else _("one by one")
        if found_count:
            how += _(", {count} of them “found”").format(count=found_count)
        self._how.setText(how)
        self.undo.refuse("" if found.can_undo else _("Nothing to undo"))


def _line() -> QWidget:
    box = QWidget()
    box.setLayout(across(hairline(), margin=(24, 0, 24, 0)))
    box.setFixedHeight(1)
    return box
