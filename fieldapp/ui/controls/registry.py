"""Which control a question gets: looked up by control, type and appearance, the most exact entry first."""

from __future__ import annotations

from typing import Protocol

from fieldapp.errors import BugError
from fieldapp.forms import NodeView
from fieldapp.ui.controls.control import Control, Surroundings
from fieldapp.ui.controls.images import ImageControl
from fieldapp.ui.controls.moments import day_control
from fieldapp.ui.controls.places import PlaceControl
from fieldapp.ui.controls.reading import NoteControl, ReadControl
from fieldapp.ui.controls.selects import select_control
from fieldapp.ui.controls.texts import NumberControl, TextControl

READ = "read"
NOTE = "note"


class Maker(Protocol):
    """Makes the control of a question; ``compact`` within the columns of a card."""

    def __call__(self, node: NodeView, around: Surroundings, *, compact: bool) -> Control: ...


#: (control, type, appearance); an empty entry fits any.
REGISTRY: dict[tuple[str, str, str], Maker] = {
    (READ, "", ""): ReadControl,
    (NOTE, "", ""): NoteControl,
    ("select1", "", ""): select_control,
    ("select1", "", "autocomplete"): ReadControl,
    ("select", "", ""): select_control,
    ("input", "", ""): TextControl,
    ("input", "int", ""): NumberControl,
    ("input", "decimal", ""): NumberControl,
    ("input", "date", ""): day_control,
    ("input", "dateTime", ""): day_control,
    ("input", "geopoint", ""): PlaceControl,
    ("upload", "binary", ""): ImageControl,
}


def maker_for(control: str, kind: str, appearance: str) -> Maker:
    """The maker of the most exact entry. BugError for a control that nobody registered."""
    for look in (appearance.split("(")[0].split(" ")[0], ""):
        for exact in (kind, ""):
            if (control, exact, look) in REGISTRY:
                return REGISTRY[control, exact, look]
    raise BugError("BUG_001", what=f"no control for {control} {kind} {appearance}")


def control_for(node: NodeView, around: Surroundings, *, compact: bool = False) -> Control:
    """The control of a question, showing its present answer."""
    control = node.control
    if node.readonly:
        control = READ if node.calculated or node.value else NOTE
    made = maker_for(control, node.type, node.appearance)(node, around, compact=compact)
    made.show_answer(node)
    return made
