"""The one protocol of laptop and server: messages, canonical bytes, signatures.

Both sides import this module and nothing else of each other. Steps of a run (design, section 7):
enrol (once), hello, offer, blobs, submissions with receipts. Every request may be repeated any
number of times and gets the same answer. What is signed travels as the exact text that was signed,
so that no re-serialisation can change it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

PROTOCOL = 1
API = "/api/v1"
#: Largest request body except blobs, bytes; a batch of submissions is split to stay under it.
MAX_REQUEST_BYTES = 8 * 1024 * 1024
#: Largest single file, bytes: one AES-GCM message of the vault (design, section 5).
MAX_BLOB_BYTES = 256 * 1024 * 1024
#: Blob parts are sent in requests of at most this many bytes; each part is fsynced before it is answered.
BLOB_PART_BYTES = 4 * 1024 * 1024

#: Blob routes: ``HEAD /blobs/{sha256}`` answers 200 with ``Upload-Offset`` (0 if nothing is here yet) and
#: ``Upload-Complete`` (``?1`` stored, ``?0`` not). ``PATCH`` carries ``Upload-Offset``, ``Upload-Length``
#: (size of the whole file) and at most ``BLOB_PART_BYTES`` of body; it answers 204 with the same two headers
#: once the bytes are fsynced, 409 with the true ``Upload-Offset`` if the offset is another, 422 if the whole
#: file does not have the named hash (it is thrown away: begin again at 0).
OFFSET_HEADER = "Upload-Offset"
LENGTH_HEADER = "Upload-Length"
COMPLETE_HEADER = "Upload-Complete"
#: Whole small files together: ``POST /blobs`` with ``Upload-Files``, a ``<sha256>:<size>`` for each, one
#: space between; the body holds their contents in that order, at most ``BLOB_PART_BYTES`` in all. Each is
#: taken as by ``PATCH`` at 0 and answered in ``FilesAnswer``; of a request that is cut, what came counts.
FILES_HEADER = "Upload-Files"
MOST_FILES = 32

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, StringConstraints(max_length=4000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Message(BaseModel):
    """Frozen, and strict about fields: what we do not know we do not silently drop."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def canonical(message: Message) -> str:
    """The one JSON text of a message: sorted keys, no spaces, UTF-8 characters as they are."""
    return json.dumps(
        message.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


def sha256_of(data: bytes) -> str:
    """SHA-256 of ``data`` as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


class SignedStatement(Message):
    """A canonical text, who signed it and the signature (base64) over its UTF-8 bytes."""

    algorithm: Literal["ed25519"] = "ed25519"
    key_id: Name
    statement: str
    signature: str


def key_id_of(public_key: bytes) -> str:
    """The name of a raw 32-byte Ed25519 public key: first 16 hex digits of its SHA-256."""
    return sha256_of(public_key)[:16]


def signed(message: Message, private_key: Ed25519PrivateKey) -> SignedStatement:
    """``message`` in canonical form under ``private_key``. Ed25519 is deterministic, so is this."""
    text = canonical(message)
    return SignedStatement(
        key_id=key_id_of(private_key.public_key().public_bytes_raw()),
        statement=text,
        signature=base64.b64encode(private_key.sign(text.encode())).decode("ascii"),
    )


def verified(statement: SignedStatement, public_key: bytes) -> bool:
    """Whether ``public_key`` (raw 32 bytes) signed exactly this text."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            base64.b64decode(statement.signature, validate=True), statement.statement.encode()
        )
    except (InvalidSignature, ValueError):
        return False
    return True


class FormRef(Message):
    """One version of one form; ``sha256`` is that of the XForm's bytes."""

    form_id: Name
    version: Name
    sha256: Sha256


class Enrol(Message):
    """``POST /enrol``: a one-time code for the laptop's public key (base64 of 32 raw bytes)."""

    protocol: int = PROTOCOL
    code: Name
    device_name: Name
    public_key: Name
    client: Name


class EnrolAnswer(Message):
    """What a laptop trusts from now on: keys are base64 of raw bytes.

    ``server_keys`` are Ed25519 keys that sign receipts; ``recovery_key`` is the district's X25519
    public key for the recovery slot, whose private half is kept offline.
    """

    device_id: UUID
    token: Name
    district: Name
    server_keys: tuple[Name, ...]
    recovery_key: Name
    ca_pem: str


class Hello(Message):
    """``POST /hello``: versions and the client's clock."""

    protocol: int = PROTOCOL
    client: Name
    sent_at: AwareDatetime


