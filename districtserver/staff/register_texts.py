"""The register in words: labels of properties and values, by the declarations of the lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language

from districtserver.models import Entity
from fieldapp.domain.codelists import codelists
from fieldapp.domain.masks import masked
from fieldapp.domain.register import Property, schema

BUILDINGS = "buildings"
#: Made from the address for comparing and sorting; not for people.
_FOR_MACHINES = frozenset({"address_norm", "address_order"})


@dataclass(frozen=True, slots=True)
class Fact:
    """A property of a row: its label and value as shown."""

    name: str
    label: str
    text: str


def language() -> str:
    """``zh`` or ``en``, as forms and code lists name it."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def declared(list_name: str) -> Mapping[str, Property]:
    """The properties of a list; none for a list that is not declared."""
    try:
        return schema(list_name).properties
    except KeyError:
        return {}


def fact(list_name: str, name: str, value: str, *, persons: bool) -> Fact:
    """One property in the current language. A name or code that is not known is shown as it is."""
    known = declared(list_name).get(name)
    if known is None:
        return Fact(name, name, value)
    spoken = language()
    text = value
    if known.codes and known.codes in codelists():
        text = codelists().text(known.codes, value, spoken)
    elif known.personal and not persons:
        text = masked(value)
    return Fact(name, known.en if spoken == "en" else known.zh, text)


def facts(list_name: str, values: Mapping[str, str], *, persons: bool) -> list[Fact]:
    """All properties that have a value, in the order of the declaration, unknown ones last."""
    order = {name: place for place, name in enumerate(declared(list_name))}
    names = sorted(values, key=lambda name: (order.get(name, len(order)), name))
    shown = [name for name in names if values[name] and name not in _FOR_MACHINES]
    return [fact(list_name, name, values[name], persons=persons) for name in shown]


def title(list_name: str) -> str:
    """What the rows of a list are."""
    try:
        declaration = schema(list_name)
    except KeyError:
        return list_name
    return declaration.en if language() == "en" else declaration.zh


def street(name: str) -> str:
    """The name of a street office."""
    return codelists().label("street", name, language()) if name else ""


def streets() -> list[tuple[str, str]]:
    """Code and name of all street offices."""
    return [(item.name, item.label(language())) for item in codelists()["street"].items.values()]


def labels(building_ids: Iterable[str]) -> dict[str, Entity]:
    """The rows of buildings by id."""
    wanted = {one for one in building_ids if one}
    return {row.id: row for row in Entity.objects.filter(list=BUILDINGS, id__in=wanted)}
