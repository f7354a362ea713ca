"""台账导入: an office's workbook uploaded, looked at, taken in; rows that wait decided; a ledger undone."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from districtserver import blobs
from districtserver.ledgers import taking
from districtserver.ledgers.models import Ledger, LedgerRow
from districtserver.models import Entity
from districtserver.staff import register_texts
from districtserver.staff.access import may, person
from districtserver.staff.indexing import catch_up
from districtserver.staff.register_texts import BUILDINGS, fact
from fieldapp.domain.ledger_import.headings import ADDRESS, IDENTITY, IGNORED, POSITION
from fieldapp.domain.ledger_import.reading import Remark
from fieldapp.domain.ledger_import.remarks import remark_of, said
from fieldapp.errors import UserError
from fieldapp.i18n import explain

#: A field of the form that says what a heading means: this and the heading.
_MEANS = "means:"
#: Made from the address, never read from a column.
_DERIVED = frozenset({"address_norm", "address_order"})
#: Remarks shown of a ledger that is looked at, and waiting rows of a page.
_REMARKS, _WAITING = 500, 20


@require_GET
@may("ledgers.add_ledger")
def listed(request: HttpRequest) -> HttpResponse:
    """Ledgers taken in, newest first, and where to upload one."""
    lines = [(one, taking.counts(one)) for one in Ledger.objects.order_by("-taken_at")]
    return render(request, "staff/ledgers.html", {"place": "ledgers", "lines": lines})


@require_POST
@may("ledgers.add_ledger")
def uploaded(request: HttpRequest) -> HttpResponse:
    """Keep the file's bytes under their hash and go to what would become of its rows."""
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("No file was chosen."))
        return redirect("staff:ledgers")
    sha256 = taking.keep(file.read())

    request.session[f"ledger:{sha256}"] = file.name
    return redirect("staff:ledger_looked", sha256)


@may("ledgers.add_ledger")
def looked(request: HttpRequest, sha256: str) -> HttpResponse:
    """What would become of each row; with the form's mapping. ``take`` in the form takes it in."""
    name = request.session.get(f"ledger:{sha256}")
    if name is None or blobs.size_of(sha256) is None:
        raise Http404
    mapping = {
        field.removeprefix(_MEANS): value
        for field, value in request.POST.items()
        if field.startswith(_MEANS) and isinstance(value, str)
    }
    try:
        preview = taking.look(name, blobs.stored_path(sha256).read_bytes(), mapping)
    except UserError as error:
        messages.error(request, " ".join(explain(error)))
        return redirect("staff:ledgers")
    if request.method == "POST" and "take" in request.POST:
        ledger = taking.take(preview, person(request).get_username())
        catch_up()
        if preview.before is not None:
            messages.warning(request, _("This file was taken in before; nothing is changed."))
        return redirect("staff:ledger_rows", ledger.pk)
    remarks = preview.plan.remarks
    context = {
        "place": "ledgers",
        "preview": preview,
        "counts": {state: preview.plan.count(state) for state in ("new", "known", "filled", "pending")},
        "columns": _columns(preview),
        "meanings": _meanings(),
        "remarks": [(one, said(one)) for one in remarks[:_REMARKS]],
        "more": max(len(remarks) - _REMARKS, 0),
    }
    return render(request, "staff/ledger_looked.html", context)


def _columns(preview: taking.Preview) -> dict[str, str]:
    """Every heading once, and what it is taken for."""
    return {
        column.title: column.means
        for sheet in preview.reading.sheets
        if sheet.headings is not None
        for column in sorted(sheet.headings.columns + sheet.headings.unknown, key=lambda one: one.number)
    }


def _meanings() -> list[tuple[str, str]]:
    """What a heading can mean: nothing, a part of the address, both coordinates, or a property."""
    own = [
        (IGNORED, _("not used")),
        (ADDRESS, _("part of the address")),
        (POSITION, _("longitude and latitude")),
        (IDENTITY, _("identity number, not kept")),
    ]
    names = [name for name in register_texts.declared(BUILDINGS) if name not in _DERIVED]
    return own + [(name, fact(BUILDINGS, name, "", persons=True).label) for name in names]


@require_GET
@may("ledgers.add_ledger")
def rows(request: HttpRequest, ledger_id: str) -> HttpResponse:
    """A ledger and its rows that wait, each with its cells, doubts and candidates."""
    ledger = get_object_or_404(Ledger, pk=ledger_id)
    waiting = Paginator(ledger.rows.filter(state="pending").order_by("id"), _WAITING).get_page(
        request.GET.get("page")
    )
    labels = register_texts.labels(one["id"] for row in waiting for one in row.candidates)
    reasons = {
        "plate": _("same plate"),
        "address": _("same address"),
        "owner": _("same owner, same road"),
        "distance": _("within 15 m"),
    }
    lines = [(row, _said(row), _candidates(row, labels, reasons)) for row in waiting]
    context = {
        "place": "ledgers",
        "ledger": ledger,
        "counts": taking.counts(ledger),
        "lines": lines,
        "waiting": waiting,
    }
    return render(request, "staff/ledger_waiting.html", context)


def _said(row: LedgerRow) -> list[tuple[Remark, str]]:
    return [(one, said(one)) for one in map(remark_of, row.remarks)]


def _candidates(
    row: LedgerRow, labels: dict[str, Entity], reasons: dict[str, str]
) -> list[tuple[str, str, str]]:
    """Id, address with code, and why, of each house that the row may mean."""
    return [
        (one["id"], f"{labels[one['id']].label} {one['code']}".strip(), reasons[one["why"]])
        for one in row.candidates
        if one["id"] in labels
    ]


@require_POST
@may("ledgers.add_ledger")
def decided(request: HttpRequest, number: int) -> HttpResponse:
    """A waiting row is a new house, a known one, or left out with a reason."""
    row = get_object_or_404(LedgerRow, pk=number)
    house = request.POST.get("house", "") or request.POST.get("code", "").strip()
    try:
        taking.decide(number, house, person(request).get_username(), request.POST.get("reason", ""))
    except UserError as error:
        messages.error(request, " ".join(explain(error)[:2]))
    catch_up()
    return redirect("staff:ledger_rows", row.ledger_id)


@require_POST
@may("ledgers.add_ledger")
def undone(request: HttpRequest, ledger_id: str) -> HttpResponse:
    """Take a ledger back; what stays is named."""
    ledger = get_object_or_404(Ledger, pk=ledger_id)
    try:
        stay = taking.undo(ledger, person(request).get_username())
    except UserError as error:
        messages.error(request, " ".join(explain(error)[:2]))
        return redirect("staff:ledger_rows", ledger.pk)
    catch_up()
    messages.success(request, _("The ledger is undone."))
    if stay:
        named = "、".join(one.label for one in register_texts.labels(stay).values())
        told = _("These houses stay, because something was built on them: {houses}")
        messages.warning(request, told.format(houses=named))
    return redirect("staff:ledger_rows", ledger.pk)
