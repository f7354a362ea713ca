"""Photographs come into the form: read and kept in a job, each placed as soon as it is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Signal
from PySide6.QtGui import QImage, QImageWriter

from fieldapp.i18n import _, explain
from fieldapp.services.evidence import Evidence, Kept, Refused
from fieldapp.ui.controls import Thumbnails
from fieldapp.ui.jobs import Job, Jobs
from fieldapp.ui.pages.inspection.answering import Answering
from fieldapp.ui.pages.inspection.shots import (
    KIND,
    PHOTO,
    defect_shots,
    photo_repeat,
    shots_of,
)


class Importing(QObject):
    """One import at a time. ``stepped(done, total)``, ``ended``; ``refused`` tells what was not taken in."""

    stepped = Signal(int, int)
    ended = Signal()

    def __init__(
        self,
        answering: Answering,
        evidence: Evidence,
        thumbnails: Thumbnails,
        jobs: Jobs,
        failed: Callable[[BaseException], object],
    ) -> None:
        super().__init__(answering)
        self._failed = failed
        self._answering, self._evidence = answering, evidence
        self._thumbnails, self._jobs = thumbnails, jobs
        self._job: Job | None = None
        self._queue: list[tuple[str, Sequence[Path | bytes]]] = []
        self._target = ""
        self.refused: list[tuple[str, str]] = []
        self.twice = 0

    @property
    def running(self) -> bool:
        """Whether photographs are being taken in."""
        return self._job is not None

    def cancel(self) -> None:
        """Stop after the photograph that is being read; what is there stays."""
        self._queue = []
        if self._job is not None:
            self._job.cancel()

    def take(self, sources: Sequence[Path | bytes], target: str = "") -> None:
        """Take in files, folders or pictures. ``target`` is the question that the first one answers, or
        ``<repeat>:<kind>`` for what it shows; empty lets it find its place.
        """
        if not sources:
            return
        if self._job is not None:
            self._queue.append((target, sources))
            return
        self._target = target
        self.refused, self.twice = [], 0
        visit, evidence = self._answering.visit.visit_id, self._evidence

        def work(job: Job) -> None:
            total, done = sum(_count(source) for source in sources), 0
            job.report(None, 0, total)
            for source in sources:
                job.check()
                if isinstance(source, bytes):
                    done += 1
                    job.report(evidence.add(visit, source), done, total)
                    continue
                for item in evidence.add_files(visit, [source]):
                    done += 1
                    job.report(item, done, max(total, done))
                    job.check()

        self._job = self._jobs.start(
            work, stepped=self._step, done=lambda _none: self._end(), stopped=self._end, failed=self._fail
        )

    def _step(self, item: object, done: int, total: int) -> None:
        if isinstance(item, Kept):
            self._thumbnails.know({item.photo.sha256: item.photo})
            self._place(item)
        elif isinstance(item, Refused):
            self.refused.append((item.path.name, "".join(explain(item.error)[1:])))
        self.stepped.emit(done, total)

    def _fail(self, error: BaseException) -> None:
        self._end()
        self._failed(error)

    def _end(self) -> None:
        self._job = None
        self.ended.emit()
        if self._queue:
            target, sources = self._queue.pop(0)
            self.take(sources, target)

    # -- places ---------------------------------------------------------------------------------------

    def _place(self, kept: Kept) -> None:
        repeat = photo_repeat(self._answering)
        there = {shot.sha256 for shot in (*shots_of(self._answering, repeat), *defect_shots(self._answering))}
        if kept.photo.sha256 in there:
            self.twice += 1
            return
        target, self._target = self._target, ""
        kind = target.partition(":")[2] if target.startswith(f"{repeat}:") else ""
        path = target if target and not kind and self._answering.has(target) else ""

        def work() -> None:
            form = self._answering.editing.form
            where = path or f"{self._free(repeat)}/{PHOTO}"
            form.attach(where, kept.name, kept.position)
            if kind:
                form.answer(f"{where.rpartition('/')[0]}/{KIND}", kind)

        self._answering.edit(lambda editing: editing.at_once(work))

    def _free(self, repeat: str) -> str:
        empty = (shot.instance for shot in shots_of(self._answering, repeat) if not shot.sha256)
        return next(empty, "") or self._answering.editing.form.add_repeat(repeat)

    def summary(self) -> str:
        """What was not taken in and why, one line a file; empty when all is well."""
        lines = [f"{name}：{why}" for name, why in self.refused]
        if self.twice:
            lines.append(_("{count} were here already.").format(count=self.twice))
        return "\n".join(lines)


def _count(source: Path | bytes) -> int:
    if isinstance(source, bytes) or not source.is_dir():
        return 1
    return sum(one.is_file() for one in source.rglob("*"))


def png_of(image: QImage) -> bytes:
    """A picture from the clipboard as a file. It has no EXIF and is marked 「非原图」."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())
