"""Values of the register in words, as the lists declare them, personal ones masked as they say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Literal

from fieldapp.domain.codelists import codelists
from fieldapp.domain.register import Property
from fieldapp.i18n import spoken
from fieldapp.store import Store

if TYPE_CHECKING:
    from fieldapp.forms import FormDefinition  # the window starts without the engine

#: Who reads: an inspector on the case (numbers masked), others (names too), or one who gave a reason (all).
Reader = Literal["work", "others", "all"]


def said(
    one: Property, value: str, language: str, labels: Mapping[str, str] | None = None, reader: Reader = "work"
) -> str:
    """A value in words, empty for none: codes by their list, numbers with their unit, references by
    ``labels`` of the rows they name."""
    if one.codes:
        return codelists().text(one.codes, value, language)
    if not value:
        return ""
    if one.to:
        known = labels or {}
        return "、".join(known.get(item, item) for item in value.split())
    if one.unit:
        return f"{value} {one.unit}"
    masks: dict[Reader, Callable[[str], str]] = {"work": one.at_work, "others": one.masked, "all": str}
    return masks[reader](value)


def form_title(form: FormDefinition) -> str:
    """What the form is called in the language that texts are in; a form that no list names, by its title."""
    item = codelists()["form"].items.get(form.form_id)
    return item.en if item is not None and spoken() == "en" else form.title


def labels_of(
    store: Store, properties: Iterable[Property], rows: Iterable[Mapping[str, str]]
) -> dict[str, str]:
    """What the rows are called that these rows refer to, by id; one that is not here is left out."""
    refer = tuple(one for one in properties if one.to)
    found: dict[str, str] = {}
    for values in rows:
        for one in refer:
            for item in values.get(one.name, "").split():
                row = None if item in found else store.register.get(one.to, item)
                if row is not None:
                    found[item] = row.label
    return found
