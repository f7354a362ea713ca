"""Entities: what a submission creates or changes in a register's lists (ODK entities 2024.1, 2025.1)."""

from __future__ import annotations

from dataclasses import dataclass, field

from fieldapp.forms.definition import NodeDefinition
from fieldapp.forms.instance import LiveNode


@dataclass(frozen=True, slots=True)
class EntityEffect:
    """One effect: ``action`` is ``create`` or ``update`` on ``list``, item ``id``.

    ``base_version`` is the version of the row that the answers were based on (empty if unknown);
    ``values`` maps properties to the texts to be saved; properties of irrelevant questions are left out.
    """

    list: str
    id: str
    action: str
    base_version: str
    label: str = ""
    values: dict[str, str] = field(default_factory=dict)


def effects_of(root: LiveNode) -> tuple[EntityEffect, ...]:
    """The effects of an instance in document order; entities without an id or an action give none."""
    found: list[EntityEffect] = []
    for node in root.walk():
        if node.relevant and node.definition.is_meta("entity") and _attribute(node, "dataset"):
            effect = _effect(node)
            if effect is not None:
                found.append(effect)
    return tuple(found)


def _attribute(node: LiveNode, name: str) -> str:
    return next((a.string_value for a in node.attributes if a.name == name), "")


def _effect(entity: LiveNode) -> EntityEffect | None:
    create = _attribute(entity, "create") in {"1", "true", "true()"}
    update = _attribute(entity, "update") in {"1", "true", "true()"}
    identity = _attribute(entity, "id")
    if not identity or not (create or update):
        return None
    container = entity.parent.parent if entity.parent is not None else None
    assert isinstance(container, LiveNode)
    label = next((child.string_value for child in entity.elements if child.name == "label"), "")
    return EntityEffect(
        list=_attribute(entity, "dataset"),
        id=identity.removeprefix("uuid:"),
        action="update" if update and not create else "create",
        base_version=_attribute(entity, "baseVersion"),
        label=label,
        values=_saved(container),
    )


def _saved(container: LiveNode) -> dict[str, str]:
    values: dict[str, str] = {}
    pending = [container]
    while pending:
        node = pending.pop(0)
        for child in node.elements:
            bind = child.definition.bind
            if not child.relevant or _declares(child.definition):
                continue
            if bind.save_to:
                values[bind.save_to] = child.string_value
            pending.append(child)
    return values


def _declares(definition: NodeDefinition) -> bool:
    """Whether a container declares an entity of its own: its answers belong to that one."""
    return any(
        child.name == "meta" and any(below.name == "entity" for below in child.children)
        for child in definition.children
    )
