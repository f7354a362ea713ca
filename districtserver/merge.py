"""Three-way merge by merge group: properties that belong together are taken from one side, never half.

The three are the group as the laptop saw it, as it was told, and as the register has it now. What one side
alone changed counts, equal changes are no conflict. What both changed differently stands as an open conflict
that keeps every side with who and when. Until a person decides, the most dangerous side counts where the
schema orders a property of the group, of equals the one that came first.

What a person decided stays: a side that was known then and did not know the decision changes nothing more;
a value that is new opens the conflict again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from fieldapp.domain.conflicts import Side, Standing, Values, counting


@dataclass(frozen=True, slots=True)
class Seen:
    """What a laptop knew when a form was opened: the row's version, and its own submissions on top."""

    version: int
    own: frozenset[str] = frozenset()

    def knows(self, side: Side) -> bool:
        """Whether the answers were given with this side in view."""
        return side.version <= self.version or side.submission in self.own


@dataclass(frozen=True, slots=True)
class Merged:
    """What counts for the group now, the conflict that stands (None: there never was one), and whether the
    side told stands against another."""

    values: Values
    standing: Standing | None
    against: bool = False


def merge(
    list_name: str, view: Values, base: Values, told: Side, now: Side, standing: Standing | None, seen: Seen
) -> Merged:
    """Merge one group. ``view``: the group on the laptop's screen; ``base``: the same without what was kept
    back from the register; ``now``: who holds the group. All name every property of the group."""
    if told.values == view:
        return Merged(now.values, standing)
    decided_since = standing is not None and standing.decided > seen.version
    if standing is not None and decided_since and told.values in standing.settled:
        return Merged(now.values, standing)
    if standing is not None and len(standing.sides) > 1:
        return _joined(list_name, told, standing, seen)
    if (now.values == base and not decided_since) or seen.knows(now):
        return Merged(told.values, standing)
    # Sides that agree are kept too: one of them may tell otherwise later, without a look at the other.
    settled, decided = (standing.settled, standing.decided) if standing else ((), 0)
    kept = Standing(base, (now, told), settled, decided)
    return Merged(counting(list_name, kept.sides).values, kept, against=kept.open)


def _joined(list_name: str, told: Side, standing: Standing, seen: Seen) -> Merged:
    """A further side. It takes the place of those that it was told in view of, unless those are all of an
    open conflict: that only a person closes. Who went back to what there was before is no side any more."""
    known = [side for side in standing.sides if seen.knows(side)]
    if standing.open and len(known) == len(standing.sides):
        known = []
    sides: list[Side] = []
    for side in standing.sides:
        if side not in known:
            sides.append(side)
        elif side is known[0]:
            sides.append(told)
    if not known:
        sides.append(told)
    left = tuple(side for side in sides if side.values != standing.base) or (told,)
    kept = replace(standing, sides=left)
    return Merged(counting(list_name, left).values, kept, against=kept.open and told in left)
