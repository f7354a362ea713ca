"""Who walks today: set in the morning, taken over by every visit."""

from __future__ import annotations

from fieldapp.domain.visit import TeamMember
from fieldapp.store import Store

#: Setting: today's team, a list of objects with name, unit and certificate.
TEAM = "team"


def todays_team(store: Store) -> tuple[TeamMember, ...]:
    """Today's team as it was last set; the one who unlocked alone if it never was."""
    kept = store.settings.get(TEAM)
    if kept:
        return tuple(TeamMember(**member) for member in kept)
    return (TeamMember(store.keys.actor.name, "", ""),)
