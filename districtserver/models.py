"""What the server keeps. The instance XML is the truth of a submission; columns beside it are an index."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from fieldapp.domain.marks import PlainJson


class ServerKey(models.Model):
    """A key that signs receipts, by its public half (base64 of 32 raw bytes). Old ones stay, to verify."""

    key_id = models.CharField(max_length=16, primary_key=True)
    public_key = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)


class Device(models.Model):
    """A laptop: its public key, its token (hashed), and whether it is still welcome."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=200)
    public_key = models.CharField(max_length=64)
    token_sha256 = models.CharField(max_length=64, unique=True)
    client = models.CharField(max_length=200, blank=True)
    enrolled_at = models.DateTimeField()
    first_hello_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class EnrolmentCode(models.Model):
    """A one-time code (hashed). It can be repeated by the same device until that device has said hello."""

    code_sha256 = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    device = models.OneToOneField(Device, null=True, on_delete=models.PROTECT, related_name="code")


class DeviceAudit(models.Model):
    """One head of a laptop's audit chain as it was seen. ``broken`` tells why it did not extend the last."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="audit_heads")
    seq = models.BigIntegerField()
    head = models.CharField(max_length=64)
    seen_at = models.DateTimeField()
    broken = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["device", "seq", "head", "broken"], name="audit_head_once")
        ]


class FormVersion(models.Model):
    """One published version of a form: the XForm's bytes, never changed."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    form_id = models.CharField(max_length=200)
    version = models.CharField(max_length=200)
    title = models.CharField(max_length=400)
    xform = models.BinaryField()
    published_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["form_id", "version"], name="form_version_once")
        ]


class Blob(models.Model):
    """A file that is stored whole; the bytes are in the folder under their hash."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    stored_at = models.DateTimeField()


class Visit(models.Model):
    """A visit as its first submission told it, in canonical text; it never changes.

    ``building_id`` is what it told, ``filed_under`` the building in whose file it stands (``filing``).
    """

    id = models.UUIDField(primary_key=True)
    building_id = models.UUIDField(null=True, db_index=True)
    filed_under = models.UUIDField(null=True, db_index=True)
    started_at = models.DateTimeField()
    head = models.TextField()


class Submission(models.Model):
    """One finalized submission: bytes, signed manifest, what the re-evaluation found.

    ``held``: kept, but without effect on the register until a person has looked. ``superseded_by``: the
    correction that replaces it.
    """

    instance_id = models.UUIDField(primary_key=True)
    record_id = models.UUIDField(db_index=True)
    version = models.IntegerField()
    deprecated_id = models.UUIDField(null=True)
    superseded_by = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="supersedes"
    )
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="submissions")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="submissions")
    form = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="submissions")
    xml = models.BinaryField()
    sha256 = models.CharField(max_length=64, db_index=True)
    manifest = models.TextField()
    signature = models.CharField(max_length=128)
    flags = models.JSONField()
    held = models.BooleanField()
    received_at = models.DateTimeField(db_index=True)
    change_no = models.BigIntegerField(default=0, db_index=True)


class Attachment(models.Model):
    """A file of a submission under its name in the XML."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="attachments")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "name"], name="attachment_once")
        ]


class ReceiptIssued(models.Model):
    """The receipt of a submission, exactly as it was given and will be given again for ever."""

    submission = models.OneToOneField(
        Submission, primary_key=True, on_delete=models.PROTECT, related_name="receipt"
    )
    key_id = models.CharField(max_length=16)
    statement = models.TextField()
    signature = models.CharField(max_length=128)


class Feed(models.Model):
    """The last number given in a feed. Numbers are given under the writing lock, so their order is the order
    of commits."""

    name = models.CharField(max_length=40, primary_key=True)
    last = models.BigIntegerField(default=0)


class DeviceStreet(models.Model):
    """A street whose rows a laptop carries. A laptop without any carries the whole district."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="streets")
    street = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["device", "street"], name="device_street_once")
        ]


class Assignment(models.Model):
    """A community (``kind`` ``community``) or a single building (``house``) that a laptop carries, whatever
    the street."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="assignments")
    kind = models.CharField(max_length=10)
    value = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["device", "kind", "value"], name="assignment_once")
        ]


class Share(models.Model):
    """That a laptop's rows are chosen one by one (``assignments``), and the name of that choice: another
    name means that the laptop must pull anew. ``upto``: the number of the feed when that was last done."""

    device = models.OneToOneField(Device, primary_key=True, on_delete=models.PROTECT, related_name="share")
    name = models.CharField(max_length=16)
    upto = models.BigIntegerField(default=-1)


