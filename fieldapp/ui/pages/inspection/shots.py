"""The photographs of a form, wherever they are answered, and which are wanted."""

from __future__ import annotations

from dataclasses import dataclass

from fieldapp.domain.codelists import codelists
from fieldapp.ui.pages.inspection.answering import Answering

#: Kinds that an inspection wants of the house itself, and the question that says why there is none.
WANTED = {"front": "photo_front_why", "plate": "photo_plate_why", "side": "photo_side_why"}
PHOTO, KIND, NOTE = "photo", "photo_kind", "photo_note"


@dataclass(frozen=True, slots=True)
class Shot:
    """A photograph at its place in the form, or a place that wants one (``sha256`` empty).

    ``path`` is the question's; ``kind`` a name of ``photo_kind``; ``words`` what it shows in the form's
    language; ``instance`` the repeat's instance around it, ``defect`` the number of its defect or 0.
    """

    path: str
    sha256: str
    kind: str
    words: str
    instance: str
    defect: int = 0


def photo_repeat(answering: Answering) -> str:
    """The repeat with the photographs of the visit, empty if the form has none."""
    parts = (part for section in answering.sections for part in section.parts)
    return next((part.path for part in parts if part.kind == "photos"), "")


def shots_of(answering: Answering, repeat: str) -> tuple[Shot, ...]:
    """The photographs of a repeat, in order; instances without one too."""
    found = []
    for instance in answering.editing.instances(repeat):
        beside = {node.name: node for node in instance.children}
        if PHOTO not in beside:
            continue
        kind = beside[KIND].value if KIND in beside else ""
        words = beside[KIND].text if KIND in beside else ""
        picture = beside[PHOTO]
        found.append(Shot(picture.path, picture.value.partition(".")[0], kind, words, instance.path))
    return tuple(found)


def defect_shots(answering: Answering) -> tuple[Shot, ...]:
    """The photographs of defects, also those that are wanted and missing."""
    found: list[Shot] = []
    for node in answering.session.root.leaves:
        if node.type != "binary" or node.name == PHOTO or not node.relevant:
            continue
        instance = node.path.rpartition("/")[0]
        number = instance.rpartition("[")[2].rstrip("]")
        defect = int(number) if number.isdigit() else 0
        named = node.name.replace("d_photo", "defect")
        words = f"{answering.node(instance).label} {defect}·{node.label}" if defect else node.label
        found.append(Shot(node.path, node.value.partition(".")[0], named, words, instance, defect))
    return tuple(found)


def wanted_kinds(answering: Answering) -> tuple[tuple[str, str], ...]:
    """Kinds of which the form wants a photograph now, with their words: those whose reason may be asked, and
    those that have a place.
    """
    definition = answering.session.definition
    asked = {path.rpartition("/")[2] for path in definition.nodes}
    relevant = {
        kind for kind, why in WANTED.items() if why in asked and _relevant_or_placed(answering, kind, why)
    }
    return tuple(
        (kind, codelists().label("photo_kind", kind, answering.language))
        for kind in WANTED
        if kind in relevant
    )


def _relevant_or_placed(answering: Answering, kind: str, why: str) -> bool:
    path = next(path for path in answering.session.definition.nodes if path.endswith(f"/{why}"))
    node = answering.node(path)
    if node.relevant:
        return not node.value or kind != "side"
    return kind in {shot.kind for shot in shots_of(answering, photo_repeat(answering))}


def reason_path(answering: Answering, kind: str) -> str:
    """The question that says why there is no photograph of a kind, empty for none."""
    why = WANTED.get(kind, "")
    return next((path for path in answering.session.definition.nodes if why and path.endswith(f"/{why}")), "")
