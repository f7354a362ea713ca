"""Submissions coming in: each item is checked, re-evaluated, stored and receipted on its own.

One item is one transaction: submission, files, effects on the register, audit row and receipt are there
together or not at all. What makes an item unique are the database's constraints, so that simultaneous posts
of the same item meet there and all get the one receipt.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from uuid import UUID

from django.db import DataError, IntegrityError
from pydantic import ValidationError

from districtserver import audit, blobs, clock, published, receipts, redirects, register
from districtserver.bodies import first_problem
from districtserver.evaluation import Finding, check_names, evaluate
from districtserver.models import Attachment, Device, FormVersion, Submission, Visit
from districtserver.problems import Refusal
from districtserver.writing import writing
from fieldapp.sync.protocol import (
    ItemAnswer,
    SignedStatement,
    SubmissionEnvelope,
    SubmissionManifest,
    SubmissionsAnswer,
    canonical,
    key_id_of,
    sha256_of,
    verified,
)


def batch(device: Device, body: bytes) -> SubmissionsAnswer:
    """Answer every item of a ``Submissions`` message, in the order sent.

    The items are read one by one, not as one message: a corrupt one is refused alone. Refusal ``malformed``
    if there is no batch at all.
    """
    try:
        found = json.loads(body)
        batch_id, items = UUID(found["batch_id"]), found["items"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Refusal("malformed", problem="batch") from error
    if not isinstance(items, list):
        raise Refusal("malformed", problem="items")
    return SubmissionsAnswer(
        batch_id=batch_id, items=tuple(_item(device, index, item) for index, item in enumerate(items))
    )


def _item(device: Device, index: int, item: object) -> ItemAnswer:
    manifest: SubmissionManifest | None = None
    try:
        envelope = SubmissionEnvelope.model_validate_json(json.dumps(item))
        manifest = _signed_manifest(device, envelope)
        return _taken(device, index, envelope, manifest)
    except ValidationError as error:
        refusal = Refusal("item_malformed", problem=first_problem(error))
    except (ValueError, OverflowError, RecursionError, DataError):
        refusal = Refusal("item_malformed", problem="encoding")
    except Refusal as raised:
        refusal = raised
    return ItemAnswer(
        instance_id=manifest.instance_id if manifest else None,
        index=index,
        state="refused",
        code=refusal.code,
        message=refusal.message,
        retryable=refusal.kind.retryable,
    )


def _signed_manifest(device: Device, envelope: SubmissionEnvelope) -> SubmissionManifest:
    """The manifest, once the laptop's signature over its exact text is verified."""
    key = base64.b64decode(device.public_key)
    if envelope.manifest.key_id != key_id_of(key) or not verified(envelope.manifest, key):
        raise Refusal("signature_invalid")
    manifest = SubmissionManifest.model_validate_json(envelope.manifest.statement)
    if manifest.device_id != device.id:
        raise Refusal("wrong_device")
    return manifest


def _taken(
    device: Device, index: int, envelope: SubmissionEnvelope, manifest: SubmissionManifest
) -> ItemAnswer:
    xml = _xml(envelope, manifest)
    known = _known(envelope, manifest)
    if known is not None:
        return _stored(index, manifest, known)
    _check_versions(manifest)
    check_names(manifest)
    form = published.find(manifest.form)
    if form is None:
        raise Refusal("form_unknown", form=f"{manifest.form.form_id} {manifest.form.version}")
    finding = evaluate(form, xml, manifest)
    missing = _missing(manifest)
    if missing:
        return ItemAnswer(
            instance_id=manifest.instance_id, index=index, state="incomplete", missing=tuple(missing)
        )
    try:
        with writing():
            receipt = _store(device, form, envelope, manifest, xml, finding)
    except IntegrityError:
        # Another request stored this item or its visit in the same moment: what it stored decides.
        known = _known(envelope, manifest)
        if known is None:
            raise
        receipt = known
    return _stored(index, manifest, receipt)


def _stored(index: int, manifest: SubmissionManifest, receipt: SignedStatement) -> ItemAnswer:
    return ItemAnswer(instance_id=manifest.instance_id, index=index, state="stored", receipt=receipt)


