"""F02 房屋结构安全隐患排查登记表: its blocks from a record's answers, for the 归档本 and the 现场页.

Names of questions are those of ``resources/forms/hazard_inspection.md``; nothing else in the sheets knows
them but ``hazard_defects``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fieldapp.domain.codelists import codelists
from fieldapp.domain.ruleset import RANK, Finding
from fieldapp.domain.suggestion import CHECK_ITEMS
from fieldapp.sheets.content import Answer, SheetRecord
from fieldapp.sheets.faces import SANS
from fieldapp.sheets.hazard_defects import DefectRow, item_label
from fieldapp.sheets.inline import Blank, Box, Gap, Piece, Text
from fieldapp.sheets.pages import head_band, label_cell, pair_row
from fieldapp.sheets.table import FRAME, GROUP, MM, Band, Cell, Room, Row
from fieldapp.sheets.wording import (
    UNANSWERED,
    answer,
    chinese_date,
    chinese_moment,
    fact,
    joined,
    masked,
    original,
    plain,
    runs,
    shown,
    value,
    without_remarks,
)

LEVELS = (
    ("basic_safe", "基本安全"),
    ("general", "一般安全隐患"),
    ("major", "重大安全隐患"),
    ("pending", "待核"),
)
#: More words than this do not fit beside 未查看 in an item's cell; the reason then goes below the items.
_SHORT_REASON = 4
#: Characters of 部位构件 that go on one line of the archive copy; the component gets its own otherwise.
_PLACE_LINE = 6
_LEVEL_NAMES = dict(LEVELS)


@dataclass(frozen=True, slots=True)
class Heights:
    """Rooms of rows: facts, items, one defect, lines of the conclusion."""

    fact: Room
    item: Room
    defect: Room
    line: Room
    onsite: bool


#: Nothing below 5.4 mm, where no hand writes.
ARCHIVE_ROWS = Heights(Room(6.2, 7.5), Room(5.6, 6.9), Room(6.0, 7.0), Room(6.0, 6.9), onsite=False)
ONSITE_ROWS = Heights(Room(5.4, 6.0), Room(5.4), Room(5.4, 6.1), Room(5.4, 5.9), onsite=True)
_DOOR_ROW = Room(9.0)


# ---- 一、房屋基本情况


def building_block(record: SheetRecord, rows: Heights) -> list[Band]:
    """Facts of the building in pairs; corrected ones with （原：…） and one row with the reason."""
    answers = record.answers
    bands = [
        head_band("一、房屋基本情况"),
        pair_row(
            rows.fact,
            ("房屋地址", _address(record)),
            ("房屋编号", [Text(record.building_code or UNANSWERED)]),
        ),
        pair_row(rows.fact, ("产权人", owner(answers)), ("使用人", fact(answers, "user_name"))),
    ]
    structure = joined(
        [
            fact(answers, "structure_type", codes="structure_type"),
            _known(answers, "floor_type", "floor_type"),
        ],
        "，",
    )
    size = joined(
        [_counted(answers, "floors_up", "地上", "层"), _counted(answers, "area_m2", "", " m²")], "，"
    )
    bands.append(pair_row(rows.fact, ("结构类型", structure), ("层数面积", size)))
    year = _counted(answers, "built_year", "", "年")
    persons = value(answers, "persons_now")
    use = fact(answers, "building_use", codes="building_use")
    if rows.onsite:
        if value(answers, "self_built").startswith("self"):
            year = [*year, Text("自建")]
        design = plain(without_remarks(shown(answers, "design_state", "design_state")))
        year = joined([year, [*design, *original(answers, "design_state", "design_state")]], "；")
        present = (
            [Text("，现场"), Text(persons, bold=True), Text("人")] if persons else [Text("，现场人数未填")]
        )
        bands.append(pair_row(rows.fact, ("建造情况", year), ("用途人数", [*use, *present])))
    else:
        self_built = plain(shown(answers, "self_built", "self_built"))
        bands.append(pair_row(rows.fact, ("建成年份", joined([year, self_built], "，")), ("用途", use)))
        made = joined(
            [
                fact(answers, "design_state", codes="design_state"),
                _known(answers, "build_state", "build_state"),
            ],
            "；",
        )
        number: list[Piece] = [Text(persons, bold=True), Text("人")] if persons else [Text(UNANSWERED)]
        bands.append(pair_row(rows.fact, ("设计施工", made), ("现场人数", number)))
    if value(answers, "fix_facts"):
        bands.append(pair_row(rows.fact, ("更正原因", [Text(shown(answers, "fix_reason") or UNANSWERED)])))
    return bands


def _address(record: SheetRecord) -> list[Piece]:
    name = shown(record.answers, "building_name")
    return [
        Text(record.address or UNANSWERED, bold=True),
        *plain(f"（{name}）" if name else ""),
        *original(record.answers, "address_detail"),
    ]


def owner(answers: Mapping[str, Answer]) -> list[Piece]:
    """Name and masked telephone; an old telephone is masked as well."""
    pieces = fact(answers, "owner_name")
    phone = masked(value(answers, "owner_phone"))
    if phone:
        pieces = [*pieces, Text(f"　电话 {phone}")]
    if "owner_phone" in value(answers, "fix_facts").split():
        pieces.append(Text(f"（原：{masked(value(answers, 'reg_owner_phone')) or '无'}）"))
    return pieces


def _known(answers: Mapping[str, Answer], name: str, codes: str) -> list[Piece]:
    return fact(answers, name, codes=codes) if value(answers, name) else []


def _counted(answers: Mapping[str, Answer], name: str, before: str, unit: str) -> list[Piece]:
    number = value(answers, name)
    found: list[Piece] = [*plain(before), Text(number, bold=True), Text(unit)] if number else []
    if not found:
        found = plain({"floors_up": "层数", "area_m2": "面积", "built_year": "年份"}[name] + UNANSWERED)
    return [*found, *original(answers, name)]


# ---- 二、检查内容


def _carried(record: SheetRecord) -> str:
    """Which items are told as a partial visit saw them, and that somebody has looked again (product 1, 2)."""
    day = value(record.answers, "continued_day")
    if not day:
        return ""
    held, waits = (_numbers(value(record.answers, name).split()) for name in ("held", "carried"))
    told = f"；接续{day}上门所见" + (f"：第{runs(held, '、')}项核对未变" if held else "")
    return told + (f"，{len(waits)}项待核对" if waits else "")


def _numbers(names: Sequence[str]) -> list[int]:
    return [number for number, item in enumerate(CHECK_ITEMS, start=1) if item in names]


def items_block(record: SheetRecord, defects: Sequence[DefectRow], rows: Heights) -> list[Band]:
    """The 18 items in two columns of nine, one line each."""
    remark = "“有→1”指缺陷第1项" + ("" if rows.onsite else "；未查看须写原因") + _carried(record)
    bands = [head_band("二、检查内容", remark, section="items")]
    half = len(CHECK_ITEMS) // 2
    table = []
    for index in range(half):
        cells = [
            *_item_cells(record, defects, index, (0.0, 6.0, 44.5, 34.5)),
            *_item_cells(record, defects, index + half, (85.0, 7.0, 43.5, 34.5)),
        ]
        table.append(Row(cells, rows.item, rule=GROUP if index == 0 else 0.5))
    bands.append(Band(table, section="items"))
    reasons = [
        f"{number} {_reason(record, item)}"
        for number, item in enumerate(CHECK_ITEMS, start=1)
        if value(record.answers, item) == "unseen" and len(_reason(record, item)) > _SHORT_REASON
    ]
    if reasons:
        bands.append(pair_row(rows.line, ("未查看", [Text("原因：" + "；".join(reasons))])))
    return [*bands, *_partial(record, rows)]


def _item_cells(
    record: SheetRecord, defects: Sequence[DefectRow], index: int, widths: tuple[float, float, float, float]
) -> list[Cell]:
    x, number, words, state = widths
    item = CHECK_ITEMS[index]
    label = item_label(item)
    return [
        Cell(
            x, number, [Text(str(index + 1), font=SANS)], size=10, align="center", pad=0.5, group=index >= 9
        ),
        Cell(x + number, words, [Text(label)], size=10, pad=2.2, place=label),
        Cell(x + number + words, state, _state(record, item, defects), size=10, pad=1.6, place=label),
    ]


def _state(record: SheetRecord, item: str, defects: Sequence[DefectRow]) -> list[Piece]:
    state = value(record.answers, item)
    if state == "unseen":
        reason = _reason(record, item)
        return [Text(f"未查看（{reason if len(reason) <= _SHORT_REASON else '见下'}）")]
    if state == "absent":
        return [Text("无此构件")]
    if state not in {"ok", "have"}:
        return [Text(UNANSWERED)]
    numbers = runs(_rows_of(item, defects), ",")
    have = f"有→{numbers}" if state == "have" and numbers else "有"
    apart = Gap(7 if len(numbers) < 2 else 3)
    return [Box("未发现", ticked=state == "ok", quiet=True), apart, Box(have, ticked=state == "have")]


def _reason(record: SheetRecord, item: str) -> str:
    return shown(record.answers, f"{item}_why") or UNANSWERED


def _rows_of(item: str, defects: Sequence[DefectRow]) -> list[int]:
    return [number for number, row in enumerate(defects, start=1) if item in row.items]


def short_items_block(record: SheetRecord, defects: Sequence[DefectRow], rows: Heights) -> list[Band]:
    """The items in three lines: what was found, what was not seen, and that the rest is 未发现."""
    named: dict[str, list[str]] = {"have": [], "unseen": [], "absent": [], "": []}
    for number, item in enumerate(CHECK_ITEMS, start=1):
        state = value(record.answers, item)
        text = f"{number} {item_label(item)}"
        if state == "have":
            numbers = runs(_rows_of(item, defects), "、")
            text += f"→{numbers}" if numbers else ""
        elif state == "unseen":
            text += f"（{_reason(record, item)}）"
        if state != "ok":
            named[state if state in named else ""].append(text)
    rest = "；".join(
        part
        for part in (
            f"无此构件：{'、'.join(named['absent'])}" if named["absent"] else "",
            f"未填：{'、'.join(named[''])}" if named[""] else "",
            f"其余各项均{_LABEL_OK}（共 {len(CHECK_ITEMS)} 项）",
        )
        if part
    )
    return [
        head_band("二、检查内容", "“→1”指缺陷第1项" + _carried(record), section="items"),
        pair_row(rows.line, ("有", [Text("；".join(named["have"]) or "无", bold=bool(named["have"]))])),
        pair_row(rows.line, ("未查看", [Text("；".join(named["unseen"]) or "无")])),
        pair_row(rows.line, ("其余", [Text(rest)])),
        *_partial(record, rows),
    ]


_LABEL_OK = "未发现"


def _partial(record: SheetRecord, rows: Heights) -> list[Band]:
    if record.result != "partial":
        return []
    parts = [plain(shown(record.answers, "unseen_parts") or UNANSWERED)]
    parts.append(plain(shown(record.answers, "visit_reason")))
    date = value(record.answers, "next_visit_date")
    parts.append([Text("下次上门 "), Text(chinese_date(date), bold=True)] if date else [])
    return [pair_row(rows.line, ("未查部位", joined(parts, "；")))]


# ---- 三、缺陷与实测


def defect_head(rows: Heights, *, again: bool = False) -> list[Band]:
    """Head of the block and of its columns; the columns' head is repeated on the next page."""
    title = "三、缺陷与实测" + ("（续）" if again else "")
    names = ("序", "部位构件", "现场所见与实测值", "规则与限值", "照片")
    cells = [
        Cell(x, width, [Text(name)], align="center", pad=1)
        for name, (x, width) in zip(names, _columns(rows), strict=False)
    ]
    columns = Band([Row(cells, Room(6.0))], with_next=True, repeat=True, section="defects")
    return [head_band(title, section="defects"), columns]


