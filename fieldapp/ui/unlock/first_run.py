"""The first run: the laptop is registered with its district and gets its store and its first inspector."""

from __future__ import annotations

import platform
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLineEdit, QWidget

from fieldapp.errors import FieldappError, UserError
from fieldapp.i18n import _, explain
from fieldapp.services.access import Access
from fieldapp.store import Inspector
from fieldapp.ui.components import Button, Field, LineEdit, ScrollColumn, across, down, hairline, label
from fieldapp.ui.jobs import Job, Jobs
from fieldapp.ui.unlock.side import DoorSide

if TYPE_CHECKING:
    from fieldapp.services.laptop import Laptop

COLUMN = 640


class FirstRun(QWidget):
    """``opened(laptop)`` is called once the district knows the laptop and the store is open."""

    def __init__(self, access: Access, opened: Callable[[Laptop], object]) -> None:
        super().__init__()
        self.setObjectName("surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._access, self._opened = access, opened
        self._jobs = Jobs(self._refused, self)
        self._ca: Path | None = None
        self.server = LineEdit("https://", name=_("Address of the district server"))
        self.code = LineEdit(name=_("Registration code"))
        self.device = LineEdit(platform.node(), name=_("Name of this laptop"))
        self.inspector = LineEdit(name=_("Your short id"))
        self.name = LineEdit(name=_("Your name"))
        self.word, self.again = LineEdit(name=_("Passphrase")), LineEdit(name=_("Passphrase again"))
        for edit in (self.word, self.again):
            edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._file = Button(_("Choose the district's certificate…"), icon="folder", on_click=self._choose)
        self._says = label("", "S", "text2", wrap=True)
        self.main = Button(_("Register this laptop"), "primary", size="main", on_click=self._go)
        for edit in self._edits():
            edit.textEdited.connect(lambda _text: self._enable())
            edit.returnPressed.connect(self._go)
        column = QWidget()
        column.setFixedWidth(COLUMN)
        column.setLayout(
            down(
                label(_("Register this laptop with the district"), "L"),
                label(
                    _("The district office gives you an address and a code; both are needed once, online."),
                    tone="text2", wrap=True,
                ),
                8, self._fields(), None, gap=8,
            )
        )  # fmt: skip
        foot = across(self._says, self.main, gap=16, margin=(32, 14, 32, 14))
        foot.setStretch(0, 1)
        bar = QWidget()
        bar.setLayout(foot)
        facts = [
            ("encrypted", _("Everything is encrypted with your passphrase")),
            ("key", _("The district's recovery key can open it, too")),
        ]
        scroll = ScrollColumn(across(None, column, None), margin=(32, 56, 32, 24))
        row = across(DoorSide(_("First run"), facts), down(scroll, hairline(), bar, gap=0), gap=0)
        row.setStretch(1, 1)
        self.setLayout(row)
        self._enable()

    @property
    def said(self) -> str:
        """What stands beside the button."""
        return self._says.text()

    def _edits(self) -> tuple[LineEdit, ...]:
        return self.server, self.code, self.device, self.inspector, self.name, self.word, self.again

    def _fields(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        secret = _("At least 8 characters")
        places = (
            (Field(_("Address of the district server"), self.server), 0, 0, 2),
            (Field(_("Registration code"), self.code), 1, 0, 1),
            (Field(_("Name of this laptop"), self.device, hint=_("as the office will see it")), 1, 1, 1),
            (Field(_("Certificate, if the office gave you one"), self._file), 2, 0, 2),
            (Field(_("Your short id"), self.inspector, hint=_("for example lin")), 3, 0, 1),
            (Field(_("Your name"), self.name), 3, 1, 1),
            (Field(_("Passphrase"), self.word, hint=secret), 4, 0, 1),
            (Field(_("Passphrase again"), self.again), 4, 1, 1),
        )
        for field, row, column, span in places:
            grid.addWidget(field, row, column, 1, span)
        return grid

    def _choose(self) -> None:
        dialog = QFileDialog(self, _("Certificate"), "", "PEM (*.pem *.crt *.cer)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.take_certificate(Path(name)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def take_certificate(self, file: Path) -> None:
        """The CA of the district, as a PEM file."""
        self._ca = file
        self._file.setText(file.name)

    def _missing(self) -> str:
        """Why it cannot begin yet, empty if it can."""
        if len(self.server.text()) <= len("https://") or not self.code.text().strip():
            return _("Give the address of the server and the code.")
        if not self.inspector.text().strip() or not self.name.text().strip():
            return _("Say who you are.")
        if self.word.text() != self.again.text() or not self.word.text():
            return _("Type the same passphrase twice.")
        return ""

    def _enable(self) -> None:
        why = self._missing()
        self.main.refuse(why)
        self._say(why)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self._says.setText(text)
        self._says.setProperty("tone", "danger" if wrong else "text2")
        self._says.style().polish(self._says)

    def _go(self) -> None:
        if self._missing() or self._jobs.running:
            return
        given = {
            "server": self.server.text().strip(),
            "code": self.code.text().strip(),
            "device_name": self.device.text().strip() or "laptop",
            "passphrase": self.word.text(),
        }
        inspector = Inspector(self.inspector.text().strip(), self.name.text().strip())
        file = self._ca

        def work(_job: Job) -> Laptop:
            return self._access.set_up(ca_pem=_pem(file), inspector=inspector, **given)

        self._jobs.start(work, done=self._opened, what="register")
        self.main.setEnabled(False)
        self._say(_("Registering; this takes a few seconds…"))

    def _refused(self, error: BaseException) -> None:
        self.main.setEnabled(True)
        if not isinstance(error, FieldappError):
            raise error
        title, message, remedy = explain(error)
        self._say(
            _("{title}: {message} {remedy}").format(title=title, message=message, remedy=remedy), wrong=True
        )


def _pem(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError("SYNC_014") from error
