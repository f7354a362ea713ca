"""并档、分档: files of one house joined, a file of two houses parted, either put back as it was.

Every choice stands on the page: which of two facts counts, what goes to the new file, whose a visit is that
came in between. What is not chosen is not done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from districtserver.filing import acts, joining, parting, undoing
from districtserver.filing.between import Between
from districtserver.filing.candidates import Pair, alike, pairs
from districtserver.filing.facts import BOTH, DERIVED, KEEP, OTHER, Difference, groups, whole
from districtserver.models import Entity, Filing, Visit
from districtserver.staff import register_texts
from districtserver.staff.access import may, person, sees_persons
from districtserver.staff.indexing import catch_up
from districtserver.staff.register_texts import BUILDINGS, fact
from fieldapp.errors import UserError
from fieldapp.i18n import explain

#: Pairs and filings of a page.
_MOST = 200
#: What a new file is asked for; all else is copied or moved.
TYPED = ("address_detail", "building_code", "building_name", "plate_code")


@dataclass(frozen=True, slots=True)
class Side:
    """A way a group can be: its value in the form, and its properties in words."""

    value: str
    texts: list[str]
    chosen: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A group about which something is chosen: its field in the form, labels of its properties, its ways."""

    field: str
    labels: list[str]
    sides: list[Side]
    must: bool = True


@require_GET
@may("districtserver.view_entity")
def listed(request: HttpRequest) -> HttpResponse:
    """What was joined and parted, and the files of a street that may be of one house."""
    street = request.GET.get("street", "")
    found = pairs(street) if street else ()
    context = {
        "place": "filings",
        "street": street,
        "streets": register_texts.streets(),
        "pairs": [_pair(one) for one in found[:_MOST]],
        "more": max(0, len(found) - _MOST),
        "filings": [_filing(one) for one in Filing.objects.order_by("-mark")[:_MOST]],
    }
    return render(request, "staff/filings.html", context)


def _pair(pair: Pair) -> dict[str, object]:
    return {
        "one": pair.one.id,
        "other": pair.other.id,
        "houses": [
            (house.values.get("address_detail", ""), house.values.get("building_code", ""))
            for house in (pair.one, pair.other)
        ],
        "whys": [_why(why) for why in pair.whys],
    }


def _why(why: str) -> str:
    return {
        "plate": _("same door plate"),
        "address": _("same address"),
        "distance": _("at most 15 m apart"),
        "owner": _("same owner, same road"),
    }[why]


def _filing(filing: Filing) -> tuple[Filing, list[Entity]]:
    rows = register_texts.labels((filing.building, filing.other))
    return filing, [rows[one] for one in (filing.building, filing.other) if one in rows]


# -- joining ------------------------------------------------------------------------------------------------


@may("staff.file_buildings")
def compared(request: HttpRequest, building_id: str) -> HttpResponse:
    """Two files beside each other, and the form that joins them; without ``other``, who it may be."""
    other = request.POST.get("other") or request.GET.get("other", "").strip()
    if not other:
        row = get_object_or_404(Entity, list=BUILDINGS, id=building_id, deleted=False)
        context = {"place": "filings", "row": row, "pairs": [_pair(one) for one in alike(row)]}
        return render(request, "staff/filing_candidates.html", context)
    if request.method == "POST":
        told = request.POST.dict()
        chosen = _fields(told, "group:")
        shown = _number(told.get("version")), _number(told.get("other_version"))

        def join() -> Filing:
            return joining.join(building_id, other, chosen, _who(request), str(told.get("reason")), shown)

        back = f"{request.path}?{urlencode({'other': other})}"
        return _done(request, join, _("Joined. The laptops get it with their next pull."), back)
    try:
        found = joining.compare(building_id, other)
    except UserError as error:
        messages.error(request, explain(error)[1])
        return redirect("staff:files_compared", building_id)
    context = {
        "place": "filings",
        "found": found,
        "choices": _choices(found.differences, sees_persons(request)),
        "rows": [(one, _belonging(one)) for one in (found.building, found.other)],
    }
    return render(request, "staff/filing_join.html", context)


def _belonging(row: Entity) -> list[tuple[str, int]]:
    """How many rows of each list belong to a building, and how many visits stand in its file."""
    counts: dict[str, int] = {}
    for one, _name in acts.referring_rows(row.id):
        counts[register_texts.title(one.list)] = counts.get(register_texts.title(one.list), 0) + 1
    counts[_("Visits")] = Visit.objects.filter(filed_under=row.id).count()
    return [(title, count) for title, count in counts.items() if count]


def _choices(differences: Iterable[Difference], persons: bool) -> list[Choice]:
    found = []
    for one in differences:
        ways = [(KEEP, one.values[0]), (OTHER, one.values[1])]
        sides = [
            Side(way, _texts(values, persons), one.suggested == way and not one.open) for way, values in ways
        ]
        if one.both:
            sides.append(Side(BOTH, [_("both together")], chosen=False))
        found.append(Choice(f"group:{one.group}", _labels(one.names), sides, one.open))
    return found


def _texts(values: Mapping[str, str], persons: bool) -> list[str]:
    shown = (fact(BUILDINGS, name, value, persons=persons) for name, value in values.items() if value)
    return [one.text for one in shown if one.name not in DERIVED]