def defect_bands(
    defects: Sequence[DefectRow], photos: Mapping[int, str], rows: Heights, first: int
) -> list[Band]:
    """One band a row, numbered from ``first``; ``photos`` gives the numbers of pictures by defect."""
    bands = []
    for number, row in enumerate(defects, start=first):
        seen = row.short if rows.onsite else row.seen
        apart = ""
        if row.component and not rows.onsite and len(row.place + row.component) > _PLACE_LINE:
            apart = "\n"
        place: list[Piece] = [Text(row.place + apart + row.component, bold=rows.onsite)]
        texts: list[Sequence[Piece]] = [[Text(str(number), font=SANS)], place, seen, row.rule]
        texts.append([Text(photos.get(row.defect, ""), font=SANS)])
        cells = []
        for column, (pieces, (x, width)) in enumerate(zip(texts, _columns(rows), strict=False)):
            centred = column in {0, 4}
            cells.append(
                Cell(
                    x, width, pieces, size=10, align="center" if centred else "left",
                    pad=1 if centred else 2.5, place=f"缺陷 {number}",
                )
            )  # fmt: skip
        bands.append(Band([Row(cells, rows.defect)], section="defects"))
    return bands


def nothing_found(rows: Heights) -> Band:
    """The row that says there is none."""
    return Band([Row([Cell(0, 170, [Text("无")], align="center")], rows.defect)])


