"""A person decides a conflict: one side, the other, or a new value, with a reason. The decision is a version
of the row of its own, audited; it stays (``merge``)."""

from __future__ import annotations

import json
from dataclasses import replace

from django.contrib.auth.models import User
from django.db.models import Q

from districtserver import audit, clock, conflicts, feed, register
from districtserver.models import Effect, Entity, Submission
from districtserver.writing import writing
from fieldapp.domain.conflicts import CONFLICTS, Side, Standing, Values


class NotOpenError(Exception):
    """The conflict was decided, the sides came to agree, or it has changed since it was shown."""


def decide(conflict: str, shown: int, values: Values, by: User, reason: str) -> int:
    """Let ``values`` count for the whole group; the row's new version. ``shown``: the version of the
    conflict's row that the person had before them.

    NotOpenError; ValueError without a reason, or if ``values`` are not the properties of the group.
    """
    if not reason.strip():
        raise ValueError("a decision needs a reason")
    with writing():
        kept = Entity.objects.select_for_update().filter(list=CONFLICTS, id=conflict).first()
        if kept is None or kept.deleted or kept.version != shown:
            raise NotOpenError(conflict)
        standing = Standing.from_text(kept.data["standing"])
        if values.keys() != standing.base.keys():
            raise ValueError(f"a decision is of {sorted(standing.base)}")
        row = Entity.objects.select_for_update().get(list=kept.data["of_list"], id=kept.data["of_row"])
        data = {name: text for name, text in {**row.data, **values}.items() if text or name in row.data}
        name = register.label_of(row.list)
        who = by.first_name or by.username
        register.write(row, values.get(name) or row.label, data, who=who)
        decided = row.version
        close(row, kept, who, reason)
        audit.append(
            "conflict_decided",
            None,
            {"conflict": conflict, "list": row.list, "row": row.id, "version": decided, "user": by.pk},
        )
    return decided


def close(row: Entity, kept: Entity, who: str, reason: str) -> None:
    """The conflict in ``kept`` is decided as the row has the group now. Inside ``writing``."""
    standing, group = Standing.from_text(kept.data["standing"]), kept.data["merge_group"]
    values, at = {name: row.data.get(name, "") for name in standing.base}, clock.now().isoformat()
    closed = replace(
        standing,
        sides=(Side(values, who, at, "", row.version),),
        settled=_with(standing.settled, [*(side.values for side in standing.sides), values]),
        decided=row.version,
    )
    decision = json.dumps({"who": who, "at": at, "reason": reason.strip()}, ensure_ascii=False)
    register.stand(row, group, closed, who=who, decision=decision)
    if not conflicts.open_of(row):
        _tell(row)


def _with(settled: tuple[Values, ...], more: list[Values]) -> tuple[Values, ...]:
    return (
        *settled,
        *(one for place, one in enumerate(more) if one not in settled and one not in more[:place]),
    )


def _tell(row: Entity) -> None:
    """The laptops hear that nothing of their records stands against another any more."""
    spoken = Q(entity_id=row.id, landed="") | Q(landed=row.id)
    found = Effect.objects.filter(spoken, list=row.list, state="conflict")
    submissions = set(found.values_list("submission_id", flat=True))
    found.update(state="decided")
    for identity in sorted(submissions):
        Submission.objects.filter(pk=identity).update(change_no=feed.numbers(1))
