"""All runs, what each brought, and every receipt to be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldapp.i18n import _
from fieldapp.services.syncing import ReceiptContent
from fieldapp.settings import ZONE
from fieldapp.store.outbox import TransferRecord
from fieldapp.store.sync_runs import SyncRun
from fieldapp.ui.components import Button, Card, Pill, Row, RowList, ScrollColumn, across, down, label
from fieldapp.ui.pages.sync.side import empty
from fieldapp.ui.pages.sync.words import form_of, lasting, name_of, result_of, size, when


class ReceiptCard(ScrollColumn):
    """What the server signed: hashes, its time, its key; and whether the signature holds."""

    def __init__(self) -> None:
        super().__init__(gap=10, margin=16)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(10)
        self.body.addLayout(self._rows)
        self.body.addStretch(1)
        self.setAccessibleName(_("Receipt"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def say(self, sentence: str) -> None:
        """No receipt, but a sentence."""
        empty(self._rows)
        self._rows.addWidget(label(sentence, "S", "text2", wrap=True))

    def show_receipt(self, name: str, content: ReceiptContent) -> None:
        """A receipt with all its fields."""
        empty(self._rows)
        receipt = content.receipt
        stored = receipt.stored_at.astimezone(ZONE)
        head = QWidget()
        good = Pill("ok", _("Signature valid"))
        sign = good if content.valid else Pill("danger", _("Signature not valid"))
        head.setLayout(across(label(name, bold=True), None, sign, gap=8))
        self._rows.addWidget(head)
        facts = [
            (_("Stored at the server"), f"{stored:%Y-%m-%d %H:%M:%S}"),
            (_("Record"), _("{id}, version {version}").format(id=receipt.record_id, version=receipt.version)),
            (_("Content (SHA-256)"), _spaced(receipt.sha256)),
            (_("Signed by key"), content.key_id),
            (_("Audit chain"), _("entry {seq}, {head}").format(
                seq=receipt.audit.seq, head=_spaced(receipt.audit.head))),
            (_("Marks of the check"), "、".join(receipt.flags) or _("None")),
        ]  # fmt: skip
        facts += [
            (_("File {number}, {size}").format(number=number, size=size(file.size)), _spaced(file.sha256))
            for number, file in enumerate(receipt.attachments, start=1)
        ]
        for word, value in facts:
            self._rows.addWidget(_fact(word, value))
        self.setAccessibleDescription("；".join(f"{word} {value}" for word, value in facts))
        self.verticalScrollBar().setValue(0)


class History(QWidget):
    """Runs at the left, receipts of the chosen run beside them, the chosen receipt at the right.

    ``read_receipts(run, then)`` and ``read_receipt(id, then)`` read off the GUI thread and call back.
    """

    def __init__(
        self,
        on_back: Callable[[], object],
        read_receipts: Callable[[int, Callable[[Sequence[TransferRecord]], object]], object],
        read_receipt: Callable[[UUID, Callable[[ReceiptContent | None], object]], object],
    ) -> None:
        super().__init__()
        self._read_receipts, self._read_receipt = read_receipts, read_receipt
        self._runs: dict[str, SyncRun] = {}
        self._names: dict[str, str] = {}
        self.back = Button(_("Back to the batch"), icon="back", on_click=on_back)
        self.runs = RowList(_("Runs"))
        self.receipts = RowList(_("Receipts of the run"))
        self.receipt = ReceiptCard()
        self._why = label("", "S", "text2", wrap=True)
        self._why.setContentsMargins(16, 10, 16, 10)
        self.runs.picked.connect(self._pick_run)
        self.receipts.picked.connect(self._pick_receipt)
        columns = across(
            Card(self.runs, gap=0, margin=1),
            Card(self._why, self.receipts, gap=0, margin=1),
            Card(self.receipt, gap=0, margin=1),
            gap=16,
        )
        for place, share in enumerate((4, 3, 4)):
            columns.setStretch(place, share)
        head = across(label(_("History"), bold=True), None, self.back, gap=12)
        column = down(head, columns, gap=8, margin=(0, 0, 12, 0))
        column.setStretch(1, 1)
        self.setLayout(column)

    def show_runs(self, runs: Sequence[SyncRun], now: datetime) -> None:
        """All runs, newest first; the first is chosen."""
        self._runs = {str(run.number): run for run in runs}
        self.runs.show_rows([_row_of(run, now) for run in runs])
        if runs:
            self.runs.setCurrentIndex(self.runs.rows.index(0))

    def _pick_run(self, key: str) -> None:
        run = self._runs[key]
        why = [part for part in (run.message, run.remedy) if part]
        self._why.setText("\n".join(why))
        self._why.setVisible(bool(why))
        self.receipts.show_rows(())
        self.receipt.say(_("Choose a record to read its receipt."))
        self._read_receipts(run.number, self._show_receipts)

    def _show_receipts(self, records: Sequence[TransferRecord]) -> None:
        self._names = {str(one.instance_id): name_of(one) for one in records}
        self.receipts.show_rows(
            [
                Row(str(one.instance_id), name_of(one), form_of(one), icon="sent", icon_tone="code_green",
                    word=f"{one.received_at.astimezone(ZONE):%H:%M}" if one.received_at else "", opens=False)
                for one in records
            ]
        )  # fmt: skip
        if records:
            self.receipts.setCurrentIndex(self.receipts.rows.index(0))
        else:
            self.receipt.say(_("This run brought no receipt."))

    def _pick_receipt(self, key: str) -> None:
        self._read_receipt(UUID(key), lambda content: self._show_receipt(key, content))

    def _show_receipt(self, key: str, content: ReceiptContent | None) -> None:
        if content is not None and key in self._names:
            self.receipt.show_receipt(self._names[key], content)


def _row_of(run: SyncRun, now: datetime) -> Row:
    parts = [_("{count} sent").format(count=run.sent)]
    if run.not_sent:
        parts.append(_("{count} not sent").format(count=run.not_sent))
    if run.bytes_sent:
        parts.append(size(run.bytes_sent))
    if run.seconds is not None:
        parts.append(_("took {span}").format(span=lasting(run.seconds)))
    return Row(str(run.number), when(run.begun_at, now), "·".join(parts), pill=result_of(run), opens=False)


def _fact(word: str, value: str) -> QWidget:
    told = label(value, "S", wrap=True)
    told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    made = QWidget()
    made.setLayout(down(label(word, "S", "text3"), told, gap=0))
    return made


def _spaced(digits: str) -> str:
    """64 digits in groups of 8, so that they break and can be compared by eye."""
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))
