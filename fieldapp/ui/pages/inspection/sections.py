"""How a form is laid out: sections in the outline, and what stands in each, in order.

A section is a group at the top of the form. Three things are arranged for reading: defects stand below the
check item they belong to, photographs are tiles, and a fact's correction stands at the fact.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from fieldapp.domain.codelists import codelists
from fieldapp.forms import FormDefinition, FormSession, NodeDefinition, NodeView
from fieldapp.ui.controls.wording import unnumbered

#: The question of a repeat that names the check item an instance belongs to.
ITEM = "d_item"
#: Which facts are corrected, and the beginning of the questions for their new values.
FIX, NEW = "fix_facts", "new_"
#: Lists that give check items their short names.
_SHORT = ("check_item", "patrol_item")
#: Between what is looked at and what for, in the label of a check item.
_ASKS = "有无"
#: A name of so many characters has room in the outline.
_BRIEF = 7
PartKind = Literal["question", "cards", "photos", "facts"]


@dataclass(frozen=True, slots=True)
class Part:
    """Something in a section. ``path`` is that of a question, a repeat, or the group with the facts;
    ``item`` names the check item whose defects the cards are, empty for those that belong to none here.
    """

    kind: PartKind
    path: str
    item: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the outline. ``groups`` are the paths whose answers it counts."""

    path: str
    groups: tuple[str, ...]
    parts: tuple[Part, ...]

    def holds(self, path: str) -> bool:
        """Whether a question stands here, as far as its path tells."""
        return any(path.startswith((f"{group}/", f"{group}[")) for group in self.groups)


def sections_of(definition: FormDefinition) -> tuple[Section, ...]:
    """The sections of a form, in its order."""
    groups = [
        node for node in definition.root.children if node.kind != "leaf" and any(_asked(node, repeats=True))
    ]
    placed = _placed_repeat(definition)
    fixes = next((node for node in groups if _child(node, FIX)), None)
    facts = next((node for node in groups if fixes is not None and _has_facts(node, fixes)), None)
    found = []
    for group in groups:
        if group is fixes and facts is not None:
            continue
        paths = (group.path,) if group is not facts or fixes is None else (group.path, fixes.path)
        if group is facts and fixes is not None:
            parts = [Part("facts", group.path), *_questions(fixes)]
        else:
            parts = list(_parts(group, placed))
        if placed is not None and any(part.item for part in parts):
            paths = (*paths, placed.path.rpartition("/")[0])
        found.append(Section(group.path, paths, tuple(parts)))
    return tuple(found)


def section_of(session: FormSession, sections: Iterable[Section], path: str) -> Section | None:
    """Where a question is shown: a defect's stands with its check item."""
    for section in sections:
        for part in section.parts:
            inside = path.startswith(f"{part.path}[")
            if part.kind == "cards" and inside and part.item == placed_at(session, sections, path):
                return section
            if part.kind == "photos" and inside:
                return section
            if part.kind == "question" and part.path == path:
                return section
            if part.kind == "facts" and section.holds(path):
                return section
    return None


def placed_at(session: FormSession, sections: Iterable[Section], path: str) -> str:
    """The check item on the page below which the instance around ``path`` stands; empty for none."""
    instance = path[: path.index("]") + 1] if "]" in path else path
    item = item_of(session, instance)
    return item if any(part.item == item for one in sections for part in one.parts if item) else ""


def _parts(group: NodeDefinition, placed: NodeDefinition | None) -> Iterable[Part]:
    if group.kind == "repeat":
        yield Part("cards", group.path)
        return
    items = _known_items() if placed is not None else frozenset()
    for node in group.children:
        if node.kind == "repeat":
            yield Part("photos" if _child(node, "photo_kind") else "cards", node.path)
        elif node.kind == "group":
            yield from _parts(node, placed)
        elif node.control is not None:
            yield Part("question", node.path)
            if placed is not None and node.name in items:
                yield Part("cards", placed.path, node.name)


def _questions(fixes: NodeDefinition) -> list[Part]:
    return [
        Part("question", node.path)
        for node in fixes.children
        if node.control is not None and node.name != FIX and not node.name.startswith(NEW)
    ]


def _asked(node: NodeDefinition, *, repeats: bool) -> Iterable[NodeDefinition]:
    for child in node.children:
        if child.kind == "leaf":
            if child.control is not None:
                yield child
        elif repeats or child.kind == "group":
            yield from _asked(child, repeats=repeats)


def _child(node: NodeDefinition, name: str) -> NodeDefinition | None:
    return next((child for child in node.children if child.name == name), None)


def _has_facts(node: NodeDefinition, fixes: NodeDefinition) -> bool:
    names = {child.name.removeprefix(NEW) for child in fixes.children if child.name.startswith(NEW)}
    return any(child.name in names for child in node.children)


def _placed_repeat(definition: FormDefinition) -> NodeDefinition | None:
    return next(
        (node for node in definition.nodes.values() if node.kind == "repeat" and _child(node, ITEM)), None
    )


def _known_items() -> frozenset[str]:
    lists = codelists()
    return frozenset(name for one in _SHORT for name in lists[one].items)


def short_label(node: NodeView, language: str) -> str:
    """A question's name for the outline: the check item's short one, else its label without number."""
    for one in _SHORT:
        if node.name in codelists()[one].items:
            return codelists().label(one, node.name, language)
    return unnumbered(node.label)


def brief_label(node: NodeView, language: str) -> str:
    """A question's name where there is room for few characters: what is looked at, not what for."""
    name = short_label(node, language)
    thing, asks, _rest = unnumbered(node.label).partition(_ASKS)
    return thing if asks and thing and len(name) > _BRIEF else name


def item_of(session: FormSession, instance: str) -> str:
    """Which check item an instance of a repeat belongs to, empty if it says none."""
    beside = session.node(instance).children
    return next((node.value for node in beside if node.name == ITEM), "")


@dataclass(frozen=True, slots=True)
class Completeness:
    """How far a section is: answers given that stand, of those that are wanted or given."""

    done: int
    total: int

    @property
    def state(self) -> Literal["open", "half", "done"]:
        """``open``, ``half`` or ``done``."""
        if self.done >= self.total:
            return "done"
        return "half" if self.done else "open"


def completeness(session: FormSession, section: Section, wrong: frozenset[str]) -> Completeness:
    """Of the answers beneath the section's groups; ``wrong`` are the paths with a violation."""
    done = total = 0
    pending = [node for node in session.root.children if node.path.partition("[")[0] in section.groups]
    while pending:
        node = pending.pop()
        if not node.relevant:
            continue
        pending.extend(node.children)
        if node.kind != "question" or node.readonly:
            continue
        given = bool(node.value)
        if given or node.path in wrong:
            total += 1
            done += given and node.path not in wrong
    return Completeness(done, total)
