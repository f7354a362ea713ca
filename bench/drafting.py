"""A draft of F02 in a store of its own, saved through the store's writer thread and encrypted database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database as Rows

from bench.filled import DAY, hazard_inspection
from fieldapp.forms import FormSession
from fieldapp.store.database import Database
from fieldapp.store.schema import upgrade

_VISIT = "00000000-0000-4000-8000-000000000007"


class Draft:
    """A session and the one row it is saved to; ``save`` returns when the row is on the disk."""

    def __init__(self, session: FormSession, database: Database) -> None:
        self.session = session
        self._database = database
        database.write(self._begin)

    def _begin(self, rows: Rows) -> None:
        moment = DAY.isoformat()
        rows.table("visits").insert(
            {
                "visit_id": _VISIT, "kind": "recheck", "tasks": "[]", "team": "[]", "started_at": moment,
                "result": "done", "source": "screen", "state": "open",
            }
        )  # fmt: skip
        rows.table("drafts").insert(
            {
                "visit_id": _VISIT, "form_id": self.session.definition.form_id, "form_version": "1",
                "instance_id": self.session.instance_id, "record_id": self.session.instance_id, "version": 1,
                "xml": b"", "position": "", "saves": 0, "saved_at": moment,
            }
        )  # fmt: skip

    def save(self) -> None:
        """Write the whole draft."""
        xml = self.session.draft_xml()

        def replace(rows: Rows) -> None:
            rows.execute("UPDATE drafts SET xml = ?, saves = saves + 1 WHERE visit_id = ?", [xml, _VISIT])

        self._database.write(replace)


@contextmanager
def opened_draft(folder: Path) -> Iterator[Draft]:
    """A new encrypted database in ``folder`` with one visit and its draft."""
    folder.mkdir()
    database = Database(folder / "store.sqlite3", os.urandom(32))
    try:
        database.write(upgrade)
        yield Draft(hazard_inspection(), database)
    finally:
        database.close()