def _columns(rows: Heights) -> tuple[tuple[float, float], ...]:
    if rows.onsite:
        return ((0, 6), (6, 35), (41, 81), (122, 48))
    return ((0, 7), (7, 24), (31, 83), (114, 43), (157, 13))


# ---- conclusion


def conclusion(record: SheetRecord, rows: Heights) -> Band:
    """The 2 pt frame: all four levels, the rules' suggestion and the inspector's words; where the level is
    lower, the reason and room for the reviewer's signature."""
    answers = record.answers
    level = value(answers, "hazard_level")
    options: list[Piece] = []
    for name, words in LEVELS:
        options += [*([Gap(9)] if options else []), Box(words, ticked=name == level)]
    if not level:
        options += [Gap(9), Text(UNANSWERED)]
    small = 9 if rows.onsite else 10.5
    table = [
        Row(
            [
                Cell(0, 34, [Text("初步判定", bold=True)], size=15, align="center", pad=1),
                Cell(34, 136, options, size=13, place="初步判定"),
            ],
            Room(10.2),
        ),
        _judged("规则提示（仅供参考）", suggestion(record), rows.line, size=9, text_size=small),
    ]
    if level != "basic_safe" or value(answers, "hazard_basis"):
        table.append(_judged("判定依据", [Text(shown(answers, "hazard_basis") or UNANSWERED)], rows.line))
    if value(answers, "downgrade_reason") or lower_than_suggested(answers):
        reason = shown(answers, "downgrade_reason") or UNANSWERED
        table.append(_judged("低于规则提示的理由", [Text(reason)], rows.line, size=9))
        table.append(
            _judged("复核人签名", [Blank(40 * MM), Gap(12), Text("日期"), Blank(28 * MM)], Room(9.2))
        )
    return Band(table, frame=FRAME)


