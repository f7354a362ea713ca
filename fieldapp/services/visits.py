"""The visit (上门): begun with its forms, finalized as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from fieldapp.domain.ruleset import hazard_ruleset
from fieldapp.domain.visit import TeamMember, Visit
from fieldapp.errors import BugError, UserError
from fieldapp.forms import FormSession, Violation
from fieldapp.services.buildings import Buildings, streets_with_houses
from fieldapp.services.carried import open_of
from fieldapp.services.continuing import Unfinished, carry, unfinished
from fieldapp.services.filling import Filling, OpenForm
from fieldapp.services.registration import enrolment_of
from fieldapp.services.shared_visit import files_houses, head_values
from fieldapp.services.team import TEAM, todays_team
from fieldapp.settings import ZONE
from fieldapp.sheets.gathering import photo_answers, photo_kind
from fieldapp.store import Store
from fieldapp.store.model import (
    Attachment,
    Chain,
    Draft,
    FinalizedSubmission,
    FinalizedVisit,
    PlacedPhoto,
    SignedText,
    Submission,
)
from fieldapp.sync.protocol import (
    AttachmentRef,
    FormRef,
    SubmissionManifest,
    TeamMemberHead,
    VisitHead,
    sha256_of,
    signed,
    utc,
)


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """An answer that keeps a visit from being finalized: where, what is asked, what is wrong.

    ``kind`` is ``required``, ``constraint``, ``type``, ``choice``, or ``carried`` for an answer of a partial
    visit that nobody has looked at again; ``message`` the form's own text, if any.
    """

    form_id: str
    path: str
    label: str
    kind: str
    message: str


class Visits:
    """Begins, checks and finalizes visits."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], filling: Filling, buildings: Buildings
    ) -> None:
        self._store = store
        self._clock = clock
        self._filling = filling
        self._buildings = buildings

    # -- today's team -------------------------------------------------------------------------------

    @property
    def team(self) -> tuple[TeamMember, ...]:
        """Today's team as it was last set; the one who unlocked alone if it never was."""
        return todays_team(self._store)

    def set_team(self, team: Sequence[TeamMember]) -> None:
        """Set today's team. UserError VISIT_007 for nobody."""
        _refuse_nobody(team)
        kept = [{"name": one.name, "unit": one.unit, "certificate": one.certificate} for one in team]
        self._store.settings.set(TEAM, kept)

    # -- begin --------------------------------------------------------------------------------------

    def plan(
        self,
        building_id: UUID | None,
        *,
        kind: str = "",
        tasks: Sequence[str] | None = None,
        team: Sequence[TeamMember] = (),
        started_at: datetime | None = None,
        source: str = "screen",
    ) -> Visit:
        """A visit as ``begin`` would begin it, not stored yet. UserError VISIT_006, VISIT_007."""
        row = self._buildings.of(building_id)
        if building_id is not None and row is None:
            raise UserError("VISIT_006")
        facts = {} if row is None else row.values
        members = tuple(team) or self.team
        _refuse_nobody(members)
        return Visit(
            visit_id=uuid4(),
            building_id=None if row is None else UUID(row.id),  # of a joined file, the one that stands
            kind=kind or ("recheck" if facts.get("last_inspected") else "first"),
            tasks=tuple(facts.get("open_tasks", "").split()) if tasks is None else tuple(tasks),
            team=members,
            started_at=started_at or self._clock(),
            source=source,
        )

    def begin(
        self,
        building_id: UUID | None,
        form_ids: Sequence[str],
        *,
        kind: str = "",
        tasks: Sequence[str] | None = None,
        team: Sequence[TeamMember] = (),
        started_at: datetime | None = None,
        source: str = "screen",
    ) -> Visit:
        """Begin a visit with a draft of each form, all in one transaction.

        ``kind`` is a name of ``visit_kind``: by default the first visit of a house that was never inspected,
        else a recheck. ``tasks`` by default are the building's open ones. ``team`` by default is today's.
        A form that the last visit left partial opens with what was seen then; the log says so.
        Without a building, a form that files houses (F01) gives the visit the id of a new one.
        UserError VISIT_002 for a form that is not here, VISIT_006 for an unknown building, VISIT_007.
        """
        visit = self.plan(
            building_id, kind=kind, tasks=tasks, team=team, started_at=started_at, source=source
        )
        place: dict[str, str] = {}
        if building_id is None and self.files_houses(form_ids):
            visit, place = replace(visit, building_id=uuid4()), self._probable_place(visit.started_at)
        left = {form_id: self.unfinished(building_id, form_id) for form_id in form_ids}
        drafts = [self._first(visit, form_id, left, place) for form_id in left]
        continues = {form_id: one.submission.chain.instance_id for form_id, one in left.items() if one}
        return self._store.visits.create(visit, drafts, continues)

    def files_houses(self, form_ids: Sequence[str]) -> bool:
        """Whether one of the forms can file a house that the register does not have. UserError VISIT_002."""
        return any(files_houses(self._filling.definition(form_id)) for form_id in form_ids)

    def unfinished(self, building_id: UUID | None, form_id: str) -> Unfinished | None:
        """The partial record that ``begin`` would go on with. UserError VISIT_002."""
        if building_id is None:
            return None
        return unfinished(self._store, self._filling, building_id, form_id)

    def _first(
        self, visit: Visit, form_id: str, left: Mapping[str, Unfinished | None], place: Mapping[str, str]
    ) -> Draft:
        others = [one for one in left if one != form_id]
        head = head_values(self._filling.definition(form_id), others, place)
        partial = left[form_id]
        if partial is None:
            return self._filling.first_draft(visit, form_id, head)
        return self._filling.first_draft(
            visit,
            form_id,
            head | partial.head(),
            lambda session: carry(self._filling.read(partial.submission), session),
        )

    def _probable_place(self, moment: datetime) -> dict[str, str]:
        """Where a house that nobody knows probably stands: where one was visited last on that day, else in
        the one street whose register this laptop has. Proposed in the form, and seen there.
        """
        day = moment.astimezone(ZONE).date()
        for visit in self._store.visits.list():
            row = self._buildings.of(visit.building_id)
            if row is not None and visit.started_at.astimezone(ZONE).date() == day:
                return {name: row.values[name] for name in ("street", "community") if name in row.values}
        streets = streets_with_houses(self._store)
        return {"street": streets[0]} if len(streets) == 1 else {}

    # -- finalize -----------------------------------------------------------------------------------

    def open_questions(self, visit_id: UUID) -> tuple[OpenQuestion, ...]:
        """What still has to be answered or corrected, over all forms of the visit."""
        opened = [self._filling.open_draft(draft) for draft in self._drafts(visit_id)]
        return tuple(question for form in opened for question in _open_questions(form))

    def finalize(self, visit_id: UUID, ended_at: datetime | None = None) -> tuple[Submission, ...]:
        """定稿: freeze, hash, sign and queue all forms of a visit in one transaction.

        Durable when it returns; on any error nothing has changed. UserError VISIT_001 names the questions,
        VISIT_008 without a form, VISIT_009 for a file that no photograph of the visit is; LAPTOP_001; and
        those of the store.
        """
        visit = self._store.visits.get(visit_id)
        drafts = self._drafts(visit_id)
        opened = [self._filling.open_draft(draft) for draft in drafts]
        for form in opened:
            form.session.complete()
        left = [question for form in opened for question in _open_questions(form)]
        if left:
            names = ", ".join(dict.fromkeys(question.path.rpartition("/")[2] for question in left))
            raise UserError("VISIT_001", count=len(left), questions=names)
        moment = self._clock()
        if visit.state == "open":
            visit = replace(visit, result=_result(opened), ended_at=max(ended_at or moment, visit.started_at))
        frozen = tuple(
            self._frozen(visit, draft, form.session, moment)
            for draft, form in zip(drafts, opened, strict=True)
        )
        self._store.submissions.finalize(FinalizedVisit(visit, frozen))
        return tuple(self._store.submissions.get(one.chain.instance_id) for one in frozen)

    def _drafts(self, visit_id: UUID) -> tuple[Draft, ...]:
        self._store.visits.get(visit_id)
        drafts = self._store.drafts.list(visit_id)
        if not drafts:
            raise UserError("VISIT_008", visit_id=visit_id)
        return tuple(sorted(drafts, key=lambda draft: draft.form_id))

    def _frozen(
        self, visit: Visit, draft: Draft, session: FormSession, moment: datetime
    ) -> FinalizedSubmission:
        xml = _reread(session)
        files = self._attachments(visit.visit_id, session)
        manifest = self._manifest(visit, draft.chain, session, xml, files, moment)
        statement = signed(manifest, self._store.keys.signing)
        return FinalizedSubmission(
            chain=draft.chain,
            form_id=draft.form_id,
            form_version=draft.form_version,
            xml=xml,
            sha256=sha256_of(xml),
            manifest=SignedText(statement.statement, statement.key_id, statement.signature),
            finalized_at=moment,
            attachments=files,
            effects=session.effects(),
            photos=_placed(session),
        )

    def _attachments(self, visit_id: UUID, session: FormSession) -> tuple[Attachment, ...]:
        kept = {photo.sha256: photo for photo in self._store.photos.for_visit(visit_id)}
        files = []
        for name in sorted(session.attachments()):
            photo = kept.get(name.partition(".")[0])
            if photo is None:
                raise UserError("VISIT_009", name=name)
            files.append(Attachment(name, photo.sha256, photo.size, photo.media_type))
        return tuple(files)

    def _manifest(
        self,
        visit: Visit,
        chain: Chain,
        session: FormSession,
        xml: bytes,
        files: Sequence[Attachment],
        moment: datetime,
    ) -> SubmissionManifest:
        form = session.definition
        return SubmissionManifest(
            instance_id=chain.instance_id,
            record_id=chain.record_id,
            version=chain.version,
            deprecated_id=chain.deprecated_id,
            form=FormRef(form_id=form.form_id, version=form.version, sha256=form.sha256),
            ruleset=hazard_ruleset().version,
            visit=VisitHead(
                visit_id=visit.visit_id,
                building_id=visit.building_id,
                kind=visit.kind,
                result=visit.result,
                tasks=visit.tasks,
                team=tuple(
                    TeamMemberHead(name=one.name, unit=one.unit, certificate=one.certificate)
                    for one in visit.team
                ),
                started_at=utc(visit.started_at),
                ended_at=utc(visit.ended_at or moment),
                source="paper" if visit.source == "paper" else "screen",
            ),
            sha256=sha256_of(xml),
            size=len(xml),
            attachments=tuple(
                AttachmentRef(name=one.name, sha256=one.sha256, size=one.size, media_type=one.media_type)
                for one in files
            ),
            device_id=enrolment_of(self._store).device_id,
            actor=self._store.keys.actor.inspector_id,
            finalized_at=utc(moment),
        )


