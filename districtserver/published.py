"""Published form versions: entering them, and having them ready for evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from districtserver import audit, clock
from districtserver.form_functions import form_functions
from districtserver.models import Entity, FormVersion
from districtserver.writing import writing
from fieldapp.forms import FormDefinition, load_form
from fieldapp.sync.protocol import FormRef, sha256_of


class RegisterLists:
    """The register as the engine's list source."""

    def lookup(self, list_name: str, column: str, value: str) -> Sequence[Mapping[str, str]]:
        """The rows whose ``column`` is ``value``; KeyError for a list that has no row at all."""
        rows = Entity.objects.filter(list=list_name, deleted=False)
        if column == "name":
            found = rows.filter(id=value)
        elif column == "label":
            found = rows.filter(label=value)
        else:
            found = rows.filter(**{f"data__{column}": value})
        answer = [
            {**row.data, "name": row.id, "label": row.label, "__version": str(row.version)} for row in found
        ]
        if not answer and not rows.exists():
            raise KeyError(list_name)
        return answer


@lru_cache(maxsize=64)
def _loaded(sha256: str) -> FormDefinition:
    row = FormVersion.objects.only("xform").get(sha256=sha256)
    return load_form(bytes(row.xform), RegisterLists(), form_functions(), clock.now)


def definition(form: FormVersion) -> FormDefinition:
    """The form ready for evaluation; read once per process, its bytes never change."""
    return _loaded(form.sha256)


def find(ref: FormRef) -> FormVersion | None:
    """The published version that has id, version and hash of ``ref``."""
    found = FormVersion.objects.filter(sha256=ref.sha256, form_id=ref.form_id, version=ref.version)
    return found.defer("xform").first()


def newest() -> tuple[FormRef, ...]:
    """All published versions, by form and time."""
    rows = FormVersion.objects.order_by("form_id", "published_at", "version")
    return tuple(
        FormRef(form_id=form_id, version=version, sha256=sha256)
        for form_id, version, sha256 in rows.values_list("form_id", "version", "sha256")
    )


class VersionTakenError(Exception):
    """A published version never changes: other content needs a new version."""


def publish(xform: bytes) -> tuple[FormVersion, bool]:
    """Check the form as a laptop will and publish it; the same bytes again change nothing.

    Returns the row and whether it is new. UserError FORM_… if the form is broken, VersionTakenError
    if its version was published with other bytes.
    """
    form = load_form(xform, RegisterLists(), form_functions(), clock.now)
    sha256 = sha256_of(xform)
    with writing():
        same = FormVersion.objects.filter(form_id=form.form_id, version=form.version).first()
        if same is not None:
            if same.sha256 != sha256:
                raise VersionTakenError(f"{form.form_id} {form.version}")
            return same, False
        row = FormVersion.objects.create(
            sha256=sha256,
            form_id=form.form_id,
            version=form.version,
            title=form.title,
            xform=xform,
            published_at=clock.now(),
        )
        audit.append(
            "form_published", None, {"form": form.form_id, "version": form.version, "sha256": sha256}
        )
    return row, True
