"""F02's rows of 缺陷与实测: what was found where, measured values, and which rule says what about it.

Every check item answered 有 has at least one row: its defects, or the details asked below the item. Rows
are numbered by danger, so that 有→1 points to the same row on every sheet of the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from fieldapp.domain.codelists import codelists
from fieldapp.domain.ruleset import RANK, Finding
from fieldapp.domain.suggestion import CHECK_ITEMS
from fieldapp.sheets.content import Answer, SheetRecord
from fieldapp.sheets.inline import Piece, Text
from fieldapp.sheets.wording import joined, plain, shown, storey, value, without_remarks

#: (question, words before, unit after) of a defect's measurements, in the order they are read.
_MEASURES = (
    ("d_crack_w", "最大缝宽", " mm"),
    ("d_crack_l", "缝长", " m"),
    ("d_crack_ratio", "缝长与层高（梁高）之比", ""),
    ("d_tilt_mm", "偏移", " mm"),
    ("d_tilt_h", "量测高度", " m"),
    ("d_defl_mm", "变形", " mm"),
    ("d_span", "跨度或高度", " m"),
    ("d_loss_pct", "截面损失", "%"),
)
_GROWING = {"yes": "仍在发展", "no": "未见发展", "unknown": "不清楚是否发展"}
_DESIGNED = frozenset({"works_design", "alteration_design"})
_DESIGN = {"yes": "有资质单位设计", "no": "未经资质单位设计", "unknown": "是否设计不清楚"}
#: Rules of the building that belong to a check item; the rest belong to the building as a whole.
_ITEM_RULES = {
    "site_condition": ("H6", "G5"),
    "ground_settle": ("G1",),
    "tilt_seen": ("G2", "G3", "G4", "X1"),
    "stone_broken": ("H5",),
    "facade_risk": ("H7",),
    "roof_damage": ("H7",),
    "overload": ("L1", "L2"),
    "works_ongoing": ("H4",),
    "alteration_found": ("N1", "H3", "H4"),
}
#: Details asked below an item: (question, words before, unit after, code list, only when this value).
_DETAILS: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "site_condition": (
        ("site_risk", "", "", "site_risk"),
        ("slide_mm", "水平滑移", " mm", ""),
        ("slide_moving", "仍在发展：", "", "yes_no_unk"),
    ),
    "ground_settle": (
        ("settle_rate_mm_month", "沉降速率", " mm/月", ""),
        ("adjacent_works", "相邻地下工程施工：", "", "yes_no_unk"),
        ("settle_rate_mm_day", "沉降速率", " mm/天", ""),
    ),
    "tilt_seen": (
        ("tilt_mm", "顶点偏移", " mm", ""),
        ("tilt_h_m", "量测高度", " m", ""),
        ("tilt_pct", "倾斜率", "%", ""),
    ),
    "facade_risk": (("facade_people", "脱落可能伤人：", "", "yes_no"),),
    "roof_damage": (("roof_fall", "有坍塌或坠落危险：", "", "yes_no"),),
    "works_ongoing": (
        ("works_structural", "涉及承重构件：", "", "yes_no"),
        ("works_in_use", "施工期间仍在使用：", "", "yes_no"),
        ("works_design", "", "", "yes_no_unk"),
    ),
    "alteration_found": (
        ("alteration_now", "", "", "alteration"),
        ("alteration_area", "约", " m²", ""),
        ("alteration_year", "", "年", ""),
        ("alteration_design", "", "", "yes_no_unk"),
        ("alteration_support", "夹层支承：", "", "mezz_support"),
    ),
}


@dataclass(frozen=True, slots=True)
class DefectRow:
    """One row as it will be printed, but for its number.

    ``place`` and ``component`` stand together or below each other; ``items`` are the check items that
    point to it; ``defect`` counts the instances of ``rep_defect`` from 1 (0 for a row made of an item's
    details); ``short`` is what was seen in the words of the 现场页.
    """

    place: str
    component: str
    seen: tuple[Piece, ...]
    short: tuple[Piece, ...]
    rule: tuple[Piece, ...]
    items: tuple[str, ...]
    defect: int
    danger: int


@cache
def item_label(item: str) -> str:
    """The words of a check item on paper, at most 11 characters."""
    return codelists().label("check_item", item)


def defect_rows(record: SheetRecord) -> list[DefectRow]:
    """All rows, the more dangerous first, otherwise as they were entered."""
    answers = record.answers
    rows = []
    covered = set()
    repeats = record.repeats.get("rep_defect", ())
    for index, instance in enumerate(repeats, start=1):
        findings = [one for one in record.findings if one.defect_index == index]
        item = value(instance, "d_item")
        details: list[list[Piece]] = []
        if item not in covered and value(answers, item) == "have":
            details = _details(answers, item)
            findings += _item_findings(record, item)
        covered.add(item)
        day = value(answers, "continued_day")
        rows.append(_defect(instance, index, item, findings, details, _held(instance, day)))
    for item in CHECK_ITEMS:
        if value(answers, item) == "have" and item not in covered:
            findings = _item_findings(record, item)
            seen = tuple(joined(_details(answers, item) or [[Text("有")]], "，"))
            short = tuple(joined(_details(answers, item, short=True) or [[Text("有")]], "，"))
            rows.append(
                DefectRow(
                    item_label(item), "", seen, short, rule_pieces(findings), (item,), 0, _danger(findings)
                )
            )
    return sorted(rows, key=lambda row: -row.danger)


def _defect(
    answers: Mapping[str, Answer],
    index: int,
    item: str,
    findings: Sequence[Finding],
    details: list[list[Piece]],
    held: list[Piece],
) -> DefectRow:
    kind = shown(answers, "d_kind", "defect_kind")
    if value(answers, "d_kind") == "crack":
        count = value(answers, "d_crack_n")
        kind = f"{shown(answers, 'd_crack_dir', 'crack_dir')}裂缝" + (f"{count}条" if count else "")
    if value(answers, "d_kind") == "other":
        kind = ""
    measured = [_measured(answers, *measure) for measure in _MEASURES]
    growing = value(answers, "d_growing")
    severe: list[Piece] = []
    if value(answers, "d_severe") == "yes":
        severe = [Text("严重，随时可能失稳或局部倒塌", bold=True)]
    spot = plain(shown(answers, "d_spot", "crack_spot"))
    crushed = plain("伴有压碎或保护层剥落") if value(answers, "d_crushed") == "yes" else []
    bulge = plain("鼓出部位有水平或交叉裂缝") if value(answers, "d_bulge_crack") == "yes" else []
    note = [*plain(shown(answers, "d_note")), *held]
    core: list[list[Piece]] = [plain(kind), *measured, spot, crushed, bulge, severe, *details]
    grows: list[Piece] = [Text(_GROWING[growing], bold=growing == "yes")] if growing in _GROWING else []
    seen = joined([joined(core, "，"), grows, note], "；")
    short = joined([joined(core, "，"), grows if growing == "yes" else [], note], "；")
    component = codelists().label("component_seen", value(answers, "d_component") or "other")
    place = storey(value(answers, "d_floor")) + value(answers, "d_part")
    if component in place or value(answers, "d_component") in {"", "other"}:
        component = ""
    return DefectRow(
        place or "未填", component, tuple(seen or [Text("未填")]), tuple(short or [Text("未填")]),
        rule_pieces(findings), (item,) if item else (), index, _danger(findings),
    )  # fmt: skip


def _held(answers: Mapping[str, Answer], day: str) -> list[Piece]:
    """After a partial visit: that (part of) this was measured then, and whether somebody has looked again."""
    if value(answers, "d_carried"):
        return plain(f"（{day}所见，待核对）")
    return plain(f"（{day}所见，核对未变）") if value(answers, "d_held") else []


def _measured(answers: Mapping[str, Answer], name: str, before: str, unit: str) -> list[Piece]:
    found = value(answers, name)
    if not found:
        return []
    if unit == "%":
        return [Text(before + " "), Text(found + "%", bold=True)]
    return [Text(before + " "), Text(found, bold=True), Text(unit)]


def _details(answers: Mapping[str, Answer], item: str, *, short: bool = False) -> list[list[Piece]]:
    """What was answered to the questions below ``item``, one part a question; ``short`` leaves out the
    remarks of the code lists."""
    parts: list[list[Piece]] = []
    for name, before, unit, codes in _DETAILS.get(item, ()):
        text = shown(answers, name, codes)
        if name in _DESIGNED:
            text = _DESIGN.get(value(answers, name), "")
        elif codes and short:
            text = without_remarks(text)
        if text:
            number = not codes
            space = " " if before and number else ""
            parts.append([*plain(before + space), Text(text, bold=number), *plain(unit)])
    return parts


def _item_findings(record: SheetRecord, item: str) -> list[Finding]:
    marks = _ITEM_RULES.get(item, ())
    return [
        one for one in record.findings if one.defect_index is None and one.rule_id.startswith(marks) and marks
    ]


def _danger(findings: Sequence[Finding]) -> int:
    return max((RANK[one.level] for one in findings if one.exceeded), default=0)


def rule_pieces(findings: Sequence[Finding]) -> tuple[Piece, ...]:
    """``C4　限15%，已超`` bold when exceeded, one not exceeded or not measured regular; the worst first.

    Where presence alone decides there is no verdict, and nothing to say of a rule that is not met.
    """
    order = sorted(findings, key=lambda one: (not one.exceeded, -RANK[one.level]))
    parts: list[list[Piece]] = []
    for one in order:
        if not (one.limit or one.exceeded) and one.decided:
            continue
        limit = one.limit_text + ("" if one.confirmed else "*")
        met, unmet = ("，已超" if one.limit else ""), ("，未超" if one.decided else "，未测")
        verdict = met if one.exceeded else unmet
        part: list[Piece] = [Text(f"{one.rule_id}　{limit}{verdict}", bold=one.exceeded)]
        if part not in parts:
            parts.append(part)
    return tuple(joined(parts, "；") or [Text("无对应限值")])
