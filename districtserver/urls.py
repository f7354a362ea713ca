"""Addresses: the API under its version, the staff pages, the administration.

Unknown addresses and failures answer a page to browsers, a Problem to everyone else.
"""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.generic import RedirectView

from districtserver import problems
from districtserver.api import api
from fieldapp.sync.protocol import API

urlpatterns = [
    path("api/v1/", api.urls),
    path("", RedirectView.as_view(pattern_name="staff:submissions")),
    path("staff/", include("districtserver.staff.urls")),
    path("admin/", admin.site.urls),
]


def _browser(request: HttpRequest) -> bool:
    return "text/html" in request.headers.get("Accept", "") and not request.path.startswith(API)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Django's ``handler404``."""
    if not _browser(request):
        return problems.answer(problems.Refusal("not_found"))
    return render(request, "staff/not_found.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Django's ``handler500``; the traceback is in the log. The page needs neither session nor database."""
    if not _browser(request):
        return problems.answer(problems.Refusal("server_failed"))
    return render(request, "staff/failed.html", status=500)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Django's ``handler403``: signed in, but not for this."""
    return render(request, "staff/forbidden.html", status=403)


handler403 = forbidden
handler404 = not_found
handler500 = failed
