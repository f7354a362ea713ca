"""A day's batch by our run to the real server over TLS, against nginx taking the same bytes by PUT.

The batch stands in memory, as curl's files stand in the page cache: measured is the run and the server. nginx
neither hashes nor syncs to the disk nor looks at what it stores; the server does all three, evaluates
every form again and signs receipts.

Each starts on a disk that has nothing left to write, as the floor of uploads is measured: what the one before
left would be paid by the other (nginx took from 1.6 to 4.5 s for the same bytes by that alone).
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench import district, nginx
from bench.batch import INSPECTIONS, PHOTOS, InMemory, Ready, day
from bench.timing import ROUNDS, Figure, milliseconds
from fieldapp.services.publishing import built_form
from fieldapp.sync.enrolment import connected
from fieldapp.sync.run import run

GOAL = 4.0
_PEER = "nginx PUT, TLS 1.3"


def measure() -> list[Figure]:
    """Each round has new content and goes to both, one after the other."""
    absent = nginx.missing()
    ours: list[float] = []
    peer: list[float] = []
    with tempfile.TemporaryDirectory(prefix="fieldapp-bench-") as name:
        folder, form_xml = Path(name), built_form("hazard_inspection")
        with district.running(folder / "server", form_xml) as server, ExitStack() as peers:
            port = None if absent else peers.enter_context(nginx.running(folder / "nginx"))
            for number in range(ROUNDS):
                batch = day(form_xml, server.enrolment.device_id, server.key, number)
                os.sync()
                ours.append(milliseconds(partial(send, server, batch)))
                if port is not None:
                    files, authority = _files(folder, batch), folder / "nginx" / "cert.pem"
                    os.sync()
                    peer.append(milliseconds(partial(nginx.send, files, port, authority, number)))
    note = f"{INSPECTIONS} inspections, {INSPECTIONS * PHOTOS} photos, {_megabytes(batch):.0f} MB"
    if absent:
        note = f"peer missing: {absent}"
    return [Figure("upload of a day", min(ours), _PEER, min(peer, default=None), GOAL, note)]


def send(server: district.District, batch: list[Ready]) -> None:
    """One run. RuntimeError unless everything is sent."""
    with connected(server.enrolment) as transport:
        result = run(
            transport, server.enrolment, InMemory(batch), client="0.1.0", clock=lambda: datetime.now(UTC)
        )
    if len(result.sent) != len(batch):
        raise RuntimeError(f"not sent: {sorted({cause.code for cause in result.not_sent.values()})}")


def _megabytes(batch: list[Ready]) -> float:
    return sum(len(content) for ready in batch for content in ready.photos.values()) / 1e6


def _files(folder: Path, batch: list[Ready]) -> list[Path]:
    """The photographs and instances of ``batch`` as files."""
    found = []
    for ready in batch:
        for sha256, content in ready.photos.items():
            found.append(folder / f"{sha256}.jpg")
            found[-1].write_bytes(content)
        found.append(folder / f"{ready.outgoing.instance_id}.xml")
        found[-1].write_bytes(ready.xml)
    return found
