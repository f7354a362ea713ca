"""Three-way merge by merge group: properties that belong together are taken from one side, never half.

The three are the group as the laptop saw it, as it was told, and as the register has it now. What one side
alone changed counts, equal changes are no conflict. What both changed differently stands as an open conflict
that keeps every side with who and when. Until a person decides, the most dangerous side counts where the
schema orders a property of the group, of equals the one that came first.

What a person decided stays: a side that was known then and did not know the decision changes nothing more;
a value that is new opens the conflict again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from uuid import UUID, uuid5

from fieldapp.domain.register import schema

#: The list in which conflicts stand as rows of the register, so that they travel and are kept like others.
CONFLICTS = "conflicts"
_NAMES = UUID("7a0d2c3e-5b8f-4f0e-9c53-0c1f3f8f2b11")

Values = dict[str, str]


@dataclass(frozen=True, slots=True)
class Side:
    """A group as one of them told it. ``at`` ISO 8601, ``submission`` empty for imports and decisions,
    ``version`` of the row that holds it or was written when it was told."""

    values: Values
    who: str
    at: str
    submission: str
    version: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What a laptop knew when a form was opened: the row's version, and its own submissions on top."""

    version: int
    own: frozenset[str] = frozenset()

    def knows(self, side: Side) -> bool:
        """Whether the answers were given with this side in view."""
        return side.version <= self.version or side.submission in self.own


@dataclass(frozen=True, slots=True)
class Standing:
    """The sides of a group that did not know of each other, in the order of arrival.

    ``base`` is what they changed; ``settled`` are all values that stood against each other in decisions of
    before, ``decided`` the version of the last one (0: none).
    """

    base: Values
    sides: tuple[Side, ...]
    settled: tuple[Values, ...] = ()
    decided: int = 0

    @property
    def open(self) -> bool:
        """Whether a person has to decide: the sides do not agree."""
        return any(side.values != self.sides[0].values for side in self.sides)

    def to_text(self) -> str:
        """As it stands in the conflict's row."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> Standing:
        """Read ``to_text``."""
        raw = json.loads(text)
        return cls(
            raw["base"],
            tuple(Side(**side) for side in raw["sides"]),
            tuple(raw["settled"]),
            raw["decided"],
        )


@dataclass(frozen=True, slots=True)
class Merged:
    """What counts for the group now, the conflict that stands (None: there never was one), and whether the
    side told stands against another."""

    values: Values
    standing: Standing | None
    against: bool = False


def conflict_id(list_name: str, identity: str, group: str) -> str:
    """The id of the row of list ``conflicts`` for a group of a row."""
    return str(uuid5(_NAMES, f"{list_name}\n{identity}\n{group}"))


def groups_of(list_name: str, names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The merge groups that ``names`` belong to, each whole; a property not declared stands alone."""
    try:
        declared = schema(list_name)
    except KeyError:
        return {name: (name,) for name in names}
    whole = declared.merge_groups()
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        group = declared.properties[name].merge if name in declared.properties else name
        found[group] = whole.get(group, (name,))
    return found


def rank(list_name: str, values: Mapping[str, str]) -> tuple[int, ...]:
    """How dangerous a group is, by its ordered properties in the order of the declaration; () if none is
    ordered."""
    try:
        declared = schema(list_name).properties
    except KeyError:
        return ()
    ordered = [one for one in declared.values() if one.danger and one.name in values]
    return tuple(
        one.danger.index(values[one.name]) if values[one.name] in one.danger else -1 for one in ordered
    )


def counting(list_name: str, sides: tuple[Side, ...]) -> Side:
    """The side that counts until a person decides."""
    return max(sides, key=lambda side: rank(list_name, side.values))


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
