"""The file of a building (一楼一档) as this laptop knows it: facts, what was done there, photographs.

Reading it opens forms: for jobs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from fieldapp.domain.codelists import codelists
from fieldapp.domain.filings import Filed
from fieldapp.domain.register import schema
from fieldapp.errors import UserError
from fieldapp.forms import FormSession
from fieldapp.services.buildings import LIST
from fieldapp.services.carried import open_of
from fieldapp.services.conflicts import Conflict, Conflicts, Decision
from fieldapp.services.filling import Filling
from fieldapp.services.pictures import of_others
from fieldapp.services.related import Related, related
from fieldapp.services.wording import form_title, labels_of
from fieldapp.store import Store
from fieldapp.store.model import Draft, Photo, ShownRow, Submission

#: States of control by the measures (names of ``control_measure``) that make them, the gravest first.
_CONTROLS = (
    ("sealed", frozenset({"evacuate", "seal"})),
    ("stopped", frozenset({"stop_use"})),
    ("cordon", frozenset({"cordon", "fence"})),
)
#: How far a record has come; ``draft`` is none yet.
Standing = Literal["draft", "queued", "refused", "sent", "accepted", "returned", "superseded"]


@dataclass(frozen=True, slots=True)
class Work:
    """A form of a visit at the building, filled or being filled.

    ``title`` is the form's; ``level`` and ``result`` are its answers (names of ``hazard_level`` and
    ``visit_result``, empty if not said), ``team`` names, ``left`` how many questions of a draft are open.
    ``instance_id`` is None for a draft; ``paper`` none | printed | signed; ``cause`` says why a record was
    not taken. ``control`` is how far the house is controlled after it (a name of
    ``hazard_control_state``, empty where the form does not ask). ``fixes`` are facts that it corrected: by
    name, the value before and the new one. ``confirmed`` says whether the server's register holds what it
    changed; True for a record that changed nothing, False for a draft.
    """

    at: datetime
    standing: Standing
    title: str
    visit_id: UUID
    form_id: str
    instance_id: UUID | None
    version: int
    level: str
    result: str
    team: tuple[str, ...]
    left: int = 0
    paper: str = "none"
    cause: str = ""
    fixes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    control: str = ""
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class BuildingFile:
    """All of it. ``former`` has, by property, what the server's register holds where ``row`` shows something
    else: this laptop's word, not confirmed yet. ``works`` are newest first; so are ``photos``, own before
    those of other laptops, but those of the front stand before all others. ``conflicts`` are open, the
    gravest first; ``decisions`` are those of conflicts that were, the newest first. ``related`` are the
    lists with rows for the house; ``labels`` says what the rows are called that its own facts name, by id.
    ``filings`` tell which files were joined to it or parted from it, the newest first."""

    row: ShownRow
    former: Mapping[str, str]
    works: tuple[Work, ...]
    photos: tuple[Photo, ...]
    conflicts: tuple[Conflict, ...] = ()
    decisions: tuple[Decision, ...] = ()
    related: tuple[Related, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    filings: tuple[Filed, ...] = ()

    @property
    def control(self) -> str:
        """How far the house is controlled, as the newest record says that asked; empty if none did."""
        records = (one for one in self.works if one.standing not in ("draft", "superseded"))
        return next((one.control for one in records if one.control), "")

    @property
    def draft(self) -> Work | None:
        """The form to go on with, None if none is open."""
        return next((one for one in self.works if one.standing == "draft"), None)


class BuildingFiles:
    """Reads files of buildings."""

    def __init__(self, store: Store, filling: Filling, conflicts: Conflicts) -> None:
        self._store = store
        self._filling = filling
        self._conflicts = conflicts

    def read(self, building_id: UUID) -> BuildingFile:
        """The file of a building. UserError VISIT_006 for one that is not in the register."""
        row = self._store.register.get(LIST, str(building_id))
        if row is None:
            raise UserError("VISIT_006")
        building_id = UUID(row.id)  # of a file that was joined to another, that one
        fixes = self._fixes(row)
        waiting = self._unconfirmed(row)
        causes = {one.instance_id: one.message for one in self._store.outbox.pending() if one.code}
        works = [self._of_draft(draft) for draft in self.drafts(building_id)]
        works += [
            replace(
                self._of_record(
                    one, causes.get(one.chain.instance_id, ""), fixes.get(one.chain.instance_id, {})
                ),
                confirmed=one.chain.instance_id not in waiting,
            )
            for one in self._store.submissions.list(building_id=building_id)
        ]
        works.sort(key=lambda one: (one.standing == "draft", one.at), reverse=True)
        newest: list[Photo] = list(reversed(self._store.photos.for_building(building_id)))
        newest += of_others(self._store, building_id)
        newest.sort(key=lambda photo: photo.kind != "front")
        return BuildingFile(
            row,
            self._former(row),
            tuple(works),
            tuple(newest),
            self._conflicts.of_building(building_id),
            self._conflicts.decided(building_id),
            related(self._store, row),
            labels_of(self._store, schema(LIST).shown(), (row.values,)),
            self._store.redirects.filings(row.id),
        )

    def reveal(self, list_name: str, item: str) -> dict[str, str]:
        """What is personal of a row, in full; that it was asked for stands in the log before it is told.
        UserError VISIT_006 for a row that is not here."""
        row = self._store.register.get(list_name, item)
        if row is None:
            raise UserError("VISIT_006")
        personal = schema(list_name).personal()
        told = {name: value for name, value in row.values.items() if value and name in personal}
        self._store.audit.append(
            "personal.shown", {"list": list_name, "id": item, "properties": sorted(told)}
        )
        return told

    def drafts(self, building_id: UUID) -> tuple[Draft, ...]:
        """Forms of open visits there, last saved first; by an index."""
        visits = self._store.visits.list(building_id=building_id)
        return tuple(draft for visit in visits for draft in self._store.drafts.list(visit.visit_id))

    def front(self, building_id: UUID) -> Photo | None:
        """The newest photograph of the front, else the newest of all; by an index."""
        photos = self._store.photos.for_building(building_id)
        fronts = [photo for photo in photos if photo.kind == "front"]
        return (fronts or photos or (None,))[-1]

    def _former(self, row: ShownRow) -> dict[str, str]:
        history = self._store.register.history(LIST, row.id)
        confirmed = history[-1].values if history else {}
        own = {
            name
            for change in self._store.register.changes(LIST, row.id)
            if not change.confirmed
            for name in change.values
        }
        return {
            name: confirmed.get(name, "")
            for name in sorted(own)
            if confirmed.get(name, "") != row.values.get(name, "")
        }

    def _unconfirmed(self, row: ShownRow) -> frozenset[UUID]:
        """The own records whose word on the house the server's register does not hold yet."""
        changes = self._store.register.changes(LIST, row.id)
        return frozenset(change.instance_id for change in changes if not change.confirmed)

    def _fixes(self, row: ShownRow) -> dict[UUID, dict[str, tuple[str, str]]]:
        """The facts that own records corrected, by record."""
        facts = codelists()["building_fact"].items
        values: dict[str, dict[str, str]] = {}
        found: dict[UUID, dict[str, tuple[str, str]]] = {}
        every = (row.id, *self._store.redirects.former(row.id))
        for change in (one for item in every for one in self._store.register.changes(LIST, item)):
            if change.told not in values:
                history = self._store.register.history(LIST, change.told)
                values[change.told] = dict(history[0].values) if history else {}
            held = values[change.told]
            found[change.instance_id] = {
                name: (held.get(name, ""), value)
                for name, value in change.values.items()
                if name in facts and held.get(name, "") != value
            }
            held.update(change.values)
        return found

    def _of_draft(self, draft: Draft) -> Work:
        session = self._filling.open_draft(draft).session
        return Work(
            draft.saved_at,
            "draft",
            form_title(session.definition),
            draft.visit_id,
            draft.form_id,
            None,
            draft.chain.version,
            _said(session, "hazard_level") or _said(session, "hazard_suggested"),
            _said(session, "visit_result"),
            self._team(draft.visit_id),
            left=len(open_of(session)),
            confirmed=False,
        )

    def _of_record(self, record: Submission, cause: str, fixes: Mapping[str, tuple[str, str]]) -> Work:
        session = self._filling.read(record)
        return Work(
            record.finalized_at,
            _standing(record, refused=bool(cause)),
            form_title(session.definition),
            record.visit_id,
            record.form_id,
            record.chain.instance_id,
            record.chain.version,
            _said(session, "hazard_level"),
            _said(session, "visit_result"),
            self._team(record.visit_id),
            paper=record.paper,
            cause=cause,
            fixes=fixes,
            control=_control(_said(session, "control_taken")),
        )

    def _team(self, visit_id: UUID) -> tuple[str, ...]:
        return tuple(member.name for member in self._store.visits.get(visit_id).team)


def _control(taken: str) -> str:
    """The gravest state that measures on the spot lead to; ``none`` if none of them controls the house."""
    if not taken:
        return ""
    return next((state for state, measures in _CONTROLS if measures & set(taken.split())), "none")


def _standing(record: Submission, *, refused: bool) -> Standing:
    if record.record == "superseded":
        return "superseded"
    if record.review == "returned":
        return "returned"
    if record.review == "accepted":
        return "accepted"
    if record.transfer == "sent":
        return "sent"
    return "refused" if refused else "queued"


def _said(session: FormSession, name: str) -> str:
    """The answer to the one question outside repeats that has this name, empty if the form has none."""
    for node in session.definition.nodes.values():
        if node.name == name and node.kind == "leaf" and not node.repeats():
            return session.value(node.path)
    return ""
