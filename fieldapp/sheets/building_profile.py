"""F01 一楼一档房屋基本信息表: facts of a house in pairs, its units, who recorded them.

Names of questions are those of ``resources/forms/building_profile.md``. Of each fact stand in a record
``<fact>``, what counts, and ``new_<fact>``, what this record answered: that is printed bold, what the
register had before regular. A fact the form does not ask of this house is not printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from fieldapp.domain.register import schema
from fieldapp.sheets.content import Answer, SheetRecord
from fieldapp.sheets.faces import SANS
from fieldapp.sheets.hazard_inspection import ONSITE_ROWS, Heights, label_row
from fieldapp.sheets.inline import Piece, Text
from fieldapp.sheets.onsite import fitted_pages
from fieldapp.sheets.pages import HEAD_ROW, SheetPage, head_band, pair_row
from fieldapp.sheets.signatures import SENTENCE, inspector_signature
from fieldapp.sheets.table import GROUP, Band, Cell, Measure, Room, Row
from fieldapp.sheets.wording import UNANSWERED, answer, joined, masked, original, plain, shown, value

#: A value of more characters gets the whole width of the row.
_HALF = 40
#: x and width in mm of 序, 户号类别, 楼层, 用途, 使用人, 人数, 面积证照.
_UNIT_COLUMNS = ((0, 7), (7, 29), (36, 13), (49, 27), (76, 50), (126, 20), (146, 24))
_UNIT_HEADS = ("序", "户号、类别", "楼层", "用途、状态", "使用人、电话", "人数", "面积、证照")
_ROWS = replace(ONSITE_ROWS, fact=Room(5.4, 7.2), line=Room(5.4, 8.0))
_PHONES = frozenset({"owner_phone", "user_phone"})

Pair = tuple[str, Sequence[Piece]]


def blocks(record: SheetRecord, rows: Heights) -> list[Band]:
    """Everything between head and signatures of a visit on which somebody came in."""
    told: list[tuple[str, list[Pair]]] = [
        ("房屋与权属", _house(record)),
        ("结构与规模", _structure(record.answers)),
        ("用途", _use(record.answers)),
        ("建造与改造", _origin(record.answers)),
        ("鉴定", _appraisal(record.answers)),
    ]
    bands: list[Band] = []
    found = [(title, [pair for pair in pairs if pair[1]]) for title, pairs in told]
    asked = [(title, pairs) for title, pairs in found if pairs]
    for number, (title, pairs) in zip(_NUMBERS, asked, strict=False):
        bands.append(head_band(f"{number}、{title}", "" if bands else "黑体为本次填写，其余为台账原有"))
        bands += _paired(pairs, rows)
    return [*bands, *_units(record, rows, _NUMBERS[len(asked)]), *_remarks(record, rows)]


_NUMBERS = "一二三四五六七"


def _paired(pairs: Sequence[Pair], rows: Heights) -> Iterator[Band]:
    """Two to a row; a long one alone."""
    waiting: list[Pair] = []
    for pair in pairs:
        if sum(len(piece.text) for piece in pair[1] if isinstance(piece, Text)) > _HALF:
            if waiting:
                yield pair_row(rows.fact, waiting.pop())
            yield pair_row(rows.fact, pair)
            continue
        waiting.append(pair)
        if len(waiting) == 2:
            yield pair_row(rows.fact, *waiting)
            waiting = []
    if waiting:
        yield pair_row(rows.fact, waiting[0])


# ---- one fact


def _fact(answers: Mapping[str, Answer], name: str, unit: str = "", before: str = "") -> list[Piece]:
    """What counts of a fact, with what it was before a correction; nothing where it is not asked."""
    if not answer(answers, name).relevant:
        return []
    return [*_said(answers, name, unit, before), *_original(answers, name)]


def _said(answers: Mapping[str, Answer], name: str, unit: str, before: str) -> list[Piece]:
    known = schema("buildings").properties.get(name)
    text = shown(answers, name, known.codes if known else "")
    if not text:
        return [Text(before + UNANSWERED)]
    if name in _PHONES:
        text = masked(text)
    return [*plain(before), Text(text, bold=bool(value(answers, f"new_{name}"))), *plain(unit)]


def _original(answers: Mapping[str, Answer], name: str) -> list[Piece]:
    if name not in _PHONES or name not in value(answers, "fix_facts").split():
        known = schema("buildings").properties.get(name)
        return original(answers, name, known.codes if known else "")
    return [Text(f"（原：{masked(value(answers, f'reg_{name}')) or '无'}）")]


def _answered(answers: Mapping[str, Answer], name: str, unit: str = "", before: str = "") -> list[Piece]:
    """The same, nothing while it is not answered: for what stands behind another fact in one cell."""
    return _fact(answers, name, unit, before) if value(answers, name) else []


def _together(answers: Mapping[str, Answer], *names: str) -> list[Piece]:
    """The first fact, and of the others those that are answered."""
    first, *others = names
    return joined([_fact(answers, first), *(_answered(answers, name) for name in others)], "，")


# ---- the blocks


def _house(record: SheetRecord) -> list[Pair]:
    answers = record.answers
    filed = value(answers, "filed")
    code = record.building_code or ("新建档，待编号" if not filed else UNANSWERED)
    address: list[Piece] = [Text(record.address or UNANSWERED, bold=True)]
    for name in ("street", "community", "address_detail"):
        address += _original(answers, name)
    idno = value(answers, "owner_idno")
    served = value(answers, "need_idno") == "yes"
    return [
        ("房屋地址", address),
        ("房屋编号", [Text(code)]),
        ("建筑名称", _fact(answers, "building_name")),
        ("房屋状态", _fact(answers, "life_state")),
        ("产权人", _person(answers, "owner_name", "owner_phone")),
        ("产权类别", _fact(answers, "owner_kind")),
        ("使用人", _person(answers, "user_name", "user_phone")),
        ("证件号码", plain(("已登记，不在表上印出" if idno else UNANSWERED) if served else "")),
        ("自建房", _fact(answers, "self_built")),
        ("房屋类别", _together(answers, "building_class", "house_form")),
        ("土地", _together(answers, "land_owner", "land_use")),
        ("产权登记", _together(answers, "title_registered", "title_no")),
        ("文物历史", _fact(answers, "heritage")),
        ("物业管理", _fact(answers, "property_mgmt")),
        ("门牌", _plates(record)),
        ("旧名俗称", _aliases(record)),
    ]


def _person(answers: Mapping[str, Answer], name: str, phone: str) -> list[Piece]:
    number = _answered(answers, phone)
    return [*_fact(answers, name), *([Text("　电话 "), *number] if number else [])]


def _plates(record: SheetRecord) -> list[Piece]:
    """Known ones and those of this record, with their standard address and state."""
    parts: list[list[Piece]] = [plain(shown(record.answers, "known_plates"))]
    for row in record.repeats.get("rep_plate", ()):
        told = [shown(row, "plate_no"), shown(row, "plate_address"), shown(row, "plate_state")]
        parts.append([Text("，".join(one for one in told if one), bold=True)] if any(told) else [])
    return joined(parts, "；")


def _aliases(record: SheetRecord) -> list[Piece]:
    parts: list[list[Piece]] = [plain(shown(record.answers, "known_aliases"))]
    for row in record.repeats.get("rep_alias", ()):
        kind = shown(row, "alias_kind")
        text = shown(row, "alias") + (f"（{kind}）" if kind else "")
        parts.append([Text(text, bold=True)] if shown(row, "alias") else [])
    return joined(parts, "；")


def _structure(answers: Mapping[str, Answer]) -> list[Pair]:
    floors = joined(
        [_fact(answers, "floors_up", "层", "地上"), _answered(answers, "floors_down", "层", "地下")], "，"
    )
    people = joined([_fact(answers, "dwellings", "套"), _answered(answers, "residents", "人", "常住")], "，")
    year = _answered(answers, "built_year", "年") or _fact(answers, "build_era")
    return [
        ("结构类型", _fact(answers, "structure_type")),
        ("楼屋盖", _fact(answers, "floor_type")),
        ("层数", floors),
        ("建筑面积", _fact(answers, "area_m2", " m²")),
        ("建成年份", year),
        ("建筑高度", _fact(answers, "height_m", " m")),
        ("套数人数", people),
        ("基础类型", _fact(answers, "foundation_type")),
        ("墙体材料", _fact(answers, "wall_material")),
        ("屋面", _together(answers, "roof_form", "roof_cover")),
        ("开间数", _fact(answers, "bays", "间")),
        ("抗震措施", _fact(answers, "seismic_measure")),
    ]


def _use(answers: Mapping[str, Answer]) -> list[Pair]:
    return [
        ("用途", _fact(answers, "building_use")),
        ("分层用途", _fact(answers, "use_by_floor")),
        ("经营出租", _fact(answers, "is_business")),
        ("行业主管", _fact(answers, "industry")),
        ("人员密集", _fact(answers, "crowded_place")),
        ("容纳人数", _fact(answers, "crowd_band")),
    ]


def _origin(answers: Mapping[str, Answer]) -> list[Pair]:
    return [
        ("设计情况", _together(answers, "design_state", "design_unit")),
        ("施工情况", _together(answers, "build_state", "build_unit")),
        ("规划审批", _fact(answers, "approval_state")),
        ("竣工验收", _fact(answers, "accept_state")),
        ("四无情形", _fact(answers, "si_wu")),
        ("是否改造", joined([_fact(answers, "altered"), _answered(answers, "altered_year", "年")], "，")),
        ("改造内容", _fact(answers, "alteration")),
        ("改造设计", _fact(answers, "altered_design")),
        ("改造审批", _fact(answers, "altered_permit")),
        ("是否加固", joined(
            [_fact(answers, "strengthened"), _answered(answers, "strengthened_year", "年"),
             _answered(answers, "reinforced_by")], "，")),
    ]  # fmt: skip


def _appraisal(answers: Mapping[str, Answer]) -> list[Pair]:
    year = _answered(answers, "appraisal_year", "年")
    return [
        ("是否鉴定", joined([_fact(answers, "appraised"), year], "，")),
        ("鉴定结论", _together(answers, "appraisal_grade", "appraisal_scheme")),
    ]


# ---- 户、间、店


def _units(record: SheetRecord, rows: Heights, place: str) -> list[Band]:
    """One row a unit that this record told; those known before are named."""
    told = [row for row in record.repeats.get("rep_unit", ()) if _unit_name(row)]
    known = shown(record.answers, "known_units")
    if not told and not known:
        return []
    bands = [head_band(f"{place}、户、间、店", f"本次填写 {len(told)} 户" if told else "", section="units")]
    if known:
        bands.append(label_row("已登记", plain(known), rows.fact))
    if told:
        cells = [
            Cell(x, width, [Text(name)], size=10, align="center", pad=1)
            for name, (x, width) in zip(_UNIT_HEADS, _UNIT_COLUMNS, strict=True)
        ]
        bands.append(Band([Row(cells, Room(6.0))], with_next=True, repeat=True, section="units"))
    bands += [_unit(number, row, rows) for number, row in enumerate(told, start=1)]
    return bands


def _unit_name(row: Mapping[str, Answer]) -> str:
    return shown(row, "unit_no") or shown(row, "unit_picked")


def _unit(number: int, row: Mapping[str, Answer], rows: Heights) -> Band:
    def parts(*texts: str) -> list[Piece]:
        return plain("，".join(text for text in texts if text))

    frail, area = value(row, "unit_vulnerable"), value(row, "unit_area")
    phone = masked(value(row, "unit_phone"))
    texts: list[Sequence[Piece]] = [
        [Text(str(number), font=SANS)],
        joined(
            [[Text(_unit_name(row), bold=True)], parts(shown(row, "unit_kind"), shown(row, "unit_shop"))],
            "，",
        ),
        plain(value(row, "unit_floor")),
        parts(shown(row, "unit_use"), shown(row, "unit_state")),
        parts(shown(row, "unit_occupant"), shown(row, "unit_tenure"), phone),
        parts(value(row, "unit_persons"), f"老弱 {frail}" if frail else ""),
        parts(f"{area} m²" if area else "", shown(row, "unit_licence")),
    ]
    cells = [
        Cell(x, width, pieces, size=10, align="center" if n in {0, 2} else "left",
             pad=1 if n in {0, 2} else 2, place=f"户 {number}")
        for n, (pieces, (x, width)) in enumerate(zip(texts, _UNIT_COLUMNS, strict=True))
    ]  # fmt: skip
    return Band([Row(cells, rows.defect)], section="units")


# ---- what remains


def _remarks(record: SheetRecord, rows: Heights) -> list[Band]:
    answers = record.answers
    bands: list[Band] = []
    if value(answers, "fix_facts"):
        bands.append(label_row("更正原因", [Text(shown(answers, "fix_reason") or UNANSWERED)], rows.line))
    if record.result == "partial":
        parts = [plain(shown(answers, name) or UNANSWERED) for name in ("unseen_parts", "visit_reason")]
        bands.append(label_row("未查部位", joined(parts, "；"), rows.line))
    if value(answers, "other_forms"):
        bands.append(label_row("照片", [Text("同次上门一并拍摄，见同次检查表的照片附页")], rows.line))
    return bands


def closing(record: SheetRecord) -> list[Band]:
    """Head, who recorded it, note; the same on every page."""
    head = Cell(0, 170, [Text(f"签字　{SENTENCE}", bold=True)], place="签字")
    return [
        Band([Row([head], HEAD_ROW, rule=GROUP)], with_next=True),
        inspector_signature(record.team),
        note(record),
    ]


def note(record: SheetRecord) -> Band:
    """注: what is bold, that it judges nothing, personal data, whom to ask."""
    text = (
        "注：本表登记房屋基本信息，不含安全判定。一份存档，一份备查。电话已遮挡，证件号码不印出；"
        "个人信息仅用于房屋安全管理。"
    )
    text += record.last_words
    return Band([Row([Cell(0, 170, [Text(text)], size=9, place="注")], HEAD_ROW)])


def profile_pages(record: SheetRecord, measure: Measure, capacity: float) -> list[SheetPage]:
    """The 现场页 of one copy, measured and none taller than ``capacity`` points."""
    end: Callable[[], list[Band]] = lambda: closing(record)  # noqa: E731 - set twice, in two sizes
    return fitted_pages(lambda: blocks(record, _ROWS), end, end, measure, capacity)
