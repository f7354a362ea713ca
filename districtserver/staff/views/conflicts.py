"""Open conflicts (两处填写不一致，待核定): what a submission wanted of a row that had changed since.

Both values are kept and shown, with who and when. Deciding between them belongs on the page of one conflict.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from districtserver.models import Effect, Entity, EntityVersion
from districtserver.staff import register_texts
from districtserver.staff.access import may, sees_persons
from districtserver.staff.paging import page
from districtserver.staff.register_texts import Fact, fact


@dataclass(frozen=True, slots=True)
class Difference:
    """A property that both sides told otherwise: the submission's value and the register's."""

    told: Fact
    kept: Fact


@require_GET
@may("districtserver.view_entity")
def listed(request: HttpRequest) -> HttpResponse:
    """All open ones, newest first."""
    rows = Effect.objects.filter(state="conflict").select_related(
        "submission__index", "submission__form", "submission__device"
    )
    rows = rows.defer("submission__xml", "submission__manifest", "submission__form__xform")
    shown = page(
        rows,
        ("submission__received_at", "id"),
        lambda row: (row.submission.received_at.isoformat(), str(row.pk)),
        request.GET.get("after", ""),
        newest_first=True,
    )
    kept = register_texts.labels(effect.entity_id for effect in shown.rows)
    persons = sees_persons(request)
    lines = [
        (effect, kept.get(effect.entity_id), differences(effect, kept.get(effect.entity_id), persons=persons))
        for effect in shown.rows
    ]
    context = {"lines": lines, "after": shown.after, "place": "conflicts"}
    rows_only = "HX-Request" in request.headers
    return render(request, "staff/conflict_rows.html" if rows_only else "staff/conflicts.html", context)


def differences(effect: Effect, row: Entity | None, *, persons: bool) -> list[Difference]:
    """The properties of an effect that the register has with another value now."""
    values = row.data if row else {}
    return [
        Difference(
            fact(effect.list, name, value, persons=persons),
            fact(effect.list, name, values.get(name, ""), persons=persons),
        )
        for name, value in effect.values.items()
        if values.get(name, "") != value
    ]


@require_GET
@may("districtserver.view_entity")
def one(request: HttpRequest, number: int) -> HttpResponse:
    """Both sides of a conflict beside each other."""
    effects = Effect.objects.filter(pk=number, state="conflict").select_related(
        "submission__index", "submission__form", "submission__device"
    )
    effect = effects.first()
    if effect is None:
        raise Http404
    row = Entity.objects.filter(list=effect.list, id=effect.entity_id).first()
    newest = (
        EntityVersion.objects.filter(list=effect.list, entity_id=effect.entity_id)
        .select_related("submission__index", "submission__device")
        .order_by("-version")
        .first()
    )
    return render(
        request,
        "staff/conflict.html",
        {
            "place": "conflicts",
            "effect": effect,
            "row": row,
            "newest": newest,
            "differences": differences(effect, row, persons=sees_persons(request)),
            "same": len(effect.values) - len(differences(effect, row, persons=True)),
        },
    )
