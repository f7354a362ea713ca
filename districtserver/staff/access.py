"""Who may see what."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def may(permission: str) -> Callable[[View[P]], View[P]]:
    """A page for users with ``permission``: strangers are asked to sign in, others are told no (403)."""

    def guarded(view: View[P]) -> View[P]:
        @wraps(view)
        def called(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                if "HX-Request" in request.headers:  # a fragment cannot hold the page to sign in at
                    return HttpResponse(status=401, headers={"HX-Refresh": "true"})
                return redirect_to_login(request.get_full_path())
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return called

    return guarded


def person(request: HttpRequest) -> User:
    """The user behind a request that ``may`` has let through."""
    assert isinstance(request.user, User)
    return request.user


def sees_persons(request: HttpRequest) -> bool:
    """Whether names and numbers of persons are shown in full."""
    return person(request).has_perm("staff.view_personal")
