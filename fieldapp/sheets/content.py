"""What a sheet says: everything the renderers need, gathered by a service, already resolved and frozen.

The sheets know neither the form engine nor the store: answers arrive by question name with their
display text, findings as the domain's, photographs as small JPEG. Equal content gives equal bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from fieldapp.domain.record_code import RecordCode
from fieldapp.domain.ruleset import Finding
from fieldapp.domain.visit import TeamMember


@dataclass(frozen=True, slots=True)
class Answer:
    """One question's answer: raw ``value`` (names of choices, ISO dates), ``text`` for reading (labels of
    choices joined by 、), ``label`` of the question, and whether it was ``relevant``.

    A relevant answer with an empty ``value`` prints 未填; one that is not relevant is not printed.
    """

    value: str = ""
    text: str = ""
    label: str = ""
    relevant: bool = True


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture of the appendix.

    ``jpeg`` is a copy of at most 1000 px (RGB or grey) that goes in unchanged; ``sha256`` is the
    original's. ``kind`` is a name of the list ``photo_kind``; ``title`` (正立面, or a defect's place) is
    bold in the caption; ``defects`` counts rows of ``rep_defect`` from 1 that the picture shows;
    ``taken_at`` is local time or None; ``origin`` is ``original``, ``copy`` (非原图) or ``annotated``
    (标注副本).
    """

    jpeg: bytes
    sha256: str
    kind: str = "other"
    title: str = ""
    direction: str = ""
    note: str = ""
    taken_at: datetime | None = None
    taken_by: str = ""
    origin: str = "original"
    defects: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Signing:
    """One signature bound to the record: who, as what (产权人), how (name of ``sign_manner``), when.

    ``read_aloud`` is True when the sheet was read to the person; ``note`` says why (拒签, 不在场) or who
    stood by.
    """

    person: str
    role: str
    manner: str
    at: datetime
    read_aloud: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class ScanPage:
    """One scanned or photographed page of the signed 现场页: ``jpeg`` for the last pages of the 归档本,
    the original's ``sha256`` and when it was scanned."""

    jpeg: bytes
    sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CopyMark:
    """The three lines of the 联次 box; copies of one record differ in nothing else."""

    upper: str
    middle: str
    lower: str


FIRST_COPY = CopyMark("一式两份", "第一联", "街道存档")
SECOND_COPY = CopyMark("一式两份", "第二联", "当事人留存")
ARCHIVE_COPY = CopyMark("归档本", "街道存档", "永久保存")
ARCHIVE_SECOND = CopyMark("归档本", "区级存档", "永久保存")


@dataclass(frozen=True, slots=True)
class Printing:
    """How this print is made: the ``times``-th one, ``printed_at`` (aware), which ``copies`` (empty: the
    usual single one), and the marks 示例 (``sample``) and 作废 (``void``)."""

    printed_at: datetime
    times: int = 1
    copies: tuple[CopyMark, ...] = ()
    sample: bool = False
    void: bool = False


@dataclass(frozen=True, slots=True)
class SheetRecord:
    """One finalized form of one visit, ready to be printed.

    ``form_id`` chooses the sheet; ``form_code`` (F02), ``form_title`` and ``form_version`` (表版) are
    printed. ``serial`` is the 编号, ``code`` what the QR says. ``visit_kind`` is a display text, ``tasks``
    short (``T1``), ``started_at`` and ``ended_at`` aware local times. ``result`` is a name of
    ``visit_result`` and ``result_text`` its label. ``address`` is complete (鲤城区…12号).

    ``answers`` by question name; ``repeats`` by repeat name, one mapping an instance. ``findings`` are
    those of the rule set ``ruleset_version``. ``notices`` are printed beside the deadline; ``phone`` in
    the note. ``attempts`` counts visits in vain, this one included. ``coded``: characters that no face has
    are shown by their numbers (module ``glyphs``), which the note explains.
    """

    form_id: str
    form_code: str
    form_title: str
    form_version: str
    ruleset_version: str
    issuer: str
    serial: str
    code: RecordCode
    address: str
    building_code: str
    visit_kind: str
    tasks: tuple[str, ...]
    started_at: datetime
    ended_at: datetime | None
    result: str
    result_text: str
    team: tuple[TeamMember, ...]
    printing: Printing
    answers: Mapping[str, Answer] = field(default_factory=lambda: MappingProxyType({}))
    repeats: Mapping[str, tuple[Mapping[str, Answer], ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    findings: tuple[Finding, ...] = ()
    photos: tuple[Photo, ...] = ()
    signings: tuple[Signing, ...] = ()
    scans: tuple[ScanPage, ...] = ()
    notices: tuple[str, ...] = ()
    phone: str = ""
    attempts: int = 0
    coded: bool = False

    @property
    def last_words(self) -> str:
        """The end of the note: what a number in place of a character is, whom to ask."""
        words = ""
        if self.coded:
            words += "〔U+…〕是字库中没有的字，以其统一码编号代替，可在旁手写。"
        return words + (f"疑问请拨 {self.phone}。" if self.phone else "")
