"""现场页: one page, black on white, for a printer of 203 dpi; nothing is lost when it overflows."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
import segno
from PIL import ImageFilter

from fieldapp.domain.record_code import RecordCode
from fieldapp.domain.suggestion import CHECK_ITEMS
from fieldapp.domain.visit import TeamMember
from fieldapp.sheets import render_onsite
from fieldapp.sheets.content import FIRST_COPY, SECOND_COPY, Printing, SheetRecord
from fieldapp.sheets.drawing import QR_MODULES, QR_SIDE
from fieldapp.sheets.hazard_defects import item_label
from fieldapp.sheets.inline import Blank, Typesetter
from fieldapp.sheets.onsite import onsite_pages
from fieldapp.sheets.rendering import ONSITE, entered
from fieldapp.sheets.signatures import SENTENCE
from fieldapp.sheets.table import MM, Measure, height_of
from tests.sheets import examples
from tests.sheets.examples import BALCONY, CHECKS, CRACK, FACTS, RESULT
from tests.sheets.pdfs import one_bit, operators, pages, symbols, text, texts
from tests.sheets.visits import VISITS, visit_record

#: Lines, rectangles, text, places. Not one that sets a colour, shades, or draws a picture.
_DRAWING = {"q", "Q", "cm", "w", "J", "j", "m", "l", "re", "S", "f", "n"} | {
    "BT", "ET", "Tr", "Td", "Tf", "Tj", "TL", "Tm",
}  # fmt: skip
NOTHING_FOUND = dict.fromkeys(CHECK_ITEMS, "ok") | {"persons_now": "3"}
SAFE = {"hazard_level": "basic_safe", "advice": "保持正常使用和维护。"}
LONG = "阳台挑板下方拉警戒线并停止使用该阳台，"


def nothing_found() -> SheetRecord:
    facts = FACTS | {"structure_type": "rc_frame", "design_state": "qualified", "build_state": "qualified"}
    return examples.record(facts=facts, checks=NOTHING_FOUND, defects=(), result=SAFE)


def hostile() -> SheetRecord:
    """Every answer as long as the form lets it be, twelve defects, long names of people and bodies."""
    unseen = dict.fromkeys(CHECK_ITEMS[:4], "unseen")
    whys = {f"{item}_why": f"第{number}处" + "门锁着进不去" * 16 for number, item in enumerate(unseen)}
    crack = CRACK | {"d_part": "东侧" * 29, "d_note": "裂缝旁有旧抹灰" * 42 + "尾"}
    said = RESULT | {
        "hazard_level": "basic_safe", "hazard_basis": (LONG * 27)[:499] + "据",
        "advice": (LONG * 53)[:999] + "议", "downgrade_reason": (LONG * 27)[:499] + "由",
    }  # fmt: skip
    return replace(
        examples.record(
            facts=FACTS | {"owner_name": "王" * 99 + "主", "user_name": "林" * 99 + "用"},
            checks=CHECKS | unseen | whys, defects=[crack] * 3 + [BALCONY] * 9, result=said,
        ),
        issuer="泉州市鲤城区江南街道办事处" * 3, tasks=tuple(f"T{number}" for number in range(1, 24)),
        team=(TeamMember("欧" * 40, "单位" * 40, "证" * 40), TeamMember("阳" * 40, "", "")),
    )  # fmt: skip


@pytest.mark.parametrize("name", VISITS)
def test_each_sample_visit_is_one_page(name: str) -> None:
    record = visit_record(name)
    pdf = render_onsite(record)
    (only,) = texts(pdf)
    assert "第1页共1页" in only
    assert SENTENCE in only
    (image,) = pages(pdf)
    assert symbols(one_bit(image)) == [record.code.text]


@pytest.mark.parametrize(
    "record", [nothing_found(), examples.record(), examples.not_entered()], ids=["safe", "three", "door"]
)
@pytest.mark.parametrize("threshold", [96, 128, 176])
def test_the_symbol_is_read_from_one_bit_paper(record: SheetRecord, threshold: int) -> None:
    (image,) = pages(render_onsite(record))
    assert symbols(one_bit(image, threshold)) == [record.code.text]


def test_the_symbol_is_25_mm_and_the_one_another_encoder_makes() -> None:
    assert QR_SIDE / 72 * 25.4 >= 25
    record = examples.record()
    dark: set[tuple[int, int]] = set()
    for _, operator, operands in operators(render_onsite(record)):
        if operator == "re" and len(operands) == 4:
            x, y, width, height = (float(str(one)) for one in operands)
            if height == 1 and x == int(x) and y == int(y):
                dark |= {(int(y), int(x) + step) for step in range(int(width))}
    masks = [
        {
            (row, column)
            for row, line in enumerate(
                segno.make_qr(
                    record.code.text, error="m", version=2, mode="alphanumeric", mask=mask, boost_error=False
                ).matrix
            )
            for column, module in enumerate(line)
            if module
        }
        for mask in range(8)
    ]
    assert dark in masks
    assert max(dark) == (QR_MODULES - 1, max(column for row, column in dark if row == QR_MODULES - 1))


def test_a_code_of_three_digits_fits_the_symbol_too() -> None:
    record = replace(examples.record(), code=RecordCode(examples.record().code.record_id, 999, "ZZZZ"))
    (image,) = pages(render_onsite(record))
    assert symbols(one_bit(image)) == [record.code.text]


def test_only_black_lines_and_letters() -> None:
    for record in (examples.record(), examples.not_entered(), visit_record(VISITS[0])):
        found = {
            (operator, tuple(map(str, operands)))
            for _, operator, operands in operators(render_onsite(record))
        }
        assert {operator for operator, _ in found} <= _DRAWING
        weights = {float(operands[0]) for operator, operands in found if operator == "w"}
        assert min(weights) >= 0.5


def test_no_area_is_grey() -> None:
    (image,) = pages(render_onsite(examples.record()), 300)
    # Grey comes from the edges of letters and lines only: no 3 × 3 dots of it anywhere.
    grey = image.point(lambda value: 255 * (16 < value < 240))
    assert max(grey.filter(ImageFilter.MinFilter(3)).tobytes()) == 0


def test_the_page_says_what_the_target_says() -> None:
    (said,) = texts(render_onsite(examples.record()))
    for words in (
        "一式两份第一联街道存档", "示例", "泉州市鲤城区江南街道办事处", "编号：江南-亭店-0312-2022-03",
        "检查：2022年12月8日09:40至10:25复核（回头看）", "任务T1、T12上门结果：完成", "138××××2216",
        "地上3层，412m²", "1996年自建；未经正规设计", "未查看（埋地）", "有→1", "C4限15%，已超",
        "规则提示（仅供参考）", "处理意见1.限期委托", "整改期限2023年1月31日。", "陈某某江南街道证号LC-0312",
        "以上内容已向本人宣读（", "捺印", "（右手食指）", "年月日时分", "疑问请拨0595-00000000（街道）",
        "F02现场页表版2022.4规则集2022.2第1次打印2022-12-0810:27",
    ):  # fmt: skip
        assert words in said, words
    assert said.count("■") == 18 - 1 + 1  # 17 items with a box, one level
    assert said.count("□") == 17 + 3 + 8  # the other box, the other levels, boxes to be ticked by hand
    letters = examples.record().code.letters
    assert f"{letters[:5]}{letters[5:9]}{letters[9:13]}" in said
    assert "13800002216" not in said


def test_all_items_stay_on_the_page_with_three_defects_and_shrink_with_more() -> None:
    three = text(render_onsite(examples.record()))
    assert all(item_label(item) in three for item in CHECK_ITEMS)
    many = examples.record(defects=[CRACK | {"d_part": f"{number}轴"} for number in range(6)] + [BALCONY])
    (said,) = texts(render_onsite(many))
    assert "其余各项均未发现（共18项）" in said
    assert "6承重墙裂缝、倾斜、鼓闪→" in said


def test_unanswered_questions_print_so() -> None:
    record = examples.record(
        facts={}, checks=dict.fromkeys(CHECK_ITEMS, ""), defects=(), result={}, phone="", notices=()
    )
    (said,) = texts(render_onsite(record))
    for label in ("产权人", "使用人", "结构类型", "判定依据", "处理意见"):
        assert f"{label}未填" in said, label
    assert "层数未填，面积未填" in said
    assert "现场人数未填" in said
    assert "待核未填" in said  # no level is ticked
    assert "有→" not in said.replace("“有→1”", "")
    assert said.count("未填") >= len(CHECK_ITEMS) + 9


def test_what_does_not_fit_stands_whole_on_the_next_page() -> None:
    record = hostile()
    sheets = texts(render_onsite(record))
    said = "".join(sheets)
    assert len(sheets) > 1
    for page, words in enumerate(sheets, start=1):
        assert f"第{page}页共{len(sheets)}页" in words
        assert SENTENCE in words
        assert "签字时间" in words
    assert "（全文见续页）" in sheets[0]
    for name in ("hazard_basis", "advice", "downgrade_reason", "owner_name", "user_name"):
        assert record.answers[name].value in said, name
    for number, item in enumerate(CHECK_ITEMS[:4]):
        assert record.answers[f"{item}_why"].value in said, number
    note = record.repeats["rep_defect"][0]["d_note"].value
    assert said.count(note) == 3
    for member in record.team:
        assert member.name in said
    for image in pages(render_onsite(record)):
        assert symbols(one_bit(image)) == [record.code.text]


def test_nothing_is_drawn_outside_the_table_or_into_the_foot() -> None:
    scale = 203 / 25.4
    for record in (hostile(), examples.record(), examples.not_entered()):
        for image in pages(render_onsite(record)):
            ink = image.point(lambda value: 255 * (value < 128))
            left, top, right, bottom = ink.getbbox() or (0, 0, 0, 0)
            assert left >= 24.5 * scale
            assert right <= 195.6 * scale
            assert top >= 8.5 * scale
            assert bottom <= (297 - 5) * scale
            gap = ink.crop((0, int((297 - 13 - 1.2) * scale), ink.width, int((297 - 13 - 0.4) * scale)))
            assert gap.getbbox() is None


@pytest.mark.parametrize("name", VISITS)
def test_hands_have_room(name: str) -> None:
    record = visit_record(name)
    measure = Measure(Typesetter(ONSITE.face), ONSITE.leading)
    (page,) = onsite_pages(record, measure, ONSITE.capacity, entered=entered(record))
    rows = {
        cell.place: row.height / MM
        for band in page.bands
        for row in band.rows
        for cell in row.cells
        if row.signed or any(isinstance(piece, Blank) for piece in cell.pieces)
    }
    assert rows["见证人"] >= 13
    assert min(rows.values()) >= 9
    for band in page.bands:
        for span in band.spans:
            assert span.cell.width >= 30
            assert sum(row.height for row in band.rows[span.first : span.last + 1]) >= 30 * MM


@pytest.mark.parametrize(
    "record", [hostile(), examples.record(), examples.not_entered()], ids=["hostile", "three", "door"]
)
def test_every_text_stays_in_its_cell(record: SheetRecord) -> None:
    measure = Measure(Typesetter(ONSITE.face), ONSITE.leading)
    for page in onsite_pages(record, measure, ONSITE.capacity, entered=entered(record)):
        assert height_of(page.bands) <= ONSITE.capacity + 0.1
        for row in (row for band in page.bands for row in band.rows):
            for cell in row.cells:
                lines = [*cell.lines, *cell.foot_lines]
                assert len(lines) * measure.step(cell) <= row.height
                assert all(line.width <= cell.width * MM - 2 * cell.pad + 0.02 for line in lines)
                assert cell.size >= 9
            edges = [(cell.x, cell.x + cell.width) for cell in row.cells if not cell.open_left]
            assert all(left[1] <= right[0] + 1e-9 for left, right in pairwise(edges))


def test_copies_differ_in_their_mark_alone() -> None:
    record = examples.record()
    printing = replace(record.printing, copies=(FIRST_COPY, SECOND_COPY))
    first, second = texts(render_onsite(replace(record, printing=printing)))
    assert "第一联街道存档" in first
    assert "第二联当事人留存" in second
    assert first.replace("第一联街道存档", "") == second.replace("第二联当事人留存", "")
    one, two = pages(render_onsite(replace(record, printing=printing)))
    box = (0, 0, int(52 / 25.4 * 203), int(30 / 25.4 * 203))
    for image in (one, two):
        image.paste(255, box)
    assert one.tobytes() == two.tobytes()


def test_a_reprint_and_a_void_copy_say_so() -> None:
    printing = Printing(examples.record().printing.printed_at, times=2, void=True)
    (said,) = texts(render_onsite(replace(examples.record(), printing=printing)))
    assert "第2次打印" in said
    assert "作废" in said
    assert "示例" not in said


@pytest.mark.parametrize(
    ("result", "words"),
    [("locked", "无人/锁门"), ("refused", "拒绝入户"), ("demolished", "已拆除"), ("notfound", "地址不符")],
)
def test_a_visit_that_ended_at_the_door(result: str, words: str) -> None:
    record = replace(examples.not_entered(), result=result, result_text=words)
    (said,) = texts(render_onsite(record))
    assert f"■{words}" in said
    assert said.count("■") == 1
    assert "无人在家，邻居不知去向" in said
    assert "下次上门2022年12月15日" in said
    assert "连续第2次未入户" in said
    assert "未入户检查，本次不作初步判定" in said
    assert SENTENCE in said
    assert "规则提示" not in said
    assert item_label("wall_damage") not in said


def test_a_long_reason_at_the_door_is_not_lost() -> None:
    record = examples.not_entered()
    reason = "门上贴有告示" * 600
    answers = dict(record.answers) | examples.answers({"visit_reason": reason})
    sheets = texts(render_onsite(replace(record, answers=answers)))
    assert len(sheets) > 1
    assert "".join(words.replace("续页", "") for words in sheets).count("门上贴有告示") >= 600


def test_a_level_below_the_suggestion_needs_reason_and_reviewer() -> None:
    said = text(render_onsite(examples.record(result=RESULT | {"hazard_level": "basic_safe"})))
    assert "低于规则提示的理由未填" in said
    assert "复核人签名" in said
    assert "低于规则提示的理由" not in text(render_onsite(examples.record()))


def test_major_names_control_and_report() -> None:
    (said,) = texts(render_onsite(visit_record("1-major-hazard")))
    assert "现场管控人员撤离、设警戒线/警示标识、停止使用" in said
    assert "已报告区房屋安全指挥部值班室（示例），2022年12月8日09:40" in said


def test_corrected_facts_show_what_was_before() -> None:
    (said,) = texts(render_onsite(visit_record("4-stone-house")))
    assert "林某某等（示例，承租，9户）（原：无）" in said
    assert "更正原因产权人提供资料更正" in said
