"""The facts of two files beside each other, group by group: what belongs together is never parted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fieldapp.domain.codelists import codelists
from fieldapp.domain.conflicts import Values, groups_of, rank
from fieldapp.domain.filings import BUILDINGS, INTO, JOINED
from fieldapp.domain.register import normal_address, order_key, schema
from fieldapp.errors import UserError

#: Made by the program from others.
DERIVED = frozenset({"address_norm", "address_order", JOINED, INTO})
#: What a person can choose of a group: this file's, the other's, or both together.
KEEP, OTHER, BOTH = "keep", "other", "both"


@dataclass(frozen=True, slots=True)
class Difference:
    """A group that two files tell differently. ``values`` are this file's and the other's; ``suggested`` is
    ``keep``, ``other`` or empty; ``both``: its names can be taken together; ``open``: a person must choose,
    for neither file tells all that the other does."""

    group: str
    names: tuple[str, ...]
    values: tuple[Values, Values]
    suggested: str
    both: bool
    open: bool


def whole(data: Mapping[str, str], names: Iterable[str]) -> Values:
    """A group as a row has it."""
    return {name: data.get(name, "") for name in names}


def groups(*rows: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The merge groups of all these, without what files are found by once they are joined."""
    found = groups_of(BUILDINGS, {name: "" for row in rows for name in row})
    return {group: names for group, names in found.items() if group != JOINED}


def differences(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[Difference, ...]:
    """What two files tell differently, in the order of the declaration."""
    found = []
    for group, names in groups(one, other).items():
        mine, theirs = whole(one, names), whole(other, names)
        if mine == theirs:
            continue
        either = not (_covers(mine, theirs) or _covers(theirs, mine))
        found.append(Difference(group, names, (mine, theirs), _suggested(mine, theirs), _many(names), either))
    order = {name: place for place, name in enumerate(schema(BUILDINGS).properties)}
    return tuple(sorted(found, key=lambda one: order.get(one.names[0], len(order))))


def _suggested(mine: Values, theirs: Values) -> str:
    if _covers(mine, theirs):
        return KEEP
    if _covers(theirs, mine):
        return OTHER
    here, there = rank(BUILDINGS, mine), rank(BUILDINGS, theirs)
    if here == there:
        return ""
    return KEEP if here > there else OTHER


def _covers(one: Values, other: Values) -> bool:
    """Whether one tells all that the other does."""
    return all(one[name] == text for name, text in other.items() if text)


def _many(names: tuple[str, ...]) -> bool:
    """Whether a group is one property that holds several names or texts."""
    declared = schema(BUILDINGS).properties
    one = declared.get(names[0])
    if one is None or len(names) != 1:
        return False
    return one.type in {"codes", "references"} or one.name == "aliases"


def chosen_of(found: Iterable[Difference], chosen: Mapping[str, str]) -> Values:
    """The values that a person chose of every difference.

    UserError FILING_003 names the groups that are still to be chosen, FILING_008 those that cannot be.
    """
    values: Values = {}
    left, wrong = [], []
    for one in found:
        choice = chosen.get(one.group) or ("" if one.open else one.suggested)
        if not choice:
            left.append(one.group)
        elif choice == BOTH and one.both:
            values[one.names[0]] = _together(*(side[one.names[0]] for side in one.values))
        elif choice in {KEEP, OTHER}:
            values |= one.values[0 if choice == KEEP else 1]
        else:
            wrong.append(one.group)
    if left:
        raise UserError("FILING_003", wanted=", ".join(left))
    if wrong:
        raise UserError("FILING_008", wanted=", ".join(wrong))
    return values


def _together(one: str, other: str) -> str:
    between = "、" if "、" in one + other or not (one + other).isascii() else " "
    return between.join(dict.fromkeys([*one.split(between), *other.split(between)])).strip(between)


def written(data: Mapping[str, str], values: Mapping[str, str]) -> Values:
    """A row's data with these values in it; what is empty and was not there stays away."""
    return {name: text for name, text in {**data, **values}.items() if text or name in data}


def label(values: Mapping[str, str], before: str) -> str:
    """What a building with these facts is called."""
    return values.get(schema(BUILDINGS).label) or before


def checked(values: Mapping[str, str]) -> Values:
    """Facts as a person typed them, with what follows from the address.

    UserError FILING_008 names those that a building cannot have.
    """
    declared = schema(BUILDINGS).properties
    wrong = [
        name
        for name, text in values.items()
        if name not in declared
        or name in DERIVED
        or not declared[name].fits(text)
        or not _known(declared[name].codes, text)
    ]
    if wrong:
        raise UserError("FILING_008", wanted=", ".join(sorted(wrong)))
    found = dict(values)
    if "address_detail" in found:
        address = found["address_detail"]
        found |= {"address_norm": normal_address(address), "address_order": order_key(address)}
    return found


def _known(codes: str, text: str) -> bool:
    return codes not in codelists() or all(one in codelists()[codes].items for one in text.split())


def line(data: Mapping[str, str], called: str) -> str:
    """What a file that was joined is found by: its code, its address, its plate."""
    named = [
        data.get("building_code", ""),
        called,
        data.get("address_detail", ""),
        data.get("plate_code", ""),
    ]
    return " ".join(dict.fromkeys(one for one in named if one))


def joined_files(data: Mapping[str, str], other: Mapping[str, str], called: str) -> str:
    """The files that are found under this one once ``other`` is joined to it, one a line."""
    lines = [data.get(JOINED, ""), line(other, called), other.get(JOINED, "")]
    return "\n".join(one for one in lines if one)
