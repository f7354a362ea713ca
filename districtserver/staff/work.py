"""What takes longer than a page may: done by few threads beside the requests, told page by page.

Work has a key; who asks for the same joins it. It lives in this process: after a restart it is unknown, and
what it had not finished was never done, since each is one transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from threading import RLock
from typing import Any

from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from fieldapp.errors import FieldappError

#: How long a request waits before it shows a page of progress, seconds.
PATIENCE = 0.7
#: Finished work that is remembered, the latest; what was read of a ledger may be large.
_REMEMBERED = 4
#: Hears what is being done, how much of it and of how much (0: nobody knows).
Told = Callable[[str, int, int], None]


@dataclass(slots=True)
class Work:
    """A piece of work: how far it is, and what came of it."""

    key: str
    future: Future[Any] = field(default_factory=Future)
    began: float = field(default_factory=time.monotonic)
    step: str = ""
    done: int = 0
    total: int = 0

    def tell(self, step: str, done: int, total: int) -> None:
        """Called by the work itself."""
        self.step, self.done, self.total = step, done, total

    @property
    def running(self) -> bool:
        """Whether it still waits or works."""
        return not self.future.done()

    @property
    def percent(self) -> int | None:
        """How much of the step is done; None if nobody knows."""
        return min(100, 100 * self.done // self.total) if self.total else None

    @property
    def said(self) -> str:
        """What is being done, in the reader's language."""
        words = {
            "open": _("Opening the file"),
            "read": _("Reading the rows"),
            "plan": _("Comparing with the register"),
            "houses": _("Writing houses"),
            "keep": _("Keeping the rows"),
            "search": _("Making them searchable"),
            "draw": _("Drawing the sheet"),
        }
        return words.get(self.step) or _("Waiting for its turn")

    @property
    def seconds(self) -> int:
        """Since it was asked for."""
        return int(time.monotonic() - self.began)


_lock = RLock()  # work within the request may forget other work
_works: dict[str, Work] = {}


@lru_cache(maxsize=1)
def _threads(count: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count, thread_name_prefix="staff-work")


def found(key: str) -> Work | None:
    """Work that is under way or remembered."""
    return _works.get(key)


def forget(key: str) -> None:
    """Its outcome is known now, or holds no more."""
    with _lock:
        _works.pop(key, None)


def begin(key: str, act: Callable[[Told], Any]) -> Work:
    """Begin ``act``, or join it if it is under way or remembered; after ``PATIENCE`` at most this returns."""
    with _lock:
        work = _works.get(key)
        if work is None:
            ended = [one for one in _works.values() if not one.running]
            for one in ended[: max(len(ended) - _REMEMBERED + 1, 0)]:
                del _works[one.key]
            work = _works[key] = Work(key)
            _start(work, act)
    _wait(work)
    return work


def _start(work: Work, act: Callable[[Told], Any]) -> None:
    if settings.STAFF_WORK_THREADS:

        def apart() -> Any:
            try:
                return act(work.tell)
            finally:
                connections.close_all()

        work.future = _threads(settings.STAFF_WORK_THREADS).submit(apart)
        return
    try:
        work.future.set_result(act(work.tell))
    except FieldappError as error:
        work.future.set_exception(error)


def _wait(work: Work) -> None:
    until = time.monotonic() + PATIENCE
    while work.running and time.monotonic() < until:
        time.sleep(0.02)


def progress(request: HttpRequest, work: Work, title: str, place: str) -> HttpResponse:
    """The page that asks for itself again until the work is done; with HTMX only its part that moves."""
    context = {"work": work, "title": title, "place": place}
    fragment = "HX-Request" in request.headers
    return render(request, "staff/working_part.html" if fragment else "staff/working.html", context)


def moved_on(request: HttpRequest, address: str) -> HttpResponse | None:
    """For a page of progress whose work is done: the browser goes to ``address`` as a whole."""
    if "HX-Request" not in request.headers:
        return None
    return HttpResponse(headers={"HX-Redirect": address})
