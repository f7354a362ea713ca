"""Records to print: the example of the target pictures (示例), and variations of it. No real persons."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from uuid import UUID

from PIL import Image, ImageDraw

from fieldapp.domain.record_code import RecordCode
from fieldapp.domain.suggestion import CHECK_ITEMS, suggest
from fieldapp.domain.visit import TeamMember
from fieldapp.sheets.content import Answer, Photo, Printing, ScanPage, SheetRecord, Signing

CHINA = timezone(timedelta(hours=8))
TEAM = (TeamMember("陈某某", "江南街道", "LC-0312"), TeamMember("李某某", "江南街道", "LC-0147"))
FACTS = {
    "owner_name": "王某某", "owner_phone": "13800002216", "user_name": "林某某等（承租，9户）",
    "structure_type": "stone", "floor_type": "precast", "floors_up": "3", "area_m2": "412",
    "built_year": "1996", "self_built": "self_urban", "building_use": "res_rent", "design_state": "none",
    "build_state": "craftsman",
}  # fmt: skip
CRACK = {
    "d_item": "wall_damage", "d_component": "wall", "d_floor": "2", "d_part": "东侧", "d_kind": "crack",
    "d_crack_dir": "diagonal", "d_crack_w": "0.8", "d_crack_l": "1.9", "d_crack_n": "1", "d_growing": "no",
}  # fmt: skip
BALCONY = {
    "d_item": "balcony_damage", "d_component": "balcony", "d_floor": "2", "d_part": "南侧", "d_kind": "rebar",
    "d_loss_pct": "18", "d_growing": "unknown",
}  # fmt: skip
RESULT = {
    "hazard_level": "general", "hazard_basis": "阳台挑板露筋；屋顶擅自加建；主体结构未见明显变形",
    "advice": "1. 限期委托有资质的鉴定机构鉴定；2. 阳台下方拉警戒线，停用阳台；3. 拆除屋顶加建；"
    "4. 鉴定前不得新增租户。",
    "deadline": "2023-01-31",
}  # fmt: skip
CHECKS = {
    **dict.fromkeys(CHECK_ITEMS, "ok"), "foundation_damage": "unseen", "foundation_damage_why": "埋地",
    "wall_damage": "have", "balcony_damage": "have", "alteration_found": "have",
    "alteration_now": "roof_shed", "alteration_design": "no", "alteration_area": "60",
    "alteration_year": "2015", "persons_now": "14",
}  # fmt: skip


def answers(values: Mapping[str, str]) -> dict[str, Answer]:
    """Answers as they come from the engine's raw values; labels of code lists are looked up on paper."""
    return {name: Answer(value=found, text=found) for name, found in values.items()}


def record(
    *, facts: Mapping[str, str] = FACTS, checks: Mapping[str, str] = CHECKS,
    defects: Sequence[Mapping[str, str]] = (CRACK, BALCONY), result: Mapping[str, str] = RESULT,
    **changes: object,
) -> SheetRecord:  # fmt: skip
    """The example record with other facts, checks, defects or fields."""
    said = {**facts, **checks, **result, "visit_result": "done"}
    found = suggest({**said, "rep_defect": [dict(one) for one in defects]})
    said.setdefault("hazard_suggested", found.level)
    base = SheetRecord(
        form_id="hazard_inspection", form_code="F02", form_title="房屋结构安全隐患排查登记表",
        form_version="2022.4", ruleset_version="2022.2", issuer="泉州市鲤城区江南街道办事处",
        serial="江南-亭店-0312-2022-03",
        code=RecordCode(UUID("9e0b32fe-3459-46ad-b3ec-1b8f4e5a1234"), 1, "Z2C0"),
        address="鲤城区江南街道亭店社区亭店路12号", building_code="350502006019-0312",
        visit_kind="复核（回头看）", tasks=("T1", "T12"),
        started_at=datetime(2022, 12, 8, 9, 40, tzinfo=CHINA),
        ended_at=datetime(2022, 12, 8, 10, 25, tzinfo=CHINA),
        result="done", result_text="完成", team=TEAM,
        printing=Printing(datetime(2022, 12, 8, 10, 27, tzinfo=CHINA), sample=True),
        answers=answers(said), repeats={"rep_defect": tuple(answers(one) for one in defects)},
        findings=found.findings, phone="0595-0000 0000（街道）", notices=("整改告知书〔2022〕17号",),
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type] # fields by name, as dataclasses.replace takes them


def jpeg(width: int, height: int, shade: int = 170) -> bytes:
    """A drawn picture with a frame and a diagonal, so that cropping would show."""
    image = Image.new("RGB", (width, height), (shade, shade - 10, shade - 30))
    pen = ImageDraw.Draw(image)
    pen.rectangle((2, 2, width - 3, height - 3), outline=(40, 40, 60), width=4)
    pen.line((0, 0, width, height), fill=(90, 40, 40), width=5)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=70)
    return stream.getvalue()


def photos(size: tuple[int, int] = (1000, 750)) -> tuple[Photo, ...]:
    """Six photographs as in the target's appendix."""
    rows = (
        ("front", "正立面", "东南向", "全貌，屋顶彩钢棚", "陈某某", "original", (3,)),
        ("side", "侧立面", "东北向", "东侧；西侧毗连无法拍摄", "陈某某", "original", ()),
        ("plate", "门牌", "南向", "亭店路12号", "陈某某", "original", ()),
        ("defect_far", "二层东侧承重墙", "西向", "位置", "李某某", "annotated", (1,)),
        ("defect_near", "二层东侧承重墙", "西向", "特写，带标尺", "李某某", "original", (1,)),
        ("defect_near", "二层阳台挑板", "仰视", "特写，带标尺", "李某某", "copy", (2,)),
    )
    return tuple(
        Photo(
            jpeg=jpeg(*size, shade=150 + 10 * index),
            sha256=f"{0x2D8D693177AC + index * 0x1234567:064x}"[::-1],
            kind=kind, title=title, direction=direction, note=note,
            taken_at=datetime(2022, 12, 8, 9, 43 + index), taken_by=by, origin=origin, defects=shown,  # noqa: DTZ001 # cameras write local time without an offset
        )
        for index, (kind, title, direction, note, by, origin, shown) in enumerate(rows)
    )  # fmt: skip


def signings() -> tuple[Signing, ...]:
    """Inspectors, the owner by thumb print after reading aloud, the community."""
    at = datetime(2022, 12, 8, 10, 31, tzinfo=CHINA)
    return (
        Signing("陈某某", "检查人员", "signed", at), Signing("李某某", "检查人员", "signed", at),
        Signing("王某某", "产权人", "thumb", at, read_aloud=True), Signing("黄某某", "社区", "signed", at),
    )  # fmt: skip


def scan() -> ScanPage:
    """A scanned page, here an empty one with a frame."""
    return ScanPage(
        jpeg(620, 877, 235), "59ad1b2fc74287de" + "0" * 48, datetime(2022, 12, 8, 17, 5, tzinfo=CHINA)
    )


def not_entered() -> SheetRecord:
    """A locked door."""
    said = {
        **FACTS, "visit_result": "locked", "visit_reason": "无人在家，邻居不知去向",
        "next_visit_date": "2022-12-15",
    }  # fmt: skip
    return replace(
        record(), result="locked", result_text="无人/锁门", answers=answers(said), repeats={}, findings=(),
        photos=photos()[:1], attempts=2,
    )  # fmt: skip
