"""The register: rows of entity lists, their versions, and the effects that submissions have on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from districtserver import audit, clock, conflicts, feed, redirects, sights, tallies
from districtserver.models import Effect, Entity, EntityVersion, Submission
from districtserver.writing import writing
from fieldapp.domain.conflicts import Standing
from fieldapp.domain.register import schema, share_of
from fieldapp.forms import EntityEffect

#: Who wrote the versions of an import.
IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Imported:
    """Rows of an import: how many are new, changed, and the same as before; of ``joined`` ones the file was
    joined to another, which the import does not bring back."""

    created: int
    updated: int
    unchanged: int
    joined: int = 0


def apply(submission: Submission, effects: Iterable[EntityEffect]) -> tuple[Effect, ...]:
    """Apply a submission's effects in order, or keep them aside if it is held. Inside its transaction.

    An effect whose row or base version has not come waits (``unknown``) and is applied with what brings it.
    The submission is numbered after its rows: a laptop that reads its number has been given them.
    """
    applied = tuple(_effect(submission, position, effect) for position, effect in enumerate(effects))
    for effect in applied:
        if not submission.held:
            _take(effect)
        effect.save(force_insert=True)
    submission.change_no = feed.numbers(1)
    submission.save(update_fields=["change_no"])
    for effect in applied:
        if effect.version is not None:
            arrived(effect.list, (effect.landed or effect.entity_id,))
    return applied


def _effect(submission: Submission, position: int, wanted: EntityEffect) -> Effect:
    return Effect(
        submission=submission,
        position=position,
        list=wanted.list,
        entity_id=wanted.id,
        action=wanted.action,
        base_version=wanted.base_version,
        label=wanted.label,
        values=wanted.values,
        state="held" if submission.held else "unknown",
    )


def arrived(list_name: str, identities: Collection[str]) -> int:
    """Rows are here or have a new version: apply what waited for it, as long as something moves. How many.
    Inside ``writing``; ``apply``, ``write`` and ``import_rows`` do it themselves."""
    done, moved = 0, True
    wanted = {*identities, *redirects.former(list_name, identities)}
    while moved:
        moved = False
        waiting = Effect.objects.filter(list=list_name, state="unknown")
        if len(wanted) == 1:
            waiting = waiting.filter(entity_id=next(iter(wanted)))
        for effect in waiting.select_related("submission__device", "submission__visit").order_by("id"):
            if effect.entity_id in wanted and _take(effect):
                effect.save(update_fields=["state", "version", "landed"])
                Submission.objects.filter(pk=effect.submission_id).update(change_no=feed.numbers(1))
                done, moved = done + 1, True
    return done


def _take(effect: Effect) -> bool:
    """Merge an effect into its row; False if the row or the version it was based on is not here yet."""
    identity = redirects.now(effect.list, effect.entity_id)
    row = Entity.objects.select_for_update().filter(list=effect.list, id=identity).first()
    submission, told = effect.submission, redirects.values(effect.list, effect.values)
    if row is None and effect.action == "create":
        row = Entity(list=effect.list, id=identity, version=0, data={})
        _version(row, effect.label, told, submission=submission, who=submission.device.name)
        effect.state, effect.version = "applied", row.version
        return True
    if row is None or row.deleted:
        return False
    sight = sights.of(effect, row)
    if sight is None:
        return False
    effect.landed = "" if identity == effect.entity_id else identity
    data, against, changed = conflicts.merged(submission, told, row, sight)
    name = label_of(effect.list)
    kept = name not in told or data.get(name, "") == told[name]
    label = effect.label if effect.label and kept else row.label
    _version(row, label, data, submission=submission, who=submission.device.name)
    effect.state, effect.version = "conflict" if against else "applied", row.version
    for one in changed:
        stand(row, one.group, one.standing, who=submission.device.name, submission=submission)
    return True


def stand(
    row: Entity,
    group: str,
    standing: Standing,
    *,
    who: str,
    submission: Submission | None = None,
    decision: str = "",
) -> None:
    """Write the row in which a group's conflict stands; a tombstone once it is open no more. Inside
    ``writing``."""
    kept = conflicts.row_of(row, group)
    data = conflicts.properties_of(kept, row, group, standing, decision)
    _version(kept, row.label, data, submission=submission, who=who, deleted=not standing.open)


def label_of(list_name: str) -> str:
    """The property that names a row of the list; empty for a list that is not declared."""
    try:
        return schema(list_name).label
    except KeyError:
        return ""


def write(
    row: Entity,
    label: str,
    data: dict[str, str],
    *,
    submission: Submission | None = None,
    who: str = "",
    deleted: bool = False,
    follow: bool = True,
) -> None:
    """A new version of a row (``version`` 0: the row is new), with its number in the feed; what waited for
    it follows, unless who writes many rows calls ``arrived`` after the last. Inside ``writing``."""
    _version(row, label, data, submission=submission, who=who, deleted=deleted)
    if follow and arrived(row.list, (row.id,)):
        row.refresh_from_db()


def _version(
    row: Entity,
    label: str,
    data: dict[str, str],
    *,
    submission: Submission | None = None,
    who: str = "",
    deleted: bool = False,
) -> None:
    """A new version of a row, without what waited for it."""
    new, before, out = row.version == 0, row.street, tallies.counted(row)
    row.version += 1
    row.label, row.data, row.deleted = label, data, deleted
    row.street = share_of(row.list, data)
    row.change_no = feed.numbers(1)
    tallies.marked(row)
    row.save(force_insert=new)
    tallies.count(out, tallies.counted(row))
    if not new and before != row.street:
        feed.departed(row, before)
        for kept in conflicts.open_of(row):
            _version(kept, label, {**kept.data, "street": row.street}, who=who)
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
        leading = redirects.leading(list_name)
        joined = 0
        for number, cells in enumerate(rows, 1):
            identity = cells.get("name", "").strip()
            if not identity:
                raise ValueError(f"row {number} has no name")
            data = {key: value for key, value in cells.items() if key not in {"name", "label"} and value}
            label = cells.get("label", "")
            row = known.get(identity)
            if row is None:
                row = Entity(list=list_name, id=identity, version=1, label=label, data=data)
                row.street = share_of(list_name, data)
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
            elif identity in leading:
                joined += 1
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
        arrived(list_name, {row.id for row in entities})
        done = Imported(len(entities), updated, unchanged, joined)
        audit.append(
            "register_imported", None, {"list": list_name, "created": done.created, "updated": updated}
        )
    return done
