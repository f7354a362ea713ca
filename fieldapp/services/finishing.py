"""What finalizing a visit would do: what is still open, what becomes fixed, how its sheet will look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fieldapp.domain.visit import Visit
from fieldapp.forms import FormSession
from fieldapp.i18n import _
from fieldapp.services.filling import Filling
from fieldapp.services.paper import Kind, Paper
from fieldapp.services.visits import OpenQuestion, Visits
from fieldapp.sheets import missing_glyphs
from fieldapp.store import Store
from fieldapp.store.model import SignedText, Submission
from fieldapp.sync.protocol import sha256_of

_FIX, _NEW, _REGISTER = "/fix_facts", "new_", "reg_"
_LEVELS = ("hazard_level", "hazard_suggested")


@dataclass(frozen=True, slots=True)
class Correction:
    """A fact of the register that the record corrects, in words; ``old`` empty where it was not known."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Unprintable:
    """An answer with ``characters`` that no carried face has. It is recorded as it is; sheets show their
    numbers. ``path`` and ``form_id`` are empty for a name of the team.
    """

    form_id: str
    path: str
    label: str
    characters: str

    @property
    def named(self) -> str:
        """The characters with their numbers: 𠮷 (U+20BB7)."""
        return "、".join(f"{one} (U+{ord(one):04X})" for one in self.characters)

    @property
    def warning(self) -> str:
        """A sentence that tells of them."""
        words = _("{question}: sheets show the number in place of {characters}, which no font here has.")
        return words.format(question=self.label, characters=self.named)


def unprintable(store: Store, filling: Filling, visit_id: UUID) -> tuple[Unprintable, ...]:
    """What of a visit's drafts and team a sheet could show by numbers only. UserError STORE_034."""
    visit = store.visits.get(visit_id)
    texts = [("", "", _("Team"), "".join(one.name + one.unit + one.certificate for one in visit.team))]
    for draft in store.drafts.list(visit_id):
        session = filling.open_draft(draft).session
        texts += [
            (draft.form_id, leaf.path, " ".join(leaf.label.split()) or leaf.name, leaf.value)
            for leaf in session.root.leaves
            if leaf.relevant and leaf.type == "string"
        ]
    found = ((*place, missing_glyphs(text)) for *place, text in texts)
    return tuple(Unprintable(*one) for one in found if one[-1])


@dataclass(frozen=True, slots=True)
class Outlook:
    """A visit before it is final. ``level`` is the inspector's word, ``suggested`` that of the rules (names
    of ``hazard_level``, empty for none); ``answers`` counts what people answered.
    """

    visit: Visit
    open: tuple[OpenQuestion, ...]
    forms: tuple[str, ...]
    answers: int
    photos: int
    corrections: tuple[Correction, ...]
    level: str
    suggested: str
    unprintable: tuple[Unprintable, ...] = ()


class Finishing:
    """Reads drafts; for jobs, for a form is opened anew."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], filling: Filling, visits: Visits, paper: Paper
    ) -> None:
        self._store = store
        self._clock = clock
        self._filling = filling
        self._visits = visits
        self._paper = paper

    def outlook(self, visit_id: UUID) -> Outlook:
        """What stands now. UserError VISIT_008 for a visit without drafts, STORE_034."""
        open_questions = self._visits.open_questions(visit_id)
        sessions = [self._filling.open_draft(draft).session for draft in self._store.drafts.list(visit_id)]
        levels = [next((_said(one, name) for one in sessions if _said(one, name)), "") for name in _LEVELS]
        return Outlook(
            visit=self._store.visits.get(visit_id),
            open=open_questions,
            forms=tuple(one.definition.form_id for one in sessions),
            answers=sum(_answered(one) for one in sessions),
            photos=len({name for one in sessions for name in one.attachments()}),
            corrections=tuple(fix for one in sessions for fix in _corrections(one)),
            level=levels[0],
            suggested=levels[1],
            unprintable=unprintable(self._store, self._filling, visit_id),
        )

    def preview(self, visit_id: UUID, form_id: str, kind: Kind) -> bytes:
        """The sheet (PDF) as it would look if the visit were finalized now. Only to be looked at: hash and
        time are not those of the record. Raises what ``Paper.sheet`` raises.
        """
        form = self._filling.open(visit_id, form_id)
        form.session.complete()
        xml, definition = form.session.to_xml(), form.session.definition
        draft = Submission(
            chain=form.chain,
            visit_id=visit_id,
            building_id=self._store.visits.get(visit_id).building_id,
            form_id=form_id,
            form_version=definition.version,
            xml=xml,
            sha256=sha256_of(xml),
            manifest=SignedText("", "", ""),
            finalized_at=self._clock(),
            actor=self._store.keys.actor.inspector_id,
            record="draft",
            paper="none",
            transfer="local",
            review="none",
            attachments=(),
        )
        return self._paper.sheet(draft, kind).pdf


def _said(session: FormSession, name: str) -> str:
    return next((leaf.value for leaf in session.root.leaves if leaf.name == name), "")


def _answered(session: FormSession) -> int:
    return sum(
        leaf.kind == "question" and not leaf.readonly and bool(leaf.value) for leaf in session.root.leaves
    )


def _corrections(session: FormSession) -> Iterator[Correction]:
    nodes = session.definition.nodes
    fixes = next((path for path in nodes if path.endswith(_FIX)), "")
    if not fixes:
        return
    facts = {leaf.name: leaf for leaf in session.root.leaves}
    for name in session.value(fixes).split():
        fact, new = facts.get(name), facts.get(f"{_NEW}{name}")
        if fact is None or new is None or not new.value:
            continue
        words = {choice.name: choice.label for choice in fact.choices}
        kept = facts.get(f"{_REGISTER}{name}")
        old = "" if kept is None else "、".join(words.get(one, one) for one in kept.value.split())
        yield Correction(fact.label, old, new.text)
