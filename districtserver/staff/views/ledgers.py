"""台账导入: an office's workbook uploaded, looked at, taken in; rows that wait decided; a ledger undone.

Looking, taking in and undoing are ``staff.work``: a page tells how far they are. What was told of a file (its
name, what its headings mean) is kept with the session until it is taken in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from districtserver import blobs
from districtserver.ledgers import taking
from districtserver.ledgers.models import Ledger, LedgerRow
from districtserver.staff import ledger_texts, register_texts, work
from districtserver.staff.access import may, person, sees_persons
from districtserver.staff.indexing import catch_up
from fieldapp.domain.ledger_import.workbook import MAX_BYTES
from fieldapp.errors import UserError
from fieldapp.i18n import explain

#: A field of the form that says what a heading means: this and the heading.
_MEANS = "means:"
#: Remarks shown of a ledger that is looked at, and waiting rows of a page.
_REMARKS, _WAITING = 500, 20
_MEGABYTE = 1_000_000


@require_GET
@may("ledgers.add_ledger")
def listed(request: HttpRequest) -> HttpResponse:
    """Ledgers taken in, newest first, and where to upload one."""
    lines = [(one, taking.counts(one)) for one in Ledger.objects.order_by("-taken_at")]
    limits = {"limit": MAX_BYTES, "megabytes": MAX_BYTES // _MEGABYTE}
    return render(request, "staff/ledgers.html", {"place": "ledgers", "lines": lines, **limits})


@require_POST
@may("ledgers.add_ledger")
def uploaded(request: HttpRequest) -> HttpResponse:
    """Keep the file's bytes under their hash and go to what would become of its rows."""
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("No file was chosen."))
        return redirect("staff:ledgers")
    if (file.size or 0) > MAX_BYTES:
        told = _("The file is larger than {megabytes} MB. Split it by community and take the parts in.")
        messages.error(request, told.format(megabytes=MAX_BYTES // _MEGABYTE))
        return redirect("staff:ledgers")
    sha256 = taking.keep(file.read())
    asked: dict[str, object] = {"name": file.name, "mapping": {}}
    work.forget(_look_key(sha256, asked))
    request.session[f"look:{sha256}"] = asked
    return redirect("staff:ledger_looked", sha256)


@may("ledgers.add_ledger")
def looked(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """What would become of each row; with the form's mapping. ``take`` in the form takes it in."""
    asked = request.session.get(f"look:{sha256}")
    if asked is None or blobs.size_of(sha256) is None:
        raise Http404
    if request.method == "POST":
        before = work.found(_look_key(sha256, asked))
        given = [(field.removeprefix(_MEANS), field) for field in request.POST if field.startswith(_MEANS)]
        asked["mapping"] = {heading: request.POST[field] for heading, field in given}
        request.session[f"look:{sha256}"] = asked
        if "take" in request.POST:
            return _take(request, sha256, asked, before)
        work.forget(_look_key(sha256, asked))
        return redirect("staff:ledger_looked", sha256)
    name, mapping = asked["name"], asked["mapping"]
    content = blobs.stored_path(sha256)
    found = work.begin(
        _look_key(sha256, asked), lambda told: taking.look(name, content.read_bytes(), mapping, told)
    )
    if found.running:
        return work.progress(request, found, name, "ledgers")
    return work.moved_on(request, request.path) or _looked(request, name, content.read_bytes(), found)


def _look_key(sha256: str, asked: Mapping[str, object]) -> str:
    told = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    return f"look:{sha256}:{told}"


def _looked(request: HttpRequest, name: str, content: bytes, found: work.Work) -> HttpResponse:
    try:
        preview: taking.Preview = found.future.result()
    except UserError as error:
        work.forget(found.key)
        if error.code == "LEDGER_003":
            return _unmapped(request, name, content)
        messages.error(request, " ".join(explain(error)))
        return redirect("staff:ledgers")
    remarks = preview.plan.remarks
    persons, known = sees_persons(request), ledger_texts.impersonal(preview.mapping)
    context = {
        "place": "ledgers",
        "name": name,
        "preview": preview,
        "counts": {state: preview.plan.count(state) for state in ("new", "known", "filled", "pending")},
        "columns": ledger_texts.columns(preview.reading, known, persons=persons),
        "meanings": ledger_texts.meanings(),
        "remarks": [(one, ledger_texts.words(one, known, persons=persons)) for one in remarks[:_REMARKS]],
        "more": max(len(remarks) - _REMARKS, 0),
    }
    return render(request, "staff/ledger_looked.html", context)


def _unmapped(request: HttpRequest, name: str, content: bytes) -> HttpResponse:
    """No heading says where a house is: the likely ones are shown, for the person to say."""
    headings = taking.unmapped(name, content)
    if not headings:
        messages.error(request, " ".join(explain(UserError("LEDGER_003"))))
        return redirect("staff:ledgers")
    context = {
        "place": "ledgers",
        "name": name,
        "columns": ledger_texts.unmapped(headings),
        "meanings": ledger_texts.meanings(),
    }
    return render(request, "staff/ledger_looked.html", context)


def _take(
    request: HttpRequest, sha256: str, asked: Mapping[str, object], looked_at: work.Work | None
) -> HttpResponseBase:
    """Begin to take a file in, as it was read when it was looked at if nothing is meant otherwise since."""
    who, name, mapping = person(request).get_username(), str(asked["name"]), asked["mapping"]
    assert isinstance(mapping, dict)

    def act(told: work.Told) -> tuple[str, bool]:
        preview = _as_looked_at(looked_at, mapping)
        if preview is None:
            preview = taking.look(name, blobs.stored_path(sha256).read_bytes(), mapping, told)
        known = Ledger.objects.filter(blob_id=sha256, state="taken").exists()
        ledger = taking.take(preview, who, told)
        catch_up(lambda done: told("search", done, 0))
        if looked_at is not None:
            work.forget(looked_at.key)  # all its rows are in memory
        return str(ledger.pk), known

    work.begin(f"take:{sha256}", act)
    return taken(request, sha256)


def _as_looked_at(looked_at: work.Work | None, mapping: dict[str, str]) -> taking.Preview | None:
    """What was read, with the mapping that the form tells; None if that means something else."""
    if looked_at is None or looked_at.running or looked_at.future.exception() is not None:
        return None
    preview: taking.Preview = looked_at.future.result()
    if any(mapping.get(title, means) != means for title, means in preview.meanings.items()):
        return None
    return replace(preview, mapping=mapping)


@may("ledgers.add_ledger")
def taken(request: HttpRequest, sha256: str) -> HttpResponse:
    """How far a file is taken in; then to its rows."""
    found = work.found(f"take:{sha256}")
    if found is None:
        return redirect("staff:ledgers")
    here = reverse("staff:ledger_taken", args=[sha256])
    if found.running:
        if request.method == "POST":
            return redirect(here)
        return work.progress(request, found, _("Taking in"), "ledgers")
    moved = work.moved_on(request, here)
    if moved is not None:
        return moved
    work.forget(found.key)
    try:
        ledger_id, before = found.future.result()
    except UserError as error:
        messages.error(request, " ".join(explain(error)))
        return redirect("staff:ledgers")
    if before:
        messages.warning(request, _("This file was taken in before; nothing is changed."))
    return redirect("staff:ledger_rows", ledger_id)


@require_GET
@may("ledgers.add_ledger")
def rows(request: HttpRequest, ledger_id: str) -> HttpResponse:
    """A ledger and its rows that wait, each with its cells, doubts and candidates."""
    ledger = get_object_or_404(Ledger, pk=ledger_id)
    waiting = Paginator(ledger.rows.filter(state="pending").order_by("id"), _WAITING).get_page(
        request.GET.get("page")
    )
    labels = register_texts.labels(one["id"] for row in waiting for one in row.candidates)
    persons, known = sees_persons(request), ledger_texts.impersonal(ledger.mapping)
    lines = [
        (
            row,
            ledger_texts.cells(row, known, persons=persons),
            ledger_texts.doubts(row, known, persons=persons),
            ledger_texts.candidates(row, labels),
        )
        for row in waiting
    ]
    context = {
        "place": "ledgers",
        "ledger": ledger,
        "counts": taking.counts(ledger),
        "lines": lines,
        "waiting": waiting,
    }
    return render(request, "staff/ledger_waiting.html", context)


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


@may("ledgers.add_ledger")
def undone(request: HttpRequest, ledger_id: str) -> HttpResponse:
    """Take a ledger back (POST); how far that is; then to its rows, with what stays."""
    ledger = get_object_or_404(Ledger, pk=ledger_id)
    key, who = f"undo:{ledger_id}", person(request).get_username()

    def act(told: work.Told) -> tuple[str, ...]:
        stay = taking.undo(ledger, who, told)
        catch_up(lambda done: told("search", done, 0))
        return stay

    found = work.begin(key, act) if request.method == "POST" else work.found(key)
    if found is None:
        return redirect("staff:ledger_rows", ledger.pk)
    if found.running:
        if request.method == "POST":
            return redirect("staff:ledger_undone", ledger.pk)
        return work.progress(request, found, _("Undoing"), "ledgers")
    return work.moved_on(request, request.path) or _undone(request, ledger, found)


def _undone(request: HttpRequest, ledger: Ledger, found: work.Work) -> HttpResponse:
    work.forget(found.key)
    try:
        stay = found.future.result()
    except UserError as error:
        messages.error(request, " ".join(explain(error)[:2]))
        return redirect("staff:ledger_rows", ledger.pk)
    messages.success(request, _("The ledger is undone."))
    if stay:
        named = "、".join(one.label for one in register_texts.labels(stay[:_WAITING]).values())
        told = _("{count} houses stay, because something was built on them: {houses}")
        more = "…" if len(stay) > _WAITING else ""
        messages.warning(request, told.format(count=len(stay), houses=named + more))
    return redirect("staff:ledger_rows", ledger.pk)
