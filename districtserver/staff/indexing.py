"""Keeps the index tables of the pages: one row a submission, one a row of the register.

Submissions are entered in the transaction that stores them. The register is followed by the ids of its
versions, which grow in the order of commits because one writes at a time; a page that searches first takes
in what is new.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Max

from districtserver.models import Entity, EntityVersion, Submission
from districtserver.staff.models import SearchEntry, SubmissionIndex
from districtserver.writing import writing
from fieldapp.domain.register import ListSchema, order_key, schema
from fieldapp.settings import ZONE

#: Versions taken in by one transaction.
SLICE = 2000
_PIECES = re.compile(r"[^\W_]+")


def on_submission(sender: type[Submission], instance: Submission, created: bool, **_: Any) -> None:  # noqa: ARG001 - Django's signature
    """Enter a submission that was just stored."""
    if created:
        index_of(instance).save(force_insert=True)


def index_of(submission: Submission) -> SubmissionIndex:
    """The index row that follows from a submission's manifest and flags."""
    manifest = json.loads(submission.manifest)
    visit = manifest["visit"]
    names = [manifest["actor"], *(member["name"] for member in visit["team"])]
    kinds = dict.fromkeys(flag.partition(":")[0] for flag in submission.flags)
    return SubmissionIndex(
        submission=submission,
        received_at=submission.received_at,
        form_id=manifest["form"]["form_id"],
        building=visit["building_id"] or "",
        inspector=" ".join(dict.fromkeys(names)),
        day=datetime.fromisoformat(manifest["finalized_at"]).astimezone(ZONE).date(),
        flags="".join(f";{kind};" for kind in kinds),
    )


def pieces(text: str) -> list[str]:
    """The runs of letters and digits, full and half width alike, lower case."""
    return _PIECES.findall(unicodedata.normalize("NFKC", text).casefold())


def initials(text: str) -> str:
    """The first letters of the pinyin, other characters as they are: 亭店路12号 is ``tdl12h``."""
    from pypinyin import Style, lazy_pinyin  # its dictionary costs time that a start need not pay

    return " ".join("".join(lazy_pinyin(piece, style=Style.FIRST_LETTER)) for piece in pieces(text))


def catch_up(told: Callable[[int], None] = lambda _taken: None) -> int:
    """Take in what the register has learnt since the last call; how many rows it changed here, which
    ``told`` hears as it goes on."""
    taken = 0
    while True:
        seen = SearchEntry.objects.aggregate(mark=Max("change"))["mark"] or 0
        if not EntityVersion.objects.filter(id__gt=seen).exists():
            return taken
        with writing():
            entered = _slice()
        if not entered:
            return taken
        taken += entered
        told(taken)


def enter_missing() -> int:
    """Enter submissions of a time before this index; how many. At the start of a server."""
    with writing():
        rows = [index_of(row) for row in Submission.objects.filter(index=None).defer("xml").iterator(500)]
        SubmissionIndex.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def _slice() -> int:
    """Take in the next versions. Several of one row are one change."""
    seen = SearchEntry.objects.aggregate(mark=Max("change"))["mark"] or 0
    versions = EntityVersion.objects.filter(id__gt=seen).order_by("id")
    newest = {
        (name, key): number for number, name, key in versions.values_list("id", "list", "entity_id")[:SLICE]
    }
    rows: list[SearchEntry] = []
    for list_name in {name for name, _ in newest}:
        ids = [key for name, key in newest if name == list_name]
        found = Entity.objects.filter(list=list_name, id__in=ids)
        rows += [_entry(row, newest[list_name, row.id]) for row in found]
    SearchEntry.objects.bulk_create(
        rows,
        batch_size=200,
        update_conflicts=True,
        unique_fields=["list", "entity_id"],
        update_fields=["sort", "text", "initials", "facets", "change"],
    )
    return len(rows)


def _entry(row: Entity, change: int) -> SearchEntry:
    try:
        declared: ListSchema | None = schema(row.list)
    except KeyError:
        declared = None
    searched: Iterable[str] = declared.searched() if declared else ()
    texts = dict.fromkeys([row.label, *(row.data.get(name, "") for name in searched)])
    told = " ".join(text for text in texts if text)
    names = declared.filtered() if declared else ()
    facets = [(name, value) for name in names for value in row.data.get(name, "").split()]
    address = row.data.get("address_detail", "") or row.label
    return SearchEntry(
        list=row.list,
        entity_id=row.id,
        sort=f"{row.street} {order_key(address)}"[:500],
        text=" ".join(pieces(told)),
        initials=initials(told),
        facets="".join(f";{name}={value};" for name, value in [*facets, ("deleted", str(row.deleted))]),
        change=change,
    )
