"""Visits and their drafts. A draft is on the disk when ``save`` returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlite_utils import Database as Rows

from fieldapp.domain.visit import Visit
from fieldapp.errors import BugError, UserError
from fieldapp.store.audit import Audit
from fieldapp.store.database import Database, Row
from fieldapp.store.model import Chain, Draft, uuid_or_none, visit_of, visit_row
from fieldapp.store.redirects import in_file

_VISIT = "visit_id, building_id, kind, tasks, team, started_at, ended_at, result, source, state"
_DRAFT = (
    "visit_id, form_id, form_version, instance_id, record_id, version, deprecated_id, xml, position, saves, "
    "saved_at"
)


class Visits:
    """The visits of this laptop."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    def create(
        self, visit: Visit, drafts: Iterable[Draft] = (), continues: Mapping[str, UUID] = MappingProxyType({})
    ) -> Visit:
        """Begin a visit with its first drafts. ``continues`` names, by form, the submissions whose answers
        they begin with, for the log. UserError STORE_037 if the id is taken by another one.
        """
        first = tuple(drafts)
        begun: dict[str, object] = {"visit_id": str(visit.visit_id), "kind": visit.kind}
        if continues:
            begun["continues"] = {form_id: str(one) for form_id, one in continues.items()}

        def insert(rows: Rows) -> None:
            found = rows.execute(
                f"SELECT {_VISIT} FROM visits WHERE visit_id = ?",  # noqa: S608 - names
                (str(visit.visit_id),),
            ).fetchone()
            if found is None:
                rows.table("visits").insert(visit_row(visit))
                for draft in first:
                    _insert_draft(rows, draft)
                self._audit.add(rows, "visit.begun", begun)
            elif visit_of(found) != visit:
                raise UserError("STORE_037", kind="visit", id=visit.visit_id)

        self._database.write(insert)
        return visit

    def get(self, visit_id: UUID) -> Visit:
        """The visit; UserError STORE_034 if there is none."""
        row = self._database.one(f"SELECT {_VISIT} FROM visits WHERE visit_id = ?", (str(visit_id),))  # noqa: S608 - names
        if row is None:
            raise UserError("STORE_034", kind="visit", id=visit_id)
        return visit_of(row)

    def list(self, state: str | None = None, building_id: UUID | None = None) -> tuple[Visit, ...]:
        """Visits, newest first; only those in ``state`` (open, finalized) or in the file of one building if
        given."""
        terms: list[str] = ["1"]
        values: list[object] = []
        if state is not None:
            terms.append("state = ?")
            values.append(state)
        if building_id is not None:
            term, asked = in_file(building_id)
            terms.append(term)
            values += asked
        found = self._database.read(
            f"SELECT {_VISIT} FROM visits WHERE {' AND '.join(terms)} ORDER BY started_at DESC, rowid DESC",  # noqa: S608 - names
            values,
        )
        return tuple(visit_of(row) for row in found)

    def save_head(self, visit: Visit) -> Visit:
        """Replace an open visit's head. UserError STORE_034 for none, STORE_035 once it is finalized."""

        def update(rows: Rows) -> None:
            refuse_finalized(rows, visit.visit_id)
            if visit.state != "open":
                raise BugError("BUG_001", what="a visit is finalized with its submissions, not by its head")
            rows.table("visits").update(str(visit.visit_id), visit_row(visit))

        self._database.write(update)
        return visit


def refuse_finalized(rows: Rows, visit_id: UUID) -> None:
    """UserError STORE_034 for no such visit, STORE_035 for a finalized one."""
    found = rows.execute("SELECT state FROM visits WHERE visit_id = ?", (str(visit_id),)).fetchone()
    if found is None:
        raise UserError("STORE_034", kind="visit", id=visit_id)
    if found[0] != "open":
        raise UserError("STORE_035", visit_id=visit_id)


