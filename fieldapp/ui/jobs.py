"""Work off the GUI thread: the only crossing of threads in the window.

``jobs.start(work, done=…)`` runs ``work(job)`` in a small pool; its result, its error and its steps come back
by queued signals and are told in the GUI thread. ``work`` touches no widget.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot

#: Runs of HTTP, photographs, PDF: as many at once. The writer of the store is a thread of its own.
WORKERS = 3
Result = TypeVar("Result")


class Stopped(Exception):  # noqa: N818 - not a failure: somebody wanted it
    """Raised in a job's work by ``check`` once it was cancelled."""


class Job(QObject):
    """One piece of work. ``report`` and ``check`` are for the work itself, ``cancel`` for everybody."""

    stepped = Signal(object, int, int)
    ended = Signal(object, object)

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what
        self._stop = Event()
        self._on_cancel: Callable[[], object] | None = None

    @property
    def cancelled(self) -> bool:
        """Whether somebody wants it to stop."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask it to stop; what is done stays done. From any thread."""
        self._stop.set()
        if self._on_cancel is not None:
            self._on_cancel()

    def on_cancel(self, stop: Callable[[], object]) -> None:
        """What else breaks the work off at once (``Syncing.cancel``)."""
        self._on_cancel = stop

    def check(self) -> None:
        """Raises Stopped once the job was cancelled."""
        if self.cancelled:
            raise Stopped

    def report(self, step: object, done: int, total: int) -> None:
        """How far it is: a step (any name), ``done`` of ``total``."""
        self.stepped.emit(step, done, total)


class _Run(QRunnable):
    def __init__(self, job: Job, work: Callable[[Job], Any]) -> None:
        super().__init__()
        self._job, self._work = job, work

    def run(self) -> None:
        """In a thread of the pool. Qt may keep this object after it has run: it holds on to nothing then,
        or what the work was for (a page, the desk) would never go.
        """
        job, work = self._job, self._work
        del self._job, self._work
        try:
            result = work(job)
        except BaseException as error:  # noqa: BLE001 - handed to the GUI thread, which tells it
            job.ended.emit(None, error)
        else:
            job.ended.emit(result, None)


@dataclass(frozen=True, slots=True)
class _Ends:
    done: Callable[[Any], object] | None
    failed: Callable[[BaseException], object]
    stopped: Callable[[], object] | None


class Jobs(QObject):
    """Starts jobs and keeps those that run; ``failed`` gets errors that a job's starter does not take."""

    def __init__(self, failed: Callable[[BaseException], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._failed = failed
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(WORKERS)
        self._running: dict[Job, _Ends] = {}
        self._stopped = False

    @property
    def running(self) -> tuple[Job, ...]:
        """Jobs whose end has not been told yet."""
        return tuple(self._running)

    def start(
        self,
        work: Callable[[Job], Result],
        *,
        done: Callable[[Result], object] | None = None,
        failed: Callable[[BaseException], object] | None = None,
        stepped: Callable[[Any, int, int], object] | None = None,
        stopped: Callable[[], object] | None = None,
        what: str = "",
    ) -> Job:
        """Run ``work(job)`` in the pool. ``done(result)``, ``failed(error)``, ``stepped(step, done, total)``
        are called in the GUI thread; a cancelled job ends with ``stopped()`` instead of the first two.
        """
        job = Job(what)
        self._running[job] = _Ends(done, failed or self._failed, stopped)
        job.ended.connect(self._end, Qt.ConnectionType.QueuedConnection)
        if stepped is not None:
            job.stepped.connect(stepped, Qt.ConnectionType.QueuedConnection)
        self._pool.start(_Run(job, work))
        return job

    @Slot(object, object)
    def _end(self, result: object, error: BaseException | None) -> None:
        job = self.sender()
        assert isinstance(job, Job)
        ends = self._running.pop(job)
        job.deleteLater()
        if self._stopped:  # what it worked for has gone
            return
        if job.cancelled or isinstance(error, Stopped):
            if ends.stopped is not None:
                ends.stopped()
        elif error is not None:
            ends.failed(error)
        elif ends.done is not None:
            ends.done(result)

    @property
    def stopped(self) -> bool:
        """Whether all were stopped, because the store is locked."""
        return self._stopped

    def stop(self, timeout_ms: int = 5000) -> bool:
        """Cancel all and wait for them; False if one still runs then. Nobody is told of an end any more."""
        for job in self.running:
            job.cancel()
        self._stopped = True
        return self._pool.waitForDone(timeout_ms)