def _judged(
    label: str, pieces: Sequence[Piece], room: Room, size: float = 10.5, text_size: float = 10.5
) -> Row:
    return Row(
        [
            Cell(0, 34, [Text(label)], size=size, align="center", pad=1),
            Cell(34, 136, pieces, size=text_size, place=label),
        ],
        room,
    )


def lower_than_suggested(answers: Mapping[str, Answer]) -> bool:
    """Whether the inspector's level is less dangerous than the rules' suggestion."""
    level, suggested = value(answers, "hazard_level"), value(answers, "hazard_suggested")
    return bool(level and suggested) and RANK.get(level, 0) < RANK.get(suggested, 0)


def suggestion(record: SheetRecord) -> list[Piece]:
    """The suggested level and the rules met with value and limit, the worst first; a rule that presence
    decides has no limit to print."""
    suggested = value(record.answers, "hazard_suggested")
    level = _LEVEL_NAMES.get(suggested) or shown(record.answers, "hazard_suggested") or UNANSWERED
    met = sorted((one for one in record.findings if one.exceeded), key=lambda one: -RANK[one.level])
    if not met:
        why = "有未查看或未测量的项目" if suggested == "pending" else "未触发规则"
        return [Text(f"{level}：{why}")]
    lines = dict.fromkeys(one.line() if one.limit else _presence(one) for one in met)
    return [Text(f"{level}：{'；'.join(lines)}")]


def _presence(finding: Finding) -> str:
    return f"{finding.rule_id} {finding.text}" + ("" if finding.confirmed else "*")


# ---- 处理意见


