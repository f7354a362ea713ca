"""Desk and places are loaded while somebody types the passphrase, what is left a moment after it."""

from __future__ import annotations

import gc
from importlib import import_module

from PySide6.QtCore import QObject, QTimer

from fieldapp.ui.jobs import Job, Jobs


class Preloading(QObject):
    """Loads in a job, one place after the other, so that the one that somebody opens can come first."""

    def __init__(self, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
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

    def _load(self) -> None:
        def load(job: Job) -> None:
            import_module("fieldapp.ui.desk")
            from fieldapp.ui.pages import PLACES

            for place in PLACES:
                job.check()
                place.load()

        self._job = self._jobs.start(load, done=self._loaded, what="load")

    def _loaded(self, _nothing: None) -> None:
        if not gc.isenabled():  # since the start; what was loaded stays and need not be looked at ever
            gc.freeze()
            gc.enable()