def _labels(names: Iterable[str]) -> list[str]:
    return [fact(BUILDINGS, name, "", persons=True).label for name in names if name not in DERIVED]


# -- parting ------------------------------------------------------------------------------------------------


@may("staff.file_buildings")
def parted(request: HttpRequest, building_id: str) -> HttpResponse:
    """A file of two houses, and the form that parts it."""
    row = get_object_or_404(Entity, list=BUILDINGS, id=building_id, deleted=False)
    if request.method == "POST":
        told = request.POST.dict()

        def part() -> Filing:
            new = {name: text for name, text in _fields(told, "new:").items() if text}
            facts = parting.divided(row.data, _fields(told, "group:"), {}, new)
            rows = {_key(name): way for name, way in _fields(told, "row:").items() if way != parting.STAY}
            visits = [UUID(one) for one in _fields(told, "visit:")]
            shown = _number(told.get("version"))
            return parting.part(row.id, facts, rows, visits, _who(request), str(told.get("reason")), shown)

        return _done(request, part, _("Parted. The laptops get it with their next pull."))
    persons = sees_persons(request)
    context = {
        "place": "filings",
        "row": row,
        "asked": [(name, fact(BUILDINGS, name, "", persons=True).label, name == TYPED[0]) for name in TYPED],
        "groups": [
            (group, _labels(names), _texts(whole(row.data, names), persons), group in parting.NAMES)
            for group, names in groups(row.data).items()
            if any(row.data.get(name) for name in names) and _labels(names)
        ],
        "rows": [
            (one, register_texts.title(one.list), name == "buildings")
            for one, name in acts.referring_rows(row.id)
        ],
        "visits": Visit.objects.filter(filed_under=row.id).order_by("-started_at"),
    }
    return render(request, "staff/filing_part.html", context)


# -- undoing ------------------------------------------------------------------------------------------------


@may("staff.file_buildings")
def undone(request: HttpRequest, filing: UUID) -> HttpResponse:
    """What undoing would do with what came in between, and the form that does it. ``visit:`` fields place
    visits, which changes what is suggested for facts."""
    kept = get_object_or_404(Filing, pk=filing)
    told = (request.POST if request.method == "POST" else request.GET).dict()
    if request.method == "POST" and "again" not in told:

        def undo() -> Filing:
            return undoing.undo(
                filing, _said(told), _who(request), str(told.get("reason")), _number(told.get("version"))
            )

        return _done(request, undo, _("Put back. The laptops get it with their next pull."))
    try:
        found = undoing.look(filing, _visits(told))
    except UserError as error:
        messages.error(request, explain(error)[1])
        return redirect("staff:filings")
    persons = sees_persons(request)
    context = {
        "place": "filings",
        "filing": kept,
        "found": found,
        "facts": [_facts(one, found, persons) for one in found.facts],
        "choices": _choices(found.differences, persons),
    }
    return render(request, "staff/filing_undo.html", context)


def _facts(one: Between, found: undoing.Undoing, persons: bool) -> dict[str, object]:
    """A group that was told of in between: its options, and which is suggested for either house."""
    names = {found.building.id: found.building.label, found.other.id: found.other.label}
    options = [
        (place, _texts(option.values, persons), names[option.of], option.who if persons else "", option.at)
        for place, option in enumerate(one.options)
    ]
    return {"group": one.group, "labels": _labels(one.names), "options": options, "suggested": one.suggested}


def _said(told: Mapping[str, object]) -> undoing.Choices:
    mine, others = _fields(told, "mine:"), _fields(told, "others:")
    return undoing.Choices(
        visits=_visits(told),
        rows={_key(name): building for name, building in _fields(told, "row:").items()},
        facts={group: (_number(mine[group]) or 0, _number(others.get(group)) or 0) for group in mine},
        differences=_fields(told, "group:"),
    )


def _visits(told: Mapping[str, object]) -> dict[UUID, str]:
    return {UUID(visit): building for visit, building in _fields(told, "visit:").items()}


# -- forms --------------------------------------------------------------------------------------------------


def _done(request: HttpRequest, act: Callable[[], Filing], said: str, back: str = "") -> HttpResponse:
    """Do it and go to the file that stands, or ``back`` to the form with what is wrong."""
    try:
        filing = act()
    except UserError as error:
        messages.error(request, explain(error)[1])
        return redirect(back or request.get_full_path())
    except ValueError as error:  # an id of a visit that no page of ours has given
        raise Http404 from error
    catch_up()
    messages.success(request, said)
    return redirect("staff:building", filing.building)


def _fields(told: Mapping[str, object], prefix: str) -> dict[str, str]:
    """The fields of a form whose names begin so, without it."""
    return {
        name.removeprefix(prefix): str(text).replace("\0", "").strip()
        for name, text in told.items()
        if name.startswith(prefix)
    }


def _key(name: str) -> tuple[str, str]:
    list_name, _slash, identity = name.partition("/")
    return list_name, identity


def _number(text: object) -> int | None:
    said = str(text or "")
    return int(said) if said.isascii() and said.isdigit() else None


def _who(request: HttpRequest) -> str:
    user = person(request)
    return user.first_name or user.username
