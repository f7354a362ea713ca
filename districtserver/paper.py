"""The 归档本 of a submission, drawn from what was sent: the one place that reaches into the laptop's sheets
and its reading of photographs (ADR 0019).

The register's row is that of the version which the submission made, so a sheet drawn in a year's time says
what it says today. What only the laptop knows is not on it: drawings on copies of photographs, how often it
was printed. The photographer is the first of the team, who carries the laptop.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock
from uuid import UUID

from districtserver import blobs, clock, keys, published, redirects
from districtserver.models import EntityVersion, Submission, Visit
from fieldapp.domain.record_code import RecordCode
from fieldapp.domain.visit import TeamMember
from fieldapp.domain.visit import Visit as VisitTold
from fieldapp.forms import FormSession
from fieldapp.media import photos as media
from fieldapp.settings import ZONE
from fieldapp.sheets import has_sheet, render_archive
from fieldapp.sheets.content import ARCHIVE_COPY, Photo, Printing
from fieldapp.sheets.gathering import Picture, gathered, photographs, serial_of
from fieldapp.sync.protocol import SubmissionManifest, VisitHead

BUILDINGS = "buildings"
#: One sheet at a time: a drawing holds all its photographs, and many at once would hold up the laptops.
_drawing = Lock()


def printable(submission: Submission) -> bool:
    """Whether the submission's form has a sheet."""
    return has_sheet(submission.form.form_id)


def kept(submission: Submission) -> Path:
    """Where the sheet is once it was drawn. Thrown away, it is drawn anew."""
    row = _row(submission)
    name = f"{submission.pk}-{0 if row is None else row.version}.pdf"
    return keys.folder() / "sheets" / name[:2] / name


def draw(instance_id: UUID, told: Callable[[str, int, int], None]) -> Path:
    """Draw a submission's sheet and keep it. ``told`` hears ``draw`` with photographs so far.

    Errors as ``archive``.
    """
    submission = Submission.objects.select_related("form", "visit").get(pk=instance_id)
    target = kept(submission)
    pdf = archive(submission, told)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as part:
        part.write(pdf)
    return Path(part.name).replace(target)


def archive(submission: Submission, told: Callable[[str, int, int], None]) -> bytes:
    """The PDF. UserError MEDIA_001 to MEDIA_009 (a photograph that cannot be read), SHEET_004 (a form without
    a sheet), EnvironmentProblem MEDIA_020 (a photograph whose file is not here)."""
    manifest = SubmissionManifest.model_validate_json(submission.manifest)
    form = published.definition(submission.form)
    session = form.open_session(bytes(submission.xml), language="zh", recalculate=False)
    visit, row = _visit(manifest.visit), _row(submission)
    values = {} if row is None else row.data
    code = RecordCode.of(manifest.record_id, manifest.version, manifest.sha256)
    serial = serial_of(visit.started_at, values, manifest.record_id, _visits_of_year(submission))
    sample = values.get("sample") == "yes"
    printing = Printing(clock.now().astimezone(ZONE), copies=(ARCHIVE_COPY,), sample=sample)
    with _drawing:
        photos: list[Photo] = []
        for photo in _photos(session, manifest, submission):
            photos.append(photo)
            told("draw", len(photos), len(manifest.attachments))
        return render_archive(gathered(session, visit, values, code, serial, printing, tuple(photos)))


def _visit(told: VisitHead) -> VisitTold:
    return VisitTold(
        visit_id=told.visit_id,
        building_id=told.building_id,
        kind=told.kind,
        tasks=told.tasks,
        team=tuple(TeamMember(one.name, one.unit, one.certificate) for one in told.team),
        started_at=told.started_at,
        ended_at=told.ended_at,
        result=told.result,
        source=told.source,
        state="finalized",
    )


def _row(submission: Submission) -> EntityVersion | None:
    """The building's row in the version that the submission made, else the one that it was received on."""
    told = submission.visit.building_id
    if told is None:
        return None
    identity = redirects.now(BUILDINGS, str(told))
    versions = EntityVersion.objects.filter(list=BUILDINGS, entity_id=identity, deleted=False)
    own = versions.filter(submission=submission).order_by("-version").first()
    before = versions.filter(at__lte=submission.received_at).order_by("-version").first()
    return own or before or versions.order_by("version").first()


def _visits_of_year(submission: Submission) -> int:
    """The how many-th visit of its house in its year this is, of those that its laptop has sent."""
    started = submission.visit.started_at
    first = started.astimezone(ZONE).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    of_year = Visit.objects.filter(
        building_id=submission.visit.building_id,
        started_at__gte=first,
        started_at__lte=started,
        submissions__device=submission.device_id,
    )
    return of_year.distinct().count()


def _photos(session: FormSession, manifest: SubmissionManifest, submission: Submission) -> Iterator[Photo]:
    blob_of = dict(submission.attachments.values_list("name", "blob_id"))
    team = manifest.visit.team
    taken_by = team[0].name if team else manifest.actor

    def picture(name: str) -> Picture:
        photo = media.import_photo(blobs.stored_path(blob_of[name]))
        return Picture(media.sheet_copy(photo), photo.sha256, photo.taken_at, photo.has_exif)

    return (photo for photo, _name in photographs(session, taken_by, picture))
