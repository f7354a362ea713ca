"""Conflicts of register rows: merging an effect group by group, and the rows in which open ones stand.

A conflict is a row of the list ``conflicts`` (its id follows from list, row and group), so it is versioned,
pulled, compared and restored like every other row; one that was decided is a tombstone that still knows what
was decided.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from districtserver import clock
from districtserver.merge import merge
from districtserver.models import Entity, EntityVersion, Submission
from districtserver.sights import Sight
from fieldapp.domain.conflicts import CONFLICTS, Side, Standing, Values, conflict_id, groups_of


@dataclass(frozen=True, slots=True)
class Changed:
    """A group whose conflict is to be written: new, joined, or come to agree."""

    group: str
    standing: Standing


def merged(
    submission: Submission, wanted: Values, row: Entity, sight: Sight
) -> tuple[Values, bool, list[Changed]]:
    """The row's data with what a submission wants of it merged in, whether any of that stands against
    another side, and the conflicts to be written."""
    data: Values = dict(row.data)
    against, changed = False, []
    for group, names in groups_of(row.list, wanted).items():
        # Under own effects alone, what was not answered is as the register has it.
        rest = {} if sight.known else {name: row.data.get(name, "") for name in names}
        rest = {name: text for name, text in rest.items() if name not in wanted}
        view, base, now = (
            {name: rest.get(name, "") or values.get(name, "") for name in names}
            for values in (sight.view, sight.base, row.data)
        )
        told = view | {name: wanted[name] for name in names if name in wanted}
        standing = standing_of(row.list, row.id, group)
        plain = told == view or (now == base and standing is None)
        found = merge(
            row.list,
            view,
            base,
            side_of(submission, told, row.version + 1),
            Side(now, "", "", "", row.version) if plain else _holder(row, now, standing),
            standing,
            sight.seen,
        )
        data |= {name: text for name, text in found.values.items() if text or name in data}
        # An answer that was emptied on purpose: the row keeps that it is empty.
        data |= {name: "" for name in names if wanted.get(name) == "" and found.values[name] == ""}
        against |= found.against
        if found.standing is not None and found.standing != standing:
            changed.append(Changed(group, found.standing))
    return data, against, changed


def side_of(submission: Submission, values: Values, version: int) -> Side:
    """What a submission tells of a group: who by the team of its visit, when by its finalizing."""
    manifest = json.loads(submission.manifest)
    team = "、".join(one["name"] for one in manifest["visit"]["team"])
    return Side(values, team or submission.device.name, manifest["finalized_at"], str(submission.pk), version)


def _holder(row: Entity, now: Values, standing: Standing | None) -> Side:
    """Who wrote the group as the row has it: the oldest version of the last run that has these values."""
    if standing is not None and len(standing.sides) == 1 and standing.sides[0].values == now:
        return standing.sides[0]
    found: EntityVersion | None = None
    for one in (
        EntityVersion.objects.filter(list=row.list, entity_id=row.id)
        .select_related("submission__device")
        .order_by("-version")
        .iterator(chunk_size=50)
    ):
        if any(one.data.get(name, "") != value for name, value in now.items()):
            break
        found = one
    if found is None:
        return Side(now, "", "", "", row.version)
    if found.submission is not None:
        return side_of(found.submission, now, found.version)
    return Side(now, found.who, found.at.isoformat(), "", found.version)


def standing_of(list_name: str, identity: str, group: str) -> Standing | None:
    """The conflict of a group, open or decided; None if there never was one."""
    row = Entity.objects.filter(list=CONFLICTS, id=conflict_id(list_name, identity, group)).first()
    return None if row is None else Standing.from_text(row.data["standing"])


def row_of(row: Entity, group: str) -> Entity:
    """The row a group's conflict stands in, new (version 0) if there never was one."""
    identity = conflict_id(row.list, row.id, group)
    found = Entity.objects.select_for_update().filter(list=CONFLICTS, id=identity).first()
    return found or Entity(list=CONFLICTS, id=identity, version=0, data={})


def properties_of(kept: Entity, row: Entity, group: str, standing: Standing, decision: str = "") -> Values:
    """The properties of a conflict's row."""
    opened = kept.data.get("opened_at", "") if kept.version and not kept.deleted else ""
    return {
        "street": row.street,
        "of_list": row.list,
        "of_row": row.id,
        "row_label": row.label,
        "merge_group": group,
        "opened_at": opened or clock.now().isoformat(),
        "standing": standing.to_text(),
        "decision": decision,
    }


def open_of(row: Entity) -> list[Entity]:
    """The rows of a row's open conflicts."""
    groups = groups_of(row.list, row.data)
    wanted = [conflict_id(row.list, row.id, group) for group in groups]
    return list(Entity.objects.filter(list=CONFLICTS, deleted=False, id__in=wanted).order_by("id"))
