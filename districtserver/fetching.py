"""What laptops fetch by its hash: small copies of photographs, originals on demand, published forms.

Only of buildings that are assigned to the laptop now. Every fetch of an original is in the audit log, and
every try for one of others.
"""

from __future__ import annotations

import base64
import re

from django.http import HttpRequest, HttpResponse
from ninja import Router

from districtserver import assignments, audit, blobs, bodies, devices, photographs
from districtserver.models import Device, FormVersion
from districtserver.problems import Refusal
from districtserver.staff import thumbnails
from fieldapp.sync.protocol import (
    BLOB_PART_BYTES,
    MOST_THUMBNAILS,
    Thumbnail,
    ThumbnailsAnswer,
    WantedThumbnails,
    sha256_of,
)

router = Router()
_SHA256 = re.compile(r"[0-9a-f]{64}")
_RANGE = re.compile(r"bytes=([0-9]{1,12})-([0-9]{1,12})")


@router.get("/originals/{sha256}")
def original(request: HttpRequest, sha256: str) -> HttpResponse:
    """A part of an original. Refusals: ``file_missing``, ``file_not_assigned``."""
    device = devices.authorised(request)
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    first, last = (int(asked[1]), int(asked[2])) if asked else (0, -1)
    if not 0 <= last - first < BLOB_PART_BYTES:
        raise Refusal("malformed", problem="Range")
    size = blobs.size_of(_checked(device, sha256))
    if size is None:
        raise Refusal("file_missing")
    if last >= size:
        raise Refusal("malformed", problem="Range")
    audit.append("original_fetched", device, {"sha256": sha256, "first": first, "last": last})
    with blobs.stored_path(sha256).open("rb") as file:
        file.seek(first)
        answer = HttpResponse(
            file.read(last - first + 1), status=206, content_type="application/octet-stream"
        )
    answer["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer["Cache-Control"] = "no-store"
    return answer


@router.post("/thumbnails")
def small_copies(request: HttpRequest) -> HttpResponse:
    """Small copies of several photographs, each answered on its own."""
    device = devices.authorised(request)
    wanted = bodies.message(request, WantedThumbnails).files
    if len(wanted) > MOST_THUMBNAILS:
        raise Refusal("malformed", problem="files too_many")
    found = ThumbnailsAnswer(files=tuple(_small(device, sha256) for sha256 in wanted))
    return HttpResponse(found.model_dump_json(), content_type="application/json")


@router.get("/forms/{sha256}")
def form(request: HttpRequest, sha256: str) -> HttpResponse:
    """The bytes of a published XForm."""
    devices.authorised(request)
    row = FormVersion.objects.filter(sha256=sha256).first()
    if row is None:
        raise Refusal("file_missing")
    return HttpResponse(bytes(row.xform), content_type="application/xml")


def _checked(device: Device, sha256: str) -> str:
    """The hash of a photograph that the laptop may have. Refusals as ``original``; a file that no submission
    names is answered like one that is not here."""
    buildings = photographs.buildings_of(sha256) if _SHA256.fullmatch(sha256) else ()
    if not buildings:
        raise Refusal("file_missing")
    if not assignments.carries(device, buildings):
        audit.append("file_refused", device, {"sha256": sha256})
        raise Refusal("file_not_assigned")
    return sha256


def _small(device: Device, sha256: str) -> Thumbnail:
    try:
        content = thumbnails.thumbnail(_checked(device, sha256)).read_bytes()
    except Refusal as refusal:
        return Thumbnail(sha256=sha256, code=refusal.code)
    except FileNotFoundError:
        return Thumbnail(sha256=sha256, code="file_missing")
    except thumbnails.NotAPictureError:
        return Thumbnail(sha256=sha256, code="file_no_picture")
    return Thumbnail(sha256=sha256, jpeg=base64.b64encode(content).decode(), jpeg_sha256=sha256_of(content))
