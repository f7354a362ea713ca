"""Desk and places are loaded while somebody types the passphrase, what is left a moment after it."""

from __future__ import annotations

import gc
from collections.abc import Callable
from importlib import import_module

from PySide6.QtCore import QObject, QTimer

from fieldapp.ui.jobs import Job, Jobs

#: The desk with what is seen first.
FIRST = "first"


class Preloading(QObject):
    """Loads in a job, one place after the other, so that the one that somebody opens can come first."""

    def __init__(self, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._first = False
        self._waiting: Callable[[], object] | None = None
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._load)

    def start(self, after_ms: int) -> None:
        """Stop, and go on ``after_ms`` milliseconds later."""
        self.stop()
        self._soon.start(after_ms)

    def stop(self) -> None:
        """Load no further place."""
        self._soon.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def then(self, show: Callable[[], object]) -> None:
        """Call ``show()`` as soon as the desk and what is seen first are loaded, at once if they are."""
        if self._first:
            show()
            return
        self._waiting = show
        if self._job is None:
            self.start(0)

    def _load(self) -> None:
        def load(job: Job) -> None:
            import_module("fieldapp.ui.desk")
            from fieldapp.domain.codelists import codelists
            from fieldapp.domain.register import schema
            from fieldapp.ui.pages import BEHIND, PLACES

            PLACES[0].load()
            codelists()
            job.report(FIRST, 0, 0)
            for place in (*PLACES, *BEHIND):
                for argument in (None, *(shown for shown, _module in place.parts)):
                    job.check()
                    place.load(argument)
            schema("buildings")

        self._job = self._jobs.start(load, done=self._loaded, stepped=self._stepped, what="load")

    def _stepped(self, _step: str, _done: int, _total: int) -> None:
        self._first = True
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting()

    def _loaded(self, _nothing: None) -> None:
        self._job = None
        if not gc.isenabled():  # since the start; what was loaded stays and need not be looked at ever
            gc.freeze()
            gc.enable()
