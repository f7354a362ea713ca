"""Watches the GUI thread from another one: code of the window that holds it too long fails the test.

An inspector must not wait for over 100 ms. That is counted in the thread's own time on the processor: what
the window's code costs is the same on a quiet laptop and on two cores that the whole suite shares with its
servers, where the clock on the wall would measure the others. Waiting for a lock, a disk or a job costs no
processor: it is told by the clock, without the time that the system let others have the processor.

A sample every 10 ms looks whether the same call into ``fieldapp/ui`` is still running. Test code that works
on the store itself is no stall, for no inspector waits for it.
"""

from __future__ import annotations

import math
import statistics
import sys
import threading
import time
import traceback
from pathlib import Path

from PySide6.QtCore import QAbstractEventDispatcher

import fieldapp.ui

#: So long may one call hold the thread, by its own time: the clock on the wall tells of other programs too.
STALL = 0.100
#: So long may one call wait for anything but a processor: a lock, a disk, another thread.
LONG = 1.000
_UI = str(Path(fieldapp.ui.__file__).parent)
#: A call: its frame's number, its name, and how often the event loop had woken by then.
Held = tuple[int, str, int]


def yardstick() -> float:
    """Seconds of this thread's own time on the processor for always the same little work."""
    began = time.thread_time()
    for _ in range(50_000):
        pass
    return time.thread_time() - began


class Heartbeat:
    """Started by the fixture; ``stalls`` are told at the end of the test."""

    #: What the yardstick took at its best, seconds of the processor.
    best = math.inf

    def __init__(self) -> None:
        Heartbeat.best = min(Heartbeat.best, yardstick())
        self.stalls: list[str] = []
        self._main = threading.main_thread().ident or 0
        self._clock = time.pthread_getcpuclockid(self._main)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._delays = Path(f"/proc/self/task/{threading.main_thread().native_id}/schedstat")
        self._woken = 0
        self._loop = QAbstractEventDispatcher.instance()

    def start(self) -> None:
        """Begin to watch."""
        self._loop.awake.connect(self._wakes)
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._loop.awake.disconnect(self._wakes)
        self._end.set()
        self._thread.join()

    def _wakes(self) -> None:
        self._woken += 1

    def _delayed(self) -> float:
        """Seconds that the thread was ready and others had the processor, so far; 0 where nobody counts."""
        return int(self._delays.read_text("ascii").split()[1]) / 1e9 if self._delays.exists() else 0.0

    def _slowness(self, held: float) -> float:
        """How much longer computing takes now than at its best in this run: processors that share a core with
        busy ones get less done in their own time, too. Asked only where it matters."""
        if held <= STALL:
            return 1.0
        return min(statistics.median(yardstick() for _ in range(3)) / Heartbeat.best, 2.0)

    def _outermost(self) -> Held | None:
        """The call into the window's code nearest to the event loop, None if there is none.

        No frame outlives this function: it would keep the painter of a ``paintEvent`` alive.
        """
        found, frame = None, sys._current_frames().get(self._main)
        while frame is not None:
            if frame.f_code.co_filename.startswith(_UI):
                found = (id(frame), frame.f_code.co_qualname, self._woken)
            frame = frame.f_back
        return found

    def _watch(self) -> None:
        held: Held | None = None
        since = worked = 0.0
        told = False
        while not self._end.wait(0.010):
            call = self._outermost()
            now, cpu = time.monotonic() - self._delayed(), time.clock_gettime(self._clock)
            if call is None or call != held:
                held, since, worked, told = call, now, cpu, False
                continue
            wall = now - since
            if not told and (cpu - worked > STALL * self._slowness(cpu - worked) or wall > LONG):
                told = True
                place = "".join(traceback.format_stack(sys._current_frames()[self._main])[-8:])
                self.stalls.append(f"{wall * 1000:.0f} ms in {call[1]}\n{place}")
