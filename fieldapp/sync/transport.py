"""The one way out of the laptop: HTTP/1.1 over TLS to one server, and nothing else.

Plain http is refused before a byte is sent, redirects are never followed, proxies are not guessed from the
surroundings. Certificates are checked against the district's own CA where there is one, else against the
system's trust. Every body goes out with its Content-Length. Time-outs count from the last byte that moved.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import ValidationError

from fieldapp.errors import EnvironmentProblem, UserError
from fieldapp.sync.problems import Cancelled, of_failure, of_status
from fieldapp.sync.protocol import API, Message

#: Files under way at the same time; one more connection carries submissions.
PARALLEL_BLOBS = 4
#: Longest answer read, bytes: anything longer is not an answer of the protocol.
MAX_ANSWER_BYTES = 16 * 1024 * 1024
#: Body bytes handed to the line at once; a cancelled run is noticed between two of these.
PIECE = 64 * 1024
#: Bytes the system may keep unsent per connection. Small, so that the wait for an answer does not begin long
#: before the last byte has left: at 64 kbit/s, five connections drain in under the read time-out.
SEND_BUFFER = 64 * 1024
M = TypeVar("M", bound=Message)
Network = httpx.BaseTransport


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, without a byte leaving, without a byte coming (a batch is evaluated meanwhile)."""

    connect: float = 15
    write: float = 60
    read: float = 120


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer: status, headers by lower-case name, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def checked_url(text: str) -> str:
    """``https://host[:port]`` of a server address. UserError SYNC_010 for anything else."""
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise UserError("SYNC_010") from error
    extra = parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password
    if parts.scheme != "https" or not host or extra or not host.isprintable() or " " in host:
        raise UserError("SYNC_010")
    shown = f"[{host}]" if ":" in host else host
    return f"https://{shown}" + (f":{port}" if port else "")


