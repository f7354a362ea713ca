"""The register: rows of entity lists, their versions, and the effects that submissions have on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from districtserver import audit, clock, feed, tallies
from districtserver.models import Effect, Entity, EntityVersion, Submission
from districtserver.writing import writing
from fieldapp.forms import EntityEffect

#: Who wrote the versions of an import.
IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Imported:
    """Rows of an import: how many are new, changed, and the same as before."""

    created: int
    updated: int
    unchanged: int


def apply(submission: Submission, effects: Iterable[EntityEffect]) -> tuple[Effect, ...]:
    """Apply a submission's effects in order, or keep them aside if it is held. Inside its transaction.

    The submission is numbered after its rows: a laptop that reads its number has been given them.
    """
    applied = tuple(_apply(submission, position, effect) for position, effect in enumerate(effects))
    submission.change_no = feed.numbers(1)
    submission.save(update_fields=["change_no"])
    return applied


def _apply(submission: Submission, position: int, wanted: EntityEffect) -> Effect:
    effect = Effect(
        submission=submission,
        position=position,
        list=wanted.list,
        entity_id=wanted.id,
        action=wanted.action,
        base_version=wanted.base_version,
        label=wanted.label,
        values=wanted.values,
    )
    row = Entity.objects.select_for_update().filter(list=wanted.list, id=wanted.id).first()
    effect.state = _state(submission, wanted, row)
    if effect.state == "applied":
        data = {**(row.data if row else {}), **wanted.values}
        row = row or Entity(list=wanted.list, id=wanted.id, version=0)
        write(row, wanted.label or row.label, data, submission=submission, who=submission.device.name)
        effect.version = row.version
    effect.save(force_insert=True)
    return effect


def _state(submission: Submission, wanted: EntityEffect, row: Entity | None) -> str:
    if submission.held:
        return "held"
    if wanted.action == "create":
        return "applied" if row is None else "conflict"
    if row is None or row.deleted:
        return "unknown"
    return "conflict" if _overlaps(wanted, row) else "applied"


def _overlaps(wanted: EntityEffect, row: Entity) -> bool:
    """Whether a property of ``wanted`` was changed to another value since the version it was based on."""
    if wanted.base_version == str(row.version):
        return False
    base = None
    if wanted.base_version.isdigit():
        base = EntityVersion.objects.filter(
            list=row.list, entity_id=row.id, version=int(wanted.base_version)
        ).first()
    before: Mapping[str, str] = base.data if base else {}
    return any(
        row.data.get(name, "") not in (before.get(name, ""), value) for name, value in wanted.values.items()
    )


def write(
    row: Entity,
    label: str,
    data: dict[str, str],
    *,
    submission: Submission | None = None,
    who: str = "",
    deleted: bool = False,
) -> None:
    """A new version of a row (``version`` 0: the row is new), with its number in the feed. Inside
    ``writing``."""
    new, before, out = row.version == 0, row.street, tallies.counted(row)
    row.version += 1
    row.label, row.data, row.deleted = label, data, deleted
    row.street = data.get("street", "")
    row.change_no = feed.numbers(1)
    tallies.marked(row)
    row.save(force_insert=new)
    tallies.count(out, tallies.counted(row))
    if not new and before != row.street:
        feed.departed(row, before)
    EntityVersion.objects.create(
        list=row.list,
        entity_id=row.id,
        version=row.version,
        label=label,
        data=data,
        submission=submission,
        who=who,
        deleted=deleted,
        at=clock.now(),
    )


def import_rows(list_name: str, rows: Iterable[Mapping[str, str]]) -> Imported:
    """Import rows with at least ``name`` (the id); the same rows again change nothing. One transaction.

    ValueError names the row (counted from 1) that has no ``name``.
    """
    with writing():
        known = {row.id: row for row in Entity.objects.filter(list=list_name)}
        now, entities, versions, updated, unchanged = clock.now(), [], [], 0, 0
        for number, cells in enumerate(rows, 1):
            identity = cells.get("name", "").strip()
            if not identity:
                raise ValueError(f"row {number} has no name")
            data = {key: value for key, value in cells.items() if key not in {"name", "label"} and value}
            label = cells.get("label", "")
            row = known.get(identity)
            if row is None:
                row = Entity(list=list_name, id=identity, version=1, label=label, data=data)
                row.street = data.get("street", "")
                known[identity] = row
                entities.append(row)
                versions.append(
                    EntityVersion(
                        list=list_name,
                        entity_id=identity,
                        version=1,
                        label=label,
                        data=data,
                        who=IMPORT,
                        at=now,
                    )
                )
            elif row.data == data and row.label == label:
                unchanged += 1
            elif row in entities:
                raise ValueError(f"row {number} repeats a name with other content")
            else:
                write(row, label, data, who=IMPORT)
                updated += 1
        first = feed.numbers(len(entities)) - len(entities) + 1
        for number, row in enumerate(entities, first):
            row.change_no = number
            tallies.marked(row)
        Entity.objects.bulk_create(entities, batch_size=500)
        tallies.count((), (one for row in entities for one in tallies.counted(row)))
        EntityVersion.objects.bulk_create(versions, batch_size=500)
        done = Imported(len(entities), updated, unchanged)
        audit.append(
            "register_imported", None, {"list": list_name, "created": done.created, "updated": updated}
        )
    return done
