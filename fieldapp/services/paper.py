"""Sheets of finalized records: gathered from record, visit, register and vault, drawn, logged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

from fieldapp.domain.record_code import RecordCode
from fieldapp.domain.visit import Visit
from fieldapp.forms import FormSession
from fieldapp.media import photos as media
from fieldapp.services.buildings import Buildings
from fieldapp.services.filling import Filling
from fieldapp.settings import ZONE
from fieldapp.sheets import render_archive, render_onsite
from fieldapp.sheets.content import (
    ARCHIVE_COPY,
    ARCHIVE_SECOND,
    FIRST_COPY,
    SECOND_COPY,
    Photo,
    Printing,
    SheetRecord,
)
from fieldapp.sheets.gathering import FORM_CODES as FORM_CODES
from fieldapp.sheets.gathering import Picture, gathered, photographs, serial_of
from fieldapp.store import Store
from fieldapp.store.model import Photo as StoredPhoto
from fieldapp.store.model import Submission
from fieldapp.sync.protocol import sha256_of

Kind = Literal["onsite", "archive"]
#: The marks of one or two copies (一式两份) of each sheet.
_COPIES = {"onsite": (FIRST_COPY, SECOND_COPY), "archive": (ARCHIVE_COPY, ARCHIVE_SECOND)}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A printed sheet: PDF bytes, their SHA-256, which ``kind``, the how many-th print it is, and how many
    ``copies`` (联) of the record its pages are.
    """

    pdf: bytes
    sha256: str
    kind: Kind
    times: int
    copies: int = 1


class Paper:
    """Prints sheets. Safe to call from worker threads: it only reads, then logs the print."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], filling: Filling, buildings: Buildings
    ) -> None:
        self._store = store
        self._clock = clock
        self._filling = filling
        self._buildings = buildings

    def sheet(self, submission: Submission, kind: Kind, copies: int = 1) -> Sheet:
        """Draw a sheet without logging it: what a preview shows. SHEET_0.. for what cannot be printed.

        ``copies`` 1 or 2: with 2 both parts of 一式两份 follow each other in the one PDF.
        """
        times = self._store.submissions.prints(submission.chain.instance_id, kind) + 1
        record = self._record(submission, kind, times, copies)
        pdf = render_onsite(record) if kind == "onsite" else render_archive(record)
        return Sheet(pdf, sha256_of(pdf), kind, times, copies)

    def print_to(self, submission: Submission, kind: Kind, file: Path, copies: int = 1) -> Sheet:
        """Draw a sheet, write it to ``file`` and log the print. OSError if the file cannot be written."""
        sheet = self.sheet(submission, kind, copies)
        file.write_bytes(sheet.pdf)
        self.log(submission.chain.instance_id, sheet)
        return sheet

    def log(self, instance_id: UUID, sheet: Sheet) -> int:
        """A sheet has gone to a printer or a file: log it, take it out of the queue; the count of prints."""
        return self._store.submissions.record_print(instance_id, sheet.kind, sheet.sha256, sheet.copies)

    def later(self, instance_id: UUID, kind: Kind, copies: int = 1) -> None:
        """Put a sheet into the print queue; one that waits already takes the new number of copies."""
        self._store.papers.enqueue(instance_id, kind, copies)

    def not_later(self, instance_id: UUID, kind: Kind) -> None:
        """Take it out of the queue unprinted."""
        self._store.papers.dequeue(instance_id, kind)

    def _record(self, submission: Submission, kind: Kind, times: int, copies: int) -> SheetRecord:
        session = self._filling.read(submission, "zh")  # a sheet is Chinese whoever prints it
        visit = self._store.visits.get(submission.visit_id)
        building = self._buildings.of(visit.building_id)
        values: Mapping[str, str] = {} if building is None else building.values
        chain = submission.chain
        printing = Printing(
            self._clock().astimezone(ZONE),
            times=times,
            copies=_COPIES[kind][:copies],
            sample=values.get("sample") == "yes",
        )
        return gathered(
            session,
            visit,
            values,
            RecordCode.of(chain.record_id, chain.version, submission.sha256),
            serial_of(visit.started_at, values, chain.record_id, self._visits_of_year(visit)),
            printing,
            self._photos(session, submission) if kind == "archive" else (),
        )

    def _visits_of_year(self, visit: Visit) -> int:
        """The how many-th visit of its house in its year this is, on this laptop."""
        year = visit.started_at.astimezone(ZONE).year
        of_year = [
            one
            for one in self._store.visits.list(building_id=visit.building_id)
            if one.started_at.astimezone(ZONE).year == year and one.started_at <= visit.started_at
        ]
        return len(of_year)

    def _photos(self, session: FormSession, submission: Submission) -> tuple[Photo, ...]:
        kept = {photo.sha256: photo for photo in self._store.photos.for_visit(submission.visit_id)}
        inspectors = {one.inspector_id: one.name for one in self._store.key_file.inspectors()}
        taken_by = inspectors.get(submission.actor, submission.actor)
        drawn = self._store.annotations.of_visit(submission.visit_id, until=submission.finalized_at)
        found: list[Photo] = []
        for photo, name in photographs(session, taken_by, lambda name: self._picture(kept[_hash(name)])):
            found.append(photo)
            copy = drawn[_hash(name)].copy if _hash(name) in drawn else None
            if copy is not None:  # beside its original, never instead of it
                found.append(replace(photo, jpeg=self._sheet_copy(copy), origin="annotated"))
        return tuple(found)

    def _picture(self, kept: StoredPhoto) -> Picture:
        taken_at = None if kept.taken_at is None else datetime.fromisoformat(kept.taken_at)
        return Picture(self._sheet_copy(kept.sha256), kept.sha256, taken_at, kept.has_exif)

    def _sheet_copy(self, sha256: str) -> bytes:
        return media.sheet_copy(media.import_photo(self._store.vault.get(sha256)))


def _hash(name: str) -> str:
    """The hash in a photograph's name."""
    return name.partition(".")[0]
