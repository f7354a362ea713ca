"""The sheet of a submission (归档本) as PDF: drawn when first asked for."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from districtserver import paper
from districtserver.models import Submission
from districtserver.staff import work
from districtserver.staff.access import may, sees_persons
from fieldapp.errors import FieldappError
from fieldapp.i18n import explain

#: Nothing but the browser's own reader of PDFs, which needs its styles.
_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@require_GET
@may("districtserver.view_attachment")
def sheet(request: HttpRequest, instance_id: UUID) -> HttpResponseBase:
    """The PDF, or how far its drawing is; only for who may see persons. 404 for a form without a sheet."""
    if not sees_persons(request):
        raise PermissionDenied
    submission = get_object_or_404(Submission.objects.select_related("form", "visit"), pk=instance_id)
    if not paper.printable(submission):
        raise Http404
    file = paper.kept(submission)
    if not file.exists():
        found = work.begin(f"sheet:{instance_id}", lambda told: paper.draw(instance_id, told))
        if found.running:
            return work.progress(request, found, _("Sheet (PDF)"), "submissions")
        work.forget(found.key)
        try:
            file = found.future.result()
        except FieldappError as error:
            messages.error(request, " ".join(explain(error)))
            back = redirect("staff:submission", instance_id)
            return work.moved_on(request, back["Location"]) or back
    moved = work.moved_on(request, request.path)
    if moved is not None:
        return moved
    answer = FileResponse(file.open("rb"), content_type="application/pdf", filename=f"{instance_id}.pdf")
    answer["Content-Security-Policy"] = _POLICY
    answer["Cache-Control"] = "private, no-store"
    return answer
