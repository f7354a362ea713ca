"""The regular round of one house (F18): seven items, one key, a locked door, undo.

A ``Round`` belongs to the thread that uses it, like the form inside. Nothing is stored before ``begin``:
looking at the houses of a lane leaves no drafts behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from fieldapp.domain.patrol import FORM, ITEMS
from fieldapp.domain.visit import Visit
from fieldapp.errors import BugError, UserError
from fieldapp.services.buildings import LIST
from fieldapp.services.evidence import Evidence, Kept, Refused
from fieldapp.services.filling import Filling, OpenForm
from fieldapp.services.visits import Visits
from fieldapp.settings import ZONE
from fieldapp.store import Store
from fieldapp.store.model import Draft, Head, Photo

#: Tasks of the plan that a round serves: standing management, life cycle.
TASKS = ("t05", "t21")
VISIT_DATE = "/data/visit_date"
RESULT = "/data/g_outcome/visit_result"
REASON = "/data/g_outcome/visit_reason"
NEXT_VISIT = "/data/g_outcome/next_visit_date"
ONE_KEY = "/data/g_items/one_key_at"
PLAQUE = "/data/g_period/plaque_state"
LEVEL = "/data/g_result/hazard_level"
STATE = "/data/g_result/safety_state"
_PHOTOS = "/data/g_photo/rep_photo"
_DEFECTS = "/data/g_defect/rep_defect"
_ENTERED = frozenset({"done", "partial"})


def item_path(item: str) -> str:
    """Where an item of the round stands in the form."""
    return f"/data/g_items/{item}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was recorded of an item with 有: ``path`` of its defect, place, what is seen, the photograph."""

    item: str
    path: str
    part: str
    note: str
    photo: str


