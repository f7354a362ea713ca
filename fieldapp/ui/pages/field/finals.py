"""Making a round final: what sheets cannot show is told once before, not after."""

from __future__ import annotations

from fieldapp.i18n import _
from fieldapp.services.finishing import unprintable
from fieldapp.services.laptop import Laptop
from fieldapp.services.patrolling import Round
from fieldapp.services.today import Lane, LaneHouse


class Finals:
    """Rounds of one stay in field mode. For jobs, one after the other."""

    def __init__(self, laptop: Laptop) -> None:
        self._laptop = laptop
        self._told: set[str] = set()

    def finalize(self, found: Round, lane: Lane) -> tuple[LaneHouse, ...] | str:
        """The lane's houses after the round became final; or what to say before it does, which is said once.

        Errors as of ``Patrolling.finalize``.
        """
        odd = unprintable(self._laptop.store, self._laptop.filling, found.visit.visit_id)
        new = [one for one in odd if not self._told.issuperset(one.characters)]
        if new:
            self._told.update(*(one.characters for one in new))
            return " ".join((*(one.warning for one in new), _("Once more to finalize.")))
        self._laptop.patrolling.finalize(found)
        return self._laptop.today.houses(lane)
