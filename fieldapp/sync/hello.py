"""Step 1, hello: versions and clocks. Nothing is sent to a server that speaks otherwise."""

from __future__ import annotations

import re
from datetime import datetime

from fieldapp.errors import EnvironmentProblem, UserError
from fieldapp.sync.protocol import PROTOCOL, Hello, HelloAnswer
from fieldapp.sync.transport import Transport

_VERSION = re.compile(r"(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?")


def hello(transport: Transport, *, client: str, now: datetime) -> HelloAnswer:
    """Introduce ``client`` (a version such as ``0.1.0``) with the laptop's time.

    UserError SYNC_030 for another protocol, SYNC_031 if the server wants a newer program.
    """
    answer = transport.ask("/hello", Hello(client=client, sent_at=now), HelloAnswer)
    if answer.protocol != PROTOCOL:
        raise UserError("SYNC_030", server=answer.protocol, own=PROTOCOL)
    least = _numbers(answer.minimum_client)
    if least is None:
        raise EnvironmentProblem("SYNC_013", host=transport.host, problem="minimum_client")
    if (_numbers(client) or (0, 0, 0)) < least:
        raise UserError("SYNC_031", least=answer.minimum_client, own=client)
    return answer


def _numbers(version: str) -> tuple[int, int, int] | None:
    """The first three numbers of a version; what follows them (a build, a suffix) does not count."""
    found = _VERSION.match(version)
    if found is None:
        return None
    major, minor, patch = (int(number or 0) for number in found.groups())
    return major, minor, patch
