"""台账导入 on the laptop: look at a ledger, take it in, decide what waits (待核), undo the whole of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID, uuid5

from fieldapp.domain.ledger_import.headings import read_template
from fieldapp.domain.ledger_import.plan import House, Houses, Plan, PlannedRow, plan
from fieldapp.domain.ledger_import.reading import LIST, Reading, read_ledger
from fieldapp.domain.ledger_import.remarks import kept_remark
from fieldapp.domain.ledger_import.workbook import read_workbook
from fieldapp.errors import UserError
from fieldapp.store import Store
from fieldapp.store.ledgers import TakenLedger, TakenRow

#: Where the mappings of headings are remembered that an office gave; of two for one heading the newer counts.
TEMPLATE = "ledger_template"


@dataclass(frozen=True, slots=True)
class Preview:
    """A ledger that was looked at: nothing is written. ``before``: the same file was taken in already."""

    file: str
    content: bytes
    template: Mapping[str, str]
    reading: Reading
    plan: Plan
    before: TakenLedger | None


class Ledgers:
    """The ledgers of the offices, as an inspector meets them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def look(
        self, file: Path, template: Path | None = None, progress: Callable[[int], None] | None = None
    ) -> Preview:
        """Read a ledger and say what would become of each row. UserError CLI_003, LEDGER_001 to LEDGER_003.

        Mappings of headings that were given for ledgers taken in before are used again; ``template`` comes
        first.
        """
        content = _bytes(file)
        given = read_template(_bytes(template), template.name, LIST) if template else {}
        sheets = read_workbook(content, file.name)
        kept: dict[str, str] = self._store.settings.get(TEMPLATE, {})
        reading = read_ledger(sheets, kept | given, progress)
        houses = Houses(House(row.id, row.version, row.values) for row in self._store.register.all(LIST))
        away = self._store.redirects.joined()  # none of them comes back by a row of a ledger
        sha256 = hashlib.sha256(content).hexdigest()
        before = next(
            (one for one in self._store.ledgers.list() if one.sha256 == sha256 and one.state == "taken"), None
        )
        return Preview(file.name, content, given, reading, plan(reading, houses, away), before)

    def take(self, preview: Preview) -> TakenLedger:
        """Take in what was looked at. The same file again changes nothing: the ledger of then is the answer.

        Rows that wait already from another file of the same content are not asked a second time.
        """
        if preview.before is not None:
            return preview.before
        waiting = {_content(row) for row in self._store.ledgers.rows()}
        rows = [_taken(one) for one in preview.plan.rows]
        rows = [
            replace(row, state="skipped") if row.state == "pending" and _content(row) in waiting else row
            for row in rows
        ]
        if preview.template:
            kept = self._store.settings.get(TEMPLATE, {})
            self._store.settings.set(TEMPLATE, kept | dict(preview.template))
        return self._store.ledgers.take(
            preview.file, preview.content, json.dumps(dict(preview.template), ensure_ascii=False), rows
        )

    def pending(self, ledger_id: str | None = None) -> tuple[TakenRow, ...]:
        """The rows that wait for a person."""
        return self._store.ledgers.rows(ledger_id)

    def decide(self, number: int, house: str) -> TakenRow:
        """What a waiting row is: ``new``, ``skip``, or a house by id or code. A fact that the register has
        otherwise stays as it is: the row only fills what is empty.

        UserError LEDGER_005 if it does not wait, LEDGER_007 for a house that is not there.
        """
        row = self._store.ledgers.row(number)
        if house == "skip":
            self._store.ledgers.decide(number, "skipped", row.house, {})
        elif house == "new":
            own = row.house
            if self._store.register.get(LIST, own) is not None or not own:
                own = str(uuid5(UUID(row.ledger_id), f"{row.sheet}|{row.row}"))
            self._store.ledgers.decide(number, "new", own, row.values)
        else:
            self._store.ledgers.decide(number, "known", self._house(house), row.values)
        return self._store.ledgers.row(number)

    def _house(self, wanted: str) -> str:
        if self._store.register.get(LIST, wanted) is not None:
            return wanted
        found = self._store.register.lookup(LIST, "building_code", wanted)
        if len(found) != 1:
            raise UserError("LEDGER_007", id=wanted)
        return found[0]["name"]


def is_ledger(file: Path) -> bool:
    """Whether a file is an office's ledger and not rows with the register's own names above them."""
    if file.suffix.lower() == ".json":
        return False
    head = _bytes(file)[:4096]
    if head[:2] == b"PK" or head[:4] == b"\xd0\xcf\x11\xe0":
        return True
    names = set(head.partition(b"\n")[0].decode("utf-8-sig", "replace").strip().split(","))
    return not names & {"name", "building_code", "address_detail"}


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UserError("CLI_003", file=file.name, problem=error.strerror or "") from error


def _content(row: TakenRow) -> str:
    return json.dumps([row.house, dict(row.cells)], sort_keys=True)


def _taken(one: PlannedRow) -> TakenRow:
    values = one.row.values if one.state == "pending" else one.values
    return TakenRow(
        0,
        "",
        one.row.sheet,
        one.row.number,
        one.row.cells,
        [kept_remark(remark) for remark in one.row.remarks],
        one.state,
        one.house,
        values,
        [{"id": two.id, "code": two.code, "why": two.why} for two in one.candidates],
    )
