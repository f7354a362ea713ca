"""Photographs and other files of submissions: only to who is signed in and may see them."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from districtserver import blobs
from districtserver.models import Attachment
from districtserver.staff.access import may
from districtserver.staff.thumbnails import NotAPictureError, media_type, thumbnail


@require_GET
@may("districtserver.view_attachment")
def small(request: HttpRequest, instance_id: UUID, name: str) -> HttpResponseBase:  # noqa: ARG001 - Django's signature
    """A thumbnail; 404 for what has none."""
    file = get_object_or_404(Attachment, submission=instance_id, name=name)
    try:
        path = thumbnail(file.blob_id)
    except (NotAPictureError, FileNotFoundError) as error:
        raise Http404 from error
    answer = FileResponse(path.open("rb"), content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=86400"
    return answer


@require_GET
@may("districtserver.view_attachment")
def whole(request: HttpRequest, instance_id: UUID, name: str) -> HttpResponseBase:  # noqa: ARG001 - Django's signature
    """The original, unaltered. What is no picture is only ever saved, never opened by the browser."""
    file = get_object_or_404(Attachment, submission=instance_id, name=name)
    path = blobs.stored_path(file.blob_id)
    if not path.exists():
        raise Http404
    with path.open("rb") as start:
        kind = media_type(start.read(16))
    answer = FileResponse(path.open("rb"), as_attachment=not kind, filename=name)
    answer["Content-Type"] = kind or "application/octet-stream"
    answer["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; media-src 'self'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer
