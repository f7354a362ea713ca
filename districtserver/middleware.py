"""Guards every address before a byte of a body is read.

granian hands Django a chunked body as zero bytes, which would be answered with 200: the length must be said.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from districtserver import problems
from fieldapp.domain.ledger_import.workbook import MAX_BYTES
from fieldapp.sync.protocol import API, BLOB_PART_BYTES, MAX_REQUEST_BYTES

#: Where an office's workbook is uploaded, and what a form puts around a file.
LEDGER_UPLOAD, _AROUND = "/staff/ledgers/upload", 16_384
#: Addresses of people, who get a page.
_PAGES = "/staff/"
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class BodyGuard:
    """Refuses requests without Content-Length (411) and those over the limit of their address (413)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refusal = refused(request)
        if refusal is None:
            return self._get_response(request)
        if not request.path.startswith(_PAGES):
            return problems.answer(refusal)
        told = {"message": refusal.message, "remedy": refusal.kind.remedy}
        with translation.override(settings.LANGUAGE_CODE):
            return render(request, "staff/refused.html", told, status=refusal.kind.status)


def limit_of(path: str) -> int:
    """Bytes that a body for this address may have."""
    if path.startswith(f"{API}/blobs"):
        return BLOB_PART_BYTES
    return MAX_BYTES + _AROUND if path == LEDGER_UPLOAD else MAX_REQUEST_BYTES


def refused(request: HttpRequest) -> problems.Refusal | None:
    """Why the request's body cannot be taken, judged by its headers alone."""
    length = str(request.META.get("CONTENT_LENGTH") or "")
    if "HTTP_TRANSFER_ENCODING" in request.META:
        return problems.Refusal("length_required")
    if not length:
        return problems.Refusal("length_required") if request.method in _WITH_BODY else None
    if not (length.isascii() and length.isdigit()):
        return problems.Refusal("length_required")
    limit = limit_of(request.path)
    return problems.Refusal("too_large", limit=limit) if int(length) > limit else None
