"""Re-evaluation: the server trusts no laptop, it evaluates every submission with the same engine."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import models

from districtserver import published
from districtserver.models import Effect, FormVersion
from districtserver.problems import Refusal
from fieldapp.errors import FieldappError
from fieldapp.forms import EntityEffect, FormDefinition, FormSession
from fieldapp.sync.protocol import SubmissionManifest

#: A receipt lists so many flags; more say nothing new.
MAX_FLAGS = 50
#: What an evaluator that meets the unexpected raises. The evidence is kept, flagged, and the batch goes on.
ENGINE_FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
_NAME = re.compile(r"([0-9a-f]{64})\.[a-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class Finding:
    """What the re-evaluation says: ``flags`` (empty: nothing wrong) and the effects on the register."""

    flags: tuple[str, ...]
    effects: tuple[EntityEffect, ...]


def check_names(manifest: SubmissionManifest) -> None:
    """Names of files are their hash and a short ending, each once, so nothing can be smuggled by a name."""
    names = [attachment.name for attachment in manifest.attachments]
    for attachment in manifest.attachments:
        match = _NAME.fullmatch(attachment.name)
        if match is None or match[1] != attachment.sha256 or names.count(attachment.name) > 1:
            raise Refusal("attachment_name")


def evaluate(form: FormVersion, xml: bytes, manifest: SubmissionManifest) -> Finding:
    """Open the XML with its form and judge it.

    Refusals: ``form_broken``, ``xml_malformed``, ``form_mismatch``, ``instance_differs``. Everything
    else that is wrong with the answers becomes a flag: the submission is evidence and is kept.
    """
    try:
        definition = published.definition(form)
    except FieldappError as error:
        raise Refusal("form_broken", form=manifest.form.form_id) from error
    session = _opened(definition, xml)
    if session is None:
        return Finding(("evaluation_failed",), ())
    if session.instance_id != f"uuid:{manifest.instance_id}":
        raise Refusal("instance_differs")
    try:
        return _judged(session, manifest)
    except (FieldappError, *ENGINE_FAILURES):
        return Finding(("evaluation_failed",), ())


def _opened(definition: FormDefinition, xml: bytes) -> FormSession | None:
    try:
        return definition.open_session(xml, recalculate=False)
    except FieldappError as error:
        raise Refusal("form_mismatch" if error.code == "FORM_014" else "xml_malformed") from error
    except ENGINE_FAILURES:
        return None


def _judged(session: FormSession, manifest: SubmissionManifest) -> Finding:
    flags = [f"{violation.kind}:{violation.path}"[:200] for violation in session.validate()]
    if session.strangers:
        flags.append("unknown_nodes")
    listed = {attachment.name for attachment in manifest.attachments}
    if not listed.issuperset(session.attachments()):
        flags.append("attachment_unlisted")
    effects = session.effects()
    kept = tuple(effect for effect in effects if _fits(effect))
    if len(kept) < len(effects):
        flags.insert(0, "effect_too_long")
    return Finding(tuple(flags[:MAX_FLAGS]), kept)


def _fits(effect: EntityEffect) -> bool:
    """Whether the register can hold names and label of ``effect``; PostgreSQL cuts nothing, it refuses."""
    told = {
        "list": effect.list,
        "entity_id": effect.id,
        "base_version": effect.base_version,
        "label": effect.label,
    }
    columns = [column for column in Effect._meta.get_fields() if isinstance(column, models.CharField)]
    return all(
        len(told[column.name]) <= (column.max_length or 0) for column in columns if column.name in told
    )
