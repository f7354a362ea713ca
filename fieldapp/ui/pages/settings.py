"""设置: look, language, lock, inspectors, about."""

from __future__ import annotations

import platform
from collections.abc import Mapping

from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from fieldapp import __version__
from fieldapp.errors import FieldappError
from fieldapp.i18n import _, explain
from fieldapp.services.registration import enrolment_of
from fieldapp.store import Inspector
from fieldapp.ui.components import (
    Button,
    Card,
    Field,
    LineEdit,
    Option,
    ScrollColumn,
    Segmented,
    across,
    down,
    hairline,
    label,
)
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.page import Frame, Page
from fieldapp.ui.preferences import LOCK_MINUTES


class SettingsPage(Page):
    """Two columns of cards. What is chosen here is in force at once."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._people = QVBoxLayout()
        self._says = label("", "S", "text2", wrap=True)
        left = down(self._look(), self._lock(), None, gap=16)
        right = down(self._inspectors(), self._about(), None, gap=16)
        row = across(left, right, gap=20)
        row.setStretch(0, 1)
        row.setStretch(1, 1)
        column = ScrollColumn(label(self.title(), "L"), row, None, widest=1720)
        self.setLayout(down(column, gap=0))

    def title(self) -> str:
        """设置."""
        return _("Settings")

    # -- look -----------------------------------------------------------------------------------------

    def _look(self) -> Card:
        kept = self.frame.preferences
        theme = Segmented(
            [Option("light", _("Light")), Option("dark", _("Dark")), Option("sunlight", _("Sunlight"))],
            _("Theme"), digits=False,
        )  # fmt: skip
        density = Segmented(
            [Option("normal", _("Normal")), Option("field", _("Large, for cold hands"))],
            _("Size of controls"), digits=False,
        )  # fmt: skip
        language = Segmented([Option("zh_CN", "中文"), Option("en", "English")], _("Language"), digits=False)
        theme.select((kept.theme,))
        density.select((kept.density,))
        language.select((kept.language,))
        theme.chosen.connect(lambda names: self._keep("theme", names, theme))
        density.chosen.connect(lambda names: self._keep("density", names, density))
        language.chosen.connect(lambda names: self._keep("language", names, language))
        return Card(
            label(_("Look"), bold=True),
            Field(_("Theme"), theme),
            Field(_("Size of controls"), density),
            Field(_("Language"), language),
            gap=16,
        )

    def _keep(self, name: str, chosen: tuple[str, ...], control: Segmented) -> None:
        if not chosen:  # pressed again: one of them always is in force
            control.select((str(getattr(self.frame.preferences, name)),))
            return
        value: str | int = int(chosen[0]) if name == "lock_minutes" else chosen[0]
        setattr(self.frame.preferences, name, value)
        if name == "language":
            self.frame.rebuild()
        else:
            self.frame.appearance()

    # -- lock and passphrase --------------------------------------------------------------------------

    def _lock(self) -> Card:
        minutes = Segmented(
            [Option(str(one), _("{minutes} minutes").format(minutes=one)) for one in LOCK_MINUTES],
            _("Lock after"), digits=False,
        )  # fmt: skip
        minutes.select((str(self.frame.preferences.lock_minutes),))
        minutes.chosen.connect(lambda names: self._keep("lock_minutes", names, minutes))
        self._old, self._new, self._again = (
            _secret(name) for name in (_("Passphrase until now"), _("New passphrase"), _("New one again"))
        )
        change = Button(_("Change passphrase"), icon="key", on_click=self._change)
        return Card(
            label(_("Lock"), bold=True),
            Field(_("Lock after"), minutes, hint=_("without key or mouse")),
            hairline(),
            Field(_("Passphrase until now"), self._old),
            Field(_("New passphrase"), self._new, hint=_("At least 8 characters")),
            Field(_("New one again"), self._again),
            across(self._says, None, change),
            gap=16,
        )

    def _change(self) -> None:
        old, new = self._old.text(), self._new.text()
        if new != self._again.text():
            self._says.setText(_("The new passphrases differ."))
            return
        access, laptop = self.frame.access, self.frame.laptop
        self._says.setText(_("Working…"))
        self.frame.jobs.start(
            lambda _job: access.change_passphrase(laptop, old, new),
            done=lambda _none: self._changed(),
            failed=self._failed,
        )

    def _changed(self) -> None:
        for edit in (self._old, self._new, self._again):
            edit.clear()
        self._says.setText(_("The passphrase is changed. Unlock with it once more to set a PIN."))

    def _failed(self, error: BaseException) -> None:
        self._says.setText("")
        if isinstance(error, FieldappError) and error.code in {"STORE_002", "STORE_005"}:
            self._says.setText("".join(explain(error)[1:]))
        else:
            self.frame.tell(error)

    # -- inspectors -----------------------------------------------------------------------------------

    def _inspectors(self) -> Card:
        self._id, self._name = LineEdit(name=_("Short id")), LineEdit(name=_("Name"))
        self._word = _secret(_("First passphrase"))
        add = Button(_("Add inspector"), icon="add", on_click=self._add)
        fields = across(Field(_("Short id"), self._id), Field(_("Name"), self._name), gap=12)
        return Card(
            label(_("Inspectors on this laptop"), bold=True),
            self._people,
            hairline(),
            fields,
            Field(_("First passphrase"), self._word, hint=_("At least 8 characters")),
            across(None, add),
            gap=12,
        )

    def _add(self) -> None:
        inspector = Inspector(self._id.text().strip(), self._name.text().strip())
        word, access, laptop = self._word.text(), self.frame.access, self.frame.laptop
        if not inspector.inspector_id or not inspector.name:
            self.frame.toast(_("Give a short id and a name."))
            return
        self.frame.jobs.start(
            lambda _job: access.add_inspector(laptop, inspector, word),
            done=lambda _none: self._added(inspector),
        )

    def _added(self, inspector: Inspector) -> None:
        for edit in (self._id, self._name, self._word):
            edit.clear()
        self.frame.toast(_("{name} can unlock this laptop now.").format(name=inspector.name))
        self.refresh()

    def half_typed(self) -> Mapping[str, str]:
        """Who is about to be added; the passphrase is typed again."""
        typed = {"id": self._id.text(), "name": self._name.text()}
        return {name: text for name, text in typed.items() if text}

    def type_again(self, typed: Mapping[str, str]) -> None:
        """Who was about to be added."""
        self._id.setText(typed.get("id", ""))
        self._name.setText(typed.get("name", ""))

    def refresh(self) -> None:
        """Who can unlock."""
        while self._people.count():
            item = self._people.takeAt(0).layout()
            while item is not None and item.count():
                widget = item.takeAt(0).widget()
                if widget is not None:
                    widget.deleteLater()
        actor = self.frame.laptop.store.keys.actor
        for one in self.frame.laptop.store.key_file.inspectors():
            mine = one.inspector_id == actor.inspector_id
            parts = (
                IconLabel("person_fill" if mine else "person", "text2", 24),
                label(one.name, bold=True),
                label(one.inspector_id, "S", "text3"),
                None,
                label(_("working now") if mine else "", "S", "text2"),
            )
            self._people.addLayout(across(*parts, gap=10))

    # -- about ----------------------------------------------------------------------------------------

    def _about(self) -> Card:
        enrolment = enrolment_of(self.frame.laptop.store)
        facts = (
            (_("Program"), f"fieldapp {__version__}"),
            (_("District"), enrolment.district),
            (_("Server"), enrolment.url),
            (_("Laptop"), str(enrolment.device_id)),
            (_("Data"), str(self.frame.laptop.store.folder)),
            (_("System"), f"{platform.system()} {platform.release()}"),
        )
        rows = []
        for name, value in facts:
            told = label(value, "S", wrap=True)
            told.setTextInteractionFlags(told.textInteractionFlags().TextSelectableByMouse)
            named = label(name, "S", "text2")
            named.setFixedWidth(96)
            row = across(named, told, gap=8)
            row.setStretch(1, 1)
            rows.append(row)
        return Card(label(_("About"), bold=True), *rows, gap=10)


def _secret(name: str) -> LineEdit:
    made = LineEdit(name=name)
    made.setEchoMode(QLineEdit.EchoMode.Password)
    return made
