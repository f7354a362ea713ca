"""Ledgers taken in on this laptop (台账导入): their rows lie under what the server confirmed.

A row only adds what the register does not have: a house nobody knows yet, or a fact that is empty. So a pull
never collides with it, and undoing a ledger takes away what it alone had brought.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlite_utils import Database as Rows

from fieldapp.errors import UserError
from fieldapp.store.audit import Audit
from fieldapp.store.database import Database, Row
from fieldapp.store.model import to_json
from fieldapp.store.shown import refresh
from fieldapp.store.vault import Vault

LIST = "buildings"
#: States of rows that the register shows: a new house, or facts for a known one.
SHOWN = ("new", "known")
_ROW = "number, ledger_id, sheet, row, cells, remarks, state, house, data, candidates"


@dataclass(frozen=True, slots=True)
class TakenLedger:
    """A ledger as kept. ``file`` is its name, ``sha256`` its bytes in the vault; ``state`` ``taken`` or
    ``undone``; ``counts`` rows by state."""

    ledger_id: str
    file: str
    sha256: str
    taken_at: datetime
    actor: str
    state: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TakenRow:
    """A row as kept. ``state``: ``new``, ``known``, ``pending`` (待核), ``skipped``, ``undone``. ``cells`` by
    heading; ``values`` what it brings; ``candidates`` and ``remarks`` as the reading left them. ``number``
    is 0
    until it is kept."""

    number: int
    ledger_id: str
    sheet: str
    row: int
    cells: Mapping[str, str]
    remarks: Sequence[Mapping[str, object]]
    state: str
    house: str
    values: Mapping[str, str]
    candidates: Sequence[Mapping[str, str]]


class Ledgers:
    """The ledgers of this laptop."""

    def __init__(
        self, database: Database, vault: Vault, audit: Audit, actor: str, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._vault = vault
        self._audit = audit
        self._actor = actor
        self._clock = clock

    def take(self, file: str, content: bytes, template: str, rows: Iterable[TakenRow]) -> TakenLedger:
        """Keep a ledger, its file and all its rows, and show what it brings: one transaction, one audit
        row."""
        sha256, ledger_id, taken = self._vault.put(content), str(uuid4()), list(rows)

        def keep(database: Rows) -> None:
            database.execute(
                "INSERT INTO ledgers (ledger_id, name, sha256, template, taken_at, actor, state) "
                "VALUES (?, ?, ?, ?, ?, ?, 'taken')",
                (ledger_id, file, sha256, template, self._clock().isoformat(), self._actor),
            )
            for one in taken:
                database.execute(
                    "INSERT INTO ledger_rows (ledger_id, sheet, row, cells, remarks, state, house, data, "
                    "candidates) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (ledger_id, one.sheet, one.row, *_texts(one)),
                )
            self._audit.add(
                database, "ledger.taken", {"ledger_id": ledger_id, "sha256": sha256, "rows": len(taken)}
            )
            for house in sorted({one.house for one in taken if one.state in SHOWN}):
                refresh(database, LIST, house)

        self._database.write(keep)
        return self.get(ledger_id)

    def get(self, ledger_id: str) -> TakenLedger:
        """One ledger by its id, or the beginning of it. UserError LEDGER_004 for none or several."""
        found = [one for one in self.list() if one.ledger_id.startswith(ledger_id)]
        if len(found) != 1 or not ledger_id:
            raise UserError("LEDGER_004", id=ledger_id)
        return found[0]

    def list(self) -> tuple[TakenLedger, ...]:
        """All ledgers, newest first."""
        counts: dict[str, dict[str, int]] = {}
        for ledger_id, state, count in self._database.read(
            "SELECT ledger_id, state, count(*) FROM ledger_rows GROUP BY ledger_id, state"
        ):
            counts.setdefault(ledger_id, {})[state] = count
        rows = self._database.read(
            "SELECT ledger_id, name, sha256, taken_at, actor, state FROM ledgers "
            "ORDER BY taken_at DESC, rowid DESC"
        )
        return tuple(
            TakenLedger(
                row[0], row[1], row[2], datetime.fromisoformat(row[3]), row[4], row[5], counts.get(row[0], {})
            )
            for row in rows
        )

    def rows(self, ledger_id: str | None = None, state: str = "pending") -> tuple[TakenRow, ...]:
        """Rows of a state, of one ledger or of all that are not undone, in the order of their files."""
        where, values = ("AND ledger_id = ?", (ledger_id,)) if ledger_id else ("", ())
        found = self._database.read(
            f"SELECT {_ROW} FROM ledger_rows WHERE state = ? {where} ORDER BY number",  # noqa: S608 - names
            (state, *values),
        )
        return tuple(_row_of(row) for row in found)

    def row(self, number: int) -> TakenRow:
        """One row by its number. UserError LEDGER_005 for none."""
        found = self._database.one(
            f"SELECT {_ROW} FROM ledger_rows WHERE number = ?",  # noqa: S608 - names
            (number,),
        )
        if found is None:
            raise UserError("LEDGER_005", row=number)
        return _row_of(found)

    def decide(self, number: int, state: str, house: str, values: Mapping[str, str]) -> None:
        """A person has looked at a row that waited: ``new``, ``known`` or ``skipped``. UserError
        LEDGER_005 if
        it does not wait (any more)."""

        def keep(database: Rows) -> None:
            done = database.execute(
                "UPDATE ledger_rows SET state = ?, house = ?, data = ?, decided_by = ?, decided_at = ? "
                "WHERE number = ? AND state = 'pending' RETURNING ledger_id",
                (state, house, to_json(dict(values)), self._actor, self._clock().isoformat(), number),
            ).fetchone()
            if done is None:
                raise UserError("LEDGER_005", row=number)
            detail = {"ledger_id": done[0], "row": number, "state": state, "house": house}
            self._audit.add(database, "ledger.decided", detail)
            if state in SHOWN:
                refresh(database, LIST, house)

        self._database.write(keep)

    def undo(self, ledger_id: str) -> tuple[str, ...]:
        """Take a ledger back as a whole; the houses that stay, because something was built on them: a visit,
        an effect of a record. Their rows stay with them, everything else is gone from the register.

        UserError LEDGER_006 if it is undone already.
        """

        def take_back(database: Rows) -> tuple[str, ...]:
            done = database.execute(
                "UPDATE ledgers SET state = 'undone' WHERE ledger_id = ? AND state = 'taken' RETURNING name",
                (ledger_id,),
            ).fetchone()
            if done is None:
                raise UserError("LEDGER_006", id=ledger_id)
            built = database.execute(
                "SELECT DISTINCT house FROM ledger_rows WHERE ledger_id = ?1 AND state IN ('new', 'known') "
                "AND (EXISTS (SELECT 1 FROM visits WHERE building_id = house) "
                "OR EXISTS (SELECT 1 FROM effects WHERE list = ?2 AND id = house)) ORDER BY house",
                (ledger_id, LIST),
            ).fetchall()
            stay = {house for (house,) in built}
            gone = database.execute(
                "SELECT number, house FROM ledger_rows WHERE ledger_id = ? AND state <> 'undone'",
                (ledger_id,),
            ).fetchall()
            taken_back = [(number, house) for number, house in gone if house not in stay]
            database.conn.executemany(
                "UPDATE ledger_rows SET state = 'undone' WHERE number = ?", [(one,) for one, _ in taken_back]
            )
            detail = {"ledger_id": ledger_id, "rows": len(taken_back), "stay": sorted(stay)}
            self._audit.add(database, "ledger.undone", detail)
            for house in sorted({house for _, house in taken_back}):
                refresh(database, LIST, house)
            return tuple(sorted(stay))

        return self._database.write(take_back)


def _texts(one: TakenRow) -> tuple[str, ...]:
    return (
        json.dumps(dict(one.cells), ensure_ascii=False),  # in the order of the columns
        to_json(list(one.remarks)),
        one.state,
        one.house,
        to_json(dict(one.values)),
        to_json(list(one.candidates)),
    )


def _row_of(row: Row) -> TakenRow:
    return TakenRow(
        row[0], row[1], row[2], row[3], json.loads(row[4]), json.loads(row[5]), row[6], row[7],
        json.loads(row[8]), json.loads(row[9]),
    )  # fmt: skip
