"""The signature block of paper to be signed, and the signing status of the archive copy.

One block holds every way of signing, because on a staircase nobody knows yet which it will be (paper
target 9). Nothing is drawn that stands for a signature, seal or thumb print.
"""

from __future__ import annotations

from collections.abc import Sequence

from fieldapp.domain.codelists import codelists
from fieldapp.domain.visit import TeamMember
from fieldapp.sheets.content import SheetRecord, Signing
from fieldapp.sheets.inline import Blank, Box, Gap, Piece, Text
from fieldapp.sheets.pages import label_cell
from fieldapp.sheets.table import GROUP, MM, Band, Cell, Room, Row, Span

SENTENCE = "初步判定结论不能替代房屋安全鉴定。"
_SIGN_ROW = Room(13.9)
_HAND_ROW = Room(9.0)
_SMALL_GAP = Gap(5)


def signature_block(team: Sequence[TeamMember]) -> Band:
    """Inspectors, party, reading aloud, refusal, witness, community and 捺印 box; never splits."""
    first, second = _member(team, 0), _member(team, 1)
    rows = [
        Row(
            [
                _label_two(0, 20, "检查人员", "（一）"), _hint(20, 52, first, "检查人员（一）"),
                _label_two(72, 20, "检查人员", "（二）"), _hint(92, 78, second, "检查人员（二）"),
            ],
            _SIGN_ROW, rule=GROUP, signed=True,
        ),
        Row([label_cell(0, 20, "当事人"), Cell(20, 120, _party(), size=10)], _HAND_ROW),
        Row(
            [label_cell(0, 20, "签名"), _hint(20, 120, [Text("本人签名；代签附委托书")])],
            _SIGN_ROW, signed=True,
        ),
        Row([label_cell(0, 20, "不能书写"), Cell(20, 120, _read_aloud(), size=10)], Room(7.0)),
        Row([label_cell(0, 20, "拒签不在"), Cell(20, 120, _refused(), size=10)], _HAND_ROW),
        Row(
            [
                label_cell(0, 20, "见证人"), _hint(20, 52, [Text("签名、电话")]),
                label_cell(72, 20, "社区代表"), _hint(92, 48, [Text("签名")]),
                _signing_time(140, 30),
            ],
            _SIGN_ROW, signed=True,
        ),
    ]  # fmt: skip
    return Band(rows, spans=[Span(1, 4, _thumb_box())])


def signature_line(team: Sequence[TeamMember]) -> Band:
    """The one row of a 续页: inspectors, party and time, each with room for a hand."""
    names = "、".join(member.name for member in team)
    cells = [
        label_cell(0, 20, "检查人员"), _hint(20, 52, [Text(names, bold=True)], "检查人员"),
        label_cell(72, 20, "当事人"), _hint(92, 48, [Text("签名或捺印")]),
        _signing_time(140, 30),
    ]  # fmt: skip
    return Band([Row(cells, Room(15.0), rule=GROUP, signed=True)])


def patrol_signature(team: Sequence[TeamMember]) -> Band:
    """A monthly round: one inspector and the party in one row, refusal and time below (paper target 9)."""
    others = "、".join(member.name for member in team[1:])
    first = [*_member(team, 0), *([Text(f"　同行：{others}")] if others else [])]
    party: list[Piece] = [Box("产权人"), _SMALL_GAP, Box("使用人"), Gap(8), Text("签名或捺印")]
    refused: list[Piece] = [
        Box("拒签"), _SMALL_GAP, Box("不在场"), Gap(8), Text("见证人"), Blank(22 * MM),
    ]  # fmt: skip
    moment = [Text("年　　月　　日　　时")]
    rows = [
        Row(
            [
                label_cell(0, 20, "巡检人员"), _hint(20, 72, first, "巡检人员"),
                label_cell(92, 20, "当事人"), _hint(112, 58, party, "当事人"),
            ],
            Room(16.0), rule=GROUP, signed=True,
        ),
        Row(
            [
                label_cell(0, 20, "拒签不在"), Cell(20, 72, refused, size=10),
                label_cell(92, 20, "签字时间"), Cell(112, 58, moment, size=10, align="center"),
            ],
            Room(10.0),
        ),
    ]  # fmt: skip
    return Band(rows)


def inspector_signature(team: Sequence[TeamMember]) -> Band:
    """Where inspectors alone sign: one or two of them, and the time filled in by hand."""
    if len(team) < 2:
        cells = [
            label_cell(0, 20, "登记人员"), _hint(20, 110, _member(team, 0), "登记人员"),
            _signing_time(130, 40),
        ]  # fmt: skip
    else:
        cells = [
            _label_two(0, 20, "登记人员", "（一）"), _hint(20, 52, _member(team, 0), "登记人员（一）"),
            _label_two(72, 20, "登记人员", "（二）"), _hint(92, 48, _member(team, 1), "登记人员（二）"),
            _signing_time(140, 30),
        ]  # fmt: skip
    return Band([Row(cells, _SIGN_ROW, rule=GROUP, signed=True)])