class Round:
    """The round of one house. Edits return at once and are durable within a second (``OpenForm``)."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        visit: Visit,
        form: OpenForm,
        facts: Mapping[str, str],
        planned: Draft | None = None,
    ) -> None:
        self.visit = visit
        self.form = form
        self.facts = facts
        self._store = store
        self._clock = clock
        self._planned = planned
        self._edits: list[list[tuple[str, str]]] = []
        self._logged: list[tuple[str, dict[str, object], Future[Head]]] = []

    # -- what stands ----------------------------------------------------------------------------------

    @property
    def begun(self) -> bool:
        """Whether it is stored; edits before ``begin`` are refused."""
        return self._planned is None

    @property
    def result(self) -> str:
        """The outcome, a name of ``visit_result``; empty until it is said."""
        return self._value(RESULT)

    @property
    def entered(self) -> bool:
        """Whether somebody came in, or nothing was said yet: the items are asked."""
        return self.result in _ENTERED or not self.result

    @property
    def items(self) -> dict[str, str]:
        """The answer to each item: ``ok``, ``have``, ``unseen`` or empty."""
        return {item: self._value(item_path(item)) for item in ITEMS}

    @property
    def last(self) -> dict[str, str]:
        """The answers of the last round as the register has them, empty if there was none."""
        if not self.facts.get("last_patrol"):
            return dict.fromkeys(ITEMS, "")
        found, unseen = (self.facts.get(f"patrol_{name}", "").split() for name in ("found", "unseen"))
        return {item: "have" if item in found else "unseen" if item in unseen else "ok" for item in ITEMS}

    @property
    def one_key_at(self) -> datetime | None:
        """When one key answered all seven, None if it did not or was undone."""
        said = self._value(ONE_KEY)
        return datetime.fromisoformat(said) if said else None

    @property
    def photos(self) -> tuple[str, ...]:
        """Names of the photographs of the house, in order."""
        names = (self._value(f"{path}/photo") for path in self._instances(_PHOTOS))
        return tuple(name for name in names if name)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The defects recorded so far, one an item with 有, in the order of the items."""
        rows = []
        for path in self._instances(_DEFECTS):
            said = {node.name: node.value for node in self.form.session.node(path).children}
            rows.append(Finding(said["d_item"], path, said["d_part"], said["d_note"], said["d_photo_near"]))
        return tuple(sorted(rows, key=lambda one: ITEMS.index(one.item) if one.item in ITEMS else len(ITEMS)))

    @property
    def plaque_asked(self) -> bool:
        """Whether the house needs a plaque (business use)."""
        return self._value("/data/g_building/is_business") == "yes"

    def value(self, path: str) -> str:
        """An answer by path."""
        return self._value(path)

    def open_questions(self) -> tuple[str, ...]:
        """Paths of what is still to be answered or corrected."""
        return tuple(violation.path for violation in self.form.session.validate())

    # -- edits ----------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Store visit and draft, in one transaction. Again does nothing. Not for the GUI thread: it waits."""
        if self._planned is not None:
            self._store.visits.create(self.visit, [self._planned])
            self._planned = None

    def all_clear(self) -> None:
        """七项均未发现异常: the one key answers every item that has no answer yet, and never changes one.

        Logged as such with the number of items; a photograph must be there.
        """
        if not self.photos:
            raise BugError("BUG_001", what="the one key comes after the photograph")
        at = self._clock().astimezone(ZONE).isoformat(timespec="seconds")
        cleared = [(item_path(item), "ok") for item, state in self.items.items() if not state]
        if cleared:
            self._edit([*self._entering(), *cleared, (ONE_KEY, at)])
            self._log("patrol.one_key", items=len(cleared))

    def answer_item(self, item: str, state: str) -> None:
        """One item: ``ok``, ``have``, ``unseen``, empty to take it back. A defect is made for a finding."""
        self._edit([*self._entering(), (item_path(item), state)])
        self._match_defects()

    def answer(self, path: str, value: str) -> None:
        """Any other question, as one step of undo."""
        self._edit([(path, value)])

    def outcome(self, result: str) -> None:
        """锁门 and its sisters: a name of ``visit_result``; empty goes back to the items."""
        self._edit([(RESULT, result)])

    def undo(self) -> bool:
        """Take the last step back, the one key as a whole; False if there is none."""
        if not self._edits:
            return False
        step = self._edits.pop()
        for path, old in reversed(step):
            self.form.answer(path, old)
        if any(path == ONE_KEY for path, _old in step):
            self._log(
                "patrol.one_key_undone", items=sum(path not in (ONE_KEY, RESULT) for path, _old in step)
            )
        self._match_defects()
        return True

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._edits)

    def photo_path(self) -> str:
        """The question that the next photograph of the house answers."""
        return f"{_PHOTOS}[{len(self.photos) + 1}]/photo"

    def attach(self, kept: Kept, path: str) -> None:
        """Answer ``path`` with a photograph that was taken in; one that is there already is not doubled."""
        if path.startswith(_PHOTOS):
            if kept.name in self.photos:
                return
            path = self.photo_path()
            if len(self._instances(_PHOTOS)) <= len(self.photos):
                self.form.add_repeat(_PHOTOS)
        self.form.attach(path, kept.name, kept.position)

    def saved(self) -> bool:
        """Whether everything so far is on the disk. Raises what saving raised."""
        logged = [future for _event, _detail, future in self._logged]
        if not self.form.saved() or not all(future.done() for future in logged):
            return False
        for future in logged:
            future.result()
        self._logged.clear()
        return True

    def try_again(self) -> None:
        """Save once more what failed the last time: a full disk may have room again."""
        self.form.try_again()
        append = self._store.audit.append_soon
        self._logged = [
            (event, detail, append(event, detail) if future.done() and future.exception() else future)
            for event, detail, future in self._logged
        ]

    def settle(self) -> None:
        """Wait until all so far is on the disk, trying again what failed. Raises what saving raised."""
        self.try_again()
        self.form.settle()
        for _event, _detail, future in self._logged:
            future.result()
        self._logged.clear()

    # -- inside ---------------------------------------------------------------------------------------

    def _value(self, path: str) -> str:
        return self.form.session.value(path)

    def _instances(self, repeat: str) -> tuple[str, ...]:
        group = self.form.session.node(repeat.rpartition("/")[0])
        return tuple(node.path for node in group.children if node.kind == "repeat")

    def _entering(self) -> list[tuple[str, str]]:
        return [] if self.result in _ENTERED else [(RESULT, "done")]

    def _edit(self, steps: Sequence[tuple[str, str]]) -> None:
        if not self.begun:
            raise BugError("BUG_001", what="a round is begun before it is answered")
        done = []
        for path, value in steps:
            old = self._value(path)
            if old != value:
                self.form.answer(path, value)
                done.append((path, old))
        if done:
            self._edits.append(done)

    def _match_defects(self) -> None:
        """One defect for each item with 有. An empty one whose item has none any more is used again or goes;
        what somebody has written stays until he removes it."""
        wanted = [item for item, state in self.items.items() if state == "have"]
        if not wanted:
            return  # the group does not count now, and is kept as it is
        known = self.findings
        idle = [
            one.path for one in known if one.item not in wanted and not (one.part or one.note or one.photo)
        ]
        have = {one.item for one in known}
        for item in (item for item in wanted if item not in have):
            path = idle.pop(0) if idle else self.form.add_repeat(_DEFECTS)
            if self._value(f"{path}/d_item") != item:
                self.form.answer(f"{path}/d_item", item)
        order = self._instances(_DEFECTS)
        for path in sorted(idle, key=order.index, reverse=True):
            self.form.remove_repeat(path)

    def _log(self, event: str, items: int) -> None:
        ids = {"visit_id": str(self.visit.visit_id), "instance_id": str(self.form.chain.instance_id)}
        detail: dict[str, object] = {**ids, "items": items}
        self._logged.append((event, detail, self._store.audit.append_soon(event, detail)))


