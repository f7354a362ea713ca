"""F18 房屋定期体检（挂牌巡检）记录表: its blocks from a record's answers, and its 现场页.

Names of questions are those of ``resources/forms/periodic_check.md``. A house where nobody opened is printed
as that of every other form (``hazard_inspection.outcome_block``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fieldapp.domain.codelists import codelists
from fieldapp.domain.patrol import ITEMS
from fieldapp.sheets.content import Answer, SheetRecord
from fieldapp.sheets.faces import SANS
from fieldapp.sheets.hazard_inspection import LEVELS, Heights, door_block, lower_than_suggested, treatment
from fieldapp.sheets.inline import Blank, Box, Gap, Piece, Text
from fieldapp.sheets.pages import HEAD_ROW, head_band, pair_row
from fieldapp.sheets.signatures import SENTENCE, patrol_signature, signature_block, signature_line
from fieldapp.sheets.table import FRAME, GROUP, MM, Band, Cell, Room, Row
from fieldapp.sheets.wording import (
    UNANSWERED,
    chinese_date,
    fact,
    joined,
    plain,
    runs,
    shown,
    value,
)

#: x and width in mm of 序, 巡检内容, 上次, 本次, 说明.
_COLUMNS = ((0.0, 8.0), (8.0, 66.0), (74.0, 22.0), (96.0, 38.0), (134.0, 36.0))
_DEFECT_COLUMNS = ((0.0, 8.0), (8.0, 50.0), (58.0, 112.0))
_ITEM = Room(7.0, 9.0)
#: A longer remark goes below the table: the column is narrow.
_SHORT_REMARK = 24
_STATES = {"ok": "未发现", "have": "有", "unseen": "未查看"}
_APART = Gap(6)


def blocks(record: SheetRecord, rows: Heights) -> list[Band]:
    """Everything between head and signatures of a round that was made."""
    return [
        *_building(record, rows),
        *_items(record),
        *_defects(record),
        *_periods(record, rows),
        conclusion(record, rows),
        *_treatment(record, rows),
    ]


# ---- 一、房屋基本情况


def _building(record: SheetRecord, rows: Heights) -> list[Band]:
    answers = record.answers
    form = [fact(answers, "structure_type", codes="structure_type")]
    size = joined(
        [_counted(answers, "floors_up", "地上", "层"), _counted(answers, "area_m2", "", " m²")], "，"
    )
    year = _counted(answers, "built_year", "", "年")
    age = value(answers, "age_y")
    bands = [
        *door_block(record, rows),
        pair_row(rows.fact, ("结构类型", joined(form, "，")), ("层数面积", size or [Text(UNANSWERED)])),
        pair_row(
            rows.fact,
            ("建成年份", joined([year or [Text(UNANSWERED)], plain(f"房龄 {age} 年" if age else "")], "，")),
            ("用途", fact(answers, "building_use", codes="building_use")),
        ),
    ]
    if value(answers, "fix_facts"):
        bands.append(pair_row(rows.fact, ("更正原因", [Text(shown(answers, "fix_reason") or UNANSWERED)])))
    return bands


def _counted(answers: Mapping[str, Answer], name: str, before: str, unit: str) -> list[Piece]:
    found = fact(answers, name, bold=True) if value(answers, name) else []
    return [*plain(before), found[0], Text(unit), *found[1:]] if found else []


# ---- 二、巡检内容


def _items(record: SheetRecord) -> list[Band]:
    answers = record.answers
    last = value(answers, "reg_last_patrol")
    heads: list[list[Piece]] = [
        [Text("序")],
        [Text("巡检内容")],
        [Text(f"上次\n{last}" if last else "上次")],
        [Text("本次\n"), Text(f"{record.started_at:%Y-%m-%d}", bold=True)],
        [Text("说明")],
    ]
    table = [Row([_cell(n, head, centred=True) for n, head in enumerate(heads)], Room(9.0), rule=GROUP)]
    below = []
    for number, item in enumerate(ITEMS, start=1):
        remark = _remark(record, item)
        if len(remark) > _SHORT_REMARK:
            below.append(f"{number}. {remark}")
            remark = "见下"
        texts: list[Sequence[Piece]] = [
            [Text(str(number), font=SANS)],
            [Text(codelists().label("patrol_item", item))],
            _last(answers, item),
            _state(answers, item),
            plain(remark),
        ]
        table.append(Row([_cell(n, one, centred=n in {0, 2}) for n, one in enumerate(texts)], _ITEM))
    bands = [
        head_band("二、巡检内容", "月度常规一人签字即可；年度专业由技术人员签字", section="items"),
        Band(table, section="items"),
    ]
    if below:
        bands.append(pair_row(Room(6.5), ("说明", [Text("；".join(below))])))
    if record.result == "partial":
        parts = [plain(shown(answers, name) or UNANSWERED) for name in ("unseen_parts", "visit_reason")]
        bands.append(pair_row(Room(6.5), ("未查部位", joined(parts, "；"))))
    return bands


def _cell(column: int, pieces: Sequence[Piece], *, centred: bool) -> Cell:
    x, width = _COLUMNS[column]
    remark = column == len(_COLUMNS) - 1
    return Cell(
        x, width, pieces, size=9 if remark and not centred else 10.5, align="center" if centred else "left",
        pad=1 if centred else 2, place="巡检内容",
    )  # fmt: skip


def _last(answers: Mapping[str, Answer], item: str) -> list[Piece]:
    if not value(answers, "reg_last_patrol"):
        return [Text("无记录")]
    for state, name in (("have", "reg_patrol_found"), ("unseen", "reg_patrol_unseen")):
        if item in value(answers, name).split():
            return [Text(_STATES[state], bold=state == "have")]
    return [Text(_STATES["ok"])]


def _state(answers: Mapping[str, Answer], item: str) -> list[Piece]:
    state = value(answers, item)
    if state not in {"ok", "have"}:
        return [Text(_STATES.get(state, UNANSWERED), bold=state == "unseen")]
    return [Box("未发现", ticked=state == "ok", quiet=True), _APART, Box("有", ticked=state == "have")]


def _remark(record: SheetRecord, item: str) -> str:
    state = value(record.answers, item)
    if state == "have":
        numbers = [
            number
            for number, row in enumerate(record.repeats.get("rep_defect", ()), start=1)
            if value(row, "d_item") == item
        ]
        return f"见缺陷 {runs(numbers, '、')}" if numbers else "缺陷未记录"
    if state == "unseen":
        return shown(record.answers, f"{item}_why") or UNANSWERED
    return shown(record.answers, f"{item}_note")


def _defects(record: SheetRecord) -> list[Band]:
    rows = [row for row in record.repeats.get("rep_defect", ()) if value(row, "d_item")]
    if not rows:
        return []
    heads = Row(
        [
            Cell(x, width, [Text(name)], align="center", pad=1)
            for name, (x, width) in zip(("序", "缺陷部位", "现场所见"), _DEFECT_COLUMNS, strict=True)
        ],
        Room(6.0),
    )
    bands = [Band([heads], with_next=True, repeat=True, section="defects")]
    for number, row in enumerate(rows, start=1):
        texts: list[list[Piece]] = [
            [Text(str(number), font=SANS)],
            [Text(shown(row, "d_part") or UNANSWERED, bold=True)],
            [Text(shown(row, "d_note") or UNANSWERED)],
        ]
        cells = [
            Cell(x, width, pieces, size=10, align="left" if n else "center", pad=2.5 if n else 1,
                 place=f"缺陷 {number}")
            for n, (pieces, (x, width)) in enumerate(zip(texts, _DEFECT_COLUMNS, strict=True))
        ]  # fmt: skip
        bands.append(Band([Row(cells, Room(6.0, 7.0))], section="defects"))
    return bands


# ---- 三、周期与公示


def _periods(record: SheetRecord, rows: Heights) -> list[Band]:
    answers = record.answers
    room = Room(rows.fact.least, 7.6)
    yearly = value(answers, "check_type") == "annual"
    kind: list[Piece] = [Box("月度常规", ticked=not yearly), _APART, Box("年度专业", ticked=yearly)]
    pairs = [
        (("巡检类别", kind), ("公示牌", _plaque(answers))),
        (("年度专业", _annual(answers)), ("是否超期", _overdue(answers))),
        (("录入方式", _entry(record)), ("下次巡检", _next(answers))),
    ]
    return [head_band("三、周期与公示"), *(pair_row(room, *pair) for pair in pairs)]


def _plaque(answers: Mapping[str, Answer]) -> list[Piece]:
    if "plaque_state" in answers and not answers["plaque_state"].relevant:
        return [Text("非生产经营出租，不要求挂牌")]
    state = value(answers, "plaque_state")
    pieces: list[Piece] = []
    for name, item in codelists()["plaque_state"].items.items():
        pieces += [*([_APART] if pieces else []), Box(item.zh, ticked=name == state)]
    return pieces


def _annual(answers: Mapping[str, Answer]) -> list[Piece]:
    last, years = value(answers, "reg_last_annual"), value(answers, "required_interval_y")
    every = f"每 {years} 年一次" if years else UNANSWERED
    return [Text("上次 "), Text(last or "无记录", bold=bool(last)), Text(f"，{every}")]


def _overdue(answers: Mapping[str, Answer]) -> list[Piece]:
    due = value(answers, "annual_due")
    if not due:
        return [Text("无记录，不能计算")]
    over = value(answers, "annual_overdue") == "yes"
    return [Text("已超期" if over else "未超期", bold=over), Text(f"（{due} 前）")]


def _entry(record: SheetRecord) -> list[Piece]:
    at = value(record.answers, "one_key_at")
    photos = sum(1 for one in record.repeats.get("rep_photo", ()) if value(one, "photo"))
    photos += sum(1 for one in record.repeats.get("rep_defect", ()) if value(one, "d_photo_near"))
    how = f"七项一次确认 {at[11:16]}" if at else "七项逐项填写"
    return [Text(f"{how}，照片 {photos} 张")]


def _next(answers: Mapping[str, Answer]) -> list[Piece]:
    day = value(answers, "next_patrol")
    return [Text(chinese_date(day), bold=True), Text("前")] if day else [Text(UNANSWERED)]


# ---- 房屋安全状态


def conclusion(record: SheetRecord, rows: Heights) -> Band:
    """The 2 pt frame: the state with all four levels, what the rules lead to, why it is lower."""
    answers = record.answers
    state = value(answers, "safety_state")
    options: list[Piece] = []
    for name, words in LEVELS:
        options += [*([Gap(9)] if options else []), Box(words, ticked=name == state)]
    if not state:
        options += [Gap(9), Text(UNANSWERED)]
    title = [Text("房屋安全状态\n（初步判定）", bold=True)]
    head = Cell(0, 34, title, size=12, align="center", pad=1)
    table = [
        Row([head, Cell(34, 136, options, size=13, place="房屋安全状态")], Room(13.0)),
        _judged("规则提示（仅供参考）", [Text(_suggestion(answers))], Room(7.0, 8.5), size=9),
    ]
    if value(answers, "downgrade_reason") or lower_than_suggested(answers):
        reason = shown(answers, "downgrade_reason") or UNANSWERED
        table.append(_judged("低于规则提示的理由", [Text(reason)], rows.line, size=9))
        review: list[Piece] = [Blank(40 * MM), Gap(12), Text("日期"), Blank(28 * MM)]
        table.append(_judged("复核人签名", review, Room(9.2)))
    return Band(table, frame=FRAME)


def _judged(label: str, pieces: Sequence[Piece], room: Room, size: float = 10.5) -> Row:
    cells = [
        Cell(0, 34, [Text(label)], size=size, align="center", pad=1),
        Cell(34, 136, pieces, size=10.5, place=label),
    ]
    return Row(cells, room)


def _suggestion(answers: Mapping[str, Answer]) -> str:
    level = dict(LEVELS).get(value(answers, "hazard_suggested"), UNANSWERED)
    found, unseen = value(answers, "patrol_found").split(), value(answers, "patrol_unseen").split()
    before = value(answers, "reg_hazard_level")
    parts = []
    if found:
        parts.append("有：" + "、".join(codelists().label("patrol_item", item) for item in found))
    if unseen:
        parts.append(f"未查看 {len(unseen)} 项")
    if not found and not unseen:
        parts.append("七项均未发现异常")
    if before in {"general", "major"}:
        parts.append(f"台账原判{dict(LEVELS)[before]}，巡检不改变原判定")
    return f"{level}：{'；'.join(parts)}。"


def _treatment(record: SheetRecord, rows: Heights) -> list[Band]:
    bands = treatment(record, rows)
    more = shown(record.answers, "advice_more")
    return [*bands, pair_row(rows.line, ("补充意见", [Text(more)]))] if more else bands


# ---- 签字


def closing(record: SheetRecord) -> list[Band]:
    """Head, signature block and note: one inspector for a monthly round, two for the yearly one and 重大."""
    two = value(record.answers, "check_type") == "annual" or value(record.answers, "safety_state") == "major"
    signed = signature_block(record.team) if two else patrol_signature(record.team)
    head = Cell(0, 170, [Text(f"四、签字　{SENTENCE}", bold=True)], place="签字")
    return [Band([Row([head], HEAD_ROW, rule=GROUP)], with_next=True), signed, note(record)]


def short_closing(record: SheetRecord) -> list[Band]:
    """What every page but the last ends with."""
    head = Cell(0, 170, [Text(f"签字　{SENTENCE}", bold=True)], place="签字")
    return [
        Band([Row([head], HEAD_ROW, rule=GROUP)], with_next=True),
        signature_line(record.team),
        note(record),
    ]


def note(record: SheetRecord) -> Band:
    """注: where the items come from, copies, personal data, whom to ask."""
    text = (
        "注：月度巡检项目见《福建省经营性自建房挂牌巡检实施细则》（2022-12-01 起）。一份交当事人，一份存档。"
        "个人信息仅用于房屋安全管理。"
    )
    text += record.last_words
    return Band([Row([Cell(0, 170, [Text(text)], size=9, place="注")], HEAD_ROW)])