def witness_block(team: Sequence[TeamMember]) -> Band:
    """Where nobody opened: inspectors, and a witness or the community."""
    rows = [
        Row(
            [
                _label_two(0, 20, "检查人员", "（一）"), _hint(20, 52, _member(team, 0), "检查人员（一）"),
                _label_two(72, 20, "检查人员", "（二）"), _hint(92, 78, _member(team, 1), "检查人员（二）"),
            ],
            _SIGN_ROW, rule=GROUP, signed=True,
        ),
        Row(
            [
                label_cell(0, 20, "见证人"), _hint(20, 52, [Text("签名、电话")]),
                label_cell(72, 20, "社区代表"), _hint(92, 48, [Text("签名")]),
                _signing_time(140, 30),
            ],
            _SIGN_ROW, signed=True,
        ),
    ]  # fmt: skip
    return Band(rows)


def signing_status(record: SheetRecord, scan_page: int) -> list[Piece]:
    """Who signed, how and when, where the scan is and the first 16 digits of its hash; before anybody
    signed, who inspected."""
    signings, scans = record.signings, record.scans
    if not signings:
        team = "、".join(_introduced(member) for member in record.team)
        return [Text("待签字", bold=True), Text(f"：检查人员 {team}" if team else "")]
    refused = all(one.manner in {"refused", "absent"} for one in signings)
    roles: dict[str, list[str]] = {}
    for one in signings:
        roles.setdefault(one.role, []).append(one.person + _manner(one))
    people = "；".join(f"{role} {'、'.join(names)}" for role, names in roles.items())
    pieces: list[Piece] = [Text("未签字" if refused else "已签字", bold=True), Text(f"：{people}")]
    last = max(one.at for one in signings)
    moment = f"{last:%Y-%m-%d %H:%M}"
    if not scans:
        return [*pieces, Text(f"\n{moment}，签字页扫描件待归档")]
    where = f"第 {scan_page} 页" if len(scans) == 1 else f"第 {scan_page}-{scan_page + len(scans) - 1} 页"
    pieces.append(Text(f"\n签字页 {len(scans)} 页，{moment}，扫描件见{where}"))
    return [*pieces, *(Text(f"　{in_fours(scan.sha256[:16])}") for scan in scans)]


def in_fours(digits: str) -> str:
    """Hexadecimal digits in groups of four, as they are read aloud."""
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def _introduced(member: TeamMember) -> str:
    remarks = " ".join(part for part in (member.unit, member.certificate) if part)
    return f"{member.name}（{remarks}）" if remarks else member.name


def _manner(one: Signing) -> str:
    remarks = [] if one.manner == "signed" else [codelists().label("sign_manner", one.manner)]
    if one.read_aloud:
        remarks.append("已宣读")
    if one.note:
        remarks.append(one.note)
    return f"（{'，'.join(remarks)}）" if remarks else ""


def _member(team: Sequence[TeamMember], index: int) -> list[Piece]:
    if index >= len(team):
        return [Text("姓名、单位、证号")]
    member = team[index]
    certificate = f"　证号 {member.certificate}" if member.certificate else ""
    unit = f"　{member.unit}" if member.unit else ""
    others = "、".join(one.name for one in team[2:]) if index == 1 else ""
    return [Text(member.name, bold=True), Text(f"{unit}{certificate}{'　同行：' + others if others else ''}")]


def _label_two(x: float, width: float, upper: str, lower: str) -> Cell:
    return Cell(x, width, [Text(f"{upper}\n{lower}")], align="center", pad=1)


def _hint(x: float, width: float, pieces: Sequence[Piece], place: str = "签字") -> Cell:
    return Cell(x, width, pieces, size=9, top=True, place=place)


def _party() -> list[Piece]:
    return [
        Box("产权人"), _SMALL_GAP, Box("使用人"), _SMALL_GAP, Box("受委托人，关系"), Blank(15 * MM),
        Text("电话"), Blank(25 * MM),
    ]  # fmt: skip


def _read_aloud() -> list[Piece]:
    return [
        Box("以上内容已向本人宣读（"), Box("普通话"), _SMALL_GAP, Box("闽南话"), Text("），本人确认无误"),
    ]  # fmt: skip


def _refused() -> list[Piece]:
    return [Box("拒签"), _SMALL_GAP, Box("不在场"), Gap(10), Text("原因"), Blank(65 * MM)]


def _thumb_box() -> Cell:
    return Cell(
        140, 30, [Text("\n捺　印", bold=True)], align="center", top=True,
        foot=[[Text("（右手食指）")], [Text(" ")]], foot_align="center", size=10.5,
    )  # fmt: skip


def _signing_time(x: float, width: float) -> Cell:
    dots = [[Text("年　月　日")], [Text("时　分")]]
    return Cell(x, width, [Text("签字时间")], size=9, top=True, foot=dots)