@dataclass(frozen=True, slots=True)
class Taken:
    """A photograph that was taken in, with its small picture (JPEG)."""

    kept: Kept
    thumbnail: bytes


class Patrolling:
    """Opens rounds."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        filling: Filling,
        visits: Visits,
        evidence: Evidence,
    ) -> None:
        self._store = store
        self._clock = clock
        self._filling = filling
        self._visits = visits
        self._evidence = evidence

    def round_of(self, building_id: UUID, kind: str = "patrol") -> Round:
        """The open round of a house where it was left, else a planned one. Safe on a worker thread.

        ``kind`` is ``patrol`` or ``annual``. UserError VISIT_002 if the form is not here, VISIT_006.
        """
        for visit in self._store.visits.list("open", building_id):
            draft = self._store.drafts.get(visit.visit_id, FORM)
            if draft is not None:
                return self._round(visit, draft)
        visit = self._visits.plan(building_id, kind=kind, tasks=TASKS)
        draft = self._filling.first_draft(visit, FORM)
        return self._round(visit, draft, draft)

    def _round(self, visit: Visit, draft: Draft, planned: Draft | None = None) -> Round:
        row = self._store.register.get(LIST, str(visit.building_id))
        facts = {} if row is None else row.values
        return Round(self._store, self._clock, visit, self._filling.open_draft(draft), facts, planned)

    def thumbnails(self, one: Round) -> Mapping[str, bytes]:
        """Small pictures of the round's photographs, by the name that answers a question."""
        kept = {photo.sha256: photo for photo in self._store.photos.for_visit(one.visit.visit_id)}
        names = [*one.photos, *(finding.photo for finding in one.findings if finding.photo)]
        found = {}
        for name in names:
            photo = kept.get(name.partition(".")[0])
            if photo is not None:
                found[name] = self._small(photo)
        return found

    def take_in(
        self, one: Round, sources: Sequence[Path | bytes], path: str = ""
    ) -> tuple[Taken | Refused, ...]:
        """Take photographs in for the question ``path`` (the house's by default); files, folders, bytes.

        The round is begun if it was not. ``Round.attach`` then answers. Raises MEDIA errors for bytes that
        are no photograph; what is wrong with a file comes back as ``Refused``.
        """
        one.begin()
        question, kind = path or one.photo_path(), "defect_near" if path else "front"
        visit_id = one.visit.visit_id
        taken: list[Taken | Refused] = []
        for source in sources:
            found: Iterable[Kept | Refused]
            if isinstance(source, Path):
                found = self._evidence.add_files(visit_id, [source], question, kind)
            else:
                found = [self._evidence.add(visit_id, source, question=question, kind=kind)]
            for kept in found:
                small = kept if isinstance(kept, Refused) else Taken(kept, self._small(kept.photo))
                taken.append(small)
        return tuple(taken)

    def _small(self, photo: Photo) -> bytes:
        return self._store.vault.get(photo.thumbnail)

    def finalize(self, one: Round) -> None:
        """定稿 of a round: everything settled, frozen, queued. UserError VISIT_001 names open questions."""
        if not one.begun:
            raise UserError("VISIT_008", visit_id=one.visit.visit_id)
        one.settle()
        self._visits.finalize(one.visit.visit_id)