def _xml(envelope: SubmissionEnvelope, manifest: SubmissionManifest) -> bytes:
    try:
        xml = base64.b64decode(envelope.xml, validate=True)
    except binascii.Error as error:
        raise Refusal("item_malformed", problem="xml") from error
    if len(xml) != manifest.size or sha256_of(xml) != manifest.sha256:
        raise Refusal("xml_differs")
    return xml


def _known(envelope: SubmissionEnvelope, manifest: SubmissionManifest) -> SignedStatement | None:
    """The receipt if exactly this was stored before. Refusal ``content_differs`` if something else was."""
    row = Submission.objects.filter(instance_id=manifest.instance_id).select_related("receipt").first()
    if row is None:
        return None
    if row.manifest != envelope.manifest.statement:
        raise Refusal("content_differs")
    return receipts.of(row)


def _check_versions(manifest: SubmissionManifest) -> None:
    first = manifest.version == 1
    if first != (manifest.record_id == manifest.instance_id) or first != (manifest.deprecated_id is None):
        raise Refusal("versions_inconsistent")


def _missing(manifest: SubmissionManifest) -> Sequence[str]:
    missing: list[str] = []
    for attachment in manifest.attachments:
        size = blobs.size_of(attachment.sha256)
        if size is None:
            if attachment.sha256 not in missing:
                missing.append(attachment.sha256)
        elif size != attachment.size:
            raise Refusal("attachment_size", sha256=attachment.sha256)
    return missing


def _store(
    device: Device,
    form: FormVersion,
    envelope: SubmissionEnvelope,
    manifest: SubmissionManifest,
    xml: bytes,
    finding: Finding,
) -> SignedStatement:
    visit = _visit(manifest)
    replaced = _replaced(manifest)
    flags = [*finding.flags, *(["stale_base"] if manifest.version > 1 and replaced is None else [])]
    submission = Submission.objects.create(
        instance_id=manifest.instance_id,
        record_id=manifest.record_id,
        version=manifest.version,
        deprecated_id=manifest.deprecated_id,
        visit=visit,
        device=device,
        form=form,
        xml=xml,
        sha256=manifest.sha256,
        manifest=envelope.manifest.statement,
        signature=envelope.manifest.signature,
        flags=flags,
        held=bool(flags),
        received_at=clock.now(),
    )
    if replaced is not None:
        replaced.superseded_by = submission
        replaced.save(update_fields=["superseded_by"])
    blobs.enter({attachment.sha256: attachment.size for attachment in manifest.attachments})
    Attachment.objects.bulk_create(
        Attachment(
            submission=submission,
            blob_id=attachment.sha256,
            name=attachment.name,
            media_type=attachment.media_type,
        )
        for attachment in manifest.attachments
    )
    register.apply(submission, finding.effects)
    audit.append(
        "submission_stored",
        device,
        {"instance_id": str(manifest.instance_id), "sha256": manifest.sha256, "flags": flags},
    )
    return receipts.issue(submission, manifest)


def _visit(manifest: SubmissionManifest) -> Visit:
    """The visit's row. Refusal ``visit_differs`` if it was told otherwise before."""
    head = canonical(manifest.visit)
    visit, _ = Visit.objects.get_or_create(
        id=manifest.visit.visit_id,
        defaults={
            "building_id": manifest.visit.building_id,
            "filed_under": redirects.file_of(manifest.visit.building_id),
            "started_at": manifest.visit.started_at,
            "head": head,
        },
    )
    if visit.head != head:
        raise Refusal("visit_differs")
    return visit


def _replaced(manifest: SubmissionManifest) -> Submission | None:
    """The current version that a correction replaces; None for first versions and for a stale base."""
    if manifest.deprecated_id is None:
        return None
    return (
        Submission.objects.select_for_update()
        .filter(
            instance_id=manifest.deprecated_id,
            record_id=manifest.record_id,
            version=manifest.version - 1,
            superseded_by=None,
        )
        .first()
    )
