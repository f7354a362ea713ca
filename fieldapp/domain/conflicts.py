"""Conflicts of the register (两处填写不一致，待核定): the sides of a merge group that two told differently.

They stand as rows of the list ``conflicts``, written by the server alone and pulled like other rows, so both
sides read them by this one definition. Which side counts until a person decides follows from the order of
danger that the schema declares.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
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