def _placed(session: FormSession) -> tuple[PlacedPhoto, ...]:
    return tuple(
        PlacedPhoto(node.value.partition(".")[0], node.path, photo_kind(session, node.path))
        for node in photo_answers(session)
    )


def _reread(session: FormSession) -> bytes:
    """The submission's bytes, read back before they are frozen for ever: they must say the same again."""
    xml = session.to_xml()
    if session.definition.open_session(xml, recalculate=False).to_xml() != xml:
        raise BugError("BUG_001", what="a submission does not read back as it was written")
    return xml


def _refuse_nobody(team: Sequence[TeamMember]) -> None:
    if not team or not all(member.name.strip() for member in team):
        raise UserError("VISIT_007")


def _open_questions(form: OpenForm) -> list[OpenQuestion]:
    session = form.session
    return [_question(form.form_id, session, violation) for violation in open_of(session)]


def _question(form_id: str, session: FormSession, violation: Violation) -> OpenQuestion:
    label = re.sub(r"\s+", " ", session.node(violation.path).label)
    repeat, bracket, rest = violation.path.rpartition("[")
    if bracket:  # which one: there are many photographs and defects
        number = rest.partition("]")[0]
        label = f"{session.node(f'{repeat}[{number}]').label} {number}·{label}"
    return OpenQuestion(form_id, violation.path, label, violation.kind, violation.message)


def _result(opened: Sequence[OpenForm]) -> str:
    """The outcome of the visit as its forms say it: the first answer to ``visit_result``."""
    for form in opened:
        for path in form.session.definition.nodes:
            if path.endswith("/visit_result"):
                return form.session.value(path)
    return "done"
