"""A published form, fetched by its hash."""

from __future__ import annotations

from fieldapp.errors import UserError
from fieldapp.sync.protocol import sha256_of
from fieldapp.sync.transport import Transport


def form(transport: Transport, sha256: str) -> bytes:
    """The XForm with this hash. UserError SYNC_070 if the server does not have it, SYNC_072 if what came is
    another; raises the catalogue's other SYNC errors."""
    answer = transport.request("GET", f"/forms/{sha256}")
    if answer.status != 200:
        raise transport.refusal(answer)
    if sha256_of(answer.body) != sha256:
        raise UserError("SYNC_072")
    return answer.body
