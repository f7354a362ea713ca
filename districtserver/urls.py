"""Addresses: the API under its version, nothing else yet. Unknown addresses and failures answer a Problem."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from districtserver import problems
from districtserver.api import api

urlpatterns = [path("api/v1/", api.urls)]


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Django's ``handler404``."""
    return problems.answer(problems.Refusal("not_found"))


def failed(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Django's ``handler500``; the traceback is in the log."""
    return problems.answer(problems.Refusal("server_failed"))


handler404 = not_found
handler500 = failed
