"""Unlocking: choose who it is, then the PIN of today or the passphrase; once a day, set the PIN."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QLineEdit, QStackedWidget, QWidget

from fieldapp.errors import FieldappError, UserError
from fieldapp.i18n import _, explain, ngettext
from fieldapp.services.access import Access
from fieldapp.ui.components import Button, Field, LineEdit, ScrollColumn, across, down, hairline, label
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.jobs import Job, Jobs
from fieldapp.ui.preferences import Preferences
from fieldapp.ui.unlock.pin import DIGITS, Person, PinEdit
from fieldapp.ui.unlock.side import DoorSide

if TYPE_CHECKING:
    from fieldapp.services.laptop import Laptop

COLUMN = 440


def day_text(now: datetime) -> str:
    """3月18日 星期三."""
    days = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    return _("{weekday}, {month}/{day}").format(month=now.month, day=now.day, weekday=days[now.weekday()])


class Unlock(QWidget):
    """``opened(laptop)`` is called once the store is open and its PIN was asked for.

    ``behind``: its store is open already, with what the disk does not take; only who works on it is let in.
    """

    def __init__(
        self,
        access: Access,
        preferences: Preferences,
        opened: Callable[[Laptop], object],
        emergency: Callable[[], object],
        message: str = "",
        behind: Laptop | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._access, self._opened = access, opened
        self._jobs = Jobs(self._refused, self)
        self._laptop: Laptop | None = None
        self._behind = behind
        self._first_pin = ""
        self._by_passphrase = False
        self._people = QButtonGroup(self)
        self._build_fields()
        scroll = ScrollColumn(across(None, self._column(), None), margin=(24, 92, 24, 24))
        foot = self._foot(emergency)
        facts = [("encrypted", _("Data are encrypted and kept on this laptop"))]
        revoked = preferences.text("revoked")
        facts += [("lock", revoked)] if revoked else []
        facts += [] if behind is None else [("refused", "".join(explain(UserError("WINDOW_008"))[1:]))]
        unsent, synced = preferences.text("unsent"), preferences.text("synced")
        facts += [("unsent", unsent)] if unsent else []
        facts += [("history", synced)] if synced else []
        side = DoorSide(preferences.text("district"), facts, preferences.text("device"))
        right = down(scroll, hairline(), foot, gap=0)
        row = across(side, right, gap=0)
        row.setStretch(1, 1)
        self.setLayout(row)
        self._clock = QTimer(self, interval=10_000)
        self._clock.timeout.connect(self._tell_time)
        self._clock.start()
        self._tell_time()
        self._choose()
        if message:
            self._say(message, wrong=True)

    def showEvent(self, event: QShowEvent) -> None:
        """The keyboard begins where one types: a window gives its focus away only once this is part of it."""
        super().showEvent(event)
        self._ways.currentWidget().setFocus(Qt.FocusReason.OtherFocusReason)

    def _build_fields(self) -> None:
        """The people, and the two ways to show that one is among them."""
        who = None if self._behind is None else self._behind.store.keys.actor.inspector_id
        known = [one.inspector_id for one in self._access.inspectors()]
        cards = [self._card(one) for one in known if who in (None, one)]
        self._time = label("", "L")
        self._ask = label("", tone="text2")
        self._says = label("", "S", "text2", wrap=True)
        self._until = label("", "S", "text2")
        self.pin = PinEdit(_("PIN"))
        self.pin.full.connect(self._pin_typed)
        self.pin.textEdited.connect(lambda _text: self._enable())
        self.word = LineEdit(name=_("Passphrase"))
        self.word.setEchoMode(QLineEdit.EchoMode.Password)
        self.word.returnPressed.connect(self._go)
        self.word.textEdited.connect(lambda _text: self._enable())
        self._ways = QStackedWidget()
        self._ways.addWidget(self.pin)
        passphrase = QWidget()
        passphrase.setLayout(down(Field(_("Passphrase"), self.word), None))
        passphrase.setFocusProxy(self.word)
        self._ways.addWidget(passphrase)
        self._ways.setFixedHeight(68)
        self._main = Button(_("Unlock"), "primary", size="main", on_click=self._go)
        self.other = Button("", icon="key", size="main", on_click=self._other_way)
        self._cards = QWidget()
        self._cards.setLayout(down(*cards, gap=10))

    def _column(self) -> QWidget:
        column = QWidget()
        column.setFixedWidth(COLUMN)
        buttons = across(self._main, self.other, gap=12)
        buttons.setStretch(0, 1)
        column.setLayout(
            down(
                self._time, 2, self._ask, 24, self._cards, 22, self._ways, 10,
                across(self._says, None, self._until), 18, buttons, None, gap=0,
            )
        )  # fmt: skip
        return column

    def _card(self, inspector_id: str) -> Person:
        inspector = {one.inspector_id: one for one in self._access.inspectors()}[inspector_id]
        pin = self._access.pin(inspector_id)
        note = _("Passphrase needed")
        if pin is not None:
            note = _("Passphrase given at {time}").format(time=f"{pin.since:%H:%M}")
        card = Person(inspector, note)
        card.clicked.connect(lambda: self._choose())
        self._people.addButton(card)
        card.setChecked(len(self._people.buttons()) == 1)
        return card

    def _foot(self, emergency: Callable[[], object]) -> QFrame:
        foot = QFrame()
        foot.setFixedHeight(75)
        foot.setLayout(
            across(
                IconLabel("emergency", "danger", 28),
                label(_("Immediate danger?"), bold=True),
                label(_("Duty numbers and evacuation steps need no unlocking."), tone="text2"),
                None,
                Button(
                    _("Open emergency card"), "danger", key="F9", size="main", on_click=emergency
                ),
                gap=12,
                margin=(32, 0, 32, 0),
            )
        )  # fmt: skip
        return foot

    # -- who and how ----------------------------------------------------------------------------------

    @property
    def _who(self) -> str:
        chosen = self._people.checkedButton()
        assert isinstance(chosen, Person)
        return chosen.inspector.inspector_id

    @property
    def said(self) -> str:
        """What stands under the field."""
        return self._says.text()

    @property
    def asks_for_pin(self) -> bool:
        """Whether the store is open and the PIN of the day is being set."""
        return self._laptop is not None

    @property
    def busy(self) -> bool:
        """Whether somebody is being let in."""
        return bool(self._jobs.running) or self._laptop is not None

    def put_away(self) -> None:
        """The window closes: a store that was opened and not shown yet is closed."""
        self._clock.stop()
        self._jobs.stop()
        if self._laptop is not None:
            self._laptop.close()
            self._laptop = None

    def _tell_time(self) -> None:
        now = self._access.clock()
        self._time.setText(f"{day_text(now)} {now:%H:%M}")

    def _choose(self) -> None:
        self._by_passphrase = self._access.pin(self._who) is None
        self._show_way()

    def _other_way(self) -> None:
        if self._laptop is not None:
            self._finish()
            return
        self._by_passphrase = not self._by_passphrase
        self._show_way()

    def _show_way(self) -> None:
        pin = self._access.pin(self._who)
        self._ways.setCurrentIndex(1 if self._by_passphrase else 0)
        self.pin.clear()
        self.word.clear()
        self.other.setVisible(pin is not None)
        self.other.setText(_("Use the PIN") if self._by_passphrase else _("Use the passphrase"))
        if self._by_passphrase or pin is None:
            self._ask.setText(_("Choose the inspector and give the passphrase"))
            self._say("")
            self._until.setText("")
            self.word.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._ask.setText(_("Choose the inspector and type the 6-digit PIN"))
            self._say(
                ngettext(
                    "Unlocks at the sixth digit; {left} try left",
                    "Unlocks at the sixth digit; {left} tries left",
                    pin.tries_left,
                ).format(left=pin.tries_left)
            )
            self._until.setText(_("PIN opens until {time}").format(time=f"{pin.until:%H:%M}"))
            self.pin.setFocus(Qt.FocusReason.OtherFocusReason)
        self._enable()

    def _enable(self) -> None:
        ready = bool(self.word.text()) if self._by_passphrase else len(self.pin.text()) == DIGITS
        if self._laptop is not None:
            ready = len(self.pin.text()) == DIGITS
        self._main.setEnabled(ready and not self._jobs.running)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self._says.setText(text)
        self._says.setProperty("tone", "danger" if wrong else "text2")
        self._says.style().polish(self._says)

    # -- opening --------------------------------------------------------------------------------------

    def _pin_typed(self, pin: str) -> None:
        if self._laptop is not None:
            self._new_pin(pin)
        else:
            self._go()

    def _go(self) -> None:
        if self._laptop is not None:
            self._new_pin(self.pin.text())
            return
        if self._jobs.running:
            return
        who, pin, word, by_word = self._who, self.pin.text(), self.word.text(), self._by_passphrase
        behind = self._behind
        if not (word if by_word else len(pin) == DIGITS):
            return

        def work(_job: Job) -> Laptop:
            if behind is not None:
                access = self._access
                return access.uncover(behind, word) if by_word else access.uncover_with_pin(behind, pin)
            return self._access.unlock(who, word) if by_word else self._access.unlock_with_pin(who, pin)

        self._say(_("Unlocking…"))
        self._jobs.start(work, done=self._opens, what="unlock")
        self._work_on(busy=True)

    def _work_on(self, *, busy: bool) -> None:
        for widget in (self.pin, self.word, self.other, self._cards):
            widget.setEnabled(not busy)
        self._main.setEnabled(False)

    def _refused(self, error: BaseException) -> None:
        self._work_on(busy=False)
        if not isinstance(error, FieldappError):
            raise error
        self._show_way()
        if error.code == "STORE_010":
            self._choose()
        _title, message, remedy = explain(error)
        left = ""
        if error.code == "STORE_002":
            left = ngettext(
                "{left} try left", "{left} tries left", self._access.tries_left(self._who)
            ).format(left=self._access.tries_left(self._who))
        self._say(f"{message}{remedy}{left}", wrong=True)

    def _opens(self, laptop: Laptop) -> None:
        self._work_on(busy=False)
        self._laptop = laptop
        if self._behind is None and self._by_passphrase and self._access.pin(self._who) is None:
            self._ask_for_pin()
        else:
            self._finish()

    # -- the PIN of the day ---------------------------------------------------------------------------

    def _ask_for_pin(self, again: str = "") -> None:
        self._cards.hide()
        self._first_pin = again
        self._ask.setText(
            _("Type the same 6 digits once more")
            if again
            else _("Set a 6-digit PIN for today: it unlocks until evening")
        )
        self._ways.setCurrentIndex(0)
        self.pin.clear()
        self.pin.setFocus(Qt.FocusReason.OtherFocusReason)
        self._main.setText(_("Set PIN"))
        self.other.setText(_("Not now"))
        self.other.picture = ""
        self.other.show()
        self._say(_("It is kept in memory only; a new day asks for the passphrase again."))
        self._enable()

    def _new_pin(self, pin: str) -> None:
        if not self._first_pin:
            self._ask_for_pin(pin)
            return
        if pin != self._first_pin:
            self._ask_for_pin()
            self._say(_("The two PINs differ. Type a new one."), wrong=True)
            return
        laptop = self._laptop
        assert laptop is not None
        self._work_on(busy=True)
        self._jobs.start(
            lambda _job: self._access.set_pin(laptop, pin), done=lambda _state: self._finish(), what="pin"
        )

    def _finish(self) -> None:
        self._clock.stop()
        assert self._laptop is not None
        laptop, self._laptop = self._laptop, None
        self._opened(laptop)
