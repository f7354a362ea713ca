"""Sheets of finalized records: gathered from record, visit, register and vault, drawn, logged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

from fieldapp.domain.codelists import codelists
from fieldapp.domain.facts import Facts, facts_of, text
from fieldapp.domain.record_code import RecordCode
from fieldapp.domain.ruleset import Finding, hazard_ruleset
from fieldapp.domain.suggestion import suggest
from fieldapp.domain.visit import Visit
from fieldapp.forms import FormSession, NodeView
from fieldapp.media import photos as media
from fieldapp.services.buildings import Buildings, full_address
from fieldapp.services.evidence import photo_answers, photo_kind
from fieldapp.services.filling import Filling
from fieldapp.settings import ZONE
from fieldapp.sheets import render_archive, render_onsite
from fieldapp.sheets.content import (
    ARCHIVE_COPY,
    ARCHIVE_SECOND,
    FIRST_COPY,
    SECOND_COPY,
    Answer,
    Photo,
    Printing,
    SheetRecord,
)
from fieldapp.store import Store
from fieldapp.store.model import Photo as StoredPhoto
from fieldapp.store.model import ShownRow, Submission
from fieldapp.sync.protocol import sha256_of

Kind = Literal["onsite", "archive"]
#: Number of a form in the campaign's list (F02), printed before its title.
FORM_CODES = {"building_profile": "F01", "hazard_inspection": "F02", "periodic_check": "F18"}
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
        answers = _answers(session)
        chain, lists = submission.chain, codelists()
        ruleset = answers["ruleset_version"].value or hazard_ruleset().version
        street = lists.text("street", values.get("street", ""))
        started = visit.started_at.astimezone(ZONE)
        said = answers["visit_result"].value if "visit_result" in answers else ""
        result = visit.result or said  # a draft is looked at before its visit has one
        return SheetRecord(
            form_id=submission.form_id,
            form_code=FORM_CODES.get(submission.form_id, ""),
            form_title=session.definition.title,
            form_version=submission.form_version,
            ruleset_version=ruleset,
            issuer=f"泉州市鲤城区{street}办事处",
            serial=self._serial(submission, visit, building),
            code=RecordCode.of(chain.record_id, chain.version, submission.sha256),
            address=_address(session, values),
            building_code=values.get("building_code", ""),
            visit_kind=lists.text("visit_kind", visit.kind),
            tasks=tuple(f"T{int(task.lstrip('tT'))}" for task in visit.tasks),
            started_at=started,
            ended_at=None if visit.ended_at is None else visit.ended_at.astimezone(ZONE),
            result=result,
            result_text=lists.text("visit_result", result),
            team=visit.team,
            printing=Printing(
                self._clock().astimezone(ZONE),
                times=times,
                copies=_COPIES[kind][:copies],
                sample=values.get("sample") == "yes",
            ),
            answers=answers,
            repeats=_repeats(session),
            findings=_findings(session, ruleset),
            photos=self._photos(session, submission) if kind == "archive" else (),
            attempts=int(float(answers["attempts"].value or 0)) if "attempts" in answers else 0,
        )

    def _serial(self, submission: Submission, visit: Visit, building: ShownRow | None) -> str:
        """``江南-亭店-0312-2022-03``: street, community, house, year, which visit of the year on this laptop.

        A reading aid that may repeat on laptops without network; the id under the QR is the key (paper §4).
        """
        year = visit.started_at.astimezone(ZONE).year
        if building is None or visit.building_id is None:
            return f"{year}-{submission.chain.record_id.hex[:8].upper()}"
        lists, values = codelists(), building.values
        street = lists.text("street", values.get("street", "")).removesuffix("街道")
        community = lists.text("community", values.get("community", "")).removesuffix("社区")
        house = values.get("building_code", "").rpartition("-")[2]
        of_year = [
            one
            for one in self._store.visits.list(building_id=visit.building_id)
            if one.started_at.astimezone(ZONE).year == year and one.started_at <= visit.started_at
        ]
        return f"{street}-{community}-{house}-{year}-{len(of_year):02d}"

    def _photos(self, session: FormSession, submission: Submission) -> tuple[Photo, ...]:
        kept = {photo.sha256: photo for photo in self._store.photos.for_visit(submission.visit_id)}
        inspectors = {one.inspector_id: one.name for one in self._store.key_file.inspectors()}
        taken_by = inspectors.get(submission.actor, submission.actor)
        drawn = self._store.annotations.of_visit(submission.visit_id, until=submission.finalized_at)
        found: list[Photo] = []
        for node in photo_answers(session):
            photo = kept[node.value.partition(".")[0]]
            found.append(self._photo(node, session, photo, taken_by))
            copy = drawn[photo.sha256].copy if photo.sha256 in drawn else None
            if copy is not None:  # beside its original, never instead of it
                found.append(replace(found[-1], jpeg=self._sheet_copy(copy), origin="annotated"))
        return tuple(found)

    def _photo(self, node: NodeView, session: FormSession, kept: StoredPhoto, taken_by: str) -> Photo:
        above = node.path.rpartition("/")[0]
        beside = {child.name: child for child in session.node(above).children}
        defect = above.rpartition("[")[2].rstrip("]") if "/rep_defect" in above else ""
        kind = photo_kind(session, node.path)
        title = codelists().text("photo_kind", kind)
        if defect:
            title = "".join(beside[name].text for name in ("d_part", "d_component") if name in beside)
        return Photo(
            jpeg=self._sheet_copy(kept.sha256),
            sha256=kept.sha256,
            kind=kind,
            title=title,
            direction=f"{beside['photo_dir'].value}°" if _answered(beside, "photo_dir") else "",
            note=beside["photo_note"].value if "photo_note" in beside else "",
            taken_at=None if kept.taken_at is None else datetime.fromisoformat(kept.taken_at),
            taken_by=taken_by,
            origin="original" if kept.has_exif else "copy",
            defects=(int(defect),) if defect else (),
        )

    def _sheet_copy(self, sha256: str) -> bytes:
        return media.sheet_copy(media.import_photo(self._store.vault.get(sha256)))


def _answered(beside: Mapping[str, NodeView], name: str) -> bool:
    return name in beside and bool(beside[name].value)


def _answer(node: NodeView) -> Answer:
    return Answer(value=node.value, text=node.text, label=node.label, relevant=node.relevant)


def _answers(session: FormSession) -> dict[str, Answer]:
    """All answers outside repeats by question name."""
    found: dict[str, Answer] = {}
    pending = list(session.root.children)
    while pending:
        node = pending.pop(0)
        if node.kind in {"question", "value"}:
            found[node.name] = _answer(node)
        elif node.kind == "group":
            pending[:0] = node.children
    return found


def _repeats(session: FormSession) -> dict[str, tuple[Mapping[str, Answer], ...]]:
    """The instances of every relevant repeat, by repeat name."""
    found: dict[str, tuple[Mapping[str, Answer], ...]] = {}
    pending = list(session.root.children)
    while pending:
        node = pending.pop(0)
        if node.kind == "repeat" and node.relevant:
            row = {leaf.name: _answer(leaf) for leaf in node.leaves}
            found[node.name] = (*found.get(node.name, ()), row)
        elif node.kind == "group":
            pending[:0] = node.children
    return found


def _facts(session: FormSession) -> Facts:
    """What the rules judged: the answers without the judgement itself."""
    return facts_of(child for child in session.root.children if child.name != "g_result")


def _findings(session: FormSession, ruleset: str) -> tuple[Finding, ...]:
    """What the hazard rules found; forms that do not ask them (F18) have none."""
    if not any(path.endswith("/hazard_rules") for path in session.definition.nodes):
        return ()
    return suggest(_facts(session), hazard_ruleset(ruleset)).findings


def _address(session: FormSession, values: Mapping[str, str]) -> str:
    """The address as the record has it: a corrected one stands on the sheet."""
    facts = _facts(session)
    said = text(facts, "address_detail")
    return full_address({**values, "address_detail": said} if said else values)