class AuditHead(Message):
    """Where a laptop's audit chain stands: number of the last entry (0 = none) and its hash."""

    seq: int = Field(ge=0)
    head: Sha256


#: Head of an audit chain without entries.
AUDIT_ORIGIN = AuditHead(seq=0, head="0" * 64)


class HelloAnswer(Message):
    """What the server runs and requires; ``audit`` is the last audit head it has seen of this laptop."""

    protocol: int
    server: Name
    server_time: AwareDatetime
    minimum_client: Name
    forms: tuple[FormRef, ...]
    audit: AuditHead


class KeptReceipts(Message):
    """``POST /receipts``: receipts that the laptop holds and that signed an audit head which the server, as
    its hello says, has not gone beyond. At most :data:`MOST_RECEIPTS`.
    """

    receipts: tuple[SignedStatement, ...]


#: Receipts in one request: with hundreds of files each they stay under ``MAX_REQUEST_BYTES``.
MOST_RECEIPTS = 100


class KeptReceiptsAnswer(Message):
    """``gone``: the submissions of these that the server does not have whole any more, files included."""

    gone: tuple[UUID, ...]


class BlobRef(Message):
    """One file by content; ``size`` in bytes."""

    sha256: Sha256
    size: int = Field(ge=0, le=MAX_BLOB_BYTES)


class AuditExtension(Message):
    """Proof that ``head`` extends ``since``: the content hashes of the entries in between.

    ``head.head`` must be the fold of :func:`audit_link` over ``links`` from ``since.head``.
    """

    since: AuditHead
    links: tuple[Sha256, ...]
    head: AuditHead


def audit_link(previous: str, content_sha256: str) -> str:
    """The chain hash of an entry: SHA-256 over previous hash and content hash, both raw bytes."""
    return sha256_of(bytes.fromhex(previous) + bytes.fromhex(content_sha256))


def extends(extension: AuditExtension) -> bool:
    """Whether the extension's links really lead from its start to its head."""
    head = extension.since.head
    for link in extension.links:
        head = audit_link(head, link)
    return head == extension.head.head and extension.since.seq + len(extension.links) == extension.head.seq


class OfferedSubmission(Message):
    """A submission by id and hash of its instance XML."""

    instance_id: UUID
    sha256: Sha256


class Offer(Message):
    """``POST /offer``: what the laptop is about to send."""

    batch_id: UUID
    audit: AuditExtension
    submissions: tuple[OfferedSubmission, ...]
    blobs: tuple[BlobRef, ...]


class BlobState(Message):
    """From which offset a blob goes on; ``offset == size`` means it is stored."""

    sha256: Sha256
    offset: int = Field(ge=0)
    stored: bool


class FileAnswer(BlobState):
    """One file of several in a request; ``code`` is a Problem's if it was not taken, with the true offset."""

    code: str = ""


class FilesAnswer(Message):
    """Answer to ``POST /blobs``: the files in the order sent."""

    files: tuple[FileAnswer, ...]


class OfferAnswer(Message):
    """Which offered submissions are stored already (their receipts come again) and blob offsets."""

    batch_id: UUID
    known: tuple[UUID, ...]
    blobs: tuple[BlobState, ...]


class TeamMemberHead(Message):
    """A team member as sent: name, unit, certificate number."""

    name: Name
    unit: Text
    certificate: Text


class VisitHead(Message):
    """The visit that a submission belongs to (``domain.visit.Visit`` as sent)."""

    visit_id: UUID
    building_id: UUID | None
    kind: Name
    result: Name
    tasks: tuple[Name, ...]
    team: tuple[TeamMemberHead, ...]
    started_at: AwareDatetime
    ended_at: AwareDatetime
    source: Literal["screen", "paper"]


class AttachmentRef(Message):
    """A file of a submission: its name in the instance XML and its content."""

    name: Name
    sha256: Sha256
    size: int = Field(ge=0, le=MAX_BLOB_BYTES)
    media_type: Name


class SubmissionManifest(Message):
    """All that is signed about one submission. ``sha256`` and ``size`` are those of the instance XML.

    ``record_id`` stays the same over corrections; version 1 has ``record_id == instance_id``; a
    later version names the one it replaces in ``deprecated_id``.
    """

    instance_id: UUID
    record_id: UUID
    version: int = Field(ge=1, le=999)
    deprecated_id: UUID | None
    form: FormRef
    ruleset: Name
    visit: VisitHead
    sha256: Sha256
    size: int = Field(ge=1)
    attachments: tuple[AttachmentRef, ...]
    device_id: UUID
    actor: Name
    finalized_at: AwareDatetime


