"""Ledgers that were taken in, all their rows as they stood in the file, and the mappings of headings."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from districtserver.models import Blob


class Ledger(models.Model):
    """A file that was taken in; its bytes are the blob. ``state``: ``taken`` or ``undone``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=255)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    mapping = models.JSONField()
    taken_at = models.DateTimeField()
    who = models.CharField(max_length=200)
    state = models.CharField(max_length=10)


class LedgerRow(models.Model):
    """A row of a ledger. ``state``: ``new``, ``known``, ``pending`` (待核), ``skipped``, ``undone``.

    ``cells``: pairs of heading and text in the order of the columns. ``values``: what it brings. ``version``:
    that of the house which this row wrote last, null if it wrote none.
    """

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="rows")
    sheet = models.CharField(max_length=255)
    row = models.IntegerField()
    cells = models.JSONField()
    remarks = models.JSONField()
    state = models.CharField(max_length=10)
    house = models.CharField(max_length=100, blank=True, db_index=True)
    values = models.JSONField()
    candidates = models.JSONField()
    version = models.IntegerField(null=True)
    reason = models.TextField(blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ledger", "sheet", "row"], name="ledger_row_once")
        ]
        indexes: ClassVar = [models.Index(fields=["state", "id"], name="ledger_row_state")]


class LedgerTemplate(models.Model):
    """The mapping of headings that was given for sheets with this fingerprint of headings."""

    fingerprint = models.CharField(max_length=64, primary_key=True)
    columns = models.JSONField()
    kept_at = models.DateTimeField()
    who = models.CharField(max_length=200)
