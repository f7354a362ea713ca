"""The cards at the right: today's team, what waits for me, this laptop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldapp.domain.visit import TeamMember
from fieldapp.i18n import _
from fieldapp.services.today import Waiting
from fieldapp.ui.components import Button, Card, Field, LineEdit, Row, RowList, across, down, label
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.pages.today.day import short_day, short_moment, size_words
from fieldapp.ui.themes import sizes

_MEMBERS = 2


class TeamCard(Card):
    """Today's team, set once: its members stand in every record of the day. Changed in place."""

    def __init__(self, on_set: Callable[[tuple[TeamMember, ...]], object]) -> None:
        super().__init__(gap=8)
        self._on_set = on_set
        self.change = Button(_("Change"), "link", on_click=self.edit)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self._unit = label("", "S", "text2", wrap=True)
        shown = QWidget()
        shown.setLayout(down(self._rows, self._unit, gap=8))
        self.names = [
            LineEdit(name=_("Name of member {number}").format(number=n + 1)) for n in range(_MEMBERS)
        ]
        self.certificates = [
            LineEdit(name=_("Certificate of member {number}").format(number=n + 1)) for n in range(_MEMBERS)
        ]
        self.unit = LineEdit(name=_("Unit"))
        self._wrong = label("", "S", "danger", wrap=True)
        fields = [
            across(Field(_("Name"), name), Field(_("Certificate"), certificate), gap=8)
            for name, certificate in zip(self.names, self.certificates, strict=True)
        ]
        self.save = Button(_("Save the team"), on_click=self._save)
        cancel = Button(_("Cancel"), "quiet", on_click=self._shown)
        edited = QWidget()
        edited.setLayout(
            down(*fields, Field(_("Unit"), self.unit), self._wrong, across(None, cancel, self.save), gap=8)
        )
        self._parts = (shown, edited)
        self._team: tuple[TeamMember, ...] = ()
        self.body.addLayout(across(label(_("Today's team"), bold=True), None, self.change))
        self.body.addWidget(shown)
        self.body.addWidget(edited)
        edited.hide()

    def show_team(self, team: tuple[TeamMember, ...]) -> None:
        """These people."""
        self._team = team
        while self._rows.count():
            old = self._rows.takeAt(0).widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for member in team:
            line = QWidget()
            certificate = _("Certificate {number}").format(number=member.certificate)
            said = label(certificate if member.certificate else _("no certificate given"), "S", "text2")
            line.setLayout(
                across(IconLabel("person", "text"), label(member.name, bold=True), None, said, gap=10)
            )
            self._rows.addWidget(line)
            line.show()  # what is not shown yet counts for nothing in the height
        units = "、".join(dict.fromkeys(member.unit for member in team if member.unit))
        note = _("they stand in every record of today")
        self._unit.setText(f"{units}，{note}" if units else note)

    def edit(self) -> None:
        """Change it in place."""
        for number, (name, certificate) in enumerate(zip(self.names, self.certificates, strict=True)):
            member = self._team[number] if number < len(self._team) else TeamMember("", "", "")
            name.setText(member.name)
            certificate.setText(member.certificate)
        self.unit.setText(next((member.unit for member in self._team if member.unit), ""))
        self._wrong.setText("")
        self._show_part(1)
        self.names[0].setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def _fields(self) -> dict[str, LineEdit]:
        fields = {"unit": self.unit}
        for number, (name, certificate) in enumerate(zip(self.names, self.certificates, strict=True)):
            fields |= {f"name {number}": name, f"certificate {number}": certificate}
        return fields

    def half_typed(self) -> Mapping[str, str]:
        """What stands in the fields, empty unless the team is being changed."""
        edited = not self._parts[1].isHidden()
        return {name: field.text() for name, field in self._fields.items()} if edited else {}

    def type_again(self, typed: Mapping[str, str]) -> None:
        """Go on changing it where somebody stopped."""
        for name, field in self._fields.items():
            field.setText(typed.get(name, ""))
        self.go_on()

    def go_on(self) -> None:
        """Show the fields as they were left."""
        self._show_part(1)

    def _save(self) -> None:
        unit = self.unit.text().strip()
        rows = zip(self.names, self.certificates, strict=True)
        team = tuple(
            TeamMember(name.text().strip(), unit, certificate.text().strip())
            for name, certificate in rows
            if name.text().strip()
        )
        if not team:
            self._wrong.setText(_("At least one name is needed"))
            return
        self._shown()
        self._on_set(team)

    def _shown(self) -> None:
        self._show_part(0)
        self.change.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_part(self, number: int) -> None:
        for place, part in enumerate(self._parts):
            part.setVisible(place == number)


