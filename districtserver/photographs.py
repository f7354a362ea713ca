"""Which photographs a building has (list ``photographs``), kept in line with what was sent, and who may have
their bytes.

Nothing of it is done while records come in. Whoever pulls first after that takes in what is new, by the
numbers of the feed: submissions, files of buildings joined or parted, buildings that changed their street.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from uuid import UUID

from django.db.models import OuterRef, Subquery

from districtserver import feed, published, register
from districtserver.evaluation import ENGINE_FAILURES
from districtserver.models import Attachment, Entity, Feed, Submission, Visit
from districtserver.writing import writing
from fieldapp.domain.filings import BUILDINGS, FILINGS
from fieldapp.domain.photographs import MOST, OTHER, PHOTOGRAPHS, Pictured, kind_of, to_text
from fieldapp.errors import FieldappError

#: Who wrote the versions of these rows.
WHO = "photographs"
#: Buildings whose rows are written in one transaction.
SLICE = 50


def catch_up() -> int:
    """Take in what was numbered since the last call; how many rows it wrote."""
    since, last = _seen(), feed.head()
    if since >= last:
        return 0
    buildings = sorted(_concerned(since, last))
    written = 0
    for start in range(0, len(buildings), SLICE):
        some = buildings[start : start + SLICE]
        for building in some:  # forms are opened before the lock is taken
            list(_pictures(building))
        with writing():
            written += sum(_write(building) for building in some)
    with writing():
        # What was numbered meanwhile is looked at by the next call.
        if not Feed.objects.filter(name=PHOTOGRAPHS, last__lt=last).update(last=last):
            Feed.objects.get_or_create(name=PHOTOGRAPHS, defaults={"last": last})
    return written


def _seen() -> int:
    return Feed.objects.filter(name=PHOTOGRAPHS).values_list("last", flat=True).first() or 0


def _concerned(since: int, last: int) -> set[str]:
    """The buildings whose photographs may be others after what was numbered."""
    numbered = {"change_no__gt": since, "change_no__lte": last}
    sent = Submission.objects.filter(**numbered, attachments__media_type__startswith="image/")
    visits = Visit.objects.filter(submissions__in=sent).exclude(filed_under=None)
    found = {str(one) for one in visits.values_list("filed_under", flat=True)}
    for data in Entity.objects.filter(list=FILINGS, **numbered).values_list("data", flat=True):
        found |= {data[name] for name in ("building", "other") if data.get(name)}
    moved = Entity.objects.filter(list=BUILDINGS, id=OuterRef("id"), **numbered).values("street")[:1]
    rows = Entity.objects.filter(list=PHOTOGRAPHS).annotate(now=Subquery(moved)).exclude(now=None)
    return found | {key for key, street, now in rows.values_list("id", "street", "now") if street != now}


def _write(building: str) -> bool:
    """Bring the row of a building in line; whether there was anything to write. Inside ``writing``."""
    row = Entity.objects.filter(list=PHOTOGRAPHS, id=building).first()
    row = row or Entity(list=PHOTOGRAPHS, id=building, version=0, data={})
    house = Entity.objects.filter(list=BUILDINGS, id=building).only("street").first()
    pictures = tuple(_pictures(building)) if house is not None else ()
    data = {"building": building}
    if house is not None and house.street:
        data["street"] = house.street
    if pictures:
        data["pictures"] = to_text(pictures)
    if row.data == data if row.version else not pictures:
        return False
    register.write(row, "", data, who=WHO)
    return True


def _pictures(building: str) -> Iterator[Pictured]:
    """The newest photographs in the file of a building, each original once."""
    try:
        file = UUID(building)
    except ValueError:
        return  # a building that an office named otherwise: no laptop has been there
    submissions = (
        Submission.objects.filter(visit__filed_under=file, held=False, superseded_by=None)
        .filter(attachments__media_type__startswith="image/")
        .order_by("-visit__started_at", "-received_at", "pk")
        .distinct()
        .select_related("visit", "device")
        .defer("xml", "signature")
    )
    seen: set[str] = set()
    for submission in submissions.iterator(chunk_size=20):
        for one in _of_submission(submission):
            if one.sha256 not in seen:
                seen.add(one.sha256)
                yield one
            if len(seen) == MOST:
                return


def _of_submission(submission: Submission) -> Iterator[Pictured]:
    kinds = dict(_kinds(submission.pk))
    visit = json.loads(submission.manifest)["visit"]
    who = "、".join(member["name"] for member in visit["team"]) or submission.device.name
    files = submission.attachments.filter(media_type__startswith="image/").order_by("pk")
    for name, sha256, size, media_type in files.values_list("name", "blob_id", "blob__size", "media_type"):
        yield Pictured(
            sha256,
            size,
            media_type,
            kinds.get(name, OTHER),
            visit["started_at"],
            str(submission.visit_id),
            who,
        )


@lru_cache(maxsize=512)
def _kinds(instance_id: UUID) -> tuple[tuple[str, str], ...]:
    """What each photograph of a submission shows, by its name in the XML. A submission that its form no
    longer opens tells nothing of them."""
    submission = Submission.objects.select_related("form").get(pk=instance_id)
    try:
        session = published.definition(submission.form).open_session(bytes(submission.xml), recalculate=False)
        found = []
        for leaf in session.root.leaves:
            if leaf.type == "binary" and leaf.value:
                beside = session.node(leaf.path.rpartition("/")[0]).children
                said = next((one.value for one in beside if one.name == "photo_kind"), None)
                found.append((leaf.value, kind_of(leaf.name, said)))
    except (FieldappError, *ENGINE_FAILURES):
        return ()
    return tuple(found)


def buildings_of(sha256: str) -> Iterable[str]:
    """The buildings in whose files a photograph stands that laptops may fetch."""
    found = Attachment.objects.filter(
        blob=sha256,
        media_type__startswith="image/",
        submission__held=False,
        submission__superseded_by=None,
    ).exclude(submission__visit__filed_under=None)
    return {str(one) for one in found.values_list("submission__visit__filed_under", flat=True)}