class Drafts:
    """Unfinished forms: at most one of a form in a visit."""

    def __init__(self, database: Database, audit: Audit, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def save(
        self,
        visit_id: UUID,
        form_id: str,
        form_version: str,
        xml: bytes,
        position: str,
        chain: Chain | None = None,
    ) -> int:
        """Keep the draft; it is on the disk when this returns. The number of saves so far.

        ``chain`` is required with the first save of a form and ignored afterwards. UserError STORE_034 for an
        unknown visit, STORE_035 for a finalized one (unless the draft is a correction).
        """
        return self.save_soon(visit_id, form_id, form_version, lambda: (xml, position), chain).result()

    def save_soon(
        self,
        visit_id: UUID,
        form_id: str,
        form_version: str,
        state: Callable[[], tuple[bytes, str]],
        chain: Chain | None = None,
    ) -> Future[int]:
        """As ``save`` without waiting: the draft is on the disk when the future is done.

        ``state`` gives XML and position; it is called on the writer thread when the draft's turn has come, so
        that edits faster than the disk cost one write.
        """
        at = self._clock()
        place = (str(visit_id), form_id)

        def keep(rows: Rows) -> int:
            xml, position = state()
            answer = rows.execute(
                "UPDATE drafts SET form_version = ?, xml = ?, position = ?, saves = saves + 1, saved_at = ? "
                "WHERE visit_id = ? AND form_id = ? RETURNING saves",
                (form_version, xml, position, at.isoformat(), *place),
            ).fetchone()
            if answer is not None:
                return int(answer[0])
            if chain is None:
                raise BugError("BUG_001", what="the first save of a draft says which instance it is")
            if chain.deprecated_id is None:
                refuse_finalized(rows, visit_id)
            _insert_draft(rows, Draft(visit_id, form_id, form_version, chain, xml, position, 1, at))
            return 1

        return self._database.submit(keep)

    def get(self, visit_id: UUID, form_id: str) -> Draft | None:
        """The draft of one form of a visit."""
        row = self._database.one(
            f"SELECT {_DRAFT} FROM drafts WHERE visit_id = ? AND form_id = ?",  # noqa: S608 - names
            (str(visit_id), form_id),
        )
        return None if row is None else _draft_of(row)

    def list(self, visit_id: UUID | None = None) -> tuple[Draft, ...]:
        """Drafts, last saved first; of one visit if given."""
        where, values = ("", ()) if visit_id is None else ("WHERE visit_id = ?", (str(visit_id),))
        found = self._database.read(
            f"SELECT {_DRAFT} FROM drafts {where} ORDER BY saved_at DESC, form_id",  # noqa: S608 - names
            values,
        )
        return tuple(_draft_of(row) for row in found)

    def discard(self, visit_id: UUID, form_id: str) -> None:
        """Throw a draft away; logged. None to throw away changes nothing."""

        def throw_away(rows: Rows) -> None:
            found = rows.execute(
                "DELETE FROM drafts WHERE visit_id = ? AND form_id = ? RETURNING instance_id",
                (str(visit_id), form_id),
            ).fetchone()
            if found is not None:
                detail = {"visit_id": str(visit_id), "form_id": form_id, "instance_id": found[0]}
                self._audit.add(rows, "draft.discarded", detail)

        self._database.write(throw_away)


def _insert_draft(rows: Rows, draft: Draft) -> None:
    chain = draft.chain
    rows.execute(
        f"INSERT INTO drafts ({_DRAFT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - names
        (
            str(draft.visit_id),
            draft.form_id,
            draft.form_version,
            str(chain.instance_id),
            str(chain.record_id),
            chain.version,
            None if chain.deprecated_id is None else str(chain.deprecated_id),
            draft.xml,
            draft.position,
            draft.saves,
            draft.saved_at.isoformat(),
        ),
    )


def _draft_of(row: Row) -> Draft:
    chain = Chain(UUID(row[3]), UUID(row[4]), row[5], uuid_or_none(row[6]))
    saved = datetime.fromisoformat(row[10])
    return Draft(UUID(row[0]), row[1], row[2], chain, row[7], row[8], row[9], saved)
