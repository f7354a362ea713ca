"""A TCP line that cuts: forwards bytes between laptop and server and breaks connections as it was told."""

from __future__ import annotations

import contextlib
import math
import random
import socket
import struct
import threading
from collections.abc import Callable

#: How a connection ends: reset (RST), or closed as if everything were in order (FIN).
_RESET = struct.pack("ii", 1, 0)


class CuttingLine:
    """Listens on ``port``; each connection lives until ``budget()`` bytes have passed, None means for ever.

    ``up`` and ``down`` count the bytes forwarded (TLS included), ``cuts`` the connections broken.
    """

    def __init__(self, target: int, budget: Callable[[], int | None], seed: int = 0) -> None:
        self._target = target
        self._budget = budget
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self.up = self.down = self.cuts = 0
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        # small, so that what is in transit when the line is cut is small as on a real line
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 * 1024)
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self) -> CuttingLine:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut_all()
        self._thread.join()

    def cut_all(self) -> None:
        """Break every connection now."""
        with self._lock:
            for end in self._open:
                _end(end, reset=True)
            self.cuts += len(self._open) // 2
            self._open.clear()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target), timeout=5)
            except OSError:
                # no reset: one that comes before the handshake leaves a socket unclosed in CPython's ssl
                _end(near, reset=False)
                continue
            near.settimeout(60)
            far.settimeout(60)
            with self._lock:
                self._open |= {near, far}
                pair = _Pair(self, near, far, self._budget(), reset=self._chance.random() < 0.5)
            for source, sink, outwards in ((near, far, True), (far, near, False)):
                threading.Thread(target=pair.forward, args=(source, sink, outwards), daemon=True).start()

    def passed(self, pair: _Pair, size: int, *, outwards: bool) -> int:
        """How many of ``size`` bytes may still pass."""
        with self._lock:
            if pair.left is not None:
                size = min(size, pair.left)
                pair.left -= size
            if outwards:
                self.up += size
            else:
                self.down += size
            return size

    def end(self, pair: _Pair) -> None:
        """Break both ends of a connection, once."""
        with self._lock:
            if pair.near not in self._open:
                return
            self._open -= {pair.near, pair.far}
            self.cuts += pair.left == 0
        for end in (pair.near, pair.far):
            _end(end, reset=pair.reset and pair.left == 0)


class _Pair:
    def __init__(
        self, line: CuttingLine, near: socket.socket, far: socket.socket, left: int | None, *, reset: bool
    ) -> None:
        self.line, self.near, self.far, self.left, self.reset = line, near, far, left, reset

    def forward(self, source: socket.socket, sink: socket.socket, outwards: bool) -> None:
        with contextlib.suppress(OSError):  # the other end has gone: the connection is over either way
            while data := source.recv(16 * 1024):
                allowed = self.line.passed(self, len(data), outwards=outwards)
                sink.sendall(data[:allowed])
                if self.left == 0:
                    break
        self.line.end(self)


def _end(end: socket.socket, *, reset: bool) -> None:
    with contextlib.suppress(OSError):  # closed by the other side in the meantime
        if reset:
            end.shutdown(socket.SHUT_RD)  # wakes the thread that reads here; nothing is sent by it
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        else:
            end.shutdown(socket.SHUT_RDWR)
    end.close()


def random_cuts(seed: int, cuts: int, most: int = 300_000) -> Callable[[], int | None]:
    """``cuts`` connections live for a random number of bytes, each order of magnitude as likely."""
    chance = random.Random(seed)
    left = [cuts]

    def budget() -> int | None:
        if left[0] == 0:
            return None
        left[0] -= 1
        return int(10 ** chance.uniform(1, math.log10(most)))

    return budget