def treatment(record: SheetRecord, rows: Heights) -> list[Band]:
    """重大: control and telephone report first; then advice, deadline and notices."""
    answers = record.answers
    bands = []
    if value(answers, "hazard_level") == "major":
        control = shown(answers, "control_taken", "control_measure") or UNANSWERED
        phoned = shown(answers, "phoned_to") or UNANSWERED
        at = chinese_moment(value(answers, "phoned_at")) or UNANSWERED
        report: list[Piece] = [Text("已报告 "), Text(phoned, bold=True), Text(f"，{at}")]
        bands.append(pair_row(rows.line, ("现场管控", [Text(control, bold=True)]), ("电话报告", report)))
    advice = [Text(shown(answers, "advice") or UNANSWERED)]
    deadline = _deadline(answers)
    if rows.onsite:
        tail = [Text("整改期限 "), *deadline, Text("。")] if deadline else []
        bands.append(pair_row(rows.line, ("处理意见", [*advice, *tail])))
        return bands
    bands.append(pair_row(rows.line, ("处理意见", advice)))
    if deadline:
        parts: list[list[Piece]] = [deadline if deadline[0] == Text(UNANSWERED) else [*deadline, Text("前")]]
        if record.notices:
            parts.append([Text("文书：" + "、".join(record.notices))])
        bands.append(pair_row(rows.line, ("整改期限", joined(parts, "　　"))))
    elif record.notices:
        bands.append(pair_row(rows.line, ("文书", [Text("、".join(record.notices))])))
    return bands


def _deadline(answers: Mapping[str, Answer]) -> list[Piece]:
    if value(answers, "hazard_level") not in {"general", "major"}:
        return []
    date = value(answers, "deadline")
    return [Text(chinese_date(date), bold=True)] if date else [Text(UNANSWERED)]


# ---- visits that ended at the door


def outcome_block(record: SheetRecord, rows: Heights) -> list[Band]:
    """What there is to say when nobody came in: result, reason, photographs, next date, attempts.

    Photographs are counted from the answers: the 现场页 carries none.
    """
    answers = record.answers
    choices: list[Piece] = []
    for name in ("locked", "refused", "demolished", "notfound"):
        label = codelists().label("visit_result", name)
        choices += [*([Gap(8)] if choices else []), Box(label, ticked=name == record.result)]
    date = value(answers, "next_visit_date")
    next_visit: list[Piece] = [Text(chinese_date(date), bold=True)] if date else [Text("未定")]
    tries: list[Piece] = [Text("连续第 "), Text(str(max(1, record.attempts)), bold=True), Text(" 次未入户")]
    where = "见照片附页" if not rows.onsite else "见归档本"
    photos = sum(1 for one in record.repeats.get("rep_photo", ()) if value(one, "photo"))
    photos = max(photos, len(record.photos))
    elsewhere = "见同次上门的检查表" if value(answers, "other_forms") else UNANSWERED
    pictures = [Text(f"{photos} 张，{where}" if photos else elsewhere)]
    return [
        head_band("二、上门情况", "未入户检查，本次不作初步判定"),
        pair_row(_DOOR_ROW, ("上门结果", choices)),
        pair_row(_DOOR_ROW, ("原因", [Text(shown(answers, "visit_reason") or UNANSWERED)])),
        pair_row(_DOOR_ROW, ("下次上门", next_visit), ("上门次数", tries)),
        pair_row(_DOOR_ROW, ("现场照片", pictures)),
    ]


def door_block(record: SheetRecord, rows: Heights) -> list[Band]:
    """Which house it was: the facts that are needed to find it and its people again; a form that does not
    ask for them at a closed door (F01) prints none."""
    answers = record.answers
    people = pair_row(rows.fact, ("产权人", owner(answers)), ("使用人", fact(answers, "user_name")))
    return [
        head_band("一、房屋基本情况"),
        pair_row(
            rows.fact,
            ("房屋地址", _address(record)),
            ("房屋编号", [Text(record.building_code or UNANSWERED)]),
        ),
        *([people] if answer(answers, "owner_name").relevant else []),
    ]


def label_row(label: str, pieces: Sequence[Piece], room: Room, *, size: float = 10.5) -> Band:
    """A label of 20 mm and its text over the rest of the row."""
    return Band([Row([label_cell(0, 20, label), Cell(20, 150, pieces, size=size, place=label)], room)])
