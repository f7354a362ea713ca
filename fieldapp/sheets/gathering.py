"""From a record as the engine opens it to what its sheet says: the same on the laptop and on the server.

Both bring what only they know: the visit, the register's row, the photographs' copies, how it is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fieldapp.domain.addresses import full_address
from fieldapp.domain.codelists import codelists
from fieldapp.domain.facts import Facts, facts_of, text
from fieldapp.domain.record_code import RecordCode
from fieldapp.domain.ruleset import Finding, hazard_ruleset
from fieldapp.domain.suggestion import suggest
from fieldapp.domain.visit import Visit
from fieldapp.errors import UserError
from fieldapp.forms import FormSession, NodeView
from fieldapp.settings import ZONE
from fieldapp.sheets.content import Answer, Photo, Printing, SheetRecord

#: Number of a form in the campaign's list (F02), printed before its title.
FORM_CODES = {"building_profile": "F01", "hazard_inspection": "F02", "periodic_check": "F18"}
#: A photograph of which nobody has said what it shows.
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph as its file tells of it: the ``jpeg`` copy for the sheet, the original's ``sha256``, the
    camera's clock, whether the file has the camera's own notes (EXIF)."""

    jpeg: bytes
    sha256: str
    taken_at: datetime | None
    has_exif: bool


def photo_kind(session: FormSession, path: str) -> str:
    """What the photograph at ``path`` shows, a name of the list ``photo_kind``.

    The answer to ``photo_kind`` beside it counts, else the name of the question (``d_photo_near``).
    UserError FORM_016 for no such question, VISIT_013 for one that takes no photograph.
    """
    node = session.node(path)
    if node.type != "binary":
        raise UserError("VISIT_013", path=path)
    for beside in session.node(path.rpartition("/")[0]).children:
        if beside.name == "photo_kind":
            return beside.value or OTHER
    named = node.name.replace("d_photo", "defect")
    return named if named in codelists()["photo_kind"].items else OTHER


def photo_answers(session: FormSession) -> Iterator[NodeView]:
    """The questions answered with a photograph, in the order of the form."""
    return (node for node in session.root.leaves if node.type == "binary" and node.value)


def gathered(
    session: FormSession,
    visit: Visit,
    values: Mapping[str, str],
    code: RecordCode,
    serial: str,
    printing: Printing,
    photos: tuple[Photo, ...],
) -> SheetRecord:
    """What the sheet of a record says. ``session``: the record in Chinese, nothing calculated again;
    ``values``: the register's row of the building, empty if it has none."""
    found, lists = answers(session), codelists()
    ruleset = found["ruleset_version"].value or hazard_ruleset().version
    said = found["visit_result"].value if "visit_result" in found else ""
    values = {**values, **_placed(session)}
    result = visit.result or said  # a draft is looked at before its visit has one
    return SheetRecord(
        form_id=session.definition.form_id,
        form_code=FORM_CODES.get(session.definition.form_id, ""),
        form_title=session.definition.title,
        form_version=session.definition.version,
        ruleset_version=ruleset,
        issuer=f"泉州市鲤城区{lists.text('street', values.get('street', ''))}办事处",
        serial=serial,
        code=code,
        address=full_address(values),
        building_code=values.get("building_code", ""),
        visit_kind=lists.text("visit_kind", visit.kind),
        tasks=tuple(f"T{int(task.lstrip('tT'))}" for task in visit.tasks),
        started_at=visit.started_at.astimezone(ZONE),
        ended_at=None if visit.ended_at is None else visit.ended_at.astimezone(ZONE),
        result=result,
        result_text=lists.text("visit_result", result),
        team=visit.team,
        printing=printing,
        answers=found,
        repeats=_repeats(session),
        findings=_findings(session, ruleset),
        photos=photos,
        attempts=int(float(found["attempts"].value or 0)) if "attempts" in found else 0,
    )


def serial_of(started_at: datetime, values: Mapping[str, str], record_id: UUID, visits: int) -> str:
    """``江南-亭店-0312-2022-03``: street, community, house, year, the how many-th of its ``visits`` this is.

    The record's id stands for a house without a code yet, and for all of it without a house (``values``
    empty). A reading aid that may repeat on laptops without network; the id under the QR is the key
    (paper §4).
    """
    year = started_at.astimezone(ZONE).year
    if not values:
        return f"{year}-{record_id.hex[:8].upper()}"
    lists = codelists()
    street = lists.text("street", values.get("street", "")).removesuffix("街道")
    community = lists.text("community", values.get("community", "")).removesuffix("社区")
    house = values.get("building_code", "").rpartition("-")[2] or record_id.hex[:8].upper()
    return f"{street}-{community}-{house}-{year}-{visits:02d}"


def photographs(
    session: FormSession, taken_by: str, picture: Callable[[str], Picture]
) -> Iterator[tuple[Photo, str]]:
    """The photographs of the appendix in the order of the form, each with its file's name;
    ``picture`` brings the file of a name."""
    for node in photo_answers(session):
        yield _photo(node, session, picture(node.value), taken_by), node.value


def _photo(node: NodeView, session: FormSession, picture: Picture, taken_by: str) -> Photo:
    above = node.path.rpartition("/")[0]
    beside = {child.name: child for child in session.node(above).children}
    defect = above.rpartition("[")[2].rstrip("]") if "/rep_defect" in above else ""
    kind = photo_kind(session, node.path)
    title = codelists().text("photo_kind", kind)
    if defect:
        title = "".join(beside[name].text for name in ("d_part", "d_component") if name in beside)
    return Photo(
        jpeg=picture.jpeg,
        sha256=picture.sha256,
        kind=kind,
        title=title,
        direction=f"{beside['photo_dir'].value}°" if _answered(beside, "photo_dir") else "",
        note=beside["photo_note"].value if "photo_note" in beside else "",
        taken_at=picture.taken_at,
        taken_by=taken_by,
        origin="original" if picture.has_exif else "copy",
        defects=(int(defect),) if defect else (),
    )


def _answered(beside: Mapping[str, NodeView], name: str) -> bool:
    return name in beside and bool(beside[name].value)


def _answer(node: NodeView) -> Answer:
    return Answer(value=node.value, text=node.text, label=node.label, relevant=node.relevant)


def answers(session: FormSession) -> dict[str, Answer]:
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


def _placed(session: FormSession) -> dict[str, str]:
    """Where the record says the house is: corrected, or of one that no register has, it stands on the
    sheet."""
    facts = _facts(session)
    told = {name: text(facts, name) for name in ("street", "community", "address_detail")}
    return {name: said for name, said in told.items() if said}
