"""Files of buildings joined (并档) and parted (分档), as both sides know them.

Each such act is a row of the list ``filings``. ``building`` is the file that stands in either case, ``other``
the one that was joined to it or parted from it; ``leads`` is the id that leads to ``building`` for now, empty
while both stand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from fieldapp.domain.register import schema

BUILDINGS = "buildings"
FILINGS = "filings"
#: The property in which a building names the files that were joined to it, so that it is found by them.
JOINED = "joined_files"
#: What says of a building that its file was joined to another one's.
LIFE = "life_state"
INTO = "merged_into"


@dataclass(frozen=True, slots=True)
class Filed:
    """One act. ``kind``: ``join`` or ``part``; times ISO 8601, ``undone_at`` empty while it stands.

    ``visits`` names the file of each visit that a person put into one, by the visit's id.
    """

    id: str
    kind: str
    building: str
    other: str
    other_code: str
    other_label: str
    leads: str
    at: str
    who: str
    reason: str
    undone_at: str = ""
    undone_by: str = ""
    undone_reason: str = ""
    visits: Mapping[str, str] | None = None

    def to_row(self) -> dict[str, str]:
        """As it stands in its row."""
        told = {
            "kind": self.kind,
            "building": self.building,
            "other": self.other,
            "other_code": self.other_code,
            "other_label": self.other_label,
            "leads": self.leads,
            "at": self.at,
            "who": self.who,
            "reason": self.reason,
            "undone_at": self.undone_at,
            "undone_by": self.undone_by,
            "undone_reason": self.undone_reason,
            "visits": json.dumps(dict(self.visits), sort_keys=True) if self.visits else "",
        }
        return {name: text for name, text in told.items() if text}

    @classmethod
    def of(cls, identity: str, row: Mapping[str, str]) -> Filed:
        """Read ``to_row``."""
        told = {name: row.get(name, "") for name in schema(FILINGS).properties if name != "visits"}
        visits: dict[str, str] = json.loads(row["visits"]) if row.get("visits") else {}
        return cls(id=identity, visits=visits, **told)


@lru_cache(maxsize=64)
def referring(list_name: str) -> tuple[str, ...]:
    """The properties of a list's rows that name the buildings they belong to; none for buildings themselves
    and for the rows that tell what was joined."""
    if list_name in {BUILDINGS, FILINGS}:
        return ()
    try:
        declared = schema(list_name).properties.values()
    except KeyError:
        return ()
    return tuple(one.name for one in declared if one.to == BUILDINGS)
