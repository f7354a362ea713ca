"""What the place shows, read in one go in a job: records with their titles and who signs, queue, log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from fieldapp.i18n import _
from fieldapp.services.laptop import Laptop
from fieldapp.services.paper import FORM_CODES, Kind
from fieldapp.services.wording import form_title
from fieldapp.settings import ZONE
from fieldapp.store.model import Submission
from fieldapp.store.papers import LoggedPrint, PaperRecord, QueuedPrint


@dataclass(frozen=True, slots=True)
class Listed:
    """A record in the list: the form's title with its number, who signs, when they were there."""

    record: PaperRecord
    title: str
    signers: tuple[str, ...]
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sheet to be shown, printed or saved."""

    instance_id: UUID
    label: str
    kind: Kind
    copies: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the place shows; ``titles`` by form id."""

    records: tuple[Listed, ...]
    queue: tuple[QueuedPrint, ...]
    log: tuple[LoggedPrint, ...]
    titles: dict[str, str]


def read(laptop: Laptop, wanted: UUID | None = None) -> Facts:
    """All of it; ``wanted`` is a record that shall be among them however old it is."""
    papers = laptop.store.papers
    records = list(papers.records())
    if wanted is not None and all(one.instance_id != wanted for one in records):
        one = papers.record(wanted)
        records += [one] if one is not None else []
    queue, log = papers.queue(), papers.log()
    titles: dict[str, str] = {}
    forms = {(one.form_id, one.form_version) for one in records}
    forms |= {(one.form_id, one.form_version) for one in queue}
    forms |= {(one.form_id, one.form_version) for one in log}
    for form_id, version in forms:
        definition = laptop.filling.definition(form_id, version)
        titles[form_id] = f"{FORM_CODES.get(form_id, '')} {form_title(definition)}".strip()
    return Facts(tuple(_listed(laptop, one, titles[one.form_id]) for one in records), queue, log, titles)


def _listed(laptop: Laptop, record: PaperRecord, title: str) -> Listed:
    visit = laptop.store.visits.get(record.visit_id)
    return Listed(record, title, tuple(member.name for member in visit.team), visit.started_at)


def newest(laptop: Laptop, instance_id: UUID) -> UUID:
    """The current version of the record that an instance is a version of. UserError STORE_034 for none."""
    store = laptop.store.submissions
    return store.for_record(store.get(instance_id).chain.record_id)[-1].chain.instance_id


def kind_word(kind: str) -> str:
    """现场页 or 归档本."""
    return {"onsite": _("On site"), "archive": _("Archive")}[kind]


def kind_of(name: str) -> Kind:
    """A name that came from the store or a control."""
    return cast("Kind", name)


def copies_word(copies: int) -> str:
    """一份 or 一式两份."""
    return _("2 copies") if copies == 2 else _("1 copy")


def day(moment: datetime, now: datetime) -> str:
    """``今天``, ``3月16日``, with the year if it is another."""
    there, here = moment.astimezone(ZONE).date(), now.astimezone(ZONE).date()
    if there == here:
        return _("today")
    if there.year == here.year:
        return _("{month}/{day}").format(month=there.month, day=there.day)
    return there.isoformat()


def file_name(label: str, submission: Submission, kind: Kind, times: int) -> str:
    """A name that says what is inside and that no system refuses: house, sheet, record, which print."""
    house = "".join("-" if sign in '\\/:*?"<>|' or sign < " " else sign for sign in label)
    record = submission.chain.record_id.hex[:8]
    number = f"-{times}" if times > 1 else ""
    return f"{house or record}-{kind_word(kind)}-{record}-v{submission.chain.version}{number}.pdf"
