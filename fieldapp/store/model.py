"""What goes into the store and comes out of it: frozen values, no SQL.

Times are aware datetimes unless said; hashes are 64 lower-case hex digits of SHA-256.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from fieldapp.domain.visit import TeamMember, Visit


def to_json(content: object) -> str:
    """The one JSON text of a value: sorted keys, no spaces, characters as they are."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Effect(Protocol):
    """An effect on the register as the form engine gives it (``fieldapp.forms.EntityEffect``)."""

    @property
    def list(self) -> str:
        """The list, ``buildings``."""

    @property
    def id(self) -> str:
        """The item's id."""

    @property
    def action(self) -> str:
        """``create`` or ``update``."""

    @property
    def base_version(self) -> str:
        """Version the answers were based on, empty if unknown."""

    @property
    def label(self) -> str:
        """New label, empty for unchanged."""

    @property
    def values(self) -> Mapping[str, str]:
        """Properties to be saved."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a submission: its name in the instance XML, its content in the vault."""

    name: str
    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class SignedText:
    """A text, who signed it and the signature (base64) over its UTF-8 bytes; the wire's SignedStatement."""

    statement: str
    key_id: str
    signature: str
    algorithm: str = "ed25519"

    def to_json(self) -> str:
        """As stored."""
        return to_json(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> SignedText:
        """Back from the stored text."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Chain:
    """Where an instance stands among the versions of its record; version 1 replaces nothing."""

    instance_id: UUID
    record_id: UUID
    version: int = 1
    deprecated_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An unfinished form of a visit. ``xml`` is the engine's draft, ``position`` the question it stands
    at.
    """

    visit_id: UUID
    form_id: str
    form_version: str
    chain: Chain
    xml: bytes
    position: str
    saves: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class PlacedPhoto:
    """Where a frozen record shows a photograph: the path it answers, and its kind as answered there."""

    sha256: str
    question: str
    kind: str


@dataclass(frozen=True, slots=True)
class FinalizedSubmission:
    """One frozen form of a visit. ``sha256`` is that of ``xml``; ``manifest`` the signed statement about
    it.
    """

    chain: Chain
    form_id: str
    form_version: str
    xml: bytes
    sha256: str
    manifest: SignedText
    finalized_at: datetime
    attachments: tuple[Attachment, ...] = ()
    effects: tuple[Effect, ...] = ()
    photos: tuple[PlacedPhoto, ...] = ()


@dataclass(frozen=True, slots=True)
class FinalizedVisit:
    """A visit with all its submissions, finalized together or not at all."""

    visit: Visit
    submissions: tuple[FinalizedSubmission, ...]


@dataclass(frozen=True, slots=True)
class Submission:
    """A stored submission. Four states, independent of each other:

    ``record`` finalized | superseded; ``paper`` none | printed | signed; ``transfer`` local | queued | sent;
    ``review`` none | accepted | returned.
    """

    chain: Chain
    visit_id: UUID
    building_id: UUID | None
    form_id: str
    form_version: str
    xml: bytes
    sha256: str
    manifest: SignedText
    finalized_at: datetime
    actor: str
    record: str
    paper: str
    transfer: str
    review: str
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph of a visit. ``sha256`` names the original, ``thumbnail`` and ``stamped`` derived copies.

    ``taken_at`` is the camera's clock as ISO text (its zone is often unknown); ``name`` the file's name as it
    came; ``question`` the path it answers (empty for none yet); sizes in bytes and pixels.
    """

    sha256: str
    visit_id: UUID
    building_id: UUID | None
    question: str
    kind: str
    name: str
    size: int
    media_type: str
    width: int
    height: int
    taken_at: str | None
    latitude: float | None
    longitude: float | None
    camera: str
    has_exif: bool
    thumbnail: str
    stamped: str | None
    added_at: datetime
    hazard_id: str | None = None


@dataclass(frozen=True, slots=True)
class RecordState:
    """Where a record stands, without its answers; ``building_id`` is the house in whose file."""

    instance_id: UUID
    building_id: UUID | None
    form_id: str
    finalized_at: datetime
    paper: str
    transfer: str
    review: str


@dataclass(frozen=True, slots=True)
class KeptAside:
    """A file that could not be taken in; its bytes stay in the vault's area for kept files."""

    sha256: str
    visit_id: UUID | None
    name: str
    code: str
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A confirmed row of a register list; ``values`` are its properties as text."""

    id: str
    label: str
    values: Mapping[str, str]
    version: int = 1
    deleted: bool = False
    change_no: int = 0
    submission: str | None = None
    who: str = ""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as the inspector sees it: confirmed plus own effects. ``unconfirmed`` counts those effects."""

    list: str
    id: str
    version: int
    label: str
    values: Mapping[str, str]
    unconfirmed: int

    def columns(self) -> dict[str, str]:
        """As the form engine's list source wants it: properties with ``name`` and ``label``."""
        return {**self.values, "name": self.id, "label": self.label, "__version": str(self.version)}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A submission that waits for its receipt; ``code`` and ``message`` say why the last try failed."""

    instance_id: UUID
    sha256: str
    manifest: SignedText
    attachments: tuple[Attachment, ...]
    queued_at: datetime
    tries: int
    code: str
    message: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry of the audit chain; ``content`` is the SHA-256 of ``entry``, the canonical JSON text."""

    seq: int
    entry: Mapping[str, Any]
    content: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """Where the audit chain stands: number of the last entry (0 = none) and its hash."""

    seq: int
    head: str


@dataclass(frozen=True, slots=True)
class StoredForm:
    """A published form as it came: ``xml`` with its hash."""

    form_id: str
    version: str
    sha256: str
    xml: bytes
    installed_at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong found by ``verify``: a catalogue code with its slots."""

    code: str
    slots: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of ``verify`` or ``backup``: which, how far, and what was found (None: all well)."""

    step: str
    done: int
    total: int
    finding: Finding | None = None


def moment(text: str | None) -> datetime | None:
    """A stored time, or None."""
    return None if text is None else datetime.fromisoformat(text)


def uuid_or_none(text: str | None) -> UUID | None:
    """A stored uuid, or None."""
    return None if text is None else UUID(text)


def visit_row(visit: Visit) -> dict[str, object]:
    """A visit as the columns of its table."""
    return {
        "visit_id": str(visit.visit_id),
        "building_id": None if visit.building_id is None else str(visit.building_id),
        "kind": visit.kind,
        "tasks": to_json(visit.tasks),
        "team": to_json([asdict(member) for member in visit.team]),
        "started_at": visit.started_at.isoformat(),
        "ended_at": None if visit.ended_at is None else visit.ended_at.isoformat(),
        "result": visit.result,
        "source": visit.source,
        "state": visit.state,
    }


def visit_of(row: tuple[Any, ...]) -> Visit:
    """A visit from its columns, in the order of ``visit_row``."""
    return Visit(
        visit_id=UUID(row[0]),
        building_id=uuid_or_none(row[1]),
        kind=row[2],
        tasks=tuple(json.loads(row[3])),
        team=tuple(TeamMember(**member) for member in json.loads(row[4])),
        started_at=datetime.fromisoformat(row[5]),
        ended_at=moment(row[6]),
        result=row[7],
        source=row[8],
        state=row[9],
    )
