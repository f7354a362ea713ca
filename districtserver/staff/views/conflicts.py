"""Open conflicts (两处填写不一致，待核定): a group of a row that two told without knowing of each other.

Every side is kept and shown, with who and when. A person decides for one of them or tells new values, with a
reason; what was decided is a version of the row of its own and stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from districtserver.deciding import NotOpenError, decide
from districtserver.models import Entity
from districtserver.staff import register_texts
from districtserver.staff.access import may, person, sees_persons
from districtserver.staff.indexing import catch_up
from districtserver.staff.paging import page
from districtserver.staff.register_texts import BUILDINGS, fact
from fieldapp.domain.codelists import codelists
from fieldapp.domain.conflicts import CONFLICTS, Side, Standing, Values
from fieldapp.domain.masks import masked

#: Fields of the form that hold new values: this and the property's name.
_NEW = "new:"


@dataclass(frozen=True, slots=True)
class Line:
    """A property of the group: what each side says of it, and how a new value is asked."""

    name: str
    label: str
    texts: tuple[str, ...]
    differ: bool
    value: str
    choices: tuple[tuple[str, str], ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Column:
    """A side: who told it and when, by which submission, and whether it counts for now."""

    who: str
    at: datetime | None
    submission: str
    counts: bool


@require_GET
@may("districtserver.view_entity")
def listed(request: HttpRequest) -> HttpResponse:
    """All open ones, newest first; of one row with ``row``."""
    rows = Entity.objects.filter(list=CONFLICTS, deleted=False)
    wanted = request.GET.get("row", "")
    if wanted:
        rows = rows.filter(data__of_row=wanted)
    shown = page(
        rows,
        ("change_no", "id"),
        lambda row: (str(row.change_no), row.id),
        request.GET.get("after", ""),
        newest_first=True,
    )
    lines = []
    for row in shown.rows:
        told, standing = row.data["of_list"], Standing.from_text(row.data["standing"])
        people = [_name(request, side) for side in standing.sides]
        lines.append((row, register_texts.title(told), _differing(told, standing), people))
    context = {"lines": lines, "after": shown.after, "row": wanted, "place": "conflicts"}
    rows_only = "HX-Request" in request.headers
    return render(request, "staff/conflict_rows.html" if rows_only else "staff/conflicts.html", context)


def _differing(list_name: str, standing: Standing) -> list[str]:
    """Labels of the properties that the sides tell differently."""
    names = (name for name in standing.base if _differs(standing, name))
    return [fact(list_name, name, "", persons=True).label for name in names]


def _differs(standing: Standing, name: str) -> bool:
    return len({side.values.get(name, "") for side in standing.sides}) > 1


def _name(request: HttpRequest, side: Side) -> str:
    return side.who if sees_persons(request) else masked(side.who)


@require_GET
@may("districtserver.view_entity")
def one(request: HttpRequest, conflict: UUID) -> HttpResponse:
    """The sides of a conflict beside each other, and the form that decides it."""
    kept = get_object_or_404(Entity, list=CONFLICTS, id=str(conflict))
    if kept.deleted:
        messages.info(request, _("Nothing is left to decide there."))
        return redirect("staff:conflicts")
    row = Entity.objects.get(list=kept.data["of_list"], id=kept.data["of_row"])
    standing = Standing.from_text(kept.data["standing"])
    now = {name: row.data.get(name, "") for name in standing.base}
    context = {
        "place": "conflicts",
        "conflict": kept,
        "row": row,
        "title": register_texts.title(row.list),
        "building": row.id if row.list == BUILDINGS else "",
        "columns": [_column(request, side, now) for side in standing.sides],
        "lines": [_line(row.list, name, standing, now, sees_persons(request)) for name in standing.base],
        "may_decide": request.user.has_perm("staff.decide_conflict") and sees_persons(request),
    }
    return render(request, "staff/conflict.html", context)


def _column(request: HttpRequest, side: Side, now: Values) -> Column:
    at = datetime.fromisoformat(side.at) if side.at else None
    return Column(_name(request, side), at, side.submission, side.values == now)


def _line(list_name: str, name: str, standing: Standing, now: Values, persons: bool) -> Line:
    known = register_texts.declared(list_name).get(name)
    coded = known is not None and known.type == "code" and known.codes in codelists()
    spoken = register_texts.language()
    return Line(
        name,
        fact(list_name, name, "", persons=persons).label,
        tuple(
            fact(list_name, name, side.values.get(name, ""), persons=persons).text for side in standing.sides
        ),
        _differs(standing, name),
        now[name] if persons or known is None or not known.personal else "",
        tuple((item.name, item.label(spoken)) for item in codelists()[known.codes].items.values())
        if known is not None and coded
        else (),
        "date" if known is not None and known.type == "date" else "text",
    )


@require_POST
@may("staff.decide_conflict")
def decided(request: HttpRequest, conflict: UUID) -> HttpResponse:
    """One side, or new values, count from now on; back to the list, or to the conflict with what is wrong."""
    kept = get_object_or_404(Entity, list=CONFLICTS, id=str(conflict))
    standing = Standing.from_text(kept.data["standing"])
    reason = request.POST.get("reason", "").replace("\0", "").strip()
    values = _chosen(standing, request.POST.get("side", ""), request.POST.dict())
    wrong = _wrong(kept.data["of_list"], standing, values) if values is not None else ()
    if not reason or values is None or wrong:
        if values is None:
            messages.error(request, _("Not decided: choose a side, or new values."))
        elif wrong:
            told = _("Not decided: these values cannot be right: {names}")
            messages.error(request, told.format(names="、".join(wrong)))
        else:
            messages.error(request, _("Not decided: say why."))
        return redirect("staff:conflict", conflict=conflict)
    shown = request.POST.get("version", "")
    try:
        decide(
            kept.id, int(shown) if shown.isascii() and shown.isdigit() else 0, values, person(request), reason
        )
    except NotOpenError:
        messages.error(request, _("Not decided: it has changed since it was shown. Look at it again."))
        return redirect("staff:conflict", conflict=conflict)
    catch_up()
    messages.success(request, _("Decided. The laptops get it with their next pull."))
    return redirect("staff:conflicts")


def _chosen(standing: Standing, side: str, told: Mapping[str, object]) -> Values | None:
    """The group's values as the form has them; None if nothing was chosen."""
    if side == "new":
        return {name: str(told.get(_NEW + name, "")).replace("\0", "").strip() for name in standing.base}
    if side.isascii() and side.isdigit() and int(side) < len(standing.sides):
        return dict(standing.sides[int(side)].values)
    return None


def _wrong(list_name: str, standing: Standing, values: Values) -> list[str]:
    """Labels of the values that no side told and that their property cannot hold."""
    found = []
    for name, value in values.items():
        known = register_texts.declared(list_name).get(name)
        if known is None or any(side.values.get(name, "") == value for side in standing.sides):
            continue
        listed_codes = codelists()[known.codes].items if known.codes in codelists() else None
        if not known.fits(value) or (
            listed_codes is not None and any(code not in listed_codes for code in value.split())
        ):
            found.append(fact(list_name, name, "", persons=True).label)
    return found
