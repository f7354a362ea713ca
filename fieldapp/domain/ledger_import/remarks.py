"""Remarks as they are kept with a row, and as they are said to a person."""

from __future__ import annotations

from collections.abc import Mapping

from fieldapp.domain.ledger_import.reading import LIST, Remark
from fieldapp.domain.register import schema
from fieldapp.errors import Phrase
from fieldapp.i18n import spoken, worded


def kept_remark(remark: Remark) -> dict[str, object]:
    """A remark for keeping as JSON; ``remark_of`` reads it back."""
    return {
        "sheet": remark.sheet,
        "cell": remark.cell,
        "column": remark.column,
        "kind": remark.kind,
        "text": remark.said.text,
        "slots": {name: str(slot) for name, slot in remark.said.slots.items()},
    }


def remark_of(kept: Mapping[str, object]) -> Remark:
    """A remark as it was kept with its row."""
    slots = kept["slots"]
    assert isinstance(slots, dict)
    said = Phrase(str(kept["text"]), **slots)
    return Remark(str(kept["sheet"]), str(kept["cell"]), str(kept["column"]), str(kept["kind"]), said)


def said(remark: Remark) -> str:
    """What a remark says, in the user's language, properties by their title."""
    titles = schema(LIST).properties
    slots = {
        name: (titles[str(slot)].en if spoken() == "en" else titles[str(slot)].zh)
        if name in {"list", "fact"} and str(slot) in titles
        else slot
        for name, slot in remark.said.slots.items()
    }
    return worded(Phrase(remark.said.text, **slots))
