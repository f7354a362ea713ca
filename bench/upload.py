"""A day's batch to the real server over TLS, against nginx taking the same bytes by PUT.

nginx neither hashes nor syncs to the disk nor looks at what it stores; the server does all three, evaluates
every form again and signs receipts.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from bench import district, nginx, plain_sender
from bench.batch import INSPECTIONS, PHOTOS, Ready, day
from bench.timing import ROUNDS, Figure, milliseconds
from fieldapp.services.publishing import built_form

GOAL = 4.0
_PEER = "nginx PUT, TLS 1.3"


def measure() -> list[Figure]:
    """The same batch sizes by the laptop's client and by a plain sender, each round with new content."""
    absent = nginx.missing()
    with tempfile.TemporaryDirectory(prefix="fieldapp-bench-") as name:
        folder, form_xml = Path(name), built_form("hazard_inspection")
        with district.running(folder / "server", form_xml) as server:
            batches = [day(form_xml, server.enrolled.device_id, server.key, seed) for seed in range(ROUNDS)]
            plain = min(milliseconds(partial(plain_sender.send, server, batch)) for batch in batches)
        peer = None if absent else _peer(folder / "nginx", batches)
    megabytes = sum(len(content) for ready in batches[0] for content in ready.photos.values()) / 1e6
    note = f"{INSPECTIONS} inspections, {INSPECTIONS * PHOTOS} photos, {megabytes:.0f} MB"
    if absent:
        note = f"peer missing: {absent}"
    return [Figure("upload, plain sender", plain, _PEER, peer, GOAL, note)]


def _peer(folder: Path, batches: list[list[Ready]]) -> float:
    """Best time of nginx for one batch, the files lying ready."""
    with nginx.running(folder) as port:
        rounds = [
            milliseconds(partial(nginx.send, _files(folder, batch), port, folder / "cert.pem", number))
            for number, batch in enumerate(batches)
        ]
    return min(rounds)


def _files(folder: Path, batch: list[Ready]) -> list[Path]:
    """The photographs and instances of ``batch`` as files."""
    found = []
    for ready in batch:
        for sha256, content in ready.photos.items():
            found.append(folder / f"{sha256}.jpg")
            found[-1].write_bytes(content)
        found.append(folder / f"{ready.instance_id}.xml")
        found[-1].write_bytes(ready.xml)
    return found
