"""The routes under ``/api/v1``, as the protocol module documents them.

A device is authorised before its body is read.
"""

from __future__ import annotations

import errno
import re
from functools import partial

from django.conf import settings
from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from pydantic import BaseModel

from districtserver import (
    __version__,
    assignments,
    audit,
    blobs,
    bodies,
    clock,
    devices,
    feed,
    fetching,
    ingest,
    photographs,
    problems,
    published,
    standing,
)
from districtserver.models import Device, Submission
from districtserver.problems import Refusal
from fieldapp.sync.protocol import (
    COMPLETE_HEADER,
    FILES_HEADER,
    LENGTH_HEADER,
    MOST_FILES,
    OFFSET_HEADER,
    PROTOCOL,
    BlobState,
    Enrol,
    FilesAnswer,
    Hello,
    HelloAnswer,
    KeptReceipts,
    Offer,
    OfferAnswer,
    Pull,
)

api = NinjaAPI(title="fieldapp district server", version=str(PROTOCOL), docs_url=None, openapi_url=None)
api.add_router("", fetching.router)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILES = re.compile(r"[0-9a-f]{64}:[0-9]{1,12}( [0-9a-f]{64}:[0-9]{1,12})*")
_NUMBER = re.compile(r"[0-9]{1,12}")
#: Words of SQLite and PostgreSQL when the disk is full; a lock that was not freed in time reads otherwise.
_FULL = ("disk is full", "disk I/O error", "No space left on device")


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:  # noqa: ARG001 - ninja's signature
    """Every refusal becomes a Problem."""
    return problems.answer(refusal)


@api.exception_handler(OSError)
def storage_failed(request: HttpRequest, error: OSError) -> HttpResponse:  # noqa: ARG001 - ninja's signature
    """A full disk has its own answer; any other failure of the disk is the server's. Never a 2xx."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return problems.answer(Refusal("disk_full"))
    raise error


@api.exception_handler(OperationalError)
def database_failed(request: HttpRequest, error: OperationalError) -> HttpResponse:  # noqa: ARG001 - ninja's signature
    """The database could not write: full disk, or busy for longer than its timeout."""
    full = any(words in str(error) for words in _FULL)
    return problems.answer(Refusal("disk_full" if full else "busy"))


@api.exception_handler(DataError)
def value_refused(request: HttpRequest, error: DataError) -> HttpResponse:  # noqa: ARG001 - ninja's signature
    """A text that the database cannot hold: PostgreSQL has no NUL."""
    return problems.answer(Refusal("malformed", problem="value"))


def _json(answer: BaseModel) -> HttpResponse:
    return HttpResponse(answer.model_dump_json(), content_type="application/json")


@api.get("/health")
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - ninja's signature
    """Whether the server is up; says nothing else."""
    return HttpResponse("ok", content_type="text/plain")


@api.post("/enrol")
def enrol(request: HttpRequest) -> HttpResponse:
    """A one-time code for a laptop's public key."""
    return _json(devices.enrol(bodies.message(request, Enrol)))


@api.post("/hello")
def hello(request: HttpRequest) -> HttpResponse:
    """Versions and clock; the first hello closes the enrolment code."""
    device = devices.authorised(request)
    said = bodies.message(request, Hello)
    if said.protocol != PROTOCOL:
        raise Refusal("protocol_differs")
    now = clock.now()
    Device.objects.filter(pk=device.pk, first_hello_at=None).update(first_hello_at=now)
    Device.objects.filter(pk=device.pk).update(client=said.client, last_seen_at=now)
    return _json(
        HelloAnswer(
            protocol=PROTOCOL,
            server=__version__,
            server_time=now,
            minimum_client=settings.MINIMUM_CLIENT,
            forms=published.newest(),
            audit=audit.last_seen(device),
        )
    )


@api.post("/receipts")
def receipts(request: HttpRequest) -> HttpResponse:
    """Receipts shown again: what of them is not here any more."""
    device = devices.authorised(request)
    return _json(standing.compare(device, bodies.message(request, KeptReceipts)))


@api.post("/offer")
def offer(request: HttpRequest) -> HttpResponse:
    """What of a batch is known, and where each file goes on."""
    device = devices.authorised(request)
    offered = bodies.message(request, Offer)
    audit.see(device, offered.audit)
    wanted = {item.instance_id: item.sha256 for item in offered.submissions}
    # By id and hash: an id that is known with other content is not "known", its refusal comes with the item.
    stored = dict(
        Submission.objects.filter(instance_id__in=wanted, device=device).values_list("instance_id", "sha256")
    )
    known = tuple(key for key, sha256 in wanted.items() if stored.get(key) == sha256)
    states = tuple(_state(blob.sha256) for blob in offered.blobs)
    return _json(OfferAnswer(batch_id=offered.batch_id, known=known, blobs=states))


def _state(sha256: str) -> BlobState:
    seen = blobs.progress(sha256)
    return BlobState(sha256=sha256, offset=seen.offset, stored=seen.stored)


@api.api_operation(["HEAD"], "/blobs/{sha256}")
def blob_head(request: HttpRequest, sha256: str) -> HttpResponse:
    """Where the file goes on."""
    devices.authorised(request)
    return _progress(blobs.progress(_hash(sha256)), 200)


@api.patch("/blobs/{sha256}")
def blob_patch(request: HttpRequest, sha256: str) -> HttpResponse:
    """The next bytes of a file."""
    devices.authorised(request)
    name, offset, length = _hash(sha256), _number(request, OFFSET_HEADER), _number(request, LENGTH_HEADER)
    try:
        announced = bodies.announced(request)
        seen = blobs.append(name, offset, length, bodies.slices(request, announced), announced)
    except Refusal as refusal:
        answer = problems.answer(refusal)
        answer[OFFSET_HEADER] = str(blobs.progress(name).offset)
        return answer
    return _progress(seen, 204)


@api.post("/blobs")
def blobs_post(request: HttpRequest) -> HttpResponse:
    """Several whole files, one after the other."""
    devices.authorised(request)
    said = request.headers.get(FILES_HEADER, "")
    if _FILES.fullmatch(said) is None:
        raise Refusal("malformed", problem=FILES_HEADER)
    files = [(sha256, int(size)) for sha256, _, size in (one.partition(":") for one in said.split(" "))]
    if len(files) > MOST_FILES or sum(size for _, size in files) != bodies.announced(request):
        raise Refusal("malformed", problem=FILES_HEADER)
    return _json(FilesAnswer(files=blobs.append_files(files, partial(bodies.slices, request))))


def _progress(seen: blobs.Progress, status: int) -> HttpResponse:
    answer = HttpResponse(status=status)
    answer[OFFSET_HEADER] = str(seen.offset)
    answer[COMPLETE_HEADER] = "?1" if seen.stored else "?0"
    answer["Cache-Control"] = "no-store"
    return answer


def _hash(text: str) -> str:
    if _SHA256.fullmatch(text) is None:
        raise Refusal("not_found")
    return text


def _number(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if _NUMBER.fullmatch(text) is None:
        raise Refusal("malformed", problem=header)
    return int(text)


@api.post("/submissions")
def submissions(request: HttpRequest) -> HttpResponse:
    """A batch of submissions, each answered on its own."""
    device = devices.authorised(request)
    return _json(ingest.batch(device, bodies.whole(request)))


@api.post("/pull")
def pull(request: HttpRequest) -> HttpResponse:
    """What changed in the register behind the laptop's cursor."""
    device = devices.authorised(request)
    asked = bodies.message(request, Pull)
    photographs.catch_up()
    return _json(assignments.page(device, asked) or feed.page(device, asked))
