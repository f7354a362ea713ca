"""Drawings on copies of a visit's photographs: each is written in a job, the newest of a picture counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Lock
from uuid import UUID

from fieldapp.errors import FieldappError
from fieldapp.media.annotation import Mark
from fieldapp.services.pictures import Pictures
from fieldapp.ui.jobs import Jobs

Marks = tuple[Mark, ...]


class Drawings:
    """By the SHA-256 of the photograph. ``failed(error)`` is told when the disk does not take one."""

    def __init__(
        self, pictures: Pictures, visit_id: UUID, jobs: Jobs, failed: Callable[[BaseException], object]
    ) -> None:
        self._pictures, self._visit_id, self._jobs, self._failed = pictures, visit_id, jobs, failed
        self._marks: dict[str, Marks] = {}
        self._unsaved: dict[str, Marks] = {}
        self._running: set[str] = set()
        #: One at a time, or an older drawing could be written after the newest.
        self._turn = Lock()

    def of(self, sha256: str) -> Marks:
        """What is drawn on a photograph."""
        return self._marks.get(sha256, ())

    def read(self, then: Callable[[], object]) -> None:
        """Read what the store has; ``then`` it is known."""

        def known(marks: dict[str, Marks]) -> None:
            self._marks = marks | self._marks
            then()

        visit_id, pictures = self._visit_id, self._pictures
        self._jobs.start(lambda _job: dict(pictures.marks(visit_id)), done=known)

    def keep(self, sha256: str, marks: Marks) -> None:
        """Keep a drawing; while one of its photograph is being written, only the newest follows."""
        self._marks[sha256] = self._unsaved[sha256] = marks
        if sha256 not in self._running:
            self._running.add(sha256)
            self._jobs.start(
                lambda _job: self._write(sha256, marks),
                done=lambda _none: self._written(sha256, marks),
                failed=partial(self._lost, sha256),
                what="drawing",
            )

    def kept(self) -> bool:
        """Wait until every drawing is on the disk; if one cannot be, why is told, and False."""
        for sha256, marks in tuple(self._unsaved.items()):
            try:
                self._write(sha256, marks)
            except FieldappError as error:
                self._failed(error)
                return False
            self._unsaved.pop(sha256)
        return True

    def _write(self, sha256: str, marks: Marks) -> None:
        with self._turn:
            self._pictures.annotate(self._visit_id, sha256, marks)

    def _written(self, sha256: str, marks: Marks) -> None:
        self._running.discard(sha256)
        newest = self._unsaved.get(sha256)
        if newest == marks:
            self._unsaved.pop(sha256)
        elif newest is not None:
            self.keep(sha256, newest)

    def _lost(self, sha256: str, error: BaseException) -> None:
        self._running.discard(sha256)
        self._failed(error)
