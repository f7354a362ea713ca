"""A network with somebody in between, who passes requests on, alters them or answers himself."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx

from fieldapp.sync.enrolment import Enrolment
from fieldapp.sync.protocol import API, FILES_HEADER
from fieldapp.sync.transport import trust

#: Path below the API, the request, its body; the answer, or None to pass it on.
Act = Callable[[str, httpx.Request, bytes], httpx.Response | None]


class Between(httpx.BaseTransport):
    """``act`` sees every request first; ``requests`` keeps method, path and size of each body."""

    def __init__(self, enrolment: Enrolment, act: Act | None = None) -> None:
        self._real = httpx.HTTPTransport(verify=trust(enrolment.ca_pem))
        self._act = act
        self.requests: list[tuple[str, str, int]] = []

    def close(self) -> None:
        self._real.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        path = request.url.path.removeprefix(API)
        self.requests.append((request.method, path, len(body)))
        answer = self._act(path, request, body) if self._act else None
        return answer or self.passed_on(request, body)

    def passed_on(self, request: httpx.Request, body: bytes) -> httpx.Response:
        """The real server's answer to the request with ``body``."""
        again = httpx.Request(
            request.method, request.url, headers=request.headers, stream=httpx.ByteStream(body)
        )
        again.extensions = request.extensions
        return self._real.handle_request(again)

    def said(self, request: httpx.Request, body: bytes) -> Any:
        """The real server's answer as JSON."""
        answer = self.passed_on(request, body)
        answer.read()
        answer.close()
        return json.loads(answer.content)


def brings(request: httpx.Request, sha256: str = "") -> bool:
    """Whether the request brings bytes of files, of that one if it is named, alone or among others."""
    if request.method == "PATCH":
        return request.url.path.endswith(sha256)
    return FILES_HEADER in request.headers and sha256 in request.headers[FILES_HEADER]


def answer(status: int, body: bytes | dict[str, Any] = b"", kind: str = "application/json") -> httpx.Response:
    """An answer of one's own."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.Response(status, headers={"Content-Type": kind}, stream=httpx.ByteStream(content))


def problem(status: int, code: str) -> httpx.Response:
    """A refusal as the district server gives it."""
    return answer(status, {"code": code, "message": "", "remedy": "", "retryable": False})
