"""The visit (上门): one building, one team, one time. It carries 1..n forms (product, section 1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TeamMember:
    """One of today's inspectors: name, unit and certificate number (证号)."""

    name: str
    unit: str
    certificate: str


@dataclass(frozen=True, slots=True)
class Visit:
    """The head shared by all forms of one visit.

    ``visit_id`` and ``building_id`` are uuids (``building_id`` None for a house not in the register
    yet); ``kind`` and ``result`` are names of the code lists ``visit_kind`` and ``visit_result``
    (``result`` is empty until the inspector has said it); times are aware datetimes; ``source`` is
    ``screen`` or ``paper``; ``state`` is ``open`` until finalize, then ``finalized``.
    """

    visit_id: UUID
    building_id: UUID | None
    kind: str
    tasks: tuple[str, ...]
    team: tuple[TeamMember, ...]
    started_at: datetime
    ended_at: datetime | None = None
    result: str = ""
    source: str = "screen"
    state: str = "open"