def trust(ca_pem: str) -> ssl.SSLContext:
    """Trust in the district's CA alone, or in the system's store if ``ca_pem`` is empty; TLS 1.2 or newer.

    UserError SYNC_014 if the certificate cannot be read.
    """
    context: ssl.SSLContext
    if ca_pem:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            context.load_verify_locations(cadata=ca_pem)
        except (ssl.SSLError, ValueError) as error:
            raise UserError("SYNC_014") from error
    else:
        import truststore

        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class Transport:
    """Connections to one server for one run; may be used from several threads.

    ``network`` replaces the network by another httpx transport: the seam of simulations.
    """

    def __init__(
        self,
        url: str,
        *,
        ca_pem: str = "",
        token: str = "",
        timeouts: Timeouts | None = None,
        network: Network | None = None,
    ) -> None:
        self.url = checked_url(url)
        self.host = urlsplit(self.url).hostname or ""
        self._timeouts = timeouts or Timeouts()
        self._headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._aborted = threading.Event()
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._under_way = 0
        self._closed = False
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=PARALLEL_BLOBS + 1)
        self._client = httpx.Client(
            base_url=self.url + API,
            transport=network
            or httpx.HTTPTransport(
                verify=trust(ca_pem),
                http1=True,
                http2=False,
                trust_env=False,
                limits=limits,
                socket_options=[(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)],
            ),
            follow_redirects=False,
            trust_env=False,
            timeout=httpx.Timeout(
                connect=self._timeouts.connect,
                write=self._timeouts.write,
                read=self._timeouts.read,
                pool=None,
            ),
        )

    def __enter__(self) -> Transport:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection; requests still under way are broken, and the last one out closes.

        A socket is never closed while another thread works on it: its number could be given to the next
        connection, and that thread would write into it.
        """
        with self._guard:
            self._closed = True
            idle = self._under_way == 0
        if idle:
            self._client.close()
        else:
            self.abort()

    def abort(self) -> None:
        """Break every request under way, at once and from any thread; later ones raise ``Cancelled``."""
        self._aborted.set()
        with self._guard:
            for connection in self._open:
                _break(connection)

    @property
    def aborted(self) -> bool:
        """Whether ``abort`` was called."""
        return self._aborted.is_set()

    def pause(self, seconds: float) -> None:
        """Wait. Raises ``Cancelled`` as soon as the run is cancelled."""
        if self._aborted.wait(seconds):
            raise Cancelled

    def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        sent: Callable[[int], None] | None = None,
        received: Callable[[bytes], None] | None = None,
    ) -> Answer:
        """One request below ``/api/v1``; any status is an answer.

        ``sent`` hears the number of body bytes each time some were handed to the line; ``received`` hears the
        bytes of an answer with a part (206) as they come. Raises the catalogue's errors if no complete answer
        came, ``Cancelled`` after ``abort``.
        """
        if self._aborted.is_set():
            raise Cancelled
        all_headers = self._headers | dict(headers or {})
        if body is not None:
            all_headers["Content-Length"] = str(len(body))
        asked = self._client.build_request(
            method,
            path,
            content=None if body is None else self._pieces(body, sent),
            headers=all_headers,
            extensions={"trace": self._note},
        )
        self._begin()
        try:
            return self._answer(asked, received)
        except httpx.TransportError as error:
            if self._aborted.is_set():
                raise Cancelled from error
            seconds = self._timeouts.write if isinstance(error, httpx.WriteTimeout) else self._timeouts.read
            raise of_failure(error, self.host, seconds) from error
        except httpx.InvalidURL as error:
            raise UserError("SYNC_010") from error
        finally:
            self._end()

    def _begin(self) -> None:
        with self._guard:
            if self._closed:
                raise Cancelled
            self._under_way += 1

    def _end(self) -> None:
        with self._guard:
            self._under_way -= 1
            last = self._closed and self._under_way == 0
        if last:
            self._client.close()

    def ask(self, path: str, message: Message, kind: type[M]) -> M:
        """POST a message, read the answering one. Raises the catalogue's errors for everything else."""
        return self.post(path, message.model_dump_json().encode(), kind)

    def post(
        self,
        path: str,
        body: bytes,
        kind: type[M],
        sent: Callable[[int], None] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> M:
        """As ``ask``, with the body's bytes given, JSON unless ``headers`` say otherwise; ``sent`` as in
        ``request``.
        """
        all_headers = {"Content-Type": "application/json"} | dict(headers or {})
        answer = self.request("POST", path, body=body, headers=all_headers, sent=sent)
        if answer.status != 200:
            raise self.refusal(answer)
        if not answer.headers.get("content-type", "").lower().startswith("application/json"):
            raise EnvironmentProblem("SYNC_012", host=self.host)
        try:
            return kind.model_validate_json(answer.body)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False, include_context=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "body"
            raise EnvironmentProblem(
                "SYNC_013", host=self.host, problem=f"{place} {first['type']}"
            ) from error

    def refusal(self, answer: Answer) -> Exception:
        """The catalogue's error of an answer that is not the one hoped for."""
        return of_status(answer.status, answer.body, answer.headers.get("retry-after", ""), self.host)

    def _answer(self, asked: httpx.Request, received: Callable[[bytes], None] | None) -> Answer:
        answer = self._client.send(asked, stream=True)
        told = received if answer.status_code == 206 else None
        try:
            body = bytearray()
            for part in answer.iter_raw():
                body += part
                if told is not None:
                    told(part)
                if len(body) > MAX_ANSWER_BYTES:
                    raise EnvironmentProblem("SYNC_013", host=self.host, problem="too long")
        finally:
            answer.close()
        if answer.headers.get("content-encoding", "identity").lower() != "identity":
            raise EnvironmentProblem("SYNC_012", host=self.host)
        return Answer(answer.status_code, dict(answer.headers.items()), bytes(body))

    def _pieces(self, body: bytes, sent: Callable[[int], None] | None) -> Iterator[bytes]:
        for start in range(0, len(body), PIECE):
            if self._aborted.is_set():
                raise Cancelled
            piece = body[start : start + PIECE]
            yield piece
            if sent is not None:
                sent(len(piece))

    def _note(self, event: str, seen: Mapping[str, Any]) -> None:
        """httpcore tells here of new connections, so that ``abort`` can break them."""
        if event not in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            return
        connection = seen["return_value"].get_extra_info("socket")
        with self._guard:
            self._open = {known for known in self._open if known.fileno() >= 0} | {connection}
        if self._aborted.is_set():
            _break(connection)


def _break(connection: socket.socket) -> None:
    """End a connection under another thread's hands.

    By the plain socket's method: that of an SSLSocket drops the encryption first, and the other thread
    could write in clear in that moment.
    """
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        return  # closed already: nothing left to break
