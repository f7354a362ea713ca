"""A network that fails by a seed, in front of the real one: lost, repeated, late and broken answers."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

FAULTS = ("lost_before", "lost_after", "twice", "replay", "late", "error", "half_answer")


class FaultyNetwork(httpx.BaseTransport):
    """Passes requests on to ``real``; ``faults`` of them meet a fault, then the network is well.

    ``replay`` sends an older request again before the new one, as a proxy or a second process might;
    ``late`` lets requests overtake each other. ``met`` counts the faults by name.
    """

    def __init__(self, real: httpx.BaseTransport, seed: int, faults: int, chance: float = 0.4) -> None:
        self._real = real
        self._chance = random.Random(seed)
        self._likely = chance
        self._left = faults
        self._lock = threading.Lock()
        self._seen: list[tuple[str, httpx.URL, list[tuple[bytes, bytes]], bytes]] = []
        self.met: Counter[str] = Counter()

    def close(self) -> None:
        self._real.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        with self._lock:
            fault = self._chosen()
            older = self._chance.choice(self._seen) if self._seen else None
            seconds = self._chance.uniform(0, 0.05)
            status = self._chance.choice((500, 502, 503, 429))
            self._seen.append((request.method, request.url, list(request.headers.raw), body))
        if fault == "lost_before":
            raise httpx.ConnectError("cut before anything left", request=request)
        if fault == "error":
            headers = {"Retry-After": "0"} if status == 429 else {}
            return httpx.Response(status, headers=headers, stream=httpx.ByteStream(b"<html>upstream</html>"))
        if fault == "replay" and older is not None:
            self._send(*older)
        if fault == "late":
            threading.Event().wait(seconds)
        answer, content = self._send(request.method, request.url, list(request.headers.raw), body)
        if fault == "twice":
            answer, content = self._send(request.method, request.url, list(request.headers.raw), body)
        if fault == "lost_after":
            raise httpx.ReadError("cut before the answer came", request=request)
        if fault == "half_answer" and content:
            return httpx.Response(answer.status_code, headers=answer.headers, stream=_Half(content))
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(content))

    def _chosen(self) -> str:
        if self._left == 0 or self._chance.random() > self._likely:
            return ""
        self._left -= 1
        fault = self._chance.choice(FAULTS)
        self.met[fault] += 1
        return fault

    def _send(
        self, method: str, url: httpx.URL, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> tuple[httpx.Response, bytes]:
        kept = [(name, value) for name, value in headers if name.lower() != b"transfer-encoding"]
        again = httpx.Request(method, url, headers=kept, stream=httpx.ByteStream(body))
        again.extensions = {"timeout": {"connect": 10, "read": 30, "write": 10, "pool": None}}
        answer = self._real.handle_request(again)
        with _closed(answer):
            return answer, b"".join(iter(answer.stream))  # type: ignore[arg-type]  # a sync stream here


@contextmanager
def _closed(answer: httpx.Response) -> Iterator[None]:
    try:
        yield
    finally:
        answer.close()


class _Half(httpx.SyncByteStream):
    """A body that ends in the middle, as httpcore reports it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self._content[: len(self._content) // 2]
        raise httpx.RemoteProtocolError(
            "peer closed connection without sending complete message body (incomplete)"
        )
