"""Reading request bodies: exactly as many bytes as announced, or no 2xx."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from django.http import HttpRequest, UnreadablePostError
from pydantic import ValidationError

from districtserver.problems import Refusal
from fieldapp.sync.protocol import Message

SLICE = 1024 * 1024
#: What the server has collected for one read is lost when the connection breaks, so reads are small.
_READ = 64 * 1024
M = TypeVar("M", bound=Message)


def announced(request: HttpRequest) -> int:
    """The body's length as announced; the middleware has checked that it is a number."""
    return int(request.META.get("CONTENT_LENGTH") or 0)


def slices(request: HttpRequest, length: int) -> Iterator[bytes]:
    """The next ``length`` bytes of the body in pieces of ``SLICE`` bytes, the last one shorter.

    Refusal ``body_short`` after the last piece that came, if the connection breaks.
    """
    left = length
    while left > 0:
        piece = _piece(request, min(SLICE, left))
        if piece:
            yield piece
        if len(piece) < min(SLICE, left):
            raise Refusal("body_short")
        left -= len(piece)


def _piece(request: HttpRequest, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        try:
            part = request.read(min(_READ, size - len(parts)))
        except (OSError, UnreadablePostError):
            # The peer has gone. What arrived before counts; the caller sees that it is short.
            break
        if not part:
            break
        parts += part
    return bytes(parts)


def whole(request: HttpRequest) -> bytes:
    """The whole body. Refusal ``body_short`` if fewer bytes arrive than announced."""
    return b"".join(slices(request, announced(request)))


def message(request: HttpRequest, kind: type[M]) -> M:
    """The body as a protocol message. Refusal ``malformed`` names the first broken field, never its value."""
    try:
        return kind.model_validate_json(whole(request))
    except ValidationError as error:
        raise Refusal("malformed", problem=first_problem(error)) from error


def first_problem(error: ValidationError) -> str:
    """Place and kind of a validation error's first entry."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place} {first['type']}".strip()
