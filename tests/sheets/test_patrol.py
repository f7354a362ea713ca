"""F18 on paper: one page for a round, of the same family as F02; nothing is lost when texts are long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest

from fieldapp.domain.codelists import codelists
from fieldapp.domain.patrol import ITEMS
from fieldapp.domain.record_code import RecordCode
from fieldapp.domain.visit import TeamMember
from fieldapp.forms import FormSession
from fieldapp.sheets import render_archive, render_onsite
from fieldapp.sheets.content import Answer, Printing, SheetRecord
from fieldapp.sheets.signatures import SENTENCE
from tests.resources.filling import leaves
from tests.resources.test_patrol import DEFECT, ITEM, NOTHING_FOUND, OUT, PHOTO, G, answer_all, opened
from tests.sheets.examples import photos
from tests.sheets.pdfs import one_bit, operators, pages, symbols, text, texts

CHINA = timezone(timedelta(hours=8))
KNOWN = {
    "last_patrol": "2022-11-08", "patrol_found": "pc_openings", "last_annual": "2022-06-20",
    "address_detail": "聚宝街86号", "building_code": "350502002006-0086",
}  # fmt: skip
FOUND = {ITEM + "pc_finish": "have", G + "hazard_level": "general", **DEFECT}


def record_of(session: FormSession, **changes: object) -> SheetRecord:
    """The session as it is when it is finalized, without photographs."""
    rows: dict[str, dict[str, dict[str, Answer]]] = {}
    answers: dict[str, Answer] = {}
    for node in leaves(session.node("/data")):
        one = Answer(value=node.value, text=node.text, label=node.label, relevant=node.relevant)
        above = node.path.rpartition("/")[0]
        if "[" in above:
            name = above.rpartition("/")[2].partition("[")[0]
            rows.setdefault(name, {}).setdefault(above, {})[node.name] = one
        else:
            answers[node.name] = one
    result = answers["visit_result"].value
    started = datetime(2022, 12, 8, 15, 20, tzinfo=CHINA)
    repeats: dict[str, tuple[Mapping[str, Answer], ...]] = {
        name: tuple(of.values()) for name, of in rows.items()
    }
    base = SheetRecord(
        form_id="periodic_check", form_code="F18", form_title=session.definition.title,
        form_version="2022.12", ruleset_version="2022.2", issuer="泉州市鲤城区临江街道办事处",
        serial="临江-聚宝-0086-2022-02", code=RecordCode(UUID(int=5 << 120), 1, "0000"),
        address="鲤城区临江街道聚宝社区聚宝街86号", building_code="350502002006-0086",
        visit_kind="月度常规巡检", tasks=("T5", "T21"), started_at=started,
        ended_at=started + timedelta(minutes=8), result=result,
        result_text=codelists().text("visit_result", result),
        team=(TeamMember("林某某", "聚宝社区", "WG-2061"),),
        printing=Printing(started + timedelta(minutes=9), sample=True), answers=answers, repeats=repeats,
        phone="0595-0000 0000（社区）", attempts=1,
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type] # fields by name, as dataclasses.replace takes them


def unchanged(kind: str = "patrol") -> SheetRecord:
    session = opened(kind, **KNOWN)
    session.answer(ITEM + "one_key_at", "2022-12-08T15:26:00+08:00")
    answer_all(session, NOTHING_FOUND)
    session.answer(ITEM + "pc_openings_note", "后窗已修复，开合正常（照片2）")
    return record_of(session)


def found() -> SheetRecord:
    session = opened(**KNOWN)
    answer_all(session, NOTHING_FOUND | FOUND)
    return record_of(session)


def locked() -> SheetRecord:
    session = opened(**KNOWN)
    session.answer(PHOTO, "photo:front")
    session.answer(OUT + "visit_result", "locked")
    session.answer(OUT + "visit_reason", "无人在家，邻居不知去向")
    session.answer(OUT + "next_visit_date", "2022-12-15")
    return record_of(session)


def hostile() -> SheetRecord:
    """Every answer as long as the form lets it be: seven defects, and a judgement below the suggestion."""
    session = opened(**KNOWN)
    answers = NOTHING_FOUND | dict.fromkeys((ITEM + item for item in ITEMS), "have") | {
        G + "hazard_level": "basic_safe", G + "downgrade_reason": "抹灰" * 249 + "尾",
        "/data/g_defect/rep_defect/d_part": "二层东侧" * 15,
        "/data/g_defect/rep_defect/d_note": "抹灰脱落" * 25, "/data/g_defect/rep_defect/d_photo_near": "x",
    }  # fmt: skip
    answer_all(session, answers)
    for item in ITEMS[1:]:
        added = session.add_repeat("/data/g_defect/rep_defect")
        assert session.value(added + "/d_item") == item
        answer_all(
            session,
            {
                path.replace("rep_defect/", added.rpartition("/")[2] + "/"): said
                for path, said in answers.items()
            },
        )
    session.answer(G + "advice_more", "补充意见" * 125)
    assert session.validate() == ()
    return record_of(session)


@pytest.mark.parametrize("record", [unchanged(), found(), locked()], ids=["unchanged", "found", "locked"])
def test_a_round_is_one_page_whose_symbol_is_read_from_one_bit_paper(record: SheetRecord) -> None:
    pdf = render_onsite(record)
    (said,) = texts(pdf)
    assert "第1页共1页" in said
    assert SENTENCE in said or record.result == "locked"
    for threshold in (96, 128, 176):
        assert symbols(one_bit(pages(pdf)[0], threshold)) == [record.code.text]


def test_the_page_says_what_the_target_says() -> None:
    said = text(render_onsite(unchanged()))
    for words in (
        "房屋定期体检（挂牌巡检）记录表",
        "月度常规巡检",
        "任务T5、T21上门结果：完成",
        "建成年份1996年，房龄26年",
        "上次2022-11-08",
        "本次2022-12-08",
        "■未发现□有",
        "后窗已修复，开合正常（照片2）",
        "■月度常规□年度专业",
        "■已更新□未更新□未挂牌",
        "上次2022-06-20，每3年一次",
        "未超期（2025-06-20前）",
        "七项一次确认15:26，照片1张",
        "2023年1月8日前",
        "■基本安全□一般安全隐患□重大安全隐患□待核",
        "基本安全：七项均未发现异常。",
        "继续正常使用，保持月度巡检。",
        SENTENCE,
        "林某某聚宝社区证号WG-2061",
        "签名或捺印",
        "□拒签□不在场见证人",
        "实施细则》（2022-12-01起）",
        "F18现场页表版2022.12",
    ):
        assert words in said, words


def test_what_was_found_last_time_and_now_stands_beside_each_other() -> None:
    said = text(render_onsite(found()))
    assert "内外墙装饰层脱落、空鼓未发现□未发现■有见缺陷1" in said
    assert "门窗明显变形、局部损坏有■未发现□有" in said
    assert "二层东侧抹灰脱落一处" in said
    assert "■一般安全隐患" in said
    assert "整改期限" in said
    assert "七项逐项填写，照片2张" in said


def test_the_yearly_inspection_and_a_major_hazard_are_signed_by_two() -> None:
    assert "检查人员（二）" in text(render_onsite(unchanged("annual")))
    assert "检查人员（二）" not in text(render_onsite(unchanged()))


def test_long_texts_go_on_and_every_page_is_signed() -> None:
    record = hostile()
    pdf = render_onsite(record)
    said = texts(pdf)
    assert len(said) > 1
    assert all(SENTENCE in one for one in said)
    whole = "".join(said)
    assert whole.count("二层东侧" * 3) >= len(ITEMS)
    assert "尾" in whole
    assert "补充意见" * 5 in whole
    for image in pages(pdf):
        assert symbols(one_bit(image)) == [record.code.text]


def test_a_house_that_was_not_entered_judges_nothing() -> None:
    said = text(render_onsite(locked()))
    assert "■无人/锁门" in said
    assert "房屋安全状态" not in said


def test_black_only_and_the_same_bytes_again() -> None:
    record = found()
    assert render_onsite(record) == render_onsite(record)
    colours = {operator for _, operator, _ in operators(render_onsite(record))} & {"rg", "RG", "k", "K", "sc"}
    assert colours == set()


def test_the_archive_copy_shows_the_photographs() -> None:
    said = texts(render_archive(replace(found(), photos=photos()[:2])))
    assert "待签字" in said[0]
    assert "四、照片（2张）" in "".join(said)