class SubmissionEnvelope(Message):
    """One submission on the wire: the signed manifest and the instance XML (base64)."""

    manifest: SignedStatement
    xml: str


class Submissions(Message):
    """``POST /submissions``: each item is answered on its own."""

    batch_id: UUID
    items: tuple[SubmissionEnvelope, ...]


class Receipt(Message):
    """The server's word that a submission and all its files are stored and fsynced.

    ``flags`` are results of the re-evaluation (codes of violations); a flagged submission is kept
    but held out of the register until a person has looked.
    """

    instance_id: UUID
    record_id: UUID
    version: int
    sha256: Sha256
    attachments: tuple[BlobRef, ...]
    device_id: UUID
    stored_at: AwareDatetime
    flags: tuple[Name, ...]
    audit: AuditHead


class ItemAnswer(Message):
    """What became of one item.

    ``stored``: receipt attached. ``incomplete``: files in ``missing`` are not here yet, nothing is
    promised. ``refused``: ``code`` and ``message`` (Chinese) say why; ``retryable`` whether the same
    item may pass later (an unpublished form version, say).
    """

    instance_id: UUID | None
    index: int = Field(ge=0)
    state: Literal["stored", "incomplete", "refused"]
    missing: tuple[Sha256, ...] = ()
    code: str = ""
    message: str = ""
    retryable: bool = False
    receipt: SignedStatement | None = None


class SubmissionsAnswer(Message):
    """One answer per item, in the order sent."""

    batch_id: UUID
    items: tuple[ItemAnswer, ...]


class Pull(Message):
    """Ask for what changed behind ``after`` (0: everything). ``subset`` is the one the laptop's rows are
    of."""

    after: Annotated[int, Field(ge=0)]
    subset: Annotated[str, StringConstraints(max_length=64)] = ""


class ChangedRow(Message):
    """A row of the register as it is now; ``deleted`` is a tombstone."""

    list: Name
    id: Name
    version: int
    label: str
    data: dict[str, str]
    deleted: bool
    change_no: int


class SubmissionState(Message):
    """What became of an own submission: ``applied`` (the register holds it), ``waiting`` (the register does
    not have the row it speaks of yet), ``conflict`` (two values stand against each other, the register's
    counts), ``held`` (flagged, without effect until the office has looked).
    """

    instance_id: UUID
    state: Literal["applied", "waiting", "conflict", "held"]


class ListDigest(Message):
    """How many rows of a list the laptop must have after this page, and the marks of all of them together."""

    list: Name
    count: int
    mark: int


class PullPage(Message):
    """Changes numbered ``after`` < n ≤ ``upto``; at ``upto`` = ``head`` there is no more and ``digests``
    follow.

    ``gone``: rows (list, id) that left the laptop's streets. ``anew``: the cursor cannot be gone on with,
    ask again with 0. ``subset`` names the streets the rows are of.
    """

    subset: str
    after: int
    upto: int
    head: int
    anew: bool = False
    rows: tuple[ChangedRow, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()
    submissions: tuple[SubmissionState, ...] = ()
    digests: tuple[ListDigest, ...] = ()


#: A stored file is fetched by ``GET /originals/{sha256}`` with ``Range: bytes=FIRST-LAST``, at most
#: ``BLOB_PART_BYTES`` of it; 206 with these bytes. ``GET /forms/{sha256}`` gives a published XForm.
MOST_THUMBNAILS = 16


class WantedThumbnails(Message):
    """``POST /thumbnails``: small copies of these originals, at most :data:`MOST_THUMBNAILS`."""

    files: tuple[Sha256, ...]


class Thumbnail(Message):
    """A small copy of the original ``sha256``: a JPEG in base64 and its own hash; or, in ``code``, why there
    is none (``file_missing``, ``file_not_assigned``, ``file_no_picture``)."""

    sha256: Sha256
    code: str = ""
    jpeg: str = ""
    jpeg_sha256: str = ""


class ThumbnailsAnswer(Message):
    """One for each that was asked for, in that order."""

    files: tuple[Thumbnail, ...]


class Problem(Message):
    """Body of every 4xx and 5xx answer: stable code, Chinese sentence, whether to try again."""

    code: Name
    message: str
    remedy: str = ""
    retryable: bool = False


def utc(moment: datetime) -> datetime:
    """``moment`` (aware) without its zone's name, so that both sides print the same text."""
    from datetime import UTC

    return moment.astimezone(UTC)
