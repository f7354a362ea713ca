"""Letting a held submission into the register."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import User

from districtserver import audit, clock, register
from districtserver.models import Effect, Submission
from districtserver.staff.models import Release
from districtserver.writing import writing
from fieldapp.forms import EntityEffect


class NotHeldError(Exception):
    """The submission is not held, or a correction has replaced it: there is nothing to release."""


def release(instance_id: UUID, by: User, reason: str) -> tuple[Effect, ...]:
    """Apply the effects that a held submission was kept from having; one audited transaction.

    Its flags stay, and so does its receipt. Effects whose base has changed since become conflicts.
    NotHeldError if it is not held or no longer the current version; ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("a release needs a reason")
    with writing():
        submission = Submission.objects.select_for_update().get(pk=instance_id)
        if not submission.held or submission.superseded_by_id is not None:
            raise NotHeldError(str(instance_id))
        held = submission.effects.filter(state="held").order_by("position")
        wanted = [
            EntityEffect(row.list, row.entity_id, row.action, row.base_version, row.label, row.values)
            for row in held
        ]
        held.delete()  # each is written again below, with what became of it
        submission.held = False
        submission.save(update_fields=["held"])
        effects = register.apply(submission, wanted)
        Release.objects.create(submission=submission, by=by, at=clock.now(), reason=reason.strip())
        states = [effect.state for effect in effects]
        audit.append(
            "submission_released",
            submission.device,
            {"instance_id": str(instance_id), "user": by.pk, "effects": states},
        )
    return effects
