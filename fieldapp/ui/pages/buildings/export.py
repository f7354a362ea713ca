"""The list as a file: which houses, masked or with a reason, where to."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QFrame

from fieldapp.i18n import _
from fieldapp.services.buildings import LIST
from fieldapp.ui import themes
from fieldapp.ui.components import Button, across, down, label
from fieldapp.ui.components.fields import LineEdit
from fieldapp.ui.jobs import Job
from fieldapp.ui.page import Frame

_WIDE = 420
#: Rows between two words about how far it has come.
_TOLD = 1_000


class ExportPanel(QFrame):
    """Over the page, below its button; Esc closes it. The file that is chosen is written by a job."""

    def __init__(self, frame: Frame, beside: Button) -> None:
        super().__init__(beside.window())
        self.setObjectName("menu")
        self._frame, self._beside = frame, beside
        self._numbers: Sequence[int] = array("q")
        self._columns: Sequence[str] = ()
        self.what = label("", bold=True, wrap=True)
        masked = label(
            _("Names and numbers of persons are masked. For them in full, give a reason: it is logged."),
            "S", "text2", wrap=True,
        )  # fmt: skip
        self.reason = LineEdit(name=_("Reason"))
        self.save = Button(_("Choose a file…"), on_click=self.choose)
        self.close_ = Button(_("Cancel"), "quiet", on_click=self._away)
        steps = across(None, self.close_, self.save, gap=8)
        self.setLayout(down(self.what, masked, label(_("Reason")), self.reason, steps, gap=8, margin=16))
        for part in (self, self.reason, self.save, self.close_):
            part.installEventFilter(self)
        self.hide()

    def open(self, numbers: Sequence[int], columns: Sequence[str]) -> None:
        """Offer to write these houses with these columns."""
        themes.dress(self)
        self._numbers, self._columns = array("q", numbers), tuple(columns)
        self.reason.setText("")
        self.what.setText(
            _("{count} buildings, {columns} columns, as CSV or XLSX").format(
                count=f"{len(numbers):,}", columns=len(columns)
            )
        )
        window = self._beside.window()
        corner = self._beside.mapTo(window, self._beside.rect().bottomRight())
        self.setFixedWidth(_WIDE)
        self.adjustSize()
        self.move(max(8, corner.x() - _WIDE), corner.y() + 5)
        self.show()
        self.raise_()
        self.save.setFocus(Qt.FocusReason.PopupFocusReason)

    def _away(self) -> None:
        self.hide()
        self._beside.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc closes it, and does nothing else."""
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Escape:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self._away()
        return True

    def choose(self) -> None:
        """Ask for the file; the dialog does not hold the program up."""
        dialog = QFileDialog(self._beside, _("Export"), "", "XLSX (*.xlsx);;CSV (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.selectFile(_("Buildings"))
        dialog.filterSelected.connect(
            lambda kind: dialog.setDefaultSuffix("csv" if "csv" in kind else "xlsx")
        )
        dialog.fileSelected.connect(lambda name: self.write(Path(name)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def write(self, file: Path) -> None:
        """Write the houses to ``file``."""
        exports, numbers, columns = self._frame.laptop.exports, self._numbers, self._columns
        reason = self.reason.text()
        self._away()
        frame = self._frame

        def work(job: Job) -> int:
            def told(done: int) -> None:
                job.check()
                if done % _TOLD == 0:
                    job.report(None, done, len(numbers))

            return exports.write(LIST, file, numbers, columns, reason, told)

        frame.jobs.start(
            work,
            done=lambda count: self._written(file, count),
            failed=self._failed,
            stepped=lambda _none, done, total: self._beside.setText(f"{done:,} / {total:,}"),
            what="export",
        )

    def _written(self, file: Path, count: int) -> None:
        self._beside.setText(_("Export"))
        words = _("{count} buildings written to {file}")
        self._frame.toast(words.format(count=f"{count:,}", file=file.name))

    def _failed(self, error: BaseException) -> None:
        self._beside.setText(_("Export"))
        self._frame.tell(error)
