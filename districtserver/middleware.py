"""Guards every address before a byte of a body is read.

granian hands Django a chunked body as zero bytes, which would be answered with 200: the length must be said.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from districtserver import problems
from fieldapp.sync.protocol import API, BLOB_PART_BYTES, MAX_REQUEST_BYTES

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class BodyGuard:
    """Refuses requests without Content-Length (411) and those over the limit of their address (413)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refusal = refused(request)
        return self._get_response(request) if refusal is None else problems.answer(refusal)


def refused(request: HttpRequest) -> problems.Refusal | None:
    """Why the request's body cannot be taken, judged by its headers alone."""
    length = str(request.META.get("CONTENT_LENGTH") or "")
    if "HTTP_TRANSFER_ENCODING" in request.META:
        return problems.Refusal("length_required")
    if not length:
        return problems.Refusal("length_required") if request.method in _WITH_BODY else None
    if not (length.isascii() and length.isdigit()):
        return problems.Refusal("length_required")
    limit = BLOB_PART_BYTES if request.path.startswith(f"{API}/blobs") else MAX_REQUEST_BYTES
    return problems.Refusal("too_large", limit=limit) if int(length) > limit else None
