"""What the staff pages keep: indexes that lists are read by (they can be made again), and releases."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from districtserver.models import AuditEntry, Device, EnrolmentCode, FormVersion, Submission


class SubmissionIndex(models.Model):
    """What submissions are filtered by, taken from the signed manifest when it is stored.

    ``building`` is the register's id, empty if the visit had none. ``inspector`` holds the name of the
    slot and the names of the team; ``day`` is the local day of finalizing; ``flags`` are the kinds of the
    flags, each between semicolons.
    """

    submission = models.OneToOneField(
        Submission, primary_key=True, on_delete=models.PROTECT, related_name="index"
    )
    received_at = models.DateTimeField()
    form_id = models.CharField(max_length=200, db_index=True)
    building = models.CharField(max_length=36, blank=True, db_index=True)
    inspector = models.TextField()
    day = models.DateField(db_index=True)
    flags = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["received_at", "submission"], name="staff_newest")]
        permissions: ClassVar = [
            ("view_personal", _("Can see names and numbers of persons")),
            ("decide_conflict", _("Can decide what was told differently in two places")),
            ("file_buildings", _("Can join and part files of buildings")),
        ]


class SearchEntry(models.Model):
    """A row of the register as it is searched: its ``text``, and the ``initials`` of its pinyin.

    ``sort`` orders lists (lane order); ``facets`` are the properties that lists are narrowed by, as
    ``;name=value;``; ``change`` is the id of the newest ``EntityVersion`` that it tells.
    """

    list = models.CharField(max_length=100)
    entity_id = models.CharField(max_length=100)
    sort = models.CharField(max_length=500)
    text = models.TextField()
    initials = models.TextField()
    facets = models.TextField()
    change = models.BigIntegerField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entity_id", "list"], name="staff_entry_once")
        ]
        indexes: ClassVar = [models.Index(fields=["sort", "entity_id"], name="staff_order")]


class Release(models.Model):
    """A held submission that a person let into the register: who, when and why. Never changed."""

    submission = models.OneToOneField(
        Submission, primary_key=True, on_delete=models.PROTECT, related_name="release"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        default_permissions: ClassVar = ("add",)


class Laptop(Device):
    """A laptop as the administration shows it."""

    class Meta:
        proxy = True
        verbose_name = _("laptop")
        verbose_name_plural = _("laptops")


class LaptopCode(EnrolmentCode):
    """An enrolment code as the administration shows it: never the code itself, which is not kept."""

    class Meta:
        proxy = True
        verbose_name = _("enrolment code")
        verbose_name_plural = _("enrolment codes")

    def __str__(self) -> str:
        return self.name


class PublishedForm(FormVersion):
    """A published form as the administration shows it."""

    class Meta:
        proxy = True
        verbose_name = _("published form")
        verbose_name_plural = _("published forms")


class AuditRow(AuditEntry):
    """An entry of the audit log as the administration shows it."""

    class Meta:
        proxy = True
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
