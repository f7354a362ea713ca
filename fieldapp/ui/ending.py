"""Others end the program: a signal, the end of the session, of the system. What is typed is saved first."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Slot
from PySide6.QtWidgets import QApplication

from fieldapp.ui.window import Window

#: The first two everywhere, Ctrl+Break on Windows, a closed terminal elsewhere.
_NAMES = ("SIGTERM", "SIGINT", "SIGBREAK", "SIGHUP")
#: How soon it is tried again to end a program whose answers the disk did not take.
AGAIN_MS = 1000


class Session(Protocol):
    """What is asked of the system's session (``QSessionManager``)."""

    def allowsInteraction(self) -> bool: ...
    def release(self) -> None: ...
    def cancel(self) -> None: ...


class Ending(QObject):
    """Listens for all of them. ``quit()`` ends the event loop once ``window`` is closed in its order.

    Answers that the disk does not take keep the program alive: they are nowhere else. It says so, asks the
    session to stay where the system lets it ask, and ends as soon as the disk takes them. A signal is heard
    by a socket: Python's own code for it would run only when the event loop next returns to Python.
    """

    def __init__(self, window: Window, quit: Callable[[], object]) -> None:  # noqa: A002 - what Qt calls it
        super().__init__(window)
        self._window, self._quit = window, quit
        self._again = QTimer(self, interval=AGAIN_MS, singleShot=True)
        self._again.timeout.connect(self.end)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.commitDataRequest.connect(self.commit)
        app.saveStateRequest.connect(self.commit)
        app.aboutToQuit.connect(self._about_to_quit)
        self._ours, self._pythons = socket.socketpair()
        for one in (self._ours, self._pythons):
            one.setblocking(False)
        self._before = signal.set_wakeup_fd(self._pythons.fileno(), warn_on_full_buffer=False)
        self._handled = {
            number: signal.signal(number, lambda _number, _frame: None)
            for number in (getattr(signal, name) for name in _NAMES if hasattr(signal, name))
        }
        self._notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._signalled)

    def deafen(self) -> None:
        """Hear signals no longer; they do again what they did before."""
        self._again.stop()
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before)
        for number, before in self._handled.items():
            signal.signal(number, before)
        self._ours.close()
        self._pythons.close()

    @Slot()
    def _signalled(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._ours.recv(64):
                pass
        self.end()

    @Slot()
    def end(self) -> None:
        """Close the window in its order and end the program; later, if the disk does not take the answers."""
        if self._window.close():
            self._quit()
        else:
            self._again.start()

    def commit(self, session: Session) -> None:
        """The session is about to end, or its state is saved: all that is typed goes to the disk now. If it
        does not go there, the session is asked to stay.
        """
        if not self._window.kept() and session.allowsInteraction():
            session.release()
            session.cancel()

    @Slot()
    def _about_to_quit(self) -> None:
        self._window.close()  # on Windows nothing runs any more after the end of the session was told
