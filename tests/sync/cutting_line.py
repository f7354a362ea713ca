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
        self._pairs: list[_Pair] = []
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
        self._thread.join()
        for pair in self._pairs:
            pair.end(reset=False)
        for pair in self._pairs:
            pair.closed.wait(10)

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
                near.close()
                continue
            pair = _Pair(self, near, far, self._budget(), reset=self._chance.random() < 0.5)
            self._pairs.append(pair)
            pair.start()

    def passed(self, pair: _Pair, size: int, *, outwards: bool) -> int:
        """How many of ``size`` bytes may still pass."""
        with self._lock:
            if pair.left is not None:
                self.cuts += 0 < pair.left <= size
                size = min(size, pair.left)
                pair.left -= size
            if outwards:
                self.up += size
            else:
                self.down += size
            return size


class _Pair:
    """Both ends of one connection, closed when both threads are done with them and never before.

    The number of a closed socket is given to the next one, whose bytes a thread still waiting would steal.
    """

    def __init__(
        self, line: CuttingLine, near: socket.socket, far: socket.socket, left: int | None, *, reset: bool
    ) -> None:
        self.left = left
        self.closed = threading.Event()
        self._line, self._near, self._far, self._reset = line, near, far, reset
        self._lock = threading.Lock()
        self._at_work = 2

    def start(self) -> None:
        for source, sink, outwards in ((self._near, self._far, True), (self._far, self._near, False)):
            source.settimeout(60)
            threading.Thread(target=self._forward, args=(source, sink, outwards), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket, outwards: bool) -> None:
        with contextlib.suppress(OSError):  # the other end has gone: the connection is over either way
            while data := source.recv(16 * 1024):
                allowed = self._line.passed(self, len(data), outwards=outwards)
                sink.sendall(data[:allowed])
                if self.left == 0:
                    break
        self.end(reset=self._reset and self.left == 0)
        with self._lock:
            self._at_work -= 1
            if self._at_work == 0:
                self._near.close()
                self._far.close()
                self.closed.set()

    def end(self, *, reset: bool) -> None:
        """Wake both threads; a reset leaves when the sockets are closed, an end at once."""
        with self._lock:
            for end in (self._near, self._far) if self._at_work else ():
                with contextlib.suppress(OSError):  # closed by the other side in the meantime
                    if reset:
                        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                    end.shutdown(socket.SHUT_RD if reset else socket.SHUT_RDWR)


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
