"""Filling a form of a visit: the engine's session with its draft, saved at every edit.

An ``OpenForm`` belongs to the thread that made it. Edits return at once; the draft follows on the store's
writer thread within milliseconds, only the newest state is written when edits come faster than the disk.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from uuid import UUID, uuid4

from fieldapp.domain.ruleset import hazard_ruleset
from fieldapp.domain.visit import Visit
from fieldapp.errors import UserError
from fieldapp.forms import Changes, FormDefinition, FormSession, load_form
from fieldapp.services import carried
from fieldapp.services.form_functions import form_functions
from fieldapp.services.shared_visit import VisitLists, files_houses, share_outcome
from fieldapp.settings import ZONE
from fieldapp.store import Store
from fieldapp.store.model import Chain, Draft, Submission


class OpenForm:
    """One form being filled. ``position`` is the path of the question the inspector stands at."""

    def __init__(self, store: Store, draft: Draft, session: FormSession) -> None:
        self.session = session
        self.visit_id = draft.visit_id
        self.chain = draft.chain
        self.position = draft.position
        self._store = store
        self._guard = threading.Lock()
        self._newest = (draft.xml, draft.position)
        self._queued = False
        self._written: Future[int] | None = None

    @property
    def form_id(self) -> str:
        """Which form it is."""
        return self.session.definition.form_id

    def answer(self, path: str, value: str) -> Changes:
        """Answer a question and stand at it: nobody's from an earlier visit any more. UserError FORM_016 for
        a path that does not exist.
        """
        changes = self.session.answer(path, value)
        carried.touched(self.session, path)
        self.position = path
        self._save()
        return changes

    def attach(self, path: str, name: str, position: tuple[float, float] | None = None) -> Changes:
        """Answer a question with the file ``name``; ``position`` (north, east) fills an empty geopoint."""
        changes = self.answer(path, name)
        if position is not None:
            for question in self.session.definition.questions:
                if question.bind.type == "geopoint" and not question.repeats():
                    node = self.session.node(question.path)
                    if node.relevant and not node.value:
                        self.session.answer(node.path, f"{position[0]:.6f} {position[1]:.6f} 0 0")
                        self._save()
        return changes

    def confirm(self, paths: Iterable[str]) -> None:
        """These answers were carried over, were looked at again, and still hold."""
        carried.confirm(self.session, paths)
        self._save()

    def add_repeat(self, path: str) -> str:
        """Add an instance of a repeat; its path."""
        added = self.session.add_repeat(path)
        self.position = added
        self._save()
        return added

    def remove_repeat(self, path: str) -> Changes:
        """Remove an instance of a repeat."""
        changes = self.session.remove_repeat(path)
        self.position = path.rpartition("[")[0]
        self._save()
        return changes

    def go_to(self, path: str) -> None:
        """Stand at another question; opening the draft again leads there."""
        self.position = path
        self._save()

    def restore(self, xml: bytes, position: str) -> None:
        """Make the form again what ``session.draft_xml()`` gave before; ``session`` is a new one then."""
        self.session = self.session.definition.open_session(xml, self.session.language)
        self.position = position
        self._save()

    def saved(self) -> bool:
        """Whether everything so far is on the disk. Raises what saving raised."""
        if self._written is None:
            return True
        if not self._written.done():
            return False
        self._written.result()
        return True

    def settle(self) -> None:
        """Wait until all is on the disk, trying again what failed. Raises what saving raised."""
        self.try_again()
        if self._written is not None:
            self._written.result()

    def try_again(self) -> None:
        """Save once more if the last time failed: a full disk may have room again."""
        if self._written is not None and self._written.done() and self._written.exception() is not None:
            self._save()

    def _save(self) -> None:
        newest = (self.session.draft_xml(), self.position)
        with self._guard:
            self._newest = newest
            if self._queued and self._written is not None and not self._written.done():
                return  # a write that failed before its turn took nothing and stands in nobody's way
            self._queued = True
        definition = self.session.definition
        self._written = self._store.drafts.save_soon(
            self.visit_id, definition.form_id, definition.version, self._take, self.chain
        )

    def _take(self) -> tuple[bytes, str]:
        """On the writer thread: what is newest now; the next edit queues again."""
        with self._guard:
            self._queued = False
            return self._newest


class Filling:
    """Opens forms: for a new visit, from a draft, from a submission."""

    def __init__(self, store: Store, clock: Callable[[], datetime], language: Callable[[], str]) -> None:
        self._store = store
        self._clock = clock
        self._language = language
        self._loaded = lru_cache(maxsize=8)(self._load)

    def definition(self, form_id: str, version: str | None = None) -> FormDefinition:
        """The installed form, loaded once. UserError VISIT_002 if this laptop does not have it."""
        form = self._store.forms.get(form_id, version)
        if form is None:
            raise UserError("VISIT_002", form=f"{form_id} {version or ''}".strip())
        return self._loaded(form.sha256, form.xml)

    def _load(self, sha256: str, xml: bytes) -> FormDefinition:  # noqa: ARG002 - the cache's key
        return load_form(xml, self._store.register, form_functions(), clock=self._local_time)

    def _local_time(self) -> datetime:
        return self._clock().astimezone(ZONE)

    def first_draft(
        self,
        visit: Visit,
        form_id: str,
        head: Mapping[str, str] = MappingProxyType({}),
        prefill: Callable[[FormSession], None] | None = None,
    ) -> Draft:
        """An untouched draft of a form, its head filled in from the visit; not stored yet.

        ``head`` names further questions of the head with their values, ``prefill`` may answer others.
        """
        definition = self.definition(form_id)
        instance_id = uuid4()
        root = definition.root.path
        more = {f"{root}/{name}": value for name, value in head.items()}
        session = definition.new_session(instance_id, self._language(), head_of(definition, visit) | more)
        if prefill is not None:
            prefill(session)
        chain = Chain(instance_id, instance_id)
        return Draft(
            visit.visit_id,
            form_id,
            definition.version,
            chain,
            session.draft_xml(),
            first_question(session),
            1,
            self._clock(),
        )

    def open(self, visit_id: UUID, form_id: str) -> OpenForm:
        """A form where it was left. UserError VISIT_005 if the visit has no draft of it."""
        draft = self._store.drafts.get(visit_id, form_id)
        if draft is None:
            raise UserError("VISIT_005", visit_id=visit_id, form=form_id)
        return self.open_draft(draft)

    def open_draft(self, draft: Draft) -> OpenForm:
        """As ``open``, with the draft at hand.

        It knows what the other forms of the visit say of the house, and of the outcome where that is newer.
        """
        definition = self.definition(draft.form_id, draft.form_version)
        beside = [
            (one.saved_at, self.definition(one.form_id, one.form_version).open_session(one.xml))
            for one in self._store.drafts.list(draft.visit_id)
            if one.form_id != draft.form_id
        ]
        filed = [effect for _at, one in beside if files_houses(one.definition) for effect in one.effects()]
        if filed and not files_houses(definition):
            definition = replace(definition, lists=VisitLists(definition.lists, filed))
        session = definition.open_session(draft.xml, self._language())
        for saved_at, one in beside[:1]:
            share_outcome(one, session, newer=saved_at > draft.saved_at)
        return OpenForm(self._store, draft, session)

    def read(self, submission: Submission, language: str | None = None) -> FormSession:
        """A submission to look at: nothing is calculated again."""
        definition = self.definition(submission.form_id, submission.form_version)
        return definition.open_session(submission.xml, language or self._language(), recalculate=False)

    def correct(self, instance_id: UUID) -> OpenForm:
        """Open a correction: a draft of the next version with the answers of this one.

        UserError STORE_034 for no such submission, VISIT_012 if a later version exists, VISIT_011 if a
        correction of this form of the visit is open already.
        """
        old = self._store.submissions.get(instance_id)
        if old.record != "finalized":
            raise UserError("VISIT_012", instance_id=instance_id)
        if self._store.drafts.get(old.visit_id, old.form_id) is not None:
            raise UserError("VISIT_011", record_id=old.chain.record_id)
        new_id = uuid4()
        definition = self.definition(old.form_id, old.form_version)
        session = definition.open_session(old.xml, self._language())
        session.supersede(new_id)
        chain = Chain(new_id, old.chain.record_id, old.chain.version + 1, instance_id)
        position, xml = first_question(session), session.draft_xml()
        self._store.drafts.save(old.visit_id, old.form_id, old.form_version, xml, position, chain)
        return self.open(old.visit_id, old.form_id)

    def go_on_correcting(self, instance_id: UUID) -> Submission:
        """Begin a correction of the newest version of a record, or leave the one that is open as it is; that
        version. UserError STORE_034 for no such submission, VISIT_011 if the form of its visit is open for
        another record.
        """
        store = self._store.submissions
        newest = store.for_record(store.get(instance_id).chain.record_id)[-1]
        draft = self._store.drafts.get(newest.visit_id, newest.form_id)
        if draft is None or draft.chain.record_id != newest.chain.record_id:
            self.correct(newest.chain.instance_id)
        return newest


def first_question(session: FormSession) -> str:
    """The path of the first question that still wants an answer, else of the first one asked."""
    violations = session.validate()
    if violations:
        return violations[0].path
    return session.definition.questions[0].path


def head_of(definition: FormDefinition, visit: Visit) -> dict[str, str]:
    """First values of the questions that every form of a visit shares (block ``visit_head``)."""
    root = definition.root.path
    head = {
        f"{root}/visit_id": str(visit.visit_id),
        f"{root}/ruleset_version": hazard_ruleset().version,
        f"{root}/visit_date": visit.started_at.astimezone(ZONE).date().isoformat(),
        f"{root}/g_visit/visit_kind": visit.kind,
        f"{root}/g_visit/task_no": " ".join(visit.tasks),
        f"{root}/g_visit/building_ref": str(visit.building_id or ""),
    }
    return {path: value for path, value in head.items() if path in definition.nodes and value}
