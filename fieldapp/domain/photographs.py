"""The photographs of a building as both sides know them, whoever took them.

They stand as rows of the list ``photographs``, one a building and named like it, written by the server alone
and pulled like other rows: so they enter and leave a laptop with their building, and are compared and
restored like everything else (ADR 0018 has the reasons, for conflicts). Only what is needed to find and to
show one stands there; small copies and originals are fetched by their hashes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from fieldapp.domain.codelists import codelists

#: The list in which they stand.
PHOTOGRAPHS = "photographs"
#: So many of a building at most, the newest: a row is read and written as a whole, and 2,000 of them at their
#: longest (5 kB) still fit into one page of a pull.
MOST = 16
#: Characters of the names of a team at most.
MOST_NAMES = 60
#: A photograph of which nobody has said what it shows.
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Pictured:
    """A photograph that a submission brought. ``sha256`` and ``size`` are the original's, ``kind`` is a name
    of the list ``photo_kind``, ``at`` (ISO 8601) when its visit began, ``visit`` that visit's id, ``who`` the
    names of its team."""

    sha256: str
    size: int
    media_type: str
    kind: str
    at: str
    visit: str
    who: str


def to_text(pictures: Iterable[Pictured]) -> str:
    """As they stand in the row, in their order: what a visit's photographs share is said once."""
    visits = [
        [*head, [[one.sha256, one.size, one.media_type, one.kind] for one in group]]
        for head, group in groupby(pictures, lambda one: (one.visit, one.at, one.who[:MOST_NAMES]))
    ]
    return json.dumps(visits, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> tuple[Pictured, ...]:
    """Read ``to_text``; a row that tells none has no text."""
    return tuple(
        Pictured(sha256, size, media_type, kind, at, visit, who)
        for visit, at, who, files in json.loads(text or "[]")
        for sha256, size, media_type, kind in files
    )


def kind_of(question: str, said: str | None) -> str:
    """What the photograph in ``question`` shows: what was ``said`` of it (None: the form does not ask), else
    what the name of the question tells (``d_photo_near``)."""
    if said is not None:
        return said or OTHER
    named = question.replace("d_photo", "defect")
    return named if named in codelists()["photo_kind"].items else OTHER