class Carried(models.Model):
    """A row that a laptop with a ``Share`` carries, or carried until it left (not ``present``); the number
    of when it entered or left in the feed."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="carried")
    list = models.CharField(max_length=100)
    entity_id = models.CharField(max_length=100)
    present = models.BooleanField()
    change_no = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["device", "list", "entity_id"], name="carried_once")
        ]


class Departure(models.Model):
    """A register row left a street: laptops of that street are told to put it away."""

    list = models.CharField(max_length=100)
    entity_id = models.CharField(max_length=100)
    street = models.CharField(max_length=100)
    change_no = models.BigIntegerField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["list", "entity_id", "street"], name="departure_once")
        ]


class Entity(models.Model):
    """The present row of a register list. ``data`` holds the properties as text; ``change_no`` numbers its
    last change in the feed, ``mark`` stands for its content (``domain.marks``)."""

    list = models.CharField(max_length=100)
    id = models.CharField(max_length=100)
    pk = models.CompositePrimaryKey("list", "id")
    version = models.IntegerField()
    label = models.CharField(max_length=400, blank=True)
    street = models.CharField(max_length=100, blank=True, db_index=True)
    data = models.JSONField(encoder=PlainJson)
    deleted = models.BooleanField(default=False)
    change_no = models.BigIntegerField(default=0, db_index=True)
    mark = models.BigIntegerField(default=0)


class Tally(models.Model):
    """How many rows of a list a street has that are not deleted, and their joined marks: what laptops
    compare with. Kept with every row that is written; ``tallies.recount`` counts anew."""

    list = models.CharField(max_length=100)
    street = models.CharField(max_length=100, blank=True)
    count = models.BigIntegerField(default=0)
    mark = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["list", "street"], name="tally_once")]


class EntityVersion(models.Model):
    """One version of a register row, append-only. ``submission`` is null for imports and decisions of the
    office; ``who`` names the laptop, the import or the person."""

    list = models.CharField(max_length=100)
    entity_id = models.CharField(max_length=100)
    version = models.IntegerField()
    label = models.CharField(max_length=400, blank=True)
    data = models.JSONField()
    submission = models.ForeignKey(Submission, null=True, on_delete=models.PROTECT)
    who = models.CharField(max_length=200, blank=True)
    deleted = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["list", "entity_id", "version"], name="entity_version_once")
        ]


class Effect(models.Model):
    """What a submission wants of the register, and what became of it.

    ``state``: ``applied``; ``held`` (submission flagged); ``unknown`` (waits for the row or version it speaks
    of); ``conflict`` (a group of it stands against another); ``decided`` (a person decided that since).
    ``version`` is the version of the row that it made; ``landed`` names that row where it is another than
    ``entity_id``, whose file was joined to it.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="effects")
    position = models.IntegerField()
    list = models.CharField(max_length=100)
    entity_id = models.CharField(max_length=100)
    action = models.CharField(max_length=10)
    base_version = models.CharField(max_length=20, blank=True)
    label = models.CharField(max_length=400, blank=True)
    values = models.JSONField()
    state = models.CharField(max_length=10)
    version = models.IntegerField(null=True)
    landed = models.CharField(max_length=100, blank=True, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "position"], name="effect_once")
        ]
        indexes: ClassVar = [models.Index(fields=["entity_id", "list"], name="effect_of_row")]


class Filing(models.Model):
    """Two files of buildings joined (并档), or one parted (分档), and whether that was undone.

    ``building`` is the file that stands in either case, ``other`` the one that was joined to it or parted
    from it. ``leads`` is the id that leads to ``building`` for now: that of ``other`` while it stands no
    more, else empty. ``mark`` is the newest ``EntityVersion`` of before.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=10)
    building = models.CharField(max_length=100, db_index=True)
    other = models.CharField(max_length=100, db_index=True)
    leads = models.CharField(max_length=100, blank=True)
    mark = models.BigIntegerField()
    at = models.DateTimeField()
    who = models.CharField(max_length=200)
    reason = models.TextField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=200, blank=True)
    undone_reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["leads"], condition=~models.Q(leads=""), name="filing_leads_once")
        ]


class FiledRow(models.Model):
    """A row that a filing, or its undoing, wrote: its versions before (0: it was new) and after."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="rows")
    list = models.CharField(max_length=100)
    entity_id = models.CharField(max_length=100)
    before = models.IntegerField()
    after = models.IntegerField()
    undoing = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["filing", "list", "entity_id"],
                condition=models.Q(undoing=False),
                name="filed_row_once",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["entity_id", "list"], name="filed_row_of")]


class FiledVisit(models.Model):
    """A visit that a filing, or its undoing, put into another file."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="visits")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="filings")
    before = models.UUIDField()
    after = models.UUIDField()
    undoing = models.BooleanField(default=False)


class AuditEntry(models.Model):
    """The server's own log, append-only and hash-chained. ``detail``: ids and codes, nothing personal."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    event = models.CharField(max_length=60)
    device = models.ForeignKey(Device, null=True, on_delete=models.PROTECT)
    detail = models.JSONField()
    head = models.CharField(max_length=64)
