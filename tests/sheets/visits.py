"""The five sample visits as records to print, filled in through the real form engine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from fieldapp.domain.codelists import codelists
from fieldapp.domain.facts import facts_of
from fieldapp.domain.record_code import RecordCode
from fieldapp.domain.suggestion import suggest
from fieldapp.domain.visit import TeamMember
from fieldapp.forms import FormSession, NodeView
from fieldapp.settings import resources
from fieldapp.sheets.content import Answer, Printing, SheetRecord
from tests.resources.filling import leaves, opened

VISITS = sorted(path.stem for path in (resources() / "samples" / "visits").glob("*.json"))


def visit_record(name: str) -> SheetRecord:
    """The sample visit ``name`` (2-locked-door) as it is when it is finalized, without photographs."""
    visit = json.loads((resources() / "samples" / "visits" / f"{name}.json").read_text("utf-8"))
    session = opened(visit["building"]["code"], visit["visit"]["kind"])
    for step in visit["answers"]:
        if isinstance(step, dict):
            session.add_repeat(step["add"])
        else:
            session.answer(*step)
    head = visit["visit"]
    ended = datetime.fromisoformat(head["ended_at"])
    result = session.value("/data/g_outcome/visit_result")
    facts = facts_of(child for child in session.root.children if child.name != "g_result")
    return SheetRecord(
        form_id="hazard_inspection", form_code="F02", form_title=session.definition.title,
        form_version="2022.4", ruleset_version="2022.2", issuer="泉州市鲤城区江南街道办事处",
        serial="江南-亭店-0001-2022-01", code=RecordCode(UUID(int=5 << 120), 1, "0000"),
        address="鲤城区" + visit["building"]["find"], building_code=visit["building"]["code"],
        visit_kind=codelists().text("visit_kind", head["kind"]),
        tasks=tuple(f"T{int(task[1:])}" for task in head["tasks"]),
        started_at=datetime.fromisoformat(head["started_at"]), ended_at=ended, result=result,
        result_text=codelists().text("visit_result", result),
        team=tuple(TeamMember(**member) for member in head["team"]), printing=Printing(ended, sample=True),
        answers={one.name: _answer(one) for one in leaves(session.node("/data")) if "[" not in one.path},
        repeats={name: _instances(session, name) for name in ("rep_defect", "rep_photo")},
        findings=suggest(facts).findings, attempts=1,
    )  # fmt: skip


def _answer(node: NodeView) -> Answer:
    return Answer(value=node.value, text=node.text, label=node.label, relevant=node.relevant)


def _instances(session: FormSession, repeat: str) -> tuple[Mapping[str, Answer], ...]:
    rows: dict[str, dict[str, Answer]] = {}
    for leaf in leaves(session.node("/data")):
        if f"/{repeat}[" in leaf.path:
            rows.setdefault(leaf.path.rpartition("/")[0], {})[leaf.name] = _answer(leaf)
    return tuple(rows.values())
