"""Submissions: the list with its filters, one of them with everything that belongs to it, its release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from districtserver import paper
from districtserver.models import Device, Entity, FormVersion, Submission
from districtserver.staff import answers, flags, register_texts
from districtserver.staff.access import may, person, sees_persons
from districtserver.staff.models import SubmissionIndex
from districtserver.staff.paging import page
from districtserver.staff.releasing import NotHeldError, release

#: What a list can be narrowed by: the names of its fields.
FILTERS = ("street", "form", "flag", "state", "since", "until", "device", "inspector")


@dataclass(frozen=True, slots=True)
class Line:
    """A submission as the list shows it."""

    row: SubmissionIndex
    building: Entity | None
    street: str
    flags: list[str]


@require_GET
@may("districtserver.view_submission")
def listed(request: HttpRequest) -> HttpResponse:
    """The list, newest first; with HTMX only its rows."""
    asked = {name: request.GET.get(name, "").strip() for name in FILTERS}
    rows = narrowed(asked).select_related("submission__form", "submission__device")
    rows = rows.defer("submission__xml", "submission__manifest", "submission__form__xform")
    shown = page(
        rows,
        ("received_at", "submission_id"),
        lambda row: (row.received_at.isoformat(), str(row.pk)),
        request.GET.get("after", ""),
        newest_first=True,
    )
    buildings = register_texts.labels(row.building for row in shown.rows)
    lines = [_line(row, buildings.get(row.building)) for row in shown.rows]
    context = {"lines": lines, "after": shown.after, "asked": asked, "query": _query(asked)}
    if "HX-Request" in request.headers:
        return render(request, "staff/submission_rows.html", context)
    return render(request, "staff/submissions.html", {**context, **_choices(), "place": "submissions"})


def narrowed(asked: Mapping[str, str]) -> QuerySet[SubmissionIndex]:
    """Index rows that fit what was asked; a day or an id that is none fits nothing."""
    rows = SubmissionIndex.objects.all()
    if asked["street"]:
        there = Entity.objects.filter(list=register_texts.BUILDINGS, street=asked["street"])
        rows = rows.filter(building__in=there.values("id"))
    if asked["form"]:
        rows = rows.filter(form_id=asked["form"])
    if asked["flag"]:
        rows = rows.filter(flags__contains=f";{asked['flag']};")
    if asked["inspector"]:
        rows = rows.filter(inspector__icontains=asked["inspector"])
    if asked["state"] in _STATES:
        rows = rows.filter(_STATES[asked["state"]])
    try:
        if asked["device"]:
            rows = rows.filter(submission__device=UUID(asked["device"]))
        if asked["since"]:
            rows = rows.filter(day__gte=date.fromisoformat(asked["since"]))
        if asked["until"]:
            rows = rows.filter(day__lte=date.fromisoformat(asked["until"]))
    except ValueError:
        return rows.none()
    return rows


_STATES = {
    "held": Q(submission__held=True, submission__superseded_by=None),
    "flagged": ~Q(flags=""),
    "released": Q(submission__release__isnull=False),
    "superseded": Q(submission__superseded_by__isnull=False),
}


def _line(row: SubmissionIndex, building: Entity | None) -> Line:
    kinds = [kind for kind in row.flags.split(";") if kind]
    street = register_texts.street(building.street) if building else ""
    return Line(row, building, street, [flags.title(kind) for kind in kinds])


def _query(asked: Mapping[str, str]) -> str:
    return urlencode({name: value for name, value in asked.items() if value})


def _choices() -> dict[str, object]:
    forms = FormVersion.objects.order_by("form_id", "published_at").values_list("form_id", "title")
    return {
        "streets": register_texts.streets(),
        "forms": sorted(dict(forms).items()),
        "flag_kinds": [(kind, flags.title(kind)) for kind in flags.WORDS],
        "devices": [
            (str(key), name) for key, name in Device.objects.order_by("name").values_list("id", "name")
        ],
        "states": [
            ("held", _("Held, waiting for a person")),
            ("flagged", _("Flagged")),
            ("released", _("Released")),
            ("superseded", _("Replaced by a correction")),
        ],
    }


def _found(instance_id: UUID) -> Submission:
    rows = Submission.objects.select_related(
        "form", "device", "visit", "index", "superseded_by", "release__by"
    )
    return get_object_or_404(rows, pk=instance_id)


@require_GET
@may("districtserver.view_submission")
def one(request: HttpRequest, instance_id: UUID) -> HttpResponse:
    """Everything about one submission."""
    return render(request, "staff/submission.html", _everything(request, _found(instance_id)))


def _everything(request: HttpRequest, submission: Submission) -> dict[str, object]:
    persons = sees_persons(request)
    session = answers.opened(submission, register_texts.language())
    index = submission.index
    building = register_texts.labels([index.building]).get(index.building)
    names = dict(answers.photo_labels(session)) if session else {}
    files = submission.attachments.select_related("blob").order_by("id")
    return {
        "place": "submissions",
        "submission": submission,
        "index": index,
        "release": getattr(submission, "release", None),
        "building": building,
        "street": register_texts.street(building.street) if building else "",
        "sections": answers.sections(session, persons=persons) if session else None,
        "flags": flags.explained(submission.flags, session),
        "files": [(file, names.get(file.name, "")) for file in files],
        "effects": _effects(submission, persons),
        "versions": Submission.objects.filter(record_id=submission.record_id)
        .order_by("version", "received_at")
        .defer("xml"),
        "may_release": submission.held
        and submission.superseded_by is None
        and person(request).has_perm("staff.add_release"),
        "masked": not persons,
        "printable": paper.printable(submission),
    }


def _effects(submission: Submission, persons: bool) -> list[dict[str, object]]:
    """The changes wanted of the register, each with the row's name, the kind of row and what it sets."""
    effects = list(submission.effects.order_by("position"))
    rows = register_texts.labels(effect.entity_id for effect in effects if effect.list == "buildings")
    return [
        {
            "row": effect,
            "label": effect.label or getattr(rows.get(effect.entity_id), "label", ""),
            "kind": register_texts.title(effect.list),
            "facts": register_texts.facts(effect.list, effect.values, persons=persons),
        }
        for effect in effects
    ]


@require_GET
@may("districtserver.view_submission")
def original(request: HttpRequest, instance_id: UUID) -> HttpResponse:
    """The instance XML byte by byte, as a file; only for who may see persons."""
    if not sees_persons(request):
        raise PermissionDenied
    submission = _found(instance_id)
    answer = HttpResponse(bytes(submission.xml), content_type="application/xml")
    answer["Content-Disposition"] = f'attachment; filename="{instance_id}.xml"'
    return answer


@require_POST
@may("staff.add_release")
def released(request: HttpRequest, instance_id: UUID) -> HttpResponse:
    """Let a held submission into the register, with a reason; back to it with what happened."""
    _found(instance_id)
    reason = request.POST.get("reason", "").replace("\0", "").strip()
    if not reason:
        messages.error(request, _("Not released: say why it may count."))
        return redirect("staff:submission", instance_id=instance_id)
    try:
        effects = release(instance_id, person(request), reason)
    except NotHeldError:
        messages.error(request, _("Not released: it is no longer held, or a correction has replaced it."))
    else:
        applied = sum(effect.state == "applied" for effect in effects)
        text = _("Released. {applied} of {all} changes are in the register now.")
        messages.success(request, text.format(applied=applied, all=len(effects)))
    return redirect("staff:submission", instance_id=instance_id)
