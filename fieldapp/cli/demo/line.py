"""The line between laptop and server: a TCP forwarder that breaks once and tells when bytes have passed."""

from __future__ import annotations

import contextlib
import socket
import threading

PIECE = 32 * 1024


class Line:
    """Forwards ``127.0.0.1:port`` to a server there. ``out`` counts bytes towards the server.

    ``cut_at(n)``: all connections break when ``out`` reaches n, once; new ones work again. ``reached(n)``: an
    event that is set when ``out`` reaches n.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._guard = threading.Lock()
        self._open: set[socket.socket] = set()
        self._cut_at = 0
        self._marks: list[tuple[int, threading.Event]] = []
        self.port = int(self._listener.getsockname()[1])
        self.out = 0
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_at(self, out: int) -> None:
        """Break once when ``out`` bytes have passed."""
        self._cut_at = out

    def reached(self, out: int) -> threading.Event:
        """Set when ``out`` bytes have passed."""
        event = threading.Event()
        self._marks.append((out, event))
        return event

    def close(self) -> None:
        """Stop listening and break everything."""
        self._listener.close()
        self._break_all()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return  # closed
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                near.close()
                continue
            with self._guard:
                self._open |= {near, far}
            threading.Thread(target=self._forward, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._forward, args=(far, near, False), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket, towards_server: bool) -> None:
        with contextlib.suppress(OSError):  # broken here or by the other side: this connection is over
            while data := source.recv(PIECE):
                sink.sendall(data)
                if towards_server:
                    self._count(len(data))
        for end in (source, sink):
            self._break(end)

    def _count(self, size: int) -> None:
        with self._guard:
            self.out += size
            cut = 0 < self._cut_at <= self.out
            if cut:
                self._cut_at = 0
                self.cuts += 1
            for mark, event in self._marks:
                if self.out >= mark:
                    event.set()
        if cut:
            self._break_all()

    def _break_all(self) -> None:
        with self._guard:
            ends, self._open = self._open, set()
        for end in ends:
            self._break(end)

    def _break(self, end: socket.socket) -> None:
        with contextlib.suppress(OSError):  # not connected any more
            end.shutdown(socket.SHUT_RDWR)
        end.close()
        with self._guard:
            self._open.discard(end)
