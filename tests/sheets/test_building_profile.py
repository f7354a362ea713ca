"""F01 on paper: facts in pairs, units as rows, what was corrected; one page, nothing lost when texts are
long. Records are filled in through the real form and gathered as both sides gather them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest

from fieldapp.domain.codelists import codelists
from fieldapp.domain.record_code import RecordCode
from fieldapp.domain.register import schema
from fieldapp.domain.visit import TeamMember, Visit
from fieldapp.forms import FormSession
from fieldapp.sheets import render_archive, render_onsite
from fieldapp.sheets.content import SECOND_COPY, Answer, Printing, SheetRecord
from fieldapp.sheets.gathering import gathered, serial_of
from fieldapp.sheets.signatures import SENTENCE
from tests.resources.test_building_profile import (
    ADDRESS,
    FIX,
    HOUSE,
    NEW,
    OF_THE_LEDGER,
    ORIGIN,
    OUT,
    OWNER,
    PLACE,
    PROFILE,
    SIZE,
    USE,
    begun,
    form,
)
from tests.resources.test_patrol import answer_all
from tests.sheets.examples import photos
from tests.sheets.pdfs import bold, one_bit, operators, pages, symbols, text, texts

CHINA = timezone(timedelta(hours=8))
START = datetime(2022, 12, 8, 9, 5, tzinfo=CHINA)
TEAM = (TeamMember("林某某", "江南街道", "LC-0231"), TeamMember("王某", "江南街道", "LC-0248"))
UNITS, PLATES, ALIASES = "/data/g_units", "/data/g_plates", "/data/g_aliases"
CODE = RecordCode(UUID(int=5 << 120), 1, "0000")


def record_of(session: FormSession, values: dict[str, str], **changes: object) -> SheetRecord:
    """The record as a laptop gathers it, without photographs."""
    result = session.value(OUT + "visit_result")
    visit = Visit(
        UUID(int=7), UUID(int=8), "first", ("t03", "t15"), TEAM, START, START + timedelta(minutes=9), result
    )
    printing = Printing(START + timedelta(minutes=10), sample=True)
    serial = serial_of(START, values, UUID(int=9), 1)
    return replace(gathered(session, visit, values, CODE, serial, printing, ()), **changes)  # type: ignore[arg-type] # fields by name


def rented(units: int = 2) -> FormSession:
    """A rented house that the register knows little of, surveyed together with F02."""
    session = begun(form(OF_THE_LEDGER), HOUSE, other="hazard_inspection")
    answer_all(session, PROFILE)
    session.answer(FIX + "fix_facts", "owner_phone address_detail")
    session.answer(OWNER + "new_owner_phone", "13900000044")
    session.answer(ADDRESS + "new_address_detail", "亭店路14号")
    session.answer(FIX + "fix_reason", "门牌重新编号")
    for number in range(1, units + 1):
        unit = f"{UNITS}/rep_unit[{number}]"
        if number > 1:
            session.add_repeat(f"{UNITS}/rep_unit")
        session.answer(f"{unit}/unit_kind", "room")
        session.answer(f"{unit}/unit_floor", str(number))
        session.answer(f"{unit}/unit_no", f"{number}01")
        session.answer(f"{unit}/unit_occupant", "黄某某")
        session.answer(f"{unit}/unit_phone", "13800001234")
        session.answer(f"{unit}/unit_persons", "3")
        session.answer(f"{unit}/unit_vulnerable", "1")
    session.answer(f"{ALIASES}/rep_alias[1]/alias", "石头厝")
    assert session.validate() == ()
    return session


def known() -> SheetRecord:
    return record_of(rented(), {**OF_THE_LEDGER, "building_code": "350502006019-0012"})


def new() -> SheetRecord:
    """A house that no register has."""
    session = begun(form(), NEW)
    answer_all(session, PROFILE | PLACE | {"/data/g_pictures/g_photo/rep_photo/photo": "front.jpg"} | WHY)
    return record_of(session, {})


WHY = {
    f"/data/g_pictures/g_photo/photo_{kind}_why": words
    for kind, words in (("plate", "未编门牌"), ("front", "道路狭窄"))
}


def locked() -> SheetRecord:
    session = begun(form(OF_THE_LEDGER), HOUSE, other="hazard_inspection", result="locked")
    session.answer(OUT + "visit_reason", "无人在家，邻居不知去向")
    session.answer(OUT + "next_visit_date", "2022-12-15")
    return record_of(session, OF_THE_LEDGER)


def hostile() -> SheetRecord:
    """Long texts in every place, and many units."""
    session = rented(40)
    session.answer(FIX + "fix_facts", "owner_phone address_detail owner_name")
    session.answer(OWNER + "new_owner_name", "某某房屋租赁管理有限公司" * 8)
    session.answer(OWNER + "new_user_name", "使用人某某" * 20)
    session.answer(USE + "new_use_by_floor", "一层店面，二层出租；" * 30)
    session.answer(SIZE + "new_wall_material", "前墙石砌" * 25)
    session.answer(FIX + "fix_reason", "现场核对" * 74 + "尾")
    return record_of(session, OF_THE_LEDGER)


@pytest.mark.parametrize("record", [known(), new(), locked()], ids=["known", "new", "locked"])
def test_a_house_is_one_page_whose_symbol_is_read_from_one_bit_paper(record: SheetRecord) -> None:
    pdf = render_onsite(record)
    (said,) = texts(pdf)
    assert "第1页共1页" in said
    assert SENTENCE in said or record.result == "locked"
    for threshold in (96, 128, 176):
        assert symbols(one_bit(pages(pdf)[0], threshold)) == [record.code.text]


def test_the_page_says_what_was_recorded() -> None:
    said = text(render_onsite(known()))
    for words in (
        "一楼一档房屋基本信息表",
        "任务T3、T15上门结果：完成",
        "房屋地址鲤城区江南街道亭店社区亭店路14号（原：亭店路12号）",
        "房屋编号350502006019-0012",
        "张某某（示例）电话139××××0044（原：138××××0000）",
        "自建房农村自建房",
        "结构类型砌体（砖混）结构",
        "建筑面积380.5m²",
        "旧名俗称石头厝",
        "更正原因门牌重新编号",
        "户、间、店本次填写2户",
        "101",
        "黄某某，138××××1234",
        "3，老弱1",
        "见同次检查表的照片附页",
        "登记人员（一）",
        "林某某江南街道证号LC-0231",
        "F01现场页表版2022.1",
    ):
        assert words in said, (words, said)
    for personal in ("13900000044", "13800001234", "13800000000"):
        assert personal not in said


def test_what_this_record_answered_is_bold_and_what_was_known_is_not() -> None:
    shown = bold(render_onsite(known()))
    assert "亭店路14号" in shown
    assert "380.5" in shown
    assert "张某某" not in shown


def test_what_is_not_asked_of_a_house_is_not_printed() -> None:
    said = text(render_onsite(known()))
    assert "改造内容" not in said
    assert "证件号码未填" not in said
    assert "已登记，不在" not in said
    session = rented()
    session.answer(ORIGIN + "new_altered", "yes")
    session.answer(ORIGIN + "new_alteration", "add_floor")
    assert "改造内容" in text(render_onsite(record_of(session, OF_THE_LEDGER)))


def test_the_number_of_the_owner_is_never_printed() -> None:
    session = rented()
    session.answer(OWNER + "need_idno", "yes")
    assert "证件号码未填" in text(render_onsite(record_of(session, OF_THE_LEDGER)))
    session.answer(OWNER + "new_owner_idno", "350502198001010015")
    said = text(render_onsite(record_of(session, OF_THE_LEDGER)))
    assert "已登记，不在表上印出" in said
    assert "350502198001010015" not in said
    assert "19800101" not in said


def test_a_house_without_a_file_has_its_place_and_no_code_yet() -> None:
    record = new()
    said = text(render_onsite(record))
    assert "泉州市鲤城区江南街道办事处" in said
    assert "房屋地址鲤城区江南街道亭店社区亭店路12号之1" in said
    assert "新建档，待编号" in said


def test_every_fact_that_the_form_corrects_has_its_place() -> None:
    """All of them answered: each value stands on the sheet, or is named as one that does not."""
    names = codelists()["profile_fact"].items
    base = known()
    said = {name: f"〈{name}〉" for name in names}
    answers = {**base.answers, **{name: Answer(value=told, text=f"{told}!") for name, told in said.items()}}
    answers["need_idno"] = Answer(value="yes")
    shown = text(render_onsite(replace(base, answers=answers)))
    aside = {"street", "community", "address_detail", "owner_idno", "owner_phone", "user_phone"}
    missing = [name for name in names if name not in aside and f"〈{name}〉" not in shown]
    assert missing == ["build_era"]  # the year stands for it
    assert set(names) <= set(schema("buildings").properties)


def test_a_partial_visit_names_what_was_not_seen() -> None:
    session = begun(form(OF_THE_LEDGER), HOUSE, other="hazard_inspection", result="partial")
    answer_all(
        session,
        PROFILE
        | {
            OUT + "visit_result": "partial", OUT + "visit_reason": "房间上锁", OUT + "unseen_parts": "三层",
            OUT + "next_visit_date": "2022-12-10",
        },
    )  # fmt: skip
    assert "未查部位三层；房间上锁" in text(render_onsite(record_of(session, OF_THE_LEDGER)))


def test_a_house_that_was_not_entered_tells_no_facts() -> None:
    said = text(render_onsite(locked()))
    assert "■无人/锁门" in said
    assert "结构类型" not in said
    assert "产权人" not in said
    assert "现场照片见同次上门的检查表" in said


def test_long_texts_go_on_and_every_page_is_signed() -> None:
    record = hostile()
    pdf = render_onsite(record)
    said = texts(pdf)
    assert len(said) > 1
    assert all(SENTENCE in one for one in said)
    whole = "".join(said)
    assert all(f"{number}01" in whole for number in range(1, 41))
    assert "一层店面，二层出租；" * 3 in whole
    assert "尾" in whole
    for image in pages(pdf):
        assert symbols(one_bit(image)) == [record.code.text]


def test_black_only_and_the_same_bytes_again() -> None:
    record = known()
    assert render_onsite(record) == render_onsite(record)
    assert render_archive(record) == render_archive(record)
    colours = {operator for _, operator, _ in operators(render_onsite(record))} & {"rg", "RG", "k", "K", "sc"}
    assert colours == set()


def test_two_copies_differ_in_the_box_alone() -> None:
    record = known()
    first, second = (
        texts(render_onsite(replace(record, printing=replace(record.printing, copies=copies))))[0]
        for copies in ((), (SECOND_COPY,))
    )
    assert first != second
    assert first.replace("第一联街道存档", "") == second.replace("第二联当事人留存", "")


def test_the_archive_copy_has_the_state_of_signing_and_the_photographs() -> None:
    said = texts(render_archive(replace(new(), photos=photos()[:2])))
    assert "待签字" in said[0]
    assert "照片（2张）" in "".join(said)
    assert SENTENCE in "".join(said)
