"""The ledger of buildings, and the file of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from districtserver import conflicts, redirects
from districtserver.models import Attachment, Entity, EntityVersion
from districtserver.register import IMPORT
from districtserver.staff import register_texts
from districtserver.staff.access import may, sees_persons
from districtserver.staff.indexing import catch_up, pieces
from districtserver.staff.models import SearchEntry, SubmissionIndex
from districtserver.staff.paging import page
from districtserver.staff.register_texts import BUILDINGS, Fact, fact
from fieldapp.domain.codelists import codelists

#: Columns of the ledger beside address and street, properties of the register.
COLUMNS = ("structure_type", "floors_up", "hazard_level", "green_code", "last_inspected")
#: Photographs shown in a file; all of them are reached through their submissions.
PHOTOS = 60


@dataclass(frozen=True, slots=True)
class Change:
    """A version of a row: when, by whom, and what differs from the one before."""

    row: EntityVersion
    who: str
    facts: list[tuple[Fact, str]]


def searched(typed: str, chosen: Mapping[str, str]) -> QuerySet[SearchEntry]:
    """Entries that hold every piece of what was typed, as characters or as initials, and all that was chosen.

    ``lane`` of each is what to sort them by. The index is narrow and read whole, 100,000 rows in some 30 ms;
    read in its order it would take six times as long, hence an order here that no index has.
    """
    rows = SearchEntry.objects.filter(list=BUILDINGS, facets__contains=";deleted=False;")
    narrow = [Q(text__contains=piece) | Q(initials__contains=piece) for piece in pieces(typed)]
    narrow += [Q(facets__contains=f";{name}={value};") for name, value in chosen.items() if value]
    lane = Concat(F("sort"), Value(""), output_field=TextField()) if narrow else F("sort")
    return rows.filter(*narrow).annotate(lane=lane)


@require_GET
@may("districtserver.view_entity")
def listed(request: HttpRequest) -> HttpResponse:
    """The ledger in lane order; with HTMX only its rows."""
    catch_up()
    typed = request.GET.get("q", "").strip()
    filters = _filters()
    chosen = {name: request.GET.get(name, "") for name, _label, _choices in filters}
    shown = page(
        searched(typed, chosen),
        ("lane", "entity_id"),
        lambda row: (row.sort, row.entity_id),
        request.GET.get("after", ""),
    )
    rows = register_texts.labels(entry.entity_id for entry in shown.rows)
    found = [rows[entry.entity_id] for entry in shown.rows if entry.entity_id in rows]
    persons = sees_persons(request)
    context = {
        "lines": [(row, register_texts.street(row.street), _columns(row, persons)) for row in found],
        "after": shown.after,
        "query": urlencode({"q": typed, **{name: value for name, value in chosen.items() if value}}),
        "typed": typed,
        "heads": [fact(BUILDINGS, name, "", persons=True).label for name in COLUMNS],
    }
    if "HX-Request" in request.headers:
        return render(request, "staff/ledger_rows.html", context)
    shown_filters = [(name, label, choices, chosen[name]) for name, label, choices in filters]
    return render(request, "staff/ledger.html", {**context, "filters": shown_filters, "place": "ledger"})


def _columns(row: Entity, persons: bool) -> list[Fact]:
    return [fact(BUILDINGS, name, row.data.get(name, ""), persons=persons) for name in COLUMNS]


def _filters() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Name, label and choices of the properties that the declaration lets lists be narrowed by, if coded."""
    spoken = register_texts.language()
    return [
        (
            one.name,
            one.en if spoken == "en" else one.zh,
            [(item.name, item.label(spoken)) for item in codelists()[one.codes].items.values()],
        )
        for one in register_texts.declared(BUILDINGS).values()
        if one.filter and one.codes in codelists() and one.codes != "community"
    ]


@require_GET
@may("districtserver.view_entity")
def building(request: HttpRequest, building_id: str) -> HttpResponse:
    """The file of a building (一楼一档): facts, versions, submissions, photographs, open conflicts. The id of
    a file that was joined to another leads there."""
    onward = redirects.now(BUILDINGS, building_id)
    if onward != building_id:
        return redirect("staff:building", onward)
    row = Entity.objects.filter(list=BUILDINGS, id=building_id).first()
    if row is None:
        raise Http404
    persons = sees_persons(request)
    works = SubmissionIndex.objects.filter(submission__visit__filed_under=_uuid(building_id)).select_related(
        "submission__form", "submission__device"
    )
    photos = Attachment.objects.filter(
        submission__visit__filed_under=_uuid(building_id), media_type__startswith="image/"
    ).order_by("-submission__received_at", "id")
    return render(
        request,
        "staff/building.html",
        {
            "place": "ledger",
            "row": row,
            "street": register_texts.street(row.street),
            "facts": register_texts.facts(BUILDINGS, row.data, persons=persons),
            "changes": _changes(row, persons),
            "works": works.order_by("-received_at").defer("submission__xml", "submission__form__xform"),
            "photos": photos[:PHOTOS] if request.user.has_perm("districtserver.view_attachment") else (),
            "conflicts": conflicts.open_of(row),
            "filings": redirects.filings(building_id),
            "masked": not persons,
        },
    )


def _uuid(building_id: str) -> UUID:
    """As visits name houses; the id of none for a house that is not named by a uuid."""
    try:
        return UUID(building_id)
    except ValueError:
        return UUID(int=0)


def _told(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Every property that either version knows."""
    return {name: now.get(name) or before.get(name, "") for name in (*now, *before)}


def _changes(row: Entity, persons: bool) -> list[Change]:
    """Versions, newest first, each with the properties that it changed and their values before."""
    versions = list(
        EntityVersion.objects.filter(list=row.list, entity_id=row.id)
        .select_related("submission__index", "submission__device")
        .defer("submission__xml", "submission__manifest")
        .order_by("version")
    )
    before: Mapping[str, str] = {}
    found = []
    for version in versions:
        names = [
            one.name
            for one in register_texts.facts(row.list, _told(before, version.data), persons=True)
            if version.data.get(one.name, "") != before.get(one.name, "")
        ]
        facts = [
            (
                fact(row.list, name, version.data.get(name, ""), persons=persons),
                fact(row.list, name, before.get(name, ""), persons=persons).text,
            )
            for name in names
        ]
        index = getattr(version.submission, "index", None)
        written = _("import") if version.who == IMPORT else version.who
        found.append(Change(version, index.inspector if index else written, facts))
        before = version.data
    return found[::-1]