class WaitingCard(Card):
    """待我处理: counts with where they lead."""

    def __init__(self, on_open: Callable[[str], object]) -> None:
        super().__init__(gap=4, margin=(1, 16, 1, 4))
        self.list = RowList(_("Waiting for me"))
        self.list.whole = True
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.opened.connect(on_open)
        self._nothing = label(_("Nothing waits for you."), "S", "text2")
        title = label(_("Waiting for me"), bold=True)
        self.body.addLayout(down(title, self._nothing, gap=4, margin=(15, 0, 15, 0)))
        self.body.addWidget(self.list)

    def show_waiting(self, waiting: Waiting) -> None:
        """Only what is there."""
        rows: list[Row] = []
        if waiting.returned:
            rows.append(
                self._row("inspection", "returned", "danger", _("Returned for correction"), waiting.returned)
            )
        if waiting.unsigned:
            oldest = min(at for _address, at in waiting.unsigned)
            note = _("oldest {day}").format(day=short_day(oldest.date()))
            rows.append(
                Row(
                    "papers",
                    _("To be signed"),
                    note,
                    icon="signing",
                    count=str(len(waiting.unsigned)),
                )
            )
        if waiting.drafts:
            places = "、".join(dict.fromkeys(one.address for one in waiting.drafts if one.address))
            rows.append(
                Row(
                    "inspection",
                    _("Drafts"),
                    places,
                    icon="note",
                    count=str(len(waiting.drafts)),
                )
            )
        if waiting.disputed:
            places = "、".join(dict.fromkeys(waiting.disputed))
            word = _("Told differently in two places, to be decided")
            count = str(len(waiting.disputed))
            rows.append(Row("conflicts", word, places, icon="conflict", icon_tone="warn", count=count))
        self.list.show_rows(rows)
        self.list.setVisible(bool(rows))
        self._nothing.setVisible(not rows)
        self.list.setFixedHeight(max(1, len(rows)) * sizes().row)

    def _row(self, key: str, icon: str, tone: str, words: str, found: Sequence[tuple[str, datetime]]) -> Row:
        places = "、".join(dict.fromkeys(address for address, _at in found if address))
        return Row(key, words, places, icon=icon, icon_tone=tone, count=str(len(found)))


class LaptopCard(Card):
    """本机: last sync, what is unsent, free space."""

    def __init__(self, on_check: Callable[[], object]) -> None:
        super().__init__(gap=8)
        self._values = [label("", "S") for _number in range(3)]
        names = (_("Last sync"), _("Unsent"), _("Free space"))
        self.check = Button(_("Check your data"), "link", on_click=on_check)
        self._found = label("", "S", "text2", wrap=True)
        self._found.hide()
        self.body.addLayout(across(label(_("This laptop"), bold=True), None, self.check))
        for name, value in zip(names, self._values, strict=True):
            self.body.addLayout(across(label(name, "S", "text2"), None, value))
        self.body.addWidget(self._found)

    def say(self, sentence: str) -> None:
        """What the check of all data is at, or found."""
        self._found.setText(sentence)
        self._found.show()

    def show_state(self, last_sync: datetime | None, waiting: Waiting, free: int, today: date) -> None:
        """Figures in words."""
        unsent = _("{count} records·{files} photographs·{size}").format(
            count=waiting.unsent, files=waiting.unsent_files, size=size_words(waiting.unsent_bytes)
        )
        said = (
            short_moment(last_sync, today) if last_sync else _("never"),
            unsent if waiting.unsent else _("nothing"),
            size_words(free),
        )
        for value, words in zip(self._values, said, strict=True):
            value.setText(words)
