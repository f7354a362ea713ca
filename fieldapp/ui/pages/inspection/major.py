"""The red panel: people first. Whom to call, whom was called and when."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QWidget

from fieldapp.i18n import _
from fieldapp.ui.components import Button, LineEdit, across, down, label
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.controls.moments import shown_moment
from fieldapp.ui.controls.picking import PickPanel
from fieldapp.ui.pages.inspection.answering import Answering

#: Questions of the form that the panel answers.
TO, AT = "phoned_to", "phoned_at"
LEVELS = ("hazard_level", "hazard_suggested")
MAJOR = "major"


def said(answering: Answering, name: str) -> str:
    """The answer to the question of that name outside repeats, empty for none."""
    path = path_of(answering, name)
    return answering.session.value(path) if path else ""


def path_of(answering: Answering, name: str) -> str:
    """Where a question of that name stands, empty if the form has none."""
    return next((path for path in answering.session.definition.nodes if path.endswith(f"/{name}")), "")


class MajorPanel(QFrame):
    """Seen while the rules or the inspector say 重大. Filled, it folds to one line; it cannot be closed."""

    def __init__(
        self, answering: Answering, numbers: Sequence[tuple[str, str]], names: Sequence[str]
    ) -> None:
        super().__init__()
        self.setObjectName("major")
        self._answering, self._names = answering, tuple(names)
        self._line = label("", bold=True, wrap=True)
        self._open = Button.of_icon("down", _("Unfold"), self._unfold, size="small")
        self._open.kind = "on_danger"
        self._folded = QWidget()
        row = across(IconLabel("major", "on_danger", 22), self._line, self._open, gap=8)
        row.setStretch(1, 1)
        self._folded.setLayout(row)
        self._whole = QWidget()
        self._told = label("", "S", wrap=True)
        head = across(IconLabel("major", "on_danger", 24), label(_("Major hazard"), "L"), None, gap=8)
        calls = []
        for number, words in numbers:
            call = across(label(words, wrap=True), label(number, bold=True), gap=8)
            call.setStretch(0, 1)
            calls.append(call)
        self.to = LineEdit(name=_("Who was called (required)"), hint=_("Who was called (required)"))
        self.to.left.connect(lambda text: self._name_it(text))
        self.to.setToolTip("Ctrl+Space")
        shortcut = QShortcut(QKeySequence("Ctrl+Space"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self._offer)
        self.called = Button(_("Called"), "on_danger", icon="call", on_click=self._call)
        self._at = label("", "S")
        last = across(self.to, self.called, gap=8)
        last.setStretch(0, 1)
        self._whole.setLayout(down(head, self._told, *calls, last, self._at, gap=8))
        self.setLayout(down(self._folded, self._whole, gap=0, margin=14))
        self._unfolded = False

    def _kept(self, name: str) -> str:
        path = path_of(self._answering, name)
        return self._answering.node(path).kept if path else ""

    @property
    def filled(self) -> bool:
        """Whether it is said who was called and when."""
        return bool(self._kept(TO) and self._kept(AT))

    def refresh(self) -> None:
        """Show what the form says; hidden while nothing is major."""
        levels = [said(self._answering, name) for name in LEVELS]
        asked = bool(path_of(self._answering, TO))
        self.setVisible(asked and MAJOR in levels)
        by_hand = levels[0] == MAJOR
        self._told.setText(
            _("Preliminary judgement. Call first, then go on with the form.")
            if by_hand
            else _("By the rules. Call first, then go on with the form.")
        )
        if not self.to.hasFocus():
            self.to.setText(self._kept(TO))
        at = shown_moment(self._kept(AT))
        self._at.setText(_("Called at {time}").format(time=at) if at else "")
        self._at.setVisible(bool(at))
        self._line.setText(
            _("Major hazard: {who} called {time}").format(who=self._kept(TO), time=at[-5:]) if at else ""
        )
        fold = self.filled and not self._unfolded and not self._whole.isAncestorOf(self.focusWidget() or self)
        self._folded.setVisible(fold)
        self._whole.setVisible(not fold)

    def _unfold(self) -> None:
        self._unfolded = True
        self.refresh()

    def _name_it(self, text: str) -> None:
        if text.strip() != self._kept(TO):
            self._answering.answer(path_of(self._answering, TO), text.strip())

    def _call(self) -> None:
        """The call was made: who, if it is written already, and this moment."""
        self._name_it(self.to.text())
        now = self._answering.now().isoformat(timespec="milliseconds")
        self._answering.answer(path_of(self._answering, AT), now)
        if not self.to.text().strip():
            self.to.setFocus(Qt.FocusReason.OtherFocusReason)

    def _offer(self) -> None:
        panel = PickPanel(self, _("Who was called"), [(name, name) for name in self._names])
        panel.picked.connect(self._take)
        panel.open_below(self.to)

    def _take(self, name: str) -> None:
        self.to.setText(name)
        self._name_it(name)
